import { beforeAll, describe, expect, test } from 'vitest'
import type { World } from '../../src/cluster/world.ts'
import type { DnsType } from '../../src/network/contract.ts'
import { parseCorefile } from '../../src/network/dns/corefile.ts'
import { resolvConfOf, resolvConfText } from '../../src/network/dns/resolv-conf.ts'
import { candidates } from '../../src/network/dns/resolver.ts'
import { clusterIp, defaultWorld, from, get, ipOf, must, OFFICE, pod, policy, service, verdict } from './world.ts'

const sick = { readinessProbe: { httpGet: { path: '/unready', port: 8080 }, periodSeconds: 1 } }
const objects = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
  pod('web', { app: 'web' }),
  pod('db-0', { app: 'db' }, { hostname: 'db-0', subdomain: 'db' }),
  pod('db-1', { app: 'db' }, { hostname: 'db-1', subdomain: 'db', container: sick }),
  pod('client', {}, {}, 9999),
  pod('shop-client', {}, { namespace: 'shop' }, 9999),
  pod('aliased', {}, { hostAliases: [{ ip: '10.9.9.9', hostnames: ['old-db'] }] }, 9999),
  pod('own-dns', {}, { dnsPolicy: 'None', dnsConfig: { nameservers: ['192.168.0.53'], searches: ['miempresa.com'] } }, 9999),
  pod('host-dns', {}, { dnsPolicy: 'Default' }, 9999),
  service('web', { app: 'web' }, { ports: [{ name: 'http', port: 80, targetPort: 8080 }] }),
  service('db', { app: 'db' }, { clusterIP: 'None', ports: [{ name: 'sql', port: 8080 }] }),
  service('db-all', { app: 'db' }, { clusterIP: 'None', publishNotReadyAddresses: true, ports: [{ name: 'sql', port: 8080 }] }),
  service('nobody', { app: 'nobody' }, { clusterIP: 'None' }),
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'company', namespace: 'default' },
    spec: { type: 'ExternalName', externalName: 'web1.miempresa.com' },
  },
]

let w: World
beforeAll(() => {
  w = defaultWorld(objects)
})

const ask = (name: string, type: DnsType = 'A', who = 'client', namespace = 'default'): string => {
  const answer = w.network.resolve(from(w, who, namespace), name, type)
  return answer.ok
    ? answer.records
        .filter((r) => r.type === type)
        .map((r) => r.data)
        .sort()
        .join(' ')
    : answer.code
}
const ip = (name: string): string => ipOf(w, name)

describe('names of the cluster', () => {
  test.each<[string, () => string, () => string]>([
    ['a Service by its bare name', () => ask('web'), () => clusterIp(w, 'web')],
    ['with its namespace', () => ask('web.default'), () => clusterIp(w, 'web')],
    ['with svc', () => ask('web.default.svc'), () => clusterIp(w, 'web')],
    ['in full', () => ask('web.default.svc.cluster.local.'), () => clusterIp(w, 'web')],
    ['bare from another namespace', () => ask('web', 'A', 'shop-client', 'shop'), () => 'NXDOMAIN'],
    ['qualified from another namespace', () => ask('web.default', 'A', 'shop-client', 'shop'), () => clusterIp(w, 'web')],
    ['a name nobody has', () => ask('wbe'), () => 'NXDOMAIN'],
    ['a headless Service: its ready pods', () => ask('db'), () => ip('db-0')],
    ['a headless Service with publishNotReadyAddresses: all', () => ask('db-all'), () => [ip('db-0'), ip('db-1')].sort().join(' ')],
    ['a headless Service without endpoints', () => ask('nobody'), () => 'NXDOMAIN'],
    ['one pod of a headless Service', () => ask('db-0.db'), () => ip('db-0')],
    ['a pod that is not ready', () => ask('db-1.db'), () => 'NXDOMAIN'],
    [
      'SRV of a named port',
      () => ask('_sql._tcp.db.default.svc.cluster.local', 'SRV'),
      () => '0 100 8080 db-0.db.default.svc.cluster.local',
    ],
    [
      'SRV of a Service with an address',
      () => ask('_http._tcp.web.default.svc.cluster.local', 'SRV'),
      () => '0 100 80 web.default.svc.cluster.local',
    ],
    [
      'PTR of a Service',
      () => ask(`${clusterIp(w, 'web').split('.').reverse().join('.')}.in-addr.arpa.`, 'PTR'),
      () => 'web.default.svc.cluster.local',
    ],
    ['a pod by its dashed address', () => ask(`${ip('web').replaceAll('.', '-')}.default.pod`), () => ip('web')],
    ['an ExternalName', () => ask('company'), () => '192.168.0.10'],
    ['an ExternalName as CNAME', () => ask('company.default.svc.cluster.local.', 'CNAME'), () => 'web1.miempresa.com'],
    ['a name of the company, forwarded', () => ask('web1.miempresa.com'), () => '192.168.0.10'],
    ['hostAliases', () => ask('old-db', 'A', 'aliased'), () => '10.9.9.9'],
    ['localhost', () => ask('localhost'), () => '127.0.0.1'],
    ['the pod itself', () => ask('client'), () => ip('client')],
    ['dnsPolicy None with its own search', () => ask('web1', 'A', 'own-dns'), () => '192.168.0.10'],
    ['dnsPolicy None knows no Service', () => ask('web', 'A', 'own-dns'), () => 'NXDOMAIN'],
    ['dnsPolicy Default knows no Service', () => ask('web.default.svc.cluster.local', 'A', 'host-dns'), () => 'NXDOMAIN'],
  ])('%s', (_name, actual, expected) => {
    expect(actual()).toBe(expected())
  })

  test('the office PC asks the external DNS', () => {
    expect(w.network.resolve(OFFICE, 'web1.miempresa.com')).toMatchObject({ ok: true, server: '192.168.0.53' })
    expect(w.network.resolve(OFFICE, 'web.default.svc.cluster.local')).toMatchObject({ ok: false, code: 'NXDOMAIN' })
  })
})

