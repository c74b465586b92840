/** The recipes of `docs/grading.md`: their steps run as they stand, where the platforms' own tools are stood in for, and what they leave is what the platform reads. */
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { program } from '../cli/program.ts'
import { blocksOf, Desk } from './walk.ts'

const PAGE = 'docs/grading.md'
const GOOD = readFileSync('levels/services/wordpress-reachable/solutions/alter-user.sh', 'utf8')
const BAD = 'kubectl get pods\n'

beforeAll(() => void program(), 120_000)

/** A desk with the program as a checkout of it stands there. */
function deskWith(checkout: string): Desk {
  const desk = new Desk()
  const at = join(desk.folder, checkout)
  mkdirSync(at, { recursive: true })
  cpSync(dirname(program()), join(at, 'dist'), { recursive: true })
  symlinkSync(resolve('levels'), join(at, 'levels'))
  cpSync('package.json', join(at, 'package.json'))
  return desk
}

/** What of a workflow's syntax a recipe may use; anything else is an error. */
const uses = z.strictObject({
  id: z
    .string()
    .regex(/^[A-Za-z_][\w-]*$/)
    .optional(),
  uses: z.string().regex(/^[\w-]+\/[\w-]+@v\d+$/),
  with: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  env: z.record(z.string(), z.string()).optional(),
})
const run = z.strictObject({
  id: z
    .string()
    .regex(/^[A-Za-z_][\w-]*$/)
    .optional(),
  run: z.string(),
  'working-directory': z.string().optional(),
})
const workflow = z.strictObject({
  name: z.string(),
  on: z.array(z.enum(['push', 'pull_request', 'workflow_dispatch'])),
  permissions: z.record(z.string(), z.enum(['read', 'write', 'none'])),
  jobs: z.record(
    z.string(),
    z.strictObject({ 'runs-on': z.literal('ubuntu-latest'), 'timeout-minutes': z.int(), steps: z.array(z.union([uses, run])).min(1) }),
  ),
})
type Step = z.infer<typeof run> | z.infer<typeof uses>

/** Runs the `run:` steps as GitHub's runner does: `bash -e`, stopped by the first that fails; npm is taken for granted. */
function runSteps(desk: Desk, steps: readonly Step[]): { code: number; summary: string; outputs: Record<string, string> } {
  desk.tool('npm', 'test "$1" = ci')
  const [summary, output] = [join(desk.folder, 'summary.md'), join(desk.folder, 'output')]
  for (const file of [summary, output]) writeFileSync(file, '')
  let code = 0
  for (const step of steps) {
    if (!('run' in step) || code !== 0) continue
    const script = join(desk.folder, 'step.sh')
    writeFileSync(script, step.run)
    const cwd = join(desk.folder, step['working-directory'] ?? '.')
    code = desk.type(`bash -e ${script}`, { GITHUB_STEP_SUMMARY: summary, GITHUB_OUTPUT: output }, cwd).code ?? 1
  }
  const outputs = Object.fromEntries(
    readFileSync(output, 'utf8')
      .split('\n')
      .filter((l) => l !== '')
      .map((l) => [l.slice(0, l.indexOf('=')), l.slice(l.indexOf('=') + 1)]),
  )
  return { code, summary: readFileSync(summary, 'utf8'), outputs }
}

const [actions = '', classroom = ''] = blocksOf(PAGE, 'yaml')

describe('GitHub Actions', () => {
  const steps = workflow.parse(parse(actions)).jobs['grade']!.steps
  test.each([
    ['a solution passes', GOOD, 0, '1 of 1 passed'],
    ['what does not solve it fails the job, and the summary says why', BAD, 1, '0 of 1 passed'],
  ])('%s', (_, text, code, says) => {
    const desk = deskWith('clusterlab')
    mkdirSync(join(desk.folder, 'submission'))
    writeFileSync(join(desk.folder, 'submission/solution.sh'), text)
    const ran = runSteps(desk, steps)
    expect([ran.code, ran.summary]).toEqual([code, expect.stringContaining(says)])
  })
})

