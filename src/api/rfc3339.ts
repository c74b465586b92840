/**
 * Timestamps as the API writes them, by arithmetic alone: whole seconds for metav1.Time, microseconds for metav1.MicroTime.
 * Days are counted in the proleptic Gregorian calendar (the days-from-civil algorithm), so the host's clock and zone never matter.
 */

const DAY_MS = 86_400_000
const two = (n: number): string => (n < 10 ? `0${n}` : `${n}`)

/** Days since 1970-01-01 of a civil date; month 1–12. */
export function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
}

export interface CivilTime {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly millisecond: number
  /** 0 is Sunday. */
  readonly weekday: number
}

/** The UTC calendar reading of a moment in ms since 1970. */
export function civilFromMs(ms: number): CivilTime {
  const days = Math.floor(ms / DAY_MS)
  const rest = Math.floor(ms - days * DAY_MS)
  const z = days + 719_468
  const era = Math.floor(z / 146_097)
  const dayOfEra = z - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shifted = Math.floor((5 * dayOfYear + 2) / 153)
  const month = shifted < 10 ? shifted + 3 : shifted - 9
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1,
    hour: Math.floor(rest / 3_600_000),
    minute: Math.floor(rest / 60_000) % 60,
    second: Math.floor(rest / 1000) % 60,
    millisecond: rest % 1000,
    weekday: (((days + 4) % 7) + 7) % 7,
  }
}

const date = (c: CivilTime): string => `${String(c.year).padStart(4, '0')}-${two(c.month)}-${two(c.day)}`
const clock = (c: CivilTime): string => `${two(c.hour)}:${two(c.minute)}:${two(c.second)}`

/** `2026-11-20T06:14:00Z`; fractions of a second are cut off. */
export function formatTime(ms: number): string {
  const second = Math.floor(ms / 1000)
  if (second !== lastSecond) {
    lastText = writeTime(ms)
    lastSecond = second
  }
  return lastText
}

/** Most times that are written are the same one: now. */
let lastSecond = Number.NaN
let lastText = ''

function writeTime(ms: number): string {
  const c = civilFromMs(ms)
  return `${date(c)}T${clock(c)}Z`
}

/** `2026-11-20T06:14:00.123000Z`. */
export function formatMicroTime(ms: number): string {
  const c = civilFromMs(ms)
  const micros = Math.floor(ms * 1000) - Math.floor(ms) * 1000
  return `${date(c)}T${clock(c)}.${String(c.millisecond).padStart(3, '0')}${String(micros).padStart(3, '0')}Z`
}

/** `Fri, 20 Nov 2026 06:14:00 +0000` (Go's RFC1123Z), as `describe` prints times. */
export function formatRfc1123(ms: number): string {
  const c = civilFromMs(ms)
  const weekday = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'][c.weekday]
  const month = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'][c.month - 1]
  return `${weekday}, ${two(c.day)} ${month} ${String(c.year).padStart(4, '0')} ${clock(c)} +0000`
}

const shape = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:[.,](\d+))?(?:Z|([+-])(\d{2}):(\d{2}))$/
const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
const daysIn = (year: number, month: number): number =>
  month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : (monthDays[month - 1] ?? 0)

/** Ms since 1970 of an RFC 3339 text (fractions kept to the microsecond); undefined if it is none. */
export function parseTime(text: string): number | undefined {
  const m = shape.exec(text)
  if (m === null) return undefined
  const [year, month, day, hour, minute, second] = [m[1], m[2], m[3], m[4], m[5], m[6]].map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined
  if (hour > 23 || minute > 59 || second > 59) return undefined
  const micros = m[7] === undefined ? 0 : Number(m[7].slice(0, 6).padEnd(6, '0'))
  const offsetMinutes = m[8] === undefined ? 0 : (m[8] === '-' ? -1 : 1) * (Number(m[9]) * 60 + Number(m[10]))
  return daysFromCivil(year, month, day) * DAY_MS + hour * 3_600_000 + (minute - offsetMinutes) * 60_000 + second * 1000 + micros / 1000
}
