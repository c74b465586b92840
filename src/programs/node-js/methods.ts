/** Methods of JavaScript's texts, arrays and numbers. */
import { RE2JS } from 're2js'
import { NotSimulated } from '../scripting/ast.ts'
import type { Machine } from '../scripting/machine.ts'
import { bounded } from '../scripting/text.ts'
import { isRef, isText, type Thing, textLength, UNDEFINED, type Value } from '../scripting/values.ts'
import { arg, type Call, type Native, type Natives, number, self, text } from './natives.ts'
import { array, hidden, isNothing, plain, repeated, spelled, strictEqual, toNumber, toText, truthy } from './operate.ts'

// ── patterns, in linear time ──

function matcherOf(m: Machine, pattern: Value): RE2JS {
  const source = plain(m, hidden(m, pattern, 'source'))
  const flags = plain(m, hidden(m, pattern, 'flags'))
  try {
    return RE2JS.compile(
      source,
      (flags.includes('i') ? RE2JS.CASE_INSENSITIVE : 0) |
        (flags.includes('m') ? RE2JS.MULTILINE : 0) |
        (flags.includes('s') ? RE2JS.DOTALL : 0),
    )
  } catch {
    throw new NotSimulated(`the pattern /${source}/ (back references and look-around)`, m.line)
  }
}
const isPattern = (m: Machine, v: Value): boolean => m.is(v, 'obj') !== undefined
const isGlobal = (m: Machine, v: Value): boolean => plain(m, hidden(m, v, 'flags')).includes('g')

/** Groups of each match; one match unless `all`. */
function matches(m: Machine, source: string, pattern: Value, all: boolean): { at: number; end: number; groups: string[] }[] {
  const matcher = matcherOf(m, pattern).matcher(source)
  const out: { at: number; end: number; groups: string[] }[] = []
  while (matcher.find() && out.length < 10_000) {
    out.push({
      at: matcher.start(),
      end: matcher.end(),
      groups: Array.from({ length: matcher.groupCount() + 1 }, (_, i) => matcher.group(i) ?? ''),
    })
    if (!all) break
  }
  return out
}

function replace(m: Machine, call: Call, all: boolean): Value {
  const source = self(m, call)
  const [what, to] = [arg(call, 0), arg(call, 1)]
  const made = (groups: readonly string[]): string =>
    isRef(to)
      ? toText(m, m.call(to, groups))
      : toText(m, to).replace(/\$(\d|&)/g, (_, k: string) => groups[k === '&' ? 0 : Number(k)] ?? '')
  if (!isPattern(m, what)) {
    const wanted = toText(m, what)
    return all
      ? spelled(m, source.split(wanted), made([wanted]))
      : source.includes(wanted)
        ? source.slice(0, source.indexOf(wanted)) + made([wanted]) + source.slice(source.indexOf(wanted) + wanted.length)
        : source
  }
  let out = ''
  let at = 0
  for (const found of matches(m, source, what, all || isGlobal(m, what))) {
    bounded(m, out.length)
    out += source.slice(at, found.at) + made(found.groups)
    at = found.end
  }
  return out + source.slice(at)
}

const of =
  (act: (s: string, m: Machine, call: Call) => Value): Native =>
  (m, call) =>
    act(self(m, call), m, call)
