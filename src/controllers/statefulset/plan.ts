/**
 * A StatefulSet's next steps: which ordinals to make, wait for, or end, in order or all at once, and which old pods to replace.
 * Models upstream's defaultStatefulSetControl; the order of its checks is what makes a broken first pod hold everything up.
 */
import type { StatefulSet } from '../../api/generated/types/apps-v1.ts'
import type { Pod } from '../../api/generated/types/core-v1.ts'
import { resolve } from '../int-or-percent.ts'
import { isAvailable, isReady, nextAvailability } from '../pod-state.ts'
import { POD_REVISION } from '../revisions.ts'

export interface StatefulInput {
  readonly set: StatefulSet
  readonly pods: readonly Pod[]
  readonly currentRevision: string
  readonly updateRevision: string
  readonly nowMs: number
}

export type Step =
  | { readonly do: 'create'; readonly ordinal: number; readonly revision: string }
  | { readonly do: 'delete'; readonly pod: Pod }
  /** A finished pod, deleted to be made again. */
  | { readonly do: 'renew'; readonly pod: Pod }

export interface StatefulPlan {
  readonly steps: readonly Step[]
  readonly status: {
    replicas: number
    readyReplicas: number
    availableReplicas: number
    currentReplicas: number
    updatedReplicas: number
    currentRevision: string
  }
  /** Pods with ordinals beyond the wanted ones. */
  readonly condemned: readonly Pod[]
  readonly againMs: number | undefined
}

export const ordinalOf = (setName: string, podName: string): number => {
  const tail = podName.startsWith(`${setName}-`) ? podName.slice(setName.length + 1) : ''
  return /^\d+$/.test(tail) ? Number(tail) : -1
}

const isCreated = (pod: Pod): boolean => Boolean(pod.status?.phase)
const isRunningReady = (pod: Pod): boolean => pod.status?.phase === 'Running' && isReady(pod)
const isTerminating = (pod: Pod): boolean => pod.metadata.deletionTimestamp !== undefined
const hasEnded = (pod: Pod): boolean => pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded'
const revisionOf = (pod: Pod): string | undefined => pod.metadata.labels?.[POD_REVISION]

/** The facts of one StatefulSet, read once. */
/** Pods that are planned ahead of the last there is; the next round goes on from there. */
const MOST_AT_ONCE = 500

class Round {
  readonly start: number
  readonly desired: number
  readonly minReady: number
  readonly ordered: boolean
  readonly partition: number
  readonly slots: (Pod | undefined)[]
  readonly condemned: Pod[]
  readonly input: StatefulInput

  constructor(input: StatefulInput) {
    const { set, pods } = input
    this.input = input
    this.start = set.spec?.ordinals?.start ?? 0
    this.desired = set.spec?.replicas ?? 1
    this.minReady = set.spec?.minReadySeconds ?? 0
    this.ordered = set.spec?.podManagementPolicy !== 'Parallel'
    this.partition = set.spec?.updateStrategy?.rollingUpdate?.partition ?? 0
    this.condemned = []
    const ordinal = (p: Pod): number => ordinalOf(set.metadata.name, p.metadata.name)
    const last = Math.max(-1, ...pods.map((p) => ordinal(p) - this.start).filter((slot) => slot < this.desired))
    this.slots = new Array<Pod | undefined>(Math.min(this.desired, last + 1 + MOST_AT_ONCE)).fill(undefined)
    for (const pod of pods) {
      const slot = ordinal(pod) - this.start
      if (ordinal(pod) < 0) continue
      if (slot >= 0 && slot < this.desired) this.slots[slot] = pod
      else this.condemned.push(pod)
    }
    this.condemned.sort((a, b) => ordinal(b) - ordinal(a))
  }

  available = (pod: Pod): boolean => isRunningReady(pod) && isAvailable(pod, this.minReady, this.input.nowMs)
  healthy = (pod: Pod): boolean => isRunningReady(pod) && !isTerminating(pod)
}

export function planStatefulSet(input: StatefulInput): StatefulPlan {
  const round = new Round(input)
  const status = count(round)
  const steps = input.set.metadata.deletionTimestamp !== undefined ? [] : decide(round, status.currentReplicas)
  return { steps, status, condemned: round.condemned, againMs: nextAvailability(input.pods, round.minReady, input.nowMs) }
}

