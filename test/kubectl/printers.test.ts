import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toJson, toJsonIndented } from '../../src/kubectl/printers/json.ts'
import { toKyaml } from '../../src/kubectl/printers/kyaml.ts'
import { TabWriter } from '../../src/kubectl/printers/tabwriter.ts'
import { compareKeys, toYaml } from '../../src/kubectl/printers/yaml.ts'
import { parseYaml, readManifests, splitDocuments } from '../../src/kubectl/resources/yaml.ts'

describe('YAML as go-yaml writes it', () => {
  test.each([
    ['a word', 'nginx', 'nginx'],
    ['a number in a string', '3600', '"3600"'],
    ['a boolean of YAML 1.1', 'yes', '"yes"'],
    ['nothing', '', '""'],
    ['a time', '2026-11-20T05:46:53Z', '"2026-11-20T05:46:53Z"'],
    ['a cron schedule', '30 2 * * *', '30 2 * * *'],
    ['a leading star', '*.example.com', "'*.example.com'"],
    ['a colon and a space', "it's: x", "'it''s: x'"],
    ['JSON', '{"a":1}', `'{"a":1}'`],
    ['a tab is quoted', 'a\tb', '"a\\tb"'],
    ['a trailing space', 'a ', "'a '"],
    ['an image', 'nginx:1.27', 'nginx:1.27'],
    ['null', null, 'null'],
    ['an empty map', {}, '{}'],
    ['an empty list', [], '[]'],
  ])('%s', (_name, value, text) => {
    expect(toYaml({ k: value })).toBe(`k: ${text}\n`)
  })

  test.each([
    ['lines', 'one\ntwo\n', 'k: |\n  one\n  two\n'],
    ['no last line break', 'one\ntwo', 'k: |-\n  one\n  two\n'],
    ['an empty line at the end', 'one\n\n', 'k: |+\n  one\n\n'],
    ['an empty line within', 'a\n\nb\n', 'k: |\n  a\n\n  b\n'],
  ])('block: %s', (_name, value, text) => {
    expect(toYaml({ k: value })).toBe(text)
  })

  test('lists stand under their key, lists in lists on one line', () => {
    expect(toYaml({ b: [{ x: 1, a: ['p'] }, [1, [2]]] })).toBe('b:\n- a:\n  - p\n  x: 1\n- - 1\n  - - 2\n')
  })

  test('long texts are folded at the first space past column 80', () => {
    const text = `0/4 nodes are available: ${'x '.repeat(40)}end`
    const [first, second] = toYaml({ message: `${text}: it's` }).split('\n')
    expect(first!.length).toBeGreaterThan(80)
    expect(second).toMatch(/^ {2}\S/)
    expect(parseYaml(toYaml({ message: `${text}: it's` }))).toEqual({ message: `${text}: it's` })
  })

  test('keys sort as go-yaml sorts them', () => {
    expect(['b10', 'b9', 'a', 'B', '10', '9'].sort(compareKeys)).toEqual(['9', '10', 'B', 'a', 'b9', 'b10'])
  })

  test('what is written is read back', () => {
    const leaf = fc.oneof(
      fc.string({ unit: fc.constantFrom(...'ab: \n#-\'"|>{}[],*&!%@0123.yesno'.split('')) }),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
    )
    const value = fc.letrec((tie) => ({
      node: fc.oneof(
        { depthSize: 'small' },
        leaf,
        fc.array(tie('node'), { maxLength: 3 }),
        fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), tie('node'), { maxKeys: 3 }),
      ),
    })).node
    fc.assert(
      fc.property(value, (v) => {
        expect(parseYaml(toYaml({ root: v }))).toEqual({ root: v })
      }),
      { numRuns: 300 },
    )
  })
})

describe('other forms', () => {
  test('JSON: sorted keys, HTML escaped, four spaces', () => {
    expect(toJsonIndented({ b: '<&>', a: [] })).toBe('{\n    "a": [],\n    "b": "\\u003c\\u0026\\u003e"\n}')
    expect(toJson({ b: '<', a: undefined }, false)).toBe('{"b":"<"}')
  })

  test('KYAML', () => {
    expect(toKyaml({ a: { b: 'x' }, list: ['y'] })).toBe('---\n{\n  a: {\n    b: "x",\n  },\n  list: [\n    "y",\n  ],\n}\n')
  })

  test('tables: three spaces, at least six wide, widths remembered', () => {
    const writer = new TabWriter()
    writer.line(['NAME', 'READY', 'AGE'])
    writer.line(['a-long-name', '1/1', '3s'])
    expect(writer.flush()).toBe('NAME          READY   AGE\na-long-name   1/1     3s\n')
    writer.line(['b', '0/1', '1s'])
    expect(writer.flush()).toBe('b             0/1     1s\n')
    const fresh = new TabWriter()
    fresh.line(['c', '0', '1s'])
    expect(fresh.flush()).toBe('c     0     1s\n')
  })
})

describe('reading YAML', () => {
  test.each([
    ['a tab', 'a:\n\tb: c\n', 'yaml: line 2: found character that cannot start any token'],
    ['deeper than its key', 'm:\n  name: x\n   labels:\n', 'yaml: line 3: mapping values are not allowed in this context'],
    ['no colon', 'kind: X\nmetadata\n  name: y\n', "yaml: line 3: could not find expected ':'"],
    ['an open quote', 'a: "b\nc: {}\n', 'yaml: line 3: found unexpected end of stream'],
    ['two colons', 'text: be careful: two\n', 'yaml: line 1: mapping values are not allowed in this context'],
    ['an open list', 'a: b\nclusters: [\n', 'yaml: line 2: did not find expected node content'],
  ])('%s', (_name, text, message) => {
    expect(() => parseYaml(text)).toThrow(message)
  })

  test('YAML 1.1 booleans, the last of duplicates, texts that look like times', () => {
    expect(parseYaml('a: yes\nb: off\nc: 1\nc: 2\nt: 2026-01-01\ns: 12:30\n')).toEqual({
      a: true,
      b: false,
      c: 2,
      t: '2026-01-01',
      s: '12:30',
    })
  })

  test('documents', () => {
    expect(splitDocuments('a: 1\n---\nb: 2\n--- # x\nc: 3\n')).toHaveLength(3)
    expect(readManifests('---\na: 1\n---\n# nothing\n---\nb: 2\n', 'f.yaml')).toEqual([{ a: 1 }, { b: 2 }])
    expect(() => readManifests('a: 1\n---\nb: [\n', 'f.yaml')).toThrow('error parsing f.yaml: error converting YAML to JSON: yaml: ')
  })
})
