/** The whiteboard "Comunicaciones en Kubernetes": who answers a packet, step by step; and the netfilter rules that are the same on every machine. */
import { describe, expect, test } from 'vitest'
import { iptablesSave } from '../../src/network/proxy/iptables-save.ts'
import { trace } from '../../src/network/trace.ts'
import { must } from '../network/world.ts'
import { BALANCER, MARIADB, mariadb, NGINX, NODES, origin, WORDPRESS, whiteboard } from './whiteboard.ts'

const world = whiteboard()
const nameOfIp = new Map(world.cluster.read.list('pods').map((p) => [p.status?.podIP, p.metadata.labels?.['app'] ?? 'nginx']))

/** The way of one request, each step as the notes would write it: addresses of pods by what runs there. */
function way(who: string, url: string): string[] {
  const { hops } = trace(world.network, origin(world, who), { url, turn: 2 })!
  expect(hops.every((h) => h.ok)).toBe(true)
  const named = (text: string): string => text.replace(/10\.244\.\d+\.\d+/g, (ip) => nameOfIp.get(ip) ?? ip)
  return hops.map((h) => named(`${h.layer}: ${h.at}: ${h.detail}`).replace(/controller-[a-z0-9]+-[a-z0-9]{5}\b/g, 'controller'))
}

describe('a client inside the cluster calls another program (wp calls mariadb)', () => {
  const steps = way('client', 'http://wp-service:8080/')

  test.each([
    // number of the hop, the notes' step, what happens and who answers
    [0, '1 the process asks CoreDNS for the name of the Service', `name: wp-service: is ${WORDPRESS}, says 10.96.0.10`],
    [
      1,
      'behind that address is nobody',
      `service: default/wp-service ${WORDPRESS}:8080: address of a Service: only a rule, nobody is there`,
    ],
    [2, '2 netfilter of the machine of origin takes the request', 'netfilter: node-a: default/wp-service: DNAT to wp:80'],
    [3, '3 and passes it to a pod', 'pod: default/wp-2: port 80'],
  ])('%i: %s', (n, _what, happens) => expect(steps[n]).toBe(happens))

  test.each([
    [4, '1 WordPress asks CoreDNS for mariadb-service', `name: mariadb-service: is ${MARIADB}, says 10.96.0.10`],
    [
      5,
      'behind its address is nobody',
      `service: default/mariadb-service ${MARIADB}:3307: address of a Service: only a rule, nobody is there`,
    ],
    [6, '2 netfilter of its own machine', 'netfilter: node-b: default/mariadb-service: DNAT to mariadb:3306'],
    [7, '3 the pod', 'pod: default/mariadb: port 3306'],
  ])('the same from wp-2 on node-b, %i: %s', (n, _what, happens) => expect(steps[n]).toBe(happens))
})

describe('a client outside the cluster (the browser on MenchuPC)', () => {
  const steps = way('MenchuPC', 'http://web1.miempresa.com/')

  test.each([
    [1, 'the external DNS knows the name', `name: web1.miempresa.com: is ${BALANCER}, says 192.168.0.53`],
    [
      2,
      'the external balancer chooses a machine of the cluster',
      `balancer: ${BALANCER}: load balancer address, announced by control-plane`,
    ],
    // The notes let netfilter ask CoreDNS for the Service's name here: it does not, its rules hold addresses (ERRATA).
    [
      3,
      'a rule of netfilter, and no name',
      `service: ingress-nginx/ingress-nginx-controller:http ${BALANCER}:80: address of a Service: only a rule, nobody is there`,
    ],
    [4, 'leads to nginx, the reverse proxy', 'netfilter: control-plane: ingress-nginx/ingress-nginx-controller:http: DNAT to nginx:80'],
    [5, 'which is a pod', 'pod: ingress-nginx/ingress-nginx-controller: port 80'],
    [
      6,
      'REGLA: http://web1.miempresa.com => wp-service:8080',
      'ingress: web1.miempresa.com/: the rule leads to the Service default/wp-service:8080: 2 ready',
    ],
    [7, 'a pod of WordPress', 'pod: default/wp-2: port 80'],
  ])('%i: %s', (n, _what, happens) => expect(steps[n - 1]).toBe(happens))

  test('only the client and WordPress ask for a name: netfilter never does', () => {
    expect(steps.filter((s) => s.startsWith('name:'))).toEqual([
      `name: web1.miempresa.com: is ${BALANCER}, says 192.168.0.53`,
      `name: mariadb-service: is ${MARIADB}, says 10.96.0.10`,
    ])
  })

  test('the answer comes back the same way, last the proxy', () => {
    expect(steps.slice(-3)).toEqual([
      'process: default/mariadb:3306: mariadb answers',
      'process: default/wp-2:80: wp answers HTTP 302',
      'process: ingress-nginx/ingress-nginx-controller:80: controller answers HTTP 302',
    ])
  })
})

