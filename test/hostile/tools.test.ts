/** Loops over the prompt's tools: each ends by itself or at a limit, within five seconds of processor time. */
import { expect, test } from 'vitest'
import { ALL, chosen, expectBounded } from './corpus/cost.ts'
import { rows } from './corpus/tools.ts'

/** The rest is left to the night. */
const OFTEN = [
  'jq match loop',
  'jq tojson doubling',
  'jq array double',
  'jq regex gsub',
  'jq fromjson',
  'awk gsub grow',
  'awk match substr',
  'awk index',
  'sort big',
  'diff big',
  'column',
  'sed hold',
  'grep -o',
  'grep -w',
  'openssl genrsa',
  'brace nest',
  'recursion subst',
  'param expansion',
  'array expand',
  'heredoc MB',
  'mkdir deep',
  'prompt many files',
]

test('each row has a name of its own, and those that run often are there', () => {
  expect(new Set(rows.map(([name]) => name)).size).toBe(rows.length)
  expect(OFTEN.filter((name) => !rows.some((row) => row[0] === name))).toEqual([])
  if (!ALL) expect(chosen(rows, OFTEN)).toHaveLength(OFTEN.length)
})

test.each(chosen(rows, OFTEN))('%s', { timeout: 120_000 }, (_name, script) => expectBounded(script))
