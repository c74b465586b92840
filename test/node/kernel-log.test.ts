/** What the kernel of a node writes when it kills for memory, as dmesg and journalctl show it. */
import { beforeEach, expect, test } from 'vitest'
import { Session } from '../../src/session/session.ts'
import { promptCommands } from '../../src/shell/commands.ts'

let session: Session
const run = (command: string): string => session.run(command).output

beforeEach(() => {
  session = new Session({ world: { preset: 'default' } })
  session.useCommands(promptCommands({ lang: 'en', session, level: undefined }))
})

const eater = (name: string, amount: string, resources: string): void => {
  session.write(
    'pod.yaml',
    `apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec:
  nodeName: node-a
  restartPolicy: Never
  containers:
  - {name: c, image: polinux/stress, command: [stress, --vm, "1", --vm-bytes, ${amount}, --vm-hang, "1"], resources: ${resources}}
`,
  )
  run('kubectl apply -f pod.yaml')
  session.advance(30_000)
}

test('a container beyond its limit', () => {
  eater('a', '250M', '{requests: {memory: 50Mi}, limits: {memory: 100Mi}}')
  const text = run('ssh node-a dmesg')
  expect(text).toMatch(/\] stress invoked oom-killer: gfp_mask=0xcc0\(GFP_KERNEL\), order=0, oom_score_adj=9\d\d\n/)
  expect(text).toContain('memory: usage 102400kB, limit 102400kB')
  expect(text).toMatch(
    /oom-kill:constraint=CONSTRAINT_MEMCG,.*task_memcg=\/kubepods.slice\/kubepods-burstable.slice\/.*,task=stress,pid=\d+,uid=0/,
  )
  expect(text).toMatch(/Memory cgroup out of memory: Killed process \d+ \(stress\) anon-rss:\d+kB, UID:0 oom_score_adj:9\d\d/)
  expect(run('ssh node-a journalctl -k -n 1')).toMatch(/^Nov 02 08:00:\d\d node-a kernel: Memory cgroup out of memory/)
  expect(run('ssh node-b dmesg')).toBe('')
})

test('a machine that has no more', () => {
  eater('a', '9000M', '{}')
  const text = run('ssh node-a dmesg -T')
  expect(text).toMatch(/\] Out of memory: Killed process (\d+) \(stress\) anon-rss:\d+kB, UID:0 oom_score_adj:1000/)
  const pid = /Killed process (\d+)/.exec(text)![1]
  expect(run('kubectl get events -A')).toContain(`System OOM encountered, victim process: stress, pid: ${pid}`)
})

test('a reboot begins anew', () => {
  eater('a', '250M', '{limits: {memory: 100Mi}}')
  run('ssh node-a reboot')
  session.advance(60_000)
  expect(run('ssh node-a dmesg')).toBe('')
  expect(run('ssh node-a journalctl -k')).toContain('Memory cgroup out of memory')
})
