/** `docs/authoring.md`, then `docs/grading.md`, line by line in an empty directory: every command works as shown, and prints what is shown. */
import { beforeAll, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { lintLevel } from '../../src/cli/grade/lint/index.ts'
import { scaffold } from '../../src/cli/grade/scaffold/index.ts'
import { program } from '../cli/program.ts'
import { blocksOf, Desk, shown, typedOf } from './walk.ts'

beforeAll(() => void program(), 120_000)

test('a teacher follows both pages to the end', { timeout: 300_000 }, () => {
  const desk = new Desk()
  for (const page of ['docs/authoring.md', 'docs/grading.md'])
    for (const { where, command, shows } of typedOf(page)) expect(desk.type(command).output, `${where}: ${command}`).toMatch(shown(shows))
})

/** Every example of YAML in the page for authors, put where it belongs in a new level. */
test.each(blocksOf('docs/authoring.md', 'yaml').map((block) => [Object.keys(parse(block) as object)[0]!, block] as const))(
  'the example of %s has nothing to be said of it',
  (_, block) => {
    const example = parse(block) as Record<string, unknown>
    const { 'es.yaml': spanish = '', ...files } = scaffold('selector', 'Selector')
    const level = parse(files['level.yaml']!) as { spec: Record<string, unknown> }
    if ('translations' in example || 'accepted' in example) {
      const own = 'accepted' in example ? { 'mutants.yaml': block, 'solutions/renamed.sh': 'true\n' } : { 'hidden.yaml': block }
      Object.assign(files, own, { 'es.yaml': spanish })
    } else Object.assign(level.spec, example)
    if ('checks' in example) files['wrong/scale.sh'] = '# fails: reachable\n'
    const whole = {
      ...files,
      'level.yaml': stringify(level),
      'timeline/v2.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: v2}\n',
    }
    const problems = lintLevel({ name: 'my/selector', folder: '/nowhere/my/selector', files: whole })
    expect(problems.filter((p) => p.file !== 'es.yaml')).toEqual([])
  },
)
