/** Python's operators, comparisons, subscripts. */
import { NotSimulated } from '../scripting/ast.ts'
import { type Machine, Thrown } from '../scripting/machine.ts'
import { bounded } from '../scripting/text.ts'
import { isBuiltin, isFloat, isPad, isRef, isText, isUndefined, LONG, type Thing, textLength, type Value } from '../scripting/values.ts'
import { makeError } from './errors.ts'
import { ownMethod, percent, plain, typeName } from './text.ts'

/** The most items that are laid out for a repeated list. */
const LAID_OUT = 10_000

export const isNumber = (v: Value): v is number | boolean | { readonly f: number } =>
  typeof v === 'number' || typeof v === 'boolean' || isFloat(v)
export const numberOf = (v: number | boolean | { readonly f: number }): number => (typeof v === 'object' ? v.f : Number(v))

function whole(m: Machine, n: number): number {
  if (!Number.isSafeInteger(n)) throw new NotSimulated('whole numbers beyond 2**53', m.line)
  return n
}

const METHODS: Readonly<Record<string, string>> = {
  '+': 'add',
  '-': 'sub',
  '*': 'mul',
  '/': 'truediv',
  '//': 'floordiv',
  '%': 'mod',
  '**': 'pow',
}

/** `op` ends in `=` for an assignment such as `+=`: lists change in place. */
export function binary(m: Machine, given: string, a: Value, b: Value): Value {
  const inPlace = given.length > 1 && given.endsWith('=')
  const op = inPlace ? given.slice(0, -1) : given
  if (isNumber(a) && isNumber(b)) return arithmetic(m, op, a, b)
  if (op === '+' && isText(a) && isText(b)) return joined(m, a, b)
  if (op === '%' && isText(a)) return percent(m, plain(m, a), b)
  if (op === '*' && isText(a) && typeof b === 'number') return repeated(m, a, b)
  if (op === '*' && isText(b) && typeof a === 'number') return repeated(m, b, a)
  const [x, y] = [m.heap.of(a), m.heap.of(b)]
  if (op === '+' && x !== undefined && y !== undefined && x.t === y.t && (x.t === 'list' || x.t === 'tuple')) {
    if (!inPlace || x.t === 'tuple') return m.heap.make({ t: x.t, v: [...m.listed(a), ...m.listed(b)] })
    const more = m.listed(b)
    ;(m.heap.edit(a as { r: number }, more.length * 16) as typeof x).v.push(...more)
    return a
  }
  if (op === '+' && inPlace && x?.t === 'list') {
    const more = m.language.spread(m, b)
    ;(m.heap.edit(a as { r: number }, more.length * 16) as typeof x).v.push(...more)
    return a
  }
  if (op === '+' && (x?.t === 'block' || y?.t === 'block')) return m.heap.make({ t: 'block', n: bytesOf(m, a) + bytesOf(m, b) })
  if (op === '*' && (x?.t === 'block' || y?.t === 'block'))
    return m.heap.make({ t: 'block', n: bytesOf(m, x?.t === 'block' ? a : b) * numberOf((x?.t === 'block' ? b : a) as number) })
  if (op === '*' && (x?.t === 'list' || x?.t === 'tuple') && typeof b === 'number') return repeatedList(m, x, b)
  if (op === '|' && x?.t === 'dict' && y?.t === 'dict') return m.heap.make({ t: 'dict', e: { ...x.e, ...y.e } })
  if (x?.t === 'set' && y?.t === 'set') {
    const keep = (e: Record<string, [Value, Value]>, test: (k: string) => boolean): Record<string, [Value, Value]> =>
      Object.fromEntries(Object.entries(e).filter(([k]) => test(k)))
    if (op === '|') return m.heap.make({ t: 'set', e: { ...x.e, ...y.e } })
    if (op === '&') return m.heap.make({ t: 'set', e: keep(x.e, (k) => Object.hasOwn(y.e, k)) })
    if (op === '-') return m.heap.make({ t: 'set', e: keep(x.e, (k) => !Object.hasOwn(y.e, k)) })
  }
  const own = METHODS[op] && ownMethod(m, a, `__${METHODS[op]}__`)
  if (own) return m.call(m.method(own, a), [b])
  const native = isBuiltin(x?.t === 'obj' ? x.cls : null) ? m.language.attr(m, a, `__${METHODS[op]}__`) : undefined
  if (native !== undefined) return m.call(native, [b])
  if (op === '+' && isText(a)) return m.fail('TypeError', `can only concatenate str (not "${typeName(m, b)}") to str`)
  return m.fail('TypeError', `unsupported operand type(s) for ${given}: '${typeName(m, a)}' and '${typeName(m, b)}'`)
}

