import { describe, expect, test } from 'vitest'
import type { World } from '../../src/cluster/world.ts'
import type { HttpReply } from '../../src/network/contract.ts'
import { clusterIp, defaultWorld, from, get, ingress, must, OFFICE, path, pod, rule, service, verdict } from './world.ts'

const site = [
  pod('web-a', { app: 'web' }, { nodeName: 'node-a' }),
  pod('web-b', { app: 'web' }, { nodeName: 'node-b' }),
  service('web', { app: 'web' }),
]
const FRONT = '192.168.0.10'

describe('load balancer addresses', () => {
  test('are given in order, told in the status and by events, and answer from outside', () => {
    const w = defaultWorld([...site, service('shop', { app: 'web' }, { type: 'LoadBalancer' })])
    const shop = w.cluster.read.get('services', 'default', 'shop')!
    expect(shop.status!.loadBalancer!.ingress).toEqual([{ ip: '192.168.0.11', ipMode: 'VIP' }])
    const reasons = w.cluster.read.list('events', 'default').filter((e: any) => (e.involvedObject ?? e.regarding)?.name === 'shop')
    expect(reasons.map((e: any) => e.reason)).toEqual(expect.arrayContaining(['IPAllocated', 'nodeAssigned']))
    expect(verdict(get(w, OFFICE, '192.168.0.11'))).toBe('200')
    expect(verdict(get(w, OFFICE, '192.168.0.11', 81))).toBe('timeout')
    expect(verdict(get(w, OFFICE, '192.168.0.12'))).toBe('no-route')
  })

  test('an address that was asked for; one that is not in the pool stays pending', () => {
    const asked = (name: string, ip: string): any => ({
      ...service(name, { app: 'web' }, { type: 'LoadBalancer' }),
      metadata: { name, namespace: 'default', annotations: { 'metallb.io/loadBalancerIPs': ip } },
    })
    const w = defaultWorld([...site, asked('wished', '192.168.0.40'), asked('far', '192.168.9.9')])
    expect(verdict(get(w, OFFICE, '192.168.0.40'))).toBe('200')
    expect(w.cluster.read.get('services', 'default', 'far')!.status?.loadBalancer?.ingress).toBeUndefined()
  })

  test('move to another node some seconds after theirs died', () => {
    const w = defaultWorld([...site, service('shop', { app: 'web' }, { type: 'LoadBalancer' })])
    const ip = '192.168.0.11'
    let victim = w.network.announcements.nodeOf(ip)!
    // Where the control plane announces, nothing can be learnt from killing it.
    if (victim === 'control-plane') {
      w.cluster
        .writer('system:admin')
        .delete(
          'pods',
          'metallb-system',
          w.cluster.read.onNode('pods', 'control-plane').find((p) => p.metadata.labels?.['component'] === 'speaker')!.metadata.name,
        )
      w.advance(6_000)
      victim = w.network.announcements.nodeOf(ip)!
    }
    w.fleet.crash(victim)
    w.advance(1_000)
    expect(verdict(get(w, OFFICE, ip))).toBe('timeout')
    w.advance(5_000)
    expect(w.network.announcements.nodeOf(ip)).not.toBe(victim)
    const verdicts = Array.from({ length: 20 }, (_, turn) => verdict(get(w, OFFICE, ip, 80, { turn })))
    expect(verdicts).toContain('200')
  })

  test('without MetalLB a Service waits for its address', () => {
    const w = defaultWorld()
    w.cluster.writer('system:admin').modify('deployments.apps', 'metallb-system', 'controller', (d) => {
      d.spec!.replicas = 0
    })
    w.advance(5_000)
    must(w, service('late', { app: 'web' }, { type: 'LoadBalancer' }))
    w.advance(5_000)
    expect(w.cluster.read.get('services', 'default', 'late')!.status?.loadBalancer?.ingress).toBeUndefined()
  })
})

