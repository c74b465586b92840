/** Storms in the cluster: each ends by itself or at a limit, within five seconds of processor time. */
import { expect, test } from 'vitest'
import { chosen, expectBounded } from './corpus/cost.ts'
import { rows } from './corpus/worlds.ts'

/** The rest is left to the night. */
const OFTEN = [
  'deployment crashing',
  'cron x50 sleeping',
  'crd loop',
  'vap nested',
  '1MB get json',
  'pod with env doubling',
  'pod with 3000 crashing',
  'go-template printf',
  'helm repeat',
  'map doubling',
]

test('each row has a name of its own, and those that run often are there', () => {
  expect(new Set(rows.map(([name]) => name)).size).toBe(rows.length)
  expect(OFTEN.filter((name) => !rows.some((row) => row[0] === name))).toEqual([])
})

test.each(chosen(rows, OFTEN))('%s', { timeout: 120_000 }, (_name, script) => expectBounded(script))