export function bytesOf(m: Machine, v: Value): number {
  const thing = m.heap.of(v)
  if (thing?.t === 'block') return thing.n
  return isText(v) ? textLength(v) : 0
}

function arithmetic(
  m: Machine,
  op: string,
  a: number | boolean | { readonly f: number },
  b: number | boolean | { readonly f: number },
): Value {
  const [x, y] = [numberOf(a), numberOf(b)]
  const float = isFloat(a) || isFloat(b)
  const give = (n: number): Value => (float ? { f: n } : whole(m, n))
  if ((op === '/' || op === '//' || op === '%') && y === 0)
    return m.fail(
      'ZeroDivisionError',
      op === '/'
        ? float
          ? 'float division by zero'
          : 'division by zero'
        : float
          ? 'float floor division by zero'
          : op === '%'
            ? 'integer modulo by zero'
            : 'integer division or modulo by zero',
    )
  switch (op) {
    case '+':
      return give(x + y)
    case '-':
      return give(x - y)
    case '*':
      return give(x * y)
    case '/':
      return { f: x / y }
    case '//':
      return give(Math.floor(x / y))
    case '%':
      return give(x - y * Math.floor(x / y))
    case '**':
      return !float && y < 0 ? { f: x ** y } : give(x ** y)
  }
  if (float) return m.fail('TypeError', `unsupported operand type(s) for ${op}: '${typeName(m, a)}' and '${typeName(m, b)}'`)
  const [p, q] = [BigInt(x), BigInt(y)]
  const bits: Readonly<Record<string, () => bigint>> = {
    '&': () => p & q,
    '|': () => p | q,
    '^': () => p ^ q,
    '<<': () => p << q,
    '>>': () => p >> q,
  }
  if (op === '<<' && y > 60) throw new NotSimulated('whole numbers beyond 2**53', m.line)
  return whole(m, Number(bits[op]!()))
}

function joined(
  m: Machine,
  a: string | { readonly p: string; readonly n: number },
  b: string | { readonly p: string; readonly n: number },
): Value {
  const size = textLength(a) + textLength(b)
  m.heap.bytes += size
  if (typeof a === 'string' && typeof b === 'string' && size <= 100_000) return a + b
  if (isPad(a) && isPad(b) && a.p === b.p) return { p: a.p, n: a.n + b.n }
  // What a memory lesson adds up is one letter, again and again.
  const [p, q] = [isPad(a) ? a.p : a[0], isPad(b) ? b.p : b[0]]
  const even = (v: string | { p: string; n: number }, c: string): boolean =>
    typeof v !== 'string' || (v.length <= LONG && v === c.repeat(v.length))
  if (p !== undefined && p === q && p.length === 1 && even(a, p) && even(b, p)) return { p, n: size }
  bounded(m, size)
  return plain(m, a) + plain(m, b)
}

function repeated(m: Machine, text: string | { readonly p: string; readonly n: number }, times: number): Value {
  const n = Math.max(0, times)
  const size = textLength(text) * n
  m.heap.bytes += size
  if (isPad(text)) return { p: text.p, n: text.n * n }
  return size <= LONG ? text.repeat(n) : { p: text, n }
}

function repeatedList(m: Machine, list: Thing & { t: 'list' | 'tuple' }, times: number): Value {
  const n = Math.max(0, times)
  if (list.v.length * n <= LAID_OUT && list.lead === undefined)
    return m.heap.make({ t: list.t, v: Array.from({ length: n }, () => list.v).flat() })
  if (list.v.length !== 1 || list.lead !== undefined)
    throw new NotSimulated('a list of several items that is repeated more than 10,000 times', m.line)
  return m.heap.make({ t: list.t, v: [], lead: { v: list.v[0]!, n } })
}

