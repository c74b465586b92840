import { describe, expect, test } from 'vitest'
import type { ApiRequest } from '../../src/apiserver/contract.ts'
import { aPod, cm, createWorld, dev } from './world.ts'

describe('create', () => {
  test('completes metadata', () => {
    const w = createWorld()
    const made = w.ok('create', 'configmaps', { body: cm('a', { k: 'v' }) })
    expect(made).toMatchObject({ metadata: { name: 'a', namespace: 'lab', creationTimestamp: '2026-11-20T06:00:00Z' }, data: { k: 'v' } })
    expect(made.metadata.uid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/)
    expect(Object.isFrozen(made.metadata)).toBe(true)
  })

  test('draws a name, the same in a world of the same seed', () => {
    const names = [1, 2].map(() => {
      const w = createWorld()
      return [1, 2].map(() => w.ok('create', 'configmaps', { body: { metadata: { generateName: 'g-' } } }).metadata.name)
    })
    expect(names[0]).toEqual(names[1])
    expect(names[0]![0]).toMatch(/^g-[bcdfghjklmnpqrstvwxz2456789]{5}$/)
    expect(names[0]![0]).not.toBe(names[0]![1])
  })

  test('defaults and generation', () => {
    const w = createWorld()
    const made = w.ok('create', 'pods', { body: aPod('p') })
    expect(made).toMatchObject({ metadata: { generation: 1 }, spec: { restartPolicy: 'Always' }, status: { phase: 'Pending' } })
  })

  test('a dry run keeps nothing', () => {
    const w = createWorld()
    const made = w.ok('create', 'configmaps', { body: cm('c'), query: { dryRun: true } })
    expect(made.metadata.resourceVersion).toBeUndefined()
    expect(w.store.objectCount).toBe(0)
  })
})

const refused: [string, ApiRequest['verb'], string, Partial<ApiRequest>, number, string][] = [
  ['existing name', 'create', 'configmaps', { body: cm('a') }, 409, 'configmaps "a" already exists'],
  [
    'other namespace',
    'create',
    'configmaps',
    { body: cm('b', undefined, { namespace: 'other' }) },
    400,
    'the namespace of the provided object does not match the namespace sent on the request',
  ],
  [
    'other kind',
    'create',
    'configmaps',
    { body: aPod('a') },
    400,
    'Pod in version "v1" cannot be handled as a ConfigMap: converting (v1.Pod) to (core.ConfigMap): unknown conversion',
  ],
  [
    'unknown field',
    'create',
    'configmaps',
    { body: { ...cm('b'), dta: {} }, query: { fieldValidation: 'Strict' } },
    400,
    'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "dta"',
  ],
  ['every field error', 'create', 'pods', { body: { ...aPod('Bad_'), spec: { containers: [] } } }, 422, 'spec.containers: Required value]'],
  ['no such object', 'get', 'pods', { name: 'nope' }, 404, 'pods "nope" not found'],
  ['no such resource', 'list', 'nopes', {}, 404, 'the server could not find the requested resource'],
  [
    'no such subresource',
    'get',
    'configmaps',
    { name: 'a', subresource: 'scale' },
    404,
    'the server could not find the requested resource',
  ],
  ['update of a collection', 'update', 'pods', { body: {} }, 405, 'the server does not allow this method on the requested resource'],
  [
    'update under another name',
    'update',
    'configmaps',
    { name: 'zz', body: cm('a') },
    400,
    'the name of the object (a) does not match the name on the URL (zz)',
  ],
  [
    'stale update',
    'update',
    'configmaps',
    { name: 'a', body: cm('a', {}, { resourceVersion: '1' }) },
    409,
    'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again',
  ],
  [
    'bad selector',
    'list',
    'configmaps',
    { query: { labelSelector: 'x===' } },
    400,
    "unable to parse requirement: found '=', expected: identifier",
  ],
  [
    'unknown field selector',
    'list',
    'configmaps',
    { query: { fieldSelector: 'data.k=v' } },
    400,
    '"data.k" is not a known field selector: only "metadata.name", "metadata.namespace"',
  ],
  [
    'bad continue',
    'list',
    'configmaps',
    { query: { limit: 1, continue: 'nonsense' } },
    400,
    "invalid continue token: continue key is not valid: invalid character '\\x9e' looking for beginning of value",
  ],
  [
    'a future revision',
    'list',
    'configmaps',
    { query: { resourceVersion: '99999999' } },
    504,
    'Timeout: Too large resource version: 99999999, current: 2',
  ],
  [
    'wrong propagation',
    'delete',
    'configmaps',
    { name: 'a', body: { propagationPolicy: 'Sideways' } },
    422,
    'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: "Sideways": supported values: "Foreground", "Background", "Orphan", "nil"',
  ],
  [
    'a JSON patch that does not fit',
    'patch',
    'configmaps',
    { name: 'a', patchType: 'json', body: [{ op: 'remove', path: '/data/nope' }] },
    422,
    'the server rejected our request due to an error in our request',
  ],
  [
    'no rights',
    'list',
    'pods',
    { user: dev },
    403,
    'pods is forbidden: User "dev" cannot list resource "pods" in API group "" in the namespace "lab"',
  ],
  [
    'no rights to one',
    'delete',
    'deployments',
    { user: dev, name: 'd' },
    403,
    'deployments.apps "d" is forbidden: User "dev" cannot delete resource "deployments" in API group "apps" in the namespace "lab"',
  ],
  [
    'no rights, cluster scope',
    'list',
    'namespaces',
    { user: dev },
    403,
    'namespaces is forbidden: User "dev" cannot list resource "namespaces" in API group "" at the cluster scope',
  ],
]

