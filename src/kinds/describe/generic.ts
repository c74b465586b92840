/**
 * Describes an object of any kind from its fields alone, as kubectl does for custom resources and kinds it has no describer for.
 */
import type { DescribeContext } from '../../api/kind.ts'
import type { ApiObject } from '../../api/meta.ts'
import { describeEvents } from './events.ts'
import { heading } from './fields.ts'
import { type DescribeWriter, describeWith } from './writer.ts'

const SKIPPED = new Set(['.metadata.managedFields', '.metadata.name', '.metadata.namespace', '.metadata.labels', '.metadata.annotations'])
const ACRONYMS = new Set(['API', 'URL', 'UID', 'GUID'])

/** `creationTimestamp` → `Creation Timestamp`, `apiVersion` → `API Version`, `podIP` → `Pod IP`. */
export function smartLabel(field: string): string {
  if (!/^[\p{L}-]*$/u.test(field)) return field
  const parts = field.match(/[A-Z]+(?![a-z])|[A-Z][a-z]*|[a-z]+|-+|[^A-Za-z-]+/g) ?? []
  const words: string[] = []
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i]!
    const next = parts[i + 1]
    if (part.length >= 2 && part === part.toUpperCase() && next !== undefined && /^[A-Z]/.test(next)) {
      words.push(part + next)
      i++
    } else words.push(part)
  }
  return words
    .map((word) => {
      if (ACRONYMS.has(word.toUpperCase())) return word.toUpperCase()
      return word === word.toLowerCase() ? word.charAt(0).toUpperCase() + word.slice(1) : word
    })
    .join(' ')
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** As Go's %v prints what a decoded document holds. */
function scalar(value: unknown): string {
  if (value === null || value === undefined) return '<nil>'
  if (Array.isArray(value)) return `[${value.map(scalar).join(' ')}]`
  if (isObject(value))
    return `map[${Object.keys(value)
      .sort()
      .map((k) => `${k}:${scalar(value[k])}`)
      .join(' ')}]`
  return String(value)
}

function content(w: DescribeWriter, level: number, object: Readonly<Record<string, unknown>>, prefix: string): void {
  for (const field of Object.keys(object).sort()) {
    const path = `${prefix}.${field}`
    const value = object[field]
    if (SKIPPED.has(path) || value === undefined) continue
    const label = smartLabel(field)
    if (isObject(value)) {
      w.line(level, `${label}:`)
      content(w, level + 1, value, path)
    } else if (Array.isArray(value)) {
      w.line(level, `${label}:`)
      for (const item of value) {
        if (isObject(item)) content(w, level + 1, item, path)
        else w.line(level + 1, scalar(item))
      }
    } else w.field(level, label, scalar(value))
  }
}

export function describeGeneric(object: ApiObject, context: DescribeContext): string {
  return describeWith((w) => {
    heading(w, object)
    content(w, 0, object, '')
    describeEvents(w, object, context)
  })
}
