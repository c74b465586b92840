/**
 * Each report format against what its platform has published, read by strict consumers: what is not known there is an error.
 * Jenkins' junit-10.xsd, TAP 14's grammar, Gradescope's specification, Classroom 50's result-v1.schema.json, GitHub Classroom's reporter, Moodle's import.
 */
import { readFileSync } from 'node:fs'
import { Marked } from 'marked'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import type { CheckResult } from '../../src/grading/contract.ts'
import { csvFormat, studentOf } from '../../src/grading/reports/csv.ts'
import { reportFormats } from '../../src/grading/reports/index.ts'
import type { GradingReport } from '../../src/grading/reports/report.ts'
import { resultSchema } from '../../src/grading/reports/result-schema.ts'
import type { SubmissionResult } from '../../src/grading/result.ts'
import { readCsv, readXml, type XmlElement } from './readers.ts'

const NASTY = `a "b", <c>&d=1 | #e \\ *f* \`g\` ]]> -->\u001b[31mred\u202eevil\u0000\nsecond line`
const HASH = `sha256:${'0'.repeat(64)}`
const check = (id: string, status: CheckResult['status'], more: Partial<CheckResult> = {}): CheckResult => ({
  id,
  title: `Title of ${id}`,
  status,
  score: status === 'pass' ? 3 : 0,
  maxScore: 3,
  expected: 'HTTP 200',
  observed: 'refused',
  message: status === 'pass' || status === 'skipped' ? '' : `look at ${id}`,
  ...more,
})
const graded = (submission: string, checks: readonly CheckResult[], more: Partial<SubmissionResult> = {}): SubmissionResult => ({
  submission,
  status: 'graded',
  passed: checks.every((c) => c.status === 'pass'),
  score: checks.reduce((n, c) => n + c.score, 0),
  maxScore: checks.reduce((n, c) => n + c.maxScore, 0),
  virtualSeconds: 12.3,
  stateHash: HASH,
  checks,
  ...more,
})
const guard = check('guard', 'fail', { score: 0, maxScore: 0 })
const SECRET = check('secret', 'fail', { hidden: true, title: 'Secret title', message: 'secret message', observed: 'secret sight' })
const ROWS: Readonly<Record<string, SubmissionResult>> = {
  passed: graded('class/anna.jsonl', [check('one', 'pass'), check('two', 'pass')]),
  partial: graded('class/bob/', [check('one', 'pass'), check('two', 'fail', { title: NASTY, message: NASTY }), check('three', 'skipped')]),
  capped: graded('class/carla.sh', [check('one', 'pass'), check('two', 'pass'), guard], { passed: false, score: 1 }),
  hidden: graded('class/dora.sh', [check('one', 'pass'), SECRET]),
  limit: graded(`class/${NASTY}.sh`, [check('one', 'pass'), check('two', 'limit')], {
    status: 'limit',
    passed: false,
    message: 'limit reached: output',
  }),
  error: graded('class/eve.sh', [], { status: 'error', passed: false, maxScore: 6, stateHash: '', message: NASTY }),
}
const report = (...results: SubmissionResult[]): GradingReport => ({
  schema: 'clusterlab/result/v1',
  level: 'services/web',
  levelHash: HASH,
  engine: '1.0.0',
  seed: '0',
  results,
})
const CLASS = report(...Object.values(ROWS))
const write = (name: string, what: GradingReport, env: Record<string, string> = {}): string =>
  reportFormats.find((f) => f.name === name)!.write(what, { env, nowMs: 1_770_000_000_000 })
const each = Object.entries(ROWS)

describe('json', () => {
  const published = JSON.parse(readFileSync('docs/result-v1.schema.json', 'utf8')) as Parameters<typeof z.fromJSONSchema>[0]
  const reader = z.fromJSONSchema(published)
  const read = (): Record<string, unknown> => JSON.parse(write('json', CLASS)) as Record<string, unknown>
  test('fits docs/result-v1.schema.json, which is made from the schema in the code', () => {
    expect(reader.safeParse(read())).toMatchObject({ success: true })
    expect(published).toEqual(JSON.parse(JSON.stringify(z.toJSONSchema(resultSchema))))
  })
  test.each<[string, (r: Record<string, unknown>) => object]>([
    ['a field more', (r) => ({ ...r, extra: 1 })],
    ['a field less', ({ engine: _, ...rest }) => rest],
    ['another version', (r) => ({ ...r, schema: 'clusterlab/result/v2' })],
    ['a result that knows more', (r) => ({ ...r, results: [{ ...ROWS['passed'], extra: 1 }] })],
    ['half a point', (r) => ({ ...r, results: [{ ...ROWS['passed'], score: 0.5 }] })],
    ['a status nobody knows', (r) => ({ ...r, results: [{ ...ROWS['passed'], status: 'ok' }] })],
  ])('refuses %s', (_, spoil) => {
    expect(reader.safeParse(spoil(read())).success).toBe(false)
  })
})

