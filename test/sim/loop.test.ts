import { describe, expect, test } from 'vitest'
import { LimitReached, Loop } from '../../src/sim/loop.ts'
import { createRandom } from '../../src/sim/random.ts'
import { CellMap } from '../../src/store/cells.ts'
import { Store } from '../../src/store/store.ts'

describe('timers', () => {
  test('fire in order of time, then of setting; setting again replaces', () => {
    const loop = new Loop(new CellMap(), 0)
    const fired: string[] = []
    loop.register({ name: 'a', onTimer: (id) => fired.push(`${id} ${loop.nowMs}`) })
    loop.timers.set('a', 'late', 50)
    loop.timers.set('a', 'one', 10)
    loop.timers.set('a', 'two', 10)
    loop.timers.set('a', 'late', 20)
    loop.timers.set('a', 'never', 15)
    loop.timers.cancel('a', 'never')
    loop.runUntil(100)
    expect(fired).toEqual(['one 10', 'two 10', 'late 20'])
    expect(loop.nowMs).toBe(100)
  })

  test('come back with a rewind', () => {
    const store = new Store()
    const loop = new Loop(store.cells, 0)
    const fired: string[] = []
    loop.register({ name: 'a', onTimer: (id) => fired.push(id) })
    loop.timers.set('a', 'x', 10)
    const mark = store.mark()
    loop.runUntil(20)
    store.rewind(mark)
    loop.resetTo(0)
    loop.runUntil(20)
    expect(fired).toEqual(['x', 'x'])
  })
})

test('work of an instant is done before time moves, and counted', () => {
  const loop = new Loop(new CellMap(), 0)
  const log: string[] = []
  let left = 3
  loop.register({ name: 'w', work: () => left-- > 0 && log.push(`work ${loop.nowMs}`) > 0, onTimer: () => (left = 1) })
  loop.timers.set('w', 't', 5)
  loop.runUntil(10)
  expect(log).toEqual(['work 0', 'work 0', 'work 0', 'work 5'])
  loop.maxEvents = loop.events
  left = 1
  expect(() => loop.settle()).toThrow(LimitReached)
})

describe('chance', () => {
  const random = createRandom('7')
  test('depends on purpose, subject and turn alone', () => {
    expect(random.unit('a', 'b', 1)).toBe(createRandom('7').unit('a', 'b', 1))
    expect(
      new Set([
        random.unit('a', 'b'),
        random.unit('a', 'c'),
        random.unit('b', 'b'),
        random.unit('a', 'b', 1),
        createRandom('8').unit('a', 'b'),
      ]).size,
    ).toBe(5)
  })
  test('spreads evenly enough', () => {
    const counts = [0, 0, 0, 0]
    for (let i = 0; i < 4000; i++) counts[random.below(4, 'spread', String(i))]!++
    for (const n of counts) expect(n).toBeGreaterThan(850)
  })
  test('uuids are version 4', () =>
    expect(random.uuid('u', 'x')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/))
})
