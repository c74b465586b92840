import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ApiError, fieldErrorText } from '../../src/api/errors.ts'
import { checkFieldSelector, formatFieldSelector, matchesFields, parseFieldSelector } from '../../src/api/field-selectors.ts'
import {
  formatLabelSelector,
  formatSelector,
  labelSelectorMatches,
  matchesLabels,
  parseLabelSelector,
  validateLabelSelector,
} from '../../src/api/selectors.ts'

const message = (run: () => unknown): string => {
  try {
    run()
  } catch (e) {
    expect(e).toBeInstanceOf(ApiError)
    return (e as Error).message
  }
  return ''
}

describe('matching', () => {
  const labels = { app: 'web', tier: 'front', size: '5' }
  test.each([
    ['', true],
    ['app=web', true],
    ['app==web,tier=front', true],
    ['app!=web', false],
    ['other!=x', true],
    ['app in (web, api)', true],
    ['app notin (web)', false],
    ['other notin (web)', true],
    ['app', true],
    ['!app', false],
    ['!other', true],
    ['size>4', true],
    ['size<5', false],
    ['app>4', false],
    ['app=', false],
    ['in=x', false],
    ['constructor', false],
  ])('%j is %s', (text, want) => expect(matchesLabels(parseLabelSelector(text), labels)).toBe(want))
})

describe('errors', () => {
  test.each([
    ['x===', "unable to parse requirement: found '=', expected: identifier"],
    ['app in web', "unable to parse requirement: found 'web' expected: '('"],
    ['app=web prod', "found 'prod', expected: ',' or 'end of string'"],
    ['a=b,', "found '', expected: identifier after ','"],
    [',', "found ',', expected: !, identifier, or 'end of string'"],
    ['a in ()', "unable to parse requirement: values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty"],
    ['a x', "unable to parse requirement: found 'x', expected: in, notin, =, ==, !=, gt, lt"],
  ])('%j: %s', (text, want) => expect(message(() => parseLabelSelector(text))).toBe(want))
  test('bad keys and values name themselves', () => {
    expect(message(() => parseLabelSelector('-a=b'))).toMatch(
      /^unable to parse requirement: <nil>: Invalid value: "-a": name part must consist/,
    )
    expect(message(() => parseLabelSelector('a=b-'))).toMatch(
      /^unable to parse requirement: values\[0\]\[a\]: Invalid value: "b-": a valid label must/,
    )
  })
})

test('selector objects', () => {
  expect(labelSelectorMatches(undefined, {})).toBe(false)
  expect(labelSelectorMatches({}, {})).toBe(true)
  const object = { matchLabels: { app: 'web' }, matchExpressions: [{ key: 'tier', operator: 'In', values: ['b', 'a'] }] }
  expect(formatLabelSelector(object)).toBe('app=web,tier in (a,b)')
  expect(formatLabelSelector({})).toBe('<none>')
  expect(labelSelectorMatches(object, { app: 'web', tier: 'a' })).toBe(true)
  const wrong = {
    matchExpressions: [
      { key: 'a', operator: 'Exists', values: ['x'] },
      { key: 'b', operator: 'Is' },
      { key: 'c', operator: 'In' },
    ],
  }
  expect(validateLabelSelector(wrong, 'spec.selector').map(fieldErrorText)).toEqual([
    "spec.selector.matchExpressions[0].values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
    'spec.selector.matchExpressions[1].operator: Invalid value: "Is": not a valid selector operator',
    "spec.selector.matchExpressions[2].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
  ])
})

describe('field selectors', () => {
  test('match, escape and print', () => {
    const selector = parseFieldSelector('status.phase=Running,metadata.name!=x\\,y')
    const fields: Record<string, string> = { 'status.phase': 'Running', 'metadata.name': 'x' }
    expect(matchesFields(selector, (f) => fields[f] ?? '')).toBe(true)
    expect(formatFieldSelector(selector)).toBe('metadata.name!=x\\,y,status.phase=Running')
  })
  test('what is wrong', () => {
    expect(message(() => parseFieldSelector('a'))).toBe("invalid selector: 'a'; can't understand 'a'")
    expect(message(() => checkFieldSelector(parseFieldSelector('data.k=v'), []))).toBe(
      '"data.k" is not a known field selector: only "metadata.name", "metadata.namespace"',
    )
    expect(message(() => checkFieldSelector(parseFieldSelector('spec.x=1'), ['spec.nodeName']))).toBe('field label not supported: spec.x')
  })
})

describe('properties', () => {
  const word = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,5}[a-z0-9])?$/)
  const term = fc.oneof(
    fc.tuple(word, fc.constantFrom('=', '==', '!='), word).map((p) => p.join('')),
    fc
      .tuple(word, fc.constantFrom(' in ', ' notin '), fc.array(word, { minLength: 1, maxLength: 3 }))
      .map(([k, o, v]) => `${k}${o}(${v.join(',')})`),
    word,
    word.map((w) => `!${w}`),
  )
  test('printing and parsing agree', () => {
    fc.assert(
      fc.property(fc.array(term, { maxLength: 4 }), fc.dictionary(word, word), (terms, labels) => {
        const once = parseLabelSelector(terms.join(','))
        const again = parseLabelSelector(formatSelector(once))
        expect(again).toEqual(once)
        expect(matchesLabels(again, labels)).toBe(matchesLabels(once, labels))
      }),
    )
  })
  test('nothing throws but ApiError', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab=!<>(), in\\"') }), (text) => {
        message(() => parseLabelSelector(text))
        message(() => parseFieldSelector(text))
      }),
    )
  })
})
