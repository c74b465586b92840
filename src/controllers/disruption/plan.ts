/** A PodDisruptionBudget's status: how many pods it expects, how many are healthy, and how many may go. */

import type { Pod } from '../../api/generated/types/core-v1.ts'
import type { Condition } from '../../api/generated/types/meta.ts'
import type { PodDisruptionBudget, PodDisruptionBudgetStatus } from '../../api/generated/types/policy-v1.ts'
import { formatTime } from '../../api/rfc3339.ts'
import { resolve } from '../int-or-percent.ts'
import { isReady, timeOf } from '../pod-state.ts'

/** An eviction that has not led to a deletion after this long is forgotten. */
export const DELETION_TIMEOUT_MS = 120_000

export interface Counts {
  readonly expected: number
  readonly desiredHealthy: number
}

/** `scale` is what the pods' controllers together want; percentages and maxUnavailable are of it. */
export function wantedHealthy(pdb: PodDisruptionBudget, pods: number, scale: number): Counts {
  const { minAvailable, maxUnavailable } = pdb.spec ?? {}
  if (maxUnavailable !== undefined) return { expected: scale, desiredHealthy: Math.max(0, scale - resolve(maxUnavailable, scale, 'up')) }
  if (typeof minAvailable === 'number') return { expected: pods, desiredHealthy: minAvailable }
  if (minAvailable === undefined) return { expected: pods, desiredHealthy: 0 }
  return { expected: scale, desiredHealthy: resolve(minAvailable, scale, 'up') }
}

/** Evictions under way that still count as disruptions: neither done nor timed out. */
export function stillDisrupted(pdb: PodDisruptionBudget, pods: readonly Pod[], nowMs: number): Record<string, string> {
  const present = new Set(pods.filter((p) => p.metadata.deletionTimestamp === undefined).map((p) => p.metadata.name))
  return Object.fromEntries(
    Object.entries(pdb.status?.disruptedPods ?? {}).filter(([name, at]) => present.has(name) && timeOf(at) + DELETION_TIMEOUT_MS > nowMs),
  )
}

export function planBudget(pdb: PodDisruptionBudget, pods: readonly Pod[], scale: number, nowMs: number): PodDisruptionBudgetStatus {
  const disruptedPods = stillDisrupted(pdb, pods, nowMs)
  const healthy = pods.filter(
    (p) => p.metadata.deletionTimestamp === undefined && disruptedPods[p.metadata.name] === undefined && isReady(p),
  ).length
  const { expected, desiredHealthy } = wantedHealthy(pdb, pods.length, scale)
  const allowed = expected <= 0 ? 0 : Math.max(0, healthy - desiredHealthy)
  return {
    conditions: [allowedCondition(pdb, allowed, nowMs)],
    currentHealthy: healthy,
    desiredHealthy,
    ...(Object.keys(disruptedPods).length > 0 && { disruptedPods }),
    disruptionsAllowed: allowed,
    expectedPods: expected,
    ...(pdb.metadata.generation !== undefined && { observedGeneration: pdb.metadata.generation }),
  }
}

function allowedCondition(pdb: PodDisruptionBudget, allowed: number, nowMs: number): Condition {
  const status = allowed > 0 ? 'True' : 'False'
  const old = pdb.status?.conditions?.find((c) => c.type === 'DisruptionAllowed')
  return {
    type: 'DisruptionAllowed',
    status,
    reason: allowed > 0 ? 'SufficientPods' : 'InsufficientPods',
    message: '',
    lastTransitionTime: old?.status === status ? old.lastTransitionTime : formatTime(nowMs),
    ...(pdb.metadata.generation !== undefined && { observedGeneration: pdb.metadata.generation }),
  }
}
