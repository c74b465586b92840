/** Fields of an object that its kind's schema does not know: the API would drop them without a word. */
import type { Schema } from '../../../api/schema.ts'
import { isRecord } from '../../../api/walk.ts'

export interface UnknownField {
  readonly path: readonly PropertyKey[]
  readonly key: string
  /** What may stand there. */
  readonly known: readonly string[]
}

export function unknownFields(value: unknown, schema: Schema | undefined, path: readonly PropertyKey[] = []): UnknownField[] {
  if (schema === undefined || schema.preserveUnknown) return []
  if (Array.isArray(value)) return value.flatMap((item, i) => unknownFields(item, schema.items, [...path, i]))
  if (!isRecord(value) || schema.type !== 'object') return []
  const { properties, additionalProperties } = schema
  return Object.entries(value).flatMap(([key, part]) => {
    const child = properties?.[key] ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined)
    if (child !== undefined) return unknownFields(part, child, [...path, key])
    return properties === undefined || additionalProperties === true ? [] : [{ path, key, known: Object.keys(properties) }]
  })
}
