/** A machine that goes down in order: what a kubelet does that was configured to end its pods before, and one that was not. */
import { beforeEach, expect, test } from 'vitest'
import { Session } from '../../src/session/session.ts'
import { promptCommands } from '../../src/shell/commands.ts'

let session: Session
const run = (command: string): string => session.run(command).output

beforeEach(() => {
  session = new Session({ world: { preset: 'default' } })
  session.useCommands(promptCommands({ lang: 'en', session, level: undefined }))
})

const configure = (whole: string, critical: string): void => {
  const file = '/var/lib/kubelet/config.yaml'
  run(
    `ssh node-a 'printf "shutdownGracePeriod: ${whole}\\nshutdownGracePeriodCriticalPods: ${critical}\\n" >> ${file}; systemctl restart kubelet'`,
  )
  session.advance(5_000)
}

/** A pod that says goodbye, and takes its time. */
const start = (name: string, seconds: number, more = ''): void => {
  session.write(
    'pod.yaml',
    `apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: ${more === '' ? 'default' : 'kube-system'}}
spec:
  nodeName: node-a${more}
  terminationGracePeriodSeconds: 60
  containers:
  - {name: c, image: busybox, command: [sh, -c, "trap 'sleep ${seconds}; exit 0' TERM; while :; do sleep 1; done"]}
`,
  )
  run('kubectl apply -f pod.yaml')
  session.advance(10_000)
}
const status = (name: string, namespace = 'default') => session.world.cluster.read.get('pods', namespace, name)?.status
const ready = () => session.world.cluster.read.get('nodes', undefined, 'node-a')?.status?.conditions?.find((c) => c.type === 'Ready')
const isOn = (): boolean => session.world.fleet.power('node-a')?.on === true

test('as kubeadm leaves it: the pods end with the machine', () => {
  start('p', 5)
  run('ssh node-a systemctl poweroff')
  expect(isOn()).toBe(false)
  expect(status('p')).toMatchObject({ phase: 'Running' })
})

test('configured: pods end first, critical ones after them; then the machine goes', () => {
  configure('30s', '10s')
  start('p', 5)
  start('critical', 2, '\n  priorityClassName: system-node-critical')
  run('ssh node-a systemctl poweroff')
  expect(isOn()).toBe(true)
  expect(ready()).toMatchObject({ status: 'False', reason: 'KubeletNotReady', message: 'node is shutting down' })
  session.advance(4_000)
  expect(status('critical', 'kube-system')?.phase).toBe('Running')
  session.advance(4_000)
  expect(status('p')).toMatchObject({
    phase: 'Failed',
    reason: 'Terminated',
    message: 'Pod was terminated in response to imminent node shutdown.',
  })
  expect(status('p')?.conditions).toContainEqual(
    expect.objectContaining({ type: 'DisruptionTarget', status: 'True', reason: 'TerminationByKubelet' }),
  )
  expect(status('p')?.containerStatuses?.[0]?.state?.terminated?.exitCode).toBe(0)
  session.advance(15_000)
  expect(status('critical', 'kube-system')).toMatchObject({ phase: 'Failed', reason: 'Terminated' })
  expect(isOn()).toBe(false)
})

test('who takes longer than there is time is killed; who comes meanwhile is refused', () => {
  configure('10s', '0s')
  start('slow', 50)
  run('ssh node-a reboot')
  start('late', 1)
  expect(status('late')).toMatchObject({
    phase: 'Failed',
    reason: 'NodeShutdown',
    message: 'Pod was rejected: Pod was rejected as the node is shutting down.',
  })
  session.advance(60_000)
  expect(isOn()).toBe(true)
  expect(ready()?.status).toBe('True')
  expect(status('slow')).toMatchObject({ phase: 'Failed', reason: 'Terminated' })
})
