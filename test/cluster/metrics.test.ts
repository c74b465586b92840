/** metrics.k8s.io as a cluster with metrics-server serves it: an extension API behind its Service, kubectl top, and an autoscaler that acts on it. */
import { describe, expect, test } from 'vitest'
import { quantityValue } from '../../src/api/quantity.ts'
import { applyFault } from '../../src/cluster/faults/index.ts'
import { Session } from '../../src/session/session.ts'

/** A session whose nodes have all been measured. */
function measured(): Session {
  const session = new Session({ world: { preset: 'default' }, namespace: 'lab' })
  session.advance(30_000)
  return session
}
const out = (session: Session, command: string): string => session.run(command).output.trimEnd()
/** kubectl pads the last column, too. */
const lines = (text: string): string[] => text.split('\n').map((l) => l.trimEnd())
const column = (text: string, n: number): string[] => lines(text).map((l) => l.split(/\s+/)[n]!)

describe('kubectl top', () => {
  test('nodes: what containers and the system use, and its part of the whole', () => {
    const session = measured()
    const [head, ...rows] = lines(out(session, 'kubectl top nodes'))
    expect(head).toBe('NAME            CPU(cores)   CPU(%)   MEMORY(bytes)   MEMORY(%)')
    expect(rows.map((r) => r.split(/\s+/)[0])).toEqual(['control-plane', 'node-a', 'node-b', 'node-c'])
    expect(rows[0]).toMatch(/^control-plane +\d+m +\d+% +\d+Mi +\d+%$/)
    const usage = (node: string): number =>
      quantityValue(/"memory":"(\w+)"/.exec(out(session, `kubectl get --raw /apis/metrics.k8s.io/v1beta1/nodes/${node}`))![1]!)
    expect(usage('control-plane')).toBeGreaterThan(usage('node-a'))
  })
  test('a node that has joined just now is not measured yet', () => {
    const session = new Session({ world: { preset: 'default' } })
    expect(out(session, 'kubectl top nodes')).toMatch(/\nnode-a +<unknown> +<unknown> +<unknown> +<unknown>/)
  })
  test('pods: none before two scrapes, then by name, by use, by container, summed', () => {
    const session = measured()
    expect(session.run('kubectl top pods')).toMatchObject({ output: 'No resources found in lab namespace.\n', exitCode: 0 })
    session.run("kubectl run b --image=busybox -- sh -c 'while true; do :; done'")
    session.run('kubectl run a --image=nginx --labels=app=web')
    expect(session.run('kubectl top pods')).toMatchObject({ output: 'error: metrics not available yet\n', exitCode: 1 })
    expect(out(session, 'kubectl top pod a')).toBe('Error from server (NotFound): podmetrics.metrics.k8s.io "lab/a" not found')
    expect(out(session, 'kubectl top pod nobody')).toBe('Error from server (NotFound): pods "nobody" not found')
    session.advance(45_000)
    expect(lines(out(session, 'kubectl top pods'))[0]).toBe('NAME   CPU(cores)   MEMORY(bytes)')
    expect(column(out(session, 'kubectl top pods --no-headers'), 0)).toEqual(['a', 'b'])
    expect(column(out(session, 'kubectl top pods --no-headers --sort-by=cpu'), 0)).toEqual(['b', 'a'])
    expect(column(out(session, 'kubectl top pods --no-headers --sort-by=memory'), 0)).toEqual(['a', 'b'])
    expect(Number.parseInt(column(out(session, 'kubectl top pod b --no-headers'), 1)[0]!, 10)).toBeGreaterThan(900)
    expect(column(out(session, 'kubectl top pods -l app=web --no-headers'), 0)).toEqual(['a'])
    expect(lines(out(session, 'kubectl top pods --containers'))[0]).toBe('POD   NAME   CPU(cores)   MEMORY(bytes)')
    expect(lines(out(session, 'kubectl top pods --sum')).at(-2)).toBe('       ________     ________')
    const node = out(session, "kubectl get pod a -o jsonpath='{.spec.nodeName}'")
    expect(column(out(session, `kubectl top pods --no-headers --field-selector spec.nodeName=${node}`), 0)).toContain('a')
    expect(lines(out(session, 'kubectl top pods -A'))[0]).toMatch(/^NAMESPACE +NAME +CPU\(cores\) +MEMORY\(bytes\)$/)
  })
  test.each([
    ['kubectl top pods --sort-by=name', 'error: --sort-by accepts only cpu or memory'],
    ['kubectl top pod a -l x=y', 'error: only one of NAME or selector can be provided'],
    ['kubectl top pod a b', 'error: unexpected arguments: [b]'],
    ['kubectl top node a b', "error: node [NAME | -l label]\nSee 'kubectl top node -h' for help and examples"],
    ['kubectl top node nowhere', 'Error from server (NotFound): nodes "nowhere" not found'],
  ])('%s', (command, message) => {
    expect(out(measured(), command)).toBe(message)
  })
})

