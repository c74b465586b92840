/** Methods of Python's texts, lists, dictionaries and sets. */
import { NotSimulated } from '../scripting/ast.ts'
import type { Machine } from '../scripting/machine.ts'
import { bounded } from '../scripting/text.ts'
import { isText, type Thing, textLength, type Value } from '../scripting/values.ts'
import { type Call, given, list, type Native, type Natives, number, text, tuple } from './natives.ts'
import { equal, index, keyOf, sorted, truthy } from './operate.ts'
import { formatted, plain, repr } from './text.ts'

const of =
  (act: (s: string, m: Machine, call: Call) => Value): Native =>
  (m, call) =>
    act(plain(m, call.self), m, call)
const stripped = (s: string, chars: Value | undefined, m: Machine, start: boolean, end: boolean): string => {
  const set = chars === undefined || chars === null ? ' \t\n\r\v\f' : text(m, chars)
  let [a, b] = [0, s.length]
  while (start && a < b && set.includes(s[a]!)) a++
  while (end && b > a && set.includes(s[b - 1]!)) b--
  return s.slice(a, b)
}

function formatCall(m: Machine, call: Call): Value {
  let next = 0
  return plain(m, call.self).replace(
    /\{\{|\}\}|\{([^{}!:]*)(?:!([rs]))?(?::([^{}]*))?\}/g,
    (whole, name: string | undefined, conversion: string | undefined, spec: string | undefined) => {
      if (whole === '{{' || whole === '}}') return whole[0]!
      const [head = '', ...rest] = (name ?? '').split('.')
      const key = /^(\w*)(?:\[(\w+)\])?$/.exec(head)
      let v: Value =
        key?.[1] === ''
          ? (call.args[next++] ?? m.fail('IndexError', 'Replacement index 0 out of range for positional args tuple'))
          : /^\d+$/.test(key?.[1] ?? '')
            ? (call.args[Number(key![1])] ?? m.fail('IndexError', 'Replacement index out of range'))
            : (call.names.get(key?.[1] ?? '') ?? m.fail('KeyError', key?.[1] ?? ''))
      if (key?.[2] !== undefined) v = index(m, v, /^\d+$/.test(key[2]) ? Number(key[2]) : key[2])
      for (const attr of rest) v = m.language.attr(m, v, attr)
      return conversion === 'r' ? repr(m, v) : formatted(m, v, spec ?? '')
    },
  )
}

function split(s: string, m: Machine, call: Call): Value {
  const sep = given(call, 0, 'sep') ?? null
  const most = Number(given(call, 1, 'maxsplit') ?? -1)
  const all =
    sep === null
      ? s
          .trim()
          .split(/\s+/)
          .filter((x) => x !== '')
      : s.split(text(m, sep))
  if (most < 0 || all.length <= most + 1) return list(m, all)
  return list(m, [...all.slice(0, most), all.slice(most).join(sep === null ? ' ' : text(m, sep))])
}

const starts = (s: string, m: Machine, v: Value, end: boolean): boolean =>
  m.is(v, 'tuple') !== undefined ? m.listed(v).some((x) => starts(s, m, x, end)) : end ? s.endsWith(text(m, v)) : s.startsWith(text(m, v))

