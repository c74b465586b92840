/** Values as `console.log` shows them, and JSON. */
import type { Machine } from '../scripting/machine.ts'
import { isBuiltin, isText, isUndefined, textLength, UNDEFINED, type Value } from '../scripting/values.ts'
import { array, className, entriesOf, errorText, familyOf, hidden, plain, plainObject, toText } from './operate.ts'

const WIDTH = 72
const DEEPEST = 100

const quoted = (text: string): string =>
  text.includes("'") && !text.includes('"')
    ? `"${text}"`
    : `'${text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll("'", "\\'")}'`
const keyText = (key: string): string => (/^[A-Za-z_$][\w$]*$/.test(key) ? key : quoted(key))

export function inspect(m: Machine, v: Value, depth = 0): string {
  m.walked()
  if (isText(v)) m.walked(textLength(v))
  if (isText(v)) return quoted(plain(m, v))
  if (isBuiltin(v)) return `[Function: ${v.b}]`
  const thing = m.heap.of(v)
  if (thing === undefined) return Object.is(v, -0) ? '-0' : toText(m, v)
  if (thing.t === 'fn') {
    const { name, async: isAsync } = m.codeOf(thing.c[0])[thing.c[1]]!
    return `[${isAsync ? 'AsyncFunction' : 'Function'}${name === '' ? ' (anonymous)' : `: ${name}`}]`
  }
  if (thing.t === 'class') return `[class ${thing.name}]`
  if (thing.t === 'block') return `<Buffer 00 00 00 … ${thing.n} bytes>`
  if (depth > 2) return thing.t === 'list' ? '[Array]' : '[Object]'
  if (thing.t === 'list') {
    if (thing.lead !== undefined) return `[ ${inspect(m, thing.lead.v)}, … ${thing.lead.n + thing.v.length - 1} more items ]`
    const items = thing.v.slice(0, 100).map((x) => inspect(m, x, depth + 1))
    if (thing.v.length > 100) items.push(`... ${thing.v.length - 100} more items`)
    return framed('[', items, ']', depth)
  }
  let name = ''
  if (thing.t === 'obj') {
    const family = familyOf(m, thing.cls)
    if (family === 'Error') return toText(m, hidden(m, v, 'stack')) || errorText(m, v)
    if (family === 'Date') return toText(m, m.call(m.language.attr(m, v, 'toISOString'), []))
    if (family === 'Promise')
      return `Promise { ${thing.attrs['.state'] === 'pending' ? '<pending>' : inspect(m, thing.attrs['.value'] ?? UNDEFINED, depth + 1)} }`
    if (family === 'Map')
      return framed(
        `Map(${Object.keys(entriesIn(m, v)).length}) {`,
        Object.values(entriesIn(m, v)).map(([k, x]) => `${inspect(m, k, depth + 1)} => ${inspect(m, x, depth + 1)}`),
        '}',
        depth,
      )
    if (family === 'Set')
      return framed(
        `Set(${Object.keys(entriesIn(m, v)).length}) {`,
        Object.values(entriesIn(m, v)).map(([k]) => inspect(m, k, depth + 1)),
        '}',
        depth,
      )
    name = `${className(m, thing.cls)} `
  }
  return framed(
    `${name}{`,
    entriesOf(thing).map(([k, x]) => `${keyText(k)}: ${inspect(m, x, depth + 1)}`),
    '}',
    depth,
  )
}

/** What a Map or Set holds. */
export function entriesIn(m: Machine, v: Value): Readonly<Record<string, readonly [Value, Value]>> {
  return m.is(hidden(m, v, '.all'), 'dict')?.e ?? {}
}

function framed(open: string, items: readonly string[], close: string, depth: number): string {
  if (items.length === 0) return open + close
  const line = `${open} ${items.join(', ')} ${close}`
  if (line.length <= WIDTH && !items.some((i) => i.includes('\n'))) return line
  const pad = '  '.repeat(depth + 1)
  return `${open}\n${items.map((i) => `${pad}${i}`).join(',\n')}\n${'  '.repeat(depth)}${close}`
}

/** The line of `console.log(…)`, with `%s`, `%d`, `%j`. */
export function logged(m: Machine, args: readonly Value[]): string {
  const [first, ...rest] = args
  const show = (v: Value): string => (isText(v) ? plain(m, v) : inspect(m, v))
  if (first === undefined) return ''
  if (!isText(first) || rest.length === 0 || !plain(m, first).includes('%')) return args.map(show).join(' ')
  let at = 0
  const head = plain(m, first).replace(/%([sdifjoO%])/g, (whole, k: string) => {
    if (k === '%') return '%'
    if (at >= rest.length) return whole
    const v = rest[at++]!
    if (k === 'j') return stringify(m, v, '') ?? 'undefined'
    return k === 'd' || k === 'i' || k === 'f'
      ? String(k === 'i' ? Math.trunc(Number(toText(m, v))) : Number(toText(m, v)))
      : k === 's'
        ? show(v)
        : inspect(m, v)
  })
  return [head, ...rest.slice(at).map(show)].join(' ')
}

export function stringify(m: Machine, v: Value, step: string, depth = 0): string | undefined {
  m.walked()
  if (isUndefined(v) || isBuiltin(v)) return undefined
  if (isText(v)) m.walked(textLength(v))
  if (isText(v)) return JSON.stringify(plain(m, v))
  if (v === null || typeof v === 'boolean') return String(v)
  if (typeof v === 'number') return Number.isFinite(v) ? String(v) : 'null'
  if (depth > DEEPEST) return m.fail('TypeError', 'Converting circular structure to JSON')
  const thing = m.heap.of(v)
  if (thing === undefined || thing.t === 'fn' || thing.t === 'class') return undefined
  const [line, end] = step === '' ? ['', ''] : [`\n${step.repeat(depth + 1)}`, `\n${step.repeat(depth)}`]
  if (thing.t === 'list') {
    const items = m.listed(v).map((x) => stringify(m, x, step, depth + 1) ?? 'null')
    return items.length === 0 ? '[]' : `[${line}${items.join(`,${line}`)}${end}]`
  }
  if (thing.t === 'obj' && familyOf(m, thing.cls) === 'Date')
    return JSON.stringify(toText(m, m.call(m.language.attr(m, v, 'toISOString'), [])))
  const pairs = entriesOf(thing).flatMap(([k, x]) => {
    const text = stringify(m, x, step, depth + 1)
    return text === undefined ? [] : [`${JSON.stringify(k)}:${step === '' ? '' : ' '}${text}`]
  })
  return pairs.length === 0 ? '{}' : `{${line}${pairs.join(`,${line}`)}${end}}`
}

export function fromJson(m: Machine, v: unknown): Value {
  if (v === null || typeof v === 'boolean' || typeof v === 'number' || typeof v === 'string') return v
  if (Array.isArray(v))
    return array(
      m,
      v.map((x) => fromJson(m, x)),
    )
  return plainObject(
    m,
    Object.entries(v as object).map(([k, x]) => [k, fromJson(m, x)] as const),
  )
}

export function parseJson(m: Machine, text: string): Value {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return m.fail(
      'SyntaxError',
      error instanceof Error && text !== ''
        ? `Unexpected token in JSON: "${text.slice(0, 30)}" is not valid JSON`
        : 'Unexpected end of JSON input',
    )
  }
  return fromJson(m, value)
}
