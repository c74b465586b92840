/** JavaScript's operators, conversions, and members of its values. */
import { NotSimulated } from '../scripting/ast.ts'
import type { Machine } from '../scripting/machine.ts'
import { bounded, onePiece } from '../scripting/text.ts'
import { isBuiltin, isPad, isRef, isText, isUndefined, LONG, type Thing, textLength, UNDEFINED, type Value } from '../scripting/values.ts'
import { httpDate } from '../text/times.ts'

const DEEPEST = 50

export const plain = (m: Machine, v: Value): string => onePiece(m, v, toText)

export const isNothing = (v: Value | undefined): boolean => v === null || isUndefined(v)

export function toText(m: Machine, v: Value, depth = 0): string {
  if (typeof v === 'string') return v
  m.walked()
  if (isPad(v)) return plain(m, v)
  if (v === null) return 'null'
  if (isUndefined(v)) return 'undefined'
  if (typeof v !== 'object') return String(v)
  if (isBuiltin(v)) return `function ${v.b}() { [native code] }`
  const thing = m.heap.of(v)
  if (depth > DEEPEST || thing === undefined) return ''
  if (thing.t === 'list')
    return spelled(
      m,
      m.listed(v).map((x) => (isNothing(x) ? '' : toText(m, x, depth + 1))),
      ',',
    )
  if (thing.t === 'obj') {
    const cls = familyOf(m, thing.cls)
    if (cls === 'Error') return errorText(m, v)
    if (cls === 'Date') return httpDate(Number(thing.attrs['.ms']))
    if (cls === 'URL') return toText(m, thing.attrs['href'] ?? '')
    if (cls === 'Buffer') return toText(m, thing.attrs['.text'] ?? '')
    const own = m.language.attr(m, v, 'toString')
    if (isRef(own)) return toText(m, m.call(own, []), depth + 1)
  }
  if (thing.t === 'fn') return `function ${m.codeOf(thing.c[0])[thing.c[1]]!.name}() { … }`
  if (thing.t === 'class') return `class ${thing.name} { … }`
  return '[object Object]'
}

/** Texts with something between them; refused where that is too long. */
export function spelled(m: Machine, parts: readonly string[], between: string): string {
  m.walked(
    bounded(
      m,
      parts.reduce((n, x) => n + x.length + between.length, 0),
    ),
  )
  return parts.join(between)
}

/** The builtin class that an object's class is or comes from. */
export function familyOf(m: Machine, cls: Value): string {
  let at: Value | undefined = cls
  while (isRef(at)) at = m.is(at, 'class')?.base
  return at !== undefined && at !== null && isBuiltin(at) ? (/Error$/.test(at.b) ? 'Error' : at.b) : ''
}
export const className = (m: Machine, cls: Value): string => (isBuiltin(cls) ? cls.b : (m.is(cls, 'class')?.name ?? ''))

export function errorText(m: Machine, v: Value): string {
  const thing = m.is(v, 'obj')!
  const own = thing.attrs['name']
  const base = isBuiltin(thing.cls) ? thing.cls.b : 'Error'
  const name = own === undefined ? base : toText(m, own)
  const message = thing.attrs['message'] === undefined ? '' : toText(m, thing.attrs['message'])
  return message === '' ? name : `${name}: ${message}`
}

export function toNumber(m: Machine, v: Value): number {
  if (typeof v === 'number') return v
  if (typeof v === 'boolean') return v ? 1 : 0
  if (v === null) return 0
  if (isUndefined(v)) return Number.NaN
  if (isText(v)) return Number(plain(m, v))
  const thing = m.is(v, 'obj')
  if (thing !== undefined && familyOf(m, thing.cls) === 'Date') return Number(thing.attrs['.ms'])
  return Number(toText(m, v))
}

export function truthy(_m: Machine, v: Value): boolean {
  if (typeof v === 'boolean') return v
  if (typeof v === 'number') return v !== 0 && !Number.isNaN(v)
  if (typeof v === 'string') return v !== ''
  return !isNothing(v)
}

export function typeOf(m: Machine, v: Value): string {
  if (isUndefined(v)) return 'undefined'
  if (v === null) return 'object'
  if (isText(v)) return 'string'
  if (typeof v !== 'object') return typeof v
  if (isBuiltin(v)) return OBJECTS.has(v.b) ? 'object' : 'function'
  const t = m.heap.of(v)?.t
  return t === 'fn' || t === 'class' ? 'function' : 'object'
}
/** Names of the library that are objects, not functions. */
export const OBJECTS = new Set(['console', 'process', 'Math', 'JSON', 'globalThis', 'http', 'fs', 'os', 'path'])

