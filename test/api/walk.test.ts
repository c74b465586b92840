import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cloneJson, deepEqual, deepFreeze, deletePath, getPath, semanticEqual, setPath, stableStringify } from '../../src/api/walk.ts'

test('equality: plain and semantic', () => {
  expect(deepEqual({ a: undefined, b: [1] }, { b: [1] })).toBe(true)
  expect(deepEqual({ a: null }, {})).toBe(false)
  expect(deepEqual([], {})).toBe(false)
  expect(semanticEqual({ a: {}, b: [], c: null }, {})).toBe(true)
  expect(semanticEqual({ a: { b: 0 } }, {})).toBe(false)
})

test('paths', () => {
  const object: Record<string, unknown> = {}
  setPath(object, ['spec', 'list', 0, 'a.b'], 1)
  expect(object).toEqual({ spec: { list: [{ 'a.b': 1 }] } })
  expect(getPath(object, 'spec.list.0')).toEqual({ 'a.b': 1 })
  expect(getPath(object, 'spec.none.x')).toBeUndefined()
  expect(getPath(object, 'constructor')).toBeUndefined()
  deletePath(object, ['spec', 'list'])
  expect(object).toEqual({ spec: {} })
  setPath(object, ['__proto__', 'polluted'], true)
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
})

test('sorted JSON, indented as Go indents', () => {
  expect(stableStringify({ b: [], a: { d: 1, c: '<' } }, { indent: 2, html: true })).toBe(
    '{\n  "a": {\n    "c": "\\u003c",\n    "d": 1\n  },\n  "b": []\n}',
  )
})

test('copies are equal, mutable and apart; printing is stable', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const frozen = deepFreeze(value)
      const copy = cloneJson(frozen)
      expect(deepEqual(copy, frozen)).toBe(true)
      expect(typeof copy === 'object' && copy !== null ? Object.isFrozen(copy) : false).toBe(false)
      expect(deepEqual(JSON.parse(stableStringify(value)), JSON.parse(JSON.stringify(value)))).toBe(true)
    }),
  )
})
