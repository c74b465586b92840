import fc from 'fast-check'
import jsonPatch from 'fast-json-patch'
import { describe, expect, test } from 'vitest'
import { kindSchema } from '../../../src/api/definitions.ts'
import { ApiError } from '../../../src/api/errors.ts'
import { invalidPatch } from '../../../src/api/patch/invalid-patch.ts'
import { applyJsonPatch } from '../../../src/api/patch/json.ts'
import { applyMergePatch, createMergePatch, createThreeWayJsonMergePatch } from '../../../src/api/patch/merge.ts'
import { applyStrategicPatch } from '../../../src/api/patch/strategic.ts'
import { createThreeWayMergePatch, createTwoWayMergePatch } from '../../../src/api/patch/strategic-diff.ts'

const { compare } = jsonPatch

const deployment = kindSchema('apps', 'v1', 'Deployment')!
const pod = kindSchema('', 'v1', 'Pod')!
const spec = (fields: object): { spec: object } => ({ spec: fields })
const containers = (...list: object[]): { spec: object } => spec({ containers: list })
const status = (run: () => unknown): ApiError['status'] => {
  try {
    run()
  } catch (e) {
    expect(e).toBeInstanceOf(ApiError)
    return (e as ApiError).status
  }
  throw new Error('nothing was thrown')
}

describe('strategic patches', () => {
  const rows: [string, object, object, object][] = [
    [
      'merge by key, new items first',
      containers({ name: 'a', image: '1' }),
      containers({ name: 'b', image: '2' }),
      containers({ name: 'b', image: '2' }, { name: 'a', image: '1' }),
    ],
    [
      'change one item',
      containers({ name: 'a', image: '1', tty: true }),
      containers({ name: 'a', image: '2' }),
      containers({ name: 'a', image: '2', tty: true }),
    ],
    ['null removes', containers({ name: 'a', tty: true }), containers({ name: 'a', tty: null }), containers({ name: 'a' })],
    [
      'null for what is not there',
      spec({}),
      spec({ nodeSelector: { a: null, b: '1' }, hostname: null }),
      spec({ nodeSelector: { b: '1' } }),
    ],
    ['delete an item', containers({ name: 'a' }, { name: 'b' }), containers({ name: 'a', $patch: 'delete' }), containers({ name: 'b' })],
    ['replace a list', containers({ name: 'a' }), containers({ name: 'b' }, { $patch: 'replace' }), containers({ name: 'b' })],
    [
      'replace a map',
      spec({ securityContext: { runAsUser: 1 } }),
      spec({ securityContext: { $patch: 'replace', fsGroup: 2 } }),
      spec({ securityContext: { fsGroup: 2 } }),
    ],
    [
      'empty a map',
      spec({ securityContext: { runAsUser: 1 } }),
      spec({ securityContext: { $patch: 'delete' } }),
      spec({ securityContext: {} }),
    ],
    [
      'lists without a key are replaced',
      containers({ name: 'a', args: ['x', 'y'] }),
      containers({ name: 'a', args: ['z'] }),
      containers({ name: 'a', args: ['z'] }),
    ],
    [
      'scalar lists merge',
      { metadata: { finalizers: ['a', 'b'] } },
      { metadata: { finalizers: ['c', 'a'] } },
      { metadata: { finalizers: ['c', 'a', 'b'] } },
    ],
    [
      'delete from a scalar list',
      { metadata: { finalizers: ['a', 'b'] } },
      { metadata: { '$deleteFromPrimitiveList/finalizers': ['a'] } },
      { metadata: { finalizers: ['b'] } },
    ],
    [
      'order as told, the server’s own where they were',
      containers({ name: 'a' }, { name: 's' }, { name: 'b' }),
      spec({ '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }], containers: [{ name: 'b', image: 'x' }] }),
      containers({ name: 's' }, { name: 'b', image: 'x' }, { name: 'a' }),
    ],
    [
      'retainKeys clears a union',
      spec({ volumes: [{ name: 'v', emptyDir: {} }] }),
      spec({ volumes: [{ $retainKeys: ['name', 'hostPath'], name: 'v', hostPath: { path: '/x' } }] }),
      spec({ volumes: [{ name: 'v', hostPath: { path: '/x' } }] }),
    ],
  ]
  test.each(rows)('%s', (_, original, patch, want) => {
    const before = structuredClone([original, patch])
    expect(applyStrategicPatch(original, patch, pod)).toEqual(want)
    expect([original, patch]).toEqual(before)
  })
  test('errors', () => {
    expect(status(() => applyStrategicPatch(containers({ name: 'a' }), containers({ image: 'redis' }), pod))).toMatchObject({
      code: 500,
      message: 'map: map[image:redis] does not contain declared merge key: name',
    })
    expect(status(() => applyStrategicPatch({}, 'replicas 3', pod)).message).toBe(
      'json: cannot unmarshal string into Go value of type map[string]interface {}',
    )
  })
})

describe('what kubectl apply sends', () => {
  const template = (...list: object[]): object => ({ spec: { template: { spec: { containers: list } } } })
  test('an image: the item, its key and the order', () => {
    const was = template({ name: 'c', image: '1' })
    const is = template({ name: 'c', image: '2' })
    const live = template({ name: 'c', image: '1', imagePullPolicy: 'Always' })
    expect(createThreeWayMergePatch(was, is, live, deployment)).toEqual({
      spec: { template: { spec: { '$setElementOrder/containers': [{ name: 'c' }], containers: [{ name: 'c', image: '2' }] } } },
    })
  })
  test('a container taken out, one that somebody added stays', () => {
    const patch = createThreeWayMergePatch(
      template({ name: 'a' }, { name: 'b' }),
      template({ name: 'a' }),
      template({ name: 'a' }, { name: 'b' }, { name: 'x' }),
      deployment,
    )
    expect(patch).toEqual({
      spec: { template: { spec: { '$setElementOrder/containers': [{ name: 'a' }], containers: [{ $patch: 'delete', name: 'b' }] } } },
    })
  })
  test('keys: removed only if applied before', () => {
    expect(
      createThreeWayMergePatch(
        { data: { a: '1', m: '2' } },
        { data: { a: '1' } },
        { data: { a: '1', m: '2', x: '3' } },
        kindSchema('', 'v1', 'ConfigMap'),
      ),
    ).toEqual({ data: { m: null } })
  })
  test('strategy to Recreate retains only its type', () => {
    const current = { spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } } }
    expect(createThreeWayMergePatch(undefined, { spec: { strategy: { type: 'Recreate' } } }, current, deployment)).toEqual({
      spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } },
    })
  })
  test('nothing to do', () => {
    const same = template({ name: 'c', image: '1' })
    expect(createThreeWayMergePatch(same, same, same, deployment)).toEqual({})
  })
})