function decide(round: Round, currentReplicas: number): Step[] {
  const steps: Step[] = []
  const mayGoOn = replicaSteps(round, currentReplicas, steps) && condemnedSteps(round, steps)
  if (mayGoOn && round.input.set.spec?.updateStrategy?.type !== 'OnDelete') updateSteps(round, steps)
  return steps
}

/** Whether a missing pod is made from the current revision rather than the new one. */
function revisionFor(round: Round, slot: number, currentReplicas: number): string {
  const { set, currentRevision, updateRevision } = round.input
  const strategy = set.spec?.updateStrategy
  if (strategy?.type === 'OnDelete') return updateRevision
  const limit = strategy?.rollingUpdate?.partition === undefined ? currentReplicas : round.partition
  return slot < limit ? currentRevision : updateRevision
}

/** Fills slots from the lowest up; false when it has to wait before going further. */
function replicaSteps(round: Round, currentReplicas: number, steps: Step[]): boolean {
  for (let slot = 0; slot < round.slots.length; slot++) {
    const pod = round.slots[slot]
    if (pod === undefined) {
      steps.push({ do: 'create', ordinal: round.start + slot, revision: revisionFor(round, slot, currentReplicas) })
      if (round.ordered) return false
      continue
    }
    if (hasEnded(pod)) {
      if (!isTerminating(pod)) steps.push({ do: 'renew', pod })
      return false
    }
    if (round.ordered && (isTerminating(pod) || !isRunningReady(pod) || !round.available(pod))) return false
  }
  return true
}

/** Ends surplus pods from the highest down; ordered sets one at a time, and only while everyone else is well. */
function condemnedSteps(round: Round, steps: Step[]): boolean {
  const everyone = [...round.slots.filter((p) => p !== undefined), ...[...round.condemned].reverse()]
  const firstUnwell = everyone.find((p) => !round.healthy(p))
  for (const pod of round.condemned) {
    if (isTerminating(pod)) {
      if (round.ordered) return false
      continue
    }
    if (round.ordered && pod !== firstUnwell && (!isRunningReady(pod) || !round.available(pod))) return false
    steps.push({ do: 'delete', pod })
    if (round.ordered) return false
  }
  return true
}

/** Replaces pods of another revision from the highest ordinal down to the partition, at most `maxUnavailable` at a time. */
function updateSteps(round: Round, steps: Step[]): void {
  const { set, updateRevision } = round.input
  const maxUnavailable = Math.max(1, resolve(set.spec?.updateStrategy?.rollingUpdate?.maxUnavailable ?? 1, round.desired, 'up'))
  const unwell = round.slots.filter((p) => p !== undefined && (!round.healthy(p) || !round.available(p))).length
  let room = maxUnavailable - unwell
  for (let slot = round.desired - 1; slot >= round.partition; slot--) {
    const pod = round.slots[slot]
    if (pod === undefined) return
    const outdated = revisionOf(pod) !== updateRevision && !isTerminating(pod)
    if (outdated && round.healthy(pod)) {
      if (room <= 0) return
      steps.push({ do: 'delete', pod })
      room--
      if (room <= 0) return
    } else if (outdated) {
      steps.push({ do: 'delete', pod })
      return
    } else if (room <= 0) return
  }
}

function count(round: Round): StatefulPlan['status'] {
  const { set, pods, currentRevision, updateRevision } = round.input
  const live = pods.filter((p) => isCreated(p) && !isTerminating(p))
  const created = pods.filter(isCreated).length
  const ready = pods.filter(isRunningReady)
  const status = {
    replicas: created,
    readyReplicas: ready.length,
    availableReplicas: ready.filter((p) => round.available(p)).length,
    currentReplicas: live.filter((p) => revisionOf(p) === currentRevision).length,
    updatedReplicas: live.filter((p) => revisionOf(p) === updateRevision).length,
    currentRevision,
  }
  const complete = status.updatedReplicas === round.desired && status.readyReplicas === round.desired && status.replicas === round.desired
  if (set.spec?.updateStrategy?.type !== 'OnDelete' && complete) {
    status.currentReplicas = status.updatedReplicas
    status.currentRevision = updateRevision
  }
  return status
}
