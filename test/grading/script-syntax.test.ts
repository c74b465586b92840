/** A script that is not one of the shell's: it is graded as what it did, which is nothing, and every format says where and why. */
import { describe, expect, test } from 'vitest'
import { reportFormats } from '../../src/grading/reports/index.ts'
import { Examination } from '../../src/grading/run.ts'
import { levelOf } from './level.ts'

const level = levelOf({
  checks:
    '- {id: a, title: A, points: 1, state: {kind: ConfigMap, name: a}}\n- {id: b, title: B, points: 1, state: {kind: ConfigMap, name: b}}',
})
const examination = new Examination(level)
const grade = (text: string, name = 'class/ana/solution.sh', file?: string) =>
  examination.grade({ kind: 'script', name, text, files: {}, ...(file !== undefined && { file }) })

test.each([
  ['a bracket too many', 'kubectl create configmap a\necho )\n', "solution.sh:2:6: syntax error: unexpected token ')'"],
  [
    'an if that is not closed',
    'kubectl create configmap a\nif true; then\n  echo\n',
    "solution.sh:4:1: syntax error: expected 'fi' to close 'if'",
  ],
  ['a quote', 'kubectl create configmap a\necho "x\n', 'solution.sh:2:6: syntax error: unterminated double quote'],
])('%s', (_name, text, message) => {
  expect(grade(text)).toMatchObject({
    status: 'graded',
    passed: false,
    score: 0,
    message: `${message}; nothing of the script was run`,
  })
})

test('the file of a folder is named', () => {
  expect(grade('fi', 'class/ana', 'fix.sh').message).toMatch(/^fix\.sh:1:1: syntax error: /)
})

test('a command that fails is no syntax error', () => {
  expect(grade('nonsense\nkubectl create configmap a')).toMatchObject({ status: 'graded', score: 1 })
  expect(grade('nonsense').message).toBeUndefined()
})

describe('every format names file, line, column and what is wrong', () => {
  const results = [grade('kubectl create configmap a\nfi\n')]
  const report = { schema: 'clusterlab/result/v1' as const, level: 'small', levelHash: 'sha256:00', engine: '1.0.0', seed: '0', results }
  test.each(reportFormats.map((f) => [f.name, f] as const))('%s', (name, format) => {
    const text = format.write(report, { env: {}, nowMs: 0 })
    const readable = name === 'github-classroom' ? Buffer.from(text, 'base64').toString('utf8') : text
    expect(readable).toMatch(/solution\.sh:2:1: syntax error: unexpected token/)
  })
})
