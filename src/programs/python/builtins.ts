/** Python's built-in functions and types. */
import { NotSimulated } from '../scripting/ast.ts'
import { type Machine, Thrown } from '../scripting/machine.ts'
import { flush, write } from '../scripting/output.ts'
import { isBuiltin, isFloat, isRef, isText, type Value } from '../scripting/values.ts'
import { isSubclass } from './errors.ts'
import { openFile } from './file-objects.ts'
import { type Call, float, given, list, type Natives, number, text } from './natives.ts'
import { binary, compare, isNumber, keyOf, length, numberOf, sorted, truthy } from './operate.ts'
import { formatted, plain, repr, str, TYPES, typeName } from './text.ts'

/** Python keeps so much of what is printed to a pipe before it is handed on. */
const BUFFER = 8192

/** Whether output goes line by line: `-u`, PYTHONUNBUFFERED. */
export const bufferOf = (m: Machine): number =>
  (m.ctx.env['PYTHONUNBUFFERED'] ?? '') !== '' || m.ctx.argv.slice(1).some((a) => /^-[a-tv-z]*u/.test(a)) ? 0 : BUFFER

function print(m: Machine, { args, names }: Call): Value {
  const [sep, end] = [names.get('sep') ?? ' ', names.get('end') ?? '\n']
  const out = args.map((a) => str(m, a)).join(sep === null ? ' ' : plain(m, sep)) + (end === null ? '\n' : plain(m, end))
  const file = names.get('file') ?? null
  if (file !== null && isRef(file)) m.call(m.language.attr(m, file, 'write'), [out])
  else {
    const stream = isBuiltin(file) && file.b === 'stderr' ? 'stderr' : 'stdout'
    write(m, stream, out, stream === 'stderr' ? 0 : bufferOf(m))
    if (truthy(m, names.get('flush') ?? null)) flush(m, stream)
  }
  return null
}

function toInt(m: Machine, call: Call): Value {
  const v = call.args[0] ?? 0
  if (isNumber(v)) return Math.trunc(numberOf(v))
  const source = text(m, v).trim().replaceAll('_', '')
  const base = call.args[1] === undefined ? 10 : number(m, call.args[1])
  const n = base === 10 ? (/^[-+]?\d+$/.test(source) ? Number(source) : Number.NaN) : Number.parseInt(source.replace(/^0[xob]/i, ''), base)
  return Number.isNaN(n) ? m.fail('ValueError', `invalid literal for int() with base ${base}: ${repr(m, v)}`) : n
}

function toFloat(m: Machine, { args }: Call): Value {
  const v = args[0] ?? 0
  if (isNumber(v)) return float(numberOf(v))
  const source = text(m, v).trim().toLowerCase()
  const n = /^[-+]?inf(inity)?$/.test(source)
    ? source.startsWith('-')
      ? -Infinity
      : Infinity
    : source === 'nan'
      ? Number.NaN
      : source === ''
        ? undefined
        : Number(source)
  if (n === undefined || (Number.isNaN(n) && source !== 'nan'))
    return m.fail('ValueError', `could not convert string to float: ${repr(m, v)}`)
  return float(n)
}

function range(m: Machine, { args }: Call): Value {
  const n = args.map((a) => (isFloat(a) ? m.fail('TypeError', "'float' object cannot be interpreted as an integer") : number(m, a)))
  const [from, to, step] = n.length === 1 ? [0, n[0]!, 1] : [n[0] ?? 0, n[1] ?? 0, n[2] ?? 1]
  if (step === 0) m.fail('ValueError', 'range() arg 3 must not be zero')
  return m.heap.make({ t: 'iter', i: from, end: to, step })
}

function extreme(m: Machine, call: Call, op: '<' | '>'): Value {
  const all = call.args.length === 1 ? m.language.spread(m, call.args[0]!) : call.args
  if (all.length === 0)
    return call.names.get('default') ?? m.fail('ValueError', `${op === '<' ? 'min' : 'max'}() iterable argument is empty`)
  const key = call.names.get('key')
  const of = (v: Value): Value => (key === undefined || key === null ? v : m.call(key, [v]))
  return all.reduce((best, v) => (compare(m, op, of(v), of(best)) ? v : best))
}

function isinstance(m: Machine, v: Value, type: Value): boolean {
  if (m.is(type, 'tuple') !== undefined) return m.listed(type).some((t) => isinstance(m, v, t))
  const thing = m.is(v, 'obj')
  if (thing !== undefined) return isSubclass(m, thing.cls, type)
  if (!isBuiltin(type)) return false
  return (
    type.b === typeName(m, v) ||
    type.b === 'object' ||
    (type.b === 'int' && typeof v === 'boolean') ||
    (type.b === 'bytes' && (typeName(m, v) === 'bytearray' || isText(v)))
  )
}

