/**
 * One round of a Deployment: from the Deployment and its ReplicaSets to what is to be created, scaled, annotated, deleted, and the
 * status to write. Models upstream's syncDeployment; the next change of a ReplicaSet brings the next round.
 */
import type { Deployment, DeploymentStatus, ReplicaSet } from '../../api/generated/types/apps-v1.ts'
import type { Pod } from '../../api/generated/types/core-v1.ts'
import { isFinished } from '../pod-state.ts'
import { same } from '../same.ts'
import {
  annotationsForExisting,
  buildReplicaSet,
  desiredOf,
  isRolling,
  newSize,
  oldestFirst,
  ROLLBACK_TO,
  revisionOf,
  type Split,
  scaleAnnotations,
  sizeOf,
  split,
} from './revisions.ts'
import { isScalingEvent, rollingStep, type Scaling, scaleInPlace } from './scaling.ts'
import { conditionOf, countStatus, deadlineCheck, hasDeadline, isComplete, pauseCondition, rolloutStatus, withCondition } from './status.ts'

export interface DeploymentInput {
  readonly deployment: Deployment
  /** Those it controls. */
  readonly sets: readonly ReplicaSet[]
  /** All pods of its ReplicaSets; only Recreate asks. */
  readonly pods: () => readonly Pod[]
  readonly nowMs: number
}

export interface Change {
  readonly set: ReplicaSet
  readonly replicas?: number
  readonly annotations?: Record<string, string>
  readonly minReadySeconds?: number
}

export interface DeploymentPlan {
  readonly create?: ReplicaSet
  /** Changes of existing ReplicaSets, in order; `replicas` differing from the set's own is a scaling with an event. */
  readonly changes: readonly Change[]
  readonly remove: readonly ReplicaSet[]
  /** The Deployment's own revision annotation. */
  readonly revision?: number
  /** To roll back to: the template to take over, or why not. */
  readonly rollback?: { readonly to?: ReplicaSet; readonly revision: number }
  readonly status: DeploymentStatus
  readonly againMs?: number
}

export function planDeployment(input: DeploymentInput): DeploymentPlan {
  const { nowMs } = input
  const paused = pauseCondition(input.deployment, nowMs)
  const d: Deployment =
    paused === undefined ? input.deployment : { ...input.deployment, status: { ...input.deployment.status, conditions: [...paused] } }
  const s = split(d, input.sets)
  if (d.metadata.deletionTimestamp !== undefined) return { changes: [], remove: [], status: countStatus(d, s, nowMs) }
  const rollback = d.metadata.annotations?.[ROLLBACK_TO]
  if (d.spec?.paused === true) return inPlace(d, s, nowMs, rollback === undefined)
  if (rollback !== undefined) return rollBack(d, s, Number(rollback) || 0, nowMs)
  if (isScalingEvent(d, s)) return inPlace(d, s, nowMs, false)
  return isRolling(d) ? rolling(d, s, nowMs) : recreate(d, s, input.pods, nowMs)
}

/** A step that looks after revisions first: makes the new ReplicaSet or brings its annotations up to date. */
interface Prepared {
  readonly create?: ReplicaSet
  readonly changes: Change[]
  readonly revision: number
  readonly deployment: Deployment
}

const maxRevision = (sets: readonly ReplicaSet[]): number => sets.reduce((max, rs) => Math.max(max, revisionOf(rs.metadata.annotations)), 0)

function prepare(d: Deployment, s: Split, mayCreate: boolean, nowMs: number): Prepared | undefined {
  const revision = maxRevision(s.old) + 1
  if (s.fresh !== undefined) {
    const annotations = annotationsForExisting(d, s.fresh, revision)
    const minReadySeconds = d.spec?.minReadySeconds ?? 0
    const stale = !same(annotations, s.fresh.metadata.annotations ?? {}) || minReadySeconds !== (s.fresh.spec?.minReadySeconds ?? 0)
    return {
      changes: stale ? [{ set: s.fresh, annotations, minReadySeconds }] : [],
      revision: revisionOf(annotations),
      deployment: noted(d, 'FoundNewReplicaSet', `Found new replica set "${s.fresh.metadata.name}"`, nowMs, true),
    }
  }
  if (!mayCreate) return undefined
  const create = buildReplicaSet(d, revision, newSize(d, s.old, 0))
  return {
    create,
    changes: [],
    revision,
    deployment: noted(d, 'NewReplicaSetCreated', `Created new replica set "${create.metadata.name}"`, nowMs, false),
  }
}

