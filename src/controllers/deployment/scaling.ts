/**
 * How many replicas each ReplicaSet of a Deployment gets: rolling steps, recreate, and proportional scaling in the middle of a rollout.
 * Pure arithmetic after upstream's deployment controller (rolling.go, recreate.go, sync.go).
 */
import type { Deployment, ReplicaSet } from '../../api/generated/types/apps-v1.ts'
import {
  DESIRED_REPLICAS,
  desiredOf,
  isRolling,
  MAX_REPLICAS,
  maxSurge,
  maxUnavailable,
  newSize,
  oldestFirst,
  type Split,
  sizeOf,
  total,
} from './revisions.ts'

export interface Scaling {
  readonly set: ReplicaSet
  readonly to: number
}

const available = (rs: ReplicaSet): number => rs.status?.availableReplicas ?? 0
const everyone = (s: Split): ReplicaSet[] => (s.fresh === undefined ? [...s.old] : [...s.old, s.fresh])
const active = (sets: readonly ReplicaSet[]): ReplicaSet[] => sets.filter((rs) => sizeOf(rs) > 0)

/** One step of a rolling update: either the new set changes, or old ones shrink. */
export function rollingStep(d: Deployment, s: Split & { fresh: ReplicaSet }): Scaling[] {
  const current = sizeOf(s.fresh)
  const wanted = current > desiredOf(d) ? desiredOf(d) : newSize(d, everyone(s), current)
  if (wanted !== current) return [{ set: s.fresh, to: wanted }]
  return shrinkOld(d, s)
}

function shrinkOld(d: Deployment, s: Split & { fresh: ReplicaSet }): Scaling[] {
  const old = active(s.old).sort(oldestFirst)
  if (old.length === 0) return []
  const minAvailable = desiredOf(d) - maxUnavailable(d)
  const maxDown = total(everyone(s)) - minAvailable - (sizeOf(s.fresh) - available(s.fresh))
  if (maxDown <= 0) return []
  const sizes = new Map(old.map((rs) => [rs, sizeOf(rs)]))
  dropUnhealthy(old, sizes, maxDown)
  dropHealthy(old, sizes, everyone(s).reduce((n, rs) => n + available(rs), 0) - minAvailable)
  return old.filter((rs) => sizes.get(rs) !== sizeOf(rs)).map((set) => ({ set, to: sizes.get(set)! }))
}

/** Replicas that are not available anyway go first: a broken old version must not hold up the repair. */
function dropUnhealthy(old: readonly ReplicaSet[], sizes: Map<ReplicaSet, number>, limit: number): void {
  let dropped = 0
  for (const rs of old) {
    if (dropped >= limit) return
    const down = Math.min(limit - dropped, sizeOf(rs) - available(rs))
    if (down <= 0) continue
    sizes.set(rs, sizeOf(rs) - down)
    dropped += down
  }
}

function dropHealthy(old: readonly ReplicaSet[], sizes: Map<ReplicaSet, number>, spare: number): void {
  let dropped = 0
  for (const rs of old) {
    if (dropped >= spare) return
    const down = Math.min(sizes.get(rs)!, spare - dropped)
    if (down <= 0) continue
    sizes.set(rs, sizes.get(rs)! - down)
    dropped += down
  }
}

/** Whether the Deployment's replicas changed since its active ReplicaSets were last scaled. */
export const isScalingEvent = (d: Deployment, s: Split): boolean =>
  active(everyone(s)).some((rs) => {
    const desired = rs.metadata.annotations?.[DESIRED_REPLICAS]
    return desired !== undefined && Number(desired) !== desiredOf(d)
  })

const isSaturated = (d: Deployment, rs: ReplicaSet | undefined): boolean =>
  rs !== undefined &&
  Number(rs.metadata.annotations?.[DESIRED_REPLICAS]) === desiredOf(d) &&
  sizeOf(rs) === desiredOf(d) &&
  available(rs) === desiredOf(d)

/** Scales without rolling: the only active (or latest) set alone, or all active ones in proportion. */
export function scaleInPlace(d: Deployment, s: Split): Scaling[] {
  const running = active(everyone(s))
  const only = running.length === 0 ? (s.fresh ?? [...s.old].sort(oldestFirst).at(-1)) : running.length === 1 ? running[0] : undefined
  if (only !== undefined) return [{ set: only, to: desiredOf(d) }]
  if (isSaturated(d, s.fresh)) return active(s.old).map((set) => ({ set, to: 0 }))
  return isRolling(d) ? inProportion(d, running) : []
}

function inProportion(d: Deployment, running: ReplicaSet[]): Scaling[] {
  const allowed = desiredOf(d) > 0 ? desiredOf(d) + maxSurge(d) : 0
  const toAdd = allowed - total(running)
  // Larger sets change first; among equals the newer grows first and the older shrinks first.
  running.sort((a, b) => sizeOf(b) - sizeOf(a) || (toAdd > 0 ? oldestFirst(b, a) : oldestFirst(a, b)))
  let added = 0
  const sizes = running.map((rs) => {
    const share = toAdd === 0 || sizeOf(rs) === 0 ? 0 : clamp(fractionOf(d, rs), toAdd - added)
    added += share
    return sizeOf(rs) + share
  })
  if (toAdd !== 0) sizes[0] = Math.max(0, sizes[0]! + toAdd - added)
  return running.map((set, i) => ({ set, to: sizes[i]! }))
}

const clamp = (share: number, left: number): number => (left > 0 ? Math.min(share, left) : left < 0 ? Math.max(share, left) : 0)

function fractionOf(d: Deployment, rs: ReplicaSet): number {
  if (desiredOf(d) === 0) return -sizeOf(rs)
  const before = Number(rs.metadata.annotations?.[MAX_REPLICAS] ?? d.status?.replicas ?? 0) || desiredOf(d)
  return Math.round((sizeOf(rs) * (desiredOf(d) + maxSurge(d))) / before) - sizeOf(rs)
}
