/** What an expression is at an instant. */
import { fromKey, keyOf, type Labels, pattern } from './labels.ts'
import { type Expression, type Matcher, PromqlError, RANGE_FUNCTIONS } from './promql.ts'
import { type Series, samplesIn, valueAt } from './store.ts'

export interface Point {
  readonly labels: Labels
  readonly value: number
}
export type Result = { readonly kind: 'scalar'; readonly value: number } | { readonly kind: 'vector'; readonly points: readonly Point[] }

const matches = (labels: Labels, m: Matcher): boolean => {
  const value = labels[m.name] ?? ''
  if (m.op === '=') return value === m.value
  if (m.op === '!=') return value !== m.value
  return pattern(m.value).matcher(value).matches() === (m.op === '=~')
}

function selected(series: Series, matchers: readonly Matcher[]): [Labels, Series[string]][] {
  if (matchers.length === 0) throw new PromqlError('parse error: vector selector must contain at least one non-empty matcher')
  return Object.entries(series)
    .map(([key, runs]) => [fromKey(key), runs] as [Labels, Series[string]])
    .filter(([labels]) => matchers.every((m) => matches(labels, m)))
}

const nameless = (labels: Labels): Labels => Object.fromEntries(Object.entries(labels).filter(([k]) => k !== '__name__'))

/** How much a counter grew, as Prometheus extrapolates it to the window's edges. */
function increase(samples: readonly { t: number; v: number }[], fromMs: number, toMs: number, isCounter: boolean): number | undefined {
  const [first, last] = [samples[0], samples.at(-1)]
  if (first === undefined || last === undefined || samples.length < 2) return undefined
  let grown = last.v - first.v
  if (isCounter) for (const [i, s] of samples.entries()) if (i > 0 && s.v < samples[i - 1]!.v) grown += samples[i - 1]!.v
  const sampled = last.t - first.t
  const average = sampled / (samples.length - 1)
  let [start, end] = [first.t - fromMs, toMs - last.t]
  if (start >= average * 1.1) start = average / 2
  if (end >= average * 1.1) end = average / 2
  if (isCounter && grown > 0 && first.v >= 0) start = Math.min(start, sampled * (first.v / grown))
  return (grown * (sampled + start + end)) / sampled
}

function overTime(name: string, samples: readonly { t: number; v: number }[], fromMs: number, toMs: number): number | undefined {
  const values = samples.map((s) => s.v)
  const sum = values.reduce((a, b) => a + b, 0)
  switch (name) {
    case 'rate': {
      const grown = increase(samples, fromMs, toMs, true)
      return grown === undefined ? undefined : grown / ((toMs - fromMs) / 1000)
    }
    case 'increase':
    case 'delta':
      return increase(samples, fromMs, toMs, name === 'increase')
    case 'irate': {
      const [a, b] = samples.slice(-2)
      return a === undefined || b === undefined ? undefined : ((b.v < a.v ? b.v : b.v - a.v) / (b.t - a.t)) * 1000
    }
    case 'changes':
      return samples.filter((s, i) => i > 0 && s.v !== samples[i - 1]!.v).length
    case 'resets':
      return samples.filter((s, i) => i > 0 && s.v < samples[i - 1]!.v).length
    case 'count_over_time':
      return values.length || undefined
    case 'sum_over_time':
      return values.length > 0 ? sum : undefined
    case 'avg_over_time':
      return values.length > 0 ? sum / values.length : undefined
    default:
      return values.length === 0 ? undefined : name === 'max_over_time' ? Math.max(...values) : Math.min(...values)
  }
}

const SIMPLE: Readonly<Record<string, (v: number, by: number) => number>> = {
  abs: Math.abs,
  ceil: Math.ceil,
  floor: Math.floor,
  round: (v, by) => Math.round(v / (by || 1)) * (by || 1),
  clamp_min: Math.max,
  clamp_max: Math.min,
}

const vectorOf = (r: Result): readonly Point[] => {
  if (r.kind === 'vector') return r.points
  throw new PromqlError('parse error: expected type instant vector, got scalar')
}
const scalarOf = (r: Result | undefined): number => (r?.kind === 'scalar' ? r.value : Number.NaN)

function call(e: Expression & { kind: 'call' }, series: Series, atMs: number): Result {
  const [first] = e.args
  if (e.name === 'time') return { kind: 'scalar', value: atMs / 1000 }
  if (first === undefined) throw new PromqlError(`parse error: expected at least 1 argument(s) in call to "${e.name}", got 0`)
  if (RANGE_FUNCTIONS.includes(e.name)) {
    const { matchers, rangeMs = 0, offsetMs } = first as Expression & { kind: 'select' }
    const toMs = atMs - offsetMs
    const points = selected(series, matchers).flatMap(([labels, runs]): Point[] => {
      const value = overTime(e.name, samplesIn(runs, toMs - rangeMs, toMs), toMs - rangeMs, toMs)
      return value === undefined ? [] : [{ labels: nameless(labels), value }]
    })
    return { kind: 'vector', points }
  }
  const value = evaluate(first, series, atMs)
  if (e.name === 'vector') return { kind: 'vector', points: [{ labels: {}, value: scalarOf(value) }] }
  if (e.name === 'scalar') return { kind: 'scalar', value: vectorOf(value).length === 1 ? vectorOf(value)[0]!.value : Number.NaN }
  if (e.name === 'absent') {
    const equal = first.kind === 'select' ? first.matchers.filter((m) => m.op === '=' && m.name !== '__name__') : []
    return {
      kind: 'vector',
      points: vectorOf(value).length > 0 ? [] : [{ labels: Object.fromEntries(equal.map((m) => [m.name, m.value])), value: 1 }],
    }
  }
  const by = e.args[1] === undefined ? 0 : scalarOf(evaluate(e.args[1], series, atMs))
  return { kind: 'vector', points: vectorOf(value).map((p) => ({ labels: nameless(p.labels), value: SIMPLE[e.name]!(p.value, by) })) }
}

