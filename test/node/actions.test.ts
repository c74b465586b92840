/** What a pod needs next, and what its status says: computePodActions and generateAPIPodStatus, row by row. */
import { describe, expect, test } from 'vitest'
import type { Container, Pod } from '../../src/api/generated/types/core-v1.ts'
import { computeActions, specHash } from '../../src/node/kubelet/actions.ts'
import { generateStatus, podPhase } from '../../src/node/kubelet/status.ts'
import type { ContainerRun, PodRun } from '../../src/node/records.ts'

const NOW = 1_000_000
const container = (name: string, extra: Partial<Container> = {}): Container => ({ name, image: 'nginx:1.27', ...extra })
const pod = (spec: Partial<NonNullable<Pod['spec']>>): Pod =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'lab', uid: 'u', generation: 1 },
    spec: { containers: [container('a')], restartPolicy: 'Always', ...spec },
  }) as Pod
const up = (name: string, extra: Partial<ContainerRun> = {}): ContainerRun => ({
  name,
  id: `${name}-1`,
  restarts: 0,
  phase: 'running',
  image: 'nginx:1.27',
  imageId: 'x',
  startedMs: NOW,
  specHash: specHash(container(name)),
  ...extra,
})
const down = (name: string, exitCode: number, extra: Partial<ContainerRun> = {}): ContainerRun =>
  up(name, {
    phase: 'exited',
    exit: { containerId: `${name}-1`, exitCode, reason: exitCode === 0 ? 'Completed' : 'Error', startedMs: NOW, finishedMs: NOW },
    ...extra,
  })
const run = (p: Pod, containers: readonly ContainerRun[], extra: Partial<PodRun> = {}): PodRun => ({
  uid: 'u',
  pod: p,
  ip: '10.244.1.2',
  hostNetwork: false,
  sandboxMs: NOW,
  startMs: NOW,
  reasons: {},
  backoffs: {},
  probes: {},
  killing: {},
  volumes: {},
  mounted: true,
  mountTries: 0,
  containers: Object.fromEntries(containers.map((c) => [c.name, c])),
  ...extra,
})

describe('what is started and stopped', () => {
  const two = pod({ containers: [container('a'), container('b')] })
  const inits = pod({ initContainers: [container('i'), container('j')] })
  const sidecar = pod({ initContainers: [container('s', { restartPolicy: 'Always' })] })
  const never = pod({ restartPolicy: 'Never' })
  const job = pod({ restartPolicy: 'OnFailure' })
  test.each<[string, Pod, ContainerRun[], Partial<PodRun>, { start: string[]; kill: string[]; over: boolean }]>([
    ['all containers at first, in order', two, [], {}, { start: ['a', 'b'], kill: [], over: false }],
    ['an ended one again', two, [up('a'), down('b', 1)], {}, { start: ['b'], kill: [], over: false }],
    ['init containers one at a time', inits, [], {}, { start: ['i'], kill: [], over: false }],
    ['the next when the first succeeded', inits, [down('i', 0)], {}, { start: ['j'], kill: [], over: false }],
    ['nothing while one runs', inits, [up('i')], {}, { start: [], kill: [], over: false }],
    ['a failed init container again', inits, [down('i', 1)], {}, { start: ['i'], kill: [], over: false }],
    ['the containers when all inits are done', inits, [down('i', 0), down('j', 0)], {}, { start: ['a'], kill: [], over: false }],
    ['a sidecar first', sidecar, [], {}, { start: ['s'], kill: [], over: false }],
    ['the containers when the sidecar has started', sidecar, [up('s')], {}, { start: ['a'], kill: [], over: false }],
    ['a sidecar again while the containers run', sidecar, [down('s', 1), up('a')], {}, { start: ['s'], kill: [], over: false }],
    ['Never is over when it ended', never, [down('a', 1)], {}, { start: [], kill: [], over: true }],
    ['OnFailure is over on success', job, [down('a', 0)], {}, { start: [], kill: [], over: true }],
    ['OnFailure goes on after a failure', job, [down('a', 3)], {}, { start: ['a'], kill: [], over: false }],
    [
      'a sidecar is stopped when the containers are over',
      pod({ restartPolicy: 'Never', initContainers: [container('s', { restartPolicy: 'Always' })] }),
      [up('s'), down('a', 0)],
      {},
      { start: [], kill: ['s'], over: true },
    ],
    [
      'a failed liveness probe',
      two,
      [up('a'), up('b')],
      { probes: { 'a/liveness': { ok: false, streak: 3, streakOk: false } } },
      { start: [], kill: ['a'], over: false },
    ],
    [
      'a changed image',
      pod({ containers: [container('a', { image: 'nginx:1.28' })] }),
      [up('a')],
      {},
      { start: [], kill: ['a'], over: false },
    ],
  ])('%s', (_name, p, states, extra, expected) => {
    const actions = computeActions(p, run(p, states, extra))
    expect({ start: actions.start, kill: actions.kill.map((k) => k.container), over: actions.over }).toEqual(expected)
  })
})

