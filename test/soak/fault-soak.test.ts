/**
 * Faults over workloads, both drawn from seeds: no acknowledged write is lost, no StatefulSet's pod runs twice, no address is given twice, no
 * storm of events, and when the faults have ended all is as declared. FAULT_SEEDS (300; nightly 10,000) sets how many, FAULT_FROM where to begin.
 */
import { expect, test } from 'vitest'
import { drawFaultPlan } from './fault-draw.ts'
import { playFaults } from './fault-play.ts'

const from = Number(process.env['FAULT_FROM'] ?? 0)
const count = Number(process.env['FAULT_SEEDS'] ?? 300)
/** Seeds a test row; a row that fails names them. */
const BATCH = 20

test.each([
  ['an evicted pod is over once its containers are', 1124],
  ['a claim on a cut node is not given to a second pod of its StatefulSet', 256],
])('%s (seed %i)', (_what, number) => {
  expect(playFaults(drawFaultPlan(number)).problem).toBeUndefined()
})

const batches = Array.from({ length: Math.ceil(count / BATCH) }, (_, i) => from + i * BATCH)

test.each(batches)(
  `${BATCH} seeds from %i`,
  (first) => {
    const found: string[] = []
    let acknowledged = 0
    for (let number = first; number < Math.min(first + BATCH, from + count); number++) {
      const plan = drawFaultPlan(number)
      const outcome = playFaults(plan)
      acknowledged += outcome.acknowledged
      if (outcome.problem !== undefined)
        found.push(`seed ${number}: ${outcome.problem}\n${plan.blows.map((b) => `  ${JSON.stringify(b)}`).join('\n')}`)
    }
    expect(found.join('\n')).toBe('')
    expect(acknowledged).toBeGreaterThan(0)
  },
  240_000,
)
