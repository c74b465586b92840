/**
 * Completes a kind's record from the facts of the real API: names, verbs and Table columns of its resource, and its schema.
 * A kind's folder writes only what is its own.
 */
import { assert } from '../lib/assert.ts'
import { ageSince } from './ages.ts'
import { kindSchema } from './definitions.ts'
import facts from './generated/resources.json' with { type: 'json' }
import type { Cell, Column, ColumnContext, KindDefinition, KindSpec } from './kind.ts'
import { type ApiObject, apiVersionOf } from './meta.ts'
import type { Schema } from './schema.ts'

interface ColumnFact {
  readonly name: string
  readonly type: string
  readonly format?: string
  readonly priority: number
}

interface ResourceFact {
  readonly kind: string
  readonly singular: string
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly namespaced: boolean
  readonly verbs: readonly string[]
  readonly columns: readonly ColumnFact[]
}

const byKind = new Map<string, { resource: string; fact: ResourceFact }>()
for (const [key, fact] of Object.entries(facts as unknown as Readonly<Record<string, ResourceFact>>)) {
  const dot = key.indexOf('.')
  const rest = key.slice(dot + 1)
  byKind.set(`${rest} ${fact.kind}`, { resource: key.slice(0, dot), fact })
}

type CellFunction = (object: ApiObject, context: ColumnContext) => Cell

/** Columns that mean the same for every kind. */
const commonCells: Readonly<Record<string, CellFunction>> = {
  Name: (object) => object.metadata.name,
  Age: (object, { nowMs }) => ageSince(object.metadata.creationTimestamp, nowMs),
  'Created At': (object) => object.metadata.creationTimestamp ?? null,
}

function completeColumns(spec: KindSpec, columns: readonly ColumnFact[]): readonly Column[] {
  const cells = spec.cells ?? {}
  for (const name of Object.keys(cells))
    assert(
      columns.some((c) => c.name === name),
      `${spec.kind} has no column ${name}`,
    )
  return columns.map((column) => {
    const value = cells[column.name] ?? commonCells[column.name]
    assert(value !== undefined, `${spec.kind} gives no value for its column ${column.name}`)
    return { ...column, type: column.type as Column['type'], value }
  })
}

const defaultColumns: readonly ColumnFact[] = [
  { name: 'Name', type: 'string', format: 'name', priority: 0 },
  { name: 'Age', type: 'string', priority: 0 },
]

const readWriteVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']

/**
 * The complete record of a kind. `O` types the hooks' objects (`defineKind<Deployment>({…})`). Throws (a bug) when a column of the
 * real Table has no value, or when a kind unknown to the real API leaves out its names or schema.
 */
export function defineKind<O extends ApiObject = ApiObject>(typed: KindSpec<O>): KindDefinition {
  const spec = typed as unknown as KindSpec
  const known = byKind.get(`${apiVersionOf(spec.group, spec.version)} ${spec.kind}`)
  const fact = known?.fact
  const resource = spec.resource ?? known?.resource
  assert(resource !== undefined, `${spec.kind} has no resource name`)
  const { cells: _cells, columns, schema, ...hooks } = spec
  let schemaOf = schema
  const facts = {
    resource,
    singular: spec.singular ?? fact?.singular ?? spec.kind.toLowerCase(),
    shortNames: spec.shortNames ?? fact?.shortNames ?? [],
    categories: spec.categories ?? fact?.categories ?? [],
    namespaced: spec.namespaced ?? fact?.namespaced ?? true,
    verbs: spec.verbs ?? fact?.verbs ?? readWriteVerbs,
    subresources: spec.subresources ?? {},
    columns: columns ?? completeColumns(spec, fact?.columns ?? defaultColumns),
    get schema(): Schema {
      schemaOf ??= kindSchema(spec.group, spec.version, spec.kind)
      assert(schemaOf !== undefined, `${spec.kind} has no schema`)
      return schemaOf
    },
  }
  return Object.defineProperties({ ...hooks } as object, Object.getOwnPropertyDescriptors(facts)) as KindDefinition
}