describe('the API', () => {
  test('is discovered, listed as tables, and read by those whose role aggregates it', () => {
    const session = measured()
    expect(out(session, 'kubectl api-resources --api-group=metrics.k8s.io --no-headers').replace(/ +/g, ' ')).toBe(
      'nodes metrics.k8s.io/v1beta1 false NodeMetrics\npods metrics.k8s.io/v1beta1 true PodMetrics',
    )
    expect(out(session, 'kubectl get nodemetrics')).toMatch(/^NAME +CPU +MEMORY +WINDOW\ncontrol-plane +\d+[mn] +\d+[KM]i +15s\n/)
    expect(column(out(session, 'kubectl get podmetrics -n kube-system -l k8s-app=metrics-server --no-headers'), 1)).toEqual(['3m'])
    session.run('kubectl create serviceaccount reader')
    const asReader = '--as=system:serviceaccount:lab:reader'
    expect(out(session, `kubectl top pods ${asReader}`)).toBe(
      'Error from server (Forbidden): pods.metrics.k8s.io is forbidden: User "system:serviceaccount:lab:reader" cannot list resource "pods" in API group "metrics.k8s.io" in the namespace "lab"',
    )
    session.run('kubectl create rolebinding r --clusterrole=view --serviceaccount=lab:reader')
    expect(out(session, `kubectl top pods ${asReader}`)).toBe('No resources found in lab namespace.')
  })
  test('tells why it is not available, and comes back', () => {
    const session = measured()
    const available = (): string =>
      lines(out(session, 'kubectl get apiservice v1beta1.metrics.k8s.io --no-headers'))[0]!.replace(/ {2,}/g, ' ')
    expect(available()).toMatch(/^v1beta1\.metrics\.k8s\.io kube-system\/metrics-server True /)
    session.run('kubectl scale deployment metrics-server -n kube-system --replicas=0')
    session.advance(5_000)
    expect(available()).toContain('False (MissingEndpoints)')
    expect(out(session, 'kubectl top pods')).toBe('error: Metrics API not available')
    expect(out(session, 'kubectl get --raw /apis/metrics.k8s.io/v1beta1/nodes')).toBe(
      'Error from server (ServiceUnavailable): the server is currently unable to handle the request',
    )
    // A stale group version is left out without a word, as clients of aggregated discovery do.
    expect(session.run('kubectl api-resources')).toMatchObject({ exitCode: 0, output: expect.not.stringContaining('metrics.k8s.io') })
    expect(out(session, 'kubectl get podmetrics')).toBe('error: the server doesn\'t have a resource type "podmetrics"')
    session.run('kubectl delete service metrics-server -n kube-system')
    session.advance(1_000)
    expect(available()).toContain('False (ServiceNotFound)')
    session.run('kubectl delete apiservice v1beta1.metrics.k8s.io')
    expect(out(session, 'kubectl top pods')).toBe('error: Metrics API not available')
  })
  test('a server that hangs fails the discovery check until it answers again', () => {
    const session = measured()
    session.run(
      'kubectl patch deployment metrics-server -n kube-system --type=json -p \'[{"op":"remove","path":"/spec/template/spec/containers/0/readinessProbe"},{"op":"remove","path":"/spec/template/spec/containers/0/livenessProbe"}]\'',
    )
    session.advance(60_000)
    applyFault(session.world, { kind: 'hang', target: { pods: { 'k8s-app': 'metrics-server' }, namespace: 'kube-system' } as never })
    expect(out(session, 'kubectl top nodes')).toBe(
      'Error from server (ServiceUnavailable): the server is currently unable to handle the request (get nodes.metrics.k8s.io)',
    )
    session.advance(40_000)
    expect(
      out(
        session,
        "kubectl get apiservice v1beta1.metrics.k8s.io -o jsonpath='{.status.conditions[0].reason}: {.status.conditions[0].message}'",
      ),
    ).toMatch(
      /^FailedDiscoveryCheck: failing or missing response from https:\/\/[\d.]+:443\/apis\/metrics\.k8s\.io\/v1beta1: Get "https:\/\/[\d.]+:443\/apis\/metrics\.k8s\.io\/v1beta1": /,
    )
  })
  test('while it does not answer no namespace can be emptied for certain, and so none goes', () => {
    const session = measured()
    session.run('kubectl scale deployment metrics-server -n kube-system --replicas=0')
    session.run('kubectl create namespace old')
    session.advance(5_000)
    session.run('kubectl delete namespace old --wait=false')
    session.advance(30_000)
    expect(
      out(
        session,
        "kubectl get namespace old -o jsonpath='{.status.phase} {.status.conditions[0].reason} {.status.conditions[0].message}'",
      ),
    ).toBe(
      'Terminating DiscoveryFailed Discovery failed for some groups, 1 failing: unable to retrieve the complete list of server APIs: metrics.k8s.io/v1beta1: stale GroupVersion discovery: metrics.k8s.io/v1beta1',
    )
    session.run('kubectl scale deployment metrics-server -n kube-system --replicas=1')
    session.advance(60_000)
    expect(out(session, 'kubectl get namespace old')).toBe('Error from server (NotFound): namespaces "old" not found')
  })
  test('a node out of reach is not measured', () => {
    const session = measured()
    applyFault(session.world, { kind: 'crash', target: { node: 'node-a' } })
    expect(out(session, 'kubectl top nodes')).toMatch(/node-a +<unknown>/)
  })
  test('the bare preset has none', () => {
    const session = new Session({ world: { preset: 'bare' } })
    expect(session.run('kubectl top nodes')).toMatchObject({ output: 'error: Metrics API not available\n', exitCode: 1 })
  })
  test('asking changes nothing: the same seed and inputs give the same state, and the same figures after an undo', () => {
    const play = (): { hash: string; pods: string } => {
      const session = measured()
      session.run('kubectl create deployment web --image=nginx --replicas=2')
      session.advance(45_000)
      const pods = out(session, 'kubectl top pods')
      return { hash: session.world.stateHash(), pods }
    }
    expect(play()).toEqual(play())
    const session = measured()
    const before = out(session, 'kubectl get --raw /apis/metrics.k8s.io/v1beta1/nodes/node-b')
    session.run('kubectl run b --image=nginx')
    session.undo()
    expect(out(session, 'kubectl get --raw /apis/metrics.k8s.io/v1beta1/nodes/node-b').replace(/"creationTimestamp":"[^"]*"/, '')).toBe(
      before.replace(/"creationTimestamp":"[^"]*"/, ''),
    )
  })
})

