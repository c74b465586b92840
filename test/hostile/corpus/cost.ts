/** Grades a hostile submission and holds it to what one may cost; HOSTILE=all (the nightly run) takes every row, twice. */
import { expect } from 'vitest'
import { Examination } from '../../../src/grading/run.ts'
import { levelOf } from '../../grading/level.ts'
import type { Row } from './row.ts'

export const ALL = process.env['HOSTILE'] === 'all'

/** Processor time, not the clock: a loaded machine takes longer and does no more. */
const MOST_CPU_MS = 5_000
/** Beside what the test run itself holds. */
const MOST_HEAP_BYTES = 512 * 1024 * 1024

const examination = new Examination(levelOf({ checks: '- {id: a, title: A, points: 1, state: {kind: ConfigMap, name: wanted}}' }))
const grade = (text: string): ReturnType<Examination['grade']> => examination.grade({ kind: 'script', name: 'x.sh', text, files: {} })

/** What is run at every change: the named rows, or all of them. */
export const chosen = (rows: readonly Row[], often: readonly string[]): Row[] => rows.filter(([name]) => ALL || often.includes(name))

export function expectBounded(script: string): void {
  const heapBefore = process.memoryUsage().heapUsed
  const begin = process.cpuUsage()
  const result = grade(script)
  const { user, system } = process.cpuUsage(begin)
  expect(['graded', 'limit']).toContain(result.status)
  expect(result).toMatchObject({ passed: false, score: 0 })
  if (result.status === 'limit') expect(result.message).toMatch(/^limit reached: \w/)
  expect((user + system) / 1000).toBeLessThan(MOST_CPU_MS)
  expect(process.memoryUsage().heapUsed - heapBefore).toBeLessThan(MOST_HEAP_BYTES)
  if (ALL) expect(grade(script)).toEqual(result)
  expect(grade('kubectl create configmap wanted')).toMatchObject({ status: 'graded', passed: true, score: 1 })
}
