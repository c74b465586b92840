/**
 * Tables as kubectl prints them: the server's columns, wide ones on demand, label columns, kinds before names (cli-runtime's TablePrinter).
 */
import type { KindDefinition } from '../../api/kind.ts'
import type { ApiObject } from '../../api/meta.ts'
import { formatLabels } from '../../api/selectors.ts'
import type { Table } from '../../apiserver/contract.ts'
import { escapeTerminal } from '../../kinds/describe/escape.ts'
import { nameOf } from '../resources/mapper.ts'
import type { TabWriter } from './tabwriter.ts'

export interface TableOptions {
  readonly wide: boolean
  readonly headers: boolean
  readonly withNamespace: boolean
  readonly withKind: boolean
  readonly showLabels: boolean
  readonly labelColumns: readonly string[]
}

type Row = Table['rows'][number]

/** Cell text as Go's `%v`; line breaks are cut as the table printer does. */
function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return ''
  const text = typeof cell === 'object' ? JSON.stringify(cell) : String(cell)
  const cut = text.search(/[\f\n\r]/)
  return escapeTerminal(cut < 0 ? text : `${text.slice(0, cut)}...`)
}

const labelHeader = (label: string): string => label.slice(label.lastIndexOf('/') + 1).toUpperCase()

/** The header's cells. */
export function headerCells(table: Table, options: TableOptions, event = false): string[] {
  const shown = table.columnDefinitions.filter((c) => c.priority === 0 || options.wide).map((c) => c.name.toUpperCase())
  return [
    ...(event ? ['EVENT'] : []),
    ...(options.withNamespace ? ['NAMESPACE'] : []),
    ...shown,
    ...options.labelColumns.map(labelHeader),
    ...(options.showLabels ? ['LABELS'] : []),
  ]
}

/** One row's cells. */
export function rowCells(table: Table, row: Row, kind: KindDefinition, options: TableOptions): string[] {
  const meta = (row.object as ApiObject | undefined)?.metadata
  const cells: string[] = options.withNamespace ? [meta?.namespace ?? ''] : []
  table.columnDefinitions.forEach((column, i) => {
    if (column.priority !== 0 && !options.wide) return
    const text = cellText(row.cells[i])
    cells.push(options.withKind && i === 0 ? nameOf(kind, text) : text)
  })
  for (const label of options.labelColumns) cells.push(meta?.labels?.[label] ?? '')
  if (options.showLabels) cells.push(formatLabels(meta?.labels))
  return cells
}

/** Writes a table's lines, header first where wanted. */
export function writeTable(writer: TabWriter, table: Table, kind: KindDefinition, options: TableOptions): void {
  if (options.headers) writer.line(headerCells(table, options))
  for (const row of table.rows) writer.line(rowCells(table, row, kind, options))
}
