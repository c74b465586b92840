/** When a cron schedule fires: croner's five-field mode with the schedule's time zone, asked from a simulated date. */
import { Cron } from 'croner'

const known = new Map<string, Cron | undefined>()
const LIMIT = 500

/** A schedule's first line may name its zone: `TZ=Asia/Tokyo 0 8 * * *` (the API refuses it, old objects may have it). */
function parse(schedule: string, timeZone: string): Cron | undefined {
  const zoned = /^(?:CRON_)?TZ=(\S+)\s+(.*)$/.exec(schedule)
  try {
    return new Cron(zoned?.[2] ?? schedule, { mode: '5-part', timezone: zoned?.[1] ?? timeZone, paused: true })
  } catch {
    return undefined
  }
}

function cronOf(schedule: string, timeZone: string | undefined): Cron | undefined {
  const every = /^@every /.test(schedule)
  if (every) return undefined
  const key = `${timeZone ?? 'Etc/UTC'} ${schedule}`
  if (!known.has(key)) {
    if (known.size >= LIMIT) known.clear()
    known.set(key, parse(schedule, timeZone ?? 'Etc/UTC'))
  }
  return known.get(key)
}

export const isSchedule = (schedule: string, timeZone?: string): boolean =>
  everyMs(schedule) !== undefined || cronOf(schedule, timeZone) !== undefined

/** `@every 90s`: a fixed distance from the last moment. */
function everyMs(schedule: string): number | undefined {
  const m = /^@every (?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(schedule)
  if (m === null) return undefined
  const ms = (Number(m[1] ?? 0) * 3600 + Number(m[2] ?? 0) * 60 + Number(m[3] ?? 0)) * 1000
  return ms > 0 ? ms : undefined
}

/** The first firing strictly after a moment, both in ms; undefined when there is none. */
export function nextAfter(schedule: string, timeZone: string | undefined, afterMs: number): number | undefined {
  const every = everyMs(schedule)
  if (every !== undefined) return Math.floor(afterMs / 1000) * 1000 + every
  return cronOf(schedule, timeZone)?.nextRun(new Date(afterMs))?.getTime()
}
