/** Checks the teacher keeps: the grader has them, whoever plays has not, and the level is the same level. */
import { expect, test } from 'vitest'
import { checkSchema } from '../../src/grading/checks/index.ts'
import { Examination } from '../../src/grading/run.ts'
import { isTeachersOwn } from '../../src/levels/loader/hidden.ts'
import { type Level, loadLevel } from '../../src/levels/loader/level.ts'

const LEVEL = `apiVersion: clusterlab/v1
kind: Level
metadata: {name: labels, version: 1}
spec:
  title: Labels
  brief: Make a ConfigMap.
  difficulty: 1
  concepts: [configMap]
  checks:
    - {id: there, title: It is there, points: 1, within: 1s, state: {kind: ConfigMap, name: a}}
`
const HIDDEN = `checks:
  - {id: tidy, title: It says whose it is, points: 2, within: 1s, needs: [there], state: {kind: ConfigMap, name: a, match: {metadata: {labels: {of: menchu}}}}}
translations:
  es: {tidy: {title: Dice de quién es}}
`
const load = (hidden: boolean, more: Record<string, string> = {}): Level =>
  loadLevel('labels', { 'level.yaml': LEVEL, 'hidden.yaml': HIDDEN, ...more }, { checks: checkSchema, hidden })
const problemOf = (text: string): string => {
  try {
    load(true, { 'hidden.yaml': text })
    return ''
  } catch (error) {
    return (error as Error).message
  }
}

test('whoever plays does not know of them; the hash is the same, so that journals fit', () => {
  expect(load(false).spec.checks.map((c) => c.id)).toEqual(['there'])
  expect(JSON.stringify(load(false).spec)).not.toContain('tidy')
  expect(load(true).spec.checks.map((c) => c.id)).toEqual(['there', 'tidy'])
  expect(load(true).hash).toBe(load(false).hash)
  expect(load(true).translations['es']?.checks?.['tidy']?.title).toBe('Dice de quién es')
})

test('the grader judges them, and says that they are not for the student', () => {
  const result = new Examination(load(true)).grade({ kind: 'script', name: 'x', text: 'kubectl create configmap a\n', files: {} })
  expect(result).toMatchObject({ score: 1, maxScore: 3, passed: false })
  expect(result.checks.map((c) => [c.id, c.status, c.hidden])).toEqual([
    ['there', 'pass', undefined],
    ['tidy', 'fail', true],
  ])
})

test.each([
  ['a slip', 'chekcs: []\n', /hidden\.yaml:1:1: unknown key "chekcs"; did you mean "checks"\?/],
  ['an id of the level itself', HIDDEN.replace('id: tidy', 'id: there'), /hidden\.yaml:2:10: two checks have the id "there"/],
  ['a need nobody meets', HIDDEN.replace('needs: [there]', 'needs: [here]'), /hidden\.yaml:2:\d+: there is no check "here"/],
])('%s is told with its place', (_, text, message) => {
  expect(problemOf(text)).toMatch(message)
})

test("a student's copy is without them, and without answers", () => {
  const paths = ['level.yaml', 'es.yaml', 'start/a.yaml', 'files/b', 'hidden.yaml', 'mutants.yaml', 'solutions/a.sh', 'wrong/b.sh']
  expect(paths.filter((p) => !isTeachersOwn(p))).toEqual(['level.yaml', 'es.yaml', 'start/a.yaml', 'files/b'])
})

test('what the seed draws stands in the texts of every language', () => {
  const variants = LEVEL.replace('  checks:', '  variants: {port: {int: [8000, 8999]}}\n  checks:').replace(
    'Make a',
    'Port {{port}}. Make a',
  )
  const { spec, translations, variables } = load(false, {
    'level.yaml': variants,
    'es.yaml': 'brief: Puerto {{port}}\nhints: ["{{port}}"]\n',
  })
  expect(spec.brief).toBe(`Port ${variables['port']}. Make a ConfigMap.`)
  expect(translations['es']).toMatchObject({ brief: `Puerto ${variables['port']}`, hints: [variables['port']] })
})
