/** Classroom 50's result.json (`classroom50/result/v1`): where it belongs comes from the runner's environment. */
import { formatTime } from '../../api/rfc3339.ts'
import { safeText } from '../../lib/safe-text.ts'
import type { ReportFormat, ReportSurroundings } from './report.ts'

/** The runner sets these; every field must be a text that is not empty. */
const PLACES = {
  classroom: 'CLASSROOM',
  assignment: 'ASSIGNMENT',
  submission: 'SUBMISSION_TAG',
  commit: 'COMMIT_URL',
  release: 'RELEASE_URL',
} as const

const place = ({ env }: ReportSurroundings, name: string): string => env[name] || 'unknown'

/** SOURCE_DATE_EPOCH makes the bytes the same again. */
const moment = ({ env, nowMs }: ReportSurroundings): string =>
  formatTime(/^\d+$/.test(env['SOURCE_DATE_EPOCH'] ?? '') ? Number(env['SOURCE_DATE_EPOCH']) * 1000 : nowMs)

export const classroom50Format: ReportFormat = {
  name: 'classroom50',
  single: true,
  write({ results }, surroundings) {
    const result = results[0]!
    const scored = result.checks.filter((c) => c.maxScore > 0)
    const rows = scored.map((c) => ({
      'test-name': safeText(c.title),
      passed: c.status === 'pass',
      score: c.score,
      'max-score': c.maxScore,
    }))
    // The score is the sum of the rows there; what a broken guard takes away is a row of its own.
    const sum = rows.reduce((n, r) => n + r.score, 0)
    const taken =
      sum === result.score ? [] : [{ 'test-name': 'what was to be left alone', passed: false, score: result.score - sum, 'max-score': 0 }]
    const where = Object.fromEntries(Object.entries(PLACES).map(([field, name]) => [field, place(surroundings, name)]))
    return `${JSON.stringify({ schema: 'classroom50/result/v1', ...where, review: surroundings.env['REVIEW_URL'] || place(surroundings, 'COMMIT_URL'), datetime: moment(surroundings), score: result.score, 'max-score': result.maxScore, tests: [...rows, ...taken] }, null, 2)}\n`
  },
}
