import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ApiError } from '../../src/api/errors.ts'
import { jsonPathValues, printJsonPath, printJsonPathAsJson, relaxedJsonPath } from '../../src/api/jsonpath.ts'

const data = {
  kind: 'List',
  items: [
    {
      metadata: { name: 'a', labels: { 'app.kubernetes.io/name': 'x', tier: 'front' } },
      ready: true,
      n: 1,
      conditions: [{ type: 'Ready', status: 'True' }],
    },
    {
      metadata: { name: 'b' },
      ready: false,
      n: 2,
      conditions: [
        { type: 'Ready', status: 'False' },
        { type: 'Other', status: 'True' },
      ],
    },
  ],
}

describe('printing', () => {
  test.each([
    ['{.kind}', 'List'],
    ['{$.kind}{"\\n"}', 'List\n'],
    ['plain {.kind}!', 'plain List!'],
    ['{.items[*].metadata.name}', 'a b'],
    ['{.items..name}', 'a b'],
    ['{..name}', 'a b'],
    ['{.items[0].metadata.name}', 'a'],
    ['{.items[-1].metadata.name}', 'b'],
    ['{.items[-1:].metadata.name}', 'b'],
    ['{.items[0:1].metadata.name}', 'a'],
    ['{.items[:].metadata.name}', 'a b'],
    ['{.items[::2].metadata.name}', 'a'],
    ['{.items[0,1].n}', '1 2'],
    ["{.items[0]['metadata.name','n']}", 'a 1'],
    ["{.items[0].metadata.labels['app\\.kubernetes\\.io/name']}", 'x'],
    ['{.items[0].metadata.labels.app\\.kubernetes\\.io/name}', 'x'],
    ['{.items[?(@.n==2)].metadata.name}', 'b'],
    ['{.items[?(@.n>1)].metadata.name}', 'b'],
    ['{.items[?(@.metadata.name!="a")].n}', '2'],
    ['{.items[?(@.metadata.labels)].n}', '1'],
    ['{.items[?(@.ready==true)].n}', '1'],
    ['{.items[1].conditions[?(@.type=="Ready")].status}', 'False'],
    ['{range .items[*]}{.metadata.name}={.n}{"\\n"}{end}', 'a=1\nb=2\n'],
    ['{range .items[*]}{.n}:{range .conditions[*]} {.type}{end};{end}', '1: Ready;2: Ready Other;'],
    ['{.items[0].metadata.labels}', '{"app.kubernetes.io/name":"x","tier":"front"}'],
    ['{.items[0].conditions}', '[{"status":"True","type":"Ready"}]'],
    ['{.nope}', ''],
    ['{.nope.deeper}|', '|'],
    ['{.items[*].ready}', 'true false'],
    ["{'single'} {.kind}", 'single List'],
  ])('%s', (template, want) => expect(printJsonPath(data, template)).toBe(want))
  test('angle brackets are escaped inside JSON, not in text', () => {
    expect(printJsonPath({ a: { b: '<&>' }, c: '<&>' }, '{.a} {.c}')).toBe('{"b":"\\u003c\\u0026\\u003e"} <&>')
  })
  test('as JSON', () => expect(printJsonPathAsJson(data, '{.items[*].n}')).toBe('[\n    1,\n    2\n]\n'))
})

describe('errors', () => {
  test.each([
    ['{.kind', 'unclosed action'],
    ['{.items[5]}', 'array index out of bounds: index 5, length 2'],
    ['{.kind[0]}', 'string is not array or slice'],
    ['{end}', 'not in range, nothing to end'],
    ['{.items[x]}', 'invalid array index x'],
    ['{.items[?(@.n', 'unterminated filter'],
    ['{"x}', 'unterminated quoted string'],
    ['{foo}', 'unrecognized identifier foo'],
  ])('%s', (template, want) => expect(() => printJsonPath(data, template)).toThrow(want))
  test('a missing key is told when asked to', () => {
    expect(() => printJsonPath(data, '{.nope}', { allowMissingKeys: false })).toThrow('nope is not found')
  })
})

test.each(['a.b', '.a.b', '{a.b}', '{.a.b}'])('relaxed form %s', (text) => {
  expect(relaxedJsonPath(text)).toBe('{.a.b}')
  expect(jsonPathValues({ a: { b: 3 } }, text)).toEqual([3])
})

test('nothing throws but ApiError', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...'{}[]().*@$?,:=<>\'"\\ -0ab', 'range', 'end'), maxLength: 30 }),
      fc.jsonValue(),
      (template, value) => {
        try {
          printJsonPath(value, template)
          printJsonPath(value, `{${template}}`)
        } catch (e) {
          expect(e).toBeInstanceOf(ApiError)
        }
      },
    ),
    { numRuns: 1000 },
  )
})
