/** What jq's values weigh: how much there is to look at, copy and print, so that a program is told what it costs and where it grows without end. */
import { JqError } from './jq-parse.ts'
import { typeOf, type Value } from './jq-values.ts'

const NODE = 8
/** About as many bytes as a value may have; what is in it twice counts twice, since printing walks it twice. */
const MOST = 16_000_000

/** Scales for the values of one program. They never change, so each is looked at once. */
export class Scales {
  readonly #known = new WeakMap<object, number>()
  /** Parts looked at for the first time: what was made, in other words. */
  fresh = 0

  /** About bytes. */
  weigh(v: Value | undefined): number {
    if (typeof v === 'string') return NODE + v.length
    if (typeof v !== 'object' || v === null) return NODE
    const known = this.#known.get(v)
    if (known !== undefined) return known
    let sum = NODE
    if (Array.isArray(v)) {
      this.fresh += v.length
      for (const item of v) sum += this.weigh(item)
    } else {
      for (const key in v) {
        this.fresh += 2
        sum += NODE + key.length + this.weigh(v[key])
      }
    }
    this.#known.set(v, sum)
    return sum
  }

  /** A value that was made: the steps that took, by its new parts and its text. Throws where it is too big for any use. */
  made(v: Value): number {
    const before = this.fresh
    const weight = this.weigh(v)
    if (weight > MOST) throw new JqError(typeof v === 'string' ? 'String too long' : `${typeOf(v)} too big`)
    return ((this.fresh - before) >> 3) + (typeof v === 'string' ? v.length >> 5 : 0)
  }
}

/** What core functions that only glance at their input leave alone. */
const GLANCES = new Set([
  ...['empty', 'range', 'not', 'type', 'has', 'error', 'path', 'getpath', 'input', '_inputs', 'debug', 'stderr', 'now', 'infinite', 'nan'],
  ...['input_filename', 'halt', 'halt_error', 'builtins', 'isinfinite', 'isnan', 'isnormal', 'setpath'],
])
const SORTS = new Set(['sort', '_sort_by', '_group_by', '_unique', '_min_by', '_max_by', 'min', 'max', 'keys'])

/** Steps that looking through a value takes a function; of a search by pattern see `searchSteps`. */
export function lookSteps(name: string, v: Value, scales: Scales): number {
  if (GLANCES.has(name)) return 0
  if (name === 'length' && typeof v !== 'string') return 0
  const steps = scales.weigh(v) >> 4
  return SORTS.has(name) && Array.isArray(v) ? steps * (1 + (Math.log2(v.length + 1) >> 2)) : steps
}

/** Steps of comparing two values, or of an operator between them. */
export function betweenSteps(operator: string, a: Value, b: Value, scales: Scales): number {
  if (typeof a !== 'object' && typeof b !== 'object') return typeof a === 'string' && typeof b === 'string' ? (a.length + b.length) >> 6 : 0
  if (operator === '-' && Array.isArray(a) && Array.isArray(b)) return (a.length * b.length) >> 3
  return operator === '+' ? 0 : Math.min(scales.weigh(a), scales.weigh(b)) >> 4
}

/** Steps of looking for one value in another: every part of the one with every part of the other at worst. */
export const withinSteps = (v: Value, part: Value, scales: Scales): number =>
  typeof v === 'object' && typeof part === 'object' ? (scales.weigh(v) * scales.weigh(part)) / 4096 : 0
