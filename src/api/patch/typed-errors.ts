/**
 * What does not fit its schema, as server-side apply words it. Models the validation of structured-merge-diff: it knows scalars, lists and
 * maps; formats such as quantities are read later, by the kind.
 */
import type { Schema } from '../schema.ts'
import { isRecord, jsonKind } from '../walk.ts'
import { goSyntax, goText } from './go-text.ts'
import { fieldSchema } from './strategic-schema.ts'

type Fields = Record<string, unknown>

const UNTYPED_FORMATS: ReadonlySet<string | undefined> = new Set(['quantity', 'int-or-string', 'raw-extension'])

/** Go's name for the type of a decoded JSON value. */
function goType(value: unknown): string {
  if (Array.isArray(value)) return '[]interface {}'
  if (isRecord(value)) return 'map[string]interface {}'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64'
  return jsonKind(value)
}

function scalarError(value: unknown, type: Schema['type']): string | undefined {
  if (type === 'integer' || type === 'number') {
    return typeof value === 'number' ? undefined : `expected numeric (int or float), got ${goType(value)}`
  }
  return typeof value === type ? undefined : `expected ${type}, got &value.valueUnstructured{Value:${goSyntax(value)}}`
}

const shownKey = (value: unknown): string =>
  typeof value === 'string' || isRecord(value) || Array.isArray(value) ? JSON.stringify(value) : String(value)

/** `[name="c"]`, `["v"]`, `[0]`; undefined, with the reason, when a key is missing. */
function itemPath(item: unknown, index: number, list: Schema): { path?: string; missing?: string } {
  if (list.listType === 'set') return { path: `[=${shownKey(item)}]` }
  if (list.listType !== 'map') return { path: `[${index}]` }
  if (!isRecord(item)) return { missing: 'associative list with keys may not have non-map elements' }
  const shown: string[] = []
  for (const key of [...(list.listMapKeys ?? [])].sort()) {
    const value = Object.hasOwn(item, key) ? item[key] : list.items?.properties?.[key]?.default
    if (value !== undefined) shown.push(`${key}=${shownKey(value)}`)
    else if (list.listMapKeys?.length === 1) {
      const why = `associative list with keys has an element that omits key field ${JSON.stringify(key)} (and doesn't have default value)`
      return { missing: why }
    }
  }
  return { path: `[${shown.join(',')}]` }
}

function listErrors(items: readonly unknown[], schema: Schema, path: string): string[] {
  const found: string[] = []
  const seen = new Set<string>()
  for (const [index, item] of items.entries()) {
    const at = itemPath(item, index, schema)
    if (at.path === undefined) return [...found, told(path, `element ${index}: ${at.missing}`)]
    if (seen.has(at.path)) found.push(told(path, `duplicate entries for key ${at.path}`))
    seen.add(at.path)
    found.push(...errorsOf(item, schema.items, path + at.path))
  }
  return found
}

function mapErrors(value: Fields, schema: Schema, path: string): string[] {
  const open = schema.preserveUnknown || (schema.properties === undefined && schema.additionalProperties === undefined)
  const found: string[] = []
  for (const key of Object.keys(value).sort()) {
    const type = fieldSchema(schema, key)
    if (type !== undefined) found.push(...errorsOf(value[key], type, `${path}.${key}`))
    else if (!open && schema.additionalProperties !== true) found.push(`${path}.${key}: field not declared in schema`)
  }
  return found
}

const told = (path: string, what: string): string => (path === '' ? what : `${path}: ${what}`)

function errorsOf(value: unknown, schema: Schema | undefined, path: string): string[] {
  if (schema?.type === undefined || UNTYPED_FORMATS.has(schema.format) || value === null || value === undefined) return []
  if (schema.type === 'array') {
    return Array.isArray(value) ? listErrors(value, schema, path) : [told(path, `expected list, got &{${goText(value)}}`)]
  }
  if (schema.type === 'object') {
    return isRecord(value) ? mapErrors(value, schema, path) : [told(path, `expected map, got &{${goText(value)}}`)]
  }
  const wrong = scalarError(value, schema.type)
  return wrong === undefined ? [] : [told(path, wrong)]
}

/** All that keeps `value` from being of the schema, in one text; undefined when nothing does. */
export function typedErrors(value: unknown, schema: Schema): string | undefined {
  const found = errorsOf(value, schema, '')
  if (found.length < 2) return found[0]
  return `errors:\n${found.map((line) => `  ${line}`).join('\n')}`
}