/** Elements and attributes of Jenkins' junit-10.xsd that a report may have; `!` is required. */
const XSD: Readonly<Record<string, { attributes: readonly string[]; children: readonly string[] }>> = {
  testsuites: { attributes: ['name', 'time', 'tests', 'failures', 'errors'], children: ['testsuite'] },
  testsuite: {
    attributes: '!name !tests !failures !errors group time skipped timestamp hostname id package file log url'.split(' '),
    children: ['testsuite', 'properties', 'testcase', 'system-out', 'system-err'],
  },
  properties: { attributes: [], children: ['property'] },
  property: { attributes: ['!name', '!value'], children: [] },
  testcase: { attributes: ['!name', 'time', 'classname', 'group'], children: ['skipped', 'error', 'failure', 'system-out', 'system-err'] },
  failure: { attributes: ['type', 'message'], children: [] },
  error: { attributes: ['type', 'message'], children: [] },
  skipped: { attributes: ['type', 'message'], children: [] },
}

function xsdProblems(element: XmlElement): string[] {
  const known = XSD[element.name]
  if (known === undefined) return [`<${element.name}> is unknown`]
  const given = Object.keys(element.attributes)
  const names = known.attributes.map((a) => a.replace('!', ''))
  return [
    ...given.filter((a) => !names.includes(a)).map((a) => `${element.name} has no attribute ${a}`),
    ...known.attributes.filter((a) => a.startsWith('!') && !given.includes(a.slice(1))).map((a) => `${element.name} lacks ${a.slice(1)}`),
    ...element.children.filter((c) => !known.children.includes(c.name)).map((c) => `${c.name} in ${element.name}`),
    ...element.children.flatMap(xsdProblems),
  ]
}

describe('junit', () => {
  const top = readXml(write('junit', CLASS))
  test('holds to junit-10.xsd', () => {
    expect(top.name).toBe('testsuites')
    expect(xsdProblems(top)).toEqual([])
  })
  test('times and counts are what they say', () => {
    for (const suite of top.children) {
      const cases = suite.children.filter((c) => c.name === 'testcase')
      const having = (name: string): string => String(cases.filter((c) => c.children.some((o) => o.name === name)).length)
      expect(suite.attributes).toMatchObject({
        tests: String(cases.length),
        failures: having('failure'),
        errors: having('error'),
        skipped: having('skipped'),
      })
      for (const c of cases) expect(c.attributes['time'] ?? '0').toMatch(/^(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]*)?$/)
    }
    const sum = (name: string): string => String(top.children.reduce((n, s) => n + Number(s.attributes[name]), 0))
    expect(top.attributes).toEqual({ tests: sum('tests'), failures: sum('failures'), errors: sum('errors') })
  })
})

