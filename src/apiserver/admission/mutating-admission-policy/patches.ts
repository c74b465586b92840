/**
 * What a mutation's expression gives, and the object with it: an ApplyConfiguration merged as server-side apply merges, or the operations
 * of a JSONPatch (apiserver's policy/mutating/patch).
 */
import type { KindDefinition } from '../../../api/kind.ts'
import { mergeTyped } from '../../../api/patch/typed.ts'
import { typedErrors } from '../../../api/patch/typed-errors.ts'
import type { Schema } from '../../../api/schema.ts'
import { isRecord, setOwn } from '../../../api/walk.ts'
import { TYPE_MARK } from '../../../kinds/cel/object-literals.ts'
import { jsonPatched, TestFailed } from '../matching/mutation.ts'

type Fields = Record<string, unknown>

/** CEL's values as JSON. `type`: what a literal at this place must call itself. Throws Error. */
function json(value: unknown, type: string | undefined): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (Array.isArray(value)) return value.map((item) => json(item, type))
  if (value instanceof Map) return json(Object.fromEntries(value), type)
  if (!isRecord(value)) return value
  const mark = value[TYPE_MARK] as string | undefined
  if (mark !== undefined && type !== undefined && mark !== type)
    throw new Error(
      `type mismatch: unexpected type name ${JSON.stringify(mark)}, expected ${JSON.stringify(type)}, which matches field name path from root Object type`,
    )
  const out: Fields = {}
  for (const [key, child] of Object.entries(value))
    if (key !== TYPE_MARK && child !== undefined) setOwn(out, key, json(child, type === undefined ? undefined : `${type}.${key}`))
  return out
}

/** Places where the configuration would put something in the stead of a list or map that is owned as one. */
function atomics(value: unknown, schema: Schema | undefined, path: string): string[] {
  if (schema === undefined) return []
  const found: string[] = []
  if (isRecord(value)) {
    if (schema.mapType === 'atomic') found.push(path)
    for (const [key, child] of Object.entries(value)) found.push(...atomics(child, schema.properties?.[key], `${path}.${key}`))
  }
  if (Array.isArray(value)) {
    if (schema.listType !== 'map' && schema.listType !== 'set') found.push(path)
    for (const [i, child] of value.entries()) found.push(...atomics(child, schema.items, `${path}[${i}]`))
  }
  return found
}

const applying = (why: string): Error => new Error(`error applying patch: ${why}`)

/** The object with an apply configuration merged in. Throws Error. */
export function withConfiguration(object: unknown, configuration: unknown, { schema }: KindDefinition): unknown {
  const mark = isRecord(configuration) ? configuration[TYPE_MARK] : undefined
  if (mark === undefined) throw new Error(`unsupported return type from ApplyConfiguration expression: ${typeof configuration}`)
  const patch = json(configuration, 'Object') as Fields
  const wrong = typedErrors(patch, schema)
  if (wrong !== undefined) throw applying(`failed to convert patch object to typed object: ${wrong}`)
  const fixed = atomics(patch, schema, '')
  if (fixed.length > 0) throw applying(`invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: ${fixed.join(', ')}`)
  return mergeTyped(object, patch, schema)
}

/** The object with the operations of a list of JSONPatch applied; as it was when a `test` does not hold. Throws Error. */
export function withOperations(object: unknown, operations: unknown): unknown {
  if (!Array.isArray(operations)) throw new Error('type mismatch: JSONPatchType.expression should evaluate to array')
  const plain = operations.map((operation: Fields) =>
    Object.fromEntries(
      Object.entries(operation)
        .filter(([key]) => key !== TYPE_MARK)
        .map(([key, value]) => [key, json(value, isRecord(value) ? (value[TYPE_MARK] as string | undefined) : undefined)]),
    ),
  )
  try {
    return jsonPatched(object, plain)
  } catch (e) {
    if (e instanceof TestFailed) return object
    throw new Error(`JSONPath: ${(e as Error).message}`)
  }
}
