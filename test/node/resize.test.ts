/** In-place resize: what the API refuses, what the node gives, what has to wait, and which containers start anew for it. */
import { beforeEach, describe, expect, test } from 'vitest'
import { Session } from '../../src/session/session.ts'

let session: Session
const run = (command: string): string => session.run(command).output
const resize = (resources: string): string =>
  run(`kubectl patch pod a --subresource resize -p '{"spec":{"containers":[{"name":"c","resources":${resources}}]}}'`)
const field = (path: string): string => run(`kubectl get pod a -o jsonpath='{${path}}'`)

beforeEach(() => {
  session = new Session({ world: { preset: 'bare' } })
  session.write(
    'pod.yaml',
    `apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  nodeName: node-a
  containers:
  - name: c
    image: nginx
    resources: {requests: {cpu: 200m, memory: 100Mi}, limits: {cpu: 500m, memory: 200Mi}}
    resizePolicy: [{resourceName: cpu, restartPolicy: NotRequired}, {resourceName: memory, restartPolicy: RestartContainer}]
`,
  )
  run('kubectl apply -f pod.yaml')
  session.advance(10_000)
})

test('CPU is given to the running container, and told', () => {
  expect(resize('{"requests":{"cpu":"300m"}}')).toBe('pod/a patched\n')
  session.advance(3_000)
  expect(JSON.parse(field('.status.containerStatuses[0].resources'))).toMatchObject({ requests: { cpu: '300m' } })
  expect(field('.status.containerStatuses[0].restartCount')).toBe('0')
  expect(run('kubectl get events --field-selector involvedObject.name=a')).toMatch(
    /ResizeStarted +pod\/a +Pod resize started: \{"containers":\[\{"name":"c","resources":\{"limits":\{"cpu":"500m","memory":"200Mi"\},"requests":\{"cpu":"300m","memory":"100Mi"\}\}\}\],"generation":2\}\n[\s\S]*ResizeCompleted +pod\/a +Pod resize completed: /,
  )
  expect(field('.status.conditions[*].type')).not.toContain('Resize')
})

test('a policy of RestartContainer starts the container anew in the same pod', () => {
  const uid = field('.metadata.uid')
  resize('{"limits":{"memory":"300Mi"}}')
  session.advance(10_000)
  expect(field('.metadata.uid')).toBe(uid)
  expect(field('.status.containerStatuses[0].restartCount')).toBe('1')
  expect(run('kubectl get events')).toContain('Container c resize requires restart')
})

describe('what the node cannot give', () => {
  test('ever: Infeasible; it keeps what it has', () => {
    resize('{"requests":{"cpu":"30"},"limits":{"cpu":"40"}}')
    session.advance(2_000)
    const condition = JSON.parse(field('.status.conditions[?(@.type=="PodResizePending")]'))
    expect(condition).toMatchObject({
      status: 'True',
      reason: 'Infeasible',
      message: "Node didn't have enough capacity: cpu, requested: 30000, capacity: 4000",
    })
    expect(field('.status.containerStatuses[0].allocatedResources.cpu')).toBe('200m')
  })

  test('now: Deferred, until another pod is gone', () => {
    session.write(
      'other.yaml',
      `apiVersion: v1
kind: Pod
metadata: {name: other}
spec: {nodeName: node-a, terminationGracePeriodSeconds: 0, containers: [{name: c, image: nginx, resources: {requests: {cpu: 3500m}}}]}
`,
    )
    run('kubectl apply -f other.yaml')
    session.advance(5_000)
    resize('{"requests":{"cpu":"2"},"limits":{"cpu":"2"}}')
    session.advance(2_000)
    expect(JSON.parse(field('.status.conditions[?(@.type=="PodResizePending")]'))).toMatchObject({
      reason: 'Deferred',
      message: "Node didn't have enough resource: cpu, requested: 2000, used: 3500, capacity: 4000",
    })
    run('kubectl delete pod other')
    session.advance(20_000)
    expect(field('.status.containerStatuses[0].resources.requests.cpu')).toBe('2')
    expect(field('.status.conditions[*].type')).not.toContain('Resize')
  })
})

test.each([
  [
    'another quality of service',
    '{"requests":{"cpu":"500m","memory":"200Mi"}}',
    'The Pod "a" is invalid: spec: Invalid value: "Guaranteed": Pod QOS Class may not change as a result of resizing\n',
  ],
  [
    'a limit taken away',
    '{"limits":{"memory":null}}',
    'The Pod "a" is invalid: spec.containers[0].resources.limits: Forbidden: resource limits cannot be removed\n',
  ],
  [
    'another resource',
    '{"limits":{"ephemeral-storage":"1Gi"}}',
    'The Pod "a" is invalid: spec: Forbidden: only cpu and memory resources are mutable\n',
  ],
])('the API refuses %s', (_what, resources, message) => {
  expect(resize(resources)).toBe(message)
})

const EATER = `apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  containers:
  - {name: c, image: polinux/stress, command: [stress, --vm, "1", --vm-bytes, 150M, --vm-hang, "1"], resources: {limits: {memory: 300Mi}, requests: {memory: 300Mi}}}
`

test('memory below what is in use is not taken away while the container runs; with less in use it is', () => {
  session = new Session({ world: { preset: 'default' } })
  session.write('eater.yaml', EATER)
  run('kubectl apply -f eater.yaml')
  session.advance(20_000)
  resize('{"limits":{"memory":"100Mi"},"requests":{"memory":"100Mi"}}')
  session.advance(3_000)
  const condition = JSON.parse(field('.status.conditions[?(@.type=="PodResizeInProgress")]'))
  expect(condition).toMatchObject({ status: 'True', reason: 'Error' })
  expect(condition.message).toMatch(/^attempting to set container "c" memory limit \(104857600\) below current usage \(\d+\)$/)
  expect(JSON.parse(field('.status.containerStatuses[0].resources'))).toMatchObject({ limits: { memory: '300Mi' } })
  expect(field('.status.containerStatuses[0].restartCount')).toBe('0')
  expect(run('kubectl get events')).toContain('ResizeError')
  resize('{"limits":{"memory":"200Mi"},"requests":{"memory":"200Mi"}}')
  session.advance(15_000)
  expect(JSON.parse(field('.status.containerStatuses[0].resources'))).toMatchObject({ limits: { memory: '200Mi' } })
  expect(field('.status.conditions[*].type')).not.toContain('Resize')
})
