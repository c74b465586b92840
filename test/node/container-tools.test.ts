/** What a container shows of its machine, its processes and its own limits; and signals between processes. */
import { beforeEach, describe, expect, test } from 'vitest'
import { Session } from '../../src/session/session.ts'
import { promptCommands } from '../../src/shell/commands.ts'

let session: Session
const run = (command: string): string => session.run(command).output

const PODS = `apiVersion: v1
kind: Pod
metadata: {name: plain}
spec:
  nodeName: node-a
  containers:
  - name: box
    image: busybox:1.36
    command: [sh, -c, "trap 'exit 3' TERM; sleep 1000 & while true; do sleep 7 | cat; done"]
    volumeMounts: [{name: v, mountPath: /data}]
    resources: {limits: {memory: 64Mi, cpu: 500m}}
  volumes: [{name: v, emptyDir: {medium: Memory, sizeLimit: 10Mi}}]
---
apiVersion: v1
kind: Pod
metadata: {name: shared}
spec:
  nodeName: node-a
  shareProcessNamespace: true
  containers:
  - {name: web, image: "nginx:1.27"}
  - {name: box, image: "busybox:1.36", command: [sleep, "3600"]}
---
apiVersion: v1
kind: Pod
metadata: {name: host}
spec:
  nodeName: node-a
  hostPID: true
  containers:
  - {name: box, image: "busybox:1.36", command: [sleep, "3600"]}
---
apiVersion: v1
kind: Pod
metadata: {name: deb}
spec:
  nodeName: node-a
  containers:
  - {name: box, image: "debian:12", command: [sleep, "3600"]}
---
apiVersion: v1
kind: Pod
metadata: {name: ubu}
spec:
  nodeName: node-a
  securityContext: {runAsUser: 1000}
  containers:
  - {name: box, image: "ubuntu:24.04", command: [sleep, "3600"]}
`

beforeEach(() => {
  session = new Session({ world: { preset: 'default' } })
  session.useCommands(promptCommands({ lang: 'en', session, level: undefined }))
  session.write('pods.yaml', PODS)
  run('kubectl apply -f pods.yaml')
  session.advance(30_000)
})

const exec = (pod: string, command: string, container = 'box'): string => run(`kubectl exec ${pod} -c ${container} -- ${command}`)
const commands = (text: string): string[] =>
  text
    .split('\n')
    .slice(1)
    .filter(Boolean)
    .map((l) => l.trim().split(/ +/).slice(3).join(' '))

describe('ps', () => {
  test('a container sees itself: pipelines and background commands are processes, what ps is too', () => {
    expect(exec('plain', 'ps')).toMatch(
      /^ {2}PID USER {5}TIME {2}COMMAND\n {4}1 root {6}0:00 sh -c trap 'exit 3' TERM; sleep 1000 & .*\n +\d+ root {6}0:00 sleep 1000\n/,
    )
    expect(commands(exec('plain', 'ps')).slice(1).sort()).toEqual(['cat', 'ps', 'sleep 1000', 'sleep 7'])
    expect(exec('plain', 'ps -o pid,ppid,stat,comm').split('\n')[1]).toBe('    1     0 S    sh')
    expect(exec('plain', 'ps -o meaning')).toContain("ps: bad -o argument 'meaning', supported arguments: ")
  })
  test('with a shared namespace pause is 1 and the containers see one another', () => {
    const list = commands(exec('shared', 'ps'))
    expect(list).toEqual(['/pause', 'nginx: master process nginx -g daemon off;', 'sleep 3600', 'ps'])
  })
  test('with hostPID all of the machine', () => {
    const list = commands(exec('host', 'ps'))
    expect(list[0]).toBe('/sbin/init')
    expect(list).toContain('nginx: master process nginx -g daemon off;')
    expect(list).toContain('sleep 1000')
    expect(list.filter((c) => c === '/pause').length).toBeGreaterThan(4)
    expect(list.some((c) => c.startsWith('/usr/bin/kubelet '))).toBe(true)
  })
  test('a debugging container sees its target', () => {
    run('kubectl debug plain --image=busybox:1.36 --target=box -- sleep 3600')
    session.advance(10_000)
    const name = run("kubectl get pod plain -o jsonpath='{.spec.ephemeralContainers[0].name}'")
    expect(
      commands(exec('plain', 'ps', name))
        .slice()
        .sort(),
    ).toContain('sleep 1000')
  })
  test.each([
    ['debian has none', 'deb', 'ps', 'exec: "ps": executable file not found in $PATH'],
    ['ubuntu has procps', 'ubu', 'ps aux', 'USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n1000 '],
    ['nginx has none', 'shared', 'ps', 'executable file not found in $PATH'],
  ])('%s', (_name, pod, command, text) => expect(exec(pod, command, pod === 'shared' ? 'web' : 'box')).toContain(text))
})

