import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CellMap } from '../../src/store/cells.ts'
import { SortedRuns } from '../../src/store/sorted-runs.ts'

test('in order and under a prefix, whatever is added, taken out and looked at in between', () => {
  const step = fc.record({ key: fc.integer({ min: 0, max: 900 }), act: fc.constantFrom('add', 'add', 'add', 'delete', 'look') })
  fc.assert(
    fc.property(fc.array(step, { minLength: 400, maxLength: 2000, size: 'max' }), (steps) => {
      const runs = new SortedRuns<{ key: string }>()
      const model = new Set<string>()
      for (const { key, act } of steps) {
        const name = `${key % 7}/${key}`
        if (act === 'delete') {
          runs.delete(name)
          model.delete(name)
        } else if (act === 'add' && !model.has(name)) {
          runs.add({ key: name })
          model.add(name)
        } else if (act === 'look') {
          const prefix = `${key % 9}/`
          expect(runs.under(prefix).map((e) => e.key)).toEqual([...model].filter((k) => k.startsWith(prefix)).sort())
        }
        expect(runs.size).toBe(model.size)
      }
      expect(runs.runs().flatMap((run) => run.map((e) => e.key))).toEqual([...model].sort())
    }),
    { numRuns: 30, seed: 1 },
  )
})

test('keys of cells under a prefix, after writes, deletions and a rewind', () => {
  const cells = new CellMap()
  for (const key of ['b/2', 'a/1', 'b/1', 'b']) cells.put('f', key, 1)
  expect(cells.keys('f', 'b/')).toEqual(['b/1', 'b/2'])
  expect(cells.keys('f')).toEqual(['a/1', 'b', 'b/1', 'b/2'])
  const mark = cells.mark()
  cells.delete('f', 'b/1')
  cells.put('f', 'b/0', 1)
  cells.put('f', 'b/2', 2)
  expect(cells.keys('f', 'b/')).toEqual(['b/0', 'b/2'])
  cells.undo(mark)
  expect(cells.keys('f', 'b/')).toEqual(['b/1', 'b/2'])
  expect(cells.keys('nothing')).toEqual([])
})
