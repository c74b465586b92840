import { describe, expect, test } from 'vitest'
import { defineKind } from '../../src/api/define-kind.ts'
import { definition, definitionNames } from '../../src/api/definitions.ts'
import { compareVersions, KindRegistry } from '../../src/api/registry.ts'

const configMap = defineKind({
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  cells: { Data: (o) => String(Object.keys(o.data ?? {}).length) },
})
const event = defineKind({ group: '', version: 'v1', kind: 'LimitRange' })

test('a kind is completed from the facts of its resource', () => {
  expect(configMap.resource).toBe('configmaps')
  expect(configMap.shortNames).toEqual(['cm'])
  expect(configMap.columns.map((c) => c.name)).toEqual(['Name', 'Data', 'Age'])
  expect(configMap.schema.properties?.['data']?.additionalProperties).toEqual({ type: 'string' })
  expect(configMap.schema.properties?.['metadata']?.properties?.['ownerReferences']?.patchMergeKey).toBe('uid')
})

test('a column without a value is a bug', () => {
  expect(() => defineKind({ group: '', version: 'v1', kind: 'ConfigMap' })).toThrow('no value for its column Data')
})

test('every definition resolves, cycles included', () => {
  for (const name of definitionNames()) expect(definition(name).name).toBe(name)
  const props = definition('io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps')
  expect(props.properties?.['not']).toBe(props)
})

describe('names', () => {
  const registry = new KindRegistry([event, configMap])
  test.each([
    ['configmaps', 'ConfigMap'],
    ['configmap', 'ConfigMap'],
    ['cm', 'ConfigMap'],
    ['limits', 'LimitRange'],
    ['ConfigMap', 'ConfigMap'],
    ['configmaps.v1', 'ConfigMap'],
    ['nope', undefined],
  ])('%s', (text, kind) => expect(registry.resolve(text)?.kind).toBe(kind))
})

test.each([
  ['v2', 'v1', -1],
  ['v1', 'v1beta2', -1],
  ['v1beta2', 'v1beta1', -1],
  ['v1alpha1', 'foo', -1],
  ['v1', 'v1', 0],
])('version %s against %s', (a, b, sign) => expect(Math.sign(compareVersions(a, b))).toBe(sign))
