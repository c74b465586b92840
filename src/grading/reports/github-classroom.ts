/**
 * What a step of GitHub Classroom's autograding hands to its reporter: JSON in base64, to be set as the step's output `result`.
 * https://github.com/classroom-resources/autograding-grading-reporter
 */
import { safeLine } from '../../lib/safe-text.ts'
import type { SubmissionResult } from '../result.ts'
import type { ReportFormat } from './report.ts'
import { scoredRows } from './scored-rows.ts'

type Status = 'pass' | 'fail' | 'error'

const statusOf = ({ status, passed }: SubmissionResult): Status => (status !== 'graded' ? 'error' : passed ? 'pass' : 'fail')

export const githubClassroomFormat: ReportFormat = {
  name: 'github-classroom',
  single: true,
  write({ results, level }) {
    const result = results[0]!
    const rows = scoredRows(result).map(({ name, passed, score, message }) => ({ name, status: passed ? 'pass' : 'fail', score, message }))
    const why = result.message === undefined ? [] : [{ name: level, status: 'error', score: 0, message: safeLine(result.message) }]
    const report = { version: 1, status: statusOf(result), max_score: result.maxScore, tests: [...why, ...rows] }
    return `${Buffer.from(JSON.stringify(report), 'utf8').toString('base64')}\n`
  },
}
