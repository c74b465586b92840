import { expect, test } from 'vitest'
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
