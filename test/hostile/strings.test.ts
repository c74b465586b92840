/** Whatever a student names things, no report runs it: escapes, bidi, formulas, markup, in names of people, files, levels, checks, and in what was seen. */
import { describe, expect, test } from 'vitest'
import { reportFormats } from '../../src/grading/reports/index.ts'
import type { GradingReport } from '../../src/grading/reports/report.ts'
import { readCsv, readXml } from '../grading/readers.ts'

const HARM: readonly (readonly [string, string])[] = [
  ['a colour', 'x\u001b[31mred'],
  ['a title of the terminal', 'x\u001b]0;owned\u0007'],
  ['an 8-bit escape', 'x\u009b31m'],
  ['text that runs backwards', 'x\u202egnp.exe'],
  ['an isolate', 'x\u2066\u2069'],
  ['a carriage return', 'good\rbad'],
  ['a line of its own', 'x\nok 99 - all passed'],
  ['a backspace', 'bad\b\b\bgood'],
  ['NUL', 'x\u0000y'],
  ['a formula', "=cmd|' /C calc'!A0"],
  ['a formula with @', '@SUM(A1:A9)'],
  ['a formula with +', '+1+1'],
  ['a formula with -', '-1+1'],
  ['a formula behind a tab', '\t=1+1'],
  ['a formula behind a line break', '\r=1+1'],
  ['a formula behind a blank', ' =1+1'],
  ['a formula behind what is not shown', '\u200b=1+1'],
  ['markup', '<script>alert(1)</script>'],
  ['an attribute', '" onmouseover="alert(1)'],
  ['a link', '[x](javascript:alert(1))'],
  ['a cell of its own', 'x | 10/10 | yes |'],
  ['the end of CDATA', ']]><evil/>'],
  ['a directive of TAP', '# SKIP not needed'],
]
const report = (text: string): GradingReport => ({
  schema: 'clusterlab/result/v1',
  level: text,
  levelHash: 'sha256:00',
  engine: '1.0.0',
  seed: '0',
  results: [
    {
      submission: text,
      status: 'graded',
      passed: false,
      score: 0,
      maxScore: 1,
      virtualSeconds: 1,
      stateHash: 'sha256:01',
      checks: [{ id: 'a', title: text, status: 'fail', score: 0, maxScore: 1, expected: text, observed: text, message: text }],
    },
    {
      submission: `b/${text}`,
      status: 'error',
      passed: false,
      score: 0,
      maxScore: 1,
      virtualSeconds: 0,
      stateHash: '',
      checks: [],
      message: text,
    },
  ],
})
const written = (name: string, text: string): string =>
  reportFormats.find((f) => f.name === name)!.write(report(text), { env: {}, nowMs: 0 })

describe.each(HARM)('%s', (_name, text) => {
  test.each(reportFormats.filter((f) => !/json|github|gradescope|classroom50/.test(f.name)).map((f) => [f.name]))(
    '%s shows no control',
    (name) => {
      expect(written(name, text)).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/)
    },
  )
  test('csv: no cell is a formula, and none breaks out', () => {
    const rows = readCsv(written('csv', text))
    expect(rows.map((row) => row.length)).toEqual([rows[0]!.length, rows[0]!.length, rows[0]!.length])
    expect(rows.flat().filter((cell) => /^[\s\u200b-\u200f\ufeff]*[=+\-@]/.test(cell) && !/^-?\d+$/.test(cell))).toEqual([])
  })
  test('html: no element and no attribute of theirs', () => {
    const page = written('html', text)
    expect(page).not.toMatch(/<script|<evil|<[^>]*onmouseover/i)
  })
  test('markdown: as many cells as the head', () => {
    const cells = (line: string): number => line.replace(/\\\|/g, '').split('|').length
    const table = written('markdown', text).split('\n')
    const head = table.findIndex((l) => l.startsWith('| submission'))
    expect(table.slice(head, head + 4).map(cells)).toEqual(Array(4).fill(cells(table[head]!)))
  })
  test('junit: well formed, two suites', () => {
    expect(readXml(written('junit', text)).children).toHaveLength(2)
  })
  test('tap: two points at the top, no directive of theirs', () => {
    const points = written('tap', text)
      .split('\n')
      .filter((l) => /^(not )?ok \d/.test(l))
    expect(points).toHaveLength(2)
    expect(points.filter((l) => /[^\\]# /.test(l))).toEqual([])
  })
})
