import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeObject } from '../../src/api/decode.ts'
import { duplicateFields } from '../../src/api/decode-duplicates.ts'
import { kindSchema } from '../../src/api/definitions.ts'
import { ApiError } from '../../src/api/errors.ts'
import { applyDefaults, prune } from '../../src/api/prune.ts'
import type { Schema } from '../../src/api/schema.ts'

const pod = kindSchema('', 'v1', 'Pod')!
const service = kindSchema('', 'v1', 'Service')!
const secret = kindSchema('', 'v1', 'Secret')!
const volume = kindSchema('', 'v1', 'PersistentVolume')!
const statefulSet = kindSchema('apps', 'v1', 'StatefulSet')!
const policy = kindSchema('admissionregistration.k8s.io', 'v1', 'ValidatingAdmissionPolicy')!
const failure = (input: unknown, schema: Schema, options = {}): string => {
  try {
    decodeObject(input, schema, options)
  } catch (e) {
    expect(e).toBeInstanceOf(ApiError)
    return (e as Error).message
  }
  return ''
}
const container = (fields: object): unknown => ({ spec: { containers: [fields] } })

describe('type errors, as Go words them', () => {
  const rows: [string, unknown, Schema, string][] = [
    ['scalar in a list item', container({ name: 7 }), pod, 'number into Go struct field Container.spec.containers.name of type string'],
    ['list expected', container({ args: 'x' }), pod, 'string into Go struct field Container.spec.containers.args of type []string'],
    ['item of the wrong type', container({ args: [1] }), pod, 'number into Go struct field Container.spec.containers.args of type string'],
    [
      'named string of a container',
      container({ restartPolicy: 7 }),
      pod,
      'number into Go struct field Container.spec.containers.restartPolicy of type v1.ContainerRestartPolicy',
    ],
    [
      'what an object inside another is',
      { spec: { volumeClaimTemplates: [{ kind: 7 }] } },
      statefulSet,
      'number into Go struct field PersistentVolumeClaim.spec.volumeClaimTemplates.TypeMeta.kind of type string',
    ],
    [
      'structs embedded twice',
      { spec: { matchConstraints: { resourceRules: [{ apiGroups: 7 }] } } },
      policy,
      'number into Go struct field NamedRuleWithOperations.spec.matchConstraints.resourceRules.RuleWithOperations.Rule.apiGroups of type []string',
    ],
    ['struct expected', { spec: { volumes: [1] } }, pod, 'number into Go struct field PodSpec.spec.volumes of type v1.Volume'],
    [
      'named string',
      { spec: { ports: [{ protocol: 7 }] } },
      service,
      'number into Go struct field ServicePort.spec.ports.protocol of type v1.Protocol',
    ],
    [
      'embedded struct',
      { spec: { volumes: [{ configMap: 'x' }] } },
      pod,
      'string into Go struct field Volume.spec.volumes.VolumeSource.configMap of type v1.ConfigMapVolumeSource',
    ],
    [
      'map of strings',
      { metadata: { labels: ['x'] } },
      pod,
      'array into Go struct field ObjectMeta.metadata.labels of type map[string]string',
    ],
    [
      'fraction',
      { spec: { ports: [{ targetPort: 1.5 }] } },
      service,
      'number 1.5 into Go struct field ServicePort.spec.ports.targetPort of type int32',
    ],
    [
      'resource list',
      { spec: { capacity: 'x' } },
      volume,
      'string into Go struct field PersistentVolumeSpec.spec.capacity of type v1.ResourceList',
    ],
    ['bytes', { data: { k: 1 } }, secret, 'number into Go struct field Secret.data of type []uint8'],
    [
      'first in byte order',
      { spec: { type: 7, ports: [{ port: 'x' }] } },
      service,
      'string into Go struct field ServicePort.spec.ports.port of type int32',
    ],
  ]
  test.each(rows)('%s', (_, input, schema, want) => expect(failure(input, schema)).toBe(`json: cannot unmarshal ${want}`))
  test.each([
    ['Sometimes', 8],
    ['not base64!', 3],
    ['abcdef', 4],
    ['ab=', 3],
  ])('base64 %j stops at byte %d', (text, at) =>
    expect(failure({ data: { k: text } }, secret)).toBe(`illegal base64 data at input byte ${at}`),
  )
  test('a bad quantity wins over an earlier type error', () => {
    expect(failure({ spec: { accessModes: [7], capacity: { storage: 'lots' } } }, volume)).toMatch(/^quantities must match/)
  })
  test('the words of strategic patches', () => {
    const deployment = kindSchema('apps', 'v1', 'Deployment')!
    expect(failure({ spec: { replicas: 'two' } }, deployment, { wording: 'unstructured' })).toBe('unrecognized type: int32')
  })
})

