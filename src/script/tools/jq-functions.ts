/** jq's functions that are not written in jq itself, and its formats (`@csv` …). */
import { base64FromBytes, byteLength, bytesFromBase64, bytesFromText, compareBytes, lengthOf, textFromBytes } from '../bytes.ts'
import { civilFromMs, daysFromCivil, strftime } from '../format.ts'
import { compile, searchSteps } from '../language/pattern.ts'
import { type Jq, JqError } from './jq-parse.ts'
import { type JqInput, JqThrown } from './jq-run.ts'
import {
  access,
  brief,
  compact,
  compare,
  deletePaths,
  getPath,
  isObject,
  objectFrom,
  type Path,
  same,
  setPath,
  sliced,
  truthy,
  typeOf,
  type Value,
} from './jq-values.ts'
import { type Scales, withinSteps } from './jq-weight.ts'

/** A value, and its path from the top while paths are wanted. */
export type Result = readonly [Value, Path | undefined]
export type Evaluate = (tree: Jq, input: Result) => Generator<Result>

interface Call {
  readonly input: Result
  readonly args: readonly Jq[]
  readonly evaluate: Evaluate
  readonly host: JqInput
  readonly scales: Scales
  /** Steps beside those of looking through the input. */
  spend(steps: number): void
}

type Core = (call: Call) => Iterable<Result>

const one = (value: Value): Result[] => [[value, undefined]]
const simple =
  (work: (v: Value, call: Call) => Value): Core =>
  (call) =>
    one(work(call.input[0], call))

/** A function of its input and the values of its arguments, for each combination of them. */
function withValues(work: (v: Value, args: Value[], call: Call) => Value): Core {
  return function* (call) {
    const combine = function* (i: number): Generator<Value[]> {
      if (i < 0) return yield []
      for (const [value] of call.evaluate(call.args[i]!, [call.input[0], undefined]))
        for (const rest of combine(i - 1)) yield [...rest, value]
    }
    for (const args of combine(call.args.length - 1)) yield [work(call.input[0], args, call), undefined]
  }
}

const need = (v: Value, type: string, what: string): void => {
  if (typeOf(v) !== type) throw new JqError(`${typeOf(v)} (${brief(v)}) ${what}`)
}

const text = (v: Value, what: string): string => {
  need(v, 'string', what)
  return v as string
}

const list = (v: Value, what: string): Value[] => {
  need(v, 'array', what)
  return v as Value[]
}

const numeric = (work: (n: number) => number): Core =>
  simple((v) => {
    need(v, 'number', 'number required')
    return work(v as number)
  })

function length(v: Value): Value {
  if (v === null) return 0
  if (typeof v === 'boolean') throw new JqError(`boolean (${v}) has no length`)
  if (typeof v === 'number') return Math.abs(v)
  return typeof v === 'string' ? lengthOf(v) : Array.isArray(v) ? v.length : Object.keys(v).length
}

function keys(v: Value): Value[] {
  if (Array.isArray(v)) return v.map((_, i) => i)
  if (isObject(v)) return Object.keys(v).sort(compareBytes)
  throw new JqError(`${typeOf(v)} (${brief(v)}) has no keys`)
}

function contains(a: Value, b: Value): boolean {
  if (isObject(a) && isObject(b)) return Object.keys(b).every((key) => Object.hasOwn(a, key) && contains(a[key]!, b[key]!))
  if (Array.isArray(a) && Array.isArray(b)) return b.every((item) => a.some((other) => contains(other, item)))
  if (typeof a === 'string' && typeof b === 'string') return a.includes(b)
  if (typeOf(a) === typeOf(b)) return same(a, b)
  throw new JqError(`${typeOf(a)} (${brief(a)}) and ${typeOf(b)} (${brief(b)}) cannot have their containment checked`)
}

function flatten(v: readonly Value[], depth: number): Value[] {
  return v.flatMap((item) => (Array.isArray(item) && depth > 0 ? flatten(item, depth - 1) : [item]))
}

/** Items with the keys that a `_by` function computed for them, in order. */
function keyed(v: Value, by: Value): { item: Value; key: Value }[] {
  const items = list(v, 'cannot be sorted, as it is not an array')
  return items.map((item, i) => ({ item, key: (by as Value[])[i]! })).sort((a, b) => compare(a.key, b.key))
}

