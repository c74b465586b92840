/** Back-off of restarts and pulls: 10 s doubled to 5 min, forgotten after 10 min of peace. */
import { expect, test } from 'vitest'
import { inBackoff, nextBackoff } from '../../src/node/kubelet/backoff.ts'

test('the first restart waits for nothing, the next for 10 s, then twice as long up to 5 min', () => {
  const delays: number[] = []
  let entry = nextBackoff(undefined, 0, 0)
  for (let i = 0; i < 7; i++) {
    delays.push(entry.delayMs / 1000)
    entry = nextBackoff(entry, entry.updatedMs + 1000, entry.updatedMs + 1000)
  }
  expect(delays).toEqual([10, 20, 40, 80, 160, 300, 300])
})

test.each([
  ['no entry holds nothing back', undefined, 0, 0, false],
  ['within the delay since the end of the run', { delayMs: 10_000, updatedMs: 0 }, 1_000, 10_999, true],
  ['after it', { delayMs: 10_000, updatedMs: 0 }, 1_000, 11_000, false],
  ['an entry older than ten minutes is forgotten', { delayMs: 300_000, updatedMs: 0 }, 601_000, 601_001, false],
])('%s', (_name, entry, eventMs, nowMs, held) => expect(inBackoff(entry, eventMs, nowMs)).toBe(held))

test('after ten minutes of peace it begins anew', () => {
  expect(nextBackoff({ delayMs: 160_000, updatedMs: 0 }, 700_000, 700_000).delayMs).toBe(10_000)
})
