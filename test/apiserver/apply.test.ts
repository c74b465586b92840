import { expect, test } from 'vitest'
import { typedErrors } from '../../src/api/patch/typed-errors.ts'
import { cm, createWorld } from './world.ts'

const apply = (data: object, manager: string, force = false) =>
  ({ name: 'a', patchType: 'apply', body: cm('a', data as Record<string, string>), query: { fieldManager: manager, force } }) as const

test('server-side apply creates, then conflicts over what another set, then forces', () => {
  const w = createWorld()
  expect(w.ask('patch', 'configmaps', apply({ k: 'v' }, 'me')).code).toBe(201)
  w.ok('patch', 'configmaps', { name: 'a', patchType: 'merge', body: { data: { k: 'w' } }, query: { fieldManager: 'facts' } })
  expect(w.message('patch', 'configmaps', apply({ k: 'applied' }, 'me'))).toBe(
    'Apply failed with 1 conflict: conflict with "facts" using v1: .data.k',
  )
  const forced = w.ok('patch', 'configmaps', apply({ k: 'applied' }, 'me', true))
  expect(forced.data).toEqual({ k: 'applied' })
  expect(forced.metadata.managedFields[0]).toMatchObject({ manager: 'me', operation: 'Apply', fieldsV1: { 'f:data': { 'f:k': {} } } })
})

test('applying the same again writes nothing', () => {
  const w = createWorld()
  const first = w.ok('patch', 'configmaps', apply({ k: 'v' }, 'me'))
  w.clock.nowMs += 60_000
  expect(w.ok('patch', 'configmaps', apply({ k: 'v' }, 'me'))).toBe(first)
})

test('what a manager no longer applies goes', () => {
  const w = createWorld()
  w.ok('patch', 'configmaps', apply({ k: 'v', z: '1' }, 'me'))
  expect(w.ok('patch', 'configmaps', apply({ k: 'v' }, 'me')).data).toEqual({ k: 'v' })
})

test('an apply needs a manager', () => {
  const w = createWorld()
  expect(w.message('patch', 'configmaps', { name: 'a', patchType: 'apply', body: cm('a') })).toBe(
    'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
  )
})

test('a create by a tool owns what it set', () => {
  const w = createWorld()
  const made = w.ok('create', 'configmaps', { body: cm('a', { k: 'v' }), query: { fieldManager: 'facts' } })
  expect(made.metadata.managedFields).toEqual([
    {
      manager: 'facts',
      operation: 'Update',
      apiVersion: 'v1',
      time: '2026-11-20T06:00:00Z',
      fieldsType: 'FieldsV1',
      fieldsV1: { 'f:data': { '.': {}, 'f:k': {} } },
    },
  ])
})

test.each([
  ['an unknown field', { spec: { bogus: 1 } }, '.spec.bogus: field not declared in schema'],
  ['a word for a number', { spec: { replicas: 'two' } }, '.spec.replicas: expected numeric (int or float), got string'],
  ['a number for a word', { metadata: { labels: { a: 3 } } }, '.metadata.labels.a: expected string, got &value.valueUnstructured{Value:3}'],
  [
    'a map for a list',
    { spec: { template: { spec: { containers: { a: 1 } } } } },
    '.spec.template.spec.containers: expected list, got &{map[a:1]}',
  ],
  [
    'an item given twice',
    { spec: { template: { spec: { containers: [{ name: 'c', env: [{ name: 'A' }, { name: 'A' }] }] } } } },
    '.spec.template.spec.containers[name="c"].env: duplicate entries for key [name="A"]',
  ],
  ['all of it', { spec: { a: 1, b: 1 } }, 'errors:\n  .spec.a: field not declared in schema\n  .spec.b: field not declared in schema'],
])('an apply that does not fit the schema: %s', (_name, body, why) => {
  const w = createWorld()
  const object = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    ...body,
    metadata: { name: 'd', namespace: 'lab', ...('metadata' in body && body.metadata) },
  }
  const answer = w.ask('patch', 'deployments', { name: 'd', patchType: 'apply', body: object, query: { fieldManager: 'me' } })
  const message = `failed to create typed patch object (lab/d; apps/v1, Kind=Deployment): ${why}`
  expect(answer).toMatchObject({ code: 500, body: { message } })
})

test('an apply of a quantity that is none', () => {
  const w = createWorld()
  const limits = { spec: { template: { spec: { containers: [{ name: 'c', resources: { limits: { cpu: 'x' } } }] } } } }
  const body = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd', namespace: 'lab' }, ...limits }
  expect(w.message('patch', 'deployments', { name: 'd', patchType: 'apply', body, query: { fieldManager: 'me' } })).toMatch(
    /^failed to convert new object \(lab\/d; apps\/v1, Kind=Deployment\) to proper version \(apps\/v1\): unable to convert unstructured object to apps\/v1, Kind=Deployment: quantities must match/,
  )
})

test('an item without its key ends what can be said of its list', () => {
  const list = {
    type: 'array',
    listType: 'map',
    listMapKeys: ['name'],
    items: { type: 'object', properties: { name: { type: 'string' } } },
  } as const
  expect(typedErrors({ list: [{}, { bogus: 1 }] }, { type: 'object', properties: { list } })).toBe(
    '.list: element 0: associative list with keys has an element that omits key field "name" (and doesn\'t have default value)',
  )
})
