/** Level files and manifests that mean harm: each is refused with a place and a sentence, at once; and whatever is drawn, nothing else is thrown. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { checkSchema } from '../../src/grading/checks/index.ts'
import { type LevelFiles, loadLevel } from '../../src/levels/loader/level.ts'
import { LevelError, problemText } from '../../src/levels/loader/problems.ts'
import { readManifests } from '../../src/levels/manifests.ts'

/** The night draws more. */
const RUNS = Number(process.env['HOSTILE_RUNS'] ?? 300)
const SEED = Number(process.env['HOSTILE_SEED'] ?? 5)

const LEVEL = `apiVersion: clusterlab/v1
kind: Level
metadata: {name: x, version: 1}
spec:
  title: X
  brief: X
  difficulty: 1
  concepts: [x]
  checks:
    - {id: a, title: A, points: 1, state: {kind: ConfigMap, name: a}}
`
const load = (text: string, more: LevelFiles = {}): unknown => loadLevel('x', { 'level.yaml': text, ...more }, { checks: checkSchema })
function problems(act: () => unknown): string[] {
  try {
    act()
    return []
  } catch (error) {
    if (error instanceof LevelError) return error.problems.map(problemText)
    throw error
  }
}
const bomb = (depth: number): string =>
  Array.from(
    { length: depth },
    (_, i) => `k${i}: &a${i} [${Array.from({ length: 9 }, () => (i === 0 ? 'x' : `*a${i - 1}`)).join(', ')}]`,
  ).join('\n')

test('the level that the others are made of is one', () => expect(problems(() => load(LEVEL))).toEqual([]))

describe.each([
  ['an alias bomb', `${LEVEL}${bomb(9)}`, /aliases/],
  [
    'one alias',
    LEVEL.replace('title: X', 'title: &t X').replace('brief: X', 'brief: *t'),
    /level\.yaml:6:.*aliases \(\*name\) are not allowed/,
  ],
  ['brackets without end', LEVEL.replace('[x]', '['.repeat(100_000)), /nested deeper than 64 levels/],
  ['brackets that close', LEVEL.replace('[x]', `${'['.repeat(200)}${']'.repeat(200)}`), /nested deeper than 64 levels/],
  ['braces', LEVEL.replace('[x]', `${'{a: '.repeat(5_000)}1${'}'.repeat(5_000)}`), /nested deeper than 64 levels/],
  ['too many nodes', LEVEL.replace('[x]', `[${'x,'.repeat(60_000)}x]`), /more than 50000 nodes/],
  ['__proto__', LEVEL.replace('  title: X', '  __proto__: {polluted: true}\n  title: X'), /"__proto__" is not allowed/],
  [
    'constructor',
    LEVEL.replace('{kind: ConfigMap, name: a}', '{kind: ConfigMap, match: {constructor: {name: Object}}}'),
    /"constructor" is not allowed/,
  ],
  [
    'a pattern that cannot be read',
    LEVEL.replace('state: {kind: ConfigMap, name: a}', 'file: {path: a, content: {matches: "(a"}}'),
    /matches: this pattern cannot be read/,
  ],
  [
    'a pattern with a back reference',
    LEVEL.replace('state: {kind: ConfigMap, name: a}', 'file: {path: a, content: {matches: "(a)\\\\1"}}'),
    /cannot be read/,
  ],
  [
    'a path out of the folder',
    LEVEL.replace('  checks:', '  start: {apply: [../../etc/passwd]}\n  checks:'),
    /a relative path inside the level folder/,
  ],
  [
    'an absolute path',
    LEVEL.replace('  checks:', '  start: {files: {a: /etc/passwd}}\n  checks:'),
    /a relative path inside the level folder/,
  ],
  ['a duplicate key', LEVEL.replace('  title: X', '  title: X\n  title: Y'), /second time|unique/],
  ['a number beyond all numbers', LEVEL.replace('difficulty: 1', 'difficulty: 1e308'), /difficulty/],
  [
    'an unknown key, and the right one',
    LEVEL.replace('difficulty', 'dificulty'),
    /level\.yaml:7:3: unknown key "dificulty"; did you mean "difficulty"\?/,
  ],
  ['an unknown key of a check', LEVEL.replace('title: A', 'tilte: A'), /level\.yaml:10:15: unknown key "tilte"; did you mean "title"\?/],
  [
    'an unknown key inside a check',
    LEVEL.replace('{kind: ConfigMap, name: a}', '{kind: ConfigMap, selektor: {a: b}}'),
    /level\.yaml:10:61: unknown key "selektor"; did you mean "selector"\?/,
  ],
  [
    'deeper inside',
    LEVEL.replace('state: {kind: ConfigMap, name: a}', 'http: {url: "http://a/", expect: {statsu: 200}}'),
    /unknown key "statsu"; did you mean "status"\?/,
  ],
  [
    'inside one of several forms',
    LEVEL.replace('state: {kind: ConfigMap, name: a}', 'forbid: {stateFinal: {kind: Pod, nmae: a}}'),
    /unknown key "nmae"; did you mean "name"\?/,
  ],
  ['an unknown kind of check', LEVEL.replace('state:', 'stat:'), /unknown key "stat"; did you mean "state"\?/],
  ['a check that needs itself', LEVEL.replace('points: 1', 'needs: [a]'), /needs itself/],
  [
    'an experiment that looks at itself',
    LEVEL.replace('state: {kind: ConfigMap, name: a}', 'experiment: {load: {http: "http://a/", rps: 1}, measure: {}, after: {check: a}}'),
    /only looks/,
  ],
  [
    'a timeline that waits for nobody',
    LEVEL.replace('  checks:', '  timeline: [{fault: {kind: crash, target: {node: a}, at: {after: {check: zz}}}}]\n  checks:'),
    /there is no check "zz"/,
  ],
  ['numbers from high to low', LEVEL.replace('  checks:', '  variants: {p: {int: [9, 1]}}\n  checks:'), /must not be larger/],
  ['nothing', '', /level\.yaml/],
  ['a list', '- a', /level\.yaml/],
  ['a binary file', '\u0000\u0001\u0002', /level\.yaml/],
  ['two documents', `${LEVEL}---\n${LEVEL}`, /level\.yaml/],
])('level: %s', (_name, text, wanted) => {
  test('is refused with its place', () => {
    const begin = process.cpuUsage()
    const found = problems(() => load(text))
    const { user, system } = process.cpuUsage(begin)
    expect(found.join('\n')).toMatch(wanted)
    expect(found.every((p) => /^(level\.yaml|x\/level\.yaml)(:\d+:\d+)?: ./.test(p))).toBe(true)
    expect(user + system).toBeLessThan(5_000_000)
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })
})

