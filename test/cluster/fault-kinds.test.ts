/** Every kind of fault, at the sandbox's prompt and from a level's timeline: what kubectl shows of it, and that its end leads back to what was declared. */
import { describe, expect, test } from 'vitest'
import { faults } from '../../src/cluster/faults/index.ts'
import { Session } from '../../src/session/session.ts'
import { promptCommands } from '../../src/shell/commands.ts'
import { open } from '../grading/level.ts'

const START = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: web, image: "nginx:1.27", ports: [{containerPort: 80}], readinessProbe: {httpGet: {port: 80}, periodSeconds: 2, failureThreshold: 1}}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Pod
metadata: {name: client, labels: {app: client}}
spec:
  nodeName: node-c
  containers:
  - {name: client, image: "nicolaka/netshoot:latest", command: [sleep, infinity]}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: share}
spec: {storageClassName: nfs, accessModes: [ReadWriteMany], resources: {requests: {storage: 1Gi}}}
`

type Looks = readonly (readonly [command: string, shows: RegExp])[]
interface Row {
  readonly name: string
  readonly prompt: string
  /** The same in a level. */
  readonly level: string
  readonly amount?: string
  /** Done once it has begun. */
  readonly meanwhile?: string
  readonly afterS: number
  readonly seen: Looks
  /** What takes it back at the prompt; undefined where it is over by itself. */
  readonly end?: string
  readonly backAfterS: number
  readonly back: Looks
}

const node = (name: string): readonly [string, RegExp] => ['kubectl get nodes', new RegExp(`${name} +Ready `)]
const WELL: Looks = [['kubectl get deployment web', /web +2\/2/]]
const condition = (type: string, status: string): readonly [string, RegExp] => [
  `kubectl get node node-b -o jsonpath='{.status.conditions[?(@.type=="${type}")].status}'`,
  new RegExp(`^${status}$`),
]
const taint = (key: string | undefined): readonly [string, RegExp] => [
  "kubectl get node node-b -o jsonpath='{.spec.taints[*].key}'",
  key === undefined ? /^$/ : new RegExp(key),
]
const client = (command: string): string => `kubectl exec client -- ${command}`
const CODE = client("curl -s -m 3 -o /dev/null -w '%{http_code}' http://web")
const TIME = client("curl -s -o /dev/null -w '%{time_total}' http://web")
const states = (path: string): string => `kubectl get pods -l app=web -o jsonpath='{.items[*].status.containerStatuses[0]${path}}'`

const component = (name: string, rest: Omit<Row, 'name' | 'prompt' | 'level' | 'end'>): Row => ({
  name: `down: ${name}`,
  prompt: `down component/${name}`,
  level: `{component: ${name}}`,
  end: `mend component/${name}`,
  ...rest,
})

const ROWS: readonly Row[] = [
  {
    name: 'crash',
    prompt: 'crash node/node-b',
    level: '{node: node-b}',
    afterS: 60,
    seen: [
      ['kubectl get nodes', /node-b +NotReady/],
      ['kubectl get events', /NodeNotReady +node\/node-b/],
      taint('node.kubernetes.io/unreachable'),
    ],
    end: 'start node/node-b',
    backAfterS: 60,
    back: [node('node-b'), taint(undefined), ['kubectl get events', /Rebooted +node\/node-b/], ...WELL],
  },
  {
    name: 'cut',
    prompt: 'cut node/node-b',
    level: '{node: node-b}',
    afterS: 60,
    seen: [
      ['kubectl get nodes', /node-b +NotReady/],
      ['ssh node-b hostname', /Connection timed out/],
    ],
    end: 'mend node/node-b',
    backAfterS: 60,
    back: [node('node-b'), taint(undefined), ...WELL],
  },
  {
    name: 'disk-full',
    prompt: 'disk-full node/node-b',
    level: '{node: node-b}',
    afterS: 30,
    seen: [
      condition('DiskPressure', 'True'),
      taint('node.kubernetes.io/disk-pressure'),
      [
        'kubectl get events',
        /NodeHasDiskPressure[\s\S]*Attempting to reclaim ephemeral-storage|Attempting to reclaim ephemeral-storage[\s\S]*NodeHasDiskPressure/,
      ],
    ],
    end: 'mend node/node-b',
    backAfterS: 360,
    back: [condition('DiskPressure', 'False'), taint(undefined), ...WELL],
  },
  {
    name: 'disk-full with an amount',
    prompt: 'disk-full node/node-b 100%',
    level: '{node: node-b}',
    amount: '100%',
    afterS: 30,
    seen: [condition('DiskPressure', 'True'), ['ssh node-b "df -h / | tail -1"', / 100% \/\n/]],
    end: 'mend node/node-b',
    backAfterS: 360,
    back: [condition('DiskPressure', 'False'), ...WELL],
  },
  {
    name: 'memory-pressure',
    prompt: 'memory-pressure node/node-b',
    level: '{node: node-b}',
    afterS: 30,
    seen: [
      condition('MemoryPressure', 'True'),
      taint('node.kubernetes.io/memory-pressure'),
      ['kubectl get events', /Node node-b status is now: NodeHasInsufficientMemory/],
    ],
    end: 'mend node/node-b',
    backAfterS: 360,
    back: [condition('MemoryPressure', 'False'), taint(undefined), ...WELL],
  },
  {
    name: 'kill',
    prompt: 'kill app=web',
    level: '{pods: {app: web}}',
    afterS: 2,
    seen: [
      [states('.lastState.terminated.exitCode'), /^137 137$/],
      [states('.restartCount'), /^1 1$/],
    ],
    backAfterS: 20,
    back: WELL,
  },
  {
    name: 'oom',
    prompt: 'oom app=web',
    level: '{pods: {app: web}}',
    afterS: 2,
    seen: [[states('.lastState.terminated.reason'), /^OOMKilled OOMKilled$/]],
    backAfterS: 20,
    back: WELL,
  },
  {
    name: 'delete',
    prompt: 'delete app=web',
    level: '{pods: {app: web}}',
    afterS: 4,
    seen: [['kubectl get events', /Killing +pod\/web-[\s\S]*SuccessfulCreate +replicaset\/web|SuccessfulCreate[\s\S]*Killing +pod\/web-/]],
    backAfterS: 20,
    back: WELL,
  },
  {
    name: 'hang',
    prompt: 'hang app=web',
    level: '{pods: {app: web}}',
    afterS: 10,
    seen: [
      ['kubectl get deployment web', /web +0\/2/],
      ['kubectl get events', /Readiness probe failed: .*context deadline exceeded/],
      [states('.restartCount'), /^0 0$/],
    ],
    end: 'mend app=web',
    backAfterS: 10,
    back: WELL,
  },
  {
    name: 'delay',
    prompt: 'delay link/default/client 400ms',
    level: '{link: {from: default/client}}',
    amount: '400ms',
    afterS: 1,
    seen: [[TIME, /^[1-9]|^0\.[4-9]/]],
    end: 'mend link/default/client',
    backAfterS: 1,
    back: [[TIME, /^0\.0/]],
  },
  {
    name: 'loss',
    prompt: 'loss link/default/client 100%',
    level: '{link: {from: default/client}}',
    amount: '100%',
    afterS: 1,
    seen: [[CODE, /^000/]],
    end: 'mend link/default/client',
    backAfterS: 1,
    back: [[CODE, /^200/]],
  },
  {
    name: 'partition',
    prompt: 'partition link/node-c,node-b',
    level: '{link: {from: node-c, to: node-b}}',
    meanwhile: `kubectl patch deployment web -p '{"spec":{"template":{"spec":{"nodeName":"node-b"}}}}'`,
    afterS: 15,
    seen: [[CODE, /^000/], node('node-b')],
    end: 'mend link/node-c,node-b',
    backAfterS: 1,
    back: [[CODE, /^200/]],
  },
  component('nfs', {
    meanwhile: `kubectl run reader --image=nginx:1.27 --overrides='{"spec":{"volumes":[{"name":"s","persistentVolumeClaim":{"claimName":"share"}}],"containers":[{"name":"reader","image":"nginx:1.27","volumeMounts":[{"name":"s","mountPath":"/s"}]}]}}'`,
    afterS: 150,
    seen: [
      ['kubectl get pod reader', /ContainerCreating/],
      ['kubectl describe pod reader', /FailedMount.*mount failed: exit status 32/],
    ],
    backAfterS: 150,
    back: [['kubectl get pod reader', /Running/]],
  }),
  component('external-dns', {
    afterS: 1,
    seen: [
      [client('nslookup web1.miempresa.com 2>&1'), /SERVFAIL|timed out|no servers/],
      [client('nslookup web'), /Address: 10\./],
    ],
    backAfterS: 40,
    back: [[client('nslookup web1.miempresa.com'), /192\.168\.0\.10/]],
  }),
  component('dns', {
    afterS: 1,
    seen: [[client('nslookup web 2>&1'), /timed out|no servers/]],
    // Its probes failed meanwhile: the pods wait for the end of their back-off.
    backAfterS: 120,
    back: [[client('nslookup web'), /Address: 10\./]],
  }),
  component('registry', {
    meanwhile: 'kubectl run late --image=redis:7',
    afterS: 30,
    seen: [
      ['kubectl describe pod late', /Failed to pull image "redis:7".*i\/o timeout/],
      ['kubectl get pod late', /ErrImagePull|ImagePullBackOff/],
    ],
    backAfterS: 120,
    back: [['kubectl get pod late', /Running/]],
  }),
  component('etcd', {
    afterS: 5,
    seen: [['kubectl get pods 2>&1', /was refused|refused|etcdserver|timeout|Unable to connect/i]],
    backAfterS: 40,
    back: WELL,
  }),
  component('kube-apiserver', {
    afterS: 5,
    seen: [['kubectl get pods 2>&1', /The connection to the server .* was refused/]],
    backAfterS: 40,
    back: WELL,
  }),
  component('kube-controller-manager', {
    meanwhile: 'sleep 5; kubectl scale deployment web --replicas=3',
    afterS: 20,
    seen: [
      ['kubectl get deployment web', /web +2\/3/],
      ['kubectl get pods -n kube-system', /^(?![\s\S]*kube-controller-manager)/],
    ],
    backAfterS: 40,
    back: [['kubectl get deployment web', /web +3\/3/]],
  }),
  component('kube-scheduler', {
    meanwhile: 'sleep 5; kubectl run late --image=nginx:1.27',
    afterS: 20,
    seen: [
      ['kubectl get pod late', /Pending/],
      ["kubectl get pod late -o jsonpath='{.spec.nodeName}'", /^$/],
    ],
    backAfterS: 40,
    back: [['kubectl get pod late', /Running/]],
  }),
]

const look = (session: Session, looks: Looks): void => {
  for (const [command, shows] of looks) expect(session.run(command).output, command).toMatch(shows)
}

describe('at the prompt', () => {
  test.each(ROWS)('$name', ({ prompt, meanwhile, afterS, seen, end, backAfterS, back }) => {
    const session = new Session({ world: { preset: 'default' } })
    session.useCommands(promptCommands({ lang: 'en', session, level: undefined }))
    session.write('start.yaml', START)
    session.run('kubectl apply -f start.yaml')
    session.advance(40_000)
    expect(session.run(`fault ${prompt}`)).toMatchObject({ exitCode: 0 })
    if (meanwhile !== undefined) session.run(meanwhile)
    session.advance(afterS * 1000)
    look(session, seen)
    if (end !== undefined) expect(session.run(`fault ${end}`)).toMatchObject({ exitCode: 0 })
    session.advance(backAfterS * 1000)
    look(session, back)
  })
})

const LASTS_S = 200

describe('from a level', () => {
  test.each(ROWS)('$name', ({ name, level, amount, meanwhile, afterS, seen, end, backAfterS, back }) => {
    const kind = name.split(/[ :]/)[0]
    const { session } = open({
      preset: 'default',
      spec: `  player: {persona: cluster-admin}
  start: {apply: [start/], settle: 40s}
  timeline:
    - fault: {kind: ${kind}, target: ${level}, at: 5s${end === undefined ? '' : `, for: ${LASTS_S}s`}${amount === undefined ? '' : `, amount: "${amount}"`}}`,
      files: { 'start/start.yaml': START },
      checks: '- {id: never, title: never, points: 1, state: {kind: ConfigMap, name: never}}',
    })
    const beganMs = session.world.loop.nowMs
    const until = (s: number): void => session.advance(Math.max(0, beganMs + s * 1000 - session.world.loop.nowMs))
    session.run('true')
    until(6)
    if (meanwhile !== undefined) session.run(meanwhile)
    until(6 + afterS)
    look(session, seen)
    until((end === undefined ? 6 + afterS : 5 + LASTS_S) + backAfterS)
    look(session, back)
  })
})

test('every kind has a row', () => {
  const shown = new Set(ROWS.map((r) => r.prompt.split(' ')[0]))
  const ends = new Set(ROWS.map((r) => r.end?.split(' ')[0]))
  expect(faults.map((f) => f.kind).filter((k) => !shown.has(k) && !ends.has(k))).toEqual([])
})

describe('what is no fault is told', () => {
  const session = new Session({ world: { preset: 'default' } })
  session.useCommands(promptCommands({ lang: 'en', session, level: undefined }))
  test.each([
    ['fault', /^usage: fault KIND TARGET/],
    ['fault crash', /^usage: fault KIND TARGET/],
    ['fault crash node/node-a now then', /^usage: fault KIND TARGET/],
    ['fault kill web', /^usage: fault KIND TARGET/],
    ['fault meteor node/node-a', /^fault: "meteor" is not simulated; there are crash, /],
    ['fault crash node/node-z', /^fault: there is no node "node-z"; there are control-plane, node-a/],
    ['fault crash app=web', /^fault: "crash" does not go for pods/],
    ['fault hang node/node-a', /^fault: "hang" does not go for node/],
    ['fault crash node/node-a now', /^fault: "crash" takes no amount/],
    ['fault memory-pressure node/node-a 50%', /^fault: "memory-pressure" takes no amount/],
    ['fault kill app=nothing', /^fault: nothing was hit: no pod fits app=nothing/],
    ['fault kill pod/nope', /^fault: there is no pod "nope" in namespace "default"/],
    ['fault delay link/node-a,node-b', /^fault: a delay needs an amount such as 200ms/],
    ['fault delay link/node-a,node-b fast', /^fault: a delay needs an amount such as 200ms/],
    ['fault loss link/node-a 200%', /^fault: a loss needs an amount such as 10%/],
    ['fault disk-full node/node-a much', /^fault: how full a disk is is an amount such as 100%/],
    ['fault partition link/nowhere', /^fault: there is no "nowhere"/],
    ['fault down component/moon', /^fault: "moon" cannot be taken down here; there are nfs, /],
  ])('%s', (command, says) => expect(session.run(command).output).toMatch(says))
  test.each([
    ['{kind: crash, target: {pods: {app: web}}, at: 5s}', '"crash" does not go for pods'],
    ['{kind: kill, target: {pods: {app: web}}, at: 5s, amount: 10%}', '"kill" takes no amount'],
    ['{kind: meteor, target: {node: node-a}, at: 5s}', 'crash'],
  ])('in a level: %s', (fault, says) => {
    const checks = '- {id: never, title: never, points: 1, state: {kind: ConfigMap, name: never}}'
    expect(() => open({ spec: `  timeline:\n    - fault: ${fault}`, checks })).toThrow(says)
  })
})

test('fault kill pod/NAME hits that very pod', () => {
  const session = new Session({ world: { preset: 'default' } })
  session.useCommands(promptCommands({ lang: 'en', session, level: undefined }))
  session.write('start.yaml', START)
  session.run('kubectl apply -f start.yaml')
  session.advance(20_000)
  const second = session.run("kubectl get pods -l app=web -o jsonpath='{.items[1].metadata.name}'").output
  expect(session.run(`fault kill pod/${second}`).output).toBe(`kill: default/${second}\n`)
  session.advance(3_000)
  expect(session.run(states('.restartCount')).output).toBe('0 1')
})
