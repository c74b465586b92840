/** Python's values as text: str, repr, format specifications, the % operator. */
import type { Machine } from '../scripting/machine.ts'
import { bounded, onePiece } from '../scripting/text.ts'
import { isBuiltin, isFloat, isPad, isRef, isUndefined, textLength, type Value } from '../scripting/values.ts'

const DEEPEST = 50

export const plain = (m: Machine, v: Value): string => onePiece(m, v, str)

export function floatText(f: number): string {
  if (Number.isNaN(f)) return 'nan'
  if (!Number.isFinite(f)) return f > 0 ? 'inf' : '-inf'
  if (Number.isInteger(f) && Math.abs(f) < 1e16) return `${Object.is(f, -0) ? '-0' : f}.0`
  return String(f).replace(/e([-+])(\d)$/, 'e$10$2')
}

const quoted = (text: string): string => {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'"
  const escaped = text.replace(/[\\\n\r\t]/g, (c) => ({ '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' })[c]!)
  return mark + (mark === "'" ? escaped.replaceAll("'", "\\'") : escaped) + mark
}

export function repr(m: Machine, v: Value, depth = 0): string {
  m.walked()
  if (v === null || isUndefined(v)) return 'None'
  if (v === true || v === false) return v ? 'True' : 'False'
  if (typeof v === 'number') return String(v)
  if (isFloat(v)) return floatText(v.f)
  if (typeof v === 'string' || isPad(v)) {
    m.walked(textLength(v))
    return quoted(plain(m, v))
  }
  if (isBuiltin(v))
    return v.b.startsWith('mod:')
      ? `<module '${v.b.slice(4)}'>`
      : v.b.startsWith('exc:')
        ? `<class '${v.b.slice(4)}'>`
        : TYPES.has(v.b)
          ? `<class '${v.b}'>`
          : `<built-in function ${v.b}>`
  if (depth > DEEPEST) return '...'
  const thing = m.heap.of(v)!
  const each = (list: readonly Value[]): string => list.map((x) => repr(m, x, depth + 1)).join(', ')
  switch (thing.t) {
    case 'list':
      return `[${each(m.listed(v))}]`
    case 'tuple': {
      const all = m.listed(v)
      return all.length === 1 ? `(${each(all)},)` : `(${each(all)})`
    }
    case 'dict':
      return `{${Object.values(thing.e)
        .map(([k, x]) => `${repr(m, k, depth + 1)}: ${repr(m, x, depth + 1)}`)
        .join(', ')}}`
    case 'set':
      return Object.keys(thing.e).length === 0 ? 'set()' : `{${each(Object.values(thing.e).map(([k]) => k))}}`
    case 'fn':
      return `<function ${m.codeOf(thing.c[0])[thing.c[1]]!.name} at 0x7f0000000000>`
    case 'class':
      return `<class '__main__.${thing.name}'>`
    case 'obj':
      return objectText(m, v as { r: number }, '__repr__', depth)
    case 'block':
      return `<${thing.n} bytes>`
    default:
      return `<${thing.t}>`
  }
}

export const TYPES = new Set(['int', 'float', 'str', 'bool', 'list', 'dict', 'tuple', 'set', 'bytes', 'bytearray', 'object', 'type'])

export const className = (m: Machine, cls: Value): string =>
  isBuiltin(cls) ? cls.b.replace(/^exc:/, '') : (m.is(cls, 'class')?.name ?? 'object')

/** A method of an object's class, down its bases; undefined: none of the script's own. */
export function ownMethod(m: Machine, o: Value, name: string): Value | undefined {
  const thing = m.is(o, 'obj')
  for (let cls: Value | undefined = thing?.cls; isRef(cls); ) {
    const c = m.is(cls, 'class')!
    if (Object.hasOwn(c.attrs, name)) return c.attrs[name]
    cls = c.base
  }
  return undefined
}

function objectText(m: Machine, v: { readonly r: number }, how: '__repr__' | '__str__', depth: number): string {
  const thing = m.is(v, 'obj')!
  const own = (how === '__str__' ? ownMethod(m, v, '__str__') : undefined) ?? ownMethod(m, v, '__repr__')
  if (own !== undefined) return plain(m, m.call(m.method(own, v), []))
  const args = m.listed(thing.attrs['args'] ?? null)
  if (isError(m, v))
    return how === '__str__' ? errorText(m, args) : `${className(m, thing.cls)}(${args.map((a) => repr(m, a, depth + 1)).join(', ')})`
  return `<__main__.${className(m, thing.cls)} object at 0x7f00000${v.r.toString(16).padStart(5, '0')}>`
}

/** Whether it is an exception. */
export function isError(m: Machine, v: Value): boolean {
  let cls: Value | undefined = m.is(v, 'obj')?.cls
  while (isRef(cls)) cls = m.is(cls, 'class')!.base
  return cls !== undefined && cls !== null && isBuiltin(cls) && cls.b.startsWith('exc:')
}
const errorText = (m: Machine, args: readonly Value[]): string =>
  args.length === 0 ? '' : args.length === 1 ? str(m, args[0]!) : `(${args.map((a) => repr(m, a)).join(', ')})`

export function str(m: Machine, v: Value): string {
  if (typeof v === 'string') return v
  if (isPad(v)) return plain(m, v)
  const thing = m.is(v, 'obj')
  if (thing === undefined) return repr(m, v)
  // KeyError shows its key as it is written.
  if (isError(m, v) && isBuiltin(thing.cls) && thing.cls.b === 'exc:KeyError')
    return m
      .listed(thing.attrs['args'] ?? null)
      .map((a) => repr(m, a))
      .join(', ')
  return objectText(m, v as { r: number }, '__str__', 0)
}

