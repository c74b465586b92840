/** The functions on texts and lists that Kubernetes' CEL has beyond the language itself (cel-go's ext strings and lists, apiserver's cel/library). */
import type { Environment } from '@marcbachmann/cel-js'
import { RE2JS } from 're2js'

const MOST_LETTERS = 4_000_000

/** CEL's budget, as far as it keeps texts from growing without end. */
const tooMuch = (): Error => new Error('operation cancelled: actual cost limit exceeded')

function bounded(text: string): string {
  if (text.length > MOST_LETTERS) throw tooMuch()
  return text
}

const letters = (text: string): string[] => [...text]

function replaceEach(text: string, from: string, to: string): string {
  const places = from === '' ? text.length + 1 : text.split(from).length - 1
  if (text.length + places * to.length > MOST_LETTERS) throw tooMuch()
  return text.replaceAll(from, () => to)
}

function replaceTimes(text: string, from: string, to: string, times: number): string {
  if (times < 0) return replaceEach(text, from, to)
  let out = text
  let at = 0
  for (let n = 0; n < times; n++) {
    const found = out.indexOf(from, at)
    if (found < 0) break
    out = bounded(out.slice(0, found) + to + out.slice(found + from.length))
    at = found + to.length + (from === '' ? 1 : 0)
  }
  return out
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (Array.isArray(value)) return `[${value.map(textOf).join(', ')}]`
  if (typeof value === 'object') {
    const entries = value instanceof Map ? [...value.entries()] : Object.entries(value)
    return `{${entries
      .map(([k, v]) => `${textOf(k)}: ${textOf(v)}`)
      .sort()
      .join(', ')}}`
  }
  return String(value)
}

const MOST_DIGITS = 60

/** `%s %d %f %e %x %X %o %b`, with a precision for f and e. */
function format(text: string, args: readonly unknown[]): string {
  let next = 0
  return text.replace(/%(?:\.(\d+))?([%sdfexXob])|%/g, (whole, precision: string | undefined, clause: string | undefined) => {
    if (clause === '%') return '%'
    if (clause === undefined) throw new Error(`could not parse formatting clause: unrecognized formatting clause "${whole}"`)
    if (next >= args.length) throw new Error(`index ${next} out of range`)
    const value = args[next++]
    const digits = Math.min(Number(precision ?? 6), MOST_DIGITS)
    const whole64 = (): bigint => {
      if (typeof value !== 'bigint')
        throw new Error(`error during formatting: decimal clause can only be used on integers, was given ${typeof value}`)
      return value
    }
    switch (clause) {
      case 'd':
        return String(whole64())
      case 'f':
        return Number(value).toFixed(digits)
      case 'e':
        return Number(value).toExponential(digits)
      case 'b':
        return value === true ? '1' : value === false ? '0' : whole64().toString(2)
      case 'o':
        return whole64().toString(8)
      case 'x':
      case 'X': {
        const hex = typeof value === 'string' ? Buffer.from(value).toString('hex') : whole64().toString(16)
        return clause === 'X' ? hex.toUpperCase() : hex
      }
      default:
        return textOf(value)
    }
  })
}

function findAll(text: string, pattern: string, limit = -1): string[] {
  const matcher = RE2JS.compile(pattern).matcher(text)
  const found: string[] = []
  while ((limit < 0 || found.length < limit) && matcher.find()) found.push(matcher.group() ?? '')
  return found
}

export const withStrings = (environment: Environment): Environment =>
  environment
    .registerFunction('string.replace(string, string): string', replaceEach)
    .registerFunction('string.replace(string, string, int): string', (t: string, from: string, to: string, n: bigint) =>
      replaceTimes(t, from, to, Number(n)),
    )
    .registerFunction('string.charAt(int): string', (t: string, at: bigint) => {
      const all = letters(t)
      if (at < 0n || at > BigInt(all.length)) throw new Error(`index out of range: ${at}`)
      return all[Number(at)] ?? ''
    })
    .registerFunction('string.reverse(): string', (t: string) => letters(t).reverse().join(''))
    .registerFunction('string.format(list): string', (t: string, args: unknown[]) => format(t, args))
    .registerFunction('string.find(string): string', (t: string, pattern: string) => findAll(t, pattern, 1)[0] ?? '')
    .registerFunction('string.findAll(string): list<string>', (t: string, pattern: string) => findAll(t, pattern))
    .registerFunction('string.findAll(string, int): list<string>', (t: string, pattern: string, n: bigint) =>
      findAll(t, pattern, Number(n)),
    )
