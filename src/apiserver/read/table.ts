/**
 * Objects as meta.k8s.io/v1 Tables, what `kubectl get` asks for: cells by the kind's columns, each row with its object's metadata.
 */
import type { Column, KindDefinition } from '../../api/kind.ts'
import type { ApiObject } from '../../api/meta.ts'
import type { ApiList, Table } from '../contract.ts'

type ColumnDefinitions = Table['columnDefinitions']
const definitions = new WeakMap<readonly Column[], ColumnDefinitions>()

function columnDefinitions(kind: KindDefinition): ColumnDefinitions {
  let found = definitions.get(kind.columns)
  if (found === undefined) {
    found = kind.columns.map((c) => ({ name: c.name, type: c.type, format: c.format ?? '', description: '', priority: c.priority }))
    definitions.set(kind.columns, found)
  }
  return found
}

const metadataOnly = (object: ApiObject): ApiObject => ({
  kind: 'PartialObjectMetadata',
  apiVersion: 'meta.k8s.io/v1',
  metadata: object.metadata,
})

export interface TableOptions {
  readonly nowMs: number
  /** Rows carry whole objects (includeObject=Object) instead of their metadata, or nothing. */
  readonly includeObject?: unknown
  /** Left out of all but the first Table of a watch. */
  readonly noHeaders?: boolean
}

export function makeTable(
  kind: KindDefinition,
  objects: readonly ApiObject[],
  metadata: ApiList['metadata'],
  options: TableOptions,
): Table {
  const { columns } = kind
  const context = { nowMs: options.nowMs }
  const whole = options.includeObject === 'Object'
  const rows = objects.map((object) => {
    const cells = new Array<unknown>(columns.length)
    for (let i = 0; i < columns.length; i++) cells[i] = columns[i]!.value(object, context)
    return { cells, object: whole ? object : metadataOnly(object) }
  })
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: options.noHeaders ? [] : columnDefinitions(kind),
    rows,
  }
}
