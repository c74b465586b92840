/**
 * The table of a custom resource: its name, then the CRD's additionalPrinterColumns, or the age where there are none.
 */
import { ageSince } from '../../../api/ages.ts'
import type { CustomResourceColumnDefinition } from '../../../api/generated/types/apiextensions-v1.ts'
import type { Cell, Column } from '../../../api/kind.ts'
import { findPath, parseSimplePath } from './json-path.ts'

function cellOf(found: unknown, column: CustomResourceColumnDefinition, nowMs: number): Cell {
  if (found === undefined || found === null) return null
  switch (column.type) {
    case 'integer':
      return typeof found === 'number' ? Math.trunc(found) : null
    case 'number':
      return typeof found === 'number' ? found : null
    case 'boolean':
      return typeof found === 'boolean' ? found : null
    case 'date':
      return typeof found === 'string' ? ageSince(found, nowMs).replace('<unknown>', '<invalid>') : '<invalid>'
    default:
      return typeof found === 'object' ? JSON.stringify(found) : String(found)
  }
}

function columnOf(column: CustomResourceColumnDefinition): Column {
  const steps = parseSimplePath(column.jsonPath) ?? []
  return {
    name: column.name,
    type: column.type as Column['type'],
    ...(column.format && { format: column.format }),
    priority: column.priority ?? 0,
    value: (object, { nowMs }) => cellOf(findPath(object, steps)[0], column, nowMs),
  }
}

const nameColumn: Column = { name: 'Name', type: 'string', format: 'name', priority: 0, value: (o) => o.metadata.name }
const ageColumn: Column = { name: 'Age', type: 'date', priority: 0, value: (o, { nowMs }) => ageSince(o.metadata.creationTimestamp, nowMs) }

export const columnsOf = (columns: readonly CustomResourceColumnDefinition[] | undefined): Column[] => [
  nameColumn,
  ...(columns && columns.length > 0 ? columns.map(columnOf) : [ageColumn]),
]
