/** Which of a Service's pods a packet may reach: traffic policies, distribution by zone and node, and affinity with its time. */
import { describe, expect, test } from 'vitest'
import { CONTROL_PLANE, worker } from '../../src/cluster/presets.ts'
import { World } from '../../src/cluster/world.ts'
import { from, get, must, OFFICE, pod, service } from './world.ts'

const ZONE = 'topology.kubernetes.io/zone'
/** node-a in the one zone, node-b and node-c in the other. */
const zones = ['left', 'right', 'right']
const world = new World({
  preset: 'bare',
  nodes: [CONTROL_PLANE, ...zones.map((zone, i) => ({ ...worker(i), labels: { [ZONE]: zone } }))],
})
world.advance(5_000)
for (const object of [
  pod('web-a', { app: 'web' }, { nodeName: 'node-a' }),
  pod('web-b', { app: 'web' }, { nodeName: 'node-b' }),
  pod('on-a', {}, { nodeName: 'node-a' }, 9999),
  pod('on-b', {}, { nodeName: 'node-b' }, 9999),
  pod('on-c', {}, { nodeName: 'node-c' }, 9999),
])
  must(world, object)
world.advance(15_000)

/** The pods that answer a client's forty requests; `timeout` and the like count, too. */
function answering(who: string, host = 'web', port = 80): string[] {
  const origin = who === 'office' ? OFFICE : from(world, who)
  const seen = new Set<string>()
  for (let turn = 0; turn < 40; turn++) {
    const result = get(world, origin, host, port, { turn })
    const found = world.cluster.read.list('pods').find((p) => p.metadata.uid === result.peer?.podUid)
    seen.add(result.ok ? found!.metadata.name : result.failure)
  }
  return [...seen].sort()
}
const withService = <T>(spec: Record<string, unknown>, look: () => T): T =>
  world.fork(() => {
    must(world, service('web', { app: 'web' }, spec))
    world.advance(5_000)
    return look()
  })
/** The same with topology-aware routing. */
const withAnnotated = (look: () => void): void =>
  world.fork(() => {
    const made = service('web', { app: 'web' })
    must(world, { ...made, metadata: { ...made.metadata, annotations: { 'service.kubernetes.io/topology-mode': 'Auto' } } })
    world.advance(5_000)
    look()
  })
const hints = (): (string | undefined)[] =>
  world.cluster.read
    .labelled('endpointslices.discovery.k8s.io', 'default', 'kubernetes.io/service-name', 'web')
    .flatMap((s) => (s.endpoints ?? []).map((e) => e.hints?.forZones?.[0]?.name))
    .sort()
const told = (): string =>
  world.cluster.read
    .list('events', 'default')
    .filter((e) => e.reason?.startsWith('TopologyAware'))
    .map((e) => e.message)
    .join('\n')
const ip = (): string => world.cluster.read.get('services', 'default', 'web')!.spec!.clusterIP!

describe('who answers a client on each node', () => {
  const both = ['web-a', 'web-b']
  test.each([
    // spec                                         from node-a  from node-b  from node-c
    ['nothing is asked for', {}, both, both, both],
    ['internalTrafficPolicy Local', { internalTrafficPolicy: 'Local' }, ['web-a'], ['web-b'], ['timeout']],
    ['trafficDistribution PreferClose', { trafficDistribution: 'PreferClose' }, ['web-a'], ['web-b'], ['web-b']],
    ['trafficDistribution PreferSameZone', { trafficDistribution: 'PreferSameZone' }, ['web-a'], ['web-b'], ['web-b']],
    [
      'trafficDistribution PreferSameNode: the zone, where the node has none',
      { trafficDistribution: 'PreferSameNode' },
      ['web-a'],
      ['web-b'],
      ['web-b'],
    ],
  ])('%s', (_name, spec, a, b, c) => {
    expect(withService(spec, () => [answering('on-a', ip()), answering('on-b', ip()), answering('on-c', ip())])).toEqual([a, b, c])
  })

  test('topology-mode Auto: too few endpoints for the zones’ shares are meant for all', () => {
    withAnnotated(() => {
      expect(hints()).toEqual([undefined, undefined])
      expect([answering('on-a', ip()), answering('on-c', ip())]).toEqual([both, both])
      expect(told()).toContain(
        'Unable to allocate minimum required endpoints to each zone without exceeding overload threshold (2 endpoints, 2 zones), addressType: IPv4',
      )
    })
  })

  test('topology-mode Auto: three endpoints on zones of one and two thirds; what changes takes the hints back', () => {
    withAnnotated(() => {
      must(world, pod('web-c', { app: 'web' }, { nodeName: 'node-c' }))
      world.advance(10_000)
      expect(hints()).toEqual(['left', 'right', 'right'])
      expect([answering('on-a', ip()), answering('on-b', ip()), answering('on-c', ip())]).toEqual([
        ['web-a'],
        ['web-b', 'web-c'],
        ['web-b', 'web-c'],
      ])
      expect(told()).toContain('Topology Aware Hints has been enabled, addressType: IPv4')
      world.cluster.writer('system:admin').modify('nodes', undefined, 'node-a', (n) => {
        delete n.metadata.labels![ZONE]
      })
      world.advance(3_000)
      expect(hints()).toEqual([undefined, undefined, undefined])
      expect(told()).toContain(
        'Insufficient Node information: allocatable CPU or zone not specified on one or more nodes, addressType: IPv4',
      )
    })
  })

  test('a zone that loses its last pod asks the other', () => {
    withService({ trafficDistribution: 'PreferClose' }, () => {
      world.cluster.writer('system:admin').delete('pods', 'default', 'web-a')
      world.advance(5_000)
      expect(answering('on-a', ip())).toEqual(['web-b'])
    })
  })
})