export function binary(m: Machine, given: string, a: Value, b: Value): Value {
  const op = given.length > 1 && given.endsWith('=') && !['==', '>=', '<='].includes(given) ? given.slice(0, -1) : given
  if (op === '+' && !(typeof a === 'number' && typeof b === 'number')) {
    const primitive = (v: Value): boolean => typeof v === 'number' || typeof v === 'boolean' || isNothing(v)
    if (!primitive(a) || !primitive(b)) return joined(m, a, b)
  }
  const [x, y] = [toNumber(m, a), toNumber(m, b)]
  switch (op) {
    case '+':
      return x + y
    case '-':
      return x - y
    case '*':
      return x * y
    case '/':
      return x / y
    case '%':
      return x % y
    case '**':
      return x ** y
    case '&':
      return x & y
    case '|':
      return x | y
    case '^':
      return x ^ y
    case '<<':
      return x << y
    case '>>':
      return x >> y
    default:
      return x >>> y
  }
}

function joined(m: Machine, a: Value, b: Value): Value {
  const [x, y] = [isPad(a) ? a : toText(m, a), isPad(b) ? b : toText(m, b)]
  const size = textLength(x) + textLength(y)
  m.heap.bytes += size > 1000 ? size : 0
  if (typeof x === 'string' && typeof y === 'string' && size <= 100_000) return x + y
  const letter = (v: string | { p: string; n: number }): string | undefined =>
    typeof v !== 'string'
      ? v.p.length === 1
        ? v.p
        : undefined
      : v.length <= LONG && v === (v[0] ?? '').repeat(v.length)
        ? v[0]
        : undefined
  if (letter(x) !== undefined && letter(x) === letter(y)) return { p: letter(x)!, n: size }
  bounded(m, size)
  return plain(m, x) + plain(m, y)
}

export function repeated(m: Machine, v: string, n: number): Value {
  if (n < 0 || n === Number.POSITIVE_INFINITY) return m.fail('RangeError', `Invalid count value: ${n}`)
  m.heap.bytes += v.length * n
  return v.length * n <= LONG ? v.repeat(n) : { p: v, n }
}

export function strictEqual(m: Machine, a: Value, b: Value): boolean {
  if (isRef(a) && isRef(b)) {
    if (a.r === b.r) return true
    // A method taken twice is one function.
    const [x, y] = [m.is(a, 'fn'), m.is(b, 'fn')]
    return x !== undefined && y !== undefined && x.sc === y.sc && x.c[0] === y.c[0] && x.c[1] === y.c[1]
  }
  if (isUndefined(a) || isUndefined(b)) return isUndefined(a) && isUndefined(b)
  if (isText(a) && isText(b)) return textLength(a) === textLength(b) && (isPad(a) && isPad(b) ? a.p === b.p : plain(m, a) === plain(m, b))
  if (isBuiltin(a) && isBuiltin(b)) return a.b === b.b
  return a === b
}

function looseEqual(m: Machine, a: Value, b: Value): boolean {
  if (isNothing(a) || isNothing(b)) return isNothing(a) && isNothing(b)
  if (typeOf(m, a) === typeOf(m, b)) return strictEqual(m, a, b)
  if (isRef(a) || isRef(b)) return toText(m, a) === toText(m, b)
  return toNumber(m, a) === toNumber(m, b)
}

export function compare(m: Machine, op: string, a: Value, b: Value): boolean {
  switch (op) {
    case '===':
      return strictEqual(m, a, b)
    case '!==':
      return !strictEqual(m, a, b)
    case '==':
      return looseEqual(m, a, b)
    case '!=':
      return !looseEqual(m, a, b)
    case 'in':
      return has(m, b, plain(m, a))
    case 'instanceof':
      return isInstance(m, a, b)
  }
  const [x, y] = isText(a) && isText(b) ? [plain(m, a), plain(m, b)] : [toNumber(m, a), toNumber(m, b)]
  return op === '<' ? x < y : op === '>' ? x > y : op === '<=' ? x <= y : x >= y
}