function grouped(v: Value, by: Value): Value[] {
  const out: { key: Value; items: Value[] }[] = []
  for (const { item, key } of keyed(v, by)) {
    const last = out[out.length - 1]
    if (last !== undefined && same(last.key, key)) last.items.push(item)
    else out.push({ key, items: [item] })
  }
  return out.map(({ items }) => items)
}

/** Code points before a place of a text, for places asked for from left to right. */
function pointCounter(subject: string): (at: number) => number {
  let seen = 0
  let points = 0
  return (at) => {
    if (at < seen) seen = points = 0
    points += lengthOf(subject.slice(seen, at))
    seen = at
    return points
  }
}

function matchAll(v: Value, pattern: Value, flags: Value, { spend }: Call): Value {
  const subject = text(v, 'cannot be matched, as it is not a string')
  const [source, letters] = Array.isArray(pattern) ? [pattern[0]!, pattern[1] ?? null] : [pattern, flags]
  const wanted = typeof letters === 'string' ? letters : ''
  const bits = (wanted.includes('i') ? 1 : 0) | (wanted.includes('s') ? 2 : 0)
  let expression: ReturnType<typeof compile>
  try {
    expression = compile(text(source, 'cannot be matched, as it is not a string').replace(/\(\?<(?=[A-Za-z_])/g, '(?P<'), bits)
  } catch {
    throw new JqError(`${String(source)} (at offset 0) is not a valid regex`)
  }
  spend(4 * searchSteps(subject, expression.pattern()))
  const names = Object.entries(expression.namedGroups() as Record<string, number>)
  const matcher = expression.matcher(subject)
  const out: Value[] = []
  const points = pointCounter(subject)
  while (matcher.find()) {
    const captures: Value[] = []
    for (let i = 1; i <= matcher.groupCount(); i++) {
      const part = matcher.group(i)
      const start = part === null || part === undefined ? -1 : matcher.start(i)
      captures.push(
        objectFrom([
          ['offset', start < 0 ? -1 : points(start)],
          ['length', part === null || part === undefined ? 0 : lengthOf(part)],
          ['string', part ?? null],
          ['name', names.find(([, at]) => at === i)?.[0] ?? null],
        ]),
      )
    }
    const whole = matcher.group() ?? ''
    if (!(wanted.includes('n') && whole === ''))
      out.push(
        objectFrom([
          ['offset', points(matcher.start())],
          ['length', lengthOf(whole)],
          ['string', whole],
          ['captures', captures],
        ]),
      )
    if (!wanted.includes('g')) break
  }
  spend(8 * out.length)
  return out
}

function indices(v: Value, what: Value): Value {
  if (v === null) return null
  if (typeof v === 'string' && typeof what === 'string') {
    const out: number[] = []
    const points = pointCounter(v)
    if (what !== '') for (let at = v.indexOf(what); at >= 0; at = v.indexOf(what, at + 1)) out.push(points(at))
    return out
  }
  const items = list(v, 'cannot be searched')
  return Array.isArray(what) ? access(items, what) : items.flatMap((item, i) => (same(item, what) ? [i] : []))
}

/** One of jq's formats applied to a value. */
export function formatText(name: string, v: Value): string {
  const plain = typeof v === 'string' ? v : compact(v)
  const row = (cell: (item: Value) => string, separator: string) =>
    list(v, `cannot be ${name.slice(1)}-formatted, only an array can be`)
      .map(cell)
      .join(separator)
  const scalar = (item: Value): string => {
    if (typeof item === 'object' && item !== null) throw new JqError(`${typeOf(item)} (${brief(item)}) is not valid in a csv row`)
    return item === null ? '' : typeof item === 'string' ? item : compact(item)
  }
  switch (name) {
    case '@text':
      return plain
    case '@json':
      return compact(v)
    case '@csv':
      return row((item) => (typeof item === 'string' ? `"${item.replaceAll('"', '""')}"` : scalar(item)), ',')
    case '@tsv':
      return row((item) => scalar(item).replace(/\\/g, '\\\\').replace(/\t/g, '\\t').replace(/\n/g, '\\n').replace(/\r/g, '\\r'), '\t')
    case '@html':
      return plain.replace(/[<>&'"]/g, (char) => ({ '<': '&lt;', '>': '&gt;', '&': '&amp;', "'": '&#39;', '"': '&quot;' })[char]!)
    case '@uri':
      return [...bytesFromText(plain)]
        .map((byte) =>
          /[A-Za-z0-9\-_.~]/.test(String.fromCharCode(byte))
            ? String.fromCharCode(byte)
            : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
        )
        .join('')
    case '@sh': {
      const word = (item: Value) => {
        if (typeof item === 'object' && item !== null) throw new JqError(`${typeOf(item)} (${brief(item)}) can not be escaped for shell`)
        return typeof item === 'string' ? `'${item.replaceAll("'", "'\\''")}'` : compact(item)
      }
      return Array.isArray(v) ? v.map(word).join(' ') : word(v)
    }
    case '@base64':
      return base64FromBytes(bytesFromText(plain))
    case '@base64d': {
      const { bytes } = bytesFromBase64(plain.replace(/=+$/, ''))
      if (bytes.length === 0 && plain !== '') throw new JqError(`string (${brief(plain)}) is not valid base64 data`)
      return textFromBytes(bytes)
    }
    default:
      throw new JqError(`${name.slice(1)} is not a valid format`)
  }
}

const stringTo = (v: Value): Value => {
  if (typeof v === 'number') return v
  const source = text(v, 'cannot be parsed as a number').trim()
  if (!/^-?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(source)) throw new JqError(`string (${brief(v)}) cannot be parsed as a number`)
  return Number(source)
}

export function parseJson(source: string): Value {
  try {
    return revive(JSON.parse(source) as Value)
  } catch {
    throw new JqError(`${source} (while parsing '${source}')`)
  }
}

/** Parsed JSON without prototypes, so that no key is special. */
export function revive(v: Value): Value {
  if (Array.isArray(v)) return v.map(revive)
  return isObject(v) ? objectFrom(Object.entries(v).map(([key, value]) => [key, revive(value)] as const)) : v
}

const secondsOf = (v: Value): number => {
  if (typeof v === 'number') return v
  const [year, month, day, hour, minute, second] = list(v, 'requires parsed datetime inputs') as number[]
  return daysFromCivil(year!, month! + 1, day!) * 86_400 + hour! * 3600 + minute! * 60 + second!
}

const brokenDown = (seconds: number): Value => {
  const t = civilFromMs(seconds * 1000)
  return [t.year, t.month - 1, t.day, t.hour, t.minute, t.second + (seconds % 1), t.weekday, t.yearDay - 1]
}

function strptime(v: Value, format: Value): Value {
  const source = text(v, 'cannot be parsed: strptime/1 requires string inputs and arguments')
  const names: string[] = []
  const pattern = String(format)
    .replace('%T', '%H:%M:%S')
    .replace('%F', '%Y-%m-%d')
    .replace(/[.*+?()|[\]{}^$\\]/g, '\\$&')
    .replace(/%([A-Za-z])/g, (_, letter: string) => {
      names.push(letter)
      return letter === 'Y'
        ? '(\\d{4})'
        : letter === 'Z' || letter === 'z'
          ? '([A-Za-z0-9+:-]*)'
          : letter === 'b' || letter === 'a'
            ? '([A-Za-z]+)'
            : '(\\d{1,2})'
    })
  const matcher = compile(`^${pattern}$`).matcher(source)
  if (!matcher.find()) throw new JqError(`date "${source}" does not match format "${format}"`)
  const of = (letter: string, fallback: number) => (names.includes(letter) ? Number(matcher.group(names.indexOf(letter) + 1)) : fallback)
  return brokenDown(daysFromCivil(of('Y', 1970), of('m', 1), of('d', 1)) * 86_400 + of('H', 0) * 3600 + of('M', 0) * 60 + of('S', 0))
}

function has(v: Value, key: Value): boolean {
  if (isObject(v) && typeof key === 'string') return Object.hasOwn(v, key)
  if (Array.isArray(v) && typeof key === 'number') return key >= 0 && key < v.length
  throw new JqError(`Cannot check whether ${typeOf(v)} has a ${typeof key === 'string' ? 'string' : typeOf(key)} key`)
}

const trim = (pattern: RegExp) => simple((v) => text(v, 'cannot be trimmed').replace(pattern, ''))

/** `range`: in place, since a recursion would cost the square of its length. */
function* range({ input, args, evaluate }: Call): Generator<Result> {
  const bounds = args.length === 1 ? [undefined, args[0]!] : args
  const numbers = function* (tree: Jq | undefined, otherwise: number): Generator<number> {
    if (tree === undefined) yield otherwise
    else
      for (const [value] of evaluate(tree, [input[0], undefined])) {
        if (typeof value !== 'number') throw new JqError('Range bounds must be numeric')
        yield value
      }
  }
  for (const from of numbers(bounds[0], 0))
    for (const to of numbers(bounds[1], 0))
      for (const by of numbers(bounds[2], 1)) {
        if (by > 0) for (let at = from; at < to; at += by) yield [at, undefined]
        else if (by < 0) for (let at = from; at > to; at += by) yield [at, undefined]
      }
}

export const coreFunctions: Readonly<Record<string, Core>> = {
  'empty/0': () => [],
  'range/1': range,
  'range/2': range,
  'range/3': range,
  'not/0': simple((v) => !truthy(v)),
  'length/0': simple(length),
  'utf8bytelength/0': simple((v) => byteLength(text(v, 'only strings have UTF-8 byte length'))),
  'keys/0': simple(keys),
  'keys_unsorted/0': simple((v) => (isObject(v) ? Object.keys(v) : keys(v))),
  'has/1': withValues((v, [key]) => has(v, key!)),
  'contains/1': withValues((v, [other], { spend, scales }) => {
    spend(withinSteps(v, other!, scales))
    return contains(v, other!)
  }),
  'type/0': simple(typeOf),
  'tostring/0': simple((v) => (typeof v === 'string' ? v : compact(v))),
  'tonumber/0': simple(stringTo),
  'tojson/0': simple(compact),
  'fromjson/0': simple((v) => parseJson(text(v, 'cannot be parsed'))),
  'toboolean/0': simple((v) =>
    v === 'true' || v === true
      ? true
      : v === 'false' || v === false
        ? false
        : (() => {
            throw new JqError(`${typeOf(v)} (${brief(v)}) cannot be parsed as a boolean`)
          })(),
  ),
  'error/0': simple((v) => {
    throw new JqThrown(v)
  }),
  'path/1': function* ({ input, args, evaluate }) {
    for (const [, path] of evaluate(args[0]!, [input[0], []])) {
      if (path === undefined) throw new JqError('Invalid path expression')
      yield [[...path], undefined]
    }
  },
  'getpath/1': function* ({ input: [v, p], args, evaluate }) {
    for (const [path] of evaluate(args[0]!, [v, undefined])) {
      let value: Value = null
      try {
        value = getPath(v, list(path, 'Path must be specified as an array'))
      } catch (error) {
        if (p === undefined) throw error
      }
      yield [value, p === undefined ? undefined : [...p, ...(path as Value[])]]
    }
  },
  'setpath/2': withValues((v, [path, value]) => setPath(v, list(path!, 'Path must be specified as an array'), value!)),
  'delpaths/1': withValues((v, [paths]) => deletePaths(v, list(paths!, 'Paths must be specified as an array') as Value[][])),
  'sort/0': simple((v) => [...list(v, 'cannot be sorted, as it is not an array')].sort(compare)),
  '_sort_by/1': withValues((v, [by]) => keyed(v, by!).map(({ item }) => item)),
  '_group_by/1': withValues((v, [by]) => grouped(v, by!)),
  '_unique/0': simple((v) =>
    [...list(v, 'cannot be sorted, as it is not an array')].sort(compare).filter((item, i, all) => i === 0 || !same(item, all[i - 1]!)),
  ),
  '_min_by/1': withValues((v, [by]) => keyed(v, by!)[0]?.item ?? null),
  '_max_by/1': withValues((v, [by]) => keyed(v, by!).pop()?.item ?? null),
  'min/0': simple((v) => [...list(v, 'cannot be searched')].sort(compare)[0] ?? null),
  'max/0': simple((v) => [...list(v, 'cannot be searched')].sort(compare).pop() ?? null),
  'reverse/0': simple((v) =>
    v === null
      ? []
      : typeof v === 'string'
        ? [...v].reverse().join('')
        : [...list(v, 'cannot be reversed, as it is not an array')].reverse(),
  ),
  'flatten/0': simple((v) => flatten(list(v, 'cannot be flattened'), 1000)),
  'flatten/1': withValues((v, [depth]) => flatten(list(v, 'cannot be flattened'), depth as number)),
  'transpose/0': simple((v) => {
    const rows = list(v, 'cannot be transposed') as Value[][]
    return Array.from({ length: Math.max(0, ...rows.map((row) => row.length)) }, (_, i) => rows.map((row) => row[i] ?? null))
  }),
  'indices/1': withValues((v, [what], { spend, scales }) => {
    spend(withinSteps(v, what!, scales))
    return indices(v, what!)
  }),
  'startswith/1': withValues((v, [part]) =>
    text(v, 'startswith() requires string inputs').startsWith(text(part!, 'startswith() requires string inputs')),
  ),
  'endswith/1': withValues((v, [part]) =>
    text(v, 'endswith() requires string inputs').endsWith(text(part!, 'endswith() requires string inputs')),
  ),
  'split/1': withValues((v, [by]) =>
    v === ''
      ? []
      : by === ''
        ? [...text(v, 'cannot be split')]
        : text(v, 'split input and separator must be strings').split(text(by!, 'split input and separator must be strings')),
  ),
  'split/2': withValues((v, [pattern, flags], call) => {
    const out: Value[] = []
    let at = 0
    for (const match of matchAll(v, pattern!, `g${typeof flags === 'string' ? flags : ''}`, call) as { offset: number; length: number }[]) {
      out.push(sliced(v, at, match.offset))
      at = match.offset + match.length
    }
    return [...out, sliced(v, at, null)]
  }),
  '_match/2': withValues((v, [pattern, flags], call) => matchAll(v, pattern!, flags!, call)),
  'ascii_downcase/0': simple((v) => text(v, 'ascii_downcase input must be a string').replace(/[A-Z]/g, (char) => char.toLowerCase())),
  'ascii_upcase/0': simple((v) => text(v, 'ascii_upcase input must be a string').replace(/[a-z]/g, (char) => char.toUpperCase())),
  'explode/0': simple((v) => [...text(v, 'cannot be exploded')].map((char) => char.codePointAt(0)!)),
  'implode/0': simple((v) =>
    list(v, 'cannot be imploded')
      .map((code) => String.fromCodePoint(Math.min(0x10ffff, Math.max(0, Math.floor(Number(code) || 0)))))
      .join(''),
  ),
  'trim/0': trim(/^\s+|\s+$/g),
  'ltrim/0': trim(/^\s+/),
  'rtrim/0': trim(/\s+$/),
  'floor/0': numeric(Math.floor),
  'ceil/0': numeric(Math.ceil),
  'round/0': numeric((n) => Math.sign(n) * Math.round(Math.abs(n))),
  'trunc/0': numeric(Math.trunc),
  'sqrt/0': numeric(Math.sqrt),
  'fabs/0': numeric(Math.abs),
  'exp/0': numeric(Math.exp),
  'log/0': numeric(Math.log),
  'log2/0': numeric(Math.log2),
  'log10/0': numeric(Math.log10),
  'pow/2': withValues((_v, [a, b]) => (a as number) ** (b as number)),
  'infinite/0': () => one(Number.POSITIVE_INFINITY),
  'nan/0': () => one(Number.NaN),
  'isinfinite/0': simple((v) => v === Number.POSITIVE_INFINITY || v === Number.NEGATIVE_INFINITY),
  'isnan/0': simple((v) => Number.isNaN(v)),
  'isnormal/0': simple((v) => typeof v === 'number' && Number.isFinite(v) && v !== 0),
  'now/0': ({ host }) => one(host.nowSeconds),
  'mktime/0': simple((v) => Math.floor(secondsOf(v))),
  'gmtime/0': simple((v) => brokenDown(v as number)),
  'strftime/1': withValues((v, [format]) => strftime(text(format!, 'strftime/1 requires a string format'), secondsOf(v) * 1000)),
  'strptime/1': withValues((v, [format]) => strptime(v, format!)),
  'input/0': ({ host }) => {
    const next = host.next()
    if (next === undefined) throw new JqError('No more inputs')
    return one(next)
  },
  '_inputs/0': ({ host }) => {
    const all: Value[] = []
    for (let next = host.next(); next !== undefined; next = host.next()) all.push(next)
    return one(all)
  },
  'debug/0': ({ input }) => [input],
  'stderr/0': ({ input }) => [input],
  'input_filename/0': () => one(null),
  'halt/0': () => {
    throw new JqHalt(0, '')
  },
  'halt_error/1': withValues((v, [code]) => {
    throw new JqHalt(code as number, typeof v === 'string' ? v : `${compact(v)}\n`)
  }),
  'builtins/0': () => one(Object.keys(coreFunctions)),
  'format/1': withValues((v, [name]) => formatText(`@${name}`, v)),
}

/** `halt` and `halt_error`. */
export class JqHalt extends Error {
  readonly exitCode: number
  readonly text: string
  constructor(exitCode: number, text: string) {
    super('halt')
    this.exitCode = exitCode
    this.text = text
  }
}
