/**
 * The values templates work with, and Go's view of them: a bigint is an int, a number a float64 (what YAML's numbers become), an array a
 * `[]interface {}`, a plain object a `map[string]interface {}`, null a nil interface, undefined no value at all.
 */
import { compareBytes } from '../../script/bytes.ts'

export type Fields = Record<string, unknown>

/** An object of Go's with fields and methods (`.Chart`, `.Files`, `.Capabilities`). */
export class GoObject {
  constructor(
    /** `*chart.Metadata`. */
    readonly type: string,
    readonly fields: Readonly<Fields>,
    readonly methods: Readonly<Record<string, (...args: unknown[]) => unknown>> = {},
    /** A map by nature: what is not there is nothing rather than an error. */
    readonly open = false,
    /** What `%v` prints. */
    readonly shown?: () => string,
  ) {}
}

export const isMap = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof GoObject)

export const has = (map: object, key: string): boolean => Object.hasOwn(map, key)

/** Sets a key, whatever its name. */
export function put(map: Fields, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true })
  else map[key] = value
}

export const sortedKeys = (map: object): string[] => Object.keys(map).sort(compareBytes)

/** A rendering wanted more than it is given. */
export class BudgetSpent extends Error {
  override readonly name = 'BudgetSpent'
}

/** What may be spent: the work and the text of one rendering. */
export class Budget {
  #left: number
  constructor(amount = 10_000_000) {
    this.#left = amount
  }
  /** Throws when there is no more. */
  spend(amount: number): void {
    this.#left -= amount
    if (!(this.#left >= 0))
      throw new BudgetSpent('this template asks for more work than the lab gives one rendering (a limit of the lab, not of helm)')
  }
  /** Pays for walking a whole value; a circle costs all there is. */
  walk(value: unknown): void {
    const stack: unknown[] = [value]
    while (stack.length > 0) {
      const at = stack.pop()
      this.spend(1)
      if (typeof at === 'string') this.spend(at.length)
      else if (Array.isArray(at)) for (const item of at) stack.push(item)
      else if (isMap(at)) for (const key of Object.keys(at)) stack.push(at[key])
    }
  }
}

export function goType(value: unknown): string {
  if (value === null) return 'interface {}'
  if (value === undefined) return '<nil>'
  if (typeof value === 'string') return 'string'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'bigint') return 'int'
  if (typeof value === 'number') return 'float64'
  if (Array.isArray(value)) return '[]interface {}'
  if (value instanceof GoObject) return value.type
  return 'map[string]interface {}'
}

export function goKind(value: unknown): string {
  if (value === null || value === undefined) return 'invalid'
  if (Array.isArray(value)) return 'slice'
  if (value instanceof GoObject) return value.type.startsWith('*') ? 'ptr' : 'map'
  if (typeof value === 'object') return 'map'
  return goType(value)
}

/** A float64 as `%v` prints it: shortest digits, an exponent below -4, and from 6 on where there are fewer digits than places. */
export function floatText(n: number): string {
  if (Number.isNaN(n)) return 'NaN'
  if (!Number.isFinite(n)) return n > 0 ? '+Inf' : '-Inf'
  const [mantissa = '', power = '0'] = n.toExponential().split('e')
  const x = Number(power)
  const digits = mantissa.replace(/[-.]/g, '').length
  const threshold = digits > 6 && digits >= x + 1 ? digits : 6
  if (x >= -4 && x < Math.max(threshold, 6) && x < 21) return Object.is(n, -0) ? '-0' : String(n)
  return `${mantissa}e${x < 0 ? '-' : '+'}${String(Math.abs(x)).padStart(2, '0')}`
}

/** `%v`. */
export function goText(value: unknown): string {
  if (value === null || value === undefined) return '<nil>'
  if (typeof value === 'string') return value
  if (typeof value === 'number') return floatText(value)
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`
  if (value instanceof GoObject)
    return (
      value.shown?.() ??
      `map[${sortedKeys(value.fields)
        .map((k) => `${k}:${goText(value.fields[k])}`)
        .join(' ')}]`
    )
  if (isMap(value))
    return `map[${sortedKeys(value)
      .map((k) => `${k}:${goText(value[k])}`)
      .join(' ')}]`
  return String(value)
}

/** text/template's truth. */
export function isTrue(value: unknown): boolean {
  if (value === null || value === undefined) return false
  if (typeof value === 'string') return value !== ''
  if (typeof value === 'number') return value !== 0
  if (typeof value === 'bigint') return value !== 0n
  if (typeof value === 'boolean') return value
  if (Array.isArray(value)) return value.length > 0
  if (value instanceof GoObject) return !value.open || Object.keys(value.fields).length > 0
  return Object.keys(value).length > 0
}

export function deepEqual(a: unknown, b: unknown): boolean {
  if (a === b || (a == null && b == null)) return true
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((x, i) => deepEqual(x, b[i]))
  if (!isMap(a) || !isMap(b)) return false
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((k) => has(b, k) && deepEqual(a[k], b[k]))
}

export function deepCopy<T>(value: T): T {
  if (Array.isArray(value)) return value.map(deepCopy) as T
  if (!isMap(value)) return value
  const out: Fields = {}
  for (const key of Object.keys(value)) put(out, key, deepCopy(value[key]))
  return out as T
}

/** Go's `%q`. */
export function goQuote(text: string): string {
  return JSON.stringify(text)
    .replaceAll('\\b', '\\b')
    .replace(/\\u00([0-9a-f]{2})/g, (_all, hex: string) => (hex === '07' ? '\\a' : hex === '0b' ? '\\v' : `\\x${hex}`))
    .replaceAll('\x7f', '\\x7f')
}