export const typeName = (m: Machine, v: Value): string => {
  if (v === null) return 'NoneType'
  if (typeof v === 'boolean') return 'bool'
  if (typeof v === 'number') return 'int'
  if (isFloat(v)) return 'float'
  if (typeof v === 'string' || isPad(v)) return 'str'
  if (isBuiltin(v))
    return v.b.startsWith('mod:') ? 'module' : v.b.startsWith('exc:') || TYPES.has(v.b) ? 'type' : 'builtin_function_or_method'
  const thing = m.heap.of(v)
  if (thing === undefined) return 'NoneType'
  return thing.t === 'obj'
    ? className(m, thing.cls)
    : (({ fn: 'function', class: 'type', block: 'bytearray', iter: 'iterator' } as Record<string, string>)[thing.t] ?? thing.t)
}

const grouped = (digits: string, mark: string): string => digits.replace(/\B(?=(\d{3})+(?!\d))/g, mark)

/** `format(v, spec)`. */
export function formatted(m: Machine, v: Value, spec: string): string {
  if (spec === '') return str(m, v)
  const match = /^(?:([\s\S])?([<>=^]))?([-+ ]?)(#?)(0?)(\d*)([,_]?)(?:\.(\d+))?([a-zA-Z%]?)$/.exec(spec)
  if (match === null) {
    if (m.is(v, 'obj') !== undefined) return plain(m, m.call(m.language.attr(m, v, 'strftime'), [spec]))
    return m.fail('ValueError', 'Invalid format specifier')
  }
  const [, fill, align, sign, , zero, width, comma, precision, type] = match
  const numeric = typeof v === 'number' || typeof v === 'boolean' || isFloat(v)
  let text: string
  if (!numeric) {
    if (type !== '' && type !== 's') return m.fail('ValueError', `Unknown format code '${type}' for object of type '${typeName(m, v)}'`)
    text = precision === undefined ? str(m, v) : str(m, v).slice(0, Number(precision))
  } else {
    const n = typeof v === 'object' ? v.f : Number(v)
    const size = Math.abs(n)
    const digits = Math.min(100, Number(precision ?? 6))
    if (type === 'd' && typeof v === 'object') return m.fail('ValueError', "Unknown format code 'd' for object of type 'float'")
    text =
      type === 'f' || type === 'F'
        ? size.toFixed(digits)
        : type === '%'
          ? `${(size * 100).toFixed(digits)}%`
          : type === 'e'
            ? size.toExponential(digits).replace(/e([-+])(\d)$/, 'e$10$2')
            : type === 'x' || type === 'X' || type === 'b' || type === 'o'
              ? size.toString({ x: 16, X: 16, b: 2, o: 8 }[type])
              : precision !== undefined
                ? String(Number(size.toPrecision(Math.max(1, digits))))
                : typeof v === 'object'
                  ? floatText(size)
                  : String(size)
    if (type === 'X') text = text.toUpperCase()
    if (comma) text = text.replace(/^\d+/, (d) => grouped(d, comma))
    text = (n < 0 || Object.is(n, -0) ? '-' : sign === '+' ? '+' : sign === ' ' ? ' ' : '') + text
  }
  const room = bounded(m, Number(width || 0)) - text.length
  if (room <= 0) return text
  const pad = fill ?? (zero ? '0' : ' ')
  const where = align ?? (zero ? '=' : numeric ? '>' : '<')
  if (where === '<') return text + pad.repeat(room)
  if (where === '^') return pad.repeat(Math.floor(room / 2)) + text + pad.repeat(Math.ceil(room / 2))
  if (where === '=' && /^[-+]/.test(text)) return text[0] + pad.repeat(room) + text.slice(1)
  return pad.repeat(room) + text
}

/** `'%s: %d' % (a, b)`. */
export function percent(m: Machine, format: string, given: Value): string {
  const args = m.is(given, 'tuple') === undefined ? [given] : [...m.listed(given)]
  let at = 0
  const out = format.replace(
    /%(?:\((\w+)\))?([-+ 0#]*)(\d+)?(?:\.(\d+))?([a-zA-Z%])/g,
    (_, name: string | undefined, flags: string, width: string | undefined, precision: string | undefined, type: string) => {
      if (type === '%') return '%'
      const v =
        name !== undefined
          ? m.language.index(m, given, name)
          : at < args.length
            ? args[at++]!
            : m.fail('TypeError', 'not enough arguments for format string')
      const bare = type === 'r' ? repr(m, v) : type === 's' ? str(m, v) : undefined
      if (bare === undefined && typeof v !== 'number' && typeof v !== 'boolean' && !isFloat(v))
        return m.fail('TypeError', `%${type} format: a real number is required, not ${typeName(m, v)}`)
      const number = bare === undefined && type !== 'f' && type !== 'e' && type !== 'g' && isFloat(v) ? Math.trunc(v.f) : v
      const align = flags.includes('-') ? '<' : '>'
      const spec = `${bare !== undefined || !flags.includes('0') ? align : ''}${flags.includes('+') ? '+' : ''}${bare === undefined && flags.includes('0') ? '0' : ''}${width ?? ''}${precision === undefined ? '' : `.${precision}`}${bare !== undefined ? 's' : type === 'i' || type === 'u' ? 'd' : type}`
      return formatted(m, bare ?? number, spec)
    },
  )
  if (at < args.length && m.is(given, 'dict') === undefined && at === 0 && !format.includes('%'))
    return m.fail('TypeError', 'not all arguments converted during string formatting')
  return out
}
