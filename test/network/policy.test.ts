import { expect, test } from 'vitest'
import { bareWorld, clusterIp, from, get, ipOf, OFFICE, pod, policy, service, verdict } from './world.ts'

const base = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels: { team: 'shop' } } },
  pod(
    'web',
    { app: 'web' },
    {
      nodeName: 'node-a',
      container: {
        ports: [
          { containerPort: 8080, name: 'web' },
          { containerPort: 8081, name: 'admin' },
        ],
      },
    },
  ),
  pod('friend', { app: 'friend' }, { nodeName: 'node-b' }, 9999),
  pod('stranger', { app: 'stranger' }, { nodeName: 'node-b' }, 9999),
  pod('shop-friend', { app: 'friend' }, { namespace: 'shop', nodeName: 'node-b' }, 9999),
  service('web', { app: 'web' }, { type: 'NodePort', ports: [{ port: 80, targetPort: 8080, nodePort: 30880 }] }),
]
type World = ReturnType<typeof bareWorld>
const web = { podSelector: { matchLabels: { app: 'web' } } }
const by =
  (name: string, namespace = 'default', port = 8080) =>
  (w: World): string =>
    verdict(get(w, from(w, name, namespace), ipOf(w, 'web'), port))
const office = (w: World): string => verdict(get(w, OFFICE, '192.168.0.101', 30880))
const throughB = (w: World): string => verdict(get(w, OFFICE, '192.168.0.102', 30880))
const kubelet = (w: World): string => verdict(get(w, { kind: 'node', node: 'node-a', ip: '192.168.0.101' }, ipOf(w, 'web'), 8080))
const otherNode = (w: World): string => verdict(get(w, { kind: 'node', node: 'node-b', ip: '192.168.0.102' }, ipOf(w, 'web'), 8080))

test.each<[string, Record<string, unknown>[], (w: World) => string, string]>([
  ['no policy: everybody', [], by('stranger'), '200'],
  ['default deny', [{ ...web, policyTypes: ['Ingress'] }], by('friend'), 'timeout'],
  ['default deny leaves the kubelet of the node alone', [{ ...web, policyTypes: ['Ingress'] }], kubelet, '200'],
  ['… but not other nodes', [{ ...web, policyTypes: ['Ingress'] }], otherNode, 'timeout'],
  ['pods by label', [{ ...web, ingress: [{ from: [{ podSelector: { matchLabels: { app: 'friend' } } }] }] }], by('friend'), '200'],
  ['others not', [{ ...web, ingress: [{ from: [{ podSelector: { matchLabels: { app: 'friend' } } }] }] }], by('stranger'), 'timeout'],
  [
    'the same label in another namespace not',
    [{ ...web, ingress: [{ from: [{ podSelector: { matchLabels: { app: 'friend' } } }] }] }],
    by('shop-friend', 'shop'),
    'timeout',
  ],
  [
    'a namespace by label',
    [{ ...web, ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: 'shop' } } }] }] }],
    by('shop-friend', 'shop'),
    '200',
  ],
  [
    'both in one entry: and',
    [
      {
        ...web,
        ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: 'shop' } }, podSelector: { matchLabels: { app: 'stranger' } } }] }],
      },
    ],
    by('shop-friend', 'shop'),
    'timeout',
  ],
  [
    'in two entries: or',
    [
      {
        ...web,
        ingress: [
          { from: [{ namespaceSelector: { matchLabels: { team: 'shop' } } }, { podSelector: { matchLabels: { app: 'stranger' } } }] },
        ],
      },
    ],
    by('stranger'),
    '200',
  ],
  [
    'policies add up',
    [
      { ...web, policyTypes: ['Ingress'] },
      { ...web, ingress: [{}] },
    ],
    by('stranger'),
    '200',
  ],
  ['another port', [{ ...web, ingress: [{ ports: [{ port: 8081 }] }] }], by('friend'), 'timeout'],
  [
    "the port after translation counts, not the Service's",
    [{ ...web, ingress: [{ ports: [{ port: 80 }] }] }],
    (w) => verdict(get(w, from(w, 'friend'), clusterIp(w, 'web'))),
    'timeout',
  ],
  [
    '… so this is right',
    [{ ...web, ingress: [{ ports: [{ port: 8080 }] }] }],
    (w) => verdict(get(w, from(w, 'friend'), clusterIp(w, 'web'))),
    '200',
  ],
  ['a named port', [{ ...web, ingress: [{ ports: [{ port: 'web' }] }] }], by('friend'), '200'],
  ['another named port', [{ ...web, ingress: [{ ports: [{ port: 'admin' }] }] }], by('friend'), 'timeout'],
  ['a range of ports', [{ ...web, ingress: [{ ports: [{ port: 8000, endPort: 8090 }] }] }], by('friend'), '200'],
  ['UDP is not TCP', [{ ...web, ingress: [{ ports: [{ port: 8080, protocol: 'UDP' }] }] }], by('friend'), 'timeout'],
  ['the company by block', [{ ...web, ingress: [{ from: [{ ipBlock: { cidr: '192.168.0.0/16' } }] }] }], office, '200'],
  [
    'without the office',
    [{ ...web, ingress: [{ from: [{ ipBlock: { cidr: '192.168.0.0/16', except: ['192.168.0.200/32'] } }] }] }],
    office,
    'timeout',
  ],
  [
    "through another node it is that node's address that is seen",
    [{ ...web, ingress: [{ from: [{ ipBlock: { cidr: '192.168.0.0/16', except: ['192.168.0.200/32'] } }] }] }],
    throughB,
    '200',
  ],
  ['egress denied', [{ podSelector: { matchLabels: { app: 'friend' } }, policyTypes: ['Egress'] }], by('friend'), 'timeout'],
  [
    'egress to a pod by label',
    [{ podSelector: { matchLabels: { app: 'friend' } }, policyTypes: ['Egress'], egress: [{ to: [web] }] }],
    by('friend'),
    '200',
  ],
  [
    'egress through the Service is judged at the pod',
    [{ podSelector: { matchLabels: { app: 'friend' } }, policyTypes: ['Egress'], egress: [{ to: [web], ports: [{ port: 8080 }] }] }],
    (w) => verdict(get(w, from(w, 'friend'), clusterIp(w, 'web'))),
    '200',
  ],
  [
    'egress named port of the destination',
    [{ podSelector: { matchLabels: { app: 'friend' } }, policyTypes: ['Egress'], egress: [{ ports: [{ port: 'web' }] }] }],
    by('friend'),
    '200',
  ],
  [
    'an ingress-only policy leaves egress open',
    [{ podSelector: { matchLabels: { app: 'friend' } }, policyTypes: ['Ingress'] }],
    by('friend'),
    '200',
  ],
  ['a pod always reaches itself', [{ podSelector: {}, policyTypes: ['Ingress', 'Egress'] }], by('web'), '200'],
])('%s', (_name, specs, act, expected) => {
  const w = bareWorld([...base, ...specs.map((spec, i) => policy(`p${i}`, spec))])
  expect(act(w)).toBe(expected)
})