describe('the name server is a pod like others', () => {
  test.each<[string, (world: World) => void, string]>([
    [
      'all its pods gone: the Service has no endpoints',
      (x) =>
        void x.cluster.writer('system:admin').modify('deployments.apps', 'kube-system', 'coredns', (d) => {
          d.spec!.replicas = 0
        }),
      'dns-refused',
    ],
    ['its node is down', (x) => x.fleet.crash('control-plane'), 'dns-timeout'],
    [
      'an egress policy that forgets it',
      (x) => void must(x, policy('no-dns', { podSelector: {}, policyTypes: ['Egress'], egress: [{ to: [{ podSelector: {} }] }] })),
      'dns-timeout',
    ],
    [
      'an egress policy that allows it',
      (x) =>
        void must(
          x,
          policy('dns', {
            podSelector: {},
            policyTypes: ['Egress'],
            egress: [{ to: [{ podSelector: {} }] }, { to: [{ namespaceSelector: {} }], ports: [{ port: 53, protocol: 'UDP' }] }],
          }),
        ),
      '200',
    ],
    [
      '… but for TCP only',
      (x) =>
        void must(
          x,
          policy('dns', { podSelector: {}, policyTypes: ['Egress'], egress: [{ to: [{ podSelector: {} }] }, { ports: [{ port: 53 }] }] }),
        ),
      'dns-timeout',
    ],
  ])('%s', (_name, act, expected) => {
    const x = defaultWorld([pod('web', { app: 'web' }), pod('client', {}, {}, 9999), service('web', { app: 'web' })])
    act(x)
    x.advance(8_000)
    const result = get(x, from(x, 'client'), 'web', 80, { timeoutMs: 30_000 })
    expect(verdict(result)).toBe(expected)
    if (expected === 'dns-timeout') expect(result.latencyMs).toBeGreaterThanOrEqual(10_000)
  })

  test('a broken Corefile keeps a new CoreDNS from starting', () => {
    const x = defaultWorld()
    const write = x.cluster.writer('system:admin')
    write.modify('configmaps', 'kube-system', 'coredns', (d) => {
      d.data!['Corefile'] = '.:53 {\n  kubernets cluster.local\n}\n'
    })
    for (const p of x.cluster.read.list('pods', 'kube-system'))
      if (p.metadata.labels?.['k8s-app'] === 'kube-dns') write.delete('pods', 'kube-system', p.metadata.name)
    x.advance(30_000)
    const [p] = x.cluster.read.list('pods', 'kube-system').filter((q) => q.metadata.labels?.['k8s-app'] === 'kube-dns')
    expect(p!.status!.containerStatuses![0]!.restartCount).toBeGreaterThan(0)
  })
})

test.each<[string, string, string[]]>([
  [
    'short names search first',
    'web',
    ['web.ns.svc.cluster.local', 'web.svc.cluster.local', 'cluster.local', 'web'].map((s) =>
      s === 'cluster.local' ? 'web.cluster.local' : s,
    ),
  ],
  ['a last dot means as it is', 'web.', ['web']],
  [
    'five dots are enough',
    'a.b.c.d.e.f',
    ['a.b.c.d.e.f', 'a.b.c.d.e.f.ns.svc.cluster.local', 'a.b.c.d.e.f.svc.cluster.local', 'a.b.c.d.e.f.cluster.local'],
  ],
])('resolv.conf: %s', (_name, name, expected) => {
  const conf = resolvConfOf({ metadata: { name: 'x', namespace: 'ns' }, spec: { containers: [] } }, '10.96.0.10')
  expect(candidates(name, conf)).toEqual(expected)
  expect(resolvConfText(conf)).toBe('search ns.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n')
})

test.each([
  ['.:53 {\n kubernets\n}', "/etc/coredns/Corefile:2 - Error during parsing: Unknown directive 'kubernets'"],
  ['.:53 {\n errors\n', "/etc/coredns/Corefile:2 - Error during parsing: Unexpected EOF, expecting '}'"],
])('Corefile %j', (text, message) => {
  expect(parseCorefile(text)).toEqual({ ok: false, message })
})
