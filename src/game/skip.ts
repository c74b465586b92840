/** Skips time until something happens that a person would see. */
import type { Session } from '../session/session.ts'

export const MAX_SKIP_MS = 600_000

/** When anything at all is due next, from the loop's timers and the session's own instants. */
function nextInstant(session: Session): number {
  let next = session.world.loop.nextDueMs() ?? Number.POSITIVE_INFINITY
  for (const boundary of session.boundaries) next = Math.min(next, boundary.nextMs() ?? Number.POSITIVE_INFINITY)
  return next
}

/** Lets time pass, instant by instant, until `seen` moves; gives the milliseconds that went by. */
export function skipUntil(session: Session, advance: (ms: number) => void, seen: () => string): { skippedMs: number; changed: boolean } {
  const startMs = session.world.nowMs
  const before = seen()
  for (;;) {
    const passed = session.world.nowMs - startMs
    if (passed >= MAX_SKIP_MS) return { skippedMs: passed, changed: false }
    const ms = Math.min(Math.max(1, nextInstant(session) - session.world.nowMs), MAX_SKIP_MS - passed, 1_000)
    advance(ms)
    if (seen() !== before) return { skippedMs: session.world.nowMs - startMs, changed: true }
  }
}
