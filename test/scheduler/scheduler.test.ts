import { describe, expect, test } from 'vitest'
import type { Cluster, Writer } from '../../src/client/contract.ts'
import { createScheduler } from '../../src/scheduler/index.ts'
import { createWorld, node, pod } from '../controllers/world.ts'

const tainted = node('control-plane', { taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] })
function world(nodes: object[] = [tainted, node('node-a'), node('node-b'), node('node-c')]) {
  const w = createWorld({ scheduler: true })
  for (const n of nodes) w.write.create('nodes', n as never)
  return w
}
type World = ReturnType<typeof world>
const put = (w: World, ...pods: any[]): void => {
  for (const p of pods) w.write.create('pods', p)
  w.run(100)
}
const message = (w: World, name: string): string =>
  w.get('pods', name).status?.conditions?.find((c: any) => c.type === 'PodScheduled')?.message
const where = (w: World, name: string): string | undefined => w.get('pods', name)?.spec.nodeName
const cpu = (amount: string, more: object = {}): object => ({
  containers: [{ name: 'c', image: 'nginx', resources: { requests: { cpu: amount } } }],
  ...more,
})
const port = (hostPort: number, more: object = {}): object => ({
  containers: [{ name: 'c', image: 'nginx', ports: [{ containerPort: 80, hostPort }] }],
  ...more,
})
const onA = { nodeSelector: { 'kubernetes.io/hostname': 'node-a' } }
const anti = (app: string, topologyKey = 'kubernetes.io/hostname'): object => ({
  affinity: {
    podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: { matchLabels: { app } }, topologyKey }] },
  },
})
const near = (app: string, topologyKey = 'kubernetes.io/hostname'): object => ({
  affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: { matchLabels: { app } }, topologyKey }] } },
})
const spread = (more: object = {}): object => ({
  topologySpreadConstraints: [
    {
      maxSkew: 1,
      topologyKey: 'kubernetes.io/hostname',
      whenUnsatisfiable: 'DoNotSchedule',
      labelSelector: { matchLabels: { app: 's' } },
      ...more,
    },
  ],
})
const labels = (app: string): object => ({ labels: { app } })
const claim = (name: string, storageClassName: string): any => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name, namespace: 'lab' },
  spec: { accessModes: ['ReadWriteOnce'], storageClassName, resources: { requests: { storage: '1Gi' } } },
})
const using = (claimName: string): object => ({ volumes: [{ name: 'v', persistentVolumeClaim: { claimName } }] })
const priority = (n: number): object => ({ priority: n })
const NOT_HELPFUL = 'no new claims to deallocate, preemption: 0/4 nodes are available: 4 Preemption is not helpful for scheduling.'

