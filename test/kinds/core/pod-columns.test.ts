/** What `kubectl get pods` says of a pod in each of its states. */
import { expect, test } from 'vitest'
import { pod as kind } from '../../../src/kinds/core/pod/index.ts'
import { NOW } from './support.ts'

const running = { state: { running: { startedAt: '2026-11-20T06:00:00Z' } }, ready: true, restartCount: 0 }
const ended = (exitCode: number, reason?: string, more: object = {}): object => ({
  state: { terminated: { exitCode, ...(reason && { reason }), ...more } },
  ready: false,
  restartCount: 0,
})
const waiting = (reason: string): object => ({ state: { waiting: { reason } }, ready: false, restartCount: 0 })
const named = (...statuses: object[]): object[] => statuses.map((s, i) => ({ name: `c${i}`, ...s }))
const condition = (type: string, status: string, reason?: string): object => ({ type, status, ...(reason && { reason }) })

interface State {
  containers?: number
  init?: object[]
  status: object
  meta?: object
  spec?: object
}

function cells({ containers = 1, init = [], status, meta = {}, spec = {} }: State): Record<string, unknown> {
  const object = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', creationTimestamp: '2026-11-20T06:00:00Z', ...meta },
    spec: { containers: Array.from({ length: containers }, (_, i) => ({ name: `c${i}` })), initContainers: init, ...spec },
    status,
  }
  return Object.fromEntries(kind.columns.map((c) => [c.name, c.value(object as never, { nowMs: NOW })]))
}

const sidecar = { name: 'c0', restartPolicy: 'Always' }

const rows: [name: string, state: State, ready: string, status: string, restarts: string][] = [
  ['waits for a node', { status: { phase: 'Pending' } }, '0/1', 'Pending', '0'],
  ['runs', { status: { phase: 'Running', containerStatuses: named(running) } }, '1/1', 'Running', '0'],
  [
    'has restarted',
    {
      status: {
        phase: 'Running',
        containerStatuses: named({
          ...running,
          restartCount: 2,
          lastState: { terminated: { exitCode: 1, finishedAt: '2026-11-20T05:59:46Z' } },
        }),
      },
    },
    '1/1',
    'Running',
    '2 (24s ago)',
  ],
  ['crashes', { status: { phase: 'Running', containerStatuses: named(waiting('CrashLoopBackOff')) } }, '0/1', 'CrashLoopBackOff', '0'],
  [
    'has one of two crashing',
    { containers: 2, status: { phase: 'Running', containerStatuses: named(running, ended(3, 'Error')) } },
    '1/2',
    'Error',
    '0',
  ],
  [
    'was killed without a reason',
    { status: { phase: 'Failed', containerStatuses: named(ended(137, undefined, { signal: 9 })) } },
    '0/1',
    'Signal:9',
    '0',
  ],
  ['ended without a reason', { status: { phase: 'Failed', containerStatuses: named(ended(3)) } }, '0/1', 'ExitCode:3', '0'],
  [
    'has one done while the other runs',
    {
      containers: 2,
      status: { phase: 'Running', conditions: [condition('Ready', 'False')], containerStatuses: named(ended(0, 'Completed'), running) },
    },
    '1/2',
    'NotReady',
    '0',
  ],
  [
    'is past its deadline',
    { status: { phase: 'Failed', reason: 'DeadlineExceeded', containerStatuses: named(ended(0, 'Completed')) } },
    '0/1',
    'Completed',
    '0',
  ],
  ['was evicted', { status: { phase: 'Failed', reason: 'Evicted' } }, '0/1', 'Evicted', '0'],
  [
    'is gated',
    { status: { phase: 'Pending', conditions: [condition('PodScheduled', 'False', 'SchedulingGated')] } },
    '0/1',
    'SchedulingGated',
    '0',
  ],
  [
    'initializes',
    {
      init: [{ name: 'c0' }, { name: 'c1' }],
      status: {
        phase: 'Pending',
        initContainerStatuses: named(ended(0, 'Completed'), running),
        containerStatuses: named(waiting('PodInitializing')),
      },
    },
    '0/1',
    'Init:1/2',
    '0',
  ],
  [
    'fails to initialize',
    { init: [{ name: 'c0' }], status: { phase: 'Pending', initContainerStatuses: named(ended(1, 'Error')) } },
    '0/1',
    'Init:Error',
    '0',
  ],
  [
    'backs off initializing',
    { init: [{ name: 'c0' }], status: { phase: 'Pending', initContainerStatuses: named(waiting('CrashLoopBackOff')) } },
    '0/1',
    'Init:CrashLoopBackOff',
    '0',
  ],
  [
    'has initialized',
    {
      init: [{ name: 'c0' }],
      status: {
        phase: 'Pending',
        initContainerStatuses: named(ended(0, 'Completed')),
        containerStatuses: named(waiting('PodInitializing')),
      },
    },
    '0/1',
    'PodInitializing',
    '0',
  ],
  [
    'has a sidecar',
    {
      init: [sidecar],
      status: {
        phase: 'Running',
        conditions: [condition('Initialized', 'True')],
        initContainerStatuses: named({ ...running, started: true }),
        containerStatuses: named(running),
      },
    },
    '2/2',
    'Running',
    '0',
  ],
  [
    'is being deleted',
    { meta: { deletionTimestamp: '2026-11-20T06:00:30Z' }, status: { phase: 'Running', containerStatuses: named(running) } },
    '1/1',
    'Terminating',
    '0',
  ],
  [
    'had ended before it was deleted',
    {
      meta: { deletionTimestamp: '2026-11-20T06:00:30Z' },
      status: { phase: 'Succeeded', containerStatuses: named(ended(0, 'Completed')) },
    },
    '0/1',
    'Completed',
    '0',
  ],
  [
    'is on a lost node',
    {
      meta: { deletionTimestamp: '2026-11-20T06:00:30Z' },
      status: { phase: 'Running', reason: 'NodeLost', containerStatuses: named(running) },
    },
    '1/1',
    'Unknown',
    '0',
  ],
]

test.each(rows)('a pod that %s', (_, state, ready, status, restarts) => {
  const row = cells(state)
  expect([row['Ready'], row['Status'], row['Restarts']]).toEqual([ready, status, restarts])
})

test('wide columns', () => {
  const bare = cells({ status: { phase: 'Pending' } })
  expect([bare['IP'], bare['Node'], bare['Nominated Node'], bare['Readiness Gates']]).toEqual(['<none>', '<none>', '<none>', '<none>'])
  const full = cells({
    spec: { nodeName: 'node-a', readinessGates: [{ conditionType: 'example.com/a' }, { conditionType: 'example.com/b' }] },
    status: { phase: 'Running', podIPs: [{ ip: '10.244.1.2' }], conditions: [condition('example.com/a', 'True')] },
  })
  expect([full['IP'], full['Node'], full['Readiness Gates']]).toEqual(['10.244.1.2', 'node-a', '1/2'])
})
