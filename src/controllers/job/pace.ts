/** How fast a Job tries again: exponential back-off from 10 s over its failures since the last success, for the whole Job or for each index. */
import type { Job } from '../../api/generated/types/batch-v1.ts'
import type { Pod } from '../../api/generated/types/core-v1.ts'
import { timeOf } from '../pod-state.ts'
import { indexOf } from './indexes.ts'
import type { PodToMake } from './plan.ts'

const FIRST_MS = 10_000
const MAX_MS = 600_000
export const INDEX_FAILURES = 'batch.kubernetes.io/job-index-failure-count'

/** When a pod ended: its last container's end, else its deletion. */
export function finishedAt(pod: Pod): number {
  const ends = (pod.status?.containerStatuses ?? []).map((c) => timeOf(c.state?.terminated?.finishedAt))
  const last = Math.max(0, ...ends)
  return last > 0 ? last : timeOf(pod.metadata.deletionTimestamp ?? pod.metadata.creationTimestamp)
}

export const indexFailures = (pod: Pod): number => Number(pod.metadata.annotations?.[INDEX_FAILURES] ?? '0') || 0

const waitAfter = (failures: number, lastMs: number, nowMs: number): number =>
  failures === 0 ? 0 : Math.max(0, lastMs + Math.min(MAX_MS, FIRST_MS * 2 ** (failures - 1)) - nowMs)

/** Failures in a row and the last one's time, remembered in a cell of the Job (its pods may be gone by now). */
export interface Streak {
  readonly failures: number
  readonly lastMs: number
}

/** The streak after these newly finished pods. */
export function extendStreak(streak: Streak | undefined, finished: readonly Pod[]): Streak {
  let { failures, lastMs } = streak ?? { failures: 0, lastMs: 0 }
  for (const pod of [...finished].sort((a, b) => finishedAt(a) - finishedAt(b))) {
    if (pod.status?.phase === 'Succeeded') failures = 0
    else {
      failures++
      lastMs = Math.max(lastMs, finishedAt(pod))
    }
  }
  return { failures, lastMs }
}

/** Milliseconds until the next pod may be made. */
export const failureBackoff = (streak: Streak, nowMs: number): number => waitAfter(streak.failures, streak.lastMs, nowMs)

interface IndexFacts {
  readonly job: Job
  readonly active: readonly Pod[]
  readonly failedPods: readonly Pod[]
  readonly streak: Streak
  readonly succeededIndexes: ReadonlySet<number>
  readonly failedIndexes: ReadonlySet<number>
  readonly nowMs: number
}

/** The lowest indexes without a pod, each after its own back-off where the limit is per index. */
export function pendingIndexes(f: IndexFacts, room: number): { create: PodToMake[]; remove: readonly Pod[]; againMs: number | undefined } {
  const busy = new Set(f.active.map(indexOf))
  const perIndex = f.job.spec?.backoffLimitPerIndex !== undefined
  const wholeMs = perIndex ? 0 : failureBackoff(f.streak, f.nowMs)
  if (wholeMs > 0) return { create: [], remove: [], againMs: wholeMs }
  const lastFailed = new Map<number, Pod>()
  for (const pod of [...f.failedPods].sort((a, b) => indexFailures(a) - indexFailures(b))) lastFailed.set(indexOf(pod) ?? -1, pod)
  const create: PodToMake[] = []
  let againMs: number | undefined
  for (let index = 0; index < (f.job.spec?.completions ?? 0) && create.length < room; index++) {
    if (busy.has(index) || f.succeededIndexes.has(index) || f.failedIndexes.has(index)) continue
    const failed = lastFailed.get(index)
    const failures = failed === undefined ? 0 : indexFailures(failed) + 1
    const waitMs = perIndex && failed !== undefined ? waitAfter(failures, finishedAt(failed), f.nowMs) : 0
    if (waitMs > 0) againMs = Math.min(againMs ?? waitMs, waitMs)
    else create.push(perIndex ? { index, failures } : { index })
  }
  return { create, remove: [], againMs }
}
