/**
 * Go durations ("1h2m3.5s"), read and written as time.ParseDuration and Duration.String do, in milliseconds.
 */
import { errors } from './errors.ts'

const unitMs: Record<string, number> = { ns: 1e-6, us: 1e-3, µs: 1e-3, μs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 }
const part = /^(\d*)(\.\d*)?([^\d.]*)/u
const LIMIT_MS = 9_223_372_036_854

const quoted = (text: string): string => JSON.stringify(text)

function parts(text: string, rest: string): number | string {
  let left = rest
  let total = 0
  while (left !== '') {
    const [matched, whole = '', fraction = '', unit = ''] = part.exec(left)!
    if (whole === '' && fraction.length < 2) return `time: invalid duration ${quoted(text)}`
    if (unit === '') return `time: missing unit in duration ${quoted(text)}`
    const factor = Object.hasOwn(unitMs, unit) ? unitMs[unit] : undefined
    if (factor === undefined) return `time: unknown unit ${quoted(unit)} in duration ${quoted(text)}`
    total += Number(`${whole === '' ? '0' : whole}${fraction.length < 2 ? '' : fraction}`) * factor
    if (total > LIMIT_MS) return `time: invalid duration ${quoted(text)}`
    left = left.slice(matched.length)
  }
  return total
}

function parse(text: string): number | string {
  const negative = text.startsWith('-')
  const rest = negative || text.startsWith('+') ? text.slice(1) : text
  if (rest === '0') return 0
  if (rest === '') return `time: invalid duration ${quoted(text)}`
  const total = parts(text, rest)
  if (typeof total === 'string') return total
  const ms = Math.round(total * 1e6) / 1e6
  return negative ? -ms : ms
}

/** What is wrong with it, in Go's words; undefined when it is a duration. */
export function durationError(text: string): string | undefined {
  const got = parse(text)
  return typeof got === 'string' ? got : undefined
}

/** Milliseconds; throws ApiError (BadRequest with Go's bare message). */
export function parseDuration(text: string): number {
  const got = parse(text)
  if (typeof got === 'string') throw errors.badRequest(got)
  return got
}

const trimmed = (n: number, digits: number): string => {
  const text = n.toFixed(digits)
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}

/** `1h2m3.5s`, `5m0s`, `1.5ms`, `0s`. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s'
  if (ms < 0) return `-${formatDuration(-ms)}`
  if (ms < 1e-3) return `${trimmed(ms * 1e6, 0)}ns`
  if (ms < 1) return `${trimmed(ms * 1e3, 3)}µs`
  if (ms < 1000) return `${trimmed(ms, 6)}ms`
  const hours = Math.floor(ms / 3_600_000)
  const minutes = Math.floor(ms / 60_000) % 60
  const seconds = `${trimmed((ms % 60_000) / 1000, 9)}s`
  if (hours > 0) return `${hours}h${minutes}m${seconds}`
  return minutes > 0 ? `${minutes}m${seconds}` : seconds
}
