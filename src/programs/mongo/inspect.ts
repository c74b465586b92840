/** How mongosh prints values: as Node does, with ObjectId('…') and ISODate('…'). */
import { isoTime } from '../text/times.ts'
import { isObject, type Json } from './contract.ts'

const WIDTH = 72

const name = (key: string): string => (/^[A-Za-z_$][\w$]*$/.test(key) ? key : `'${key}'`)

export function inspect(v: Json, indent = ''): string {
  if (typeof v === 'string') return `'${v.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`
  if (typeof v !== 'object' || v === null) return String(v)
  if (isObject(v) && '$oid' in v) return `ObjectId('${v['$oid']}')`
  if (isObject(v) && '$date' in v) return `ISODate('${typeof v['$date'] === 'number' ? isoTime(v['$date']) : v['$date']}')`
  const inner = `${indent}  `
  const parts = Array.isArray(v)
    ? (v as readonly Json[]).map((x) => inspect(x, inner))
    : Object.entries(v).map(([k, x]) => `${name(k)}: ${inspect(x as Json, inner)}`)
  const [open, close] = Array.isArray(v) ? ['[', ']'] : ['{', '}']
  if (parts.length === 0) return open + close
  const one = `${open} ${parts.join(', ')} ${close}`
  if (!one.includes('\n') && one.length + indent.length <= WIDTH) return one
  return `${open}\n${parts.map((p) => inner + p).join(',\n')}\n${indent}${close}`
}