const strings: Natives = {
  toUpperCase: of((s) => s.toUpperCase()),
  toLowerCase: of((s) => s.toLowerCase()),
  trim: of((s) => s.trim()),
  trimStart: of((s) => s.trimStart()),
  trimEnd: of((s) => s.trimEnd()),
  split: of((s, m, c) =>
    array(
      m,
      isPattern(m, arg(c, 0))
        ? splitBy(m, s, arg(c, 0))
        : c.args.length === 0
          ? [s]
          : s.split(text(m, c, 0)).slice(0, number(m, c, 1, 1e9)),
    ),
  ),
  includes: of((s, m, c) => s.includes(text(m, c, 0))),
  startsWith: of((s, m, c) => s.startsWith(text(m, c, 0))),
  endsWith: of((s, m, c) => s.endsWith(text(m, c, 0))),
  indexOf: of((s, m, c) => s.indexOf(text(m, c, 0), number(m, c, 1, 0))),
  lastIndexOf: of((s, m, c) => s.lastIndexOf(text(m, c, 0))),
  slice: of((s, m, c) => s.slice(number(m, c, 0, 0), c.args[1] === undefined ? undefined : number(m, c, 1))),
  substring: of((s, m, c) => s.substring(number(m, c, 0, 0), c.args[1] === undefined ? undefined : number(m, c, 1))),
  substr: of((s, m, c) => s.slice(number(m, c, 0, 0)).slice(0, number(m, c, 1, 1e9))),
  charAt: of((s, m, c) => s.charAt(number(m, c, 0, 0))),
  at: of((s, m, c) => s.at(number(m, c, 0, 0)) ?? UNDEFINED),
  charCodeAt: of((s, m, c) => s.charCodeAt(number(m, c, 0, 0))),
  padStart: of((s, m, c) => s.padStart(bounded(m, number(m, c, 0)), c.args[1] === undefined ? ' ' : text(m, c, 1))),
  padEnd: of((s, m, c) => s.padEnd(bounded(m, number(m, c, 0)), c.args[1] === undefined ? ' ' : text(m, c, 1))),
  repeat: of((s, m, c) => repeated(m, s, number(m, c, 0))),
  concat: of((s, m, c) => s + c.args.map((a) => toText(m, a)).join('')),
  replace: (m, c) => replace(m, c, false),
  replaceAll: (m, c) => replace(m, c, true),
  match: of((s, m, c) => {
    const found = matches(m, s, arg(c, 0), isGlobal(m, arg(c, 0)))
    if (found.length === 0) return null
    return array(m, isGlobal(m, arg(c, 0)) ? found.map((f) => f.groups[0]!) : found[0]!.groups)
  }),
  toString: of((s) => s),
  localeCompare: of((s, m, c) => (s < text(m, c, 0) ? -1 : s > text(m, c, 0) ? 1 : 0)),
}
function splitBy(m: Machine, s: string, pattern: Value): string[] {
  const out: string[] = []
  let at = 0
  for (const f of matches(m, s, pattern, true)) {
    out.push(s.slice(at, f.at))
    at = f.end
  }
  return [...out, s.slice(at)]
}

type ListThing = Thing & { t: 'list' }
const edited = (m: Machine, v: Value, more = 0): ListThing => m.heap.edit(v as { r: number }, more) as ListThing
const short = (m: Machine, v: Value): ListThing => {
  const thing = edited(m, v)
  if (thing.lead !== undefined) throw new NotSimulated('changing an array of more than 10,000 equal items', m.line)
  return thing
}
const items = (m: Machine, call: Call): readonly Value[] => m.listed(call.self)
const test =
  (m: Machine, call: Call) =>
  (v: Value, i: number): boolean =>
    truthy(m, m.call(arg(call, 0), [v, i, call.self]))
const sizeOf = (v: Value): number => (isText(v) ? textLength(v) : 16)
const flat = (m: Machine, list: readonly Value[], depth: number): Value[] =>
  list.flatMap((v) => (m.is(v, 'list') !== undefined && depth > 0 ? flat(m, m.listed(v), depth - 1) : [v]))

