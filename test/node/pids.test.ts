/** Processes of pods and nodes: podPidsLimit, and the kubelet's eviction by pid.available. */
import { beforeEach, expect, test } from 'vitest'
import { pidVictim } from '../../src/node/pid-pressure.ts'
import { Session } from '../../src/session/session.ts'
import { promptCommands } from '../../src/shell/commands.ts'

let session: Session
const run = (command: string): string => session.run(command).output

beforeEach(() => {
  session = new Session({ world: { preset: 'default' } })
  session.useCommands(promptCommands({ lang: 'en', session, level: undefined }))
})

const configure = (text: string): void => {
  run(`ssh node-a 'printf "${text}" >> /var/lib/kubelet/config.yaml; systemctl restart kubelet'`)
}

const shell = (name: string, script: string, more = ''): void => {
  session.write(
    `${name}.yaml`,
    `apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec:
  nodeName: node-a
  restartPolicy: Never
  ${more}
  containers:
  - {name: c, image: busybox:1.36, command: [sh, -c, ${JSON.stringify(script)}]}
`,
  )
  run(`kubectl apply -f ${name}.yaml`)
  session.advance(10_000)
}

const status = (pod: string, path: string): string => run(`kubectl get pod ${pod} -o jsonpath='{${path}}'`)
const condition = (): string => run(`kubectl get node node-a -o jsonpath='{.status.conditions[?(@.type=="PIDPressure")].status}'`)
const taints = (): string => run(`kubectl get node node-a -o jsonpath='{.spec.taints[*].key}'`)

/** So many processes that wait, and the shell that waits for them. */
const many = (count: number): string => `i=0; while [ $i -lt ${count} ]; do sleep 3600 & i=$((i+1)); done; wait`

test('without a limit a container takes what it wants', () => {
  shell('a', many(300))
  expect(status('a', '.status.phase')).toBe('Running')
})

test.each([
  ['background commands', many(50)],
  ['a fork bomb', 'b() { b | b & }; b; sleep 1; b'],
  ['subshells within one another', 'f() { ( f; : ); }; f'],
])('podPidsLimit: %s find no process more', (_name, script) => {
  configure('podPidsLimit: 20\\n')
  shell('a', script)
  expect(run('kubectl logs a')).toContain("sh: can't fork: Resource temporarily unavailable\n")
})

test('podPidsLimit holds for the whole pod: pause, the script, what is run beside it', () => {
  configure('podPidsLimit: 8\\n')
  // pause, the shell and five: one more is free.
  shell('a', many(5))
  expect(run('kubectl exec a -- echo one')).toBe('one\n')
  // The command itself is put into the cgroup whatever its limit; what it forks is not.
  expect(run("kubectl exec a -- sh -c 'sleep 1 | cat'")).toContain("sh: can't fork: Resource temporarily unavailable")
  expect(run("kubectl exec a -- sh -c 'echo alone'")).toBe('alone\n')
})

test('a pod keeps the limit that it was made with', () => {
  shell('a', 'while true; do sleep 1; [ -e /go ] && break; done; ' + many(30))
  configure('podPidsLimit: 10\\n')
  run('kubectl exec a -- touch /go')
  session.advance(5_000)
  expect(run('kubectl logs a')).toBe('')
})

test('pid.available: who has most goes first; the condition and its taint come and go', () => {
  run(`ssh node-a 'sysctl -w kernel.pid_max=600'`)
  configure('evictionHard:\\n  pid.available: "25%%"\\n')
  expect(condition()).toBe('False')
  shell('few', many(20))
  shell('most', many(150))
  shell('lesser', many(100))
  session.advance(20_000)
  expect(condition()).toBe('True')
  expect(taints()).toBe('node.kubernetes.io/pid-pressure')
  expect(status('most', '.status.phase')).toBe('Failed')
  expect(status('most', '.status.reason')).toBe('Evicted')
  expect(status('most', '.status.message')).toMatch(/^The node was low on resource: pids\. Threshold quantity: 150, available: 1\d\d\. $/)
  expect(status('few', '.status.phase')).toBe('Running')
  expect(status('lesser', '.status.phase')).toBe('Running')
  const events = run('kubectl get events -A')
  expect(events).toContain('Attempting to reclaim pids')
  expect(events).toContain('Node node-a status is now: NodeHasInsufficientPID')
  // Who comes past the scheduler is refused.
  shell('late', 'sleep 1')
  expect(status('late', '.status.reason')).toBe('Evicted')
  expect(status('late', '.status.message')).toBe('Pod was rejected: The node had condition: [PIDPressure]. ')
  session.advance(330_000)
  expect(condition()).toBe('False')
  expect(taints()).toBe('')
  expect(run('kubectl get events -A')).toContain('Node node-a status is now: NodeHasSufficientPID')
})

test('forked processes hold memory: within a limit a fork bomb ends as OOMKilled', () => {
  session.write(
    'a.yaml',
    `apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  restartPolicy: Never
  containers:
  - {name: c, image: busybox:1.36, command: [sh, -c, ${JSON.stringify(many(300))}], resources: {limits: {memory: 16Mi}}}
`,
  )
  run('kubectl apply -f a.yaml')
  session.advance(10_000)
  expect(status('a', '.status.containerStatuses[0].state.terminated.reason')).toBe('OOMKilled')
})

test.each([
  ['sysctl -n kernel.pid_max', '4194304\n'],
  ['sysctl kernel.pid_max', 'kernel.pid_max = 4194304\n'],
  ['sysctl -w kernel.pid_max=7', 'sysctl: setting key "kernel.pid_max": Invalid argument\n'],
  ['sysctl vm.swappiness', 'sysctl: vm.swappiness is not simulated on a node; there is kernel.pid_max\n'],
])('%s', (command, output) => expect(run(`ssh node-a ${command}`)).toBe(output))

const candidate = (name: string, tasks: number, priority = 0): Parameters<typeof pidVictim>[0][number] =>
  ({ run: { pod: { metadata: { name }, spec: { priority } } }, tasks }) as never

test.each([
  ['the lowest priority', [candidate('a', 900, 10), candidate('b', 2)], 'b'],
  ['among those the most processes', [candidate('a', 3), candidate('b', 4)], 'b'],
  ['never one of the system', [candidate('a', 900, 2_000_001_000)], undefined],
])('%s', (_name, candidates, victim) => expect(pidVictim(candidates)?.run.pod.metadata.name).toBe(victim))
