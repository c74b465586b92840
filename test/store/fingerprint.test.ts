import { expect, test } from 'vitest'
import { fingerprint } from '../../src/store/fingerprint.ts'

const long = 'x'.repeat(100)

test.each([
  ['the order of keys', { a: 1, b: { c: 2, d: long } }, { b: { d: long, c: 2 }, a: 1 }],
  ['what is undefined', { a: 1, b: undefined }, { a: 1 }],
  ['revisions', { metadata: { name: 'x', resourceVersion: '4' } }, { metadata: { name: 'x', resourceVersion: '5' } }],
])('does not tell %s', (_, a, b) => {
  expect(fingerprint(a)).toBe(fingerprint(b))
})

test.each([
  ['values', { a: 1 }, { a: '1' }],
  ['the order of lists', { a: [1, 2] }, { a: [2, 1] }],
  ['null and nothing', { a: null }, {}],
  ['long texts', { a: `${long}1` }, { a: `${long}2` }],
  ['an empty list and an empty record', { a: [] }, { a: {} }],
  ['keys that look like others put together', { 'a":1,"b': 2 }, { a: 1, b: 2 }],
])('tells %s', (_, a, b) => {
  expect(fingerprint(a)).not.toBe(fingerprint(b))
})