function aggregate(e: Expression & { kind: 'aggregate' }, series: Series, atMs: number): Result {
  const points = vectorOf(evaluate(e.of, series, atMs))
  const groups = new Map<string, Point[]>()
  for (const p of points) {
    const labels = Object.fromEntries(
      Object.entries(p.labels).filter(([k]) => (e.by ? e.by.includes(k) : e.without ? k !== '__name__' && !e.without.includes(k) : false)),
    )
    const key = keyOf(labels)
    groups.set(key, [...(groups.get(key) ?? []), p])
  }
  if (e.op.endsWith('k')) {
    const k = scalarOf(e.parameter && evaluate(e.parameter, series, atMs))
    const sign = e.op === 'topk' ? -1 : 1
    return { kind: 'vector', points: [...groups.values()].flatMap((g) => [...g].sort((a, b) => sign * (a.value - b.value)).slice(0, k)) }
  }
  const of = (values: readonly number[]): number => {
    if (e.op === 'count') return values.length
    if (e.op === 'min') return Math.min(...values)
    if (e.op === 'max') return Math.max(...values)
    const sum = values.reduce((a, b) => a + b, 0)
    return e.op === 'avg' ? sum / values.length : sum
  }
  return { kind: 'vector', points: [...groups].map(([key, g]) => ({ labels: fromKey(key), value: of(g.map((p) => p.value)) })) }
}

const ARITHMETIC: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '^': (a, b) => a ** b,
}
const COMPARE: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '>': (a, b) => a > b,
  '<': (a, b) => a < b,
  '>=': (a, b) => a >= b,
  '<=': (a, b) => a <= b,
}

/** One pair: what becomes of the left side's point, or nothing. */
function paired(op: string, bool: boolean, a: number, b: number, keep: Labels, shown = a): Point | undefined {
  const compare = COMPARE[op]
  if (compare === undefined) return { labels: nameless(keep), value: ARITHMETIC[op]!(a, b) }
  if (bool) return { labels: nameless(keep), value: compare(a, b) ? 1 : 0 }
  return compare(a, b) ? { labels: keep, value: shown } : undefined
}

function binary(e: Expression & { kind: 'binary' }, series: Series, atMs: number): Result {
  const [left, right] = [evaluate(e.left, series, atMs), evaluate(e.right, series, atMs)]
  const own = (p: Point): string => keyOf(nameless(p.labels))
  if (['and', 'or', 'unless'].includes(e.op)) {
    const [a, b] = [vectorOf(left), vectorOf(right)]
    const [inA, inB] = [new Set(a.map(own)), new Set(b.map(own))]
    return {
      kind: 'vector',
      points:
        e.op === 'and'
          ? a.filter((p) => inB.has(own(p)))
          : e.op === 'unless'
            ? a.filter((p) => !inB.has(own(p)))
            : [...a, ...b.filter((p) => !inA.has(own(p)))],
    }
  }
  if (left.kind === 'scalar' && right.kind === 'scalar') {
    const done = paired(e.op, true, left.value, right.value, {})!
    if (COMPARE[e.op] !== undefined && !e.bool) throw new PromqlError('parse error: comparisons between scalars must use BOOL modifier')
    return { kind: 'scalar', value: done.value }
  }
  const present = (list: readonly (Point | undefined)[]): Result => ({ kind: 'vector', points: list.filter((p) => p !== undefined) })
  if (right.kind === 'scalar') return present(vectorOf(left).map((p) => paired(e.op, e.bool, p.value, right.value, p.labels)))
  if (left.kind === 'scalar') return present(right.points.map((p) => paired(e.op, e.bool, left.value, p.value, p.labels, p.value)))
  const others = new Map(right.points.map((p) => [own(p), p]))
  return present(
    left.points.map((p) => {
      const other = others.get(own(p))
      return other && paired(e.op, e.bool, p.value, other.value, p.labels)
    }),
  )
}

/** Throws PromqlError for what does not fit together. */
export function evaluate(e: Expression, series: Series, atMs: number): Result {
  switch (e.kind) {
    case 'number':
      return { kind: 'scalar', value: e.value }
    case 'negate': {
      const of = evaluate(e.of, series, atMs)
      return of.kind === 'scalar'
        ? { kind: 'scalar', value: -of.value }
        : { kind: 'vector', points: of.points.map((p) => ({ labels: nameless(p.labels), value: -p.value })) }
    }
    case 'select': {
      if (e.rangeMs !== undefined)
        throw new PromqlError('invalid expression type "range vector" for this place, must be Scalar or instant Vector')
      const points = selected(series, e.matchers).flatMap(([labels, runs]): Point[] => {
        const value = valueAt(runs, atMs - e.offsetMs)
        return value === undefined ? [] : [{ labels, value }]
      })
      return { kind: 'vector', points }
    }
    case 'call':
      return call(e, series, atMs)
    case 'aggregate':
      return aggregate(e, series, atMs)
    case 'binary':
      return binary(e, series, atMs)
  }
}
