/** For people: one block a submission, one line a check. */
import { safeLine } from '../../lib/safe-text.ts'
import type { CheckResult } from '../contract.ts'
import type { SubmissionResult } from '../result.ts'
import type { ReportFormat } from './report.ts'

const MARK: Readonly<Record<CheckResult['status'], string>> = {
  pass: 'ok  ',
  fail: 'FAIL',
  pending: 'wait',
  error: 'ERR ',
  skipped: 'skip',
  limit: 'LIM ',
}

function block(result: SubmissionResult): string {
  const head = `${safeLine(result.submission)}  ${result.score}/${result.maxScore}  ${result.status === 'graded' ? (result.passed ? 'passed' : 'not passed') : result.status}`
  const lines = result.checks.map(
    (c) =>
      `  ${MARK[c.status]} ${safeLine(c.title)}${c.maxScore > 0 ? ` (${c.score}/${c.maxScore})` : ''}${c.message === '' ? '' : `\n         ${safeLine(c.message)}`}`,
  )
  return [head, ...(result.message === undefined ? [] : [`  ${safeLine(result.message)}`]), ...lines].join('\n')
}

export const textFormat: ReportFormat = { name: 'text', write: (report) => `${report.results.map(block).join('\n\n')}\n` }