const container = fc.record(
  {
    name: fc.constantFrom('a', 'b', 'c'),
    image: fc.constantFrom('1', '2'),
    args: fc.array(fc.constantFrom('x', 'y'), { minLength: 1, maxLength: 2 }),
    tty: fc.boolean(),
  },
  { requiredKeys: ['name'] },
)
const podSpec = fc.record(
  {
    containers: fc.uniqueArray(container, { selector: (c) => c.name, minLength: 1, maxLength: 3 }),
    nodeSelector: fc.dictionary(fc.constantFrom('k', 'l'), fc.constantFrom('1', '2'), { minKeys: 1 }),
    hostname: fc.constantFrom('h', 'i'),
    volumes: fc.uniqueArray(
      fc.oneof(
        fc.record({ name: fc.constantFrom('v', 'w'), emptyDir: fc.constant({}) }),
        fc.record({ name: fc.constantFrom('v', 'w'), configMap: fc.record({ name: fc.constantFrom('c', 'd') }) }),
      ),
      { selector: (v) => v.name, minLength: 1, maxLength: 2 },
    ),
  },
  { requiredKeys: ['containers'] },
)
const object = fc.record({
  metadata: fc.record({ finalizers: fc.uniqueArray(fc.constantFrom('a/x', 'b/x', 'c/x'), { minLength: 1 }) }),
  spec: podSpec,
})

