/** TAP version 14: a test point a submission, its checks as a subtest. https://testanything.org/tap-version-14-specification.html */
import { safeLine } from '../../lib/safe-text.ts'
import type { SubmissionResult } from '../result.ts'
import type { ReportFormat } from './report.ts'

/** `#` and `\` would begin a directive or an escape. */
const name = (text: string): string => safeLine(text).replace(/\\/g, '\\\\').replace(/#/g, '\\#')
const quoted = (text: string): string => JSON.stringify(safeLine(text))

function subtest(result: SubmissionResult): string[] {
  const lines = [`    1..${result.checks.length}`]
  result.checks.forEach((check, i) => {
    const ok = check.status === 'pass' || check.status === 'skipped'
    lines.push(
      `    ${ok ? 'ok' : 'not ok'} ${i + 1} - ${name(check.title)}${check.status === 'skipped' ? ' # SKIP what it needs did not pass' : ''}`,
    )
    if (!ok)
      lines.push(
        '      ---',
        `      status: ${check.status}`,
        `      expected: ${quoted(check.expected)}`,
        `      observed: ${quoted(check.observed)}`,
        `      message: ${quoted(check.message)}`,
        '      ...',
      )
  })
  return lines
}

export const tapFormat: ReportFormat = {
  name: 'tap',
  write(report) {
    const lines = ['TAP version 14', `1..${report.results.length}`]
    report.results.forEach((result, i) => {
      const label = name(`${result.submission} ${result.score}/${result.maxScore}`)
      if (result.checks.length > 0) lines.push(`# Subtest: ${label}`, ...subtest(result))
      lines.push(`${result.passed ? 'ok' : 'not ok'} ${i + 1} - ${label}`)
      if (result.message !== undefined) lines.push('  ---', `  message: ${quoted(result.message)}`, '  ...')
    })
    return `${lines.join('\n')}\n`
  },
}
