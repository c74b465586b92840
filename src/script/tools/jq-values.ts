/** jq's values: order, arithmetic, access by path, printing. Objects are plain records without a prototype's names in the way. */
import { compareBytes, cutPoints } from '../bytes.ts'
import { JqError } from './jq-parse.ts'

export type Value = null | boolean | number | string | Value[] | { [key: string]: Value }
export type Path = readonly Value[]

export const typeOf = (v: Value) =>
  v === null ? 'null' : Array.isArray(v) ? 'array' : typeof v === 'object' ? 'object' : typeof v === 'boolean' ? 'boolean' : typeof v

export const isObject = (v: Value | undefined): v is { [key: string]: Value } => typeof v === 'object' && v !== null && !Array.isArray(v)

/** A copy of an object that may be changed; every key is safe. */
export function objectFrom(entries: Iterable<readonly [string, Value]>): { [key: string]: Value } {
  const out: { [key: string]: Value } = Object.create(null)
  for (const [key, value] of entries) out[key] = value
  return out
}

const ranks = ['null', 'false', 'true', 'number', 'string', 'array', 'object']
const rank = (v: Value) => ranks.indexOf(typeof v === 'boolean' ? String(v) : typeOf(v))

/** jq's order of all values. */
export function compare(a: Value, b: Value): number {
  const order = rank(a) - rank(b)
  if (order !== 0) return order
  if (typeof a === 'number') return a < (b as number) ? -1 : a === b ? 0 : 1
  if (typeof a === 'string') return compareBytes(a, b as string)
  if (Array.isArray(a)) {
    const other = b as Value[]
    for (let i = 0; i < Math.min(a.length, other.length); i++) {
      const found = compare(a[i]!, other[i]!)
      if (found !== 0) return found
    }
    return a.length - other.length
  }
  if (!isObject(a) || !isObject(b)) return 0
  const left = Object.keys(a).sort(compareBytes)
  const right = Object.keys(b).sort(compareBytes)
  const keys = compare(left, right)
  if (keys !== 0) return keys
  for (const key of left) {
    const found = compare(a[key]!, b[key]!)
    if (found !== 0) return found
  }
  return 0
}

export const same = (a: Value, b: Value) => compare(a, b) === 0
export const truthy = (v: Value) => v !== null && v !== false

/** A value shortened for a message, as jq does. */
export function brief(v: Value): string {
  const text = JSON.stringify(v)
  return text.length > 11 ? `${text.slice(0, 10)}...` : text
}

/** `.[key]`. Throws `JqError` with jq's words. */
export function access(of: Value, key: Value): Value {
  if (typeof key === 'string') {
    if (of === null) return null
    if (isObject(of)) return Object.hasOwn(of, key) ? of[key]! : null
    throw new JqError(`Cannot index ${typeOf(of)} with "${key}"`)
  }
  if (typeof key === 'number') {
    if (of === null) return null
    if (Array.isArray(of)) return of[key < 0 ? of.length + Math.floor(key) : Math.floor(key)] ?? null
    throw new JqError(`Cannot index ${typeOf(of)} with number`)
  }
  if (isObject(key)) return sliced(of, key.start ?? null, key.end ?? null)
  if (Array.isArray(key) && Array.isArray(of))
    return of.flatMap((_, i) => (key.every((item, k) => i + k < of.length && same(of[i + k]!, item)) && key.length > 0 ? [i] : []))
  throw new JqError(`Cannot index ${typeOf(of)} with ${typeOf(key)}`)
}

export function sliced(of: Value, from: Value, to: Value): Value {
  if (of === null) return null
  if (typeof of !== 'string' && !Array.isArray(of)) throw new JqError(`Cannot index ${typeOf(of)} with object`)
  if ((from !== null && typeof from !== 'number') || (to !== null && typeof to !== 'number'))
    throw new JqError('Start and end indices of an array slice must be numbers')
  const end = to === null ? undefined : Math.ceil(to)
  if (typeof of === 'string') return cutPoints(of, from === null ? 0 : Math.floor(from), end)
  return of.slice(from === null ? 0 : Math.floor(from), end)
}