describe('properties', () => {
  test('diff, applied, is the target', () => {
    fc.assert(
      fc.property(object, object, (from, to) => {
        expect(applyStrategicPatch(from, createTwoWayMergePatch(from, to, pod), pod)).toEqual(to)
      }),
    )
  })
  test('three-way: the manifest holds afterwards, and a second time nothing changes', () => {
    fc.assert(
      fc.property(object, object, object, (last, next, live) => {
        const after = applyStrategicPatch(live, createThreeWayMergePatch(last, next, live, pod), pod)
        expect(applyStrategicPatch(after, createThreeWayMergePatch(next, next, after, pod), pod)).toEqual(after)
        if (next.spec.nodeSelector) expect(after.spec.nodeSelector).toMatchObject(next.spec.nodeSelector)
        const names = next.spec.containers.map((c) => c.name)
        expect(after.spec.containers.map((c) => c.name).filter((name) => names.includes(name))).toEqual(names)
        if (last.spec.hostname && !next.spec.hostname) expect(after.spec).not.toHaveProperty('hostname')
        expect(after.spec.containers.map((c) => c.name)).toEqual(expect.arrayContaining(next.spec.containers.map((c) => c.name)))
      }),
      { numRuns: 1000 },
    )
  })
  const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<unknown>
  const withoutNulls = (v: unknown): unknown => JSON.parse(JSON.stringify(v), (_, x) => (x === null ? 0 : x))
  test('merge patches: diff, applied, is the target', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), json), fc.dictionary(fc.string(), json), (a, b) => {
        const [from, to] = [withoutNulls(a), withoutNulls(b)]
        expect(applyMergePatch(from, createMergePatch(from, to))).toEqual(to)
      }),
    )
  })
  test('JSON patches: diff, applied, is the target', () => {
    const key = fc.string({ maxLength: 4 }).filter((k) => k !== '__proto__' && k !== 'constructor' && k !== 'prototype')
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom<unknown>(1, 'x', true),
        fc.array(tie('any'), { maxLength: 3 }),
        fc.dictionary(key, tie('any')),
      ),
    })).any
    fc.assert(
      fc.property(fc.dictionary(key, value), fc.dictionary(key, value), (from, to) => {
        expect(applyJsonPatch(from, compare(from, to))).toEqual(to)
      }),
    )
  })
  test('nothing throws but ApiError', () => {
    fc.assert(
      fc.property(json, json, (a, b) => {
        for (const run of [
          () => applyStrategicPatch(spec({ containers: a }), { spec: { containers: b } }, pod),
          () => applyStrategicPatch({ spec: a }, { spec: b }, pod),
          () => applyJsonPatch(a, b),
          () =>
            applyJsonPatch(a, [
              { op: 'replace', path: '/a/0', value: b },
              { op: 'remove', path: '/b' },
            ]),
          () => createTwoWayMergePatch({ spec: a }, { spec: b }, pod),
        ]) {
          try {
            run()
          } catch (e) {
            expect(e).toBeInstanceOf(ApiError)
          }
        }
      }),
    )
  })
})

describe('merge and JSON patches', () => {
  test('RFC 7386', () => {
    expect(applyMergePatch({ a: 'b', c: { d: 'e', f: 'g' } }, { a: 'z', c: { f: null } })).toEqual({ a: 'z', c: { d: 'e' } })
    expect(applyMergePatch([1], { a: { b: null } })).toEqual({ a: {} })
  })
  test('custom resources: three-way', () => {
    expect(createThreeWayJsonMergePatch({ spec: { a: 1, b: 2 } }, { spec: { a: 3 } }, { spec: { a: 1, b: 2, x: 9 } })).toEqual({
      spec: { a: 3, b: null },
    })
  })
  const document = { spec: { list: [1, 2], map: { 'a/b': 1 } } }
  test.each([
    ['add', { op: 'add', path: '/spec/list/-', value: 3 }, { spec: { list: [1, 2, 3], map: { 'a/b': 1 } } }],
    ['escaped', { op: 'replace', path: '/spec/map/a~1b', value: 2 }, { spec: { list: [1, 2], map: { 'a/b': 2 } } }],
    [
      'replace what is not there',
      { op: 'replace', path: '/spec/nothing', value: 1 },
      { spec: { list: [1, 2], map: { 'a/b': 1 }, nothing: 1 } },
    ],
    ['move', { op: 'move', from: '/spec/list/0', path: '/spec/x' }, { spec: { list: [2], map: { 'a/b': 1 }, x: 1 } }],
  ])('%s', (_, operation, want) => expect(applyJsonPatch(document, [operation])).toEqual(want))
  test.each([
    { op: 'test', path: '/spec/list/0', value: 5 },
    { op: 'remove', path: '/spec/list/4' },
    { op: 'remove', path: '/spec/nope' },
    { op: 'add', path: '/nope/x', value: 1 },
    { op: 'dance', path: '/spec' },
    { op: 'add', path: '/__proto__/x', value: 1 },
    { op: 'move', from: '', path: '/spec/x' },
    { op: 'move', from: '/spec', path: '/spec/list/0' },
  ])('%j is refused without saying why', (operation) => {
    expect(status(() => applyJsonPatch(document, [operation]))).toMatchObject({
      code: 422,
      message: 'the server rejected our request due to an error in our request',
    })
  })
  test('what is no list of operations', () => {
    expect(status(() => applyJsonPatch({}, { spec: {} })).message).toBe(
      'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
    )
  })
})

test('a patch whose outcome is no such object', () => {
  const patch = { spec: { replicas: 'two' } }
  expect(invalidPatch('strategic', patch, {}, 'unrecognized type: int32').status.message).toContain(
    '"" is invalid: patch: Invalid value: "map[spec:map[replicas:two]]": unrecognized type: int32',
  )
})
