/** Draws from a seed which workloads a cluster runs and what befalls it. Plans are data, so that a failing one can be printed and named. */
import type { Fault } from '../../src/cluster/faults/index.ts'
import { createRandom } from '../../src/sim/random.ts'

export interface Blow {
  /** Since the blow before. */
  readonly afterMs: number
  readonly fault: Fault
  /** When it is taken back; absent: at the end. */
  readonly forMs?: number
}

export interface FaultPlan {
  readonly seed: string
  readonly workloads: readonly string[]
  readonly blows: readonly Blow[]
}

const NODES = ['node-a', 'node-b', 'node-c']
/** What the drawn workloads are called; `store` and `log` keep data. */
const APPS = ['web', 'api', 'store', 'log', 'agent']

class Dice {
  readonly #random
  #turn = 0
  constructor(seed: string) {
    this.#random = createRandom(`fault-soak/${seed}`)
  }
  below(n: number): number {
    return this.#random.below(n, 'blow', '', this.#turn++)
  }
  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!
  }
}

/** Writes a line to its volume, and only then says so: what it said is acknowledged. */
const writer = (seconds: number): string =>
  `me=$HOSTNAME-$(date +%s); n=0; while true; do n=$((n+1)); echo $me-$n >> /data/log && echo acknowledged $me-$n; sleep ${seconds}; done`

const meta = (name: string): string => `metadata: {name: ${name}, labels: {app: ${name}}}`
const select = (name: string): string => `selector: {matchLabels: {app: ${name}}}`

function deployment(d: Dice, name: string): string {
  const probe = d.of(['', 'livenessProbe: {httpGet: {path: /, port: 8080}, periodSeconds: 5}', 'readinessProbe: {tcpSocket: {port: 8080}}'])
  const strategy = d.of(['{}', '{type: Recreate}'])
  return `apiVersion: apps/v1
kind: Deployment
${meta(name)}
spec:
  replicas: ${1 + d.below(4)}
  strategy: ${strategy}
  ${select(name)}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      terminationGracePeriodSeconds: ${d.of([0, 5, 30])}
      containers:
      - name: c
        image: ${d.of(['traefik/whoami', 'nginx'])}
        args: ${d.of(['[]', '[]'])}
        resources: {requests: {cpu: ${d.of(['10m', '200m'])}, memory: 32Mi}, limits: {memory: 128Mi}}
        ${probe.replaceAll('8080', '80')}
`
}

/** Never a grace of 0 s: with it the API forgets a pod whose node is silent, and Kubernetes promises nothing any more. */
function statefulSet(d: Dice, name: string): string {
  return `apiVersion: apps/v1
kind: StatefulSet
${meta(name)}
spec:
  serviceName: ${name}
  replicas: ${1 + d.below(3)}
  podManagementPolicy: ${d.of(['OrderedReady', 'Parallel'])}
  ${select(name)}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      terminationGracePeriodSeconds: ${d.of([1, 5, 30])}
      containers:
      - name: c
        image: busybox
        command: [sh, -c, '${writer(10 + d.below(30))}']
        volumeMounts: [{name: data, mountPath: /data}]
  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {storageClassName: ${d.of(['nfs', 'block', 'local-path'])}, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
`
}

function daemonSet(d: Dice, name: string): string {
  return `apiVersion: apps/v1
kind: DaemonSet
${meta(name)}
spec:
  ${select(name)}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      terminationGracePeriodSeconds: ${d.of([0, 10])}
      containers: [{name: c, image: busybox, command: [sh, -c, 'trap "exit 0" TERM; while true; do sleep 20; done']}]
`
}

const job = (d: Dice, name: string): string => `apiVersion: batch/v1
kind: Job
${meta(name)}
spec:
  completions: ${1 + d.below(4)}
  parallelism: ${1 + d.below(3)}
  backoffLimit: 50
  template:
    spec:
      restartPolicy: ${d.of(['Never', 'OnFailure'])}
      containers: [{name: c, image: busybox, command: [sh, -c, sleep ${5 + d.below(120)}]}]
`

const service = (name: string): string => `apiVersion: v1
kind: Service
${meta(name)}
spec: {selector: {app: ${name}}, ports: [{port: 80}]}
`

function blow(d: Dice): Fault {
  const node = { node: d.of(NODES) }
  const pods = { pods: { app: d.of(APPS) }, namespace: 'default', count: 1 + d.below(3) }
  const link = { link: { from: d.of(NODES), ...(d.below(2) === 0 && { to: d.of(['nfs', 'control-plane', ...NODES]) }) } }
  return d.of<() => Fault>([
    () => ({ kind: 'crash', target: node }),
    () => ({ kind: 'crash', target: { nodeOf: { app: d.of(APPS) } } }),
    () => ({ kind: 'cut', target: node }),
    () => ({ kind: 'disk-full', target: node }),
    () => ({ kind: 'memory-pressure', target: node }),
    () => ({ kind: 'kill', target: pods }),
    () => ({ kind: 'oom', target: pods }),
    () => ({ kind: 'hang', target: pods }),
    () => ({ kind: 'delete', target: pods }),
    () => ({ kind: 'delay', target: link, amount: '200ms' }),
    () => ({ kind: 'loss', target: link, amount: '20%' }),
    () => ({ kind: 'partition', target: link }),
    () => ({ kind: 'down', target: { component: d.of(['nfs', 'registry', 'dns', 'external-dns']) } }),
    () => ({ kind: 'down', target: { component: d.of(['kube-scheduler', 'kube-controller-manager', 'kube-apiserver', 'etcd']) } }),
  ])()
}

/** The same for the same number. */
export function drawFaultPlan(number: number): FaultPlan {
  const d = new Dice(String(number))
  const all = [
    deployment(d, 'web'),
    deployment(d, 'api'),
    service('web'),
    statefulSet(d, 'store'),
    service('store'),
    statefulSet(d, 'log'),
    daemonSet(d, 'agent'),
    job(d, 'batch'),
  ]
  const workloads = all.filter((_, i) => i === 3 || d.below(3) > 0)
  const blows = Array.from({ length: 2 + d.below(5) }, (): Blow => {
    const forMs = d.below(4) === 0 ? undefined : 1_000 + d.below(d.of([20_000, 120_000, 600_000]))
    return { afterMs: d.below(d.of([5_000, 60_000, 300_000])), fault: blow(d), ...(forMs !== undefined && { forMs }) }
  })
  return { seed: String(number), workloads, blows }
}
