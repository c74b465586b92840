/** The json module: texts from values and values from texts, as Python writes and reads them. */
import { type Machine, Thrown } from '../scripting/machine.ts'
import { isFloat, isText, type Value } from '../scripting/values.ts'
import { makeError } from './errors.ts'
import { type Call, given } from './natives.ts'
import { truthy } from './operate.ts'
import { floatText, plain, str, typeName } from './text.ts'

const DEEPEST = 100

export function dumps(m: Machine, v: Value, call: Call): string {
  const indent = given(call, 99, 'indent') ?? null
  const sort = truthy(m, call.names.get('sort_keys') ?? null)
  const other = call.names.get('default')
  const step = typeof indent === 'number' ? ' '.repeat(indent) : indent === null ? undefined : plain(m, indent)
  const write = (x: Value, depth: number): string => {
    m.walked()
    if (depth > DEEPEST) return m.fail('ValueError', 'Circular reference detected')
    if (x === null) return 'null'
    if (typeof x === 'boolean' || typeof x === 'number') return String(x)
    if (isText(x))
      return JSON.stringify(plain(m, x)).replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
    if (isFloat(x)) return floatText(x.f)
    const thing = m.heap.of(x)
    const [line, end, comma] =
      step === undefined ? ['', '', ', '] : [`\n${step.repeat(depth + 1)}`, `\n${step.repeat(depth)}`, `,\n${step.repeat(depth + 1)}`]
    if (thing?.t === 'list' || thing?.t === 'tuple') {
      const items = m.listed(x).map((i) => write(i, depth + 1))
      return items.length === 0 ? '[]' : `[${line}${items.join(comma)}${end}]`
    }
    if (thing?.t === 'dict') {
      const pairs = Object.values(thing.e).map(
        ([k, i]) => [isText(k) ? plain(m, k) : k === null ? 'null' : typeof k === 'boolean' ? String(k) : str(m, k), i] as const,
      )
      if (sort) pairs.sort((a, b) => (a[0] < b[0] ? -1 : 1))
      return pairs.length === 0
        ? '{}'
        : `{${line}${pairs.map(([k, i]) => `${JSON.stringify(k)}: ${write(i, depth + 1)}`).join(comma)}${end}}`
    }
    if (other !== undefined && other !== null) return write(m.call(other, [x]), depth + 1)
    return m.fail('TypeError', `Object of type ${typeName(m, x)} is not JSON serializable`)
  }
  return write(v, 0)
}

/** A plain value as Python has it; whole numbers stay whole where they were written so. */
export function fromJson(m: Machine, v: unknown, depth = 0): Value {
  if (v === null || typeof v === 'boolean' || typeof v === 'string') return v
  if (typeof v === 'number') return Number.isInteger(v) ? v : { f: v }
  if (depth > DEEPEST) return m.fail('RecursionError', 'maximum recursion depth exceeded')
  if (Array.isArray(v)) return m.heap.make({ t: 'list', v: v.map((x) => fromJson(m, x, depth + 1)) })
  return m.heap.make({
    t: 'dict',
    e: Object.fromEntries(Object.entries(v as object).map(([k, x]) => [`s${k}`, [k, fromJson(m, x, depth + 1)]])),
  })
}

export function loads(m: Machine, source: string): Value {
  let value: unknown
  try {
    value = JSON.parse(source)
  } catch {
    throw new Thrown(
      makeError(m, 'json.decoder.JSONDecodeError', [
        source.trim() === '' ? 'Expecting value: line 1 column 1 (char 0)' : 'Expecting value: invalid JSON text',
      ]),
    )
  }
  return fromJson(m, value)
}
