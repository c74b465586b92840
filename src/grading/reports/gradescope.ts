/** Gradescope's results.json. https://gradescope-autograders.readthedocs.io/en/latest/specs/#output-format */
import { safeText } from '../../lib/safe-text.ts'
import type { ReportFormat } from './report.ts'

export const gradescopeFormat: ReportFormat = {
  name: 'gradescope',
  single: true,
  write({ results }) {
    const result = results[0]!
    const tests = result.checks.map((check) => ({
      name: safeText(check.title),
      score: check.score,
      max_score: check.maxScore,
      status: check.status === 'pass' ? 'passed' : 'failed',
      output: safeText(check.message),
      visibility: check.hidden === true ? 'hidden' : 'visible',
    }))
    const output = result.message ?? `${result.score} of ${result.maxScore} points`
    return `${JSON.stringify({ score: result.score, output: safeText(output), visibility: 'visible', stdout_visibility: 'hidden', tests }, null, 2)}\n`
  },
}
