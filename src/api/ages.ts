/**
 * Ages as kubectl's tables print them (apimachinery's duration.HumanDuration and ShortHumanDuration).
 */
import { parseTime } from './rfc3339.ts'

const SECOND = 1000
const MINUTE = 60
const HOUR = 3600
const DAY = 86_400
const YEAR = 365 * DAY

const pair = (big: number, bigUnit: string, small: number, smallUnit: string): string =>
  small === 0 ? `${big}${bigUnit}` : `${big}${bigUnit}${small}${smallUnit}`

/** `5s`, `2m30s`, `3h`, `2d5h`, `5d`, `2y10d`; two units only while the first is small. */
export function humanDuration(ms: number): string {
  const total = Math.trunc(ms / SECOND)
  if (total < -1) return '<invalid>'
  if (total < 0) return '0s'
  if (total < MINUTE * 2) return `${total}s`
  const minutes = Math.floor(total / MINUTE)
  if (minutes < 10) return pair(minutes, 'm', total % MINUTE, 's')
  if (minutes < 60 * 3) return `${minutes}m`
  const hours = Math.floor(total / HOUR)
  if (hours < 8) return pair(hours, 'h', minutes % 60, 'm')
  if (hours < 48) return `${hours}h`
  const days = Math.floor(total / DAY)
  if (hours < 24 * 8) return pair(days, 'd', hours % 24, 'h')
  if (hours < 24 * 365 * 2) return `${days}d`
  const years = Math.floor(total / YEAR)
  return hours < 24 * 365 * 8 ? pair(years, 'y', days % 365, 'd') : `${years}y`
}

/** The age of an RFC 3339 moment at `nowMs`; `<unknown>` where there is none. */
export function ageSince(timestamp: string | undefined, nowMs: number): string {
  const then = timestamp === undefined ? undefined : parseTime(timestamp)
  return then === undefined ? '<unknown>' : humanDuration(nowMs - then)
}
