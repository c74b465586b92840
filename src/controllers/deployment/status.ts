/**
 * A Deployment's status: counts, `Available`, `Progressing` with its deadline, and `ReplicaFailure`, worded and ordered as upstream's.
 */
import type { Deployment, DeploymentCondition, DeploymentStatus, ReplicaSet } from '../../api/generated/types/apps-v1.ts'
import { formatTime } from '../../api/rfc3339.ts'
import { timeOf } from '../pod-state.ts'
import { desiredOf, maxUnavailable, type Split, total } from './revisions.ts'

type Conditions = readonly DeploymentCondition[]

export const conditionOf = (conditions: Conditions | undefined, type: string): DeploymentCondition | undefined =>
  conditions?.find((c) => c.type === type)

/** Deadlines of this size mean there is none. */
const NO_DEADLINE = 2_147_483_647
export const hasDeadline = (d: Deployment): boolean =>
  d.spec?.progressDeadlineSeconds !== undefined && d.spec.progressDeadlineSeconds !== NO_DEADLINE

export interface ConditionText {
  readonly type: string
  readonly status: 'True' | 'False' | 'Unknown'
  readonly reason: string
  readonly message: string
}

/** Same status and reason: left alone. Otherwise it moves to the end, keeping its transition time while its status is the same. */
export function withCondition(conditions: Conditions, next: ConditionText, nowMs: number): Conditions {
  const current = conditionOf(conditions, next.type)
  if (current?.status === next.status && current.reason === next.reason) return conditions
  return replaced(conditions, next, current, nowMs)
}

function replaced(conditions: Conditions, next: ConditionText, current: DeploymentCondition | undefined, nowMs: number): Conditions {
  const now = formatTime(nowMs)
  const since = current?.status === next.status ? (current.lastTransitionTime ?? now) : now
  return [...conditions.filter((c) => c.type !== next.type), { ...next, lastUpdateTime: now, lastTransitionTime: since }]
}

const sum = (sets: readonly ReplicaSet[], of: (rs: ReplicaSet) => number | undefined): number =>
  sets.reduce((n, rs) => n + (of(rs) ?? 0), 0)

/** Counts and `Available`; `conditions` as they stand before. Zero counts are left out, as the API encodes them. */
export function countStatus(d: Deployment, s: Split, nowMs: number): DeploymentStatus {
  const all = s.fresh === undefined ? s.old : [...s.old, s.fresh]
  const available = sum(all, (rs) => rs.status?.availableReplicas)
  const counts = {
    replicas: sum(all, (rs) => rs.status?.replicas),
    updatedReplicas: s.fresh?.status?.replicas ?? 0,
    readyReplicas: sum(all, (rs) => rs.status?.readyReplicas),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, total(all) - available),
  }
  const enough = available >= desiredOf(d) - maxUnavailable(d)
  const text: ConditionText = enough
    ? { type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable', message: 'Deployment has minimum availability.' }
    : {
        type: 'Available',
        status: 'False',
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have minimum availability.',
      }
  return {
    ...(d.metadata.generation !== undefined && { observedGeneration: d.metadata.generation }),
    ...Object.fromEntries(Object.entries(counts).filter(([, n]) => n !== 0)),
    terminatingReplicas: sum(all, (rs) => rs.status?.terminatingReplicas),
    ...(d.status?.collisionCount !== undefined && { collisionCount: d.status.collisionCount }),
    conditions: [...withCondition(d.status?.conditions ?? [], text, nowMs)],
  }
}

export const isComplete = (d: Deployment, status: DeploymentStatus): boolean =>
  (status.updatedReplicas ?? 0) === desiredOf(d) &&
  (status.replicas ?? 0) === desiredOf(d) &&
  (status.availableReplicas ?? 0) === desiredOf(d) &&
  (status.observedGeneration ?? 0) >= (d.metadata.generation ?? 0)

const isProgressing = (before: DeploymentStatus | undefined, now: DeploymentStatus): boolean => {
  const outdated = (s: DeploymentStatus | undefined): number => (s?.replicas ?? 0) - (s?.updatedReplicas ?? 0)
  return (
    (now.updatedReplicas ?? 0) > (before?.updatedReplicas ?? 0) ||
    outdated(now) < outdated(before) ||
    (now.readyReplicas ?? 0) > (before?.readyReplicas ?? 0) ||
    (now.availableReplicas ?? 0) > (before?.availableReplicas ?? 0)
  )
}