/** A TAP 14 document, read strictly: what is neither version, plan, point, comment, subtest nor YAML block throws. */
function readTap(lines: readonly string[], indent = ''): { plan: number; points: { ok: boolean; skip: boolean; yaml?: unknown }[] } {
  let plan: number | undefined
  const points: { ok: boolean; skip: boolean; yaml?: unknown }[] = []
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!
    if (!line.startsWith(indent)) throw new Error(`not indented: ${line}`)
    const own = line.slice(indent.length)
    const point = /^(not )?ok (\d+) - ((?:[^#\\]|\\[#\\])*)(# SKIP .+)?$/.exec(own)
    if (own.startsWith('# ')) continue
    if (/^1\.\.\d+$/.test(own) && plan === undefined) plan = Number(own.slice(3))
    else if (point !== null) {
      if (Number(point[2]) !== points.length + 1) throw new Error(`out of order: ${line}`)
      points.push({ ok: point[1] === undefined, skip: point[4] !== undefined })
      if (lines[at + 1] !== `${indent}  ---`) continue
      const end = lines.indexOf(`${indent}  ...`, at)
      points.at(-1)!.yaml = parse(
        lines
          .slice(at + 2, end)
          .map((l) => l.slice(indent.length + 2))
          .join('\n'),
      )
      at = end
    } else if (own.startsWith('    ')) {
      const inner = lines.slice(at).findIndex((l) => !l.startsWith(`${indent}    `))
      readTap(lines.slice(at, at + inner), `${indent}    `)
      at += inner - 1
      // A subtest is followed by the point that stands for it.
      if (!/^(not )?ok /.test(lines[at + 1]!.slice(indent.length))) throw new Error('a subtest without its point')
    } else throw new Error(`TAP 14 knows no such line: ${line}`)
  }
  if (plan !== points.length) throw new Error(`the plan says ${plan}, there are ${points.length}`)
  return { plan, points }
}

test('tap is TAP 14: version, plan, subtests before their points, YAML blocks that are YAML', () => {
  const lines = write('tap', CLASS).split('\n')
  expect(lines.shift()).toBe('TAP version 14')
  expect(lines.pop()).toBe('')
  const { points } = readTap(lines)
  expect(points.map((p) => p.ok)).toEqual(Object.values(ROWS).map((r) => r.passed))
  expect(points.at(-1)!.yaml).toMatchObject({ message: expect.stringContaining('a "b", <c>') })
})

const visibility = z.enum(['hidden', 'after_due_date', 'after_published', 'visible'])
const format = z.enum(['text', 'html', 'simple_format', 'md', 'ansi'])
/** https://gradescope-autograders.readthedocs.io/en/latest/specs/#output-format */
const gradescope = z.strictObject({
  score: z.number(),
  execution_time: z.number().optional(),
  output: z.string().optional(),
  output_format: format.optional(),
  test_output_format: format.optional(),
  test_name_format: format.optional(),
  visibility: visibility.optional(),
  stdout_visibility: visibility.optional(),
  extra_data: z.unknown().optional(),
  tests: z.array(
    z.strictObject({
      score: z.number(),
      max_score: z.number(),
      status: z.enum(['passed', 'failed']),
      name: z.string().min(1),
      name_format: format.optional(),
      number: z.string().optional(),
      output: z.string().optional(),
      output_format: format.optional(),
      tags: z.array(z.string()).optional(),
      visibility: visibility.optional(),
      extra_data: z.unknown().optional(),
    }),
  ),
})
test.each(each)('gradescope takes %s', (_, result) => {
  const read = gradescope.parse(JSON.parse(write('gradescope', report(result))))
  expect(read.score).toBe(result.score)
  for (const [i, t] of read.tests.entries()) {
    expect(t.score).toBeLessThanOrEqual(t.max_score)
    expect(t.visibility).toBe(result.checks[i]!.hidden ? 'hidden' : 'visible')
  }
})

const instant = z.string().regex(/^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/)
const text = z.string().min(1)
/** foundation50/classroom50: schemas/result-v1.schema.json; and what its validators ask beyond it. */
const classroom50 = z.strictObject({
  schema: z.literal('classroom50/result/v1'),
  classroom: text,
  assignment: text,
  assignment_type: z.enum(['individual', 'group', 'team']),
  owner: text,
  submission: z.string().regex(/^submit\//),
  commit: text,
  release: text,
  review: text,
  datetime: instant,
  graded_at: instant.optional(),
  score: z.int().min(0),
  'max-score': z.int().min(0),
  // Further texts on a test are kept as they are.
  tests: z.array(
    z.strictObject({
      'test-name': text,
      passed: z.boolean(),
      score: z.int().min(0),
      'max-score': z.int().min(0),
      message: z.string().optional(),
    }),
  ),
})
describe('classroom50', () => {
  const RUNNER = {
    CLASSROOM: 'k8s',
    ASSIGNMENT: 'w1',
    ASSIGNMENT_TYPE: 'team',
    OWNER: 'anna',
    SUBMISSION_TAG: 'submit/2026-06-01T14-32-05Z-a1b2c3d',
    COMMIT_URL: 'https://x/c',
    RELEASE_URL: 'https://x/r',
  }
  test.each(each)('takes %s', (_, result) => {
    const read = classroom50.parse(JSON.parse(write('classroom50', report(result), RUNNER)))
    expect(read).toMatchObject({ classroom: 'k8s', assignment: 'w1', assignment_type: 'team', owner: 'anna', review: 'https://x/c' })
    expect(read.score).toBeLessThanOrEqual(read['max-score'])
    if (read.tests.length > 0) expect(read.tests.reduce((n, t) => n + t.score, 0)).toBe(result.score)
    for (const t of read.tests) expect(t.score).toBeLessThanOrEqual(t['max-score'])
    expect(JSON.stringify(read)).not.toMatch(/[Ss]ecret/)
  })
  test.each(each)('takes %s from outside of its runner', (_, result) => {
    expect(classroom50.safeParse(JSON.parse(write('classroom50', report(result))))).toMatchObject({ success: true })
  })
})

/** What GitHub Classroom's reporter reads of a step's output: base64 of JSON; `tests` with a score each add up. */
describe('github-classroom', () => {
  const reporter = z.strictObject({
    version: z.literal(1),
    status: z.enum(['pass', 'fail', 'error']),
    max_score: z.int().min(0),
    tests: z
      .array(z.strictObject({ name: text, status: z.enum(['pass', 'fail', 'error']), score: z.int().min(0), message: z.string() }))
      .min(1),
  })
  test.each(each)('takes %s', (_, result) => {
    const line = write('github-classroom', report(result))
    // One line: it becomes `result=…` in $GITHUB_OUTPUT.
    expect(line).toMatch(/^[A-Za-z0-9+/]+=*\n$/)
    const read = reporter.parse(JSON.parse(Buffer.from(line, 'base64').toString('utf8')))
    expect(read.status).toBe(result.status === 'graded' ? (result.passed ? 'pass' : 'fail') : 'error')
    expect(read.tests.reduce((n, t) => n + t.score, 0)).toBe(result.score)
    expect(read.max_score).toBe(result.maxScore)
    expect(JSON.stringify(read)).not.toMatch(/[Ss]ecret/)
  })
})

/** Moodle maps one column to who it is, one to the mark, one to the feedback: a heading that names each, a line a student, a number as the mark. */
test('csv is what Moodle imports: student, score, feedback', () => {
  const [head, ...rows] = readCsv(csvFormat.write(CLASS, { env: {}, nowMs: 0 }))
  const column = (name: string): string[] => rows.map((r) => r[head!.indexOf(name)]!)
  expect(new Set(head).size).toBe(head!.length)
  expect(column('student').slice(0, 4)).toEqual(['anna', 'bob', 'carla', 'dora'])
  expect(column('score').map(Number)).toEqual(Object.values(ROWS).map((r) => r.score))
  expect(column('feedback')[0]).toBe('')
  expect(column('feedback')[2]).toBe('Title of guard: look at guard')
  expect(column('feedback').join()).not.toMatch(/secret/i)
})

test('markdown is GitHub’s: headings, paragraphs, tables, lists; nothing of a student’s is markup', () => {
  const seen = new Set<string>()
  const marked = new Marked({ gfm: true, walkTokens: (token) => void seen.add(token.type) })
  const page = marked.parse(write('markdown', CLASS)) as string
  expect(
    [...seen].filter((type) => !['heading', 'paragraph', 'text', 'space', 'table', 'escape', 'list', 'list_item'].includes(type)),
  ).toEqual([])
  expect(page.match(/<tr>/g)!.length).toBeGreaterThan(each.length)
  expect(page).not.toMatch(/<c>|<a |<img/)
})

test.each([
  ['anna.jsonl', 'anna'],
  ['class/anna.sh', 'anna'],
  ['class/anna/', 'anna'],
  ['a.b@school.mx.yaml', 'a.b@school.mx'],
  ['class/x\\bob.sh', 'x\\bob'],
])('the student of %s is %s', (path, student) => expect(studentOf(path)).toBe(student))

test('what people read is in their language; what programs read is not', () => {
  const inSpanish = (name: string): string =>
    reportFormats.find((f) => f.name === name)!.write(CLASS, { env: {}, nowMs: 1_770_000_000_000, lang: 'es' })
  expect(inSpanish('text')).toContain('class/anna.jsonl  6/6  superado')
  expect(inSpanish('markdown')).toContain('Superado por 1 de 6')
  expect(inSpanish('html')).toMatch(/<html lang="es">[\s\S]*<th>entrega<\/th>/)
  for (const { name } of reportFormats) {
    if (/^(?:text|markdown|html)$/.test(name)) expect(inSpanish(name), name).not.toMatch(/\b(?:passed|submission|seen|failed)\b/)
    else expect(inSpanish(name), name).toBe(write(name, CLASS))
  }
})
