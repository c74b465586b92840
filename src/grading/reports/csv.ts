/** CSV (RFC 4180): a line a submission, a column a check; as Moodle's grade import reads it. */
import { safeLine } from '../../lib/safe-text.ts'
import type { ReportFormat } from './report.ts'

/** Quoted where needed; a cell that a spreadsheet would take for a formula gets a leading apostrophe. */
export function csvCell(value: string | number | boolean): string {
  if (typeof value !== 'string') return String(value)
  const text = safeLine(value)
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

export const csvFormat: ReportFormat = {
  name: 'csv',
  write(report) {
    const ids = [...new Set(report.results.flatMap((r) => r.checks.map((c) => c.id)))]
    const head = ['submission', 'status', 'passed', 'score', 'max_score', ...ids, 'message']
    const rows = report.results.map((r) => [
      r.submission,
      r.status,
      r.passed,
      r.score,
      r.maxScore,
      ...ids.map((id) => r.checks.find((c) => c.id === id)?.status ?? ''),
      r.message ?? '',
    ])
    return [head, ...rows].map((row) => `${row.map(csvCell).join(',')}\r\n`).join('')
  },
}