const wordOf = (w: World, host: string, p = '/', more: object = {}): string => {
  const result = get(w, OFFICE, FRONT, 80, { hostHeader: host, path: p, timeoutMs: 90_000, ...more })
  return result.ok ? `${(result.reply as HttpReply).status}` : result.failure
}

describe('ingress', () => {
  const two = [
    pod('other', { app: 'other' }),
    service('other', { app: 'other' }),
    service('nobody', { app: 'nobody' }),
    service('wrong-port', { app: 'web' }, { ports: [{ port: 80, targetPort: 81 }] }),
  ]
  const shop = ingress('shop', {
    rules: [
      rule('web1.miempresa.com', path('/', 'web')),
      rule('*.wild.com', path('/', 'web')),
      rule(
        'paths.com',
        path('/exact', 'web', 80, 'Exact'),
        path('/fail', 'other'),
        path('/none', 'nobody'),
        path('/gone', 'absent'),
        path('/wrong', 'wrong-port'),
        path('/port', 'web', 8080),
      ),
    ],
  })

  test.each([
    ['the host of a rule', 'web1.miempresa.com', '/', '200'],
    ['a host nobody claims', 'web2.miempresa.com', '/', '404'],
    ['a wildcard host', 'a.wild.com', '/', '200'],
    ['a wildcard is for one label', 'a.b.wild.com', '/', '404'],
    ['an exact path', 'paths.com', '/exact', '200'],
    ['below an exact path', 'paths.com', '/exact/x', '404'],
    ['a prefix goes by whole elements', 'paths.com', '/failing', '404'],
    ['what the application answers', 'paths.com', '/fail', '500'],
    ['a Service without endpoints', 'paths.com', '/none', '503'],
    ['a Service that is not there', 'paths.com', '/gone', '503'],
    ['a port the Service does not have', 'paths.com', '/port', '503'],
    ['a wrong target port', 'paths.com', '/wrong', '502'],
  ])('%s', (_name, host, p, expected) => {
    const w = shared(() => defaultWorld([...site, ...two, shop]))
    expect(wordOf(w, host, p)).toBe(expected)
  })

  test('has the address of the front door, and says so', () => {
    const w = shared(() => defaultWorld([...site, ...two, shop]))
    expect(w.cluster.read.get('ingresses.networking.k8s.io', 'default', 'shop')!.status!.loadBalancer!.ingress).toEqual([{ ip: FRONT }])
    expect(verdict(get(w, OFFICE, 'web1.miempresa.com'))).toBe('200')
  })

  test.each<[string, object, string]>([
    ['no class', { ingressClassName: undefined }, '404'],
    ['a class of another controller', { ingressClassName: 'traefik' }, '404'],
    ['the class', {}, '200'],
  ])('%s', (_name, spec, expected) => {
    const w = defaultWorld([
      ...site,
      { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata: { name: 'traefik' }, spec: { controller: 'traefik.io/x' } },
      ingress('i', { rules: [rule('a.com', path('/', 'web'))], ...spec }),
    ])
    expect(wordOf(w, 'a.com')).toBe(expected)
  })

  test('a dead endpoint is passed over; a POST too, as it was never sent', () => {
    const w = defaultWorld([...site, ingress('i', { rules: [rule('a.com', path('/', 'web'))] }, { 'proxy-connect-timeout': '1' })])
    w.fleet.crash('node-a')
    const results = Array.from({ length: 20 }, (_, turn) => get(w, OFFICE, FRONT, 80, { hostHeader: 'a.com', turn, timeoutMs: 30_000 }))
    expect(new Set(results.map(verdict))).toEqual(new Set(['200']))
    expect(results.some((r) => r.latencyMs >= 1000)).toBe(true)
    expect(results.some((r) => r.latencyMs < 20)).toBe(true)
  })

  test('proxy-next-upstream off: 504 as often as the dead one is drawn', () => {
    const w = defaultWorld([
      ...site,
      ingress('i', { rules: [rule('a.com', path('/', 'web'))] }, { 'proxy-connect-timeout': '1', 'proxy-next-upstream': 'off' }),
    ])
    w.fleet.crash('node-a')
    expect(new Set(Array.from({ length: 20 }, (_, turn) => wordOf(w, 'a.com', '/', { turn })))).toEqual(new Set(['200', '504']))
  })

  test('rewrite-target hands the rest of the path on', () => {
    const w = defaultWorld([
      ...site,
      ingress('i', { rules: [rule('a.com', path('/api(/|$)(.*)', 'web', 80, 'ImplementationSpecific'))] }, { 'rewrite-target': '/$2' }),
    ])
    expect(wordOf(w, 'a.com', '/api/fail')).toBe('500')
    expect(wordOf(w, 'a.com', '/api')).toBe('200')
    expect(wordOf(w, 'a.com', '/other')).toBe('404')
  })

  test('what is not simulated is said, once', () => {
    const w = defaultWorld([...site, ingress('i', { rules: [rule('a.com', path('/', 'web'))] }, { canary: 'true', 'limit-rps': '1' })])
    w.advance(30_000)
    const said = w.cluster.read.list('events', 'default').filter((e: any) => e.reason === 'NotSimulated')
    expect(said.map((e: any) => e.message ?? e.note)).toEqual([
      'annotation nginx.ingress.kubernetes.io/canary has no effect here: it is not simulated',
    ])
  })

  test('limit-rps lets a burst of five times the rate through, then 503', () => {
    const w = defaultWorld([...site, ingress('i', { rules: [rule('a.com', path('/', 'web'))] }, { 'limit-rps': '1' })])
    expect(Array.from({ length: 7 }, () => wordOf(w, 'a.com'))).toEqual(['200', '200', '200', '200', '200', '503', '503'])
    w.advance(1_000)
    expect(wordOf(w, 'a.com')).toBe('200')
  })

  test('the default backend takes what no rule wants', () => {
    const w = defaultWorld([...site, ingress('i', { defaultBackend: { service: { name: 'web', port: { number: 80 } } } })])
    expect(wordOf(w, 'whatever.com')).toBe('200')
  })

  test('TLS: plain requests are sent there, the fake certificate is not trusted, -k takes it', () => {
    const w = defaultWorld([
      ...site,
      ingress('i', { rules: [rule('a.com', path('/', 'web'))], tls: [{ hosts: ['a.com'], secretName: 'absent' }] }),
    ])
    expect(wordOf(w, 'a.com')).toBe('308')
    const https = (insecure: boolean): string =>
      verdict(
        w.network.dial(OFFICE, {
          host: FRONT,
          port: 443,
          protocol: 'http',
          timeoutMs: 5_000,
          payload: { method: 'GET', path: '/', host: 'a.com', headers: {}, tls: { serverName: 'a.com', insecure } },
        }),
      )
    expect(https(true)).toBe('200')
    expect(https(false)).toBe('tls')
    const plain = w.network.dial(from(w, 'web-a'), {
      host: clusterIp(w, 'web'),
      port: 80,
      protocol: 'http',
      timeoutMs: 5_000,
      payload: { method: 'GET', path: '/', host: 'web', headers: {}, tls: { serverName: 'web', insecure: true } },
    })
    expect(plain).toMatchObject({ ok: false, failure: 'tls', message: 'wrong version number' })
  })

  test('without its controller nobody is at the door', () => {
    const w = defaultWorld([...site, ingress('i', { rules: [rule('a.com', path('/', 'web'))] })])
    w.cluster.writer('system:admin').modify('deployments.apps', 'ingress-nginx', 'ingress-nginx-controller', (d) => {
      d.spec!.replicas = 0
    })
    w.advance(15_000)
    expect(wordOf(w, 'a.com')).not.toBe('200')
  })
})

let kept: World | undefined
const shared = (make: () => World): World => (kept ??= make())
