/** ConfigMaps, Secrets, namespaces, nodes, events, quotas, limits. */
import { describe, expect, test } from 'vitest'
import { fieldErrorText } from '../../../src/api/errors.ts'
import type { KindDefinition } from '../../../src/api/kind.ts'
import { decodeText, encodeText } from '../../../src/kinds/core/base64.ts'
import { configMap } from '../../../src/kinds/core/configmap/index.ts'
import { endpoints } from '../../../src/kinds/core/endpoints/index.ts'
import { event } from '../../../src/kinds/core/event/index.ts'
import { limitRange } from '../../../src/kinds/core/limitrange/index.ts'
import { namespace } from '../../../src/kinds/core/namespace/index.ts'
import { node } from '../../../src/kinds/core/node/index.ts'
import { resourceQuota } from '../../../src/kinds/core/resourcequota/index.ts'
import { secret } from '../../../src/kinds/core/secret/index.ts'
import { emptyContext, NOW } from './support.ts'

function made(kind: KindDefinition, fields: object, meta: object = {}): any {
  const object: any = { apiVersion: 'v1', kind: kind.kind, metadata: { name: 'it', namespace: 'lab', ...meta }, ...structuredClone(fields) }
  kind.setDefaults?.(object)
  return object
}
const errorsOf = (kind: KindDefinition, fields: object): string[] =>
  (kind.validate?.(made(kind, fields), emptyContext()) ?? []).map(fieldErrorText)
const changeErrors = (kind: KindDefinition, next: object, previous: object): string[] =>
  (kind.validateUpdate?.(made(kind, next), made(kind, previous), emptyContext()) ?? []).map(fieldErrorText)
const cell = (kind: KindDefinition, name: string, object: any): unknown =>
  kind.columns.find((c) => c.name === name)!.value(object, { nowMs: NOW })

describe('ConfigMap and Secret', () => {
  test('base64 there and back', () => {
    for (const text of ['', 'a', 'ab', 'abc', 'p@ss w0rd', 'grüß']) expect(decodeText(encodeText(text))).toBe(text)
    expect(encodeText('plain')).toBe('cGxhaW4=')
  })

  test('keys', () => {
    expect(errorsOf(configMap, { data: { '..': 'x', 'a b': 'x' } })).toEqual([
      'data[..]: Invalid value: "..": must not be \'..\'',
      "data[a b]: Invalid value: \"a b\": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
    ])
    expect(errorsOf(configMap, { data: { a: 'x' }, binaryData: { a: 'eA==' } })).toEqual([
      'data[a]: Invalid value: "a": duplicate of key present in binaryData',
    ])
  })

  test('immutable means it', () => {
    const text = 'Forbidden: field is immutable when `immutable` is set'
    expect(changeErrors(configMap, { immutable: true, data: { a: 'y' } }, { immutable: true, data: { a: 'x' } })).toEqual([`data: ${text}`])
    expect(changeErrors(configMap, { data: { a: 'x' } }, { immutable: true, data: { a: 'x' } })).toEqual([`immutable: ${text}`])
  })

  test('stringData becomes data, types ask for keys and never change', () => {
    expect(made(secret, { stringData: { a: 'plain' } })).toMatchObject({ type: 'Opaque', data: { a: 'cGxhaW4=' } })
    expect(errorsOf(secret, { type: 'kubernetes.io/basic-auth', stringData: { user: 'bob' } })).toEqual([
      'data[username]: Required value',
      'data[password]: Required value',
    ])
    expect(errorsOf(secret, { type: 'kubernetes.io/tls', stringData: { 'tls.crt': 'x' } })).toEqual(['data[tls.key]: Required value'])
    expect(changeErrors(secret, { type: 'example.com/other' }, {})).toEqual([
      'type: Invalid value: "example.com/other": field is immutable',
    ])
  })

  test('rubbish in a TLS secret is warned of', () => {
    const object = made(secret, { type: 'kubernetes.io/tls', stringData: { 'tls.crt': 'abc', 'tls.key': 'xyz' } })
    expect(secret.warnings?.(object, undefined)).toEqual(['tls: failed to find any PEM data in certificate input'])
  })
})

describe('Namespace', () => {
  test('gets its label, finalizer and phase, and keeps them', () => {
    const object = made(namespace, {}, { name: 'shop', namespace: undefined })
    namespace.prepareForCreate?.(object, emptyContext())
    expect(object).toMatchObject({
      metadata: { labels: { 'kubernetes.io/metadata.name': 'shop' } },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    })
    expect(namespace.hasPendingFinalizers?.(object)).toBe(true)
    const next = structuredClone(object)
    next.spec.finalizers = []
    namespace.prepareForUpdate?.(next, object, emptyContext())
    expect(next.spec.finalizers).toEqual(['kubernetes'])
  })

  test('a name with dots', () => {
    expect(namespace.nameRule?.('dots.are.not')).toEqual(['must not contain dots'])
  })
})