describe('APIServices', () => {
  const CRD = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: crontabs.stable.example.com}
spec:
  group: stable.example.com
  scope: Namespaced
  names: {plural: crontabs, singular: crontab, kind: CronTab}
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]
`
  test('the server registers its own group versions, and those of CustomResourceDefinitions while there are some', () => {
    const session = new Session({ world: { preset: 'bare' } })
    const names = (): string[] =>
      lines(out(session, 'kubectl get apiservices --no-headers')).map((l) => l.replace(/ {2,}\S+$/, '').replace(/ {2,}/g, ' '))
    expect(names()).toContain('v1. Local True')
    expect(names()).toContain('v2.autoscaling Local True')
    session.write('crd.yaml', CRD)
    session.run('kubectl apply -f crd.yaml')
    session.advance(1_000)
    expect(names()).toContain('v1.stable.example.com Local True')
    session.run('kubectl delete -f crd.yaml')
    session.advance(1_000)
    expect(names()).not.toContain('v1.stable.example.com Local True')
  })
  const broken = (spec: string, name = 'v1.a.example.com'): string =>
    `apiVersion: apiregistration.k8s.io/v1\nkind: APIService\nmetadata: {name: ${name}}\nspec: {${spec}}\n`
  const whole = 'group: a.example.com, version: v1, groupPriorityMinimum: 100, versionPriority: 100'
  test.each([
    [
      'a name that is not its own',
      broken(whole, 'other'),
      'metadata.name: Invalid value: "other": must be `spec.version+"."+spec.group`: "v1.a.example.com"',
    ],
    [
      'no priority',
      broken(whole.replace('versionPriority: 100', 'versionPriority: 0')),
      'spec.versionPriority: Invalid value: 0: must be positive and less than 1000',
    ],
    ['a Service without a name', broken(`${whole}, service: {namespace: default}`), 'spec.service.name: Required value'],
  ])('refused: %s', (_name, text, why) => {
    const session = new Session({ world: { preset: 'bare' } })
    session.write('a.yaml', text)
    expect(out(session, 'kubectl apply -f a.yaml')).toContain(why)
  })
  test.each([
    ['no such Service', '', 'ServiceNotFound', 'service/api in "default" is not present'],
    [
      'no such port',
      'kubectl create service clusterip api --tcp=80',
      'ServicePortError',
      'service/api in "default" is not listening on port 443',
    ],
    [
      'no endpoints',
      'kubectl create service clusterip api --tcp=443',
      'MissingEndpoints',
      'endpointslices for service/api in "default" have no addresses with port name "443"',
    ],
  ])('not available: %s', (_name, command, reason, message) => {
    const session = new Session({ world: { preset: 'bare' } })
    if (command !== '') session.run(command)
    session.write('a.yaml', broken(`${whole}, service: {name: api, namespace: default}, insecureSkipTLSVerify: true`))
    session.run('kubectl apply -f a.yaml')
    session.advance(2_000)
    expect(
      out(session, "kubectl get apiservice v1.a.example.com -o jsonpath='{.status.conditions[0].reason}|{.status.conditions[0].message}'"),
    ).toBe(`${reason}|${message}`)
  })
})

const WALKTHROUGH = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: php-apache}
spec:
  selector: {matchLabels: {run: php-apache}}
  template:
    metadata: {labels: {run: php-apache}}
    spec:
      containers:
      - name: php-apache
        image: registry.k8s.io/hpa-example
        ports: [{containerPort: 80}]
        resources: {limits: {cpu: 500m}, requests: {cpu: 200m}}
---
apiVersion: v1
kind: Service
metadata: {name: php-apache}
spec: {ports: [{port: 80}], selector: {run: php-apache}}
`

