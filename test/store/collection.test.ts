import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ApiObject } from '../../src/api/meta.ts'
import { Collection, type Entry } from '../../src/store/collection.ts'

const object = (name: string): ApiObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } })

test('holds what a sorted map would hold, whatever is written and deleted', () => {
  const step = fc.record({ key: fc.integer({ min: 0, max: 700 }), remove: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step, { minLength: 300, maxLength: 1500, size: 'max' }), (steps) => {
      const collection = new Collection()
      const model = new Map<string, Entry>()
      for (const { key, remove } of steps) {
        const name = `k${key}`
        if (remove) {
          collection.delete(name)
          model.delete(name)
        } else {
          const known = model.get(name)
          if (known === undefined) {
            const entry = { key: name, object: object(name) }
            collection.add(entry)
            model.set(name, entry)
          } else {
            known.object = object(name)
            collection.touch()
          }
        }
      }
      const sorted = [...model].sort(([a], [b]) => (a < b ? -1 : 1))
      expect(collection.list()).toEqual(sorted.map(([, entry]) => entry.object))
      expect(collection.size).toBe(model.size)
    }),
    { numRuns: 30, seed: 1 },
  )
})

test('a snapshot stays as it was', () => {
  const collection = new Collection()
  for (let i = 0; i < 1000; i++) collection.add({ key: String(i).padStart(4, '0'), object: object(String(i)) })
  const before = collection.list()
  collection.delete('0500')
  collection.add({ key: '9999', object: object('last') })
  expect(before).toHaveLength(1000)
  expect(collection.list()).toHaveLength(1000)
  expect(collection.list().at(-1)?.metadata.name).toBe('last')
})
