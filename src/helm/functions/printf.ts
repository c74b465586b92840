/** `printf` as Go's fmt writes it: flags, width, precision and the verbs charts use. */
import { goQuote, goText, goType } from '../template/values.ts'
import { toFloat } from './contract.ts'

const MAX_WIDTH = 10_000

function pad(text: string, flags: string, width: number): string {
  if (flags.includes('-')) return text.padEnd(width)
  if (flags.includes('0') && /^[+-]?[0-9a-fx.]/i.test(text)) {
    const sign = /^[+-]/.test(text) ? text[0]! : ''
    return sign + text.slice(sign.length).padStart(width - sign.length, '0')
  }
  return text.padStart(width)
}

const signed = (text: string, flags: string): string => (flags.includes('+') && !text.startsWith('-') ? `+${text}` : text)
const isInteger = (value: unknown): value is bigint => typeof value === 'bigint'

function exponent(text: string): string {
  return text.replace(/e([+-])(\d)$/, 'e$10$2')
}

/** One value by one verb; undefined where the verb is not for it. */
function verbText(verb: string, flags: string, precision: number | undefined, value: unknown): string | undefined {
  const cut = (text: string): string => (precision === undefined ? text : [...text].slice(0, precision).join(''))
  switch (verb) {
    case 'v':
      return value === null || value === undefined
        ? '<nil>'
        : signed(goText(value), typeof value === 'bigint' || typeof value === 'number' ? flags : '')
    case 's':
      return typeof value === 'string' ? cut(value) : typeof value === 'object' && value !== null ? goText(value) : undefined
    case 'q':
      return typeof value === 'string'
        ? goQuote(cut(value))
        : isInteger(value)
          ? `'${String.fromCodePoint(Math.max(0, Math.min(0x10ffff, Number(value))))}'`
          : undefined
    case 'd':
      return isInteger(value) ? signed(String(value), flags) : undefined
    case 'b':
    case 'o':
    case 'x':
    case 'X': {
      const radix = { b: 2, o: 8, x: 16, X: 16 }[verb]
      const bytes =
        typeof value === 'string' ? [...new TextEncoder().encode(value)].map((b) => b.toString(16).padStart(2, '0')).join('') : undefined
      const text = isInteger(value) ? value.toString(radix) : radix === 16 ? bytes : undefined
      return verb === 'X' ? text?.toUpperCase() : text
    }
    case 'c':
      return isInteger(value) ? String.fromCodePoint(Math.max(0, Math.min(0x10ffff, Number(value)))) : undefined
    case 't':
      return typeof value === 'boolean' ? String(value) : undefined
    case 'f':
    case 'F':
      return typeof value === 'number' ? signed(value.toFixed(Math.min(precision ?? 6, 100)), flags) : undefined
    case 'e':
      return typeof value === 'number' ? signed(exponent(value.toExponential(Math.min(precision ?? 6, 100))), flags) : undefined
    case 'g':
      return typeof value === 'number'
        ? signed(
            precision === undefined ? goText(value) : goText(Number(toFloat(value).toPrecision(Math.max(1, Math.min(precision, 100))))),
            flags,
          )
        : undefined
    case 'T':
      return goType(value)
    default:
      return undefined
  }
}

export function goPrintf(format: string, values: readonly unknown[]): string {
  let at = 0
  const next = (): unknown => values[at++]
  const out = format.replace(
    /%([-+# 0]*)(\*|\d+)?(?:\.(\*|\d*))?(.|$)/gsu,
    (_all, flags: string, wide: string | undefined, fine: string | undefined, verb: string) => {
      if (verb === '%') return '%'
      if (verb === '') return '%!(NOVERB)'
      const number = (text: string | undefined): number | undefined =>
        text === undefined ? undefined : Math.min(MAX_WIDTH, text === '*' ? Number(toFloat(next())) : Number(text))
      const width = number(wide) ?? 0
      const precision = number(fine)
      if (at >= values.length) return `%!${verb}(MISSING)`
      const value = next()
      const text = verbText(verb, flags, precision, value)
      if (text === undefined)
        return value === null || value === undefined ? `%!${verb}(<nil>)` : `%!${verb}(${goType(value)}=${goText(value)})`
      return pad(text, flags, width)
    },
  )
  if (at >= values.length) return out
  const extra = values.slice(at).map((v) => (v === null || v === undefined ? '<nil>' : `${goType(v)}=${goText(v)}`))
  return `${out}%!(EXTRA ${extra.join(', ')})`
}
