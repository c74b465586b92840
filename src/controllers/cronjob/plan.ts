/**
 * A CronJob's decision: which firing is due, whether it may start, and when to look again. Models upstream's CronJob controller v2.
 */
import type { CronJob } from '../../api/generated/types/batch-v1.ts'
import { formatTime } from '../../api/rfc3339.ts'
import { timeOf } from '../pod-state.ts'
import { isSchedule, nextAfter } from './schedule.ts'

/** More missed firings than this without a deadline look like a clock gone wrong: upstream warns and goes on with the last. */
const TOO_MANY = 100

export interface Due {
  /** The firing to start, ms. */
  readonly startMs?: number
  readonly nextMs?: number
  /** Told as a Warning of the CronJob. */
  readonly warning?: { readonly reason: string; readonly message: string }
  /** The latest firing came too late to start. */
  readonly missedMs?: number
}

interface Missed {
  readonly latest: number | undefined
  readonly count: number
}

function missedSince(cron: CronJob, fromMs: number, nowMs: number): Missed {
  const { schedule, timeZone } = cron.spec
  let latest: number | undefined
  let count = 0
  for (let t = nextAfter(schedule, timeZone, fromMs); t !== undefined && t <= nowMs; t = nextAfter(schedule, timeZone, t)) {
    latest = t
    if (++count > TOO_MANY) return { latest: lastBefore(cron, t, nowMs), count }
  }
  return { latest, count }
}

/** Walks on from `t` in one stride of the schedule's own distance, so that years of misses cost little. */
function lastBefore(cron: CronJob, t: number, nowMs: number): number {
  const { schedule, timeZone } = cron.spec
  const stride = (nextAfter(schedule, timeZone, t) ?? nowMs) - t
  let latest = nextAfter(schedule, timeZone, Math.max(t, nowMs - 2 * stride - 1)) ?? t
  for (let n = nextAfter(schedule, timeZone, latest); n !== undefined && n <= nowMs; n = nextAfter(schedule, timeZone, n)) latest = n
  return latest <= nowMs ? latest : t
}

export function planSchedule(cron: CronJob, nowMs: number): Due {
  const { schedule, timeZone, startingDeadlineSeconds } = cron.spec
  if (!isSchedule(schedule, timeZone)) return { warning: { reason: 'UnparseableSchedule', message: `unparseable schedule: "${schedule}"` } }
  const last = cron.status?.lastScheduleTime
  let fromMs = timeOf(last ?? cron.metadata.creationTimestamp)
  if (startingDeadlineSeconds !== undefined) fromMs = Math.max(fromMs, nowMs - startingDeadlineSeconds * 1000)
  const next = nextAfter(schedule, timeZone, nowMs)
  const when = next === undefined ? {} : { nextMs: next }
  const { latest, count } = missedSince(cron, fromMs, nowMs)
  if (latest === undefined) return when
  if (startingDeadlineSeconds !== undefined && latest + startingDeadlineSeconds * 1000 < nowMs) return { ...when, missedMs: latest }
  const warning = {
    reason: 'TooManyMissedTimes',
    message: `too many missed start times: ${count}. Set or decrease .spec.startingDeadlineSeconds or check clock skew`,
  }
  return { ...when, startMs: latest, ...(count > TOO_MANY && { warning }) }
}

/** A Job's name holds the minute it was meant for, so that no firing starts twice. */
export const jobName = (cron: CronJob, startMs: number): string => `${cron.metadata.name}-${Math.floor(startMs / 60_000)}`

export const missedText = (ms: number): string => `Missed scheduled time to start a job: ${formatGoTime(ms)}`
const formatGoTime = (ms: number): string => `${formatTime(ms).replace('T', ' ').replace('Z', '')} +0000 UTC`
