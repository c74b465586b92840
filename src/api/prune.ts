/**
 * Pruning and defaulting by schema: what the API server does to custom resources, and the part of defaulting every kind shares.
 */
import { decodeObject } from './decode.ts'
import type { Schema } from './schema.ts'
import { cloneJson, isRecord, setOwn } from './walk.ts'

/** A copy without the fields the schema does not know, and the paths of those. Never throws. */
export function prune<T>(value: T, schema: Schema): { object: T; pruned: readonly string[] } {
  const { object, warnings } = decodeObject<T>(value, schema, { typed: false, fieldValidation: 'Warn' })
  return { object, pruned: warnings.map((w) => JSON.parse(w.slice('unknown field '.length)) as string) }
}

const isZero = (value: unknown): boolean => {
  if (value === '' || value === 0 || value === false || value === null) return true
  return typeof value === 'object' && Object.keys(value).length === 0
}

/**
 * Fills absent fields with the schema's defaults, in place, into objects that are there (a default may make one).
 * OpenAPI gives built-in kinds the zero values of Go ('' or 0) as defaults, which are no defaults of the API: they are left out for
 * schemas with a name, unless `zeros` says otherwise.
 */
export function applyDefaults(value: unknown, schema: Schema, options: { zeros?: boolean } = {}): void {
  fill(value, schema, options.zeros ?? schema.name === undefined)
}

function fill(value: unknown, schema: Schema, zeros: boolean): void {
  if (Array.isArray(value)) {
    if (schema.items !== undefined) for (const item of value) fill(item, schema.items, zeros)
    return
  }
  if (!isRecord(value)) return
  if (typeof schema.additionalProperties === 'object') {
    for (const key of Object.keys(value)) if (!schema.properties?.[key]) fill(value[key], schema.additionalProperties, zeros)
  }
  const { properties } = schema
  if (properties === undefined) return
  for (const key of Object.keys(properties)) {
    const field = properties[key]!
    const absent = value[key] === undefined || (value[key] === null && zeros)
    if (absent && field.default !== undefined && (zeros || !isZero(field.default))) setOwn(value, key, cloneJson(field.default))
    if (typeof value[key] === 'object' && value[key] !== null) fill(value[key], field, zeros)
  }
}