describe('an autoscaler', () => {
  function walkthrough(): Session {
    const session = measured()
    session.write('php.yaml', WALKTHROUGH)
    session.run('kubectl apply -f php.yaml')
    session.run('kubectl autoscale deployment php-apache --cpu=50% --min=1 --max=10')
    session.advance(60_000)
    return session
  }
  const replicas = (session: Session): number => Number(out(session, "kubectl get deployment php-apache -o jsonpath='{.spec.replicas}'"))

  test('rises with a client that asks in a loop, and falls five minutes after it is gone', () => {
    const session = walkthrough()
    expect(out(session, 'kubectl get hpa php-apache --no-headers')).toMatch(/cpu: 0%\/50% +1 +10 +1 /)
    session.run(
      "kubectl run load-generator --image=busybox:1.28 --restart=Never -- /bin/sh -c 'while sleep 0.01; do wget -q -O- http://php-apache; done'",
    )
    session.advance(120_000)
    const high = replicas(session)
    expect(high).toBeGreaterThanOrEqual(4)
    expect(out(session, 'kubectl describe hpa php-apache')).toMatch(
      /SuccessfulRescale .*horizontal-pod-autoscaler +New size: \d+; reason: cpu resource utilization \(percentage of request\) above target/,
    )
    session.run('kubectl delete pod load-generator --now')
    session.advance(240_000)
    expect(replicas(session)).toBe(high)
    session.advance(180_000)
    expect(replicas(session)).toBe(1)
    expect(out(session, 'kubectl describe hpa php-apache')).toContain('New size: 1; reason: All metrics below target')
  })
  test('rises with a load that is counted, to its maximum', () => {
    const session = walkthrough()
    session.world.startLoad('clients', {
      http: `http://${out(session, "kubectl get pod -l run=php-apache -o jsonpath='{.items[0].status.podIP}'")}`,
      rps: 6,
      from: { pod: { run: 'php-apache' }, namespace: 'lab' },
    })
    session.advance(60_000)
    expect(out(session, 'kubectl get hpa php-apache --no-headers')).toMatch(/cpu: \d+%\/50%/)
    expect(replicas(session)).toBeGreaterThan(1)
  })
  test('says when the metrics are gone', () => {
    const session = walkthrough()
    session.run('kubectl scale deployment metrics-server -n kube-system --replicas=0')
    session.advance(30_000)
    expect(out(session, 'kubectl describe hpa php-apache')).toContain(
      'unable to fetch metrics from resource metrics API: the server is currently unable to handle the request (get pods.metrics.k8s.io)',
    )
  })
})