function isInstance(m: Machine, v: Value, cls: Value): boolean {
  const thing = m.heap.of(v)
  if (isBuiltin(cls) && cls.b === 'Array') return thing?.t === 'list'
  if (isBuiltin(cls) && cls.b === 'Object') return thing !== undefined
  for (
    let at: Value | undefined = thing?.t === 'obj' ? thing.cls : undefined;
    at !== undefined && at !== null;
    at = isRef(at) ? m.is(at, 'class')?.base : undefined
  ) {
    if (strictEqual(m, at, cls)) return true
    if (isBuiltin(at) && isBuiltin(cls) && cls.b === 'Error' && /Error$/.test(at.b)) return true
  }
  return false
}

export function unary(m: Machine, op: string, a: Value): Value {
  if (op === 'not') return !truthy(m, a)
  if (op === 'typeof') return typeOf(m, a)
  if (op === 'void') return UNDEFINED
  const n = toNumber(m, a)
  return op === '-' ? -n : op === '~' ? ~n : n
}

// ── members ──

export const entriesOf = (thing: Thing | undefined): readonly (readonly [string, Value])[] =>
  thing?.t === 'dict'
    ? Object.values(thing.e).map(([k, v]) => [String(k), v] as const)
    : thing?.t === 'obj'
      ? Object.entries(thing.attrs).filter(([k]) => !k.startsWith('.'))
      : thing?.t === 'list'
        ? thing.v.map((v, i) => [String(i), v] as const)
        : []

export function has(m: Machine, o: Value, name: string): boolean {
  const thing = m.heap.of(o)
  return entriesOf(thing).some(([k]) => k === name)
}

/** A member of a plain object, an instance or an array by its own name; undefined where there is none. */
export function own(m: Machine, o: Value, name: string): Value | undefined {
  const thing = m.heap.of(o)
  if (thing?.t === 'dict') return Object.hasOwn(thing.e, `s${name}`) ? thing.e[`s${name}`]![1] : undefined
  if (thing?.t === 'obj' || thing?.t === 'class' || thing?.t === 'fn')
    return Object.hasOwn(thing.attrs, name) ? thing.attrs[name] : undefined
  if (thing?.t === 'list' && /^\d+$/.test(name)) {
    const at = Number(name)
    const lead = thing.lead?.n ?? 0
    return at < lead ? thing.lead!.v : thing.v[at - lead]
  }
  return undefined
}

export function setOwn(m: Machine, o: Value, name: string, v: Value): void {
  const thing = m.heap.of(o)
  const more = isText(v) ? textLength(v) : 16
  if (thing === undefined) {
    if (isNothing(o)) m.fail('TypeError', `Cannot set properties of ${o === null ? 'null' : 'undefined'} (setting '${name}')`)
    return
  }
  const mine = m.heap.edit(o as { r: number }, more)
  if (mine.t === 'dict') mine.e[`s${name}`] = [name, v]
  else if (mine.t === 'obj' || mine.t === 'class' || mine.t === 'fn') mine.attrs[name] = v
  else if (mine.t === 'list') {
    if (name === 'length') mine.v.length = toNumber(m, v)
    else if (mine.lead !== undefined) throw new NotSimulated('changing an item of an array of more than 10,000 equal ones', m.line)
    else {
      const at = Number(name)
      if (at > mine.v.length + 10_000) throw new NotSimulated('an array with more than 10,000 holes', m.line)
      while (mine.v.length < at) mine.v.push(UNDEFINED)
      mine.v[at] = v
    }
  }
}

export const plainObject = (m: Machine, pairs: readonly (readonly [string, Value])[]): Value =>
  m.heap.make({ t: 'dict', e: Object.fromEntries(pairs.map(([k, v]) => [`s${k}`, [k, v]])) })
export const array = (m: Machine, v: readonly Value[]): Value => m.heap.make({ t: 'list', v: [...v] })
export const instance = (m: Machine, cls: string, attrs: Record<string, Value>): Value => m.heap.make({ t: 'obj', cls: { b: cls }, attrs })
export const hidden = (m: Machine, v: Value, name: string): Value => m.is(v, 'obj')?.attrs[name] ?? UNDEFINED
export function hide(m: Machine, v: Value, name: string, to: Value): void {
  const thing = m.heap.edit(v as { r: number }, isText(to) ? textLength(to) : 16)
  if (thing.t === 'obj') thing.attrs[name] = to
}
