import { describe, expect, test } from 'vitest'
import type { ApiObject } from '../../src/api/meta.ts'
import { World } from '../../src/cluster/world.ts'
import { iptablesSave } from '../../src/network/proxy/iptables-save.ts'
import { parseUrl, trace } from '../../src/network/trace.ts'
import { bareWorld, clusterIp, defaultWorld, from, ingress, must, OFFICE, path, pod, policy, rule, service } from './world.ts'

const client = pod('client', { app: 'client' }, { nodeName: 'node-c' }, 9999)
/** Every row happens in a fork of this. */
const world = defaultWorld([client])
const web = pod('web', { app: 'web' }, { nodeName: 'node-a' })
const sick = pod(
  'web',
  { app: 'web' },
  { nodeName: 'node-a', container: { readinessProbe: { httpGet: { path: '/unready', port: 8080 }, periodSeconds: 1 } } },
)
const front = ingress('web', { rules: [rule('web1.miempresa.com', path('/', 'web'))] }, { 'proxy-connect-timeout': '1' })

interface Row {
  objects: readonly ApiObject[]
  act?: (w: World) => void
  url?: string
  outside?: boolean
  verdict: RegExp
}

const rows: [string, Row][] = [
  ['all is well', { objects: [web, service('web', { app: 'web' })], verdict: /^HTTP 200 after/ }],
  [
    'a name that is not there',
    { objects: [web, service('web', { app: 'web' })], url: 'http://wbe/', verdict: /no such name.*wbe: no such name, says 10\.96\.0\.10/ },
  ],
  [
    'the name server is gone',
    {
      objects: [web, service('web', { app: 'web' })],
      act: (w) => w.fleet.crash('control-plane'),
      verdict: /name server is silent.*control-plane: the node does not answer/,
    },
  ],
  [
    'the selector matches nothing',
    { objects: [web, service('web', { app: 'wbe' })], verdict: /connection refused.*default\/web has no endpoints: REJECT/ },
  ],
  [
    'the pod is not ready',
    { objects: [sick, service('web', { app: 'web' })], verdict: /connection refused.*default\/web has no ready endpoints: REJECT/ },
  ],
  [
    'a wrong target port',
    {
      objects: [web, service('web', { app: 'web' }, { ports: [{ port: 80, targetPort: 8081 }] })],
      verdict: /connection refused.*default\/web:8081: nothing listens on this port/,
    },
  ],
  [
    'a port the Service does not have',
    { objects: [web, service('web', { app: 'web' })], url: 'http://web:81/', verdict: /time-out.*no Service has this address and port/ },
  ],
  [
    'a policy at the pod',
    {
      objects: [
        web,
        service('web', { app: 'web' }),
        policy('deny', { podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Ingress'] }),
      ],
      verdict: /time-out.*entering default\/web: dropped: NetworkPolicy deny/,
    },
  ],
  [
    'a policy at the client',
    {
      objects: [
        web,
        service('web', { app: 'web' }),
        policy('dns', {
          podSelector: { matchLabels: { app: 'client' } },
          policyTypes: ['Egress'],
          egress: [{ ports: [{ port: 53, protocol: 'UDP' }] }],
        }),
      ],
      verdict: /time-out.*leaving default\/client: dropped: NetworkPolicy dns/,
    },
  ],
  [
    'a policy that cuts DNS',
    {
      objects: [
        web,
        service('web', { app: 'web' }),
        policy('deny', { podSelector: { matchLabels: { app: 'client' } }, policyTypes: ['Egress'] }),
      ],
      verdict: /name server is silent.*leaving default\/client: dropped: NetworkPolicy deny/,
    },
  ],
  [
    'the node is down',
    {
      objects: [web, service('web', { app: 'web' })],
      act: (w) => w.fleet.crash('node-a'),
      verdict: /time-out.*node-a: the node does not answer/,
    },
  ],
  [
    'the client is cut off',
    {
      objects: [web, service('web', { app: 'web' })],
      act: (w) => w.fleet.cut('node-c', true),
      verdict: /name server is silent.*node-c: the node does not answer/,
    },
  ],
  [
    'the container hangs',
    {
      objects: [web, service('web', { app: 'web' })],
      act: (w) => w.fleet.processes.hang(w.fleet.processes.ofPod(w.cluster.read.get('pods', 'default', 'web')!.metadata.uid!)[0]!, true),
      verdict: /time-out.*default\/web:8080: accepted, but no answer comes/,
    },
  ],
  [
    'the application says no',
    {
      objects: [web, service('web', { app: 'web' })],
      url: 'http://web/fail',
      verdict: /^HTTP 500.*the answer is the application's own \(default\/web:8080\)/,
    },
  ],
  [
    'from the office through the ingress',
    { objects: [web, service('web', { app: 'web' }), front], outside: true, url: 'http://web1.miempresa.com/', verdict: /^HTTP 200/ },
  ],
  [
    'no rule for the host',
    {
      objects: [web, service('web', { app: 'web' })],
      outside: true,
      url: 'http://web1.miempresa.com/',
      verdict: /^HTTP 404.*web1\.miempresa\.com\/: no Ingress has a rule for this host$/,
    },
  ],
  [
    'ingress to a Service without endpoints',
    {
      objects: [web, service('web', { app: 'wbe' }), front],
      outside: true,
      url: 'http://web1.miempresa.com/',
      verdict: /^HTTP 503.*the rule leads to the Service default\/web:80, which has no endpoints/,
    },
  ],
  [
    'ingress to a wrong target port',
    {
      objects: [web, service('web', { app: 'web' }, { ports: [{ port: 80, targetPort: 8081 }] }), front],
      outside: true,
      url: 'http://web1.miempresa.com/',
      verdict: /^HTTP 502.*default\/web:8081: nothing listens on this port/,
    },
  ],
  [
    'ingress to a dead node',
    {
      objects: [web, service('web', { app: 'web' }), front],
      act: (w) => w.fleet.crash('node-a'),
      outside: true,
      url: 'http://web1.miempresa.com/',
      verdict: /^HTTP 504.*node-a: the node does not answer/,
    },
  ],
  [
    'a name of the company that nobody entered',
    { objects: [], outside: true, url: 'http://web9.miempresa.com/', verdict: /no such name.*says 192\.168\.0\.53/ },
  ],
  [
    'a node port',
    {
      objects: [web, service('web', { app: 'web' }, { type: 'NodePort', ports: [{ port: 80, targetPort: 8080, nodePort: 30880 }] })],
      outside: true,
      url: 'http://192.168.0.103:30880/',
      verdict: /^HTTP 200/,
    },
  ],
  [
    'a ClusterIP from outside',
    {
      objects: [web, service('web', { app: 'web' }, { clusterIP: '10.96.7.7' })],
      outside: true,
      url: 'http://10.96.7.7/',
      verdict: /time-out.*10\.96\.7\.7: no route leads there from the company network/,
    },
  ],
  [
    'an address of no pod',
    { objects: [web], url: 'http://10.244.2.200/', verdict: /no route to host.*10\.244\.2\.200: no pod has this address/ },
  ],
  [
    "kube-proxy does not work on the client's node",
    {
      objects: [web],
      act: (w) => stopProxy(w, 'node-c'),
      url: 'http://10.96.7.7/',
      verdict: /time-out.*out of date: kube-proxy is not working/,
    },
  ],
]

/** A label keeps the DaemonSet away from the node; a Service made later is not known there. */
function stopProxy(w: World, node: string): void {
  const write = w.cluster.writer('system:admin')
  write.modify('daemonsets.apps', 'kube-system', 'kube-proxy', (d) => {
    d.spec!.template.spec!.affinity = {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'NotIn', values: [node] }] }],
        },
      },
    }
  })
  w.advance(60_000)
  must(w, service('web', { app: 'web' }, { clusterIP: '10.96.7.7' }))
  w.advance(3_000)
}

