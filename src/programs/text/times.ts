/** Moments as programs write them into their logs, all in UTC. */
import { type CivilTime, civilFromMs } from '../../api/rfc3339.ts'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const
const two = (n: number): string => (n < 10 ? `0${n}` : `${n}`)
const three = (n: number): string => String(n).padStart(3, '0')
const clock = (c: CivilTime): string => `${two(c.hour)}:${two(c.minute)}:${two(c.second)}`

/** `2026-11-20 07:31:47`. */
export function dashedTime(ms: number): string {
  const c = civilFromMs(ms)
  return `${c.year}-${two(c.month)}-${two(c.day)} ${clock(c)}`
}
/** `2026-11-20  7:31:47`: MariaDB pads the hour with a space. */
export function mariadbTime(ms: number): string {
  const c = civilFromMs(ms)
  return `${c.year}-${two(c.month)}-${two(c.day)} ${String(c.hour).padStart(2, ' ')}:${two(c.minute)}:${two(c.second)}`
}
/** `2026/11/20 07:31:47`: nginx' error log. */
export const slashedTime = (ms: number): string => dashedTime(ms).replaceAll('-', '/')
/** `20/Nov/2026:07:31:47 +0000`: the common log format. */
export function commonLogTime(ms: number): string {
  const c = civilFromMs(ms)
  return `${two(c.day)}/${MONTHS[c.month - 1]}/${c.year}:${clock(c)} +0000`
}
/** `Fri Nov 20 07:31:47.123000 2026`: Apache's error log. */
export function apacheTime(ms: number): string {
  const c = civilFromMs(ms)
  return `${DAYS[c.weekday]} ${MONTHS[c.month - 1]} ${two(c.day)} ${clock(c)}.${three(c.millisecond)}000 ${c.year}`
}
/** `Fri, 20 Nov 2026 07:31:47 GMT`: HTTP's Date. */
export function httpDate(ms: number): string {
  const c = civilFromMs(ms)
  return `${DAYS[c.weekday]}, ${two(c.day)} ${MONTHS[c.month - 1]} ${c.year} ${clock(c)} GMT`
}
/** `20 Nov 2026 07:31:47.123`: Redis. */
export function redisTime(ms: number): string {
  const c = civilFromMs(ms)
  return `${two(c.day)} ${MONTHS[c.month - 1]} ${c.year} ${clock(c)}.${three(c.millisecond)}`
}
/** `2026-11-20T07:31:47,123Z` (`,` or `.` before the milliseconds). */
export function isoTime(ms: number, mark = '.'): string {
  const c = civilFromMs(ms)
  return `${c.year}-${two(c.month)}-${two(c.day)}T${clock(c)}${mark}${three(c.millisecond)}Z`
}
