/**
 * JSON values as Go's `%v` prints them (`map[image:redis ports:[80 443]]`): several of the API's errors show patches that way.
 */
import { isRecord } from '../walk.ts'

export function goText(value: unknown): string {
  if (value === null || value === undefined) return '<nil>'
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`
  if (!isRecord(value)) return String(value)
  return `map[${Object.keys(value)
    .sort()
    .map((k) => `${k}:${goText(value[k])}`)
    .join(' ')}]`
}

/** JSON values as Go's `%#v` prints them (`map[string]interface {}{"a":1}`). */
export function goSyntax(value: unknown): string {
  if (value === null || value === undefined) return 'interface {}(nil)'
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`
  if (!isRecord(value)) return typeof value === 'string' ? JSON.stringify(value) : String(value)
  return `map[string]interface {}{${Object.keys(value)
    .sort()
    .map((k) => `${JSON.stringify(k)}:${goSyntax(value[k])}`)
    .join(', ')}}`
}