const arrays: Natives = {
  push: (m, c) => {
    const thing = edited(
      m,
      c.self,
      c.args.reduce<number>((sum, v) => sum + sizeOf(v), 0),
    )
    thing.v.push(...c.args)
    return thing.v.length + (thing.lead?.n ?? 0)
  },
  pop: (m, c) => short(m, c.self).v.pop() ?? UNDEFINED,
  shift: (m, c) => short(m, c.self).v.shift() ?? UNDEFINED,
  unshift: (m, c) => short(m, c.self).v.unshift(...c.args),
  splice: (m, c) => array(m, short(m, c.self).v.splice(number(m, c, 0, 0), number(m, c, 1, 1e9), ...c.args.slice(2))),
  slice: (m, c) => array(m, items(m, c).slice(number(m, c, 0, 0), c.args[1] === undefined ? undefined : number(m, c, 1))),
  concat: (m, c) => array(m, [...items(m, c), ...c.args.flatMap((a) => (m.is(a, 'list') !== undefined ? m.listed(a) : [a]))]),
  join: (m, c) =>
    spelled(
      m,
      items(m, c).map((v) => (isNothing(v) ? '' : toText(m, v))),
      c.args[0] === undefined ? ',' : text(m, c, 0),
    ),
  reverse: (m, c) => {
    short(m, c.self).v.reverse()
    return c.self
  },
  indexOf: (m, c) => items(m, c).findIndex((v) => strictEqual(m, v, arg(c, 0))),
  includes: (m, c) => items(m, c).some((v) => strictEqual(m, v, arg(c, 0))),
  map: (m, c) =>
    array(
      m,
      items(m, c).map((v, i) => m.call(arg(c, 0), [v, i, c.self])),
    ),
  filter: (m, c) => array(m, items(m, c).filter(test(m, c))),
  forEach: (m, c) => {
    for (const [i, v] of items(m, c).entries()) m.call(arg(c, 0), [v, i, c.self])
    return UNDEFINED
  },
  find: (m, c) => items(m, c).find(test(m, c)) ?? UNDEFINED,
  findIndex: (m, c) => items(m, c).findIndex(test(m, c)),
  some: (m, c) => items(m, c).some(test(m, c)),
  every: (m, c) => items(m, c).every(test(m, c)),
  reduce: (m, c) => {
    const all = items(m, c)
    if (all.length === 0 && c.args[1] === undefined) return m.fail('TypeError', 'Reduce of empty array with no initial value')
    const [first, rest] = c.args[1] === undefined ? [all[0]!, all.slice(1)] : [c.args[1], all]
    return rest.reduce<Value>((a, v, i) => m.call(arg(c, 0), [a, v, i]), first)
  },
  sort: (m, c) => {
    const by = arg(c, 0)
    const order = isRef(by)
      ? (a: Value, b: Value): number => toNumber(m, m.call(by, [a, b]))
      : (a: Value, b: Value): number => (toText(m, a) < toText(m, b) ? -1 : toText(m, a) > toText(m, b) ? 1 : 0)
    const made = [...short(m, c.self).v].sort(order)
    edited(m, c.self).v = made
    return c.self
  },
  flat: (m, c) => array(m, flat(m, items(m, c), number(m, c, 0, 1))),
  flatMap: (m, c) =>
    array(
      m,
      flat(
        m,
        items(m, c).map((v, i) => m.call(arg(c, 0), [v, i])),
        1,
      ),
    ),
  at: (m, c) => items(m, c).at(number(m, c, 0, 0)) ?? UNDEFINED,
  fill: (m, c) => {
    const thing = edited(m, c.self)
    const { length } = thing.v
    if (thing.lead !== undefined) thing.lead = { v: arg(c, 0), n: thing.lead.n }
    else thing.v = Array.from({ length }, () => arg(c, 0))
    return c.self
  },
  keys: (m, c) =>
    array(
      m,
      items(m, c).map((_, i) => i),
    ),
  values: (_m, c) => c.self,
  entries: (m, c) =>
    array(
      m,
      items(m, c).map((v, i) => array(m, [i, v])),
    ),
  toString: (m: Machine, c: Call) => toText(m, c.self),
}

const numbers: Natives = {
  toFixed: (m, c) => toNumber(m, c.self).toFixed(number(m, c, 0, 0)),
  toString: (m: Machine, c: Call) => toNumber(m, c.self).toString(number(m, c, 0, 10)),
  toLocaleString: (m: Machine, c: Call) => String(toNumber(m, c.self)).replace(/\B(?=(\d{3})+(?!\d))/g, ','),
}

const patterns: Natives = {
  test: (m, c) => matches(m, text(m, c, 0), c.self, false).length > 0,
  exec: (m, c) => {
    const [found] = matches(m, text(m, c, 0), c.self, false)
    return found === undefined ? null : array(m, found.groups)
  },
}

const functions: Natives = {
  call: (m, c) => m.call(m.method(c.self, arg(c, 0)), c.args.slice(1)),
  apply: (m, c) => m.call(m.method(c.self, arg(c, 0)), isNothing(arg(c, 1)) ? [] : m.listed(arg(c, 1))),
  bind: (m, c) => m.method(c.self, arg(c, 0)),
}

/** Kind of value → its methods. */
export const METHODS: Readonly<Record<string, Natives>> = {
  String: strings,
  Array: arrays,
  Number: numbers,
  RegExp: patterns,
  Function: functions,
}
export const lengthOf = (v: Value, thing: Thing | undefined): number | undefined =>
  isText(v) ? textLength(v) : thing?.t === 'list' ? thing.v.length + (thing.lead?.n ?? 0) : thing?.t === 'block' ? thing.n : undefined

/** A method of a kind of value; undefined where there is none. */
export const methodOf = (kind: string, name: string): Native | undefined =>
  Object.hasOwn(METHODS, kind) && Object.hasOwn(METHODS[kind]!, name) ? METHODS[kind]![name] : undefined
