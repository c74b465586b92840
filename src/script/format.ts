/** The formatting that builtins and tools share: echo, printf(1) and strftime(3), as bash, GNU coreutils and the C library define them. */
import { bytesFromText, textFromBytes } from './bytes.ts'

const simpleEscapes: Record<string, string> = {
  a: '\x07',
  b: '\b',
  e: '\x1b',
  E: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
}

/** Backslash escapes of `echo -e`, `%b` (`octalZero`) and printf's format. `stop` when `\c` was met. */
export function unescapeText(text: string, octalZero: boolean): { text: string; stop: boolean } {
  if (!text.includes('\\')) return { text, stop: false }
  let out = ''
  let high = false
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!
    if (char !== '\\' || i + 1 >= text.length) {
      out += char
      continue
    }
    const next = text[++i]!
    const rest = text.slice(i)
    const simple = simpleEscapes[next]
    const octal = (octalZero ? /^0([0-7]{0,3})/ : /^([0-7]{1,3})/).exec(rest) ?? (octalZero ? /^([1-7][0-7]{0,2})/.exec(rest) : null)
    const hex = /^x([0-9a-fA-F]{1,2})/.exec(rest)
    const unicode = /^(?:u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8}))/.exec(rest)
    if (simple !== undefined) out += simple
    else if (next === 'c') return { text: out, stop: true }
    else if (octal !== null || hex !== null) {
      const byte = Number.parseInt((octal ?? hex)![1] || '0', octal !== null ? 8 : 16) & 255
      if (byte >= 128) high = true
      out += String.fromCharCode(byte < 128 ? byte : 0xdc00 + byte)
      i += (octal ?? hex)![0].length - 1
    } else if (unicode !== null) {
      const code = Number.parseInt(unicode[1] ?? unicode[2]!, 16)
      out += code <= 0x10ffff ? String.fromCodePoint(code) : ''
      i += unicode[0].length - 1
    } else out += `\\${next}`
  }
  // Bytes written one by one may make up UTF-8 characters together.
  return { text: high ? textFromBytes(bytesFromText(out)) : out, stop: false }
}

/** What `echo` prints for its arguments (bash's and busybox': escapes only with -e). */
export function echoText(words: readonly string[]): string {
  let i = 0
  let newline = true
  let escapes = false
  for (; i < words.length && /^-[neE]+$/.test(words[i]!); i++) {
    for (const letter of words[i]!.slice(1)) {
      if (letter === 'n') newline = false
      else escapes = letter === 'e'
    }
  }
  const text = words.slice(i).join(' ')
  if (!escapes) return newline ? `${text}\n` : text
  const done = unescapeText(text, true)
  return done.stop || !newline ? done.text : `${done.text}\n`
}

