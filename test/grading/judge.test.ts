/** How verdicts become a result: needs, time, guards, latches, caps, deductions, stars; and timelines that wait for a check. */
import { describe, expect, test } from 'vitest'
import type { SubmissionResult } from '../../src/grading/result.ts'
import { Examination } from '../../src/grading/run.ts'
import { gradeScript, levelOf, open, type Parts, statusOf } from './level.ts'

const CM = (id: string, more = ''): string => `- {id: ${id}, title: ${id}, points: 2, state: {kind: ConfigMap, name: ${id}}${more}}`
const summary = ({ checks, ...r }: SubmissionResult): unknown => ({
  passed: r.passed,
  score: r.score,
  checks: Object.fromEntries(checks.map((c) => [c.id, c.status])),
})

const TWO: Parts = { checks: `${CM('a')}\n${CM('b', ', needs: [a]')}` }
const GUARDED: Parts = {
  spec: '  start: {apply: [start/], settle: 2s}',
  files: { 'start/a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: keep}\n' },
  checks: `${CM('a')}
- {id: keep, title: keep, guard: true, state: {kind: ConfigMap, name: keep}}`,
}
const capped = (effect: string): Parts => ({
  ...GUARDED,
  checks: GUARDED.checks.replace('guard: true,', `guard: true, effect: ${effect},`),
})
const FORBID: Parts = {
  checks: `${CM('a')}
- {id: never, title: never, effect: {deduct: 1}, forbid: {audit: {verb: delete, resource: configmaps}}}
- {id: final, title: final, effect: {deduct: 100}, forbid: {stateFinal: {kind: ConfigMap, name: bad}}}`,
}
const STARS: Parts = {
  checks: `${CM('a')}\n- {id: looked, title: looked, audit: {verb: [get, list], resource: configmaps, before: {verb: create, resource: configmaps}}}`,
}
const EVER: Parts = { checks: `${CM('a')}\n- {id: ever, title: ever, forbid: {stateEver: {kind: ConfigMap, name: bad}}}` }
const A = 'kubectl create configmap a\n'

test.each<[string, Parts, string, unknown]>([
  ['nothing done', TWO, 'true', { passed: false, score: 0, checks: { a: 'fail', b: 'skipped' } }],
  [
    'what needs is skipped, not failed',
    TWO,
    'kubectl create configmap b',
    { passed: false, score: 0, checks: { a: 'fail', b: 'skipped' } },
  ],
  ['partial credit', TWO, A, { passed: false, score: 2, checks: { a: 'pass', b: 'fail' } }],
  ['all of it', TWO, `${A}kubectl create configmap b`, { passed: true, score: 4, checks: { a: 'pass', b: 'pass' } }],
  ['made and taken away again', TWO, `${A}kubectl delete configmap a`, { passed: false, score: 0, checks: { a: 'fail', b: 'skipped' } }],
  ['a guard that holds', GUARDED, A, { passed: true, score: 2, checks: { a: 'pass', keep: 'pass' } }],
  [
    'a guard once broken stays broken',
    GUARDED,
    `${A}kubectl delete configmap keep; kubectl create configmap keep`,
    { passed: false, score: 0, checks: { a: 'pass', keep: 'fail' } },
  ],
  [
    'it caps where the level says',
    capped('{cap: 1}'),
    `${A}kubectl delete configmap keep`,
    { passed: false, score: 1, checks: { a: 'pass', keep: 'fail' } },
  ],
  [
    'or deducts',
    capped('{deduct: 1}'),
    `${A}kubectl delete configmap keep`,
    { passed: false, score: 1, checks: { a: 'pass', keep: 'fail' } },
  ],
  ['nothing forbidden was done', FORBID, A, { passed: true, score: 2, checks: { a: 'pass', never: 'pass', final: 'pass' } }],
  [
    'a forbidden request is kept',
    FORBID,
    `${A}kubectl create configmap c; kubectl delete configmap c`,
    { passed: false, score: 1, checks: { a: 'pass', never: 'fail', final: 'pass' } },
  ],
  [
    'a request that was refused is none',
    FORBID,
    `${A}kubectl delete configmap nothing`,
    { passed: true, score: 2, checks: { a: 'pass', never: 'pass', final: 'pass' } },
  ],
  [
    'a dry run is none',
    FORBID,
    `${A}kubectl delete configmap a --dry-run=server`,
    { passed: true, score: 2, checks: { a: 'pass', never: 'pass', final: 'pass' } },
  ],
  [
    'deductions stop at 0',
    FORBID,
    `${A}kubectl create configmap bad`,
    { passed: false, score: 0, checks: { a: 'pass', never: 'pass', final: 'fail' } },
  ],
  [
    'stateFinal forgives',
    FORBID,
    `${A}kubectl create configmap bad; kubectl patch configmap bad --type=merge -p '{}'`,
    { passed: false, score: 0, checks: { a: 'pass', never: 'pass', final: 'fail' } },
  ],
  [
    'stateEver does not',
    EVER,
    `${A}kubectl create configmap bad; kubectl delete configmap bad`,
    { passed: false, score: 0, checks: { a: 'pass', ever: 'fail' } },
  ],
  ['looked first: a star', STARS, `kubectl get configmaps; ${A}`, { passed: true, score: 2, checks: { a: 'pass', looked: 'pass' } }],
  [
    'looked too late: no star, and passed all the same',
    STARS,
    `${A}kubectl get configmaps`,
    { passed: true, score: 2, checks: { a: 'pass', looked: 'fail' } },
  ],
])('%s', (_name, parts, script, wanted) => expect(summary(gradeScript(parts, script))).toEqual(wanted))