export function truthy(m: Machine, v: Value): boolean {
  if (v === null || isUndefined(v)) return false
  if (typeof v === 'boolean') return v
  if (typeof v === 'number') return v !== 0
  if (typeof v === 'string') return v !== ''
  if (isFloat(v)) return v.f !== 0
  if (!isRef(v)) return true
  const thing = m.heap.get(v)
  if (thing.t === 'list' || thing.t === 'tuple') return thing.v.length + (thing.lead?.n ?? 0) > 0
  if (thing.t === 'dict' || thing.t === 'set') return Object.keys(thing.e).length > 0
  if (thing.t === 'block') return thing.n > 0
  const own = ownMethod(m, v, '__bool__') ?? ownMethod(m, v, '__len__')
  return own === undefined ? true : truthy(m, m.call(m.method(own, v), []))
}

export function equal(m: Machine, a: Value, b: Value): boolean {
  if (isNumber(a) && isNumber(b)) return numberOf(a) === numberOf(b)
  if (isText(a) && isText(b))
    return isPad(a) && isPad(b) ? a.p === b.p && a.n === b.n : textLength(a) === textLength(b) && plain(m, a) === plain(m, b)
  if (a === null || b === null || !isRef(a) || !isRef(b)) {
    if (isBuiltin(a) && isBuiltin(b)) return a.b === b.b
    return a === b
  }
  if (a.r === b.r) return true
  const [x, y] = [m.heap.get(a), m.heap.get(b)]
  if ((x.t === 'list' || x.t === 'tuple') && x.t === y.t) {
    const [p, q] = [m.listed(a), m.listed(b)]
    return p.length === q.length && p.every((v, i) => equal(m, v, q[i]!))
  }
  if ((x.t === 'dict' || x.t === 'set') && x.t === y.t) {
    const keys = Object.keys(x.e)
    return keys.length === Object.keys(y.e).length && keys.every((k) => Object.hasOwn(y.e, k) && equal(m, x.e[k]![1], y.e[k]![1]))
  }
  const own = ownMethod(m, a, '__eq__')
  return own !== undefined && truthy(m, m.call(m.method(own, a), [b]))
}

function order(m: Machine, a: Value, b: Value, op: string): number {
  if (isNumber(a) && isNumber(b)) return numberOf(a) - numberOf(b)
  if (isText(a) && isText(b)) {
    const [x, y] = [plain(m, a), plain(m, b)]
    return x < y ? -1 : x > y ? 1 : 0
  }
  const [x, y] = [m.heap.of(a), m.heap.of(b)]
  if ((x?.t === 'list' || x?.t === 'tuple') && x.t === y?.t) {
    const [p, q] = [m.listed(a), m.listed(b)]
    for (let i = 0; i < Math.min(p.length, q.length); i++) if (!equal(m, p[i]!, q[i]!)) return order(m, p[i]!, q[i]!, op)
    return p.length - q.length
  }
  const own = ownMethod(m, a, '__lt__')
  if (own !== undefined) return truthy(m, m.call(m.method(own, a), [b])) ? -1 : equal(m, a, b) ? 0 : 1
  return m.fail('TypeError', `'${op}' not supported between instances of '${typeName(m, a)}' and '${typeName(m, b)}'`)
}

export function compare(m: Machine, op: string, a: Value, b: Value): boolean {
  switch (op) {
    case '==':
      return equal(m, a, b)
    case '!=':
      return !equal(m, a, b)
    case 'is':
    case 'is not':
      return (isRef(a) && isRef(b) ? a.r === b.r : typeof a === typeof b && equal(m, a, b)) === (op === 'is')
    case 'in':
    case 'not in':
      return contains(m, b, a) === (op === 'in')
    case '<':
      return order(m, a, b, op) < 0
    case '>':
      return order(m, a, b, op) > 0
    case '<=':
      return order(m, a, b, op) <= 0
    default:
      return order(m, a, b, op) >= 0
  }
}
export const sorted = (m: Machine, list: readonly Value[], key: (v: Value) => Value): Value[] =>
  list
    .map((v) => [key(v), v] as const)
    .sort((x, y) => order(m, x[0], y[0], '<'))
    .map(([, v]) => v)

