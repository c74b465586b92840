/** The whiteboard's three probes: what each asks, when it runs, and what happens when it fails. Figures are the notes': every 5 s, 3 s of patience. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Pod } from '../../src/api/generated/types/core-v1.ts'
import type { Checkpoint } from '../../src/cluster/world.ts'
import { Session } from '../../src/session/session.ts'

const session = new Session({ world: { preset: 'default', addOns: ['kube-proxy', 'coredns'] }, namespace: 'default' })
const { world } = session
session.advance(20_000)
let fresh: Checkpoint
beforeEach(() => {
  fresh = world.checkpoint()
})
afterEach(() => world.rewind(fresh, true))

const EVERY_5_S = 'httpGet: {path: /status, port: 80}, periodSeconds: 5, timeoutSeconds: 3'
const STARTUP = `startupProbe: {${EVERY_5_S}, initialDelaySeconds: 10, failureThreshold: 10}`
const LIVENESS = `livenessProbe: {${EVERY_5_S}, failureThreshold: 3}`
const READINESS = `readinessProbe: {${EVERY_5_S}, failureThreshold: 3}`

/** An application that needs so long to start, and then answers 200 at /status as long as the file is there. */
function app(startsInS: number, ...probes: readonly string[]): void {
  session.write(
    'app.yaml',
    `
apiVersion: v1
kind: Pod
metadata: {name: app, labels: {app: app}}
spec:
  terminationGracePeriodSeconds: 1
  containers:
    - name: app
      image: nginx:1.27
      command: [sh, -c, "sleep ${startsInS}; echo '{status: RUNNING}' > /usr/share/nginx/html/status; exec nginx -g 'daemon off;'"]
${probes.map((p) => `      ${p}`).join('\n')}
---
apiVersion: v1
kind: Service
metadata: {name: app}
spec: {selector: {app: app}, ports: [{port: 80}]}
`,
  )
  expect(session.run('kubectl apply -f app.yaml').exitCode).toBe(0)
}

const pod = (name = 'app'): Pod => world.cluster.read.get('pods', 'default', name)!
const restarts = (name = 'app'): number => pod(name).status?.containerStatuses?.[0]?.restartCount ?? 0
/** Pods that the Service sends to. */
const pool = (service = 'app'): string[] =>
  world.cluster.read
    .list('endpointslices.discovery.k8s.io', 'default')
    .filter((s) => s.metadata.labels?.['kubernetes.io/service-name'] === service)
    .flatMap((s) => s.endpoints ?? [])
    .filter((e) => e.conditions?.ready)
    .map((e) => e.targetRef!.name!)
    .sort()
const processOf = (name = 'app'): string => world.fleet.processes.ofPod(pod(name).metadata.uid!)[0]!
const hang = (on: boolean): void => world.fleet.processes.hang(processOf(), on)
/** The application says no from now on, or yes again. */
const status = (ok: boolean): void => {
  const change = ok ? "echo '{status: RUNNING}' > /usr/share/nginx/html/status" : 'rm /usr/share/nginx/html/status'
  expect(session.run(`kubectl exec app -- sh -c "${change}"`).exitCode).toBe(0)
}
const seconds = (s: number): void => session.advance(s * 1000)
/** Seconds until it happens; -1 when it does not within ten minutes. */
function until(happens: () => boolean): number {
  for (let s = 0; s <= 600; s++) {
    if (happens()) return s
    seconds(1)
  }
  return -1
}

describe('startup: has the process of the container started properly?', () => {
  test.each([
    ['it starts in 10 s', 10, 0],
    ['it starts in 50 s', 50, 0],
    ['it starts in 90 s: given 10 + 5 × 10 = 60 s, the container is restarted before', 90, 1],
  ])('%s', (_what, startsIn, restarted) => {
    app(startsIn, STARTUP)
    seconds(68)
    expect(restarts()).toBe(restarted)
  })

  test('the restart comes at the tenth failure, no earlier', () => {
    app(600, STARTUP)
    const at = until(() => restarts() > 0)
    expect(at).toBeGreaterThanOrEqual(55)
    // The pull before, and the second of grace after.
    expect(at).toBeLessThanOrEqual(64)
  })

  test('it runs at the start only: later nobody asks it', () => {
    app(5, STARTUP)
    seconds(60)
    status(false)
    seconds(300)
    expect([restarts(), pool()]).toEqual([0, ['app']])
  })

  test('until it has said yes the others do not run', () => {
    app(40, STARTUP, LIVENESS, READINESS)
    seconds(35)
    expect([restarts(), pool()]).toEqual([0, []])
    seconds(20)
    expect([restarts(), pool()]).toEqual([0, ['app']])
  })
})

describe.each([
  ['a wrong answer', () => status(false), () => status(true)],
  ['no answer in 3 s', () => hang(true), () => hang(false)],
])('liveness and readiness fail with %s', (_how, fail, recover) => {
  test.each([
    // probe, after how many failures what happens to the container, and to the pool
    ['liveness', LIVENESS, { restarts: 1, pool: ['app'] }],
    ['readiness', READINESS, { restarts: 0, pool: [] }],
  ])('%s', (_probe, manifest, after) => {
    app(0, manifest)
    seconds(20)
    fail()
    seconds(25)
    expect({ restarts: restarts(), pool: pool() }).toEqual(after)
  })

  test('failures that end before the third are forgiven', () => {
    app(0, LIVENESS, READINESS)
    seconds(20)
    fail()
    seconds(6)
    recover()
    seconds(60)
    expect([restarts(), pool()]).toEqual([0, ['app']])
  })

  test('readiness: the pool takes it back at the first yes', () => {
    app(0, READINESS)
    seconds(20)
    fail()
    seconds(60)
    expect(pool()).toEqual([])
    recover()
    expect(until(() => pool().length === 1) <= 6).toBe(true)
    expect(restarts()).toBe(0)
  })
})

describe('where the notes are wrong', () => {
  test('liveness restarts the container: the pod stays, with its name, its address and its volumes', () => {
    app(0, LIVENESS)
    seconds(20)
    const before = pod()
    status(false)
    seconds(30)
    expect(restarts()).toBe(1)
    expect([pod().metadata.uid, pod().status?.podIP]).toEqual([before.metadata.uid, before.status?.podIP])
  })

  test('an HTTP probe does not read {status: MAINTENANCE}: 200 is 200', () => {
    app(0, LIVENESS, READINESS)
    seconds(20)
    session.run(`kubectl exec app -- sh -c "echo '{status: MAINTENANCE}' > /usr/share/nginx/html/status"`)
    seconds(60)
    expect([restarts(), pool()]).toEqual([0, ['app']])
  })

  test.each([
    [200, true],
    [301, true],
    [399, true],
    [400, false],
    [503, false],
  ])('httpGet: %i is a yes: %s', (code, yes) => {
    session.write(
      'app.yaml',
      `
apiVersion: v1
kind: ConfigMap
metadata: {name: conf}
data: {default.conf: "server { listen 80; location / { return ${code}; } }"}
---
apiVersion: v1
kind: Pod
metadata: {name: app}
spec:
  containers:
    - name: app
      image: nginx:1.27
      readinessProbe: {httpGet: {path: /, port: 80}, periodSeconds: 1}
      volumeMounts: [{name: conf, mountPath: /etc/nginx/conf.d}]
  volumes: [{name: conf, configMap: {name: conf}}]
`,
    )
    session.run('kubectl apply -f app.yaml')
    seconds(20)
    expect(pod().status?.containerStatuses?.[0]?.ready).toBe(yes)
  })
})