describe('trace', () => {
  test.each(rows)('%s', (_name, { objects, act, url = 'http://web/', outside, verdict }) => {
    world.fork(() => {
      for (const object of objects) must(world, object)
      world.advance(15_000)
      act?.(world)
      expect(trace(world.network, outside ? OFFICE : from(world, 'client'), { url, turn: 1 })!.verdict).toMatch(verdict)
    })
  })

  test('tells every hop from the office to the container', () => {
    const w = defaultWorld([web, service('web', { app: 'web' }), front])
    const hops = trace(w.network, OFFICE, { url: 'http://web1.miempresa.com/' })!.hops
    expect(hops.map((h) => h.layer)).toEqual(['name', 'balancer', 'service', 'netfilter', 'pod', 'ingress', 'pod', 'process', 'process'])
    expect(hops.every((h) => h.ok)).toBe(true)
    expect(hops[0]).toMatchObject({ at: 'web1.miempresa.com', detail: 'is 192.168.0.10, says 192.168.0.53' })
  })

  test("a wrong password is the application's own error", () => {
    const w = new World({ preset: 'default' })
    const app = (name: string, image: string, env: Record<string, string>, port: number): ApiObject[] => [
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name, namespace: 'default', labels: { app: name } },
        spec: {
          containers: [
            { name: 'c', image, env: Object.entries(env).map(([k, value]) => ({ name: k, value })), ports: [{ containerPort: port }] },
          ],
        },
      },
      service(name, { app: name }, { ports: [{ port, targetPort: port }] }),
    ]
    for (const object of [
      ...app(
        'mariadb',
        'mariadb:11.4',
        { MARIADB_ROOT_PASSWORD: 'r', MARIADB_DATABASE: 'wp', MARIADB_USER: 'wp', MARIADB_PASSWORD: 'right' },
        3306,
      ),
      ...app(
        'wp',
        'wordpress:6.8-apache',
        { WORDPRESS_DB_HOST: 'mariadb:3306', WORDPRESS_DB_USER: 'wp', WORDPRESS_DB_PASSWORD: 'wrong', WORDPRESS_DB_NAME: 'wp' },
        80,
      ),
      client,
    ])
      must(w, object)
    w.advance(90_000)
    const { verdict, hops } = trace(w.network, from(w, 'client'), { url: 'http://wp/' })!
    expect(verdict).toMatch(/^HTTP 500.*the answer is the application's own/)
    expect(hops.some((h) => h.at === 'default/mariadb:3306')).toBe(true)
  })
})