const strings: Natives = {
  upper: of((s) => s.toUpperCase()),
  lower: of((s) => s.toLowerCase()),
  title: of((s) => s.toLowerCase().replace(/\b[a-z]/g, (c) => c.toUpperCase())),
  capitalize: of((s) => s.slice(0, 1).toUpperCase() + s.slice(1).toLowerCase()),
  strip: of((s, m, c) => stripped(s, c.args[0], m, true, true)),
  lstrip: of((s, m, c) => stripped(s, c.args[0], m, true, false)),
  rstrip: of((s, m, c) => stripped(s, c.args[0], m, false, true)),
  split: of(split),
  rsplit: of((s, m, c) => {
    const all = s.split(text(m, c.args[0] ?? ' '))
    const most = Number(given(c, 1, 'maxsplit') ?? all.length)
    return list(
      m,
      all.length <= most + 1 ? all : [all.slice(0, all.length - most).join(text(m, c.args[0] ?? ' ')), ...all.slice(all.length - most)],
    )
  }),
  splitlines: of((s, m) => list(m, s.replace(/\n$/, '').split('\n'))),
  join: of((s, m, c) => {
    const parts = m.language.spread(m, c.args[0]!).map((v) => text(m, v))
    bounded(
      m,
      parts.reduce((n, x) => n + x.length + s.length, 0),
    )
    return parts.join(s)
  }),
  replace: of((s, m, c) => {
    const parts = s.split(text(m, c.args[0]))
    const to = text(m, c.args[1])
    bounded(m, s.length + parts.length * to.length)
    return parts.join(to)
  }),
  startswith: of((s, m, c) => starts(s, m, c.args[0]!, false)),
  endswith: of((s, m, c) => starts(s, m, c.args[0]!, true)),
  find: of((s, m, c) => s.indexOf(text(m, c.args[0]), Number(c.args[1] ?? 0))),
  index: of((s, m, c) => (s.includes(text(m, c.args[0])) ? s.indexOf(text(m, c.args[0])) : m.fail('ValueError', 'substring not found'))),
  count: of((s, m, c) => s.split(text(m, c.args[0])).length - 1),
  isdigit: of((s) => /^\d+$/.test(s)),
  isnumeric: of((s) => /^\d+$/.test(s)),
  isalpha: of((s) => /^\p{L}+$/u.test(s)),
  isalnum: of((s) => /^[\p{L}\d]+$/u.test(s)),
  isspace: of((s) => /^\s+$/.test(s)),
  isupper: of((s) => s !== s.toLowerCase() && s === s.toUpperCase()),
  islower: of((s) => s !== s.toUpperCase() && s === s.toLowerCase()),
  zfill: of((s, m, c) => s.padStart(bounded(m, number(m, c.args[0])), '0')),
  ljust: of((s, m, c) => s.padEnd(bounded(m, number(m, c.args[0])), c.args[1] === undefined ? ' ' : text(m, c.args[1]))),
  rjust: of((s, m, c) => s.padStart(bounded(m, number(m, c.args[0])), c.args[1] === undefined ? ' ' : text(m, c.args[1]))),
  center: of((s, m, c) => formatted(m, s, `^${number(m, c.args[0])}`)),
  partition: of((s, m, c) => {
    const at = s.indexOf(text(m, c.args[0]))
    return tuple(m, at < 0 ? [s, '', ''] : [s.slice(0, at), c.args[0]!, s.slice(at + text(m, c.args[0]).length)])
  }),
  format: formatCall,
  // Texts and bytes are one kind of value here: what is encoded stays what it is.
  encode: (_m, { self }) => self,
  decode: (_m, { self }) => self,
  hex: of((s) => Buffer.from(s).toString('hex')),
}

type ListThing = Thing & { t: 'list' }
const edited = (m: Machine, self: Value, more = 0): ListThing => {
  const thing = m.heap.edit(self as { r: number }, more) as ListThing
  return thing
}
const short = (m: Machine, self: Value): ListThing => {
  const thing = edited(m, self)
  if (thing.lead !== undefined) throw new NotSimulated('changing a list of more than 10,000 equal items', m.line)
  return thing
}
const weightOf = (v: Value): number => (isText(v) ? textLength(v) : 16)

const lists: Natives = {
  append: (m, { self, args }) => {
    edited(m, self, weightOf(args[0]!)).v.push(args[0]!)
    return null
  },
  extend: (m, { self, args }) => {
    const more = m.language.spread(m, args[0]!)
    edited(m, self, more.length * 16).v.push(...more)
    return null
  },
  insert: (m, { self, args }) => {
    short(m, self).v.splice(number(m, args[0]), 0, args[1]!)
    return null
  },
  pop: (m, { self, args }) => {
    const thing = short(m, self)
    if (thing.v.length === 0) return m.fail('IndexError', 'pop from empty list')
    const at = args[0] === undefined ? thing.v.length - 1 : number(m, args[0])
    const [out] = thing.v.splice(at, 1)
    return out ?? m.fail('IndexError', 'pop index out of range')
  },
  popleft: (m, { self }) => short(m, self).v.shift() ?? m.fail('IndexError', 'pop from an empty deque'),
  remove: (m, { self, args }) => {
    const thing = short(m, self)
    const at = thing.v.findIndex((v) => equal(m, v, args[0]!))
    if (at < 0) m.fail('ValueError', 'list.remove(x): x not in list')
    thing.v.splice(at, 1)
    return null
  },
  clear: (m, { self }) => {
    const thing = edited(m, self)
    thing.v = []
    delete thing.lead
    return null
  },
  index: (m, { self, args }) => {
    const at = m.listed(self).findIndex((v) => equal(m, v, args[0]!))
    return at < 0 ? m.fail('ValueError', `${repr(m, args[0]!)} is not in list`) : at
  },
  count: (m, { self, args }) => m.listed(self).filter((v) => equal(m, v, args[0]!)).length,
  sort: (m, { self, names }) => {
    const key = names.get('key')
    const out = sorted(m, short(m, self).v, (v) => (key === undefined || key === null ? v : m.call(key, [v])))
    edited(m, self).v = truthy(m, names.get('reverse') ?? null) ? out.reverse() : out
    return null
  },
  reverse: (m, { self }) => {
    short(m, self).v.reverse()
    return null
  },
  copy: (m, { self }) => list(m, m.listed(self)),
}

