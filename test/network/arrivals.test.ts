/** What a process is told of the load that arrives at it. */
import { describe, expect, test } from 'vitest'
import { type Arrivals, noArrivals, passWindow } from '../../src/network/load/arrivals.ts'

const TICK_MS = 100

/** What `a` is told, and when, as requests arrive; `perSecond` is asked for each tenth of a second. */
function told(perSecond: (ms: number) => number, untilMs: number): (readonly [atMs: number, rate: number])[] {
  const heard: (readonly [number, number])[] = []
  let arrivals: Arrivals = { ...noArrivals(0), told: { other: 1 } }
  for (let nowMs = TICK_MS; nowMs <= untilMs; nowMs += TICK_MS) {
    const count = (perSecond(nowMs) * TICK_MS) / 1000
    const passed = passWindow(arrivals, new Map(count > 0 ? [['a', { count, busyMs: 0 }]] : []), nowMs)
    arrivals = passed.arrivals
    for (const [key] of passed.changed) if (key === 'a') heard.push([nowMs, Math.round(arrivals.told['a'] ?? 0)])
  }
  return heard
}

describe('what a process is told of its load', () => {
  const rows: readonly (readonly [name: string, perSecond: (ms: number) => number, heard: readonly (readonly [number, number])[]])[] = [
    ['a steady one, once', () => 105, [[5_000, 105]]],
    [
      'one that began within a window: what the next window shows',
      (ms) => (ms <= 600 ? 0 : 105),
      [
        [5_000, 92],
        [10_000, 105],
      ],
    ],
    [
      'one that fell within a window: what is left',
      (ms) => (ms <= 8_000 ? 100 : 70),
      [
        [5_000, 100],
        [10_000, 88],
        [15_000, 70],
      ],
    ],
    ['what wavers by less than a quarter, once', (ms) => (Math.floor(ms / 5_001) % 2 === 0 ? 100 : 103), [[5_000, 100]]],
    [
      'one that ends: nothing',
      (ms) => (ms <= 7_000 ? 100 : 0),
      [
        [5_000, 100],
        [10_000, 40],
        [15_000, 0],
      ],
    ],
  ]
  test.each(rows)('%s', (_, perSecond, heard) => expect(told(perSecond, 30_000)).toEqual(heard))
})