describe('LimitRange', () => {
  test('a maximum below the minimum, told from every side', () => {
    expect(
      errorsOf(limitRange, {
        spec: { limits: [{ type: 'Container', min: { cpu: '500m' }, max: { cpu: '200m' }, default: { cpu: '300m' } }] },
      }),
    ).toEqual([
      'spec.limits[0].min[cpu]: Invalid value: "500m": min value 500m is greater than max value 200m',
      'spec.limits[0].defaultRequest[cpu]: Invalid value: "300m": min value 500m is greater than default request value 300m',
      'spec.limits[0].defaultRequest[cpu]: Invalid value: "300m": default request value 300m is greater than max value 200m',
      'spec.limits[0].default[cpu]: Invalid value: "500m": min value 500m is greater than default value 300m',
      'spec.limits[0].default[cpu]: Invalid value: "200m": default value 300m is greater than max value 200m',
    ])
  })

  test('types', () => {
    expect(errorsOf(limitRange, { spec: { limits: [{ type: '0.5' }] } })).toEqual([
      'spec.limits[0].type: Invalid value: "0.5": must be a standard limit type or fully qualified',
    ])
    expect(errorsOf(limitRange, { spec: { limits: [{ type: '' }] } })[0]).toBe(
      'spec.limits[0].type: Invalid value: "": name part must be non-empty',
    )
  })
})

describe('ResourceQuota', () => {
  test('errors', () => {
    expect(errorsOf(resourceQuota, { spec: { hard: { 'count/deployments.apps': '-1' } } })).toEqual([
      'spec.hard[count/deployments.apps]: Invalid value: "-1": must be greater than or equal to 0',
    ])
    expect(errorsOf(resourceQuota, { spec: { hard: { pods: '1' }, scopes: ['Nonsense'] } })).toEqual([
      'spec.scopes: Invalid value: ["Nonsense"]: unsupported scope',
    ])
  })

  test('requests and limits in columns of their own', () => {
    const object = made(resourceQuota, {
      status: { hard: { pods: '4', 'requests.cpu': '1', 'limits.cpu': '2' }, used: { pods: '2', 'limits.cpu': '1600m' } },
    })
    expect(cell(resourceQuota, 'Request', object)).toBe('pods: 2/4, requests.cpu: 0/1')
    expect(cell(resourceQuota, 'Limit', object)).toBe('limits.cpu: 1600m/2')
  })
})

describe('Node, Event, Endpoints', () => {
  test('status and roles', () => {
    const ready = made(
      node,
      { spec: { unschedulable: true }, status: { conditions: [{ type: 'Ready', status: 'True' }] } },
      { labels: { 'node-role.kubernetes.io/control-plane': '' } },
    )
    expect([cell(node, 'Status', ready), cell(node, 'Roles', ready)]).toEqual(['Ready,SchedulingDisabled', 'control-plane'])
    expect(cell(node, 'Status', made(node, { status: { conditions: [{ type: 'Ready', status: 'Unknown' }] } }))).toBe('NotReady')
    expect([cell(node, 'Status', made(node, {})), cell(node, 'Roles', made(node, {}))]).toEqual(['Unknown', '<none>'])
  })

  test('a taint twice', () => {
    expect(
      errorsOf(node, {
        spec: {
          taints: [
            { key: 'a', effect: 'NoSchedule' },
            { key: 'a', value: 'b', effect: 'NoSchedule' },
          ],
        },
      }),
    ).toEqual([
      'spec.taints[1]: Duplicate value: {"Key":"a","Value":"b","Effect":"NoSchedule","TimeAdded":null}: taints must be unique by key and effect pair',
    ])
  })

  test('when an event was last seen', () => {
    const about = { involvedObject: { kind: 'Pod', name: 'web', namespace: 'lab' } }
    const once = made(event, { ...about, eventTime: '2026-11-20T06:00:05.000000Z', reportingComponent: 'default-scheduler' })
    expect([cell(event, 'Last Seen', once), cell(event, 'Object', once), cell(event, 'Source', once), cell(event, 'Count', once)]).toEqual([
      '5s',
      'pod/web',
      'default-scheduler',
      '1',
    ])
    const often = made(event, {
      ...about,
      count: 4,
      firstTimestamp: '2026-11-20T05:59:50Z',
      lastTimestamp: '2026-11-20T06:00:08Z',
      source: { component: 'kubelet', host: 'node-a' },
    })
    expect([cell(event, 'Last Seen', often), cell(event, 'First Seen', often), cell(event, 'Source', often)]).toEqual([
      '2s',
      '20s',
      'kubelet, node-a',
    ])
  })

  test('endpoints: none, not ready, several, many', () => {
    const text = (subsets?: object[]): unknown => cell(endpoints, 'Endpoints', made(endpoints, { subsets }))
    const addresses = (n: number): object[] => Array.from({ length: n }, (_, i) => ({ ip: `10.0.0.${i + 1}` }))
    expect(text()).toBe('<none>')
    expect(text([{ notReadyAddresses: addresses(1), ports: [{ port: 80 }] }])).toBe('')
    expect(text([{ addresses: addresses(2), ports: [{ port: 80 }] }])).toBe('10.0.0.1:80,10.0.0.2:80')
    expect(text([{ addresses: addresses(5), ports: [{ port: 80 }] }])).toBe('10.0.0.1:80,10.0.0.2:80,10.0.0.3:80 + 2 more...')
  })
})