test.each([
  ['an alias bomb', `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n${bomb(9)}`, /aliases|nodes/],
  ['an alias of itself', 'apiVersion: v1\nkind: ConfigMap\nmetadata: &m {name: a, labels: *m}\n', /manifest\.yaml:\d+:\d+/],
  [
    'too deep',
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: ${'['.repeat(100)}${']'.repeat(100)}`,
    /nested deeper than 64 levels/,
  ],
  ['far too deep', `a: ${'['.repeat(100_000)}`, /nested deeper|manifest\.yaml:\d+:\d+/],
  ['a List of nothing much', 'apiVersion: v1\nkind: List\nitems: [1, null, {kind: Pod}]', /each item of a List needs/],
  ['no object', 'hello', /needs apiVersion and kind/],
])('manifest: %s', (_name, text, wanted) => expect(problems(() => readManifests('manifest.yaml', text)).join('\n')).toMatch(wanted))

describe('fuzz', () => {
  test('whatever a level file says, it loads or tells its problems', () => {
    const word = fc.oneof(
      fc.constantFrom(
        'apiVersion',
        'spec',
        'checks',
        'id',
        'title',
        'state',
        'http',
        'experiment',
        'timeline',
        'fault',
        'at',
        'needs',
        'variants',
        '__proto__',
        'constructor',
      ),
      fc.string({ maxLength: 8 }),
    )
    const tree = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        fc.integer(),
        fc.double(),
        fc.boolean(),
        fc.constant(null),
        word,
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(word, tie('value'), { maxKeys: 4 }),
      ),
    })).value
    const own = (key: string) => fc.record({ key: fc.constant(key), value: tree })
    const spec = fc.array(
      fc.oneof(...['checks', 'start', 'timeline', 'limits', 'variants', 'hints', 'cluster', 'player', 'par'].map(own)),
      { maxLength: 4 },
    )
    fc.assert(
      fc.property(spec, (entries) => {
        const body = Object.fromEntries(entries.map((e) => [e.key, e.value]))
        const level = {
          apiVersion: 'clusterlab/v1',
          kind: 'Level',
          metadata: { name: 'x', version: 1 },
          spec: {
            title: 'X',
            brief: 'X',
            difficulty: 1,
            concepts: ['x'],
            checks: [{ id: 'a', title: 'A', state: { kind: 'Pod' } }],
            ...body,
          },
        }
        problems(() => load(stringify(level, { aliasDuplicateObjects: false })))
      }),
      { numRuns: RUNS, seed: SEED },
    )
  })
  test('whatever bytes it is', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200, unit: 'binary' }), fc.nat(LEVEL.length), (noise, at) => {
        problems(() => load(LEVEL.slice(0, at) + noise + LEVEL.slice(at)))
        problems(() => readManifests('m.yaml', noise))
      }),
      { numRuns: RUNS, seed: SEED },
    )
  })
})
