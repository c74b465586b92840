/** Values: --set and its kin, files over defaults, null, subcharts, conditions, schemas; and the order of what is installed. */
import { describe, expect, test } from 'vitest'
import { packed, unpacked } from '../../src/helm/chart/archive.ts'
import type { ChartFile } from '../../src/helm/chart/contract.ts'
import { chartOf } from '../../src/helm/chart/load.ts'
import { inUninstallOrder, sortManifests } from '../../src/helm/chart/manifest.ts'
import { schemaProblems } from '../../src/helm/chart/schema.ts'
import { satisfies } from '../../src/helm/chart/semver.ts'
import { setJson, setValues, typed } from '../../src/helm/chart/set.ts'
import { coalesceValues, mergeMaps, processDependencies } from '../../src/helm/chart/values.ts'
import type { Fields } from '../../src/helm/template/values.ts'

describe('--set', () => {
  test.each<[string, Fields, Fields]>([
    ['a=b', {}, { a: 'b' }],
    ['a.b.c=1', {}, { a: { b: { c: 1n } } }],
    ['a=1,b=true,c=null,d=0', {}, { a: 1n, b: true, c: null, d: 0n }],
    ['a=007', {}, { a: '007' }],
    ['a={x,y}', {}, { a: ['x', 'y'] }],
    ['a={}', {}, { a: [] }],
    ['a[0].b=1,a[1].b=2', {}, { a: [{ b: 1n }, { b: 2n }] }],
    ['a[1]=x', { a: ['p', 'q', 'r'] }, { a: ['p', 'x', 'r'] }],
    ['a\\.b=c\\,d', {}, { 'a.b': 'c,d' }],
    ['a.b=2', { a: { b: 1, c: 3 } }, { a: { b: 2n, c: 3 } }],
    ['a=', {}, { a: '' }],
  ])('%s over %j', (text, before, wanted) => {
    const values = { ...before }
    setValues(values, text, typed)
    expect(values).toEqual(wanted)
  })

  test.each<[string, RegExp]>([
    ['a', /key "a" has no value|key map "a" has no value/],
    ['a,b=c', /key "a" has no value \(cannot end with ,\)/],
    ['a[x]=1', /error parsing index: strconv.Atoi: parsing "x": invalid syntax/],
    ['a[-1]=1', /negative -1 index not allowed/],
    ['a[99999999]=1', /greater than maximum supported index/],
    ['a={b', /list must terminate/],
  ])('%s is refused', (text, wanted) => {
    expect(() => setValues({}, text, typed)).toThrow(wanted)
  })

  test('--set-json, a key and a whole', () => {
    expect(setJson(setJson({ a: 1 }, 'b.c={"d":[1,2]},e="x,y"'), '{"f":null}')).toEqual({
      a: 1,
      b: { c: { d: [1, 2] } },
      e: 'x,y',
      f: null,
    })
  })
})

const chartYaml = (name: string, rest = ''): string => `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n${rest}`
const sub = (name: string, values: string): ChartFile[] => [
  { name: `charts/${name}/Chart.yaml`, text: chartYaml(name) },
  { name: `charts/${name}/values.yaml`, text: values },
]
const chart = (values: string, subs: readonly ChartFile[] = [], rest = '') =>
  chartOf([{ name: 'Chart.yaml', text: chartYaml('web', rest) }, { name: 'values.yaml', text: values }, ...subs])

describe('values meet', () => {
  test.each<[string, Fields, Fields, Fields]>([
    ['maps merge', { a: { b: 1, c: 2 } }, { a: { c: 3 } }, { a: { b: 1, c: 3 } }],
    ['lists replace', { a: [1, 2] }, { a: [3] }, { a: [3] }],
    ['null stays until defaults are taken away', { a: 1 }, { a: null }, { a: null }],
  ])('files: %s', (_name, under, over, wanted) => {
    expect(mergeMaps(under, over)).toEqual(wanted)
  })

  test('null takes a default away, at any depth', () => {
    expect(coalesceValues(chart('a: 1\nb:\n  c: 2\n  d: 3\n'), { a: null, b: { c: null } })).toEqual({ b: { d: 3 } })
  })

  test('a parent speaks for its subchart, and globals reach it', () => {
    const made = chart('db:\n  size: 5\nglobal:\n  zone: eu\n', sub('db', 'size: 1\nport: 3306\n'))
    expect(coalesceValues(made, { global: { team: 'a' } })).toEqual({
      db: { size: 5, port: 3306, global: { zone: 'eu', team: 'a' } },
      global: { zone: 'eu', team: 'a' },
    })
  })

  test.each<[string, Fields, string[]]>([
    ['on by its condition', { db: { enabled: true } }, ['db']],
    ['off by its condition', { db: { enabled: false } }, []],
    ['off by its tag', { tags: { back: false } }, []],
    ['on where nothing is said', {}, ['db']],
    ['the condition wins over the tag', { db: { enabled: true }, tags: { back: false } }, ['db']],
  ])('a dependency: %s', (_name, given, wanted) => {
    const made = chart('{}\n', sub('db', '{}\n'), 'dependencies:\n- {name: db, version: 1.x, condition: db.enabled, tags: [back]}\n')
    expect(processDependencies(made, given).charts.map((c) => c.name)).toEqual(wanted)
  })

  test('alias and import-values', () => {
    const made = chart(
      '{}\n',
      sub('db', 'exports:\n  conf:\n    host: here\n'),
      'dependencies:\n- {name: db, version: 1.0.0, alias: store, import-values: [conf]}\n',
    )
    const done = processDependencies(made, {})
    expect(done.charts.map((c) => c.name)).toEqual(['store'])
    expect(done.values).toEqual({ host: 'here' })
  })
})

