/** Every report format against its own rules: read back by a reader of ours that knows only the published format. */
import { describe, expect, test } from 'vitest'
import type { CheckResult } from '../../src/grading/contract.ts'
import { reportFormats } from '../../src/grading/reports/index.ts'
import { likenesses } from '../../src/grading/reports/likeness.ts'
import type { GradingReport } from '../../src/grading/reports/report.ts'
import { readCsv, readXml } from './readers.ts'

const NASTY = `a "b", <c>&d=1 | #e \\ *f* \`g\` [h](javascript:i)\u001b[31mred\u202eevil\u0000\nsecond line`
const check = (id: string, status: CheckResult['status'], more: Partial<CheckResult> = {}): CheckResult => ({
  id,
  title: id,
  status,
  score: status === 'pass' ? 3 : 0,
  maxScore: 3,
  expected: 'HTTP 200',
  observed: 'refused',
  message: status === 'pass' || status === 'skipped' ? '' : 'look at the Service',
  ...more,
})
const report = (results: GradingReport['results']): GradingReport => ({
  schema: 'clusterlab/result/v1',
  level: 'services/web',
  levelHash: 'sha256:00',
  engine: '1.0.0',
  seed: '0',
  results,
})
const result = (submission: string, checks: readonly CheckResult[], more = {}): GradingReport['results'][number] => ({
  submission,
  status: 'graded',
  passed: checks.every((c) => c.status === 'pass'),
  score: checks.reduce((n, c) => n + c.score, 0),
  maxScore: checks.length * 3,
  virtualSeconds: 12.3,
  stateHash: `sha256:${submission}`,
  checks,
  ...more,
})
const broken = { ...result('c.sh', []), status: 'error' as const, passed: false, maxScore: 6, message: NASTY }

const CLASS = report([
  result('a.sh', [check('one', 'pass'), check('two', 'pass')]),
  result(`=1+1${NASTY}.sh`, [
    check('one', 'fail', { title: NASTY, message: NASTY, observed: NASTY, expected: NASTY }),
    check('two', 'skipped'),
  ]),
  result('l.sh', [check('one', 'limit'), check('two', 'error')], { status: 'limit', message: 'limit reached: output' }),
  broken,
])
const write = (name: string, what = CLASS, env: Record<string, string> = {}): string =>
  reportFormats.find((f) => f.name === name)!.write(what, { env, nowMs: 0 })

describe('every format', () => {
  test.each(reportFormats.filter((f) => !f.single).map((f) => [f.name, f] as const))(
    '%s: no escape sequence, no reordering, no NUL gets out',
    (name, format) => {
      const text = format.write(CLASS, { env: {}, nowMs: 0 })
      // JSON escapes control characters itself; bidi stays data there.
      expect(text).not.toMatch(name === 'json' ? /[\u0000\u001b]/ : /[\u0000\u001b\u202e\u009b]/)
      expect(text).toBe(format.write(CLASS, { env: {}, nowMs: 1 }))
    },
  )
})

test('json has the keys of INTERFACES.md, in their order', () => {
  const read = JSON.parse(write('json')) as GradingReport
  expect(read).toEqual(JSON.parse(JSON.stringify(CLASS)))
  expect(Object.keys(read)).toEqual(['schema', 'level', 'levelHash', 'engine', 'seed', 'results'])
  expect(Object.keys(read.results[0]!)).toEqual([
    'submission',
    'status',
    'passed',
    'score',
    'maxScore',
    'virtualSeconds',
    'stateHash',
    'checks',
  ])
  expect(Object.keys(read.results[0]!.checks[0]!)).toEqual([
    'id',
    'title',
    'status',
    'score',
    'maxScore',
    'expected',
    'observed',
    'message',
  ])
})

test('text tells what was seen, unless the message says it', () => {
  const told = { ...check('two', 'fail'), message: 'the port: refused' }
  const lines = write(
    'text',
    report([result('a.sh', [check('one', 'fail'), told, check('three', 'skipped'), check('four', 'pass')])]),
  ).split('\n')
  expect(lines.slice(1)).toEqual([
    '  FAIL one (0/3)',
    '         look at the Service',
    '         seen: refused',
    '  FAIL two (0/3)',
    '         the port: refused',
    '  skip three (0/3)',
    '  ok   four (3/3)',
    '',
  ])
})

