/** CSV (RFC 4180): a line a submission, a column a check; as Moodle's grade import reads it: `student` is who it is, `score` the mark, `feedback` what to tell them. */
import { safeLine } from '../../lib/safe-text.ts'
import type { SubmissionResult } from '../result.ts'
import type { ReportFormat } from './report.ts'

/** Also behind what a spreadsheet takes away or does not show. */
const FORMULA = /^[\s\u200b-\u200f\ufeff]*[=+\-@]/

/** Quoted where needed; a cell that a spreadsheet would take for a formula gets a leading apostrophe. */
export function csvCell(value: string | number | boolean): string {
  if (typeof value !== 'string') return String(value)
  const text = safeLine(value)
  const safe = FORMULA.test(text) ? `'${text}` : text
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** Whom a submission is of: its file's or folder's name without the ending. */
export const studentOf = (path: string): string =>
  path
    .replace(/\/+$/, '')
    .replace(/^.*\//s, '')
    .replace(/\.(?:sh|ya?ml|jsonl?)$/, '')

/** What a student may read: what did not pass, and where to look. Checks that only the teacher has are not in it. */
const feedbackOf = ({ checks, message }: SubmissionResult): string =>
  message ??
  checks
    .filter((c) => c.status !== 'pass' && c.hidden !== true)
    .map((c) => (c.message === '' ? c.title : `${c.title}: ${c.message}`))
    .join('; ')

export const csvFormat: ReportFormat = {
  name: 'csv',
  write(report) {
    const ids = [...new Set(report.results.flatMap((r) => r.checks.map((c) => c.id)))]
    const head = ['submission', 'student', 'status', 'passed', 'score', 'max_score', ...ids, 'feedback']
    const rows = report.results.map((r) => [
      r.submission,
      studentOf(r.submission),
      r.status,
      r.passed,
      r.score,
      r.maxScore,
      ...ids.map((id) => r.checks.find((c) => c.id === id)?.status ?? ''),
      feedbackOf(r),
    ])
    return [head, ...rows].map((row) => `${row.map(csvCell).join(',')}\r\n`).join('')
  },
}