function isTimedOut(d: Deployment, progressing: DeploymentCondition | undefined, nowMs: number): boolean {
  if (progressing === undefined || progressing.reason === 'NewReplicaSetAvailable') return false
  if (progressing.reason === 'ProgressDeadlineExceeded') return true
  return timeOf(progressing.lastUpdateTime) + d.spec!.progressDeadlineSeconds! * 1000 < nowMs
}

/** `counted` with `Progressing` and `ReplicaFailure` brought up to date. */
export function rolloutStatus(d: Deployment, s: Split, counted: DeploymentStatus, nowMs: number): DeploymentStatus {
  let conditions: Conditions = counted.conditions ?? []
  if (!hasDeadline(d)) conditions = conditions.filter((c) => c.type !== 'Progressing')
  const current = conditionOf(d.status?.conditions, 'Progressing')
  const settled = (counted.replicas ?? 0) === (counted.updatedReplicas ?? 0) && current?.reason === 'NewReplicaSetAvailable'
  if (hasDeadline(d) && !settled) conditions = progress(d, s, counted, conditions, nowMs)
  const failure = [s.fresh, ...s.old].flatMap((rs) => rs?.status?.conditions ?? []).find((c) => c.type === 'ReplicaFailure')
  conditions =
    failure === undefined
      ? conditions.filter((c) => c.type !== 'ReplicaFailure')
      : withCondition(
          conditions,
          { type: 'ReplicaFailure', status: failure.status as 'True', reason: failure.reason ?? '', message: failure.message ?? '' },
          nowMs,
        )
  return { ...counted, conditions: [...conditions] }
}

function progress(d: Deployment, s: Split, counted: DeploymentStatus, conditions: Conditions, nowMs: number): Conditions {
  const subject = s.fresh === undefined ? `Deployment "${d.metadata.name}"` : `ReplicaSet "${s.fresh.metadata.name}"`
  const current = conditionOf(conditions, 'Progressing')
  if (isComplete(d, counted))
    return withCondition(
      conditions,
      { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable', message: `${subject} has successfully progressed.` },
      nowMs,
    )
  if (isProgressing(d.status, counted)) {
    // Progress restarts the deadline's clock even where neither status nor reason changes.
    return replaced(
      conditions,
      { type: 'Progressing', status: 'True', reason: 'ReplicaSetUpdated', message: `${subject} is progressing.` },
      current,
      nowMs,
    )
  }
  if (!isTimedOut(d, current, nowMs)) return conditions
  return withCondition(
    conditions,
    { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: `${subject} has timed out progressing.` },
    nowMs,
  )
}

/** When the deadline of a rollout in progress has to be looked at again, in ms from now. */
export function deadlineCheck(d: Deployment, status: DeploymentStatus, nowMs: number): number | undefined {
  const current = conditionOf(status.conditions, 'Progressing')
  if (!hasDeadline(d) || current === undefined || isComplete(d, status)) return undefined
  if (current.reason === 'NewReplicaSetAvailable' || current.reason === 'ProgressDeadlineExceeded') return undefined
  const leftMs = timeOf(current.lastUpdateTime) + d.spec!.progressDeadlineSeconds! * 1000 - nowMs
  return Math.max(0, leftMs) + 1000
}

/** Paused and resumed Deployments say so in `Progressing`; undefined when nothing changes. */
export function pauseCondition(d: Deployment, nowMs: number): Conditions | undefined {
  const current = conditionOf(d.status?.conditions, 'Progressing')
  if (!hasDeadline(d) || current?.reason === 'ProgressDeadlineExceeded') return undefined
  const said = current?.reason === 'DeploymentPaused'
  const conditions = d.status?.conditions ?? []
  if (d.spec?.paused === true && !said)
    return withCondition(
      conditions,
      { type: 'Progressing', status: 'Unknown', reason: 'DeploymentPaused', message: 'Deployment is paused' },
      nowMs,
    )
  if (d.spec?.paused !== true && said)
    return withCondition(
      conditions,
      { type: 'Progressing', status: 'Unknown', reason: 'DeploymentResumed', message: 'Deployment is resumed' },
      nowMs,
    )
  return undefined
}
