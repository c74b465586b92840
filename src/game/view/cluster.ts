/** The live view of the cluster: nodes, their pods, how each is doing. An observer's view, whatever the player's rights; plain and quick. */
import type { Node, Pod } from '../../api/generated/types/core-v1.ts'
import { milliValue, quantityValue } from '../../api/quantity.ts'
import type { IndexedReader } from '../../api/reader.ts'
import { nodeRoles, nodeStatus } from '../../kinds/core/node/roles.ts'
import { podResourceSums } from '../../kinds/core/pod/resources.ts'
import { podSummary } from '../../kinds/core/pod/summary.ts'
import type { Health, NodeView, PodView } from '../contract.ts'

const WAITING = new Set(['Pending', 'SchedulingGated'])
const STARTING = /^(ContainerCreating|PodInitializing|Init:\d+\/\d+|Init:PodInitializing)$/

function healthOf(pod: Pod, status: string, ready: number, total: number): Health {
  if (pod.metadata.deletionTimestamp !== undefined) return 'ending'
  if (status === 'Completed' || pod.status?.phase === 'Succeeded') return 'done'
  if (WAITING.has(status)) return 'waiting'
  if (STARTING.test(status)) return 'starting'
  if (status === 'Running') return ready === total ? 'ok' : 'starting'
  return 'bad'
}

/** `web` of `web-5d4b9c7f6-x2k9p`: the workload's name, found through the owner's. */
function appOf(pod: Pod): string {
  const owner = pod.metadata.ownerReferences?.find((o) => o.controller)
  if (owner === undefined) return pod.metadata.name
  const hash = pod.metadata.labels?.['pod-template-hash']
  return hash !== undefined && owner.name.endsWith(`-${hash}`) ? owner.name.slice(0, -hash.length - 1) : owner.name
}

const views = new WeakMap<Pod, PodView>()

/** Remembered for each object: they never change. */
export function podView(pod: Pod): PodView {
  const known = views.get(pod)
  if (known !== undefined) return known
  const { ready, total, reason, restarts } = podSummary(pod)
  const view: PodView = {
    namespace: pod.metadata.namespace ?? '',
    name: pod.metadata.name,
    status: reason,
    health: healthOf(pod, reason, ready, total),
    readyContainers: ready,
    containers: total,
    restarts,
    app: appOf(pod),
  }
  views.set(pod, view)
  return view
}

const requests = new WeakMap<Pod, number>()
function cpuOf(pod: Pod): number {
  let milli = requests.get(pod)
  if (milli === undefined) {
    milli = milliValue(podResourceSums(pod.spec ?? { containers: [] }, 'requests').get('cpu'))
    requests.set(pod, milli)
  }
  return milli
}

function nodeHealth(node: Node, status: string): Health {
  if (node.metadata.deletionTimestamp !== undefined) return 'ending'
  if (!status.startsWith('Ready')) return 'bad'
  return status === 'Ready' ? 'ok' : 'waiting'
}

/** What containers on a node use now, in bytes. */
export type MemoryUse = (node: string) => number

function nodeView(node: Node, pods: readonly Pod[], memory: MemoryUse, order: (a: PodView, b: PodView) => number): NodeView {
  const status = nodeStatus(node)
  let cpuMilliRequested = 0
  for (const pod of pods) {
    if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') continue
    cpuMilliRequested += cpuOf(pod)
  }
  const allocatable = node.status?.allocatable ?? {}
  return {
    name: node.metadata.name,
    status,
    health: nodeHealth(node, status),
    role: nodeRoles(node).join(','),
    cpuMilliRequested,
    cpuMilliTotal: milliValue(allocatable['cpu']),
    memoryBytesUsed: memory(node.metadata.name),
    memoryBytesTotal: quantityValue(allocatable['memory']),
    pods: pods.map(podView).sort(order),
  }
}

const URGENCY: Readonly<Record<Health, number>> = { bad: 0, waiting: 1, starting: 2, ending: 3, ok: 4, done: 5 }

/** The player's own pods first, and among them those in trouble: what does not fit on the screen is the rest. */
const byInterest =
  (namespace: string) =>
  (a: PodView, b: PodView): number =>
    Number(a.namespace !== namespace) - Number(b.namespace !== namespace) ||
    URGENCY[a.health] - URGENCY[b.health] ||
    (a.name < b.name ? -1 : 1)

export function clusterView(read: IndexedReader, namespace: string, memory: MemoryUse): { nodes: NodeView[]; unplaced: PodView[] } {
  const nodes = read.list('nodes')
  const order = byInterest(namespace)
  const placed = new Map<string, Pod[]>(nodes.map((n) => [n.metadata.name, []]))
  const unplaced: PodView[] = []
  for (const pod of read.list('pods')) {
    const on = pod.spec?.nodeName ? placed.get(pod.spec.nodeName) : undefined
    if (on === undefined) unplaced.push(podView(pod))
    else on.push(pod)
  }
  return { nodes: nodes.map((n) => nodeView(n, placed.get(n.metadata.name)!, memory, order)), unplaced: unplaced.sort(order) }
}
