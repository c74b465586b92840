/** Other ranges than kubeadm's: everything in the cluster that has or names an address follows; what cannot be used is refused with its reason. */
import { describe, expect, test } from 'vitest'
import { World } from '../../src/cluster/world.ts'
import { type NetworkRanges, rangeProblems, USUAL_RANGES } from '../../src/network/ranges.ts'
import { Session } from '../../src/session/session.ts'
import { promptCommands } from '../../src/shell/commands.ts'

const OTHER: NetworkRanges = { podCidr: '10.200.0.0/16', serviceCidr: '172.20.0.0/16' }

describe('a cluster with ranges of its own', () => {
  const session = new Session({ world: { preset: 'default', ranges: OTHER, settleMs: 30_000 }, namespace: 'default' })
  session.useCommands(promptCommands({ lang: 'en', session, level: undefined }))
  const asked = (command: string): string => session.run(command).output

  const rows: readonly (readonly [what: string, command: string, seen: RegExp])[] = [
    ['the ServiceCIDR', "kubectl get servicecidr kubernetes -o jsonpath='{.spec.cidrs}'", /^\["172\.20\.0\.0\/16"\]/],
    ['the API server’s Service', "kubectl get service kubernetes -o jsonpath='{.spec.clusterIP}'", /^172\.20\.0\.1$/m],
    ['the DNS’ Service', "kubectl get service kube-dns -n kube-system -o jsonpath='{.spec.clusterIP}'", /^172\.20\.0\.10$/m],
    [
      'every node’s block',
      "kubectl get nodes -o jsonpath='{.items[*].spec.podCIDR}'",
      /^10\.200\.0\.0\/24 10\.200\.1\.0\/24 10\.200\.2\.0\/24 10\.200\.3\.0\/24$/m,
    ],
    [
      'the API server’s flag',
      'ssh control-plane cat /etc/kubernetes/manifests/kube-apiserver.yaml',
      /--service-cluster-ip-range=172\.20\.0\.0\/16/,
    ],
    [
      'the controllers’ flag',
      'ssh control-plane cat /etc/kubernetes/manifests/kube-controller-manager.yaml',
      /--cluster-cidr=10\.200\.0\.0\/16/,
    ],
    ['kube-proxy’s configuration', 'kubectl get configmap kube-proxy -n kube-system -o yaml', /clusterCIDR: 10\.200\.0\.0\/16/],
    ['the kubelet’s configuration', 'ssh node-a cat /var/lib/kubelet/config.yaml', /clusterDNS:\n- 172\.20\.0\.10\n/],
    ['routes of a machine', 'ssh node-a ip route', /10\.200\.2\.0\/24 /],
  ]
  test.each(rows)('%s', (_, command, seen) => expect(asked(command)).toMatch(seen))

  test('a pod and a Service get theirs, the name leads to it, and it answers', () => {
    asked('kubectl create deployment web --image=nginx:1.27')
    asked('kubectl expose deployment web --port=80')
    asked('kubectl run client --image=curlimages/curl:8.11.1 --command -- sleep 1000000')
    asked('kubectl wait pod --all --for=condition=Ready --timeout=60s')
    expect(asked("kubectl get pods -l app=web -o jsonpath='{.items[0].status.podIP}'")).toMatch(/^10\.200\.[123]\.\d+/)
    expect(asked("kubectl get service web -o jsonpath='{.spec.clusterIP}'")).toMatch(/^172\.20\.\d+\.\d+/)
    expect(asked('kubectl exec client -- cat /etc/resolv.conf')).toContain('nameserver 172.20.0.10')
    expect(asked('kubectl exec client -- curl -s http://web/')).toContain('Welcome to nginx!')
    expect(asked('kubectl exec client -- curl -s -m 2 http://172.20.99.99/; echo $?')).toMatch(/28/)
  })

  test('an address of the usual range is refused', () => {
    const answer = asked('kubectl create service clusterip far --tcp=80 --clusterip=10.96.0.77')
    expect(answer).toContain('failed to allocate IP 10.96.0.77: the provided network does not match the current range')
  })
})

test('a small range is filled to its end, and says so', () => {
  const world = new World({ preset: 'bare', ranges: { ...OTHER, serviceCidr: '172.20.7.0/24' } })
  const create = (n: number) =>
    world.handle({
      verb: 'create',
      group: '',
      version: 'v1',
      resource: 'services',
      namespace: 'default',
      user: { name: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] },
      body: { apiVersion: 'v1', kind: 'Service', metadata: { name: `s${n}`, namespace: 'default' }, spec: { ports: [{ port: 80 }] } },
    })
  for (let n = 0; n < 239; n++) expect(create(n).code).toBe(201)
  const last = create(239)
  expect(last.code).toBe(422)
  expect(JSON.stringify(last.body)).toContain('range is full')
})

describe('ranges that cannot be', () => {
  const rows: readonly (readonly [ranges: Partial<NetworkRanges>, seen: string])[] = [
    [{}, ''],
    [OTHER, ''],
    [{ podCidr: 'ten' }, 'podCidr: ten is no IPv4 network such as 10.244.0.0/16'],
    [{ podCidr: 'fd00::/64' }, 'podCidr: fd00::/64 is no IPv4 network such as 10.244.0.0/16'],
    [{ podCidr: '10.200.0.7/16' }, 'podCidr: 10.200.0.7/16 is an address within a network; the network is 10.200.0.0/16'],
    [
      { podCidr: '192.168.128.0/17' },
      "podCidr: 192.168.128.0/17 overlaps 192.168.0.0/16, the company's own network, in which the machines are",
    ],
    [{ podCidr: '127.16.0.0/16' }, 'podCidr: 127.16.0.0/16 overlaps 127.0.0.0/8, which is not for networks like this one'],
    [{ podCidr: '10.200.0.0/23' }, 'podCidr: 10.200.0.0/23 is too small: each of the 4 nodes needs a /24, and there is room for 2'],
    [{ podCidr: '10.200.0.0/26' }, 'podCidr: 10.200.0.0/26 is too small: each of the 4 nodes needs a /24, and there is room for 0'],
    [{ serviceCidr: '172.20.0.0/28' }, 'serviceCidr: 172.20.0.0/28 is too small: a /24 at least'],
    [{ serviceCidr: '172.0.0.0/8' }, 'serviceCidr: 172.0.0.0/8 is too large: a /12 at most'],
    [{ podCidr: '10.97.0.0/16' }, "serviceCidr: 10.96.0.0/12 overlaps 10.97.0.0/16, the pods' range"],
  ]
  test.each(rows)('%j', (ranges, seen) =>
    expect(
      rangeProblems({ ...USUAL_RANGES, ...ranges }, 4)
        .map((p) => `${p.field}: ${p.message}`)
        .join('\n'),
    ).toBe(seen),
  )
})
