import { describe, expect, test } from 'vitest'
import { bareWorld, clusterIp, from, get, ipOf, must, OFFICE, pod, service, verdict } from './world.ts'

const two = [
  pod('web-a', { app: 'web' }, { nodeName: 'node-a' }),
  pod('web-b', { app: 'web' }, { nodeName: 'node-b' }),
  pod('client', { app: 'client' }, { nodeName: 'node-c' }, 9999),
]
const NODE_A = '192.168.0.101'

describe('Service addresses', () => {
  test('a ClusterIP leads to each endpoint in its turn, by chance that is keyed', () => {
    const world = bareWorld([...two, service('web', { app: 'web' })])
    const ip = clusterIp(world, 'web')
    const peers = Array.from({ length: 40 }, (_, turn) => get(world, from(world, 'client'), ip, 80, { turn }).peer!.ip)
    expect(new Set(peers)).toEqual(new Set([ipOf(world, 'web-a'), ipOf(world, 'web-b')]))
    expect(Array.from({ length: 40 }, (_, turn) => get(world, from(world, 'client'), ip, 80, { turn }).peer!.ip)).toEqual(peers)
  })

  test('affinity keeps a client at one endpoint until it is gone', () => {
    const world = bareWorld([...two, service('web', { app: 'web' }, { sessionAffinity: 'ClientIP' })])
    const ip = clusterIp(world, 'web')
    const peers = (): Set<string> =>
      new Set(Array.from({ length: 20 }, (_, turn) => get(world, from(world, 'client'), ip, 80, { turn }).peer!.ip))
    const first = peers()
    expect(first.size).toBe(1)
    const gone = [...first][0] === ipOf(world, 'web-a') ? 'web-a' : 'web-b'
    world.cluster.writer('system:admin').delete('pods', 'default', gone)
    world.advance(5_000)
    expect(peers().size).toBe(1)
    expect([...peers()][0]).not.toBe([...first][0])
  })

  test.each([
    ['a pod by its address', {}, (w: any) => get(w, from(w, 'client'), ipOf(w, 'web-a'), 8080), '200'],
    ['a port nobody listens on', {}, (w: any) => get(w, from(w, 'client'), ipOf(w, 'web-a'), 81), 'refused'],
    ['an address nobody has', {}, (w: any) => get(w, from(w, 'client'), '10.244.3.250', 80), 'no-route'],
    ['a Service port that is not there', {}, (w: any) => get(w, from(w, 'client'), clusterIp(w, 'web'), 81), 'timeout'],
    ['a ClusterIP from outside', {}, (w: any) => get(w, OFFICE, clusterIp(w, 'web')), 'timeout'],
    ['a pod address from outside', {}, (w: any) => get(w, OFFICE, ipOf(w, 'web-a'), 8080), 'timeout'],
    [
      'a selector that matches nothing',
      { selector: { app: 'wbe' } },
      (w: any) => get(w, from(w, 'client'), clusterIp(w, 'web')),
      'refused',
    ],
    [
      'a wrong target port',
      { ports: [{ port: 80, targetPort: 8081 }] },
      (w: any) => get(w, from(w, 'client'), clusterIp(w, 'web')),
      'refused',
    ],
    [
      'a named target port',
      { ports: [{ port: 80, targetPort: 'web' }] },
      (w: any) => get(w, from(w, 'client'), clusterIp(w, 'web')),
      '200',
    ],
    [
      'a node port on a node without an endpoint',
      { type: 'NodePort', ports: [{ port: 80, targetPort: 8080, nodePort: 30880 }] },
      (w: any) => get(w, OFFICE, '192.168.0.103', 30880),
      '200',
    ],
    [
      'a node port on the control plane',
      { type: 'NodePort', ports: [{ port: 80, targetPort: 8080, nodePort: 30880 }] },
      (w: any) => get(w, OFFICE, '192.168.0.100', 30880),
      '200',
    ],
    [
      'a node port of another node, from a pod',
      { type: 'NodePort', ports: [{ port: 80, targetPort: 8080, nodePort: 30880 }] },
      (w: any) => get(w, from(w, 'client'), NODE_A, 30880),
      '200',
    ],
    ['a node port nobody asked for', {}, (w: any) => get(w, OFFICE, NODE_A, 30881), 'refused'],
    [
      'externalTrafficPolicy Local without an endpoint here',
      { type: 'NodePort', externalTrafficPolicy: 'Local', ports: [{ port: 80, targetPort: 8080, nodePort: 30880 }] },
      (w: any) => get(w, OFFICE, '192.168.0.103', 30880),
      'timeout',
    ],
    [
      'externalTrafficPolicy Local with one',
      { type: 'NodePort', externalTrafficPolicy: 'Local', ports: [{ port: 80, targetPort: 8080, nodePort: 30880 }] },
      (w: any) => get(w, OFFICE, NODE_A, 30880),
      '200',
    ],
    [
      'internalTrafficPolicy Local without an endpoint here',
      { internalTrafficPolicy: 'Local' },
      (w: any) => get(w, from(w, 'client'), clusterIp(w, 'web')),
      'timeout',
    ],
    ['an external IP', { externalIPs: ['192.168.7.7'] }, (w: any) => get(w, from(w, 'client'), '192.168.7.7'), '200'],
    ['an address of the company that nobody has', {}, (w: any) => get(w, OFFICE, '192.168.0.250'), 'no-route'],
    ['an address far away', {}, (w: any) => get(w, OFFICE, '8.8.8.8'), 'timeout'],
  ])('%s', (_name, spec, act, expected) => {
    const world = bareWorld([...two, service('web', { app: 'web' }, spec)])
    expect(verdict(act(world))).toBe(expected)
  })

  test('the client is seen with its own address only under a Local policy', () => {
    const nodePort = (policy: string): object => ({
      type: 'NodePort',
      externalTrafficPolicy: policy,
      ports: [{ port: 80, targetPort: 8080, nodePort: 30880 }],
    })
    const seen = (policy: string): string => {
      const world = bareWorld([...two, service('web', { app: 'web' }, nodePort(policy) as never)])
      const deliver = world.fleet.deliver.bind(world.fleet)
      let source = ''
      world.fleet.deliver = (target, message) => {
        source = message.sourceIp
        return deliver(target, message)
      }
      get(world, OFFICE, NODE_A, 30880)
      return source
    }
    expect(seen('Cluster')).toBe(NODE_A)
    expect(seen('Local')).toBe('192.168.0.200')
  })
})