describe('time', () => {
  const timed = (more: string, act: string, script = 'true'): SubmissionResult =>
    gradeScript({ spec: `  timeline: [{${act}, as: nuria}]`, checks: CM('a', more) }, script)
  const late = (seconds: number, more: string): SubmissionResult => timed(more, `at: ${seconds}s, run: kubectl create configmap a`)
  test('what comes true within its time passes', () => expect(statusOf(late(20, ', within: 30s').checks, 'a')).toBe('pass'))
  test('what comes later does not', () => expect(statusOf(late(50, ', within: 30s').checks, 'a')).toBe('fail'))
  test('it must hold for as long as it says', () => {
    const broken = timed(', within: 5s, holdFor: 30s', 'at: 10s, run: kubectl delete configmap a', A)
    expect(statusOf(broken.checks, 'a')).toBe('fail')
    const held = gradeScript({ checks: CM('a', ', within: 5s, holdFor: 30s') }, A)
    expect(statusOf(held.checks, 'a')).toBe('pass')
    expect(held.virtualSeconds).toBeGreaterThanOrEqual(30)
  })
  test('before its time is up it is pending', () => {
    const { judge } = open({ checks: CM('a') })
    expect(judge.status(judge.checks[0]!)).toBe('pending')
    expect(judge.status(judge.checks[0]!, true)).toBe('fail')
  })
  test('the time of the level is a limit', () => {
    const result = gradeScript({ spec: '  limits: {time: 60s}', checks: CM('a') }, `sleep 61; ${A}`)
    expect(result).toMatchObject({ status: 'limit', passed: false, message: 'limit reached: time' })
  })
})

test('an error of a check is never a pass', () => {
  const result = gradeScript(
    { checks: '- {id: a, title: A, points: 1, state: {kind: ConfigMap, name: kube-root-ca.crt, cel: "object.("}}' },
    'true',
  )
  expect(result).toMatchObject({ passed: false, score: 0 })
  expect(statusOf(result.checks, 'a')).toBe('error')
})