export function getPath(v: Value, path: Path): Value {
  let at: Value = v
  for (const key of path) {
    if (at === null) return null
    at = access(at, key)
  }
  return at
}

/** A value with a place replaced (`setpath`). */
export function setPath(v: Value, path: Path, next: Value, i = 0): Value {
  if (i === path.length) return next
  const key = path[i]!
  if (typeof key === 'string') {
    if (v !== null && !isObject(v)) throw new JqError(`Cannot index ${typeOf(v)} with "${key}"`)
    const out = objectFrom(Object.entries(v ?? {}))
    out[key] = setPath(v === null ? null : access(v, key), path, next, i + 1)
    return out
  }
  if (typeof key === 'number') {
    if (v !== null && !Array.isArray(v)) throw new JqError(`Cannot index ${typeOf(v)} with number`)
    const out = [...(v ?? [])]
    const at = key < 0 ? out.length + key : key
    if (at < 0) throw new JqError('Out of bounds negative array index')
    if (at > 1_000_000) throw new JqError('Array index too large')
    while (out.length < at) out.push(null)
    out[at] = setPath(out[at] ?? null, path, next, i + 1)
    return out
  }
  if (isObject(key) && (v === null || Array.isArray(v))) {
    const list = v ?? []
    const edge = (bound: Value | undefined, fallback: number) =>
      typeof bound === 'number' ? Math.min(list.length, bound < 0 ? Math.max(0, list.length + bound) : bound) : fallback
    const from = edge(key.start, 0)
    const to = Math.max(from, edge(key.end, list.length))
    const middle = setPath(list.slice(from, to), path, next, i + 1)
    if (!Array.isArray(middle)) throw new JqError('A slice of an array can only be assigned another array')
    return [...list.slice(0, from), ...middle, ...list.slice(to)]
  }
  throw new JqError(`Invalid path component ${brief(key)}`)
}

/** A value without some places (`delpaths`); the last ones go first. */
export function deletePaths(v: Value, paths: readonly Path[]): Value {
  return [...paths].sort((a, b) => compare(b as Value[], a as Value[])).reduce((at: Value, path) => deletePath(at, path), v)
}

function deletePath(v: Value, path: Path, i = 0): Value {
  if (v === null || path.length === 0) return null
  const key = path[i]!
  if (i < path.length - 1) {
    const inner = access(v, key)
    return inner === null ? v : setPath(v, [key], deletePath(inner, path, i + 1))
  }
  if (typeof key === 'string' && isObject(v)) return objectFrom(Object.entries(v).filter(([name]) => name !== key))
  if (typeof key === 'number' && Array.isArray(v)) return v.filter((_, at) => at !== (key < 0 ? v.length + key : key))
  if (isObject(key) && Array.isArray(v)) return setPath(v, [key], [])
  throw new JqError(`Cannot delete field at ${typeof key === 'number' ? 'array' : 'object'} index of ${typeOf(v)}`)
}

function number(n: number): string {
  if (Number.isNaN(n)) return 'null'
  if (!Number.isFinite(n)) return n > 0 ? '1.7976931348623157e+308' : '-1.7976931348623157e+308'
  const text = Object.is(n, -0) ? '-0' : Math.abs(n) >= 1e17 && Math.abs(n) < 1e21 ? n.toExponential() : String(n)
  if (!text.includes('e')) return text
  return text.replace(/e([-+])(\d)$/, 'e$10$2')
}

export interface PrintOptions {
  readonly indent: string
  readonly sorted: boolean
  readonly ascii?: boolean
}

/** jq's own depth of printing. */
const MOST_DEPTH = 256