describe('figures', () => {
  test.each([
    ['memory is the machine’s, whatever the limit', 'free -m', /^Mem: +8192 +\d+ +\d+ /m],
    ['so are processors', 'nproc', /^4\n$/],
    ['the limit is in the cgroup', 'cat /sys/fs/cgroup/memory.max', /^67108864\n$/],
    ['and what is used of it', 'cat /sys/fs/cgroup/memory.current', /^\d{6,7}\n$/],
    ['half a processor in a tenth of a second', 'cat /sys/fs/cgroup/cpu.max', /^50000 100000\n$/],
    ['processes of the container', 'cat /sys/fs/cgroup/pids.current', /^[45]\n$/],
    ['a RAM volume and its size', 'df -h /data', /\ntmpfs +10\.0M +0 +10\.0M +0% \/data\n$/],
    ['the root is the machine’s disk', 'df -h /', /\noverlay +50\.0G .* \/\n$/],
    ['what is mounted', 'mount', /^tmpfs on \/data type tmpfs \(rw,relatime\)$/m],
    ['the same of the kernel', 'cat /proc/mounts', /^overlay \/ overlay rw,relatime 0 0$/m],
    ['meminfo', 'cat /proc/meminfo', /^MemTotal: +8388608 kB$/m],
    ['cpuinfo', 'grep -c processor /proc/cpuinfo', /^4\n$/],
    ['loadavg', 'cat /proc/loadavg', /^0\.\d\d 0\.\d\d 0\.\d\d 1\/\d+ \d+\n$/],
    ['uptime', 'uptime', / up 0 min, {2}0 users, {2}load average: 0\.\d\d, 0\.\d\d, 0\.\d\d\n$/],
    ['top', 'top -b -n1', /^Mem: \d+K used, \d+K free, .*\nCPU: .*\nLoad average: .*\n {2}PID {2}PPID USER/],
    ['a command line', 'cat /proc/1/cmdline', /^sh\0-c\0trap/],
    ['how likely the kernel is to kill it', 'cat /proc/1/oom_score_adj', /^-997\n$/],
    ['nobody writes there', "sh -c 'echo 1 > /sys/fs/cgroup/memory.max'", /Read-only file system/],
  ])('%s: %s', (_name, command, pattern) => expect(exec('plain', command)).toMatch(pattern))
  test('without limits they say max', () => {
    expect(exec('deb', 'cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/cpu.max')).toBe('max\nmax 100000\n')
  })
})

/** Statuses are in the order of names: `web` comes after `box`. */
const restarts = (pod: string, container = 0): string =>
  run(
    `kubectl get pod ${pod} -o jsonpath='{.status.containerStatuses[${container}].restartCount}/{.status.containerStatuses[${container}].lastState.terminated.exitCode}'`,
  )

