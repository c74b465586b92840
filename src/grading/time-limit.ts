/** How long a level's virtual time may go on where somebody is graded. */
import { durationMs } from '../levels/format/times.ts'
import type { Level } from '../levels/loader/level.ts'

/** Where the level names no time: as long as the longest that do. */
const DEFAULT_TIME_MS = 4 * 3_600_000

/** Milliseconds since the player entered. */
export const timeLimitOf = (level: Level): number => durationMs(level.spec.limits?.time ?? '') ?? DEFAULT_TIME_MS
