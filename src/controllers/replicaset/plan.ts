/**
 * A ReplicaSet's decision: how many pods to make, which to delete and in what order, and what its status says.
 * Models upstream's replicaset controller and its ActivePodsWithRanks ordering; ReplicationControllers use it too.
 */
import type { Pod } from '../../api/generated/types/core-v1.ts'
import { controllerOf } from '../../api/meta.ts'
import { formatTime } from '../../api/rfc3339.ts'
import { BURST } from '../pod-batches.ts'
import { isActive, isAvailable, isReady, nextAvailability, readySince, restarts, timeOf } from '../pod-state.ts'
import { type PodSort, sortsOf } from './sorts.ts'

const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost'

export interface ReplicaPlanInput {
  readonly desired: number
  readonly minReadySeconds: number
  readonly generation: number | undefined
  readonly templateLabels: Readonly<Record<string, string>>
  /** Every pod it owns, finished and terminating ones included. */
  readonly pods: readonly Pod[]
  /** Active pods per node among its siblings (ReplicaSets of the same owner), itself included. */
  readonly siblingsOnNode: (nodeName: string) => number
  readonly nowMs: number
}

export interface ReplicaCounts {
  readonly replicas: number
  readonly fullyLabeledReplicas: number
  readonly readyReplicas: number
  readonly availableReplicas: number
  readonly terminatingReplicas: number
}

export interface ReplicaPlan {
  readonly create: number
  readonly remove: readonly Pod[]
  readonly counts: ReplicaCounts
  /** When a ready pod will have been ready long enough. */
  readonly againMs: number | undefined
}

export function planReplicas(input: ReplicaPlanInput): ReplicaPlan {
  const active = input.pods.filter(isActive)
  const missing = input.desired - active.length
  const remove = missing < 0 ? deletionOrder(active, input.siblingsOnNode, input.nowMs).slice(0, Math.min(-missing, BURST)) : []
  const counts = countReplicas(sortsOf(input.pods), input.templateLabels)
  const available = (pod: Pod): boolean => isAvailable(pod, input.minReadySeconds, input.nowMs)
  return {
    create: Math.max(0, Math.min(missing, BURST)),
    remove,
    counts: input.minReadySeconds === 0 ? counts : { ...counts, availableReplicas: active.filter(available).length },
    againMs: input.minReadySeconds === 0 ? undefined : nextAvailability(active, input.minReadySeconds, input.nowMs),
  }
}

/** Nothing to make or to remove, and nothing to wait for: what its status says. */
export const steadyPlan = (counts: ReplicaCounts): ReplicaPlan => ({ create: 0, remove: [], counts, againMs: undefined })

/** The counts of its status, of pods by sort. Whoever waits for pods to have been ready long enough counts those one by one. */
export function countReplicas(sorts: readonly PodSort[], templateLabels: Readonly<Record<string, string>>): ReplicaCounts {
  const counts = { replicas: 0, fullyLabeledReplicas: 0, readyReplicas: 0, availableReplicas: 0, terminatingReplicas: 0 }
  const labels = Object.entries(templateLabels)
  for (const sort of sorts) {
    if (sort.standing === 'terminating') counts.terminatingReplicas += sort.count
    if (sort.standing !== 'active') continue
    counts.replicas += sort.count
    if (labels.every(([k, v]) => sort.labels[k] === v)) counts.fullyLabeledReplicas += sort.count
    if (sort.ready) counts.readyReplicas += sort.count
  }
  return { ...counts, availableReplicas: counts.readyReplicas }
}

const phaseRank = (pod: Pod): number =>
  (({ Pending: 0, Unknown: 1, Running: 2 }) as Record<string, number>)[pod.status?.phase ?? 'Pending'] ?? 2
const costOf = (pod: Pod): number => Number.parseInt(pod.metadata.annotations?.[DELETION_COST] ?? '0', 10) || 0
/** Ages compare by powers of two, so that nearly equal ones are decided by chance (the uid). */
const ageRank = (sinceMs: number, nowMs: number): number => Math.floor(Math.log2(Math.max(1, (nowMs - sinceMs) * 1e6)))
const byUid = (a: Pod, b: Pod): number => ((a.metadata.uid ?? '') < (b.metadata.uid ?? '') ? -1 : 1)

/** The pods, those to go first in front. */
export function deletionOrder(pods: readonly Pod[], siblingsOnNode: (nodeName: string) => number, nowMs: number): Pod[] {
  const crowd = new Map(pods.map((p) => [p, p.spec?.nodeName ? siblingsOnNode(p.spec.nodeName) : 0]))
  return [...pods].sort((a, b) => {
    const bound = Number(Boolean(a.spec?.nodeName)) - Number(Boolean(b.spec?.nodeName))
    if (bound !== 0) return bound
    if (phaseRank(a) !== phaseRank(b)) return phaseRank(a) - phaseRank(b)
    if (isReady(a) !== isReady(b)) return Number(isReady(a)) - Number(isReady(b))
    if (costOf(a) !== costOf(b)) return costOf(a) - costOf(b)
    if (crowd.get(a) !== crowd.get(b)) return crowd.get(b)! - crowd.get(a)!
    const [readyA, readyB] = [readySince(a), readySince(b)]
    if (readyA !== undefined && readyB !== undefined && readyA !== readyB) {
      const rank = ageRank(readyA, nowMs) - ageRank(readyB, nowMs)
      return rank !== 0 ? rank : byUid(a, b)
    }
    if (restarts(a) !== restarts(b)) return restarts(b) - restarts(a)
    const rank = ageRank(timeOf(a.metadata.creationTimestamp), nowMs) - ageRank(timeOf(b.metadata.creationTimestamp), nowMs)
    return rank !== 0 ? rank : byUid(a, b)
  })
}

interface FailureCondition {
  type: string
  status: string
  lastTransitionTime?: string
  reason?: string
  message?: string
}

/** Conditions with `ReplicaFailure` as creating and deleting went. */
export function withFailure(
  conditions: readonly FailureCondition[] | undefined,
  failure: { reason: 'FailedCreate' | 'FailedDelete'; message: string } | undefined,
  nowMs: number,
): FailureCondition[] | undefined {
  const current = conditions?.find((c) => c.type === 'ReplicaFailure')
  if (failure === undefined) {
    const rest = conditions?.filter((c) => c.type !== 'ReplicaFailure') ?? []
    return rest.length === 0 ? undefined : rest
  }
  if (current !== undefined) return [...conditions!]
  return [
    ...(conditions ?? []),
    { type: 'ReplicaFailure', status: 'True', lastTransitionTime: formatTime(nowMs), reason: failure.reason, message: failure.message },
  ]
}

/** How a controller's pods spread: active pods per node over the sets that share its owner. */
export function crowdOf(podsBySet: readonly (readonly Pod[])[]): (nodeName: string) => number {
  const counts = new Map<string, number>()
  for (const pods of podsBySet)
    for (const pod of pods)
      if (isActive(pod) && pod.spec?.nodeName && controllerOf(pod)) counts.set(pod.spec.nodeName, (counts.get(pod.spec.nodeName) ?? 0) + 1)
  return (nodeName) => counts.get(nodeName) ?? 0
}
