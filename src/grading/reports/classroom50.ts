/**
 * Classroom 50's result.json (`classroom50/result/v1`): where it belongs comes from the runner's environment.
 * https://github.com/foundation50/classroom50/blob/main/schemas/result-v1.schema.json
 */
import { formatTime } from '../../api/rfc3339.ts'
import type { ReportFormat, ReportSurroundings } from './report.ts'
import { scoredRows } from './scored-rows.ts'

type Environment = ReportSurroundings['env']

/** The runner sets these, and stamps owner, type and time itself afterwards; outside of it every field still holds a text the schema allows. */
const places = (env: Environment): Record<string, string> => ({
  classroom: env['CLASSROOM'] || 'unknown',
  assignment: env['ASSIGNMENT'] || 'unknown',
  assignment_type: /^(?:group|team)$/.test(env['ASSIGNMENT_TYPE'] ?? '') ? env['ASSIGNMENT_TYPE']! : 'individual',
  owner: env['OWNER'] || env['USERNAME'] || 'unknown',
  submission: env['SUBMISSION_TAG']?.startsWith('submit/') ? env['SUBMISSION_TAG'] : 'submit/unknown',
  commit: env['COMMIT_URL'] || 'unknown',
  release: env['RELEASE_URL'] || 'unknown',
  review: env['REVIEW_URL'] || env['COMMIT_URL'] || 'unknown',
})

/** SOURCE_DATE_EPOCH makes the bytes the same again. */
const moment = ({ env, nowMs }: ReportSurroundings): string =>
  formatTime(/^\d+$/.test(env['SOURCE_DATE_EPOCH'] ?? '') ? Number(env['SOURCE_DATE_EPOCH']) * 1000 : nowMs)

export const classroom50Format: ReportFormat = {
  name: 'classroom50',
  single: true,
  write({ results }, surroundings) {
    const result = results[0]!
    const tests = scoredRows(result).map((row) => ({
      'test-name': row.name,
      passed: row.passed,
      score: row.score,
      'max-score': row.maxScore,
      ...(row.message !== '' && { message: row.message }),
    }))
    return `${JSON.stringify({ schema: 'classroom50/result/v1', ...places(surroundings.env), datetime: moment(surroundings), score: result.score, 'max-score': result.maxScore, tests }, null, 2)}\n`
  },
}