describe('who listens in the pod’s network', () => {
  test('with names where the processes can be seen', () => {
    expect(exec('shared', 'netstat -tlnp')).toMatch(/^tcp +0 +0 0\.0\.0\.0:80 +0\.0\.0\.0:\* +LISTEN +7\/nginx$/m)
    expect(exec('plain', 'netstat -tln')).toBe(
      'Active Internet connections (only servers)\nProto Recv-Q Send-Q Local Address           Foreign Address         State\n',
    )
    expect(exec('plain', 'netstat -an')).toContain('only who listens is simulated')
  })
  test('beside a server whose processes are not shared: a port without a name', () => {
    run(
      `kubectl run web --image=nginx:1.27 --overrides='{"spec":{"containers":[{"name":"web","image":"nginx:1.27"},{"name":"box","image":"nicolaka/netshoot:latest","command":["sleep","3600"]}]}}'`,
    )
    session.advance(20_000)
    expect(exec('web', 'ss -ltnp')).toMatch(/^LISTEN 0 +4096 +\*:80 +\*:\*$/m)
    expect(exec('plain', 'ss -ltn')).toContain('executable file not found')
  })
})

describe('signals', () => {
  test('the first process takes what it handles', () => {
    exec('plain', 'kill 1')
    session.advance(15_000)
    expect(restarts('plain')).toBe('1/3')
  })
  test.each(['kill -9 1', 'kill -USR1 1'])('and nothing else from inside: %s', (command) => {
    expect(exec('plain', command)).toBe('')
    session.advance(15_000)
    expect(restarts('plain')).toBe('0/')
  })
  test('a process that a shell forked', () => {
    const pid = exec('plain', 'pgrep sleep').split('\n')[0]
    exec('plain', `kill ${pid}`)
    session.advance(1_000)
    expect(commands(exec('plain', 'ps'))).not.toContain('sleep 1000')
    expect(restarts('plain')).toBe('0/')
  })
  test('across a shared namespace the other container’s program ends, and is started again', () => {
    expect(exec('shared', 'pkill nginx')).toBe('')
    session.advance(15_000)
    expect(restarts('shared', 1)).toBe('1/0')
  })
  test('SIGKILL too', () => {
    const pid = exec('shared', 'pidof nginx').trim()
    exec('shared', `kill -9 ${pid}`)
    session.advance(15_000)
    expect(restarts('shared', 1)).toBe('1/137')
  })
  test('who is another user may not; what is not there is not there', () => {
    expect(exec('ubu', 'kill 1')).toBe('')
    expect(exec('ubu', 'kill 4711')).toContain('kill: (4711) - No such process')
    session.write(
      'user.yaml',
      `apiVersion: v1
kind: Pod
metadata: {name: two}
spec:
  shareProcessNamespace: true
  containers:
  - {name: box, image: "busybox:1.36", command: [sleep, "3600"], securityContext: {runAsUser: 1000}}
  - {name: other, image: "busybox:1.36", command: [sleep, "1800"]}
`,
    )
    run('kubectl apply -f user.yaml')
    session.advance(15_000)
    expect(exec('two', 'sh -c "kill $(pgrep -f 1800)"')).toBeDefined()
    expect(exec('two', "sh -c 'kill $(pgrep -f 1800)'")).toContain('Operation not permitted')
  })
  test('the end of pause is the end of the pod’s processes', () => {
    exec('shared', 'kill 1')
    session.advance(20_000)
    expect(restarts('shared')).toBe('1/137')
    expect(restarts('shared', 1)).toBe('1/137')
  })
})

test('a command that somebody runs in a container ends with it', () => {
  run('kubectl exec plain -- sleep 500 &')
  session.advance(2_000)
  expect(commands(exec('plain', 'ps')).filter((c) => c === 'sleep 500')).toHaveLength(1)
  exec('plain', 'kill 1')
  session.advance(15_000)
  expect(restarts('plain')).toContain('command terminated with exit code 137')
  expect(restarts('plain')).toBe('1/3')
  expect(commands(exec('plain', 'ps'))).not.toContain('sleep 500')
})
