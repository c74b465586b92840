import { describe, expect, test } from 'vitest'
import { defineKind } from '../../src/api/define-kind.ts'
import { errors } from '../../src/api/errors.ts'
import { KindRegistry } from '../../src/api/registry.ts'
import { labelSelectorOf } from '../../src/api/selectors.ts'
import { createApiServer } from '../../src/apiserver/create-api-server.ts'
import { backoffMs } from '../../src/client/backoff.ts'
import { defineController } from '../../src/client/controller.ts'
import { createCluster } from '../../src/client/create-cluster.ts'
import { claimChildren, controllerRef, judgeClaim } from '../../src/client/ownership.ts'
import { Loop } from '../../src/sim/loop.ts'
import { createRandom } from '../../src/sim/random.ts'
import { Store } from '../../src/store/store.ts'
import { cm, configMap, pod, START } from '../apiserver/world.ts'

const eventColumns = ['Last Seen', 'Type', 'Reason', 'Object', 'Subobject', 'Source', 'Message', 'First Seen', 'Count']
const event = defineKind({ group: '', version: 'v1', kind: 'Event', cells: Object.fromEntries(eventColumns.map((n) => [n, () => ''])) })

function world() {
  const store = new Store()
  const loop = new Loop(store.cells, START)
  const server = createApiServer({
    store,
    registry: new KindRegistry([configMap, pod, event]),
    clock: loop,
    random: createRandom('0'),
    plugins: [],
  })
  const cluster = createCluster(server, loop)
  return { store, loop, server, cluster, write: cluster.writer('tester') }
}
const lab = (name: string, data?: Record<string, string>, metadata: object = {}): any => cm(name, data, { namespace: 'lab', ...metadata })

describe('a controller', () => {
  test('reconciles each changed key once, and again when asked', () => {
    const { cluster, write, loop } = world()
    const seen: string[] = []
    defineController(cluster, {
      name: 'test',
      watches: [{ resource: 'configmaps', own: true }],
      reconcile: (key, { again, nowMs }) => {
        seen.push(`${key} ${nowMs - START}`)
        if (nowMs === START) again(500)
      },
    })
    write.create('configmaps', lab('a'))
    write.create('configmaps', lab('b'))
    write.modify('configmaps', 'lab', 'a', (o) => {
      o.data = { k: 'v' }
    })
    loop.runUntil(START + 1000)
    expect(seen).toEqual(['lab/a 0', 'lab/b 0', 'lab/a 500', 'lab/b 500'])
  })

  test('backs off from failures', () => {
    const { cluster, write, loop } = world()
    const at: number[] = []
    defineController(cluster, {
      name: 'test',
      watches: [{ resource: 'configmaps', own: true }],
      reconcile: (_key, { nowMs }) => {
        at.push(nowMs - START)
        if (at.length < 4) throw errors.badRequest('no')
      },
    })
    write.create('configmaps', lab('a'))
    loop.runUntil(START + 1000)
    expect(at).toEqual([0, 5, 15, 35])
    expect(backoffMs(50)).toBe(1_000_000)
  })

  test('waits and batches when told to', () => {
    const { cluster, write, loop } = world()
    const at: number[] = []
    defineController(cluster, {
      name: 'test',
      delayMs: 100,
      watches: [{ resource: 'configmaps', own: true }],
      reconcile: (_k, { nowMs }) => at.push(nowMs - START),
    })
    write.create('configmaps', lab('a'))
    write.delete('configmaps', 'lab', 'a')
    loop.runUntil(START + 1000)
    expect(at).toEqual([100])
  })
})