function contains(m: Machine, o: Value, v: Value): boolean {
  if (isText(o)) {
    if (!isText(v)) return m.fail('TypeError', `'in <string>' requires string as left operand, not ${typeName(m, v)}`)
    return plain(m, o).includes(plain(m, v))
  }
  const thing = m.heap.of(o)
  if (thing?.t === 'dict' || thing?.t === 'set') return Object.hasOwn(thing.e, keyOf(m, v))
  if (thing?.t === 'list' || thing?.t === 'tuple')
    return (thing.lead !== undefined && equal(m, thing.lead.v, v)) || thing.v.some((x) => equal(m, x, v))
  if (thing?.t === 'obj') {
    const own = ownMethod(m, o, '__contains__')
    return truthy(m, own === undefined ? m.call(m.language.attr(m, o, '__contains__'), [v]) : m.call(m.method(own, o), [v]))
  }
  if (isBuiltin(o)) return truthy(m, m.call(m.language.attr(m, o, '__contains__'), [v]))
  return m.fail('TypeError', `argument of type '${typeName(m, o)}' is not iterable`)
}

/** What a value is called as a key. */
export function keyOf(m: Machine, v: Value): string {
  if (typeof v === 'string') return `s${v}`
  if (isNumber(v)) return `n${numberOf(v)}`
  if (v === null) return 'N'
  if (isPad(v)) return `s${plain(m, v)}`
  if (isBuiltin(v)) return `b${v.b}`
  const thing = m.heap.of(v)
  if (thing?.t === 'tuple')
    return `t${m
      .listed(v)
      .map((x) => keyOf(m, x))
      .join('\0')}`
  if (thing === undefined || thing.t === 'list' || thing.t === 'dict' || thing.t === 'set')
    return m.fail('TypeError', `unhashable type: '${typeName(m, v)}'`)
  return `r${(v as { r: number }).r}`
}

function missing(m: Machine, key: Value): never {
  throw new Thrown(makeError(m, 'KeyError', [key]))
}

const LONGEST: Readonly<Record<string, string>> = { list: 'list index out of range', tuple: 'tuple index out of range' }

export function index(m: Machine, o: Value, i: Value): Value {
  const thing = m.heap.of(o)
  if (thing?.t === 'dict') {
    const found = Object.hasOwn(thing.e, keyOf(m, i)) ? thing.e[keyOf(m, i)] : undefined
    return found === undefined ? missing(m, i) : found[1]
  }
  if (thing?.t === 'list' || thing?.t === 'tuple' || isText(o) || thing?.t === 'block') {
    if (typeof i !== 'number' && typeof i !== 'boolean')
      return m.fail(
        'TypeError',
        `${typeName(m, o) === 'str' ? 'string' : typeName(m, o)} indices must be integers or slices, not ${typeName(m, i)}`,
      )
    const lead = thing?.t === 'list' || thing?.t === 'tuple' ? (thing.lead?.n ?? 0) : 0
    const length = isText(o) ? textLength(o) : thing?.t === 'block' ? thing.n : (thing as { v: Value[] }).v.length + lead
    const at = Number(i) < 0 ? Number(i) + length : Number(i)
    if (at < 0 || at >= length)
      return m.fail('IndexError', isText(o) ? 'string index out of range' : (LONGEST[thing!.t] ?? 'index out of range'))
    if (isPad(o)) return o.p[at % o.p.length]!
    if (typeof o === 'string') return o[at]!
    if (thing?.t === 'block') return 0
    const list = thing as Thing & { t: 'list' }
    return at < lead ? list.lead!.v : list.v[at - lead]!
  }
  if (thing?.t === 'obj') {
    const own = ownMethod(m, o, '__getitem__')
    return own === undefined ? m.call(m.language.attr(m, o, '__getitem__'), [i]) : m.call(m.method(own, o), [i])
  }
  if (isBuiltin(o) && o.b.includes('.')) return m.call(m.language.attr(m, o, '__getitem__'), [i])
  if (isBuiltin(o)) return o
  return m.fail('TypeError', `'${typeName(m, o)}' object is not subscriptable`)
}

