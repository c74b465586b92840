/**
 * The soak: worlds drawn from seeds, with commands, waits, faults, undos and forks, and what must hold of them after each step and
 * between runs. SOAK_SEEDS (default 60) sets how many, SOAK_FROM where to begin, SOAK_STEPS how long each is.
 */
import { expect, test } from 'vitest'
import { drawSoak } from './draw.ts'
import { report, slipOf } from './play.ts'

const from = Number(process.env['SOAK_FROM'] ?? 0)
const count = Number(process.env['SOAK_SEEDS'] ?? 60)
const length = Number(process.env['SOAK_STEPS'] ?? 18)

test.each(Array.from({ length: count }, (_, i) => from + i))('seed %i', (number) => {
  const soak = drawSoak(number, length)
  const slip = slipOf(soak)
  expect(slip === undefined ? 'ok' : report(soak, slip)).toBe('ok')
})
