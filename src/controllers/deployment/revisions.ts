/**
 * A Deployment's ReplicaSets: which one is new, what their annotations say, and the revision arithmetic behind `rollout history`.
 * Models upstream's deployment/util package.
 */
import type { Deployment, ReplicaSet } from '../../api/generated/types/apps-v1.ts'
import { controllerRef } from '../../client/ownership.ts'
import { surgeAndUnavailable } from '../int-or-percent.ts'
import { timeOf } from '../pod-state.ts'
import { POD_TEMPLATE_HASH, sameTemplate, templateSuffix } from '../template.ts'

export const REVISION = 'deployment.kubernetes.io/revision'
export const REVISION_HISTORY = 'deployment.kubernetes.io/revision-history'
export const DESIRED_REPLICAS = 'deployment.kubernetes.io/desired-replicas'
export const MAX_REPLICAS = 'deployment.kubernetes.io/max-replicas'
export const ROLLBACK_TO = 'deprecated.deployment.rollback.to'
const NOT_COPIED = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION,
  REVISION_HISTORY,
  DESIRED_REPLICAS,
  MAX_REPLICAS,
  ROLLBACK_TO,
])
const HISTORY_LIMIT_CHARS = 2000

type Annotations = Readonly<Record<string, string>>

export const desiredOf = (d: Deployment): number => d.spec?.replicas ?? 1
export const sizeOf = (rs: ReplicaSet): number => rs.spec?.replicas ?? 1
export const isRolling = (d: Deployment): boolean => d.spec?.strategy?.type !== 'Recreate'
export const total = (sets: readonly ReplicaSet[]): number => sets.reduce((n, rs) => n + sizeOf(rs), 0)

const fence = (d: Deployment): { surge: number; unavailable: number } => {
  const rolling = d.spec?.strategy?.rollingUpdate
  return surgeAndUnavailable(rolling?.maxSurge ?? '25%', rolling?.maxUnavailable ?? '25%', desiredOf(d))
}
export const maxSurge = (d: Deployment): number => (isRolling(d) ? fence(d).surge : 0)
export const maxUnavailable = (d: Deployment): number =>
  !isRolling(d) || desiredOf(d) === 0 ? 0 : Math.min(fence(d).unavailable, desiredOf(d))

export const revisionOf = (annotations: Annotations | undefined): number => {
  const n = Number(annotations?.[REVISION] ?? '0')
  return Number.isInteger(n) ? n : 0
}

const byName = (a: ReplicaSet, b: ReplicaSet): number => (a.metadata.name < b.metadata.name ? -1 : 1)
export const oldestFirst = (a: ReplicaSet, b: ReplicaSet): number =>
  timeOf(a.metadata.creationTimestamp) - timeOf(b.metadata.creationTimestamp) || byName(a, b)

export interface Split {
  readonly fresh: ReplicaSet | undefined
  readonly old: readonly ReplicaSet[]
}

/** The oldest ReplicaSet with the Deployment's template is the new one; all others are old. */
export function split(d: Deployment, sets: readonly ReplicaSet[]): Split {
  const ordered = [...sets].sort(oldestFirst)
  const fresh = ordered.find((rs) => sameTemplate(rs.spec?.template, d.spec?.template))
  return { fresh, old: ordered.filter((rs) => rs !== fresh) }
}

/** How big the new ReplicaSet may be now. */
export function newSize(d: Deployment, all: readonly ReplicaSet[], current: number): number {
  if (!isRolling(d)) return desiredOf(d)
  const room = desiredOf(d) + maxSurge(d) - total(all)
  return room <= 0 ? current : current + Math.min(room, desiredOf(d) - current)
}

export const scaleAnnotations = (d: Deployment): Record<string, string> => ({
  [DESIRED_REPLICAS]: String(desiredOf(d)),
  [MAX_REPLICAS]: String(desiredOf(d) + maxSurge(d)),
})

const copied = (d: Deployment): Record<string, string> =>
  Object.fromEntries(Object.entries(d.metadata.annotations ?? {}).filter(([key]) => !NOT_COPIED.has(key)))

/** An existing new ReplicaSet's annotations as they ought to be for this revision. */
export function annotationsForExisting(d: Deployment, rs: ReplicaSet, revision: number): Record<string, string> {
  const next: Record<string, string> = { ...rs.metadata.annotations, ...copied(d) }
  const before = revisionOf(rs.metadata.annotations)
  if (before >= revision) return next
  next[REVISION] = String(revision)
  if (rs.metadata.annotations?.[REVISION] !== undefined)
    next[REVISION_HISTORY] = lengthened(rs.metadata.annotations[REVISION_HISTORY], before)
  return next
}

function lengthened(history: string | undefined, revision: number): string {
  const past = history === undefined || history === '' ? [] : history.split(',')
  past.push(String(revision))
  while (past.join(',').length > HISTORY_LIMIT_CHARS) past.shift()
  return past.join(',')
}

export function buildReplicaSet(d: Deployment, revision: number, replicas: number): ReplicaSet {
  const template = d.spec!.template
  const hash = templateSuffix(template, d.status?.collisionCount)
  const labels = { ...template.metadata?.labels, [POD_TEMPLATE_HASH]: hash }
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${d.metadata.name}-${hash}`,
      namespace: d.metadata.namespace!,
      labels,
      annotations: { ...copied(d), [REVISION]: String(revision), ...scaleAnnotations(d) },
      ownerReferences: [controllerRef(d)],
    },
    spec: {
      replicas,
      ...(d.spec!.minReadySeconds && { minReadySeconds: d.spec!.minReadySeconds }),
      selector: { ...d.spec!.selector, matchLabels: { ...d.spec!.selector.matchLabels, [POD_TEMPLATE_HASH]: hash } },
      template: { ...template, metadata: { ...template.metadata!, labels } },
    },
  }
}