/** A bytes object of so many zeros, or of a text. */
function bytes(m: Machine, { args }: Call): Value {
  const v = args[0] ?? ''
  if (typeof v === 'number') {
    if (v > 2 ** 45) return m.fail('MemoryError', '')
    return m.heap.make({ t: 'block', n: v })
  }
  if (isText(v)) return v
  return m.heap.make({ t: 'block', n: length(m, v) })
}

const iterable = (m: Machine, v: Value | undefined): readonly Value[] => (v === undefined ? [] : m.language.spread(m, v))
const zipped = (m: Machine, lists: readonly (readonly Value[])[]): Value[] =>
  Array.from({ length: lists.length === 0 ? 0 : Math.min(...lists.map((l) => l.length)) }, (_, i) =>
    m.heap.make({ t: 'tuple', v: lists.map((l) => l[i]!) }),
  )

export const builtins: Natives = {
  print,
  int: toInt,
  float: toFloat,
  range,
  str: (m, { args }) => (args[0] === undefined ? '' : isText(args[0]) ? args[0] : str(m, args[0])),
  repr: (m, { args }) => repr(m, args[0]!),
  bool: (m, { args }) => truthy(m, args[0] ?? null),
  len: (m, { args }) => length(m, args[0]!),
  list: (m, { args }) => {
    const thing = m.heap.of(args[0])
    return thing?.t === 'list' ? m.heap.make({ ...thing, v: [...thing.v] }) : list(m, iterable(m, args[0]))
  },
  tuple: (m, { args }) => m.heap.make({ t: 'tuple', v: [...iterable(m, args[0])] }),
  set: (m, { args }) => m.heap.make({ t: 'set', e: Object.fromEntries(iterable(m, args[0]).map((v) => [keyOf(m, v), [v, v]])) }),
  dict: (m, { args, names }) => {
    const e: Record<string, [Value, Value]> = {}
    const from = m.is(args[0], 'dict')
    if (from !== undefined) Object.assign(e, from.e)
    else if (isBuiltin(args[0] ?? null)) for (const [k, v] of m.language.entries(m, args[0]!)) e[keyOf(m, k)] = [k, v]
    else
      for (const pair of iterable(m, args[0])) {
        const [k, v] = iterable(m, pair)
        e[keyOf(m, k!)] = [k!, v!]
      }
    for (const [k, v] of names) e[`s${k}`] = [k, v]
    return m.heap.make({ t: 'dict', e })
  },
  bytes,
  bytearray: bytes,
  abs: (m, { args }) => (isFloat(args[0]!) ? float(Math.abs(args[0].f)) : Math.abs(number(m, args[0]))),
  min: (m, call) => extreme(m, call, '<'),
  max: (m, call) => extreme(m, call, '>'),
  sum: (m, { args }) => {
    const it = m.heap.of(args[0])
    // The sum of a range is arithmetic, so that it need not be walked.
    if (it?.t === 'iter' && it.step === 1) {
      const n = Math.max(0, it.end! - it.i)
      return n * it.i + (n * (n - 1)) / 2 + (args[1] === undefined ? 0 : number(m, args[1]))
    }
    return iterable(m, args[0]).reduce((a, b) => binary(m, '+', a, b), args[1] ?? 0)
  },
  round: (m, { args }) => {
    const n = number(m, args[0])
    const digits = args[1] === undefined || args[1] === null ? undefined : number(m, args[1])
    const scale = 10 ** (digits ?? 0)
    const scaled = n * scale
    const even = Math.abs(scaled % 1) === 0.5 ? 2 * Math.round(scaled / 2) : Math.round(scaled)
    return digits === undefined || !isFloat(args[0]!) ? even / scale : float(even / scale)
  },
  pow: (m, { args }) => binary(m, '**', args[0]!, args[1]!),
  divmod: (m, { args }) => m.heap.make({ t: 'tuple', v: [binary(m, '//', args[0]!, args[1]!), binary(m, '%', args[0]!, args[1]!)] }),
  sorted: (m, call) => {
    const key = call.names.get('key')
    const out = sorted(m, iterable(m, call.args[0]), (v) => (key === undefined || key === null ? v : m.call(key, [v])))
    return list(m, truthy(m, call.names.get('reverse') ?? null) ? out.reverse() : out)
  },
  reversed: (m, { args }) => list(m, [...iterable(m, args[0])].reverse()),
  enumerate: (m, call) => {
    const start = Number(given(call, 1, 'start') ?? 0)
    const thing = m.heap.of(call.args[0])
    if (thing?.t === 'iter' && thing.step !== undefined && length(m, call.args[0]!) > 100_000)
      throw new NotSimulated('enumerate() of more than 100,000 items', m.line)
    return m.heap.make({ t: 'iter', i: 0, values: iterable(m, call.args[0]).map((v, i) => m.heap.make({ t: 'tuple', v: [i + start, v] })) })
  },
  zip: (m, { args }) =>
    m.heap.make({
      t: 'iter',
      i: 0,
      values: zipped(
        m,
        args.map((a) => iterable(m, a)),
      ),
    }),
  map: (m, { args }) =>
    m.heap.make({
      t: 'iter',
      i: 0,
      values: zipped(
        m,
        args.slice(1).map((a) => iterable(m, a)),
      ).map((t) => m.call(args[0]!, m.listed(t))),
    }),
  filter: (m, { args }) =>
    m.heap.make({ t: 'iter', i: 0, values: iterable(m, args[1]).filter((v) => truthy(m, args[0] === null ? v : m.call(args[0]!, [v]))) }),
  any: (m, { args }) => iterable(m, args[0]).some((v) => truthy(m, v)),
  all: (m, { args }) => iterable(m, args[0]).every((v) => truthy(m, v)),
  iter: (m, { args }) => m.language.iterate(m, args[0]!, false),
  next: (m, { args }) => {
    const v = m.step(args[0]!)
    return v ?? args[1] ?? m.fail('StopIteration', '')
  },
  isinstance: (m, { args }) => isinstance(m, args[0]!, args[1]!),
  issubclass: (m, { args }) => isSubclass(m, args[0]!, args[1]!),
  type: (m, { args }) => m.is(args[0], 'obj')?.cls ?? { b: typeName(m, args[0] ?? null) },
  callable: (m, { args }) => isBuiltin(args[0]!) || ['fn', 'class'].includes(m.heap.of(args[0])?.t ?? ''),
  hasattr: (m, { args }) => attribute(m, args[0]!, text(m, args[1])) !== undefined,
  getattr: (m, { args }) => attribute(m, args[0]!, text(m, args[1])) ?? args[2] ?? m.language.attr(m, args[0]!, text(m, args[1])),
  setattr: (m, { args }) => {
    m.language.setAttr(m, args[0]!, text(m, args[1]), args[2]!)
    return null
  },
  format: (m, { args }) => formatted(m, args[0]!, args[1] === undefined ? '' : text(m, args[1])),
  chr: (m, { args }) => String.fromCodePoint(number(m, args[0])),
  ord: (m, { args }) => text(m, args[0]).codePointAt(0) ?? 0,
  hex: (m, { args }) => `0x${number(m, args[0]).toString(16)}`,
  bin: (m, { args }) => `0b${number(m, args[0]).toString(2)}`,
  oct: (m, { args }) => `0o${number(m, args[0]).toString(8)}`,
  id: (_m, { args }) => (isRef(args[0]) ? 140_000_000_000_000 + args[0].r * 48 : 140_000_000_000_000),
  hash: (m, { args }) => [...keyOf(m, args[0]!)].reduce((h, c) => (h * 31 + c.charCodeAt(0)) % 2_147_483_647, 7),
  open: openFile,
  object: (m) => m.heap.make({ t: 'obj', cls: { b: 'object' }, attrs: {} }),
  input: (m) => m.fail('EOFError', 'EOF when reading a line'),
  exit: (m, call) => {
    throw new Thrown(m.language.error(m, 'SystemExit', call.args[0] === undefined ? '' : str(m, call.args[0])))
  },
  globals: (m) => {
    throw new NotSimulated('globals()', m.line)
  },
}

/** An attribute where there is one. */
function attribute(m: Machine, o: Value, name: string): Value | undefined {
  try {
    return m.language.attr(m, o, name)
  } catch (error) {
    if (error instanceof Thrown) return undefined
    throw error
  }
}

/** Built-in names that the subset does not have. */
export const NOT_HERE = new Set([
  'eval',
  'exec',
  'compile',
  'memoryview',
  'frozenset',
  'complex',
  'classmethod',
  'staticmethod',
  'property',
  'super',
  'vars',
  'dir',
  'locals',
  'breakpoint',
  'slice',
  '__import__',
  'delattr',
])
export const isName = (name: string): boolean => Object.hasOwn(builtins, name) || TYPES.has(name)