export function setIndex(m: Machine, o: Value, i: Value, v: Value): void {
  const thing = m.heap.of(o)
  if (thing?.t === 'dict') {
    const dict = m.heap.edit(o as { r: number }, 60 + (isText(v) ? textLength(v) : 16)) as typeof thing
    dict.e[keyOf(m, i)] = [i, v]
  } else if (thing?.t === 'list') {
    if (thing.lead !== undefined) throw new NotSimulated('changing an item of a list of more than 10,000 equal ones', m.line)
    const at = typeof i === 'number' && i < 0 ? i + thing.v.length : Number(i)
    if (typeof i !== 'number' || at < 0 || at >= thing.v.length) m.fail('IndexError', 'list assignment index out of range')
    ;(m.heap.edit(o as { r: number }) as typeof thing).v[at] = v
  } else if (thing?.t === 'block') return
  else if (thing?.t === 'obj' || isBuiltin(o)) {
    const own = ownMethod(m, o, '__setitem__')
    m.call(own === undefined ? m.language.attr(m, o, '__setitem__') : m.method(own, o), [i, v])
  } else m.fail('TypeError', `'${typeName(m, o)}' object does not support item assignment`)
}

export function deleteIndex(m: Machine, o: Value, i: Value): void {
  const thing = m.heap.of(o)
  if (thing?.t === 'dict') {
    index(m, o, i)
    delete (m.heap.edit(o as { r: number }) as typeof thing).e[keyOf(m, i)]
  } else if (thing?.t === 'list' && thing.lead === undefined) {
    index(m, o, i)
    ;(m.heap.edit(o as { r: number }) as typeof thing).v.splice(Number(i), 1)
  } else m.fail('TypeError', `'${typeName(m, o)}' object doesn't support item deletion`)
}

export function slice(m: Machine, o: Value, a: Value, b: Value, c: Value): Value {
  const list = m.is(o, 'list') ?? m.is(o, 'tuple')
  const block = m.is(o, 'block')
  const items: string | readonly Value[] = isText(o) ? plain(m, o) : list !== undefined ? m.listed(o) : []
  const length = block?.n ?? items.length
  if (!isText(o) && list === undefined && block === undefined) return m.fail('TypeError', `'${typeName(m, o)}' object is not subscriptable`)
  const step = typeof c === 'number' ? c : 1
  if (step === 0) return m.fail('ValueError', 'slice step cannot be zero')
  const place = (v: Value, otherwise: number): number => {
    if (typeof v !== 'number') return otherwise
    const at = v < 0 ? v + length : v
    return step > 0 ? Math.max(0, Math.min(length, at)) : Math.max(-1, Math.min(length - 1, at))
  }
  const [from, to] = [place(a, step > 0 ? 0 : length - 1), place(b, step > 0 ? length : -1)]
  if (block !== undefined) return m.heap.make({ t: 'block', n: Math.max(0, to - from) })
  if (step === 1 && typeof items === 'string') return items.slice(from, Math.max(from, to))
  const out: Value[] = []
  for (let i = from; step > 0 ? i < to : i > to; i += step) out.push(items[i]!)
  return isText(o) ? out.join('') : m.heap.make({ t: list!.t, v: out })
}

export function unary(m: Machine, op: string, a: Value): Value {
  if (op === 'not') return !truthy(m, a)
  if (!isNumber(a)) return m.fail('TypeError', `bad operand type for unary ${op}: '${typeName(m, a)}'`)
  if (op === '~') return isFloat(a) ? m.fail('TypeError', "bad operand type for unary ~: 'float'") : -Number(a) - 1
  const n = op === '-' ? -numberOf(a) : numberOf(a)
  return isFloat(a) ? { f: n } : n === 0 ? 0 : n
}

/** A length, as `len` gives it. */
export function length(m: Machine, v: Value): number {
  if (isText(v)) return textLength(v)
  const thing = m.heap.of(v)
  if (thing?.t === 'list' || thing?.t === 'tuple') return thing.v.length + (thing.lead?.n ?? 0)
  if (thing?.t === 'dict' || thing?.t === 'set') return Object.keys(thing.e).length
  if (thing?.t === 'block') return thing.n
  if (thing?.t === 'iter' && thing.step !== undefined) return Math.max(0, Math.ceil((thing.end! - thing.i) / thing.step))
  const own = ownMethod(m, v, '__len__')
  if (own !== undefined) return Number(m.call(m.method(own, v), []))
  return m.fail('TypeError', `object of type '${typeName(m, v)}' has no len()`)
}
