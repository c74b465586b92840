/** What a teacher wants to know of a class: who passed what, which checks failed most, what those who failed saw most often. */
import { type Handed, type Likeness, likenesses } from './likeness.ts'
import type { GradingReport } from './report.ts'

export interface CheckSummary {
  readonly id: string
  readonly title: string
  readonly passed: number
  readonly failed: number
  /** What was seen most often where it failed, and how often. */
  readonly typical?: { readonly observed: string; readonly count: number }
}

export interface ClassSummary {
  readonly submissions: number
  readonly passed: number
  readonly unreadable: number
  readonly averageScore: number
  readonly maxScore: number
  /** The most failed first. */
  readonly checks: readonly CheckSummary[]
  /** Submissions that ended in the very same state, more than one each: worth a look. */
  readonly alike: readonly (readonly string[])[]
  /** Submissions whose inputs are nearly the same, pair by pair. */
  readonly nearlySame: readonly Likeness[]
}

/** Names that were drawn and numbers differ between two that took the same wrong turn. */
const turnOf = (observed: string): string => observed.replace(/-[bcdfghjklmnpqrstvwxz2456789]{5,10}\b/g, '-…').replace(/\d+/g, 'N')

export function summarise(report: GradingReport, handed: readonly Handed[] = []): ClassSummary {
  const graded = report.results.filter((r) => r.checks.length > 0)
  const ids = [...new Set(graded.flatMap((r) => r.checks.map((c) => c.id)))]
  const checks = ids.map((id): CheckSummary => {
    const all = graded.map((r) => r.checks.find((c) => c.id === id)).filter((c) => c !== undefined)
    const failing = all.filter((c) => c.status !== 'pass' && c.status !== 'skipped')
    const counts = new Map<string, { observed: string; count: number }>()
    for (const check of failing) {
      const key = turnOf(check.observed)
      counts.set(key, { observed: counts.get(key)?.observed ?? check.observed, count: (counts.get(key)?.count ?? 0) + 1 })
    }
    const typical = [...counts.values()].sort((a, b) => b.count - a.count || (a.observed < b.observed ? -1 : 1))[0]
    return {
      id,
      title: all[0]!.title,
      passed: all.filter((c) => c.status === 'pass').length,
      failed: failing.length,
      ...(typical && { typical }),
    }
  })
  const byState = new Map<string, string[]>()
  for (const r of graded) byState.set(r.stateHash, [...(byState.get(r.stateHash) ?? []), r.submission])
  return {
    submissions: report.results.length,
    passed: report.results.filter((r) => r.passed).length,
    unreadable: report.results.length - graded.length,
    averageScore: graded.length === 0 ? 0 : Math.round((10 * graded.reduce((n, r) => n + r.score, 0)) / graded.length) / 10,
    maxScore: graded[0]?.maxScore ?? 0,
    checks: checks.sort((a, b) => b.failed - a.failed || (a.id < b.id ? -1 : 1)),
    nearlySame: likenesses(handed),
    alike: [...byState.values()].filter((names) => names.length > 1),
  }
}