type DictThing = Thing & { t: 'dict' }
const entriesOf = (m: Machine, v: Value): [Value, Value][] => Object.values((m.is(v, 'dict') ?? m.is(v, 'set'))?.e ?? {})

const dicts: Natives = {
  get: (m, { self, args }) => {
    const { e } = m.is(self, 'dict')!
    const key = keyOf(m, args[0]!)
    return Object.hasOwn(e, key) ? e[key]![1] : (args[1] ?? null)
  },
  keys: (m, { self }) =>
    list(
      m,
      entriesOf(m, self).map(([k]) => k),
    ),
  values: (m, { self }) =>
    list(
      m,
      entriesOf(m, self).map(([, v]) => v),
    ),
  items: (m, { self }) =>
    list(
      m,
      entriesOf(m, self).map((pair) => tuple(m, pair)),
    ),
  update: (m, { self, args, names }) => {
    const thing = m.heap.edit(self as { r: number }, 60) as DictThing
    if (args[0] !== undefined) for (const [k, v] of m.language.entries(m, args[0])) thing.e[keyOf(m, k)] = [k, v]
    for (const [k, v] of names) thing.e[`s${k}`] = [k, v]
    return null
  },
  pop: (m, { self, args }) => {
    const key = keyOf(m, args[0]!)
    const { e } = m.is(self, 'dict')!
    if (!Object.hasOwn(e, key)) return args[1] === undefined ? index(m, self, args[0]!) : args[1]
    const [, v] = e[key]!
    delete (m.heap.edit(self as { r: number }) as DictThing).e[key]
    return v
  },
  setdefault: (m, { self, args }) => {
    const key = keyOf(m, args[0]!)
    const { e } = m.is(self, 'dict')!
    if (!Object.hasOwn(e, key)) (m.heap.edit(self as { r: number }, 60) as DictThing).e[key] = [args[0]!, args[1] ?? null]
    return m.is(self, 'dict')!.e[key]![1]
  },
  clear: (m, { self }) => {
    ;(m.heap.edit(self as { r: number }) as DictThing).e = {}
    return null
  },
  copy: (m, { self }) => m.heap.make({ t: 'dict', e: { ...m.is(self, 'dict')!.e } }),
}

const sets: Natives = {
  add: (m, { self, args }) => {
    const thing = m.heap.edit(self as { r: number }, 60) as Thing & { t: 'set' }
    thing.e[keyOf(m, args[0]!)] = [args[0]!, args[0]!]
    return null
  },
  discard: (m, { self, args }) => {
    delete (m.heap.edit(self as { r: number }) as Thing & { t: 'set' }).e[keyOf(m, args[0]!)]
    return null
  },
  remove: (m, call) => sets['discard']!(m, call),
  copy: (m, { self }) => m.heap.make({ t: 'set', e: { ...m.is(self, 'set')!.e } }),
}

const numbers: Natives = {
  is_integer: (m, { self }) => Number.isInteger(number(m, self)),
  bit_length: (m, { self }) => number(m, self).toString(2).length,
}
const tuples: Natives = { index: lists['index']!, count: lists['count']! }
const blocks: Natives = {
  decode: () => '',
  extend: (m, { self, args }) => {
    const more = isText(args[0]!) ? textLength(args[0]) : (m.is(args[0], 'block')?.n ?? 0)
    const thing = m.heap.edit(self as { r: number }, more) as Thing & { t: 'block' }
    thing.n += more
    return null
  },
}

/** Kind of value → its methods. */
export const METHODS: Readonly<Record<string, Natives>> = {
  str: strings,
  list: lists,
  tuple: tuples,
  dict: dicts,
  set: sets,
  int: numbers,
  float: numbers,
  bool: numbers,
  bytearray: blocks,
}
/** Methods that real Python has and the subset has not. */
export const MISSING = new Set(
  'str.translate str.maketrans str.expandtabs str.casefold str.swapcase str.removeprefix str.removesuffix str.rfind str.rindex str.rpartition str.isidentifier str.isdecimal str.format_map dict.fromkeys dict.popitem set.union set.intersection set.difference set.update set.issubset set.issuperset set.pop set.clear int.to_bytes int.from_bytes'.split(
    ' ',
  ),
)

/** A method of a kind of value; undefined where there is none. */
export const methodOf = (kind: string, name: string): Native | undefined =>
  Object.hasOwn(METHODS, kind) && Object.hasOwn(METHODS[kind]!, name) ? METHODS[kind]![name] : undefined
