/** Copies within a JSON patch: as many as are useful, and none that double without end. */
import { expect, test } from 'vitest'
import { ApiError } from '../../../src/api/errors.ts'
import { applyJsonPatch } from '../../../src/api/patch/json.ts'

const copies = (count: number) => Array.from({ length: count }, (_, i) => ({ op: 'copy', from: '/data', path: `/data/k${i}` }))

test('a few copies are made', () => {
  expect(applyJsonPatch({ data: { a: 'b' } }, copies(2))).toEqual({ data: { a: 'b', k0: { a: 'b' }, k1: { a: 'b', k0: { a: 'b' } } } })
})

test('copies of copies end at three megabytes', () => {
  expect(() => applyJsonPatch({ data: { a: 'b' } }, copies(60))).toThrow(ApiError)
})
