/** Scores and the result of one submission (`clusterlab/result/v1`). Points are integers; what is guarded caps, what is forbidden caps or deducts. */
import type { CheckSpec } from '../levels/format/level.ts'
import type { Level } from '../levels/loader/level.ts'
import { safeLine } from '../lib/safe-text.ts'
import type { CheckResult, CheckStatus } from './contract.ts'
import { isFence, type Judge } from './judge.ts'

export type ResultStatus = 'graded' | 'error' | 'limit'

export interface SubmissionResult {
  readonly submission: string
  readonly status: ResultStatus
  readonly passed: boolean
  readonly score: number
  readonly maxScore: number
  readonly virtualSeconds: number
  readonly stateHash: string
  readonly checks: readonly CheckResult[]
  /** Why it could not be graded, which budget it hit, or where its script is none. */
  readonly message?: string
}

export const pointsOf = (check: CheckSpec): number => (isFence(check) ? 0 : (check.points ?? 0))

export const maxScoreOf = (level: Level): number => level.spec.checks.reduce((sum, c) => sum + pointsOf(c), 0)

export interface CheckTexts {
  title(check: CheckSpec): string
  message(check: CheckSpec): string | undefined
}

export function textsOf(level: Level, lang: string): CheckTexts {
  const own = level.translations[lang]?.checks
  return { title: (c) => own?.[c.id]?.title ?? c.title, message: (c) => own?.[c.id]?.message ?? c.message }
}

export function checkResults(judge: Judge, lang: string, over: boolean, limit = false): CheckResult[] {
  const texts = textsOf(judge.level, lang)
  return judge.checks.map((check) => {
    const found = judge.status(check, over)
    const status: CheckStatus = limit && found !== 'pass' && !isFence(check) ? 'limit' : found
    const standing = judge.standing(check.id)
    const verdict = standing?.latched ?? standing?.verdict
    const skipped = (check.needs ?? []).filter((id) => !judge.holds(id))
    const observed = status === 'skipped' ? `waits for ${skipped.join(', ')}` : (verdict?.observed ?? 'not judged yet')
    return {
      id: check.id,
      title: texts.title(check),
      status,
      score: status === 'pass' ? pointsOf(check) : 0,
      maxScore: pointsOf(check),
      expected: safeLine(verdict?.expected ?? check.title),
      observed: safeLine(observed),
      message:
        status === 'pass' || status === 'skipped'
          ? ''
          : (texts.message(check) ?? `expected ${safeLine(verdict?.expected ?? check.title)}; seen: ${safeLine(observed)}`),
      ...(check.hidden === true && { hidden: true }),
    }
  })
}

/** The sum of what passed, less deductions, at most the lowest cap. Never below 0. */
export function scoreOf(judge: Judge, results: readonly CheckResult[]): number {
  let score = results.reduce((sum, r) => sum + r.score, 0)
  let cap = Number.POSITIVE_INFINITY
  for (const check of judge.checks) {
    const broken = isFence(check) && results.find((r) => r.id === check.id)!.status !== 'pass'
    if (!broken) continue
    if (check.effect?.deduct !== undefined) score -= check.effect.deduct
    if (check.effect?.cap !== undefined || check.effect === undefined) cap = Math.min(cap, check.effect?.cap ?? 0)
  }
  return Math.max(0, Math.min(score, cap))
}

export function buildResult(submission: string, judge: Judge, lang: string, limit?: string): SubmissionResult {
  const checks = checkResults(judge, lang, true, limit !== undefined)
  const score = scoreOf(judge, checks)
  const maxScore = maxScoreOf(judge.level)
  const required = checks.filter((_, i) => !judge.isStarsOnly(judge.checks[i]!))
  return {
    submission,
    status: limit === undefined ? 'graded' : 'limit',
    passed: limit === undefined && required.every((c) => c.status === 'pass'),
    score,
    maxScore,
    virtualSeconds: Math.round(judge.session.elapsedMs / 100) / 10,
    stateHash: `sha256:${judge.session.world.stateHash()}`,
    checks,
    ...(limit !== undefined && { message: `limit reached: ${limit}` }),
  }
}
