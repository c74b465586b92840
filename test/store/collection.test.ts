import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ApiObject } from '../../src/api/meta.ts'
import { Collection } from '../../src/store/collection.ts'

const object = (name: string): ApiObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } })

test('holds what a sorted map would hold, whatever is written and deleted', () => {
  const step = fc.record({ key: fc.integer({ min: 0, max: 700 }), remove: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step, { minLength: 300, maxLength: 1500, size: 'max' }), (steps) => {
      const collection = new Collection()
      const model = new Map<string, ApiObject>()
      for (const { key, remove } of steps) {
        const name = `k${key}`
        if (remove) {
          collection.delete(name)
          model.delete(name)
        } else {
          const value = object(name)
          collection.set(name, value)
          model.set(name, value)
        }
      }
      const sorted = [...model].sort(([a], [b]) => (a < b ? -1 : 1))
      expect(collection.list()).toEqual(sorted.map(([, o]) => o))
      expect(collection.size).toBe(model.size)
      for (const [key, value] of sorted.slice(0, 20)) expect(collection.get(key)).toBe(value)
      expect(collection.get('nothing')).toBeUndefined()
    }),
    { numRuns: 30, seed: 1 },
  )
})

test('a snapshot stays as it was', () => {
  const collection = new Collection()
  for (let i = 0; i < 1000; i++) collection.set(String(i).padStart(4, '0'), object(String(i)))
  const before = collection.list()
  collection.delete('0500')
  collection.set('9999', object('last'))
  expect(before).toHaveLength(1000)
  expect(collection.list()).toHaveLength(1000)
  expect(collection.list().at(-1)?.metadata.name).toBe('last')
})
