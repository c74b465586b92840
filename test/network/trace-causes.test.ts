/** `trace` names the cause: one row a failure of names, Services and machines that a level can produce, and at which hop the packet stayed. */
import { describe, expect, test } from 'vitest'
import type { ApiObject } from '../../src/api/meta.ts'
import { trace } from '../../src/network/trace.ts'
import { both, client, explains, fault, type Row, web, without } from './trace-rows.ts'
import { defaultWorld, from, pod, service } from './world.ts'

const nodePort = (spec: object): ApiObject =>
  service('web', { app: 'web' }, { type: 'NodePort', ports: [{ port: 80, targetPort: 8080, nodePort: 30880 }], ...spec })
const external = (name: string): ApiObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'other', namespace: 'default' },
  spec: { type: 'ExternalName', externalName: name },
})

const names: [string, Row][] = [
  [
    'a Service of another namespace is asked for by its short name',
    {
      objects: [web],
      url: 'http://kube-dns:9153/',
      who: 'client',
      hop: 'name',
      verdict:
        /no such name.*\(asked for kube-dns\.default\.svc\.cluster\.local, kube-dns\.svc\.cluster\.local, kube-dns\.cluster\.local, kube-dns\)$/,
    },
  ],
  [
    'the wrong namespace in the name',
    {
      objects: both,
      url: 'http://web.kube-system/',
      who: 'client',
      hop: 'name',
      verdict: /web\.kube-system: no such name.*asked for .*web\.kube-system\.svc\.cluster\.local/,
    },
  ],
  [
    'CoreDNS has no pods',
    {
      objects: both,
      act: without('kube-system', 'coredns'),
      url: 'http://web/',
      who: 'client',
      hop: 'name',
      verdict: /\(no name server\).*kube-dns:dns has no endpoints: REJECT/,
    },
  ],
  [
    'CoreDNS is cut off',
    {
      objects: both,
      act: fault({ kind: 'down', target: { component: 'dns' } }),
      url: 'http://web/',
      who: 'client',
      hop: 'name',
      verdict: /the name server is silent.*packets are lost on the way/,
    },
  ],
  [
    "the company's DNS is off: the office knows no names",
    {
      act: fault({ kind: 'down', target: { component: 'external-dns' } }),
      url: 'http://web1.miempresa.com/',
      who: 'MenchuPC',
      hop: 'name',
      verdict: /the name server is silent.*dns is switched off/,
    },
  ],
  [
    "the company's DNS is off: the cluster's names go on, the company's do not",
    {
      act: fault({ kind: 'down', target: { component: 'external-dns' } }),
      url: 'http://web1.miempresa.com/',
      who: 'client',
      hop: 'name',
      verdict: /no name server.*10\.96\.0\.10 could not find out|the name server is silent.*10\.96\.0\.10 did not answer/,
    },
  ],
  [
    'ExternalName to a name that is there',
    { objects: [...both, external('web.default.svc.cluster.local')], url: 'http://other/', who: 'client', verdict: /^HTTP 200/ },
  ],
  [
    'ExternalName to a name that nobody has',
    {
      objects: [external('db.miempresa.com')],
      url: 'http://other/',
      who: 'client',
      hop: 'name',
      verdict: /other: no such name, says 10\.96\.0\.10; it is another name for db\.miempresa\.com, which has no address/,
    },
  ],
]

