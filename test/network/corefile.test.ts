/** The Corefile as its plug-ins: what each answers, what CoreDNS refuses to start with and in which words, and what comes of a bad change. */
import { describe, expect, test } from 'vitest'
import type { World } from '../../src/cluster/world.ts'
import { parseCorefile } from '../../src/network/dns/corefile.ts'
import { RULES, refusal } from '../../src/programs/coredns/plugins.ts'
import { defaultWorld, from, pod, service } from './world.ts'

const REST =
  'errors\n health\n ready\n kubernetes cluster.local in-addr.arpa {\n fallthrough in-addr.arpa\n }\n forward . /etc/resolv.conf\n loop\n reload'
const world = defaultWorld([pod('client', {}, { nodeName: 'node-c' }), pod('web', { app: 'web' }), service('web', { app: 'web' })])

/** A world whose CoreDNS has this Corefile, started anew. */
function withCorefile<T>(text: string, look: (w: World) => T, afterS = 30): T {
  return world.fork(() => {
    const write = world.cluster.writer('system:admin')
    write.modify('configmaps', 'kube-system', 'coredns', (c) => {
      c.data = { Corefile: text }
    })
    for (const p of servers()) write.delete('pods', 'kube-system', p.metadata.name)
    world.advance(afterS * 1000)
    return look(world)
  })
}
const servers = (): ReturnType<typeof world.cluster.read.labelled<'pods'>> =>
  world.cluster.read.labelled('pods', 'kube-system', 'k8s-app', 'kube-dns')
const resolved = (name: string): string => {
  const answer = world.network.resolve(from(world, 'client'), name)
  return answer.ok ? answer.records.map((r) => r.data).join(', ') : answer.code
}
describe('plug-ins answer', () => {
  const web = (): string => world.cluster.read.get('services', 'default', 'web')!.spec!.clusterIP!
  test.each([
    // what is written before the usual rest, who is asked for, what comes
    ['hosts', 'hosts {\n 10.9.9.9 old.miempresa.com\n fallthrough\n }', 'old.miempresa.com', '10.9.9.9'],
    ['hosts lets others through', 'hosts {\n 10.9.9.9 old.miempresa.com\n fallthrough\n }', 'web', 'web'],
    ['hosts without fallthrough keeps everything', 'hosts {\n 10.9.9.9 old.miempresa.com\n }', 'web1.miempresa.com', 'SERVFAIL'],
    ['rewrite exact', 'rewrite name shop.miempresa.com web.default.svc.cluster.local', 'shop.miempresa.com', 'web'],
    ['rewrite suffix', 'rewrite name suffix .lab.miempresa.com .default.svc.cluster.local', 'web.lab.miempresa.com', 'web'],
    [
      'rewrite prefix',
      'rewrite name prefix old- new-\n rewrite name new-web.miempresa.com web.default.svc.cluster.local',
      'old-web.miempresa.com',
      'NXDOMAIN',
    ],
    [
      'rewrite that goes on',
      'rewrite continue name prefix old- new-\n rewrite name new-web.miempresa.com web.default.svc.cluster.local',
      'old-web.miempresa.com',
      'web',
    ],
    ['rewrite regex', 'rewrite name regex (.*)\\.shop\\.com {1}.default.svc.cluster.local', 'web.shop.com', 'web'],
    [
      'rewrite as a block',
      'rewrite stop {\n name regex (.*)\\.shop\\.com {1}.default.svc.cluster.local\n answer name (.*)\\.default\\.svc\\.cluster\\.local {1}.shop.com\n }',
      'web.shop.com',
      'web',
    ],
    [
      'template',
      'template IN A test {\n match "^(?P<n>[0-9]+)[.]test[.]$"\n answer "{{ .Name }} 60 IN A 10.7.7.{{ .Group.n }}"\n fallthrough\n }',
      '42.test',
      '10.7.7.42',
    ],
    ['template that knows no such name', 'template ANY ANY test {\n rcode NXDOMAIN\n }', 'any.test', 'NXDOMAIN'],
    ['the company’s names', '', 'web1.miempresa.com', '192.168.0.10'],
  ])('%s', (_name, line, asked, expected) => {
    expect(withCorefile(`.:53 {\n ${line}\n ${REST}\n}`, () => resolved(asked))).toBe(expected === 'web' ? web() : expected)
  })

  test.each([
    ['a stub domain has its own upstream', 'miempresa.com:53 {\n errors\n forward . 10.1.2.3\n}', 'SERVFAIL'],
    ['and leads to the name server that is there', 'miempresa.com:53 {\n errors\n forward . 192.168.0.53:53\n}', '192.168.0.10'],
    ['except keeps a zone back', '', 'SERVFAIL'],
  ])('%s', (_name, block, expected) => {
    const rest = block === '' ? REST.replace('/etc/resolv.conf', '/etc/resolv.conf {\n except miempresa.com\n }') : REST
    expect(withCorefile(`.:53 {\n ${rest}\n}\n${block}`, () => resolved('web1.miempresa.com'))).toBe(expected)
  })
})

