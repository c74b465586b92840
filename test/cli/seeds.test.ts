/** A task of one's own for each student: the seeds of a roster, playing with one, handing in, and why a neighbour's answer does not pass. */
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { studentSeed } from '../../src/cli/grade/roster.ts'
import type { GradingReport } from '../../src/grading/reports/report.ts'
import { newHome, program, run } from './program.ts'

const at = mkdtempSync(join(tmpdir(), 'clusterlab-seeds-'))
const LEVEL = join(at, 'course/ports')
const [roster, key] = [join(at, 'students.csv'), join(at, 'course.key')]

beforeAll(() => {
  program()
  mkdirSync(join(LEVEL, 'start'), { recursive: true })
  writeFileSync(
    join(LEVEL, 'level.yaml'),
    `apiVersion: clusterlab/v1
kind: Level
metadata: {name: ports, version: 1}
spec:
  title: A port
  brief: The number is in task.txt. Write it down in a ConfigMap "a" under the key port.
  difficulty: 1
  concepts: [configmap]
  cluster: {preset: bare}
  start: {files: {task.txt: start/task.txt}}
  variants: {port: {int: [10000, 60000]}}
  checks:
    - {id: a, title: The port is written down, points: 4, within: 2s, state: {kind: ConfigMap, name: a, match: {data: {port: "no {{port}}"}}}}
`,
  )
  writeFileSync(join(LEVEL, 'start/task.txt'), 'no {{port}}\n')
  writeFileSync(roster, '\ufeffstudent,mail\r\nanna,a@x\r\n"bob",b@x\r\n')
  writeFileSync(key, 'a secret of the course\n')
}, 120_000)

/** The seeds as the teacher hands them out. */
function seeds(): Record<string, string> {
  const ran = run(['level', 'seeds', LEVEL, '--roster', roster, '--key', key])
  expect(ran).toMatchObject({ code: 0, stderr: '' })
  const [head, ...rows] = ran.stdout.trimEnd().split('\r\n')
  expect(head).toBe('student,seed')
  return Object.fromEntries(rows.map((r) => r.split(',') as [string, string]))
}

const ANSWER = 'kubectl create configmap a --from-literal="port=$(cat task.txt)"'

describe('a roster', () => {
  test('each student has a seed: an HMAC of the student, the level and its version under the key', () => {
    const own = seeds()
    expect(Object.keys(own)).toEqual(['anna', 'bob'])
    expect(own['anna']).toBe(studentSeed('a secret of the course', 'anna', { name: 'ports', version: 1 }))
    expect(own['anna']).toMatch(/^[0-9a-f]{16}$/)
    expect(new Set(Object.values(own)).size).toBe(2)
    expect(studentSeed('a secret of the course', 'anna', { name: 'ports', version: 2 })).not.toBe(own['anna'])
    expect(studentSeed('another', 'anna', { name: 'ports', version: 1 })).not.toBe(own['anna'])
  })

  test('the same seed draws the same in the teacher’s folder and in a student’s copy elsewhere', () => {
    const seed = seeds()['anna']!
    const copy = join(at, 'Downloads', 'ports')
    expect(run(['level', 'handout', LEVEL, copy])).toMatchObject({ code: 0 })
    const drawn = [LEVEL, copy].map((level) => run(['sh', level, '--seed', seed], { input: 'cat task.txt' }).stdout)
    expect(drawn[0]).toMatch(/^no \d{5}\n$/)
    expect(drawn[1]).toBe(drawn[0])
    expect(run(['sh', LEVEL, '--seed', seeds()['bob']!], { input: 'cat task.txt' }).stdout).not.toBe(drawn[0])
  })

  test('one’s own answer passes, a neighbour’s does not, a stranger’s is not graded', () => {
    const own = seeds()
    const work = join(at, 'class')
    mkdirSync(work)
    const port = (student: string): string => run(['sh', LEVEL, '--seed', own[student]!], { input: 'cat task.txt' }).stdout.trim()
    const literal = (text: string): string => `kubectl create configmap a --from-literal=port='${text}'\n`
    writeFileSync(join(work, 'anna.sh'), literal(port('anna')))
    writeFileSync(join(work, 'bob.sh'), literal(port('anna')))
    writeFileSync(join(work, 'carl.sh'), ANSWER)
    const ran = run(['grade', LEVEL, work, '--roster', roster, '--key', key, '--format', 'json'])
    const { results } = JSON.parse(ran.stdout) as GradingReport
    expect(results.map((r) => [r.status, r.score])).toEqual([
      ['graded', 4],
      ['graded', 0],
      ['error', 0],
    ])
    expect(results[2]!.message).toBe('"carl" is not in the roster')
    writeFileSync(join(work, 'bob.sh'), literal(port('bob')))
    const again = run(['grade', LEVEL, join(work, 'bob.sh'), '--roster', roster, '--key', key, '--format', 'json'])
    expect((JSON.parse(again.stdout) as GradingReport).results[0]).toMatchObject({ passed: true })
  })

  test.each<[string, string[], number, RegExp]>([
    ['without a key', ['grade', LEVEL, at, '--roster', roster], 2, /--roster needs --key/],
    ['a key alone', ['grade', LEVEL, at, '--key', key], 2, /--key needs --roster/],
    ['no roster there', ['level', 'seeds', LEVEL, '--roster', '/nonexistent', '--key', key], 3, /no such file/],
    ['an empty key', ['level', 'seeds', LEVEL, '--roster', roster, '--key', '/dev/null'], 3, /not a regular file|is empty/],
    ['seeds without a roster', ['level', 'seeds', LEVEL], 2, /--roster FILE and --key FILE/],
    ['a seed that is none', ['sh', LEVEL, '--seed', 'a b'], 2, /--seed: letters/],
  ])('%s', (_name, args, code, says) => {
    const ran = run(args)
    expect(ran.stderr).toMatch(says)
    expect(ran.code).toBe(code)
  })
})

test('a journal names the seed it was played with; with a roster it must be the student’s own', async () => {
  const own = seeds()
  const home = newHome()
  // The save of the game, as `play LEVEL --seed` writes it, handed in with `submit`.
  const { Screen } = await import('./program.ts')
  const screen = new Screen(['sh', LEVEL, '--seed', own['anna']!], { home })
  await screen.until('$ ')
  screen.send(`${ANSWER}\r`)
  await screen.until('configmap/a created')
  screen.send('exit\r')
  expect(await screen.exited).toBe(0)
  const file = join(at, 'anna.jsonl')
  expect(run(['submit', LEVEL, '--out', file], { home })).toMatchObject({ code: 0 })
  expect(JSON.parse(readFileSync(file, 'utf8').split('\n')[0]!)).toMatchObject({ seed: own['anna'] })
  const grade = (path: string): GradingReport['results'][number] =>
    (JSON.parse(run(['grade', LEVEL, path, '--roster', roster, '--key', key, '--format', 'json']).stdout) as GradingReport).results[0]!
  expect(grade(file)).toMatchObject({ status: 'graded', passed: true })
  const copied = join(at, 'bob.jsonl')
  writeFileSync(copied, readFileSync(file))
  expect(grade(copied)).toMatchObject({
    status: 'error',
    message: expect.stringMatching(/was played with the seed ".*", which is not "bob"'s/),
  })
})
