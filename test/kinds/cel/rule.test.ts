/** CEL as the API has it: object literals, the functions beyond the language, and that no text does more than fail. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CelAuthorizer } from '../../../src/kinds/cel/authorizer.ts'
import { TYPE_MARK, withoutObjectTypes } from '../../../src/kinds/cel/object-literals.ts'
import { type CelRule, celRule, celValue } from '../../../src/kinds/cel/rule.ts'

const asked: unknown[] = []
const context = {
  object: celValue({ list: [1, 2], spec: { containers: [{ name: 'x' }] }, text: 'a-b' }),
  authorizer: new CelAuthorizer(
    (question, verb) => {
      asked.push({ ...question, verb })
      return verb === 'get'
    },
    { resource: 'pods', namespace: 'lab' },
  ),
}
function run(text: string): unknown {
  const rule = celRule(text)
  if (rule instanceof Error) throw rule
  return rule.run(context)
}

test.each([
  ['quantity("1Gi").isLessThan(quantity("2Gi"))', true],
  ['quantity("1500m").add(quantity("500m")).asInteger()', 2n],
  ['quantity("200M").sub(5).compareTo(quantity("200M"))', -1n],
  ['isQuantity("many")', false],
  ['sets.contains(object.list, [1])', true],
  ['sets.equivalent([1, 1, 2], object.list)', true],
  ['sets.intersects(["a"], ["b"])', false],
  ['"%s has %d (%.1f%%), %x".format(["a", 3, 1.25, 255])', 'a has 3 (1.3%), ff'],
  ['"a-b-c".replace("-", "")', 'abc'],
  ['"a-b-c".replace("-", "+", 1)', 'a+b-c'],
  ['"a1b22".findAll("[0-9]+")', ['1', '22']],
  ['"abc".charAt(1) + "abc".reverse()', 'bcba'],
  ['jsonpatch.escapeKey("a/b~c")', 'a~1b~0c'],
  ['authorizer.group("apps").resource("deployments").namespace("x").check("get").allowed()', true],
  ['authorizer.requestResource.check("delete").allowed()', false],
  ['authorizer.path("/healthz").check("get").reason()', ''],
])('%s', (text, value) => {
  expect(run(text)).toEqual(value)
})

test('whom the authorizer is asked about', () => {
  asked.length = 0
  run('authorizer.serviceAccount("a", "b").group("").resource("pods").subresource("log").name("p").check("get").allowed()')
  expect(asked).toEqual([
    { serviceAccount: { namespace: 'a', name: 'b' }, group: '', resource: 'pods', subresource: 'log', name: 'p', verb: 'get' },
  ])
})

test.each([
  ['object.nope', 'no such key: nope'],
  ['1 + "a"', 'no such overload'],
  ['quantity("x")', 'quantities must match'],
  ['"%d".format(["x"])', 'decimal clause can only be used on integers'],
  ['["a"].map(x, "b".replace("", "0123456789").replace("", "0123456789"))[0].replace("", object.text).size() > 0 && false', undefined],
])('%s fails with %s', (text, message) => {
  if (message === undefined) expect(run(text)).toBe(false)
  else expect(() => run(text)).toThrow(message)
})

test('a text cannot be made to grow without end', () => {
  let text = '"aaaaaaaaaa"'
  for (let i = 0; i < 12; i++) text += '.replace("a", "aaaaaaaaaa")'
  expect(() => run(text)).toThrow('cost limit exceeded')
})

describe('object literals', () => {
  test.each([
    ['Object{}', { [TYPE_MARK]: 'Object' }],
    ['Object{spec: Object.spec{replicas: 3}}', { [TYPE_MARK]: 'Object', spec: { [TYPE_MARK]: 'Object.spec', replicas: 3n } }],
    ['Object.spec{ a : "}" , b: [1, {"c": 2}.c], }.b', [1n, 2n]],
    ['object.spec.containers.map(c, Object.x{name: c.name, on: true})', [{ [TYPE_MARK]: 'Object.x', name: 'x', on: true }]],
    ['[JSONPatch{op: "add", path: "/a", value: r"\\}"}]', [{ [TYPE_MARK]: 'JSONPatch', op: 'add', path: '/a', value: '\\}' }]],
    ['"Object{a: 1}"', 'Object{a: 1}'],
    ['{"Object": 1}["Object"]', 1n],
  ])('%s', (text, value) => {
    expect(run(text)).toEqual(value)
  })

  test('a text without them stays as it is', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        if (!/Object|JSONPatch/.test(text)) expect(withoutObjectTypes(text)).toBe(text)
      }),
    )
  })
})

test('no text throws anything but Error, nor hangs', () => {
  const piece = fc.constantFrom(
    'Object',
    '.spec',
    '{',
    '}',
    'a',
    ':',
    ',',
    '"',
    "'",
    '"""',
    'r"',
    '\\',
    '[',
    ']',
    '(',
    ')',
    '1',
    ' ',
    '//',
    '\n',
    'JSONPatch',
    '?',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const text = pieces.join('')
      try {
        run(text)
      } catch (e) {
        expect(e).toBeInstanceOf(Error)
        expect((e as Error).message).not.toMatch(/undefined|not a function|Cannot read/)
      }
    }),
    { numRuns: 2000 },
  )
})

test('an expression ends at the limit of one call', () => {
  const within = (text: string): unknown => (celRule(text) as CelRule).run({ items: celValue(Array.from({ length: 200 }, (_, i) => i)) })
  expect(() => within('items.all(a, items.all(b, items.all(c, a + b + c >= 0)))')).toThrow(
    'operation cancelled: actual cost limit exceeded',
  )
  expect(within('items.all(a, items.all(b, a + b >= 0))')).toBe(true)
})