/** What `iptables-save` of a machine makes of a destination: the pods behind it. */
function behind(node: string, match: string): string[] {
  const text = iptablesSave(world.network.table.rulesOn(node), { node, podCidr: '10.244.0.0/16' })
  const jump = (lines: readonly string[]): string[] => lines.flatMap((l) => /-j (KUBE-(?:SVC|EXT|SEP)-\w+)/.exec(l)?.[1] ?? [])
  const chain = (name: string): string[] => text.split('\n').filter((l) => l.startsWith(`-A ${name} `))
  const follow = (name: string): string[] =>
    chain(name).flatMap((l) => {
      const to = /--to-destination (\S+)/.exec(l)?.[1]
      return to === undefined ? jump([l]).flatMap(follow) : [to.replace(/^[\d.]+/, (ip) => nameOfIp.get(ip) ?? ip)]
    })
  const first = text.split('\n').filter((l) => /^-A KUBE-(SERVICES|NODEPORTS) /.test(l) && l.includes(match))
  return jump(first).flatMap(follow)
}

describe.each(NODES)('netfilter on %s', (node) => {
  test.each([
    // the notes' rule, as it is matched, the pods behind
    [
      '10.10.1.101:3307 -> 10.10.0.103:3306',
      `-d ${MARIADB}/32 -p tcp -m comment --comment "default/mariadb-service cluster IP" -m tcp --dport 3307`,
      ['mariadb:3306'],
    ],
    [
      '10.10.1.102:8080 -> 10.10.0.102:80 | 10.10.0.112:80',
      `-d ${WORDPRESS}/32 -p tcp -m comment --comment "default/wp-service cluster IP" -m tcp --dport 8080`,
      ['wp:80', 'wp:80'],
    ],
    [
      '10.10.1.105:8081 -> 10.10.0.105:80',
      `-d ${NGINX}/32 -p tcp -m comment --comment "ingress-nginx/nginx cluster IP" -m tcp --dport 8081`,
      ['nginx:80'],
    ],
    ['192.168.0.x:30880 -> 10.10.1.105:8081', '--dport 30880', ['nginx:80']],
  ])('%s', (_drawn, match, pods) => expect(behind(node, match)).toEqual(pods))
})

describe('the trap on the whiteboard', () => {
  test('db_host = the address of a pod: when the database moves, the address is gone; the name is not', () => {
    world.fork(() => {
      const old = world.cluster.read.get('pods', 'default', 'mariadb')!
      world.cluster.writer('system:admin').delete('pods', 'default', 'mariadb')
      world.advance(40_000)
      must(world, mariadb('node-b'))
      world.advance(40_000)
      const reach = (host: string, port: number): boolean =>
        world.network.dial(origin(world, 'wp-1'), { host, port, protocol: 'tcp', timeoutMs: 5_000 }).ok
      expect([reach(old.status!.podIP!, 3306), reach('mariadb-service', 3307)]).toEqual([false, true])
    })
  })
})
