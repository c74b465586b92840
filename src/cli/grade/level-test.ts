/** `clusterlab level test`: proves a level. The start scores nothing, guards hold, solutions get full marks, each wrong answer fails exactly what it says. */
import { checkSchema } from '../../grading/checks/index.ts'
import type { CheckResult } from '../../grading/contract.ts'
import { isFence } from '../../grading/judge.ts'
import type { SubmissionResult } from '../../grading/result.ts'
import { Examination, type Submission } from '../../grading/run.ts'
import { type Level, loadLevel } from '../../levels/loader/level.ts'
import type { FoundLevel } from '../level-folder.ts'

export interface Finding {
  /** `start`, `solutions/a.sh`, `wrong/b.sh`. */
  readonly what: string
  readonly ok: boolean
  readonly detail: string
}

const script = (name: string, text: string): Submission => ({ kind: 'script', name, text, files: {} })

/** Objects that are none of the level's business: they must change nothing. */
const HARMLESS = `kubectl create configmap zz-harmless --from-literal=a=b >/dev/null 2>&1
kubectl create serviceaccount zz-harmless >/dev/null 2>&1
`

export const examinationOf = (found: FoundLevel, seed: string): Examination =>
  new Examination(loadLevel(found.name, found.files, { checks: checkSchema, seed, hidden: true }))

/** Every proof of a level for one seed but the mutants, in order. */
export function proveLevel(found: FoundLevel, seed: string, examination = examinationOf(found, seed)): Finding[] {
  const { level } = examination
  const findings: Finding[] = [...inventory(level), proveStart(examination)]
  for (const { path, text } of level.solutions) findings.push(proveSolution(path, examination.grade(script(path, text))))
  const first = level.solutions[0]
  if (first)
    findings.push({
      ...proveSolution(first.path, examination.grade(script(first.path, HARMLESS + first.text))),
      what: `${first.path} with harmless objects`,
    })
  for (const { path, text, fails } of level.wrong) findings.push(proveWrong(path, fails, examination.grade(script(path, text)), level))
  return findings
}

function inventory(level: Level): Finding[] {
  const findings: Finding[] = []
  const need = (ok: boolean, what: string, detail: string): void => {
    if (!ok) findings.push({ what, ok, detail })
  }
  need(level.solutions.length >= 2, 'solutions/', `${level.solutions.length} solution(s); at least two different ones are needed`)
  need(level.wrong.length >= 1, 'wrong/', 'no wrong answer; one is needed for each check that a shallow fix would satisfy')
  for (const { path, fails } of level.wrong) need(fails.length > 0, path, 'the first line must say which checks it fails: # fails: <ids>')
  const covered = new Set(level.wrong.flatMap((w) => w.fails))
  for (const check of level.spec.checks)
    if (check['answer'] === undefined && check['audit'] === undefined)
      need(covered.has(check.id), `check ${check.id}`, 'no wrong answer fails this check')
  for (const lang of Object.keys(level.translations)) {
    for (const check of level.spec.checks)
      need(
        level.translations[lang]?.checks?.[check.id]?.title !== undefined,
        `${lang}.yaml`,
        `the title of check ${check.id} is not translated`,
      )
  }
  return findings
}

const notPassed = (results: readonly CheckResult[]): string =>
  results
    .filter((c) => c.status !== 'pass')
    .map((c) => `${c.id}: ${c.status} (expected ${c.expected}; seen: ${c.observed})`)
    .join('; ')

function proveStart(examination: Examination): Finding {
  const result = examination.grade(script('start', 'true'))
  const { level } = examination
  const passing = result.checks.filter((c, i) => c.status === 'pass' && !isFence(level.spec.checks[i]!))
  const broken = result.checks.filter((c, i) => c.status !== 'pass' && isFence(level.spec.checks[i]!))
  const problems = [
    ...(result.score === 0 ? [] : [`it scores ${result.score}`]),
    ...passing.map((c) => `${c.id} passes by itself`),
    ...broken.map((c) => `the guard ${c.id} does not hold: ${c.observed}`),
    ...(result.status === 'graded' ? [] : [result.message ?? result.status]),
  ]
  return { what: 'start', ok: problems.length === 0, detail: problems.join('; ') }
}

function proveSolution(path: string, result: SubmissionResult): Finding {
  const ok = result.passed && result.score === result.maxScore
  return {
    what: path,
    ok,
    detail: ok
      ? `${result.score}/${result.maxScore} in ${result.virtualSeconds} s`
      : `${result.score}/${result.maxScore}; ${result.message ?? ''}${notPassed(result.checks)}`,
  }
}

function proveWrong(path: string, fails: readonly string[], result: SubmissionResult, level: Level): Finding {
  const failing = result.checks.filter((c) => c.status !== 'pass' && c.status !== 'skipped').map((c) => c.id)
  const starsOnly = new Set(level.spec.checks.filter((c) => c['audit'] !== undefined).map((c) => c.id))
  const unknown = fails.filter((id) => !level.spec.checks.some((c) => c.id === id))
  const surprising = failing.filter((id) => !fails.includes(id) && !starsOnly.has(id))
  const missing = fails.filter((id) => !failing.includes(id) && !result.checks.some((c) => c.id === id && c.status === 'skipped'))
  const problems = [
    ...unknown.map((id) => `there is no check ${id}`),
    ...missing.map((id) => `${id} passes, though it says it fails`),
    ...surprising.map((id) => `${id} fails, though it does not say so (${result.checks.find((c) => c.id === id)!.observed})`),
    ...(result.passed ? ['it passes as a whole'] : []),
    ...(result.status === 'graded' ? [] : [result.message ?? result.status]),
  ]
  return {
    what: path,
    ok: problems.length === 0,
    detail: problems.length === 0 ? `fails ${fails.join(', ')}: ${result.score}/${result.maxScore}` : problems.join('; '),
  }
}
