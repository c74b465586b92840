/** The whiteboard's three sorts of Service, each the one before and something on top; who may use what, and how many of each a cluster has. */
import { describe, expect, test } from 'vitest'
import type { Service } from '../../src/api/generated/types/core-v1.ts'
import { must } from '../network/world.ts'
import { courseWorld, drawnPod, drawnService, NODES, origin } from './whiteboard.ts'

const SORTS = ['ClusterIP', 'NodePort', 'LoadBalancer'] as const
type Sort = (typeof SORTS)[number]

const world = courseWorld(
  [
    drawnPod('web-1', 'web', 'node-a', { image: 'traefik/whoami:v1.11', ports: [{ containerPort: 80 }] }),
    drawnPod('web-2', 'web', 'node-b', { image: 'traefik/whoami:v1.11', ports: [{ containerPort: 80 }] }),
    drawnPod('client', 'client', 'node-c', { image: 'busybox:1.37', command: ['sleep', '1d'] }),
    ...SORTS.map((type) => drawnService(type.toLowerCase(), 'web', { type, ports: [{ port: 8080, targetPort: 80 }] })),
  ],
  30_000,
)
const service = (sort: Sort): Service => world.cluster.read.get('services', 'default', sort.toLowerCase())!
const nodePort = (sort: Sort): number => service(sort).spec!.ports![0]!.nodePort ?? 30_999
const balancerIp = (sort: Sort): string | undefined => service(sort).status?.loadBalancer?.ingress?.[0]?.ip

/** `200`, or how it failed. */
function call(who: string, host: string, port: number, turn = 1): string {
  const payload = { method: 'GET', path: '/', host, headers: {} }
  const result = world.network.dial(origin(world, who), { host, port, protocol: 'http', payload, timeoutMs: 3_000, turn })
  return result.ok ? String((result.reply as { status: number }).status) : result.failure
}

/** Which pods answer a hundred requests. */
const answering = (who: string, host: string, port: number): string[] => {
  const seen = new Set<string>()
  for (let turn = 0; turn < 100; turn++) {
    const result = world.network.dial(origin(world, who), { host, port, protocol: 'tcp', timeoutMs: 3_000, turn })
    const pod = world.cluster.read.list('pods').find((p) => p.metadata.uid === result.peer?.podUid)
    if (pod) seen.add(pod.metadata.name)
  }
  return [...seen].sort()
}

const onEachNode = (sort: Sort, who: string): string[] => NODES.map((_, i) => call(who, `192.168.0.${100 + i}`, nodePort(sort)))

describe('who reaches what', () => {
  const all = (verdict: string): string[] => NODES.map(() => verdict)
  test.each([
    //             name, from a pod   balanced address, from a pod   a port of every node, from MenchuPC   external balancer, from MenchuPC
    ['ClusterIP', '200', '200', all('refused'), 'none'],
    ['NodePort', '200', '200', all('200'), 'none'],
    ['LoadBalancer', '200', '200', all('200'), '200'],
  ] as [Sort, string, string, string[], string][])(
    '%s: name %s, address %s, node ports %j, balancer %s',
    (sort, name, address, ports, balancer) => {
      expect(call('client', sort.toLowerCase(), 8080)).toBe(name)
      expect(call('client', service(sort).spec!.clusterIP!, 8080)).toBe(address)
      expect(onEachNode(sort, 'MenchuPC')).toEqual(ports)
      expect(balancerIp(sort) === undefined ? 'none' : call('MenchuPC', balancerIp(sort)!, 8080)).toBe(balancer)
    },
  )

  test.each(SORTS)('%s: its name and its balanced address are of no use outside the cluster', (sort) => {
    expect(call('MenchuPC', sort.toLowerCase(), 8080)).toBe('dns-not-found')
    expect(call('MenchuPC', service(sort).spec!.clusterIP!, 8080)).toBe('timeout')
  })
})

describe('each is the one before, and one thing more', () => {
  test.each([
    ['ClusterIP', { clusterIP: true, nodePort: false, balancer: false }],
    ['NodePort', { clusterIP: true, nodePort: true, balancer: false }],
    ['LoadBalancer', { clusterIP: true, nodePort: true, balancer: true }],
  ] as const)('%s: %j', (sort, parts) => {
    const { spec } = service(sort)
    expect({
      clusterIP: /^10\./.test(spec!.clusterIP!),
      nodePort: spec!.ports![0]!.nodePort !== undefined,
      balancer: balancerIp(sort) !== undefined,
    }).toEqual(parts)
  })

  test('a node port lies between 30000 and 32767', () => {
    for (const sort of ['NodePort', 'LoadBalancer'] as const) expect(nodePort(sort) >= 30_000 && nodePort(sort) <= 32_767).toBe(true)
  })
})

describe('all balance over the same pods', () => {
  test.each([
    ['the name, from inside', 'client', () => ['clusterip', 8080] as [string, number]],
    ['a node port, on a machine that has no such pod', 'MenchuPC', () => ['192.168.0.103', nodePort('NodePort')] as [string, number]],
    ['the external balancer', 'MenchuPC', () => [balancerIp('LoadBalancer')!, 8080] as [string, number]],
  ])('%s', (_way, who, where) => expect(answering(who, ...where())).toEqual(['web-1', 'web-2']))
})

test('HA: a pod falls, another comes up elsewhere, the rule changes, and the caller changes nothing', () => {
  world.fork(() => {
    world.cluster.writer('system:admin').delete('pods', 'default', 'web-1')
    world.advance(10_000)
    must(world, drawnPod('web-3', 'web', 'node-c', { image: 'traefik/whoami:v1.11', ports: [{ containerPort: 80 }] }))
    world.advance(20_000)
    expect(answering('client', 'clusterip', 8080)).toEqual(['web-2', 'web-3'])
  })
})

test('how many of each: an ordinary cluster has one LoadBalancer (the reverse proxy), no NodePort, the rest ClusterIP', () => {
  const bare = courseWorld([], 0)
  const count = (type: string): number => bare.cluster.read.list('services').filter((s) => s.spec?.type === type).length
  expect({ LoadBalancer: count('LoadBalancer'), NodePort: count('NodePort') }).toEqual({ LoadBalancer: 1, NodePort: 0 })
  expect(count('ClusterIP')).toBeGreaterThan(1)
})

test('without something that gives addresses (MetalLB) a LoadBalancer is a NodePort that waits', () => {
  world.fork(() => {
    const writer = world.cluster.writer('system:admin')
    writer.modify('deployments.apps', 'metallb-system', 'controller', (d) => {
      d.spec!.replicas = 0
    })
    world.advance(40_000)
    must(world, drawnService('waits', 'web', { type: 'LoadBalancer', ports: [{ port: 8080, targetPort: 80, nodePort: 30_123 }] }))
    world.advance(30_000)
    expect(world.cluster.read.get('services', 'default', 'waits')!.status?.loadBalancer).toEqual({})
    expect(call('MenchuPC', '192.168.0.101', 30_123)).toBe('200')
  })
})