/** What printf prints; the format is used again while arguments are left. */
export function formatPrintf(format: string, args: readonly string[], nowMs = 0): { text: string; errors: string[] } {
  const errors: string[] = []
  let out = ''
  let at = 0
  for (let round = 0; round === 0 || at < args.length; round++) {
    const before = at
    const pieces = format.match(/%%|%[-+ #0]*(?:\*|\d+)?(?:\.(?:\*|-?\d+)?)?(?:\([^)]*\)T|[hlLjzt]*[a-zA-Z])|[^%]+|%/g) ?? []
    for (const piece of pieces) {
      if (piece === '%%') out += '%'
      else if (!piece.startsWith('%') || piece === '%') {
        const done = unescapeText(piece, false)
        out += done.text.replace(/\\(["'?])/g, '$1')
        if (done.stop) return { text: out, errors }
      } else {
        const spec = parseSpec(piece, () => args[at++] ?? '0')
        const value = at < args.length ? args[at] : undefined
        at++
        const done = conversion(spec, value, errors, nowMs)
        if (done === undefined) return { text: out, errors: [...errors, `\`${spec.letter}': invalid format character`] }
        out += done.text
        if (done.stop) return { text: out, errors }
      }
    }
    if (at === before) break
  }
  return { text: out, errors }
}

interface Spec {
  flags: string
  width: number
  precision: number | undefined
  letter: string
  time?: string
}

function parseSpec(piece: string, next: () => string): Spec {
  const match = /^%([-+ #0]*)(\*|\d+)?(?:\.(\*|-?\d+)?)?(?:\(([^)]*)\))?[hlLjzt]*([a-zA-Z])$/.exec(piece)!
  let flags = match[1]!
  let width = match[2] === '*' ? Number(next()) || 0 : Number(match[2] ?? 0)
  if (width < 0) {
    flags += '-'
    width = -width
  }
  const hasPrecision = /\./.test(piece.replace(/\([^)]*\)/, ''))
  const precision = !hasPrecision ? undefined : match[3] === '*' ? Number(next()) || 0 : Number(match[3] ?? 0)
  return { flags, width: Math.min(width, 10_000), precision, letter: match[5]!, ...(match[4] === undefined ? {} : { time: match[4] }) }
}

function pad(text: string, spec: Spec): string {
  return spec.flags.includes('-') ? text.padEnd(spec.width) : text.padStart(spec.width)
}

function conversion(spec: Spec, value: string | undefined, errors: string[], nowMs: number): { text: string; stop?: boolean } | undefined {
  switch (spec.letter) {
    case 's':
      return { text: pad((value ?? '').slice(0, spec.precision), spec) }
    case 'q':
      return {
        text: pad(
          (value ?? '') === ''
            ? "''"
            : /\n|\t/.test(value!)
              ? `$'${value!.replace(/[\\']/g, '\\$&').replace(/\n/g, '\\n').replace(/\t/g, '\\t')}'`
              : value!.replace(/[^\w@%+=:./-]/g, '\\$&'),
          spec,
        ),
      }
    case 'b': {
      const done = unescapeText(value ?? '', true)
      return { text: pad(done.text, spec), stop: done.stop }
    }
    case 'c':
      return { text: pad((value ?? '').slice(0, 1), spec) }
    case 'T':
      return {
        text: pad(
          strftime(spec.time || '%X', value === undefined || value === '-1' || value === '-2' ? nowMs : Number(value) * 1000),
          spec,
        ),
      }
    case 'd':
    case 'i':
    case 'u':
    case 'o':
    case 'x':
    case 'X':
      return { text: formatInteger(spec, integerOf(value, errors)) }
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
      return { text: formatFloat(spec, floatOf(value, errors)) }
    default:
      return undefined
  }
}

function integerOf(value: string | undefined, errors: string[]): bigint {
  if (value === undefined || value === '') return 0n
  if (/^["']/.test(value)) return BigInt(value.codePointAt(1) ?? 0)
  const match = /^\s*([-+]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)/.exec(value)
  if (match === null || match[0].length < value.length)
    errors.push(match === null ? `${value}: invalid number` : `${value}: invalid number`)
  if (match === null) return 0n
  const digits = match[2]!
  const number = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits}` : digits)
  return match[1] === '-' ? -number : number
}

function floatOf(value: string | undefined, errors: string[]): number {
  if (value === undefined || value === '') return 0
  if (/^["']/.test(value)) return value.codePointAt(1) ?? 0
  const match = /^\s*[-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|inf|nan)/i.exec(value)
  if (match === null || match[0].length < value.length) errors.push(`${value}: invalid number`)
  return match === null ? 0 : Number(match[0].replace(/inf/i, 'Infinity').replace(/nan/i, 'NaN'))
}

function formatInteger(spec: Spec, value: bigint): string {
  const { flags, letter } = spec
  const negative = value < 0n
  const radix = letter === 'o' ? 8 : letter === 'x' || letter === 'X' ? 16 : 10
  let digits = 'oxXu'.includes(letter) ? BigInt.asUintN(64, value).toString(radix) : (negative ? -value : value).toString()
  if (letter === 'X') digits = digits.toUpperCase()
  if (spec.precision !== undefined) digits = digits.padStart(spec.precision, '0')
  const prefix = flags.includes('#') && value !== 0n ? (letter === 'o' ? '0' : letter === 'x' ? '0x' : letter === 'X' ? '0X' : '') : ''
  const sign = 'di'.includes(letter) ? (negative ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '') : ''
  if (flags.includes('0') && !flags.includes('-') && spec.precision === undefined)
    digits = digits.padStart(spec.width - sign.length - prefix.length, '0')
  return pad(sign + prefix + digits, spec)
}

function formatFloat(spec: Spec, value: number): string {
  const { flags, letter } = spec
  const size = Math.abs(value)
  let body: string
  if (!Number.isFinite(value)) body = Number.isNaN(value) ? 'nan' : 'inf'
  else if (letter === 'f' || letter === 'F') body = fixed(size, spec.precision ?? 6)
  else if (letter === 'e' || letter === 'E') body = exponent(size, spec.precision ?? 6)
  else body = general(size, spec.precision ?? 6, flags.includes('#'))
  if (letter === 'E' || letter === 'G') body = body.toUpperCase()
  const sign = value < 0 || Object.is(value, -0) ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : ''
  if (flags.includes('0') && !flags.includes('-') && Number.isFinite(value)) body = body.padStart(spec.width - sign.length, '0')
  return pad(sign + body, spec)
}

/** Exact decimal digits, as C prints them (toFixed stops at 100 and switches to exponents at 1e21). */
function fixed(value: number, precision: number): string {
  const digits = Math.min(precision, 100)
  if (value < 1e21) return value.toFixed(digits)
  return BigInt(value).toString() + (digits > 0 ? `.${'0'.repeat(digits)}` : '')
}

function exponent(value: number, precision: number): string {
  return value.toExponential(Math.min(precision, 100)).replace(/e([-+])(\d)$/, 'e$10$2')
}

function general(value: number, precision: number, keepZeros: boolean): string {
  const digits = precision === 0 ? 1 : Math.min(precision, 100)
  if (value === 0) return keepZeros ? fixed(0, digits - 1) : '0'
  const power = Number(value.toExponential(digits - 1).split('e')[1])
  const text = power < -4 || power >= digits ? exponent(value, digits - 1) : fixed(value, digits - 1 - power)
  return keepZeros || !text.includes('.') ? text : text.replace(/\.?0+(?=e|$)/, '')
}

const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']
const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

export interface CivilTime {
  year: number
  month: number
  day: number
  hour: number
  minute: number
  second: number
  weekday: number
  yearDay: number
}

/** Days since 1970-01-01 of a date of the Gregorian calendar (month from 1). */
export function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
}

/** Calendar and clock of a UTC time in milliseconds, without `Date`. */
export function civilFromMs(ms: number): CivilTime {
  const seconds = Math.floor(ms / 1000)
  const days = Math.floor(seconds / 86_400)
  const inDay = seconds - days * 86_400
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const mp = Math.floor((5 * dayOfYear + 2) / 153)
  const month = mp < 10 ? mp + 3 : mp - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  return {
    year,
    month,
    day: dayOfYear - Math.floor((153 * mp + 2) / 5) + 1,
    hour: Math.floor(inDay / 3600),
    minute: Math.floor((inDay % 3600) / 60),
    second: inDay % 60,
    weekday: (((days + 4) % 7) + 7) % 7,
    yearDay: days - daysFromCivil(year, 1, 1) + 1,
  }
}

const two = (n: number) => String(n).padStart(2, '0')

const conversions: Readonly<Record<string, (t: CivilTime, ms: number) => string>> = {
  Y: (t) => String(t.year),
  C: (t) => two(Math.floor(t.year / 100)),
  y: (t) => two(t.year % 100),
  m: (t) => two(t.month),
  d: (t) => two(t.day),
  e: (t) => String(t.day).padStart(2),
  H: (t) => two(t.hour),
  k: (t) => String(t.hour).padStart(2),
  I: (t) => two(t.hour % 12 || 12),
  l: (t) => String(t.hour % 12 || 12).padStart(2),
  M: (t) => two(t.minute),
  S: (t) => two(t.second),
  N: (_t, ms) => `${String(Math.floor(((ms % 1000) + 1000) % 1000)).padStart(3, '0')}000000`,
  p: (t) => (t.hour < 12 ? 'AM' : 'PM'),
  P: (t) => (t.hour < 12 ? 'am' : 'pm'),
  j: (t) => String(t.yearDay).padStart(3, '0'),
  a: (t) => weekdays[t.weekday]!.slice(0, 3),
  A: (t) => weekdays[t.weekday]!,
  b: (t) => months[t.month - 1]!.slice(0, 3),
  h: (t) => months[t.month - 1]!.slice(0, 3),
  B: (t) => months[t.month - 1]!,
  u: (t) => String(t.weekday || 7),
  w: (t) => String(t.weekday),
  s: (_t, ms) => String(Math.floor(ms / 1000)),
  Z: () => 'UTC',
  z: () => '+0000',
  n: () => '\n',
  t: () => '\t',
  '%': () => '%',
  U: (t) => two(Math.floor((t.yearDay + 6 - t.weekday) / 7)),
  W: (t) => two(Math.floor((t.yearDay + 6 - ((t.weekday + 6) % 7)) / 7)),
}

/** strftime in UTC and the C locale. */
export function strftime(format: string, ms: number): string {
  const t = civilFromMs(ms)
  const composite: Record<string, string> = {
    F: '%Y-%m-%d',
    T: '%H:%M:%S',
    D: '%m/%d/%y',
    R: '%H:%M',
    r: '%I:%M:%S %p',
    c: '%a %b %e %H:%M:%S %Y',
    x: '%m/%d/%y',
    X: '%H:%M:%S',
  }
  return format.replace(/%([-_0^#:]?)(\d*)([a-zA-Z%])/g, (whole, flag: string, width: string, letter: string) => {
    const expanded = composite[letter]
    const text =
      expanded === undefined ? (flag === ':' && letter === 'z' ? '+00:00' : conversions[letter]?.(t, ms)) : strftime(expanded, ms)
    if (text === undefined) return whole
    if (letter === 'N' && width !== '') return text.slice(0, Number(width))
    if (flag === '-') return text.replace(/^[0 ]+(?=.)/, '')
    if (flag === '_') return text.replace(/^0+(?=.)/, (zeros) => ' '.repeat(zeros.length))
    return flag === '^' ? text.toUpperCase() : text
  })
}