test.each([
  ['a letter', 'c', 'pass'],
  ['the text of the choice', 'kernel', 'pass'],
  ['capitals', 'C', 'pass'],
  ['another choice', 'a', 'fail'],
])('answer: %s', (_name, value, status) => {
  const parts = { checks: '- {id: who, title: Who, points: 1, answer: {question: "Who?", choices: {a: proxy, c: kernel}, correct: c}}' }
  expect(statusOf(gradeScript(parts, `answer who ${value}`).checks, 'who')).toBe(status)
})
test.each([
  ['299', 'pass'],
  ['302', 'fail'],
])('answer: a number, with what it may be off: %s', (value, status) => {
  const parts = { checks: '- {id: n, title: N, points: 1, answer: {question: "How many?", correct: 300, tolerance: 1}}' }
  expect(statusOf(gradeScript(parts, `answer n ${value}`).checks, 'n')).toBe(status)
})

describe('a timeline', () => {
  const parts = (item: string): Parts => ({
    spec: `  timeline:\n    - ${item}`,
    files: { 'later.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: later}\n' },
    checks: `${CM('a')}\n${CM('later')}`,
  })
  test('waits for a check', () => {
    const item = '{at: {after: {check: a}, wait: 30s}, as: colleague, apply: later.yaml}'
    expect(summary(gradeScript(parts(item), A))).toMatchObject({ checks: { a: 'pass', later: 'pass' } })
    expect(summary(gradeScript(parts(item), 'sleep 60'))).toMatchObject({ checks: { a: 'fail', later: 'fail' } })
  })
  test('what cannot be done then is not done, and the level goes on', () => {
    const item = '{fault: {kind: crash, target: {node: node-b}, at: 5s, for: 10s}}'
    expect(gradeScript(parts(item), `kubectl delete node node-b; sleep 30; ${A}`).status).toBe('graded')
  })
  test('undo takes it back', () => {
    const { session } = open(parts('{at: 5s, as: colleague, run: kubectl create configmap later}'))
    session.run('sleep 10')
    expect(session.run('kubectl get configmap later -o name').output).toBe('configmap/later\n')
    session.undo()
    session.undo()
    expect(session.run('kubectl get configmap later -o name --ignore-not-found').output).toBe('')
    session.run('sleep 10')
    expect(session.run('kubectl get configmap later -o name').output).toBe('configmap/later\n')
  })
})

test('a nonce changes with what is typed', () => {
  const nonces = ['true', 'false', 'true; true'].map((command) => {
    const { session, judge } = open({ checks: '- {id: a, title: A, exec: {command: "echo {{nonce}}x"}}' })
    session.run(command)
    return judge.evaluate({
      check: judge.checks[0]!,
      spec: {},
      definition: {
        kind: 'x',
        when: 'change',
        schema: undefined as never,
        evaluate: (_s, context) => ({ ok: true, expected: '', observed: context.nonce }),
      },
    }).observed
  })
  expect(new Set(nonces).size).toBe(3)
})

test('one examination for many gives what a fresh one gives, in any order', () => {
  const level = levelOf({
    ...GUARDED,
    spec: `${GUARDED.spec}\n  hints: [{text: one}, {text: two, cost: 1}]\n  limits: {time: 20m, commands: 5}`,
  })
  const scripts = [
    A,
    'kubectl delete configmap keep',
    'while :; do :; done',
    'hint; hint; hint',
    'rm -rf /; cd /; export HOME=/nowhere',
    'kubectl delete namespace default; kubectl delete nodes --all',
    'true',
  ]
  const grade = (examination: Examination, text: string): unknown => examination.grade({ kind: 'script', name: 'x', text, files: {} })
  const fresh = scripts.map((s) => grade(new Examination(level), s))
  const one = new Examination(level)
  for (const i of [2, 5, 0, 1, 3, 3, 4, 6, 2, 0, 6]) expect(grade(one, scripts[i]!), scripts[i]!).toEqual(fresh[i])
})
