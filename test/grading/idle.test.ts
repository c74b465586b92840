/** Time in which nothing happens is not free: a submission that lets a day pass ends at a limit, and the longest honest one does not. */
import { expect, test } from 'vitest'
import { Examination } from '../../src/grading/run.ts'
import type { Level } from '../../src/levels/loader/level.ts'
import { JOURNAL_FORMAT, type Journal } from '../../src/session/journal.ts'
import { levelOf } from './level.ts'

const CHECKS = `
- {id: seen, title: Seen, points: 1, http: {from: external, url: "http://192.168.0.10/", expect: {status: 404}}}
- {id: never, title: Never, points: 1, state: {kind: ConfigMap, name: never}}
`
const HOUR_MS = 3_600_000

const idler = (level: Level, ms: number): Journal => ({
  header: { type: 'header', format: JOURNAL_FORMAT, engine: 'x', level: level.name, levelHash: level.hash, seed: '0', preset: 'default' },
  records: [
    { type: 'input', at: 0, text: 'true' },
    { type: 'input', at: ms, text: 'true' },
  ],
})

test.each([
  ['two hours in a level of two', '2h', 2, 'graded', undefined],
  ['four hours in a level without a time', undefined, 4, 'graded', undefined],
  ['a day in a level without a time', undefined, 24, 'limit', 'time'],
  ['a day in a level that gives two', '48h', 24, 'limit', 'work'],
])('%s', { timeout: 60_000 }, (_name, time, hours, status, limit) => {
  const level = levelOf({ checks: CHECKS, ...(time !== undefined && { spec: `  limits: {time: ${time}}` }) })
  const result = new Examination(level).grade({ kind: 'journal', name: 'x.jsonl', journal: idler(level, hours * HOUR_MS - 300_000) })
  expect({ status: result.status, message: result.message }).toEqual({
    status,
    message: limit === undefined ? undefined : expect.stringContaining(limit),
  })
})
