/** How psql prints a result: aligned, unaligned, tuples only, expanded, CSV. */
import type { Value } from '../sql/contract.ts'
import type { PgResult } from './contract.ts'

export interface PrintOptions {
  readonly format: 'aligned' | 'unaligned' | 'csv'
  readonly tuplesOnly: boolean
  readonly expanded: boolean
  readonly separator: string
  readonly title?: string
}

export const cell = (v: Value): string => (v === null ? '' : v === true ? 't' : v === false ? 'f' : String(v))

const csv = (text: string): string => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
const footer = (n: number): string => `(${n} row${n === 1 ? '' : 's'})\n`

export function print(r: PgResult, o: PrintOptions): string {
  if (r.columns.length === 0) return ''
  const rows = r.rows.map((row) => row.map(cell))
  if (o.expanded) return expanded(r, rows, o)
  if (o.format === 'csv') return [...(o.tuplesOnly ? [] : [r.columns]), ...rows].map((row) => `${row.map(csv).join(',')}\n`).join('')
  if (o.format === 'unaligned')
    return (
      [...(o.tuplesOnly ? [] : [r.columns]), ...rows].map((row) => `${row.join(o.separator)}\n`).join('') +
      (o.tuplesOnly ? '' : footer(rows.length))
    )
  return aligned(r, rows, o)
}

function aligned(r: PgResult, rows: readonly (readonly string[])[], o: PrintOptions): string {
  const widths = r.columns.map((c, i) => Math.max(o.tuplesOnly ? 0 : c.length, ...rows.map((row) => row[i]!.length)))
  const right = r.columns.map((_, i) => r.rows.some((row) => typeof row[i] === 'number'))
  const last = r.columns.length - 1
  const line = (row: readonly string[]): string =>
    `${row
      .map(
        (v, i) => (right[i] ? ` ${v.padStart(widths[i]!)}` : i === last ? ` ${v}` : ` ${v.padEnd(widths[i]!)}`) + (i === last ? '' : ' '),
      )
      .join('|')}\n`
  if (o.tuplesOnly) return `${rows.map(line).join('')}\n`
  const centred = (text: string, width: number): string => {
    const before = Math.floor((width - text.length) / 2)
    return ' '.repeat(before) + text + ' '.repeat(width - text.length - before)
  }
  const head = `${r.columns.map((c, i) => ` ${centred(c, widths[i]!)} `).join('|')}\n`
  const rule = `${widths.map((w) => '-'.repeat(w + 2)).join('+')}\n`
  const total = widths.reduce((a, w) => a + w + 3, -1)
  const title = o.title === undefined ? '' : `${' '.repeat(Math.max(0, Math.floor((total - o.title.length) / 2)))}${o.title}\n`
  return `${title}${head}${rule}${rows.map(line).join('')}${footer(rows.length)}\n`
}

function expanded(r: PgResult, rows: readonly (readonly string[])[], o: PrintOptions): string {
  if (rows.length === 0) return o.tuplesOnly ? '' : '(0 rows)\n\n'
  const width = Math.max(...r.columns.map((c) => c.length))
  const value = Math.max(...rows.flat().map((v) => v.length))
  const records = rows.map((row, n) => {
    const label = `-[ RECORD ${n + 1} ]`
    const head = o.tuplesOnly
      ? ''
      : `${`${label}${label.length <= width ? `${'-'.repeat(width + 1 - label.length)}+` : ''}`.padEnd(width + value + 3, '-')}\n`
    return head + r.columns.map((c, i) => `${c.padEnd(width)} | ${row[i]}\n`).join('')
  })
  return `${records.join('')}\n`
}
