/** Services: defaults, addresses and ports, validation, what a change of type keeps. */
import { describe, expect, test } from 'vitest'
import { ApiError, fieldErrorText } from '../../../src/api/errors.ts'
import { service as kind } from '../../../src/kinds/core/service/index.ts'
import { emptyContext, type World } from './support.ts'

const objectOf = (spec: object, name = 'web'): any => {
  const object: any = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'lab', uid: `uid-${name}` },
    spec: structuredClone(spec),
  }
  kind.setDefaults?.(object)
  return object
}

function create(spec: object, world: World = {}, name = 'web'): any {
  const object = objectOf(spec, name)
  kind.prepareForCreate?.(object, emptyContext(world))
  return object
}

function update(previous: any, change: object, world: World = {}): { next: any; errors: string[] } {
  const next = { ...structuredClone(previous), spec: { ...structuredClone(previous.spec), ...structuredClone(change) } }
  kind.setDefaults?.(next)
  kind.prepareForUpdate?.(next, previous, emptyContext(world))
  const errors = [...(kind.validate?.(next, emptyContext()) ?? []), ...(kind.validateUpdate?.(next, previous, emptyContext()) ?? [])]
  return { next, errors: errors.map(fieldErrorText) }
}

/** The errors of a creation, whether they come from allocation or from validation. */
function errorsOf(spec: object, world: World = {}): string[] {
  try {
    return (kind.validate?.(create(spec, world), emptyContext()) ?? []).map(fieldErrorText)
  } catch (e) {
    if (!(e instanceof ApiError)) throw e
    return [e.status.message!.replace(/^Service "web" is invalid: /, '')]
  }
}

describe('creation', () => {
  test('a plain service', () => {
    const { spec, status } = create({ selector: { app: 'web' }, ports: [{ port: 80 }] })
    expect(spec).toMatchObject({
      type: 'ClusterIP',
      sessionAffinity: 'None',
      internalTrafficPolicy: 'Cluster',
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      ports: [{ port: 80, targetPort: 80, protocol: 'TCP' }],
    })
    expect(spec.clusterIP).toMatch(/^10\.(9[6-9]|10\d|11[01])\./)
    expect(spec.clusterIPs).toEqual([spec.clusterIP])
    expect(status).toEqual({ loadBalancer: {} })
  })

  test('same service, same address; a taken one is left alone', () => {
    const first = create({ ports: [{ port: 80 }] })
    expect(create({ ports: [{ port: 80 }] }).spec.clusterIP).toBe(first.spec.clusterIP)
    const other = { ...first, metadata: { ...first.metadata, name: 'other' } }
    expect(create({ ports: [{ port: 80 }] }, { services: [other] }).spec.clusterIP).not.toBe(first.spec.clusterIP)
  })

  test('a node port is drawn from its range, one for both protocols of a port', () => {
    const { ports } = create({
      type: 'NodePort',
      ports: [
        { name: 'a', port: 53 },
        { name: 'b', port: 53, protocol: 'UDP' },
      ],
    }).spec
    expect(ports[0].nodePort).toBeGreaterThanOrEqual(30_000)
    expect(ports[0].nodePort).toBeLessThanOrEqual(32_767)
    expect(ports[1].nodePort).toBe(ports[0].nodePort)
  })

  test('headless, external name, client affinity', () => {
    expect(create({ clusterIP: 'None', selector: { a: 'b' }, ports: [{ port: 1 }] }).spec).toMatchObject({
      clusterIP: 'None',
      clusterIPs: ['None'],
    })
    expect(create({ type: 'ExternalName', externalName: 'db.example.org' }).spec).toEqual({
      type: 'ExternalName',
      externalName: 'db.example.org',
      sessionAffinity: 'None',
    })
    expect(create({ sessionAffinity: 'ClientIP', ports: [{ port: 1 }] }).spec.sessionAffinityConfig).toEqual({
      clientIP: { timeoutSeconds: 10_800 },
    })
  })
})

const taken: World = {
  services: [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'x', namespace: 'lab' },
      spec: { clusterIPs: ['10.97.10.10'], ports: [{ port: 80, protocol: 'TCP', nodePort: 31000 }] },
    },
  ],
}