describe('unknown fields', () => {
  const input = { metadata: { label: 1 }, spec: { containers: [{ name: 'c', port: [], enviroment: [] }], replica: 2 } }
  const told = [
    'unknown field "metadata.label"',
    'unknown field "spec.containers[0].enviroment"',
    'unknown field "spec.containers[0].port"',
    'unknown field "spec.replica"',
  ]
  test('strict refuses with all of them', () => {
    expect(failure(input, pod, { kind: 'Pod', version: 'v1', fieldValidation: 'Strict' })).toBe(
      `Pod in version "v1" cannot be handled as a Pod: strict decoding error: ${told.join(', ')}`,
    )
  })
  test('warn tells and drops, ignore drops', () => {
    expect(decodeObject(input, pod, { fieldValidation: 'Warn' })).toMatchObject({
      object: { metadata: {}, spec: { containers: [{ name: 'c' }] } },
      warnings: told,
    })
    expect(decodeObject(input, pod, { fieldValidation: 'Ignore' }).warnings).toEqual([])
  })
})

test('what comes out is canonical: quantities, times, nulls and empty lists', () => {
  const { object } = decodeObject(
    {
      metadata: { creationTimestamp: null, labels: {}, deletionTimestamp: '2026-01-01T02:00:00+02:00' },
      spec: { containers: [{ resources: { limits: { cpu: '1000m', memory: 1e3 } }, env: [] }], volumes: [{ name: 'v', emptyDir: {} }] },
    },
    pod,
  )
  expect(object).toEqual({
    metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' },
    spec: { containers: [{ resources: { limits: { cpu: '1', memory: '1k' } } }], volumes: [{ name: 'v', emptyDir: {} }] },
  })
})

const widget: Schema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: {
        size: { type: 'integer', default: 0 },
        mode: { type: 'string', default: 'fast' },
        extra: { type: 'object', preserveUnknown: true },
      },
    },
  },
}
test('custom resources are pruned, never refused', () => {
  const { object, pruned } = prune({ spec: { size: 'x', other: 1, extra: { any: [1] } }, more: true }, widget)
  expect(object).toEqual({ spec: { size: 'x', extra: { any: [1] } } })
  expect(pruned).toEqual(['more', 'spec.other'])
})
test('defaults: all for custom resources, no zero values for built-in kinds', () => {
  const custom = { spec: {} }
  applyDefaults(custom, widget)
  expect(custom).toEqual({ spec: { size: 0, mode: 'fast' } })
  const object = { spec: { ports: [{ port: 80 }] } }
  applyDefaults(object, service)
  expect(object).toEqual({ spec: { ports: [{ port: 80, protocol: 'TCP' }] } })
})

test('nothing throws but ApiError, and nothing of the input is shared', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      void failure({ metadata: a, spec: b, __proto__: a }, pod, { fieldValidation: 'Strict' })
      void failure({ spec: { containers: [a], volumes: b } }, pod)
      prune(a, widget)
    }),
  )
})

test('fields a text has twice', () => {
  expect(duplicateFields('{"data":{"color":"red","a":[{"x":1},{"x":2,"x":"}{"}],"color":"blue"}}')).toEqual(['data.a[1].x', 'data.color'])
  expect(duplicateFields('{"a":{"b":1},"c":{"b":1}}')).toEqual([])
  expect(failure({ data: {} }, secret, { fieldValidation: 'Strict', duplicates: ['data'] })).toBe(
    'strict decoding error: duplicate field "data"',
  )
  fc.assert(
    fc.property(fc.jsonValue(), fc.string(), (value, noise) => {
      expect(duplicateFields(JSON.stringify(value))).toEqual([])
      duplicateFields(noise)
    }),
  )
})