describe('GitHub Classroom', () => {
  const steps = z.array(z.union([uses, run])).parse(parse(classroom))
  test.each([
    ['full marks', GOOD, 'pass', 10],
    ['none', BAD, 'fail', 0],
  ])('%s', (_, text, status, score) => {
    const desk = deskWith('clusterlab')
    mkdirSync(join(desk.folder, 'submission'))
    writeFileSync(join(desk.folder, 'submission/solution.sh'), text)
    const { code, outputs } = runSteps(desk, steps)
    expect(code).toBe(0)
    // The reporter looks for <RUNNER>_RESULTS of each runner it is given.
    const reporter = steps.at(-1) as z.infer<typeof uses>
    expect(reporter.env).toEqual({ [`${String(reporter.with!['runners']).toUpperCase()}_RESULTS`]: `\${{ steps.lab.outputs.result }}` })
    const result = JSON.parse(Buffer.from(outputs['result']!, 'base64').toString('utf8')) as {
      status: string
      max_score: number
      tests: { score: number }[]
    }
    expect([result.status, result.max_score, result.tests.reduce((n, t) => n + t.score, 0)]).toEqual([status, 10, score])
  })
})

const scripts = blocksOf(PAGE, 'sh')

describe('Gradescope', () => {
  const autograder = scripts.find((s) => s.includes('--format gradescope'))!
  test.each([
    ['a solution', { 'solution.sh': GOOD }, 10],
    ['one that does not solve it', { 'solution.sh': BAD }, 0],
    ['nothing that can be graded', { 'notes.txt': 'hello', 'more.txt': 'hello' }, 0],
    ['two scripts of any name', { 'a.sh': GOOD, 'b.sh': GOOD }, 0],
    ['nothing at all', {}, 0],
  ])('%s gets results.json and exit code 0', (_, files: Record<string, string>, score) => {
    const desk = deskWith('autograder/clusterlab')
    for (const folder of ['submission', 'results']) mkdirSync(join(desk.folder, 'autograder', folder))
    for (const [name, text] of Object.entries(files)) writeFileSync(join(desk.folder, 'autograder/submission', name), text)
    const { code, output } = desk.type(autograder.replaceAll('/autograder', join(desk.folder, 'autograder')))
    expect([code, output]).toEqual([0, ''])
    const results = JSON.parse(readFileSync(join(desk.folder, 'autograder/results/results.json'), 'utf8')) as {
      score: number
      output: string
    }
    expect(results.score).toBe(score)
    expect(results.output).not.toBe('')
  })
  test('setup.sh is shell', () => {
    const setup = scripts.find((s) => s.includes('nodesource'))!
    expect(new Desk().type(`sh -n <<'END'\n${setup}\nEND`)).toEqual({ output: '', code: 0 })
  })
})

describe('Classroom 50', () => {
  const autograder = blocksOf(PAGE, 'python')[0]!
  test.each([
    ['a solution', GOOD, 10],
    ['one that does not solve it', BAD, 0],
  ])('%s gets result.json and exit code 0', (_, text, score) => {
    const desk = deskWith('lab')
    // The same calls, in the shell's words.
    const calls = [...autograder.matchAll(/\[("(?:[^\]]|\n)*?)\]/g)].map((m) =>
      m[1]!
        .split(/,\s*/)
        .map((word) => word.replaceAll('LAB + "', `"${join(desk.folder, 'lab')}`).replace(/^LAB$/, join(desk.folder, 'lab')))
        .join(' '),
    )
    expect(calls.map((c) => c.split(' ')[0])).toEqual(['"git"', '"npm"', '"node"'])
    writeFileSync(join(desk.folder, 'solution.sh'), text)
    const student = join(desk.folder, 'student')
    mkdirSync(student)
    cpSync(join(desk.folder, 'solution.sh'), join(student, 'solution.sh'))
    expect(desk.type(calls[2]!, { CLASSROOM: 'k8s', OWNER: 'anna' }, student).code).toBe(score === 10 ? 0 : 1)
    expect(existsSync(join(student, 'result.json'))).toBe(true)
    expect(JSON.parse(readFileSync(join(student, 'result.json'), 'utf8'))).toMatchObject({ classroom: 'k8s', owner: 'anna', score })
  })
})
