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
 * OpenAPI gives built-in kinds the zero values of Go ('' or 0) as defaults; `zeros: false` leaves those out.
 */
export function applyDefaults(value: unknown, schema: Schema, options: { zeros?: boolean } = {}): void {
  const { zeros = true } = options
  if (Array.isArray(value)) {
    if (schema.items !== undefined) for (const item of value) applyDefaults(item, schema.items, options)
    return
  }
  if (!isRecord(value)) return
  if (typeof schema.additionalProperties === 'object') {
    for (const key of Object.keys(value)) if (!schema.properties?.[key]) applyDefaults(value[key], schema.additionalProperties, options)
  }
  const { properties } = schema
  if (properties === undefined) return
  for (const key of Object.keys(properties)) {
    const field = properties[key]!
    if (field.default !== undefined && (value[key] === undefined || (value[key] === null && zeros)) && (zeros || !isZero(field.default))) {
      setOwn(value, key, cloneJson(field.default))
    }
    if (typeof value[key] === 'object' && value[key] !== null) applyDefaults(value[key], field, options)
  }
}
