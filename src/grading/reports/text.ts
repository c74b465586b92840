/** For people: one block a submission, one line a check. */
import { safeLine } from '../../lib/safe-text.ts'
import type { CheckResult } from '../contract.ts'
import type { SubmissionResult } from '../result.ts'
import type { ReportFormat } from './report.ts'
import { outcome, type Say, sayIn } from './words.ts'

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
function seen({ status, observed, message }: CheckResult, say: Say): string {
  if ((status !== 'fail' && status !== 'error') || observed === '' || message.includes(observed)) return ''
  return under(say('seen', { what: observed.length > LONGEST ? `${observed.slice(0, LONGEST)}…` : observed }))
}

const line = (check: CheckResult, say: Say): string =>
  `  ${MARK[check.status]} ${safeLine(check.title)}${check.maxScore > 0 ? ` (${check.score}/${check.maxScore})` : ''}${check.message === '' ? '' : under(check.message)}${seen(check, say)}`

function block(result: SubmissionResult, say: Say): string {
  const head = `${safeLine(result.submission)}  ${result.score}/${result.maxScore}  ${outcome(say, result)}`
  return [
    head,
    ...(result.message === undefined ? [] : [`  ${safeLine(result.message)}`]),
    ...result.checks.map((check) => line(check, say)),
  ].join('\n')
}

export const textFormat: ReportFormat = {
  name: 'text',
  write: (report, { lang }) => `${report.results.map((result) => block(result, sayIn(lang))).join('\n\n')}\n`,
}