test('junit is well-formed XML with a suite a submission and counts that fit', () => {
  const top = readXml(write('junit'))
  expect(top.name).toBe('testsuites')
  expect(
    top.children.map((s) => [s.name, s.attributes['tests'], s.attributes['failures'], s.attributes['errors'], s.attributes['skipped']]),
  ).toEqual([
    ['testsuite', '2', '0', '0', '0'],
    ['testsuite', '2', '1', '0', '1'],
    // A case more: which limit it was.
    ['testsuite', '3', '0', '3', '0'],
    ['testsuite', '1', '0', '1', '0'],
  ])
  const cases = top.children.flatMap((s) => s.children.filter((c) => c.name === 'testcase'))
  expect(cases.every((c) => c.attributes['classname'] === 'services/web' && c.attributes['name'] !== '')).toBe(true)
})

describe('tap', () => {
  const lines = write('tap').split('\n')
  test('version, plan, numbered test points', () => {
    expect(lines[0]).toBe('TAP version 14')
    expect(lines[1]).toBe('1..4')
    const points = lines.filter((l) => /^(not )?ok /.test(l))
    expect(points.map((l) => /^(not )?ok (\d+) - /.exec(l)!.slice(1, 3))).toEqual([
      [undefined, '1'],
      ['not ', '2'],
      ['not ', '3'],
      ['not ', '4'],
    ])
  })
  test('every line is one that TAP 14 knows', () => {
    const known = /^(TAP version 14|\d+\.\.\d+|(not )?ok \d+ - .*|# .*|( {2,6}(---|\.\.\.|\w+: .*))|( {4}(1\.\.\d+|(not )?ok \d+ - .*)))$/
    expect(lines.filter((l) => l !== '' && !known.test(l))).toEqual([])
  })
  test('a # of a name begins no directive, except ours', () => {
    for (const line of lines.filter((l) => /^\s*(not )?ok /.test(l))) {
      const bare = line.replace(/\\\\/g, '').replace(/\\#/g, '')
      expect(bare.includes('#')).toBe(/# SKIP what it needs did not pass$/.test(line))
    }
  })
  test('the YAML blocks are YAML: JSON texts after the key', () => {
    for (const line of lines) {
      const m = /^\s+(?:expected|observed|message): (.*)$/.exec(line)
      if (m) expect(() => JSON.parse(m[1]!)).not.toThrow()
    }
  })
})

test('csv: as many cells in each row, and none that a spreadsheet runs', () => {
  const rows = readCsv(write('csv'))
  expect(rows[0]).toEqual(['submission', 'student', 'status', 'passed', 'score', 'max_score', 'one', 'two', 'feedback'])
  expect(new Set(rows.map((r) => r.length))).toEqual(new Set([9]))
  expect(rows.flat().filter((cell) => /^[=+\-@\t\r]/.test(cell))).toEqual([])
  expect(rows[2]![0]!.startsWith("'=1+1")).toBe(true)
})

test('markdown: a table row a submission, and no markup of a student’s', () => {
  const text = write('markdown')
  const rows = text.split('\n').filter((l) => l.startsWith('|'))
  const cells = rows.map((r) => r.replace(/\\./g, '').split('|').length)
  expect(new Set(cells.slice(0, 6))).toEqual(new Set([6]))
  expect(text).not.toMatch(/<c>|(?<!\\)\[h\]|(?<!\\)`g/)
})

test('html: well formed, nothing from elsewhere, no script, nothing of a student’s becomes markup', () => {
  const text = write('html')
  expect(text).not.toMatch(/<script|<link|<img|<iframe|src=|https?:|url\(|<c>/i)
  expect(() =>
    readXml(
      text
        .replace(/<!doctype html>\s*/, '')
        .replace(/<meta ([^>]*)>/g, '<meta $1/>')
        .replaceAll('<br>', '<br/>'),
    ),
  ).not.toThrow()
})

describe('gradescope', () => {
  const read = JSON.parse(write('gradescope', report([CLASS.results[1]!]))) as { score: number; tests: Record<string, unknown>[] }
  test('has what its documentation asks for', () => {
    expect(read.score).toBe(0)
    for (const t of read.tests) {
      expect(Object.keys(t)).toEqual(['name', 'score', 'max_score', 'status', 'output', 'visibility'])
      expect(['passed', 'failed']).toContain(t['status'])
      expect(t['visibility']).toBe('visible')
      expect(typeof t['score']).toBe('number')
    }
  })
})

describe('classroom50', () => {
  const env = {
    CLASSROOM: 'k8s',
    ASSIGNMENT: 'w1',
    SUBMISSION_TAG: 's/1',
    COMMIT_URL: 'https://x/c',
    RELEASE_URL: 'https://x/r',
    SOURCE_DATE_EPOCH: '0',
  }
  test('texts are never empty, the rows sum up to the score', () => {
    const one = report([{ ...CLASS.results[0]!, score: 4, passed: false }])
    const read = JSON.parse(write('classroom50', one, env)) as {
      score: number
      tests: { score: number }[]
      datetime: string
      schema: string
      classroom: string
    }
    expect(read.schema).toBe('classroom50/result/v1')
    expect(read.classroom).toBe('k8s')
    expect(read.datetime).toBe('1970-01-01T00:00:00Z')
    expect(read.tests.reduce((n, t) => n + t.score, 0)).toBe(read.score)
  })
  test('without its surroundings it still says something everywhere', () => {
    const read = JSON.parse(write('classroom50', report([CLASS.results[0]!]))) as Record<string, unknown>
    expect(Object.values(read).filter((v) => v === '')).toEqual([])
  })
})

describe('inputs nearly the same', () => {
  const own = (name: string, extra: string): string[] => [
    'kubectl get pods',
    `kubectl describe pod ${name}`,
    'kubectl get svc',
    'kubectl get endpointslices -o wide',
    `kubectl label pod ${name} app=web`,
    'kubectl logs web',
    'kubectl edit svc web',
    extra,
  ]
  test.each<[string, readonly (readonly string[])[], readonly number[]]>([
    ['word for word, but for blanks and comments', [own('a', 'true'), ['# mine', ...own('a', ' true ').map((l) => `${l} `), '']], [100]],
    ['one line in nine more', [own('a', 'true'), [...own('a', 'true'), 'kubectl get nodes']], [88]],
    ['the same lines in another order', [own('a', 'true'), own('a', 'true').reverse()], []],
    ['other detours', [own('a', 'true'), own('b', 'false')], []],
    [
      'too short to tell',
      [
        ['kubectl get pods', 'kubectl apply -f a'],
        ['kubectl get pods', 'kubectl apply -f a'],
      ],
      [],
    ],
    ['three of a kind', [own('a', 'x'), own('a', 'x'), own('a', 'x')], [100, 100, 100]],
  ])('%s', (_name, all, percents) => {
    expect(likenesses(all.map((inputs, i) => ({ submission: `${i}.jsonl`, inputs }))).map((l) => l.percent)).toEqual(percents)
  })
  test('a class of 300 is compared at once', () => {
    const begin = process.cpuUsage()
    const handed = Array.from({ length: 300 }, (_, i) => ({
      submission: `${i}`,
      inputs: Array.from({ length: 200 }, (_line, k) => `kubectl get pod ${k % 7 === 0 ? i : k}`),
    }))
    expect(likenesses(handed).length).toBeLessThanOrEqual(50)
    const { user, system } = process.cpuUsage(begin)
    expect(user + system).toBeLessThan(5_000_000)
  })
  test('the class report names them, safely', () => {
    const handed = [`<a>${NASTY}`, 'b.jsonl'].map((submission) => ({ submission, inputs: own('a', 'true') }))
    for (const name of ['markdown', 'html']) {
      const text = reportFormats.find((f) => f.name === name)!.write(CLASS, { env: {}, nowMs: 0, handed })
      expect(text).toContain('Inputs nearly the same')
      expect(text).toContain('100 %')
      expect(text).not.toMatch(/<a>|[\u001b\u202e]/)
    }
  })
})
