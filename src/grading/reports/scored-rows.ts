/** A result as platforms take it that only add up: a row a check, and the rows' points sum up to the score. What the teacher keeps hidden is not named in them. */
import { safeLine } from '../../lib/safe-text.ts'
import type { SubmissionResult } from '../result.ts'

export interface ScoredRow {
  readonly name: string
  readonly passed: boolean
  readonly score: number
  readonly maxScore: number
  /** '' where it passed. */
  readonly message: string
}

const HIDDEN = 'a check that only the teacher sees'

/** Checks with points, and what had to be left alone and was not. What that takes away is taken from the last rows. */
export function scoredRows({ checks, score, message: why }: SubmissionResult): ScoredRow[] {
  const rows = checks
    .filter((c) => c.maxScore > 0 || c.status !== 'pass')
    .map((c) => ({
      name: c.hidden === true ? HIDDEN : safeLine(c.title),
      passed: c.status === 'pass',
      score: c.score,
      maxScore: c.maxScore,
      message: c.hidden === true || c.status === 'pass' ? '' : safeLine(why ?? (c.message === '' ? c.observed : c.message)),
    }))
  let tooMuch = rows.reduce((sum, row) => sum + row.score, 0) - score
  for (const row of rows.toReversed()) {
    const taken = Math.min(tooMuch, row.score)
    row.score -= taken
    tooMuch -= taken
  }
  return rows
}
