/** The kubelet's back-off for restarts and image pulls: 10 s, doubled up to 5 min, forgotten after 10 min of peace (client-go's flowcontrol.Backoff). */
import type { BackoffEntry } from '../records.ts'

export const INITIAL_BACKOFF_MS = 10_000
export const MAX_BACKOFF_MS = 300_000

const expired = (entry: BackoffEntry, eventMs: number): boolean => eventMs - entry.updatedMs > 2 * MAX_BACKOFF_MS

/** Whether an event at `eventMs` (the end of the last run) still holds the next try back at `nowMs`. */
export function inBackoff(entry: BackoffEntry | undefined, eventMs: number, nowMs: number): boolean {
  return entry !== undefined && !expired(entry, eventMs) && nowMs - eventMs < entry.delayMs
}

/** The entry after one more try. */
export function nextBackoff(entry: BackoffEntry | undefined, eventMs: number, nowMs: number): BackoffEntry {
  if (entry === undefined || expired(entry, eventMs)) return { delayMs: INITIAL_BACKOFF_MS, updatedMs: nowMs }
  return { delayMs: Math.min(entry.delayMs * 2, MAX_BACKOFF_MS), updatedMs: nowMs }
}