test.each<[string, object, string[]]>([
  ['no ports', { selector: { app: 'web' } }, ['spec.ports: Required value']],
  [
    'unnamed ports',
    { ports: [{ port: 80 }, { port: 80, protocol: 'tcp' }] },
    [
      'spec.ports[0].name: Required value',
      'spec.ports[1].name: Required value',
      'spec.ports[1].protocol: Unsupported value: "tcp": supported values: "SCTP", "TCP", "UDP"',
    ],
  ],
  ['no external name', { type: 'ExternalName' }, ['spec.externalName: Required value']],
  [
    'an address that is none hides the rest',
    { type: 'Public', clusterIP: '1.2.3', sessionAffinity: 'Sticky', ports: [] },
    ['spec.clusterIPs[0]: Invalid value: "1.2.3": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'],
  ],
  [
    'an address of elsewhere',
    { clusterIP: '10.200.0.1', ports: [{ port: 80 }] },
    [
      'spec.clusterIPs: Invalid value: ["10.200.0.1"]: failed to allocate IP 10.200.0.1: the provided network does not match the current range',
    ],
  ],
  [
    'an address that is taken',
    { clusterIP: '10.97.10.10', ports: [{ port: 80 }] },
    ['spec.clusterIPs: Invalid value: ["10.97.10.10"]: failed to allocate IP 10.97.10.10: provided IP is already allocated'],
  ],
  [
    'a node port out of range',
    { type: 'NodePort', ports: [{ port: 80, nodePort: 8080 }] },
    ['spec.ports[0].nodePort: Invalid value: 8080: provided port is not in the valid range. The range of valid ports is 30000-32767'],
  ],
  [
    'a node port that is taken',
    { type: 'NodePort', ports: [{ port: 80, nodePort: 31000 }] },
    ['spec.ports[0].nodePort: Invalid value: 31000: provided port is already allocated'],
  ],
  [
    'many mistakes',
    { sessionAffinity: 'Sticky', externalTrafficPolicy: 'Local', ports: [{ port: 0, protocol: 'HTTP', targetPort: 'Web_Port' }] },
    [
      'spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive',
      'spec.ports[0].protocol: Unsupported value: "HTTP": supported values: "SCTP", "TCP", "UDP"',
      'spec.ports[0].targetPort: Invalid value: "Web_Port": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
      'spec.sessionAffinity: Unsupported value: "Sticky": supported values: "ClientIP", "None"',
      'spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services',
    ],
  ],
  [
    'a node port without its type',
    { ports: [{ port: 80, nodePort: 30001 }] },
    ["spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"],
  ],
])('%s', (_, spec, errors) => {
  expect(errorsOf(spec, taken)).toEqual(errors)
})

describe('changes', () => {
  const previous = create({ type: 'NodePort', selector: { a: 'b' }, ports: [{ port: 80, nodePort: 31001 }] })

  test('the address stays', () => {
    expect(update(previous, { clusterIP: '10.96.200.200' }).errors).toEqual([
      'spec.clusterIPs[0]: Invalid value: ["10.96.200.200"]: may not change once set',
    ])
    expect(update(previous, { clusterIP: undefined, clusterIPs: undefined }).next.spec.clusterIP).toBe(previous.spec.clusterIP)
  })

  test('a type without node ports drops the unchanged ones and the external policy', () => {
    const { next, errors } = update(previous, { type: 'ClusterIP' })
    expect(errors).toEqual([])
    expect(next.spec.ports[0]).not.toHaveProperty('nodePort')
    expect(next.spec).not.toHaveProperty('externalTrafficPolicy')
  })

  test('a node port left out stays', () => {
    expect(update(previous, { ports: [{ port: 80, targetPort: 8080 }] }).next.spec.ports[0].nodePort).toBe(31_001)
  })

  test('an unknown type is refused', () => {
    const plain = create({ ports: [{ port: 80 }] })
    expect(update(plain, { type: 'Nodeport' }).errors).toEqual([
      'spec.type: Unsupported value: "Nodeport": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"',
    ])
  })

  test('to an external name', () => {
    expect(update(create({ ports: [{ port: 80 }] }), { type: 'ExternalName' }).errors).toEqual(['spec.externalName: Required value'])
    expect(update(create({ ports: [{ port: 80 }] }), { type: 'ExternalName', externalName: 'a.b' }).errors).toEqual([])
  })
})

test.each<[string, object, object, string[]]>([
  ['ClusterIP', { ports: [{ port: 80 }, { port: 443 }] }, {}, ['<none>', '80/TCP,443/TCP', '<none>']],
  [
    'NodePort',
    { type: 'NodePort', selector: { b: '2', a: '1' }, ports: [{ port: 80, nodePort: 30123 }] },
    {},
    ['<none>', '80:30123/TCP', 'a=1,b=2'],
  ],
  [
    'LoadBalancer that waits',
    { type: 'LoadBalancer', ports: [{ port: 443, nodePort: 31324 }] },
    {},
    ['<pending>', '443:31324/TCP', '<none>'],
  ],
  [
    'LoadBalancer',
    { type: 'LoadBalancer', ports: [{ port: 443, nodePort: 31324 }] },
    { loadBalancer: { ingress: [{ ip: '192.168.0.200' }] } },
    ['192.168.0.200', '443:31324/TCP', '<none>'],
  ],
  ['ExternalName', { type: 'ExternalName', externalName: 'db.example.org' }, {}, ['db.example.org', '<none>', '<none>']],
])('row of a %s', (_, spec, status, cells) => {
  const object = { ...create(spec), status }
  const row = Object.fromEntries(kind.columns.map((c) => [c.name, c.value(object, { nowMs: 0 })]))
  expect([row['External-IP'], row['Port(s)'], row['Selector']]).toEqual(cells)
})
