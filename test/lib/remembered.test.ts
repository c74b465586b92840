/** Answers that are kept: each text is worked out once, also where the answer is undefined; what fails is tried again. */
import { expect, test } from 'vitest'
import { remembered } from '../../src/lib/remembered.ts'

test('an answer is worked out once, undefined too', () => {
  const asked: string[] = []
  const length = remembered(2, (text) => {
    asked.push(text)
    return text === '' ? undefined : text.length
  })
  expect([length('ab'), length(''), length('ab'), length('')]).toEqual([2, undefined, 2, undefined])
  expect(asked).toEqual(['ab', ''])
})

test('when there are too many, all are forgotten', () => {
  let made = 0
  const next = remembered(2, () => ++made)
  expect([next('a'), next('b'), next('c'), next('c'), next('a')]).toEqual([1, 2, 3, 3, 4])
})

test('what is thrown is not kept', () => {
  let tries = 0
  const second = remembered(2, () => {
    tries++
    if (tries === 1) throw new Error('not yet')
    return tries
  })
  expect(() => second('x')).toThrow('not yet')
  expect(second('x')).toBe(2)
})
