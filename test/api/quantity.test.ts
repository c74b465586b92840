import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ApiError } from '../../src/api/errors.ts'
import {
  addQuantities,
  compareQuantities,
  formatQuantity,
  milliValue,
  parseQuantity,
  QUANTITY_FORMAT_ERROR,
  quantityError,
  quantityValue,
  scaleToDivisor,
  subtractQuantities,
} from '../../src/api/quantity.ts'

describe('canonical text', () => {
  test.each([
    ['1000m', '1'],
    ['0.5', '500m'],
    ['1500m', '1500m'],
    ['1048576Ki', '1Gi'],
    ['1.5Gi', '1536Mi'],
    ['0.5Ki', '512'],
    ['1e8', '100e6'],
    ['100e6', '100e6'],
    ['1E', '1E'],
    ['1000000', '1M'],
    ['1234567', '1234567'],
    ['0', '0'],
    ['0Gi', '0'],
    ['-1Ki', '-1Ki'],
    ['+2', '2'],
    ['1023Ki', '1023Ki'],
    ['0.1Ki', '102400m'],
    ['1n', '1n'],
    ['0.1n', '1n'],
    ['1.', '1'],
    ['.5', '500m'],
    ['9999999999999999999999', '9223372036854775807'],
  ])('%s → %s', (text, want) => expect(formatQuantity(text)).toBe(want))

  test('numbers of YAML count too', () => {
    expect(formatQuantity(0.1)).toBe('100m')
    expect(formatQuantity(1e8)).toBe('100M')
  })
})

test.each(['', '64MB', '1,5', '1 Gi', 'abc', '1.5.5', '1gb', '1Gib'])('%j is refused in upstream words', (text) => {
  expect(quantityError(text)).toBe(QUANTITY_FORMAT_ERROR)
  expect(() => parseQuantity(text)).toThrow(ApiError)
})
test.each(['1mm', '--1'])('%j has a suffix of the right letters that means nothing', (text) =>
  expect(quantityError(text)).toBe("unable to parse quantity's suffix"),
)

test('values round away from zero', () => {
  expect(milliValue('1.0001')).toBe(1001)
  expect(quantityValue('100m')).toBe(1)
  expect(quantityValue('-100m')).toBe(-1)
  expect(quantityValue('128Mi')).toBe(134217728)
})

test('sums keep the left format, unless that is zero', () => {
  expect(formatQuantity(addQuantities('1Gi', '1G'))).toBe('2073741824')
  expect(formatQuantity(addQuantities('0', '1Gi'))).toBe('1Gi')
  expect(formatQuantity(subtractQuantities('1', '250m'))).toBe('750m')
})

test('divisors of resourceFieldRef', () => {
  expect(scaleToDivisor('1500m', '1', 'milli')).toBe(2)
  expect(scaleToDivisor('1500m', '1m', 'milli')).toBe(1500)
  expect(scaleToDivisor('64Mi', '1Mi', 'whole')).toBe(64)
  expect(scaleToDivisor('64Mi', '0', 'whole')).toBe(67108864)
})

describe('properties', () => {
  const text = fc
    .tuple(
      fc.integer({ min: -1_000_000, max: 1_000_000 }),
      fc.option(fc.nat(999_999)),
      fc.constantFrom('', 'n', 'u', 'm', 'k', 'M', 'G', 'Ki', 'Mi', 'Gi', 'e3', 'e-2'),
    )
    .map(([whole, fraction, suffix]) => `${whole}${fraction === null ? '' : `.${fraction}`}${suffix}`)
  test('canonical text means the same and is its own canonical text', () => {
    fc.assert(
      fc.property(text, (t) => {
        const canonical = formatQuantity(t)
        expect(compareQuantities(t, canonical)).toBe(0)
        expect(formatQuantity(canonical)).toBe(canonical)
      }),
    )
  })
  test('a + b - b = a', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(compareQuantities(subtractQuantities(addQuantities(a, b), b), a)).toBe(0)
      }),
    )
  })
  test('nothing throws but ApiError, and fast', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9eE.+\-kMGi]{0,24}$/)), (t) => {
        try {
          parseQuantity(t)
        } catch (e) {
          expect(e).toBeInstanceOf(ApiError)
        }
      }),
    )
  })
})