describe('events', () => {
  test('the same again counts up', () => {
    const { cluster, write, loop } = world()
    const about = write.create('configmaps', lab('a')) as any
    const recorder = cluster.recorder('kubelet', 'node-a')
    recorder.event(about, 'Normal', 'Pulled', 'same')
    loop.runUntil(START + 3000)
    recorder.event(about, 'Normal', 'Pulled', 'same')
    const events = cluster.read.list('events', 'lab') as any[]
    expect(events).toHaveLength(1)
    expect(events[0]).toMatchObject({
      count: 2,
      source: { component: 'kubelet', host: 'node-a' },
      firstTimestamp: '2026-11-20T06:00:00Z',
      lastTimestamp: '2026-11-20T06:00:03Z',
    })
    expect(events[0].metadata.name).toMatch(/^a\.[0-9a-f]{16}$/)
  })

  test('of one instant are named in their order', () => {
    const { cluster, write } = world()
    const about = write.create('configmaps', lab('a')) as any
    const reasons = ['Scheduled', 'Pulling', 'Pulled', 'Created', 'Started']
    for (const reason of reasons) cluster.recorder('x').event(about, 'Normal', reason, 'm')
    expect((cluster.read.list('events', 'lab') as any[]).map((e) => e.reason)).toEqual(reasons)
  })

  test('many similar ones are combined', () => {
    const { cluster, write } = world()
    const about = write.create('configmaps', lab('a')) as any
    for (let i = 0; i < 12; i++) cluster.recorder('x').event(about, 'Warning', 'Failed', `message ${i}`)
    const messages = (cluster.read.list('events', 'lab') as any[]).map((e) => `${e.message} x${e.count}`)
    expect(messages).toHaveLength(10)
    expect(messages).toContain('(combined from similar events): message 11 x3')
  })

  test('of events.k8s.io, what is said again of the same version is a series of the first', () => {
    const { cluster, write, loop } = world()
    const about = write.create('configmaps', lab('a')) as any
    const recorder = cluster.recorder('default-scheduler', undefined, true)
    const told = (): unknown[] => (cluster.read.list('events', 'lab') as any[]).map((e) => [e.message, e.count, e.series?.count])
    recorder.event(about, 'Warning', 'FailedScheduling', 'one', { action: 'Scheduling' })
    expect((cluster.read.list('events', 'lab') as any[])[0]).toMatchObject({
      eventTime: '2026-11-20T06:00:00.000000Z',
      firstTimestamp: null,
      lastTimestamp: null,
      source: {},
    })
    const later = write.update('configmaps', { ...about, data: { x: 'y' } }) as any
    recorder.event(later, 'Warning', 'FailedScheduling', 'one', { action: 'Scheduling' })
    expect(told()).toEqual([
      ['one', undefined, undefined],
      ['one', undefined, undefined],
    ])
    loop.runUntil(START + 60_000)
    recorder.event(later, 'Warning', 'FailedScheduling', 'two', { action: 'Scheduling' })
    recorder.event(later, 'Warning', 'FailedScheduling', 'three', { action: 'Scheduling' })
    expect(told()).toEqual([
      ['one', undefined, undefined],
      ['one', undefined, 2],
    ])
    loop.runUntil(START + 600_000)
    recorder.event(later, 'Warning', 'FailedScheduling', 'four', { action: 'Scheduling' })
    expect(told().at(-1)).toEqual(['four', undefined, undefined])
  })

  test('a source that talks too much is cut short', () => {
    const { cluster, write, loop } = world()
    const about = write.create('configmaps', lab('a')) as any
    for (let i = 0; i < 40; i++) cluster.recorder('x').event(about, 'Normal', 'R', 'm')
    expect((cluster.read.list('events', 'lab') as any[])[0].count).toBe(25)
    loop.runUntil(START + 300_000)
    for (let i = 0; i < 3; i++) cluster.recorder('x').event(about, 'Normal', 'R', 'm')
    expect((cluster.read.list('events', 'lab') as any[])[0].count).toBe(26)
  })
})

describe('claims', () => {
  const selector = labelSelectorOf({ matchLabels: { app: 'x' } })
  const owner: any = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'o', namespace: 'lab', uid: 'u' } }
  const child = (metadata: object): any => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace: 'lab', ...metadata } })
  test.each([
    ['owned and selected', { labels: { app: 'x' }, ownerReferences: [controllerRef(owner)] }, 'keep'],
    ['owned, no longer selected', { ownerReferences: [controllerRef(owner)] }, 'release'],
    ['an orphan that matches', { labels: { app: 'x' } }, 'adopt'],
    ['an orphan that is going', { labels: { app: 'x' }, deletionTimestamp: 't' }, 'ignore'],
    ["another's", { labels: { app: 'x' }, ownerReferences: [{ ...controllerRef(owner), uid: 'v' }] }, 'ignore'],
  ])('%s', (_name, metadata, verdict) => expect(judgeClaim(owner, selector, child(metadata))).toBe(verdict))

  test('adoption and release are written', () => {
    const { cluster, write } = world()
    const parent = write.create('configmaps', lab('o')) as any
    write.create('configmaps', lab('orphan', undefined, { labels: { app: 'x' } }))
    write.create('configmaps', lab('lost', undefined, { ownerReferences: [controllerRef(parent)] }))
    const claimed = claimChildren({ read: cluster.read, write }, 'configmaps', parent, selector)
    expect(claimed.map((o) => o.metadata.name)).toEqual(['orphan'])
    expect(cluster.read.get('configmaps', 'lab', 'orphan')?.metadata.ownerReferences?.[0]?.uid).toBe(parent.metadata.uid)
    expect(cluster.read.get('configmaps', 'lab', 'lost')?.metadata.ownerReferences ?? []).toEqual([])
  })
})

test('rewound state leaves no work behind', () => {
  const { cluster, write, loop, store } = world()
  const seen: string[] = []
  defineController(cluster, { name: 'test', watches: [{ resource: 'configmaps', own: true }], reconcile: (key) => seen.push(key) })
  const mark = store.mark()
  write.create('configmaps', lab('a'))
  store.rewind(mark)
  loop.resetTo(START)
  loop.runUntil(START + 10)
  expect(seen).toEqual([])
})