describe('machines', () => {
  const world = (): ReturnType<typeof bareWorld> =>
    bareWorld([...two, service('web', { app: 'web' }, { type: 'NodePort', ports: [{ port: 80, targetPort: 8080, nodePort: 30880 }] })])

  test('a dead node answers nobody, and its endpoint stays in the rules until the control plane knows', () => {
    const w = world()
    w.fleet.crash('node-a')
    expect(verdict(get(w, OFFICE, NODE_A, 30880))).toBe('timeout')
    expect(verdict(get(w, from(w, 'client'), ipOf(w, 'web-a'), 8080))).toBe('timeout')
    const verdicts = (): Set<string> =>
      new Set(Array.from({ length: 20 }, (_, turn) => verdict(get(w, from(w, 'client'), clusterIp(w, 'web'), 80, { turn }))))
    expect(verdicts()).toEqual(new Set(['200', 'timeout']))
  })

  test('a node that is cut off still reaches its own pods', () => {
    const w = bareWorld([...two, pod('near', {}, { nodeName: 'node-a' }, 9999)])
    w.fleet.cut('node-a', true)
    expect(verdict(get(w, from(w, 'near'), ipOf(w, 'web-a'), 8080))).toBe('200')
    expect(verdict(get(w, from(w, 'near'), ipOf(w, 'web-b'), 8080))).toBe('timeout')
    expect(verdict(get(w, from(w, 'client'), ipOf(w, 'web-a'), 8080))).toBe('timeout')
  })

  test('a node that is cut off keeps the rules it had', () => {
    const w = bareWorld([...two, pod('near', {}, { nodeName: 'node-a' }, 9999), service('web', { app: 'web' })])
    const ip = clusterIp(w, 'web')
    w.fleet.cut('node-a', true)
    w.loop.settle()
    w.cluster.writer('system:admin').delete('services', 'default', 'web')
    w.advance(1_000)
    const near = new Set(Array.from({ length: 20 }, (_, turn) => verdict(get(w, from(w, 'near'), ip, 80, { turn }))))
    expect(near).toEqual(new Set(['200', 'timeout']))
    expect(verdict(get(w, from(w, 'client'), ip))).toBe('timeout')
    w.fleet.cut('node-a', false)
    w.advance(1_000)
    expect(verdict(get(w, from(w, 'near'), ip))).toBe('timeout')
  })

  test('links delay, lose and part', () => {
    const w = world()
    const plain = get(w, from(w, 'client'), ipOf(w, 'web-a'), 8080)
    w.network.links.set('slow', { a: { node: 'node-a' }, delayMs: 300 })
    expect(get(w, from(w, 'client'), ipOf(w, 'web-a'), 8080).latencyMs).toBeCloseTo(plain.latencyMs + 300)
    expect(get(w, from(w, 'client'), ipOf(w, 'web-b'), 8080).latencyMs).toBeLessThan(5)
    w.network.links.set('slow', { a: { node: 'node-a' }, b: { node: 'node-c' }, partition: true })
    expect(verdict(get(w, from(w, 'client'), ipOf(w, 'web-a'), 8080))).toBe('timeout')
    w.network.links.clear('slow')
    expect(verdict(get(w, from(w, 'client'), ipOf(w, 'web-a'), 8080))).toBe('200')
    w.network.links.set('lossy', { a: { node: 'node-a' }, loss: 0.5 })
    const waits = Array.from({ length: 40 }, (_, turn) => get(w, from(w, 'client'), ipOf(w, 'web-a'), 8080, { turn }).latencyMs)
    expect(waits.filter((ms) => ms > 900).length).toBeGreaterThan(8)
    expect(waits.filter((ms) => ms < 900).length).toBeGreaterThan(8)
  })
})

test('readiness takes a pod out, publishNotReadyAddresses keeps it in', () => {
  const sick = pod(
    'sick',
    { app: 'sick' },
    { container: { readinessProbe: { httpGet: { path: '/unready', port: 8080 }, periodSeconds: 1 } } },
  )
  const w = bareWorld([
    sick,
    pod('client', {}, {}, 9999),
    service('sick', { app: 'sick' }),
    { ...service('eager', { app: 'sick' }, { publishNotReadyAddresses: true }) },
  ])
  expect(verdict(get(w, from(w, 'client'), clusterIp(w, 'sick')))).toBe('refused')
  expect(verdict(get(w, from(w, 'client'), clusterIp(w, 'eager')))).toBe('200')
  must(w, service('late', { app: 'sick' }))
})
