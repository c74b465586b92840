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

const LONGEST = 200
const under = (text: string): string => `\n         ${safeLine(text)}`

/** What was seen, where the level's own words do not say it already. */
function seen({ status, observed, message }: CheckResult): string {
  if ((status !== 'fail' && status !== 'error') || observed === '' || message.includes(observed)) return ''
  return under(`seen: ${observed.length > LONGEST ? `${observed.slice(0, LONGEST)}…` : observed}`)
}

const line = (check: CheckResult): string =>
  `  ${MARK[check.status]} ${safeLine(check.title)}${check.maxScore > 0 ? ` (${check.score}/${check.maxScore})` : ''}${check.message === '' ? '' : under(check.message)}${seen(check)}`

function block(result: SubmissionResult): string {
  const head = `${safeLine(result.submission)}  ${result.score}/${result.maxScore}  ${result.status === 'graded' ? (result.passed ? 'passed' : 'not passed') : result.status}`
  return [head, ...(result.message === undefined ? [] : [`  ${safeLine(result.message)}`]), ...result.checks.map(line)].join('\n')
}

export const textFormat: ReportFormat = { name: 'text', write: (report) => `${report.results.map(block).join('\n\n')}\n` }