test.each([
  ['web1.miempresa.com', { tls: false, host: 'web1.miempresa.com', port: 80, path: '/' }],
  ['https://a:8443/x?y=1', { tls: true, host: 'a', port: 8443, path: '/x?y=1' }],
  ['http://a?y', { tls: false, host: 'a', port: 80, path: '/?y' }],
  ['not a url', undefined],
])('URL %s', (text, expected) => {
  expect(parseUrl(text)).toEqual(expected)
})

test('iptables-save prints what a packet meets', () => {
  const w = bareWorld([
    pod('a', { app: 'web' }, { nodeName: 'node-a' }),
    pod('b', { app: 'web' }, { nodeName: 'node-b' }),
    service('web', { app: 'web' }, { type: 'NodePort', ports: [{ port: 80, targetPort: 8080, nodePort: 30880 }] }),
    service('none', { app: 'none' }),
  ])
  const text = iptablesSave(w.network.table.rulesOn('node-a'), { node: 'node-a', podCidr: '10.244.1.0/24' })
  const chain = new RegExp(
    `-A KUBE-SERVICES -d ${clusterIp(w, 'web')}/32 -p tcp -m comment --comment "default/web cluster IP" -m tcp --dport 80 -j (KUBE-SVC-[A-Z2-7]{16})`,
  ).exec(text)![1]!
  expect(text).toMatch(new RegExp(`-A ${chain} .*--mode random --probability 0.50000000000 -j KUBE-SEP-`))
  expect(text).toMatch(/-A KUBE-SEP-[A-Z2-7]{16} .*-j DNAT --to-destination 10\.244\.\d\.\d+:8080/)
  expect(text).toMatch(/-A KUBE-NODEPORTS -p tcp -m tcp --dport 30880 .*-j KUBE-EXT-/)
  expect(text).toMatch(/-A KUBE-SERVICES .*default\/none has no endpoints" -m tcp --dport 80 -j REJECT/)
})

test.each([
  ['node-a', 'DNAT', /-A KUBE-EXT-\w+ -j KUBE-SVL-\w+/, /has no local endpoints/],
  [
    'node-b',
    'dropped',
    /-A KUBE-EXTERNAL-SERVICES -p tcp -m comment --comment "default\/web has no local endpoints" -m addrtype --dst-type LOCAL -m tcp --dport 30880 -j DROP/,
    /-j KUBE-SVL-/,
  ],
])('iptables-save of a Local Service on %s: %s', (node, _what, has, hasNot) => {
  const w = bareWorld([
    pod('a', { app: 'web' }, { nodeName: 'node-a' }),
    service(
      'web',
      { app: 'web' },
      { type: 'NodePort', externalTrafficPolicy: 'Local', ports: [{ port: 80, targetPort: 8080, nodePort: 30880 }] },
    ),
  ])
  const text = iptablesSave(w.network.table.rulesOn(node), { node, podCidr: '10.244.1.0/24' })
  expect(text).toMatch(has)
  expect(text).not.toMatch(hasNot)
})