/** JSON text of a value, on one line when `indent` is empty. */
export function print(v: Value, options: PrintOptions, margin = '', depth = 0): string {
  if (depth > MOST_DEPTH) return '<skipped: too deep>'
  if (typeof v === 'number') return number(v)
  if (typeof v === 'string') {
    const text = JSON.stringify(v).replaceAll('\x7f', '\\u007f')
    return options.ascii ? text.replace(/[\u0080-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`) : text
  }
  if (v === null || typeof v === 'boolean') return String(v)
  const inner = margin + options.indent
  const line = options.indent === '' ? '' : `\n${inner}`
  const end = options.indent === '' ? '' : `\n${margin}`
  if (Array.isArray(v))
    return v.length === 0 ? '[]' : `[${line}${v.map((item) => print(item, options, inner, depth + 1)).join(`,${line}`)}${end}]`
  const keys = options.sorted ? Object.keys(v).sort(compareBytes) : Object.keys(v)
  if (keys.length === 0) return '{}'
  const colon = options.indent === '' ? ':' : ': '
  return `{${line}${keys.map((key) => `${print(key, options)}${colon}${print(v[key]!, options, inner, depth + 1)}`).join(`,${line}`)}${end}}`
}

export const compact = (v: Value) => print(v, { indent: '', sorted: false })

export function arithmetic(operator: string, a: Value, b: Value): Value {
  const wrong = (verb: string): never => {
    throw new JqError(`${typeOf(a)} (${brief(a)}) and ${typeOf(b)} (${brief(b)}) cannot be ${verb}`)
  }
  const numbers = typeof a === 'number' && typeof b === 'number'
  switch (operator) {
    case '+':
      if (a === null) return b
      if (b === null) return a
      if (numbers) return (a as number) + (b as number)
      if (typeof a === 'string' && typeof b === 'string') return limited(a + b)
      if (Array.isArray(a) && Array.isArray(b)) return [...a, ...b]
      if (isObject(a) && isObject(b)) return objectFrom([...Object.entries(a), ...Object.entries(b)])
      return wrong('added')
    case '-':
      if (numbers) return (a as number) - (b as number)
      if (Array.isArray(a) && Array.isArray(b)) return a.filter((item) => !b.some((other) => same(item, other)))
      return wrong('subtracted')
    case '*':
      if (numbers) return (a as number) * (b as number)
      if (isObject(a) && isObject(b)) return merge(a, b)
      if (typeof a === 'string' && typeof b === 'number')
        return b <= 0 ? null : limited(a.repeat(Math.min(1_000_000, Math.max(1, Math.floor(b)))))
      if (typeof a === 'number' && typeof b === 'string') return arithmetic('*', b, a)
      return wrong('multiplied')
    case '/':
      if (typeof a === 'string' && typeof b === 'string') return a === '' ? [] : a.split(b)
      if (!numbers) return wrong('divided')
      if (b === 0)
        throw new JqError(`${typeOf(a)} (${brief(a)}) and ${typeOf(b)} (${brief(b)}) cannot be divided because the divisor is zero`)
      return (a as number) / (b as number)
    default: {
      if (!numbers) return wrong('divided')
      const divisor = Math.trunc(Math.abs(b as number))
      if (divisor === 0)
        throw new JqError(`${typeOf(a)} (${brief(a)}) and ${typeOf(b)} (${brief(b)}) cannot be divided because the divisor is zero`)
      return Math.trunc(a as number) % divisor || 0
    }
  }
}

function limited(text: string): string {
  if (text.length > 8_000_000) throw new JqError('String too long')
  return text
}

function merge(a: { [key: string]: Value }, b: { [key: string]: Value }): Value {
  const out = objectFrom(Object.entries(a))
  for (const key of Object.keys(b)) {
    const left = Object.hasOwn(a, key) ? a[key] : undefined
    out[key] = isObject(left) && isObject(b[key]) ? merge(left, b[key] as { [key: string]: Value }) : b[key]!
  }
  return out
}
