/**
 * What the control plane thinks of a node: conditions turn Unknown when nothing was heard for the grace period, and conditions become taints.
 * Models upstream's node lifecycle controller.
 */
import type { Node, NodeCondition, Taint } from '../../api/generated/types/core-v1.ts'
import { formatTime } from '../../api/rfc3339.ts'
import { timeOf } from '../pod-state.ts'

export const MONITOR_MS = 5000
export const GRACE_MS = 50_000

const WATCHED = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure']

/** When the node was last heard of: its lease or its status. */
export function lastHeard(node: Node, leaseRenewed: string | undefined): number {
  const status = Math.max(0, ...(node.status?.conditions ?? []).map((c) => timeOf(c.lastHeartbeatTime)))
  return Math.max(status, timeOf(leaseRenewed), timeOf(node.metadata.creationTimestamp))
}

/** The monitor's tick at which silence since `heardMs` is noticed. */
export const noticedAt = (heardMs: number): number => Math.floor((heardMs + GRACE_MS) / MONITOR_MS + 1) * MONITOR_MS

/** Conditions of a node that went silent; undefined when they say so already. */
export function silentConditions(node: Node, nowMs: number): NodeCondition[] | undefined {
  const current = node.status?.conditions ?? []
  const now = formatTime(nowMs)
  let changed = false
  const next = current.map((c) => {
    if (!WATCHED.includes(c.type) || c.status === 'Unknown') return c
    changed = true
    return {
      ...c,
      status: 'Unknown',
      reason: 'NodeStatusUnknown',
      message: 'Kubelet stopped posting node status.',
      lastTransitionTime: now,
    }
  })
  for (const type of WATCHED) {
    if (current.some((c) => c.type === type)) continue
    changed = true
    const at = node.metadata.creationTimestamp ?? now
    next.push({
      type,
      status: 'Unknown',
      reason: 'NodeStatusNeverUpdated',
      message: 'Kubelet never posted node status.',
      lastHeartbeatTime: at,
      lastTransitionTime: now,
    })
  }
  return changed ? next : undefined
}

export const statusOf = (node: Node, type: string): string | undefined => node.status?.conditions?.find((c) => c.type === type)?.status

type Kept = Readonly<Pick<Taint, 'key' | 'effect'>>
const KEY = 'node.kubernetes.io/'

/** Taints that the conditions and `unschedulable` ask for. */
function wantedTaints(node: Node): Kept[] {
  const ready = statusOf(node, 'Ready')
  const trouble = ready === 'False' ? 'not-ready' : ready === 'Unknown' ? 'unreachable' : undefined
  const pressures: [string, string][] = [
    ['MemoryPressure', 'memory-pressure'],
    ['DiskPressure', 'disk-pressure'],
    ['NetworkUnavailable', 'network-unavailable'],
    ['PIDPressure', 'pid-pressure'],
  ]
  return [
    ...(trouble === undefined ? [] : [{ key: KEY + trouble, effect: 'NoSchedule' as const }]),
    ...pressures.filter(([type]) => statusOf(node, type) === 'True').map(([, key]) => ({ key: KEY + key, effect: 'NoSchedule' as const })),
    ...(node.spec?.unschedulable === true ? [{ key: `${KEY}unschedulable`, effect: 'NoSchedule' as const }] : []),
    ...(trouble === undefined ? [] : [{ key: KEY + trouble, effect: 'NoExecute' as const }]),
  ]
}

const OURS = new Set(
  ['not-ready', 'unreachable', 'memory-pressure', 'disk-pressure', 'network-unavailable', 'pid-pressure', 'unschedulable'].map(
    (k) => KEY + k,
  ),
)
const managed = (t: Kept): boolean =>
  OURS.has(t.key) &&
  (t.effect === 'NoSchedule' || (t.effect === 'NoExecute' && (t.key === `${KEY}not-ready` || t.key === `${KEY}unreachable`)))

/** The node's taints as they ought to be; undefined when they are. */
export function taintsFor(node: Node, nowMs: number): Taint[] | undefined {
  const wanted = wantedTaints(node)
  const current = node.spec?.taints ?? []
  const isWanted = (t: Kept): boolean => wanted.some((w) => w.key === t.key && w.effect === t.effect)
  const kept = current.filter((t) => !managed(t) || isWanted(t))
  const fresh = wanted.filter((w) => !current.some((t) => t.key === w.key && t.effect === w.effect))
  if (kept.length === current.length && fresh.length === 0) return undefined
  return [...kept, ...fresh.map((t) => ({ ...t, timeAdded: formatTime(nowMs) }))]
}