describe('CoreDNS does not start', () => {
  const at = (n: number): string => `/etc/coredns/Corefile:${n} - Error during parsing: `
  test.each([
    ['an unknown plug-in', '.:53 {\n errors\n proxy . 8.8.8.8\n}', `${at(3)}Unknown directive 'proxy'`],
    ['no end', '.:53 {\n errors', `${at(2)}Unexpected EOF, expecting '}'`],
    ['a zone twice', '.:53 {\n errors\n}\n.:53 {\n errors\n}', 'cannot serve dns://.:53 - it is already defined'],
    [
      'forward without upstreams',
      '.:53 {\n forward .\n}',
      `plugin/forward: ${at(2)}Wrong argument count or unexpected line ending after '.'`,
    ],
    ['forward to a name', '.:53 {\n forward . dns.miempresa.com\n}', 'plugin/forward: not an IP address or file: "dns.miempresa.com"'],
    [
      'an option that forward does not have',
      '.:53 {\n forward . 1.1.1.1 {\n maxfails 3\n }\n}',
      `plugin/forward: ${at(2)}unknown property 'maxfails'`,
    ],
    [
      'an option that kubernetes does not have',
      '.:53 {\n kubernetes cluster.local {\n pod insecure\n }\n}',
      `plugin/kubernetes: ${at(2)}unknown property 'pod'`,
    ],
    [
      'a wrong value for pods',
      '.:53 {\n kubernetes cluster.local {\n pods maybe\n }\n}',
      'plugin/kubernetes: wrong value for pods: maybe,  must be one of: disabled, verified, insecure',
    ],
    [
      'a plug-in that would change answers and is not simulated',
      '.:53 {\n acl {\n block\n }\n}',
      'plugin/acl: clusterlab does not simulate this plug-in, and without it answers would be wrong',
    ],
  ])('%s', (_name, text, message) => {
    const parsed = parseCorefile(text)
    expect(parsed.ok ? refusal(parsed.blocks, '/etc/coredns/Corefile') : parsed.message).toBe(message)
  })

  test('its pods crash over and over, and names are gone', () => {
    withCorefile(
      '.:53 {\n kubernets\n}',
      () => {
        const seen = new Set<string | undefined>()
        for (let n = 0; n < 30; n++) {
          for (const p of servers()) seen.add(p.status?.containerStatuses?.[0]?.state?.waiting?.reason)
          world.advance(2_000)
        }
        expect(seen).toContain('CrashLoopBackOff')
        expect(resolved('web')).toBe('REFUSED')
      },
      30,
    )
  })

  test.each([
    ['its own machine', '127.0.0.1'],
    ['the Service of the name servers itself', '10.96.0.10'],
  ])('forward to %s is a loop', (_name, upstream) => {
    withCorefile(
      `.:53 {\n ${REST.replace('/etc/resolv.conf', upstream)}\n}`,
      () => expect(servers().every((p) => (p.status?.containerStatuses?.[0]?.restartCount ?? 0) > 0)).toBe(true),
      60,
    )
  })
})

test('a bad change of a running CoreDNS is reported and left alone; a good one is taken', () => {
  world.fork(() => {
    const change = (text: string): void => {
      world.cluster.writer('system:admin').modify('configmaps', 'kube-system', 'coredns', (c) => {
        c.data = { Corefile: text }
      })
      world.advance(150_000)
    }
    change(`.:53 {\n nonsense\n ${REST}\n}`)
    expect([resolved('web') !== 'REFUSED', resolved('old.miempresa.com')]).toEqual([true, 'NXDOMAIN'])
    change(`.:53 {\n hosts {\n 10.9.9.9 old.miempresa.com\n fallthrough\n }\n ${REST}\n}`)
    expect(resolved('old.miempresa.com')).toBe('10.9.9.9')
    expect(servers().map((p) => p.status?.containerStatuses?.[0]?.restartCount)).toEqual([0, 0])
  })
})

test('what the ordinary Corefile holds acts, or is known to be of no consequence', () => {
  const text = world.cluster.read.get('configmaps', 'kube-system', 'coredns')!.data!['Corefile']!
  const parsed = parseCorefile(text)
  expect(parsed.ok && parsed.blocks.flatMap((b) => b.plugins.map((p) => [p.name, RULES[p.name]?.effect]))).toEqual([
    ['errors', 'act'],
    ['health', 'act'],
    ['ready', 'act'],
    ['kubernetes', 'act'],
    ['prometheus', 'act'],
    ['forward', 'act'],
    ['cache', 'act'],
    ['loop', 'act'],
    ['reload', 'act'],
    ['loadbalance', 'quiet'],
  ])
})