describe('phase', () => {
  const always = pod({})
  const never = pod({ restartPolicy: 'Never', containers: [container('a'), container('b')] })
  test.each<[string, Pod, ContainerRun[], string]>([
    ['nothing started yet', always, [], 'Pending'],
    ['running', always, [up('a')], 'Running'],
    ['crashed and to be restarted', always, [down('a', 1)], 'Running'],
    ['one still waits', never, [up('a')], 'Pending'],
    ['all succeeded', never, [down('a', 0), down('b', 0)], 'Succeeded'],
    ['one failed', never, [down('a', 0), down('b', 2)], 'Failed'],
    ['init failed for good', pod({ restartPolicy: 'Never', initContainers: [container('i')] }), [down('i', 1)], 'Failed'],
  ])('%s', (_name, p, states, phase) => expect(podPhase(p, run(p, states))).toBe(phase))
})

describe('container states', () => {
  const state = (p: Pod, states: ContainerRun[], extra: Partial<PodRun> = {}) =>
    generateStatus({ pod: p, run: run(p, states, extra), nowMs: NOW, nodeIp: '192.168.0.101' }).containerStatuses![0]!
  test('a crashed container shows its end until a sync has said why it waits', () => {
    expect(state(pod({}), [down('a', 3)]).state).toMatchObject({ terminated: { exitCode: 3, reason: 'Error' } })
    const waiting = state(pod({}), [down('a', 3)], { reasons: { a: { reason: 'CrashLoopBackOff', message: 'back-off 10s' } } })
    expect(waiting.state).toEqual({ waiting: { reason: 'CrashLoopBackOff', message: 'back-off 10s' } })
    expect(waiting.lastState).toMatchObject({ terminated: { exitCode: 3 } })
  })
  test('a container that never started waits for its image or for init containers', () => {
    expect(state(pod({}), []).state).toEqual({ waiting: { reason: 'ContainerCreating' } })
    expect(state(pod({ initContainers: [container('i')] }), [up('i')]).state).toEqual({ waiting: { reason: 'PodInitializing' } })
  })
  test('ready needs the readiness probe, started the startup probe', () => {
    const probed = pod({ containers: [container('a', { readinessProbe: {}, startupProbe: {} })] })
    expect(state(probed, [up('a')])).toMatchObject({ ready: false, started: false })
    const started = { 'a/startup': { ok: true, streak: 1, streakOk: true } }
    expect(state(probed, [up('a')], { probes: started })).toMatchObject({ ready: false, started: true })
    expect(state(probed, [up('a')], { probes: { ...started, 'a/readiness': { ok: true, streak: 1, streakOk: true } } })).toMatchObject({
      ready: true,
      started: true,
    })
  })
  test('a StartError begins in 1970', () => {
    const failed = down('a', 128)
    const broken = { ...failed, exit: { ...failed.exit!, startedMs: 0, reason: 'StartError' } }
    expect(state(pod({ restartPolicy: 'Never' }), [broken]).state).toMatchObject({
      terminated: { startedAt: '1970-01-01T00:00:00Z', reason: 'StartError' },
    })
  })
})

test('conditions say which containers are not ready, and keep their time while nothing changes', () => {
  const p = pod({})
  const first = generateStatus({ pod: p, run: run(p, []), nowMs: NOW, nodeIp: '' })
  expect(first.conditions!.find((c) => c.type === 'Ready')).toMatchObject({
    status: 'False',
    reason: 'ContainersNotReady',
    message: 'containers with unready status: [a]',
  })
  const later = generateStatus({ pod: { ...p, status: first }, run: run(p, []), nowMs: NOW + 60_000, nodeIp: '' })
  expect(later.conditions).toEqual(first.conditions)
})