test.each(refused)('refused: %s', (_name, verb, resource, rest, code, text) => {
  const w = createWorld()
  w.ok('create', 'configmaps', { body: cm('a', { k: 'v' }) })
  const answer = w.ask(verb, resource, rest)
  expect(answer.code).toBe(code)
  expect((answer.body as { message: string }).message).toContain(text)
})

test('unknown fields are warned of', () => {
  const w = createWorld()
  const answer = w.ask('create', 'configmaps', { body: { ...cm('b'), dta: {} } })
  expect(answer).toMatchObject({ code: 201, warnings: ['unknown field "dta"'] })
})

describe('update', () => {
  test('bumps the generation when the spec changes, keeps status', () => {
    const w = createWorld()
    const made = w.ok('create', 'pods', { body: aPod('p') })
    const next = w.ok('update', 'pods', {
      name: 'p',
      body: { ...made, spec: { ...made.spec, activeDeadlineSeconds: 5 }, status: { phase: 'Failed' } },
    })
    expect(next).toMatchObject({ metadata: { generation: 2 }, status: { phase: 'Pending' } })
    const status = w.ok('update', 'pods', { name: 'p', subresource: 'status', body: { ...next, spec: {}, status: { phase: 'Running' } } })
    expect(status).toMatchObject({ metadata: { generation: 2 }, spec: { activeDeadlineSeconds: 5 }, status: { phase: 'Running' } })
  })

  test('writes nothing when nothing changes', () => {
    const w = createWorld()
    const made = w.ok('create', 'pods', { body: aPod('p') })
    const { revision } = w.store
    expect(w.ok('update', 'pods', { name: 'p', body: made })).toBe(made)
    expect(w.ok('patch', 'pods', { name: 'p', patchType: 'merge', body: { metadata: { labels: null } } })).toBe(made)
    expect(w.store.revision).toBe(revision)
  })

  test.each([
    ['merge', { data: { z: '1', k: null } }],
    ['strategic', { data: { z: '1', k: null } }],
    [
      'json',
      [
        { op: 'add', path: '/data/z', value: '1' },
        { op: 'remove', path: '/data/k' },
      ],
    ],
  ] as const)('%s patch', (patchType, body) => {
    const w = createWorld()
    w.ok('create', 'configmaps', { body: cm('a', { k: 'v' }) })
    expect(w.ok('patch', 'configmaps', { name: 'a', patchType, body }).data).toEqual({ z: '1' })
  })

  test('scale', () => {
    const w = createWorld()
    const spec = { replicas: 1, selector: { matchLabels: { a: 'b' } }, template: { spec: {} } }
    w.ok('create', 'deployments', { body: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd' }, spec } })
    expect(w.ok('get', 'deployments', { name: 'd', subresource: 'scale' })).toMatchObject({
      kind: 'Scale',
      spec: { replicas: 1 },
      status: { replicas: 0, selector: 'a=b' },
    })
    w.ok('patch', 'deployments', { name: 'd', subresource: 'scale', patchType: 'merge', body: { spec: { replicas: 3 } } })
    expect(w.ok('get', 'deployments', { name: 'd' })).toMatchObject({ metadata: { generation: 2 }, spec: { replicas: 3 } })
  })
})

describe('list', () => {
  const filled = () => {
    const w = createWorld()
    for (const [i, name] of ['b', 'a', 'c'].entries())
      w.ok('create', 'configmaps', { body: cm(name, undefined, { labels: { n: String(i % 2) } }) })
    return w
  }
  test.each([
    ['all, in order', {}, ['a', 'b', 'c']],
    ['by label', { labelSelector: 'n=0' }, ['b', 'c']],
    ['by inequality', { labelSelector: 'n!=0' }, ['a']],
    ['by name', { fieldSelector: 'metadata.name=c' }, ['c']],
  ])('%s', (_name, query, names) => {
    expect(
      filled()
        .ok('list', 'configmaps', { query })
        .items.map((o: any) => o.metadata.name),
    ).toEqual(names)
  })

  test('in pages', () => {
    const w = filled()
    const first = w.ok('list', 'configmaps', { query: { limit: 2 } })
    expect(first.metadata.remainingItemCount).toBe(1)
    const rest = w.ok('list', 'configmaps', { query: { limit: 2, continue: first.metadata.continue } })
    expect([...first.items, ...rest.items].map((o: any) => o.metadata.name)).toEqual(['a', 'b', 'c'])
    expect(rest.metadata.continue).toBeUndefined()
  })

  test('as a Table', () => {
    const w = filled()
    w.clock.nowMs += 5000
    const table = w.ok('list', 'configmaps', { as: 'table', query: { labelSelector: 'n=1' } })
    expect(table.columnDefinitions.map((c: any) => c.name)).toEqual(['Name', 'Data', 'Age'])
    expect(table.rows[0].cells).toEqual(['a', 0, '5s'])
    expect(table.rows[0].object.kind).toBe('PartialObjectMetadata')
  })
})

test('requests are on record, and the record rewinds', () => {
  const w = createWorld()
  w.ok('create', 'configmaps', { body: cm('a') })
  const mark = w.store.mark()
  w.ask('get', 'configmaps', { name: 'zz', user: dev })
  expect(w.server.audit.records().at(-1)).toMatchObject({
    user: 'dev',
    verb: 'get',
    resource: 'configmaps',
    namespace: 'lab',
    name: 'zz',
    code: 403,
  })
  w.store.rewind(mark)
  expect(w.server.audit.records().map((r) => `${r.verb} ${r.name}`)).toEqual(['create a'])
})

test('a strategic patch of a wrong type is what is invalid', () => {
  const w = createWorld()
  w.ok('create', 'configmaps', { body: cm('a', { k: 'v' }) })
  const answer = w.ask('patch', 'configmaps', { name: 'a', patchType: 'strategic', body: { immutable: 'yes' } })
  expect(answer).toMatchObject({ code: 422, body: { reason: 'Invalid', details: { causes: [{ field: 'patch' }] } } })
  expect(w.message('patch', 'configmaps', { name: 'a', patchType: 'strategic', body: 'replicas 3' })).toBe(
    'json: cannot unmarshal string into Go value of type map[string]interface {}',
  )
})
