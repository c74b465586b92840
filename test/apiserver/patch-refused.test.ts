/** Patches whose outcome is no object of the kind: what the API server says of them. */
import { expect, test } from 'vitest'
import { cm, createWorld } from './world.ts'

const refused = [
  [
    'a strategic patch of a wrong type',
    'strategic',
    { immutable: 'yes' },
    ' "" is invalid: patch: Invalid value: "map[immutable:yes]": unrecognized type: bool',
  ],
  [
    'a strategic patch with an unknown field',
    'strategic',
    { dta: 1 },
    ' "" is invalid: patch: Invalid value: "map[dta:1]": strict decoding error: unknown field "dta"',
  ],
  [
    'what put lists in order has been used up',
    'strategic',
    { metadata: { '$setElementOrder/finalizers': ['a/b'], finalizers: ['a/b'] }, dta: null, immutable: 'yes' },
    ' "" is invalid: patch: Invalid value: "map[dta:<nil> immutable:yes metadata:map[]]": unrecognized type: bool',
  ],
  [
    'a merge patch of a wrong type: the patched object is shown',
    'merge',
    { immutable: 'yes' },
    /^ "" is invalid: patch: Invalid value: "{\\"apiVersion\\":\\"v1\\",.*\\"immutable\\":\\"yes\\".*": json: cannot unmarshal string into Go struct field ConfigMap\.immutable of type bool$/,
  ],
  [
    'a JSON patch of a wrong type',
    'json',
    [{ op: 'add', path: '/immutable', value: 3 }],
    /^ "" is invalid: patch: Invalid value: "{.*": json: cannot unmarshal number into Go struct field ConfigMap\.immutable of type bool$/,
  ],
  [
    'another namespace',
    'merge',
    { metadata: { namespace: 'other' } },
    'the namespace of the provided object does not match the namespace sent on the request',
  ],
  ['another name', 'strategic', { metadata: { name: 'b' } }, 'the name of the object (b) does not match the name on the URL (a)'],
] as const

test.each(refused)('%s', (_name, patchType, body, message) => {
  const w = createWorld()
  w.ok('create', 'configmaps', { body: cm('a', { k: 'v' }) })
  const said = w.message('patch', 'configmaps', { name: 'a', patchType, body, query: { fieldValidation: 'Strict' } })
  if (typeof message === 'string') expect(said).toBe(message)
  else expect(said).toMatch(message)
})

test('a strategic patch may say another kind: nobody reads it', () => {
  const w = createWorld()
  w.ok('create', 'configmaps', { body: cm('a', { k: 'v' }) })
  const made = w.ok('patch', 'configmaps', { name: 'a', patchType: 'strategic', body: { kind: 'Secret', data: { k: 'w' } } })
  expect(made).toMatchObject({ kind: 'ConfigMap', data: { k: 'w' } })
})
