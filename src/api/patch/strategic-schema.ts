/**
 * What strategic merge asks of a schema: how a field's list or map is merged, and by which key.
 */
import type { Schema } from '../schema.ts'

export interface MergeRule {
  /** `merge`: by key or, without one, as a set; `replace`: as a whole. */
  readonly strategy: 'merge' | 'replace'
  readonly mergeKey: string | undefined
  readonly retainKeys: boolean
}

const rules = new WeakMap<Schema, MergeRule>()
const REPLACE: MergeRule = { strategy: 'replace', mergeKey: undefined, retainKeys: false }

export function ruleOf(schema: Schema | undefined): MergeRule {
  if (schema === undefined) return REPLACE
  const known = rules.get(schema)
  if (known !== undefined) return known
  const words = (schema.patchStrategy ?? '').split(',')
  const rule: MergeRule = {
    strategy: words.includes('merge') ? 'merge' : 'replace',
    mergeKey: schema.patchMergeKey,
    retainKeys: words.includes('retainKeys'),
  }
  rules.set(schema, rule)
  return rule
}

/** The schema of a field of an object: a declared one, or the values of a map. */
export function fieldSchema(schema: Schema | undefined, field: string): Schema | undefined {
  if (schema === undefined) return undefined
  if (schema.properties !== undefined && Object.hasOwn(schema.properties, field)) return schema.properties[field]
  return typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined
}

export const itemSchema = (schema: Schema | undefined): Schema | undefined => schema?.items

/** Whether an object-valued field is replaced as a whole instead of merged (patchStrategy `replace` on a struct or map). */
export const isReplacedObject = (schema: Schema | undefined): boolean => schema?.patchStrategy === 'replace'