function noted(d: Deployment, reason: string, message: string, nowMs: number, onlyIfNone: boolean): Deployment {
  const conditions = d.status?.conditions ?? []
  if (!hasDeadline(d) || (onlyIfNone && conditionOf(conditions, 'Progressing') !== undefined)) return d
  return {
    ...d,
    status: { ...d.status, conditions: [...withCondition(conditions, { type: 'Progressing', status: 'True', reason, message }, nowMs)] },
  }
}

function inPlace(d: Deployment, s: Split, nowMs: number, clean: boolean): DeploymentPlan {
  const prepared = prepare(d, s, false, nowMs)
  const now = prepared?.deployment ?? d
  return {
    changes: merge(now, prepared?.changes ?? [], scaleInPlace(now, s), true),
    remove: clean ? surplus(now, s.old) : [],
    ...(prepared && { revision: prepared.revision }),
    status: countStatus(now, s, nowMs),
  }
}

function finish(d: Deployment, s: Split, prepared: Prepared | undefined, scalings: readonly Scaling[], nowMs: number): DeploymentPlan {
  const now = prepared?.deployment ?? d
  const status = rolloutStatus(now, s, countStatus(now, s, nowMs), nowMs)
  const clean = scalings.length === 0 && prepared?.create === undefined && isComplete(now, now.status ?? {})
  const againMs = deadlineCheck(now, status, nowMs)
  return {
    ...(prepared?.create && { create: prepared.create }),
    changes: merge(now, prepared?.changes ?? [], scalings, false),
    remove: clean ? surplus(now, s.old) : [],
    ...(prepared && { revision: prepared.revision }),
    status,
    ...(againMs !== undefined && { againMs }),
  }
}

function rolling(d: Deployment, s: Split, nowMs: number): DeploymentPlan {
  const prepared = prepare(d, s, true, nowMs)!
  const { fresh } = s
  return finish(d, s, prepared, fresh === undefined ? [] : rollingStep(d, { fresh, old: s.old }), nowMs)
}

function recreate(d: Deployment, s: Split, pods: () => readonly Pod[], nowMs: number): DeploymentPlan {
  const down = s.old.filter((rs) => sizeOf(rs) > 0).map((set) => ({ set, to: 0 }))
  const freshUid = s.fresh?.metadata.uid
  const oldRuns = (): boolean => pods().some((p) => !isFinished(p) && !p.metadata.ownerReferences?.some((r) => r.uid === freshUid))
  if (down.length > 0 || oldRuns()) return finish(d, s, prepare(d, s, false, nowMs), down, nowMs)
  const up = s.fresh !== undefined && sizeOf(s.fresh) !== desiredOf(d) ? [{ set: s.fresh, to: desiredOf(d) }] : []
  return finish(d, s, prepare(d, s, true, nowMs), up, nowMs)
}

function rollBack(d: Deployment, s: Split, asked: number, nowMs: number): DeploymentPlan {
  const all = [...s.old, ...(s.fresh ? [s.fresh] : [])].sort(
    (a, b) => revisionOf(b.metadata.annotations) - revisionOf(a.metadata.annotations),
  )
  const revision = asked === 0 ? revisionOf(all[1]?.metadata.annotations) : asked
  const to = revision === 0 ? undefined : all.find((rs) => revisionOf(rs.metadata.annotations) === revision)
  return { changes: [], remove: [], rollback: { revision, ...(to && { to }) }, status: countStatus(d, s, nowMs) }
}

/** Scalings carry the annotations that later proportional scaling reads; every set of a scaled Deployment gets them. */
function merge(d: Deployment, changes: readonly Change[], scalings: readonly Scaling[], always: boolean): Change[] {
  const bySet = new Map(changes.map((c) => [c.set, c]))
  for (const { set, to } of scalings) {
    const base = bySet.get(set)
    const annotations = { ...(base?.annotations ?? set.metadata.annotations), ...scaleAnnotations(d) }
    if (to === sizeOf(set) && (!always || same(annotations, set.metadata.annotations))) continue
    bySet.set(set, { ...base, set, replicas: to, annotations })
  }
  return [...bySet.values()]
}

/** Old, empty ReplicaSets beyond the history limit, lowest revision first. */
function surplus(d: Deployment, old: readonly ReplicaSet[]): ReplicaSet[] {
  const limit = d.spec?.revisionHistoryLimit
  if (limit === undefined) return []
  const kept = old
    .filter((rs) => rs.metadata.deletionTimestamp === undefined)
    .sort((a, b) => revisionOf(a.metadata.annotations) - revisionOf(b.metadata.annotations) || oldestFirst(a, b))
  return kept
    .slice(0, Math.max(0, kept.length - limit))
    .filter(
      (rs) => sizeOf(rs) === 0 && (rs.status?.replicas ?? 0) === 0 && (rs.metadata.generation ?? 0) <= (rs.status?.observedGeneration ?? 0),
    )
}