describe('why a pod waits, word for word as recorded', () => {
  const rows: [string, (w: World) => void, string][] = [
    [
      'more CPU than any node has',
      (w) => put(w, pod('x', cpu('6'))),
      `0/4 nodes are available: 1 node(s) had untolerated taint(s), 3 Insufficient cpu. ${NOT_HELPFUL}`,
    ],
    [
      'a resource nobody has',
      (w) =>
        put(
          w,
          pod('x', {
            containers: [{ name: 'c', image: 'n', resources: { limits: { 'nvidia.com/gpu': 1 }, requests: { 'nvidia.com/gpu': 1 } } }],
          }),
        ),
      `0/4 nodes are available: 1 node(s) had untolerated taint(s), 3 Insufficient nvidia.com/gpu. ${NOT_HELPFUL}`,
    ],
    [
      'a label nobody has',
      (w) => put(w, pod('x', { nodeSelector: { disk: 'ssd' } })),
      `0/4 nodes are available: 1 node(s) had untolerated taint(s), 3 node(s) didn't match Pod's node affinity/selector. ${NOT_HELPFUL}`,
    ],
    [
      'a host port that is taken',
      (w) => put(w, pod('first', port(8080, onA)), pod('x', port(8080, onA))),
      "0/4 nodes are available: 1 node(s) didn't have free ports for the requested pod ports, 1 node(s) had untolerated taint(s), 2 node(s) didn't match Pod's node affinity/selector. no new claims to deallocate, preemption: 0/4 nodes are available: 1 No preemption victims found for incoming pod, 3 Preemption is not helpful for scheduling.",
    ],
    [
      'skew against a cordoned node',
      (w) => {
        const spec = spread({ nodeTaintsPolicy: 'Ignore' })
        put(w, ...[1, 2, 3].map((i) => pod(`s${i}`, { ...spec, nodeSelector: { pool: 'work' } }, labels('s'))))
        for (const n of ['node-a', 'node-b', 'node-c'])
          w.write.modify('nodes', undefined, n, (d) => {
            d.metadata.labels = { ...d.metadata.labels, pool: 'work' }
          })
        w.run(20_000)
        w.write.modify('nodes', undefined, 'node-c', (d) => {
          d.spec = { ...d.spec, unschedulable: true }
        })
        put(w, ...[4, 5].map((i) => pod(`s${i}`, { ...spec, nodeSelector: { pool: 'work' } }, labels('s'))))
        put(w, pod('x', { ...spec, nodeSelector: { pool: 'work' } }, labels('s')))
      },
      "0/4 nodes are available: 1 node(s) had untolerated taint(s), 1 node(s) were unschedulable, 2 node(s) didn't match pod topology spread constraints. no new claims to deallocate, preemption: 0/4 nodes are available: 2 No preemption victims found for incoming pod, 2 Preemption is not helpful for scheduling.",
    ],
    [
      'a claim that is not bound',
      (w) => {
        w.write.create('persistentvolumeclaims', claim('data', 'gold'))
        put(w, pod('x', using('data')))
      },
      '0/4 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found',
    ],
    [
      'a claim that is not there',
      (w) => put(w, pod('x', using('nope'))),
      '0/4 nodes are available: persistentvolumeclaim "nope" not found. not found',
    ],
    [
      'neighbours it will not have',
      (w) => put(w, ...[1, 2, 3].map((i) => pod(`g${i}`, anti('g'), labels('g'))), pod('x', anti('g'), labels('g'))),
      "0/4 nodes are available: 1 node(s) had untolerated taint(s), 3 node(s) didn't match pod anti-affinity rules. no new claims to deallocate, preemption: 0/4 nodes are available: 1 Preemption is not helpful for scheduling, 3 No preemption victims found for incoming pod.",
    ],
    [
      'neighbours who will not have it',
      (w) => put(w, ...[1, 2, 3].map((i) => pod(`g${i}`, anti('g'), labels('g'))), pod('x', {}, labels('g'))),
      "0/4 nodes are available: 1 node(s) had untolerated taint(s), 3 node(s) didn't satisfy existing pods anti-affinity rules. no new claims to deallocate, preemption: 0/4 nodes are available: 1 Preemption is not helpful for scheduling, 3 No preemption victims found for incoming pod.",
    ],
    [
      'company that is not there',
      (w) => put(w, pod('x', near('cache'))),
      `0/4 nodes are available: 1 node(s) had untolerated taint(s), 3 node(s) didn't match pod affinity rules. ${NOT_HELPFUL}`,
    ],
    [
      'it never preempts',
      (w) => {
        put(w, ...[1, 2, 3].map((i) => pod(`g${i}`, cpu('3'))))
        put(w, pod('x', cpu('3', { ...priority(10), preemptionPolicy: 'Never' })))
      },
      '0/4 nodes are available: 1 node(s) had untolerated taint(s), 3 Insufficient cpu. no new claims to deallocate, preemption: not eligible due to preemptionPolicy=Never.',
    ],
  ]
  test.each(rows)('%s', (_name, act, expected) => {
    const w = world()
    act(w)
    expect(message(w, 'x')).toBe(expected)
    expect(w.events('FailedScheduling')).toContain(expected)
  })
})

describe('where a pod goes', () => {
  test('to the emptiest node, telling so', () => {
    const w = world()
    put(w, pod('a', cpu('3', onA)), pod('b', cpu('3', { nodeSelector: { 'kubernetes.io/hostname': 'node-b' } })), pod('x', cpu('500m')))
    expect(where(w, 'x')).toBe('node-c')
    expect(w.events('Scheduled')).toContain('Successfully assigned lab/x to node-c')
  })
  test('to the company it asks for; the first of a group may start it', () => {
    const w = world()
    put(w, pod('one', near('g'), labels('g')), pod('two', near('g'), labels('g')), pod('three', near('g'), labels('g')))
    expect(new Set(['one', 'two', 'three'].map((n) => where(w, n))).size).toBe(1)
  })
  test('by preference where it can', () => {
    const w = world()
    w.write.modify('nodes', undefined, 'node-b', (n) => {
      n.metadata.labels = { ...n.metadata.labels, gpu: 'yes' }
    })
    const wish = { weight: 100, preference: { matchExpressions: [{ key: 'gpu', operator: 'Exists' }] } }
    put(w, pod('x', { affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [wish] } } }))
    expect(where(w, 'x')).toBe('node-b')
  })
  test('the more important first', () => {
    const w = world([])
    put(w, pod('low', cpu('3', priority(1))), pod('high', cpu('3', priority(5))))
    w.write.create('nodes', node('node-a') as never)
    w.run(20_000)
    expect([where(w, 'high'), where(w, 'low')]).toEqual(['node-a', undefined])
  })
  test('with gates nowhere, and without them at once', () => {
    const w = world()
    put(w, pod('x', { schedulingGates: [{ name: 'example.com/wait' }] }))
    expect(where(w, 'x')).toBeUndefined()
    w.write.modify('pods', 'lab', 'x', (p) => {
      delete p.spec!.schedulingGates
    })
    w.run(10)
    expect(where(w, 'x')).toBeDefined()
  })
})

