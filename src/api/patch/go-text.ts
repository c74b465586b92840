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