const services: [string, Row][] = [
  [
    "internalTrafficPolicy Local, and no pod on the client's node",
    {
      objects: [web, service('web', { app: 'web' }, { internalTrafficPolicy: 'Local' })],
      url: 'http://web/',
      who: 'client',
      hop: 'netfilter',
      verdict: /time-out.*node-c: default\/web: no endpoint on this node, and the traffic policy is Local: dropped/,
    },
  ],
  [
    'externalTrafficPolicy Local, on a node without a pod',
    {
      objects: [web, nodePort({ externalTrafficPolicy: 'Local' })],
      url: 'http://192.168.0.102:30880/',
      who: 'MenchuPC',
      hop: 'netfilter',
      verdict: /time-out.*node-b: default\/web: no endpoint on this node/,
    },
  ],
  [
    'externalTrafficPolicy Local, on the node with the pod',
    {
      objects: [web, nodePort({ externalTrafficPolicy: 'Local' })],
      url: 'http://192.168.0.101:30880/',
      who: 'MenchuPC',
      verdict: /^HTTP 200/,
    },
  ],
  [
    'a node port that no Service has',
    {
      objects: [web, nodePort({})],
      url: 'http://192.168.0.102:30881/',
      who: 'MenchuPC',
      hop: 'container',
      verdict: /refused.*node-b:30881: no Service has this node port, and nothing listens/,
    },
  ],
  [
    'a node port on a machine that is off',
    {
      objects: [web, nodePort({})],
      act: (w) => w.fleet.crash('node-b'),
      url: 'http://192.168.0.102:30880/',
      who: 'MenchuPC',
      hop: 'node',
      verdict: /time-out.*node-b: the node does not answer/,
    },
  ],
  [
    "the pod's node is cut off, and another takes the node port",
    {
      objects: [web, nodePort({})],
      act: (w) => w.fleet.cut('node-a', true),
      url: 'http://192.168.0.102:30880/',
      who: 'MenchuPC',
      hop: 'node',
      verdict: /time-out.*node-a: the node does not answer/,
    },
  ],
  [
    'a headless Service has no port of its own: the target port is asked for',
    {
      objects: [web, service('web', { app: 'web' }, { clusterIP: 'None' })],
      url: 'http://web/',
      who: 'client',
      hop: 'container',
      verdict: /refused.*default\/web:80: nothing listens on this port/,
    },
  ],
  [
    'a balancer address that was wished for and not given',
    {
      objects: [web, service('web', { app: 'web' }, { type: 'LoadBalancer', loadBalancerIP: '192.168.0.99' })],
      url: 'http://192.168.0.99/',
      who: 'MenchuPC',
      hop: 'node',
      verdict: /no route to host.*192\.168\.0\.99: nobody has this address/,
    },
  ],
  [
    'a balancer whose Service has no ready pod',
    {
      objects: [service('web', { app: 'wbe' }, { type: 'LoadBalancer' })],
      url: 'http://192.168.0.11/',
      who: 'MenchuPC',
      hop: 'balancer',
      verdict:
        /no route to host.*192\.168\.0\.11: balanced address of the Service default\/web, which no node announces: it has no ready endpoint/,
    },
  ],
  [
    'loadBalancerSourceRanges without the office',
    {
      objects: [web, service('web', { app: 'web' }, { type: 'LoadBalancer', loadBalancerSourceRanges: ['10.0.0.0/8'] })],
      url: 'http://192.168.0.11/',
      who: 'MenchuPC',
      hop: 'netfilter',
      verdict: /time-out.*192\.168\.0\.200 is not in loadBalancerSourceRanges: dropped/,
    },
  ],
  [
    'a host port, on its machine',
    {
      objects: [pod('web', {}, { nodeName: 'node-a', container: { ports: [{ containerPort: 8080, hostPort: 8088 }] } })],
      url: 'http://192.168.0.101:8088/',
      who: 'MenchuPC',
      verdict: /^HTTP 200/,
    },
  ],
  [
    'a host port, on another machine',
    {
      objects: [pod('web', {}, { nodeName: 'node-a', container: { ports: [{ containerPort: 8080, hostPort: 8088 }] } })],
      url: 'http://192.168.0.102:8088/',
      who: 'MenchuPC',
      hop: 'container',
      verdict: /refused.*node-b:8088: nothing listens on this port/,
    },
  ],
  [
    'a cable that loses everything',
    {
      objects: both,
      act: fault({ kind: 'loss', target: { link: { from: 'node-a', to: 'node-c' } }, amount: '100%' }),
      url: 'http://web/',
      who: 'client',
      hop: 'node',
      verdict: /time-out.*node-a: packets are lost on the way/,
    },
  ],
  [
    'a cable so slow that nobody waits',
    {
      objects: both,
      act: fault({ kind: 'delay', target: { link: { from: 'node-a', to: 'node-c' } }, amount: '90s' }),
      url: 'http://web/',
      who: 'client',
      hop: 'node',
      verdict: /time-out.*default\/web: the way there and back takes \d+ ms, longer than the client waits for a connection/,
    },
  ],
]

describe('names', () => explains(names))
describe('Services and machines', () => explains(services))

test('session affinity: twenty requests of one client end at one pod, and without it at all', () => {
  const run = (affinity: string): number => {
    const w = defaultWorld([
      pod('web-1', { app: 'web' }, { nodeName: 'node-a' }),
      pod('web-2', { app: 'web' }, { nodeName: 'node-b' }),
      service('web', { app: 'web' }, { sessionAffinity: affinity }),
      client,
    ])
    const ends = Array.from({ length: 20 }, (_, turn) => trace(w.network, from(w, 'client'), { url: 'http://web/', turn })!.hops.at(-1)!.at)
    return new Set(ends).size
  }
  expect([run('ClientIP'), run('None')]).toEqual([1, 2])
})