describe('a waiting pod wakes', () => {
  const rows: [string, object, (w: World) => void][] = [
    ['when a taint it does not tolerate goes', {}, (w) => w.write.modify('nodes', undefined, 'only', (n) => void delete n.spec!.taints)],
    ['when a node it fits comes', {}, (w) => w.write.create('nodes', node('other') as never)],
  ]
  test.each(rows)('%s', (_name, spec, act) => {
    const w = world([node('only', { taints: [{ key: 'k', effect: 'NoSchedule' }] })])
    put(w, pod('x', spec))
    w.run(5000)
    act(w)
    w.run(10)
    expect(where(w, 'x')).toBeDefined()
  })
  test('when room is made, after its back-off', () => {
    const w = world([node('only')])
    put(w, pod('big', cpu('3')), pod('x', cpu('3')))
    w.write.delete('pods', 'lab', 'big', { gracePeriodSeconds: 0 })
    w.run(500)
    expect(where(w, 'x')).toBeUndefined()
    w.run(1000)
    expect(where(w, 'x')).toBe('only')
  })
  const idle: [string, object, (n: any) => object][] = [
    ['an annotation', {}, (n) => Object.assign(n.metadata, { annotations: { a: 'b' } })],
    ['a taint for another', {}, (n) => Object.assign(n.spec.taints[0], { value: 'v' })],
    [
      'a label that is not the one',
      { nodeSelector: { disk: 'ssd' }, tolerations: [{ operator: 'Exists' }] },
      (n) => Object.assign(n.metadata.labels, { disk: 'hdd' }),
    ],
    ['a node that is cordoned', {}, (n) => Object.assign(n.spec, { unschedulable: true })],
  ]
  test.each(idle)('not for %s', (_name, spec, change) => {
    const w = world([node('only', { taints: [{ key: 'k', effect: 'NoSchedule' }] })])
    put(w, pod('x', spec))
    w.run(5000)
    w.write.modify('nodes', undefined, 'only', (n) => void change(n))
    w.run(20_000)
    const told = w.list('events').filter((e) => e.reason === 'FailedScheduling')
    expect(told.map((e) => e.series)).toEqual([undefined])
  })
})

describe('preemption', () => {
  test('evicts the least important that make room, nominates the node, and says nothing of preemption', () => {
    const w = world([node('node-a'), node('node-b')])
    put(w, pod('low', cpu('3', priority(1))), pod('lower', cpu('3', priority(0))))
    put(w, pod('x', cpu('3', priority(10))))
    expect(w.get('pods', 'lower').metadata.deletionTimestamp).toBeDefined()
    expect(w.get('pods', 'low').metadata.deletionTimestamp).toBeUndefined()
    expect(w.get('pods', 'x').status.nominatedNodeName).toBe(where(w, 'lower'))
    expect(message(w, 'x')).toBe('0/2 nodes are available: 2 Insufficient cpu.')
    expect(w.events('Preempted')).toEqual([`Preempted by pod ${w.get('pods', 'x').metadata.uid} on node ${where(w, 'lower')}`])
    w.run(10_000)
    expect(where(w, 'x')).toBeDefined()
    expect(w.get('pods', 'lower')).toBeUndefined()
  })
  test('spares what a budget protects', () => {
    const w = world([node('node-a'), node('node-b')])
    put(w, pod('kept', cpu('3'), labels('kept')), pod('other', cpu('3')))
    const budget = {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'b', namespace: 'lab' },
      spec: { minAvailable: 1, selector: { matchLabels: { app: 'kept' } } },
    }
    w.write.create('poddisruptionbudgets.policy', budget as never)
    put(w, pod('x', cpu('3', priority(10))))
    expect(w.get('pods', 'kept').metadata.deletionTimestamp).toBeUndefined()
    expect(w.get('pods', 'other').metadata.deletionTimestamp).toBeDefined()
  })
})

describe('speed', () => {
  /** Deciding alone: bindings go straight into the store, events nowhere. */
  const fill = (nodes: number, pods: number): (string | undefined)[] => {
    const w = createWorld({ kubelet: false })
    for (let i = 0; i < nodes; i++) w.write.create('nodes', node(`node-${i}`, { allocatable: { cpu: '64', memory: '256Gi' } }) as never)
    for (let i = 0; i < pods; i++) w.write.create('pods', pod(`p-${i}`, cpu('10m'), labels('web')))
    const bind: Writer['post'] = (_r, namespace, name, _s, body: any) => {
      const old = w.read.get('pods', namespace, name)!
      w.store.write('pods', namespace, name, () =>
        Object.freeze({ ...old, spec: Object.freeze({ ...old.spec!, nodeName: body.target.name }) }),
      )
    }
    const cluster: Cluster = { ...w.cluster, writer: () => ({ ...w.write, post: bind }), recorder: () => ({ event: () => {} }) }
    const scheduler = createScheduler(cluster)
    while (scheduler.work());
    return w.list('pods').map((p) => p.spec.nodeName)
  }
  // How long it takes is measured by `npm run bench`.
  test('1,000 pods on 10 nodes: all bound, evenly', () => {
    const bound = fill(10, 1000)
    const counts = new Map<string | undefined, number>()
    for (const node of bound) counts.set(node, (counts.get(node) ?? 0) + 1)
    expect(counts.has(undefined)).toBe(false)
    expect(counts.size).toBe(10)
    expect(Math.max(...counts.values()) - Math.min(...counts.values())).toBeLessThanOrEqual(10)
  })
})