describe('from outside, through a node port', () => {
  test.each([
    ['Cluster', '192.168.0.101', ['web-a', 'web-b']],
    ['Cluster', '192.168.0.103', ['web-a', 'web-b']],
    ['Local', '192.168.0.101', ['web-a']],
    ['Local', '192.168.0.102', ['web-b']],
    ['Local', '192.168.0.103', ['timeout']],
  ])('externalTrafficPolicy %s at %s: %j', (policy, node, expected) => {
    const spec = { type: 'NodePort', externalTrafficPolicy: policy, ports: [{ port: 80, targetPort: 8080, nodePort: 30880 }] }
    expect(withService(spec, () => answering('office', node, 30880))).toEqual(expected)
  })
})

describe('session affinity', () => {
  const spec = { sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } } }
  const one = (turn: number): string | undefined => get(world, from(world, 'on-c'), ip(), 80, { turn }).peer?.ip
  /** Turns by which chance alone would go elsewhere than at turn 0. */
  const elsewhere = (): number => {
    for (let turn = 1; ; turn++) if (world.fork(() => one(turn)) !== world.fork(() => one(0))) return turn
  }

  test.each([
    ['within its time', 50, true],
    ['after its time, counted from the last request', 61, false],
  ])('%s', (_name, seconds, same) => {
    withService(spec, () => {
      const other = elsewhere()
      const first = one(0)
      world.advance(seconds * 1000)
      expect(one(other) === first).toBe(same)
    })
  })

  test('each request begins the time anew', () => {
    withService(spec, () => {
      const other = elsewhere()
      const first = one(0)
      for (let n = 0; n < 5; n++) {
        world.advance(40_000)
        expect(one(other)).toBe(first)
      }
    })
  })
})

describe('healthCheckNodePort', () => {
  const LOCAL = { type: 'LoadBalancer', externalTrafficPolicy: 'Local' }
  const healthy = (node: string): unknown => {
    const port = world.cluster.read.get('services', 'default', 'web')!.spec!.healthCheckNodePort!
    const result = get(world, OFFICE, world.fleet.specification(node)!.ip, port)
    return result.ok ? (result.reply as { status: number; body: string }) : result.failure
  }
  test('kube-proxy of a node with a ready endpoint answers 200, of one without 503', () => {
    withService(LOCAL, () => {
      expect(healthy('node-a')).toMatchObject({
        status: 200,
        headers: { 'content-type': 'application/json', 'x-load-balancing-endpoint-weight': '1' },
        body: '{\n\t"service": {\n\t\t"namespace": "default",\n\t\t"name": "web"\n\t},\n\t"localEndpoints": 1,\n\t"serviceProxyHealthy": true\n}',
      })
      expect(healthy('node-c')).toMatchObject({ status: 503, body: expect.stringContaining('"localEndpoints": 0') })
      world.cluster.writer('system:admin').delete('pods', 'default', 'web-a')
      world.advance(5_000)
      expect(healthy('node-a')).toMatchObject({ status: 503 })
    })
  })
  test('without the policy there is no such port', () => {
    withService({ type: 'LoadBalancer' }, () =>
      expect(world.cluster.read.get('services', 'default', 'web')!.spec!.healthCheckNodePort).toBeUndefined(),
    )
  })
})
