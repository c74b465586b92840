import fc from 'fast-check'
import { expect, test } from 'vitest'
import { humanDuration } from '../../src/api/ages.ts'
import { durationError, formatDuration, parseDuration } from '../../src/api/durations.ts'
import { formatMicroTime, formatRfc1123, formatTime, parseTime } from '../../src/api/rfc3339.ts'

const S = 1000
const M = 60 * S
const H = 60 * M
const D = 24 * H
test.each([
  [-2 * S, '<invalid>'],
  [-S, '0s'],
  [5 * S, '5s'],
  [119 * S, '119s'],
  [120 * S, '2m'],
  [150 * S, '2m30s'],
  [10 * M + 5 * S, '10m'],
  [3 * H, '3h'],
  [3 * H + 5 * M, '3h5m'],
  [8 * H + 5 * M, '8h'],
  [47 * H, '47h'],
  [2 * D + 5 * H, '2d5h'],
  [8 * D + 5 * H, '8d'],
  [729 * D, '729d'],
  [740 * D, '2y10d'],
  [10 * 365 * D, '10y'],
])('age of %d ms is %s', (ms, want) => expect(humanDuration(ms)).toBe(want))

test.each([
  ['1h2m3.5s', 3723500],
  ['-1.5h', -5400000],
  ['300ms', 300],
  ['0', 0],
  ['1m30s', 90000],
  ['.5s', 500],
])('duration %s', (text, ms) => expect(parseDuration(text)).toBe(ms))
test.each([
  ['', 'time: invalid duration ""'],
  ['3', 'time: missing unit in duration "3"'],
  ['1x', 'time: unknown unit "x" in duration "1x"'],
  ['s', 'time: invalid duration "s"'],
])('%j is no duration', (text, want) => expect(durationError(text)).toBe(want))
test.each([
  [0, '0s'],
  [1.5, '1.5ms'],
  [90000, '1m30s'],
  [3600000, '1h0m0s'],
  [3723500, '1h2m3.5s'],
])('%d ms prints as %s', (ms, want) => expect(formatDuration(ms)).toBe(want))

test('printed durations read back', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10 ** 10 }), (ms) => {
      expect(parseDuration(formatDuration(ms))).toBe(ms)
    }),
  )
})

test('times agree with the calendar', () => {
  fc.assert(
    fc.property(fc.date({ min: new Date(0), max: new Date('9999-12-31T00:00:00Z'), noInvalidDate: true }), (date) => {
      expect(formatTime(date.getTime())).toBe(`${date.toISOString().slice(0, 19)}Z`)
      expect(formatMicroTime(date.getTime())).toBe(`${date.toISOString().slice(0, 23)}000Z`)
      expect(parseTime(date.toISOString())).toBe(date.getTime())
      expect(formatRfc1123(date.getTime())).toBe(date.toUTCString().replace('GMT', '+0000'))
    }),
  )
})
test('offsets, and what is no time', () => {
  expect(parseTime('2026-11-20T08:14:00+02:00')).toBe(parseTime('2026-11-20T06:14:00Z'))
  expect(parseTime('2026-02-30T00:00:00Z')).toBeUndefined()
  expect(parseTime('yesterday')).toBeUndefined()
})