describe('values.schema.json', () => {
  const schema = JSON.stringify({
    type: 'object',
    required: ['name'],
    additionalProperties: false,
    properties: {
      name: { type: 'string', minLength: 2, pattern: '^[a-z]+$' },
      n: { type: 'integer', minimum: 1 },
      kind: { enum: ['a', 'b'] },
      list: { type: 'array', items: { $ref: '#/$defs/port' } },
    },
    $defs: { port: { type: 'integer', maximum: 65_535 } },
  })
  test.each<[string, Fields, string]>([
    ['fits', { name: 'ab', n: 2, kind: 'a', list: [80] }, ''],
    ['ints of --set fit too', { name: 'ab', n: 2n }, ''],
    ['a type', { name: 'ab', n: 'x' }, "web:\n- at '/n': got string, want integer\n\n"],
    ['required', {}, "web:\n- at '': missing property 'name'\n\n"],
    ['bounds', { name: 'ab', n: 0 }, "web:\n- at '/n': minimum: got 0, want 1\n\n"],
    ['an enum', { name: 'ab', kind: 'c' }, "web:\n- at '/kind': value must be one of 'a', 'b'\n\n"],
    ['a pattern', { name: 'A1' }, "web:\n- at '/name': 'A1' does not match pattern '^[a-z]+$'\n\n"],
    ['a key too many', { name: 'ab', x: 1 }, "web:\n- at '': additional properties 'x' not allowed\n\n"],
    ['items by reference', { name: 'ab', list: [70_000] }, "web:\n- at '/list/0': maximum: got 70000, want 65535\n\n"],
  ])('%s', (_name, values, wanted) => {
    const made = chartOf([
      { name: 'Chart.yaml', text: chartYaml('web') },
      { name: 'values.schema.json', text: schema },
    ])
    expect(schemaProblems(made, values)).toBe(wanted)
  })
})

test.each<[string, string, boolean]>([
  ['1.2.3', '^1.2', true],
  ['2.0.0', '^1.2', false],
  ['0.3.0', '^0.2.1', false],
  ['1.2.9', '~1.2.3', true],
  ['1.3.0', '~1.2.3', false],
  ['1.5.0', '>=1.2, <2', true],
  ['1.5.0', '1.x', true],
  ['1.36.2', '>=1.19-0', true],
  ['1.5.0-rc.1', '>=1.2', false],
  ['1.5.0', '<1.0 || >1.4', true],
  ['1.3.0', '1.2 - 1.4', true],
])('version %s and %s', (version, constraint, wanted) => {
  expect(satisfies(version, constraint)).toBe(wanted)
})

describe('what is installed', () => {
  const manifest = (kind: string, extra = ''): string => `apiVersion: v1\nkind: ${kind}\nmetadata:\n  name: x\n${extra}`
  test('kinds in their order, and back', () => {
    const text = ['Ingress', 'Deployment', 'Widget', 'Service', 'ConfigMap', 'Namespace'].map((k) => manifest(k)).join('---\n')
    const { parts } = sortManifests([{ name: 'web/templates/a.yaml', text }])
    expect(parts.map((p) => p.kind)).toEqual(['Namespace', 'ConfigMap', 'Service', 'Deployment', 'Ingress', 'Widget'])
    expect(inUninstallOrder(parts).map((p) => p.kind)).toEqual(['Widget', 'Ingress', 'Deployment', 'Service', 'ConfigMap', 'Namespace'])
  })

  test('hooks stand apart, with weight and policies', () => {
    const hook = manifest(
      'Job',
      '  annotations:\n    helm.sh/hook: pre-install,pre-upgrade\n    helm.sh/hook-weight: "-5"\n    helm.sh/hook-delete-policy: hook-succeeded\n',
    )
    const { parts, hooks } = sortManifests([{ name: 'web/templates/a.yaml', text: hook }])
    expect(parts).toEqual([])
    expect(hooks).toMatchObject([{ events: ['pre-install', 'pre-upgrade'], weight: -5, policies: ['hook-succeeded'] }])
  })

  test('YAML that is none says where', () => {
    expect(() => sortManifests([{ name: 'web/templates/a.yaml', text: 'a: b\n c: d\n' }])).toThrow(
      /^YAML parse error on web\/templates\/a.yaml: error converting YAML to JSON: yaml: line 2: mapping values are not allowed in this context$/,
    )
  })
})

test('a package holds what was packed', () => {
  const files = [
    { name: 'web/Chart.yaml', text: chartYaml('web') },
    { name: 'web/bin', text: `${'x'.repeat(70_000)}\udcff` },
  ]
  expect(unpacked(packed(files, 0))).toEqual(files)
})
