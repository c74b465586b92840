/**
 * Pruning and defaulting by schema: what the API server does to custom resources, and the part of defaulting every kind shares.
 */

import { getOrMake } from '../lib/get-or-make.ts'
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

const hasDefault = (schema: Schema, zeros: boolean): boolean => schema.default !== undefined && (zeros || !isZero(schema.default))

/** Which schemas have a default somewhere below; the others need not be walked. One that holds itself counts as having one. */
const barren = { zeros: new WeakMap<Schema, boolean>(), plain: new WeakMap<Schema, boolean>() }

function isBarren(schema: Schema, zeros: boolean): boolean {
  const known = barren[zeros ? 'zeros' : 'plain']
  const before = known.get(schema)
  if (before !== undefined) return before
  known.set(schema, false)
  const inside = [...Object.values(schema.properties ?? {}), ...(schema.items ? [schema.items] : [])]
  if (typeof schema.additionalProperties === 'object') inside.push(schema.additionalProperties)
  const found = inside.every((s) => !hasDefault(s, zeros) && isBarren(s, zeros))
  known.set(schema, found)
  return found
}

/** The properties that have defaults, or hold something that has. */
const fertile = { zeros: new WeakMap<Schema, readonly string[]>(), plain: new WeakMap<Schema, readonly string[]>() }
const fertileOf = (schema: Schema, zeros: boolean): readonly string[] =>
  getOrMake(fertile[zeros ? 'zeros' : 'plain'], schema, () =>
    Object.keys(schema.properties!).filter((k) => hasDefault(schema.properties![k]!, zeros) || !isBarren(schema.properties![k]!, zeros)),
  )

function fill(value: unknown, schema: Schema, zeros: boolean): void {
  if (Array.isArray(value)) {
    if (schema.items !== undefined && !isBarren(schema.items, zeros)) for (const item of value) fill(item, schema.items, zeros)
    return
  }
  if (!isRecord(value)) return
  if (typeof schema.additionalProperties === 'object' && !isBarren(schema.additionalProperties, zeros)) {
    for (const key of Object.keys(value)) if (!schema.properties?.[key]) fill(value[key], schema.additionalProperties, zeros)
  }
  const { properties } = schema
  if (properties === undefined) return
  for (const key of fertileOf(schema, zeros)) {
    const field = properties[key]!
    const absent = value[key] === undefined || (value[key] === null && zeros)
    if (absent && hasDefault(field, zeros)) setOwn(value, key, cloneJson(field.default))
    if (typeof value[key] === 'object' && value[key] !== null) fill(value[key], field, zeros)
  }
}
