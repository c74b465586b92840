/** The functions every Go template has: comparison, `index`, `len`, `printf` and its kin. */

import { byteLength, compareBytes } from '../../script/bytes.ts'
import { type Budget, deepEqual, GoObject, goKind, goText, goType, has, isMap, isTrue } from '../template/values.ts'
import { type Functions, fn } from './contract.ts'
import { goPrintf } from './printf.ts'

type Basic = 'bool' | 'int' | 'float' | 'string' | 'nil' | 'other'

function basic(value: unknown): Basic {
  if (value === null || value === undefined) return 'nil'
  switch (typeof value) {
    case 'boolean':
      return 'bool'
    case 'bigint':
      return 'int'
    case 'number':
      return 'float'
    case 'string':
      return 'string'
    default:
      return 'other'
  }
}

const INCOMPATIBLE = 'incompatible types for comparison'

function same(a: unknown, b: unknown): boolean {
  const x = basic(a)
  const y = basic(b)
  if (x === 'nil' || y === 'nil') return x === y
  for (const [kind, value] of [[x, a] as const, [y, b] as const])
    if (kind === 'other') throw new Error(`non-comparable type ${goText(value)}: ${goType(value)}`)
  if (x !== y) throw new Error(INCOMPATIBLE)
  return a === b
}

function less(a: unknown, b: unknown): boolean {
  const x = basic(a)
  const y = basic(b)
  if ([x, y].some((k) => k === 'nil' || k === 'other' || k === 'bool')) throw new Error('invalid type for comparison')
  if (x !== y) throw new Error(INCOMPATIBLE)
  return x === 'string' ? compareBytes(a as string, b as string) < 0 : (a as number) < (b as number)
}

function index(item: unknown, ...keys: unknown[]): unknown {
  let at = item
  for (const key of keys) {
    if (at === null || at === undefined) throw new Error('index of untyped nil')
    if (Array.isArray(at) || typeof at === 'string') {
      if (typeof key !== 'bigint' && typeof key !== 'number') throw new Error(`cannot index slice/array with type ${goType(key)}`)
      const n = Number(key)
      if (n < 0 || n >= at.length) throw new Error(`index out of range: ${n}`)
      at = typeof at === 'string' ? BigInt(new TextEncoder().encode(at)[n] ?? 0) : at[n]
    } else if (isMap(at) || (at instanceof GoObject && at.open)) {
      if (typeof key !== 'string')
        throw new Error(`value has type ${key === null || key === undefined ? 'nil' : goType(key)}; should be string`)
      const map = at instanceof GoObject ? at.fields : at
      at = has(map, key) ? map[key] : null
    } else throw new Error(`can't index item of type ${goType(at)}`)
  }
  return at
}

function len(item: unknown): bigint {
  if (typeof item === 'string') return BigInt(byteLength(item))
  if (Array.isArray(item)) return BigInt(item.length)
  if (isMap(item)) return BigInt(Object.keys(item).length)
  if (item === null || item === undefined) throw new Error('len of nil pointer')
  throw new Error(`len of type ${goType(item)}`)
}

function slice(item: unknown, ...at: bigint[]): unknown {
  if (typeof item !== 'string' && !Array.isArray(item)) throw new Error(`can't slice item of type ${goType(item)}`)
  const [from = 0, to = item.length] = at.map(Number)
  if (from < 0 || to > item.length || from > to) throw new Error(`invalid slice index: ${from} > ${to}`)
  return item.slice(from, to)
}

/** `print`: spaces between operands when neither is a string. */
function print(...values: unknown[]): string {
  let out = ''
  values.forEach((value, i) => {
    if (i > 0 && typeof value !== 'string' && typeof values[i - 1] !== 'string') out += ' '
    out += goText(value)
  })
  return out
}

const html = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll("'", '&#39;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&#34;')

export function builtins(budget: Budget): Functions {
  const walked =
    <T>(call: (...values: any[]) => T) =>
    (...values: unknown[]): T => {
      budget.walk(values)
      return call(...values)
    }
  return {
    // Looked at by the interpreter itself, which stops at the first that decides.
    and: fn('a*', () => undefined),
    or: fn('a*', () => undefined),
    not: fn('a', (v) => !isTrue(v)),
    eq: fn('aa*', (a, ...rest) => {
      if (rest.length === 0) throw new Error('missing argument for comparison')
      return rest.some((b) => same(a, b))
    }),
    ne: fn('aa', (a, b) => !same(a, b)),
    lt: fn('aa', less),
    le: fn('aa', (a, b) => less(a, b) || same(a, b)),
    gt: fn('aa', (a, b) => less(b, a)),
    ge: fn('aa', (a, b) => less(b, a) || same(a, b)),
    index: fn('aa*', index),
    slice: fn('aa*', slice),
    len: fn('a', len),
    print: fn('a*', walked(print)),
    println: fn(
      'a*',
      walked((...values) => `${values.map(goText).join(' ')}\n`),
    ),
    printf: fn(
      'sa*',
      walked((format, ...values) => goPrintf(format, values)),
    ),
    html: fn(
      'a*',
      walked((...values) => html(print(...values))),
    ),
    js: fn(
      'a*',
      walked((...values) => JSON.stringify(print(...values)).slice(1, -1)),
    ),
    urlquery: fn(
      'a*',
      walked((...values) => encodeURIComponent(print(...values)).replaceAll('%20', '+')),
    ),
    typeOf: fn('a', goType),
    typeIs: fn('sa', (type, v) => goType(v) === type),
    typeIsLike: fn('sa', (type, v) => goType(v) === type || goType(v) === `*${type}`),
    kindOf: fn('a', goKind),
    kindIs: fn('sa', (kind, v) => goKind(v) === kind || (typeof v === 'bigint' && kind === 'int64')),
    deepEqual: fn('aa', walked(deepEqual)),
  }
}
