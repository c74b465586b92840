/** sprig's functions of time over the virtual clock, in UTC, with Go's reference layout. */
import { formatDuration, parseDuration } from '../../api/durations.ts'
import { type CivilTime, civilFromMs, daysFromCivil, formatMicroTime, parseTime } from '../../api/rfc3339.ts'
import { GoObject } from '../template/values.ts'
import { type Functions, type FunctionWorld, fn, toInt } from './contract.ts'

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const two = (n: number): string => String(n).padStart(2, '0')
const half = (hour: number): number => ((hour + 11) % 12) + 1

const PARTS: Readonly<Record<string, (c: CivilTime) => string>> = {
  '2006': (c) => String(c.year).padStart(4, '0'),
  January: (c) => MONTHS[c.month - 1]!,
  Monday: (c) => DAYS[c.weekday]!,
  Jan: (c) => MONTHS[c.month - 1]!.slice(0, 3),
  Mon: (c) => DAYS[c.weekday]!.slice(0, 3),
  MST: () => 'UTC',
  'Z07:00': () => 'Z',
  '-07:00': () => '+00:00',
  '-0700': () => '+0000',
  '.000': (c) => `.${String(c.millisecond).padStart(3, '0')}`,
  '01': (c) => two(c.month),
  '02': (c) => two(c.day),
  '03': (c) => two(half(c.hour)),
  '04': (c) => two(c.minute),
  '05': (c) => two(c.second),
  '06': (c) => two(c.year % 100),
  '15': (c) => two(c.hour),
  PM: (c) => (c.hour < 12 ? 'AM' : 'PM'),
  pm: (c) => (c.hour < 12 ? 'am' : 'pm'),
  _2: (c) => String(c.day).padStart(2),
  '1': (c) => String(c.month),
  '2': (c) => String(c.day),
  '3': (c) => String(half(c.hour)),
  '4': (c) => String(c.minute),
  '5': (c) => String(c.second),
}
const LAYOUT = /2006|January|Monday|Jan|Mon|MST|Z07:00|-07:00|-0700|\.000|01|02|03|04|05|06|15|PM|pm|_2|1|2|3|4|5/g

/** A moment in Go's layout. */
export const formatLayout = (layout: string, ms: number): string => {
  const civil = civilFromMs(ms)
  return layout.replace(LAYOUT, (part) => PARTS[part]!(civil))
}

/** A text in Go's layout as ms since 1970; undefined where it does not fit. */
function parseLayout(layout: string, text: string): number | undefined {
  const names: string[] = []
  const pattern = layout.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/2006|01|02|15|04|05|Jan|Z07:00/g, (part) => {
    names.push(part)
    return part === 'Jan' ? '([A-Z][a-z]{2})' : part === 'Z07:00' ? '(Z)' : part === '2006' ? '(\\d{4})' : '(\\d\\d)'
  })
  const found = new RegExp(`^${pattern}$`).exec(text)
  if (found === null) return undefined
  const get = (name: string, fallback: number): number => (names.includes(name) ? Number(found[names.indexOf(name) + 1]) : fallback)
  const month = names.includes('Jan') ? MONTHS.findIndex((m) => m.startsWith(found[names.indexOf('Jan') + 1]!)) + 1 : get('01', 1)
  return (
    daysFromCivil(get('2006', 0), month, get('02', 1)) * 86_400_000 + get('15', 0) * 3_600_000 + get('04', 0) * 60_000 + get('05', 0) * 1000
  )
}

export const timeText = (ms: number): string =>
  `${formatLayout('2006-01-02 15:04:05', ms)}.${formatMicroTime(ms).slice(20, 26)} +0000 UTC`.replace(/\.?0+ \+/, ' +')

/** A time.Time of Go's. */
const time = (ms: number): GoObject =>
  new GoObject(
    'time.Time',
    {},
    {
      Unix: () => BigInt(Math.floor(ms / 1000)),
      UnixNano: () => BigInt(Math.floor(ms)) * 1_000_000n,
      Format: (layout) => formatLayout(String(layout), ms),
      Year: () => BigInt(civilFromMs(ms).year),
      Day: () => BigInt(civilFromMs(ms).day),
      Hour: () => BigInt(civilFromMs(ms).hour),
      UTC: () => time(ms),
      msSinceEpoch: () => ms,
    },
    false,
    () => timeText(ms),
  )

const ago = (ms: number): string => formatDuration(Math.round(ms / 1000) * 1000)

function rounded(ms: number): string {
  const sizes = [
    ['y', 31_536_000_000],
    ['mo', 2_592_000_000],
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1000],
  ] as const
  for (const [unit, size] of sizes) if (ms >= size) return `${Math.floor(ms / size)}${unit}`
  return '0s'
}

export function dateFunctions({ now }: FunctionWorld): Functions {
  const msOf = (value: unknown): number => {
    if (value instanceof GoObject && value.type === 'time.Time') return value.methods.msSinceEpoch!() as number
    if (typeof value === 'bigint' || typeof value === 'number') return Number(value) * 1000
    return (typeof value === 'string' ? parseTime(value) : undefined) ?? now()
  }
  const duration = (value: unknown): number => {
    if (typeof value === 'string') return /^-?\d+$/.test(value) ? Number(value) * 1000 : parseDuration(value)
    return Number(toInt(value)) * 1000
  }
  const modify = (text: string, at: unknown): GoObject => time(msOf(at) + parseDuration(text))
  const toDate = (layout: string, text: string): GoObject => time(parseLayout(layout, text) ?? -62_135_596_800_000)
  return {
    now: fn('', () => time(now())),
    date: fn('sa', (layout, at) => formatLayout(layout, msOf(at))),
    date_in_zone: fn('sas', (layout, at) => formatLayout(layout, msOf(at))),
    dateInZone: fn('sas', (layout, at) => formatLayout(layout, msOf(at))),
    htmlDate: fn('a', (at) => formatLayout('2006-01-02', msOf(at))),
    htmlDateInZone: fn('as', (at) => formatLayout('2006-01-02', msOf(at))),
    dateModify: fn('sa', modify),
    date_modify: fn('sa', modify),
    mustDateModify: fn('sa', modify),
    toDate: fn('ss', toDate),
    mustToDate: fn('ss', toDate),
    unixEpoch: fn('a', (at) => String(Math.floor(msOf(at) / 1000))),
    ago: fn('a', (at) => ago(now() - msOf(at))),
    duration: fn('a', (v) => formatDuration(duration(v))),
    durationRound: fn('a', (v) => rounded(v instanceof GoObject ? now() - msOf(v) : Math.abs(duration(v)))),
  }
}
