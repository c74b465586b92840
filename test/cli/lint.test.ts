/** What authors get wrong, one row each: the linter says in which file, line and column, what is wrong and, where it can tell, what was meant. */
import { expect, test } from 'vitest'
import { lintLevel } from '../../src/cli/grade/lint/index.ts'
import { scaffold } from '../../src/cli/grade/scaffold/index.ts'
import { findLevel } from '../../src/cli/level-folder.ts'
import { levelNames } from '../levels/names.ts'

const problemsOf = (files: Readonly<Record<string, string>>): string[] =>
  lintLevel({ name: 'my/selector', folder: '/nowhere/my/selector', files }).map(
    (p) => `${p.file}:${p.line}:${p.column}: ${p.warning ? 'warning: ' : ''}${p.message}`,
  )

const LEVEL = 'level.yaml'
const SHOP = 'start/shop.yaml'
const CHECK = / {6}http: .*\n/
const GOOD = 'match: {spec: {replicas: 2}}'

/** Where the text begins that a row looks for: line and column, from 1. */
function placeOf(text: string, mark: string): string {
  const offset = text.indexOf(mark)
  if (offset < 0) throw new Error(`there is no ${mark}`)
  const before = text.slice(0, offset)
  return `${before.split('\n').length}:${offset - before.lastIndexOf('\n')}`
}

/** Name, file, what is replaced, by what; where the problem stands (a text in the spoilt file), and what is said. */
type Row = [name: string, file: string, from: string | RegExp, to: string, mark: string, says: string]

test.each<Row>([
  ['a key misspelt', LEVEL, 'difficulty: 1', 'dificulty: 1', 'dificulty', 'unknown key "dificulty"; did you mean "difficulty"?'],
  ['a key of a check', LEVEL, 'points: 5', 'point: 5', 'point: 5', 'unknown key "point"; did you mean "points"?'],
  ['the kind of a check', LEVEL, '      http: {from', '      htpp: {from', 'htpp', 'unknown key "htpp"; did you mean "http"?'],
  ['no kind of check', LEVEL, CHECK, '', 'id: reachable', 'spec.checks[0]: a check needs one of state, http, dns'],
  ['two kinds of check', LEVEL, 'points: 5', 'points: 5\n      dns: {name: shop}', 'id: reachable', 'this asks http and dns'],
  ['kind', LEVEL, 'kind: Level', 'kind: Levle', 'Levle', '"Levle" is not known here; did you mean "Level"?'],
  ['apiVersion', LEVEL, 'clusterlab/v1', 'clusterlab/v2', 'clusterlab/v2', 'did you mean "clusterlab/v1"?'],
  ['a preset', LEVEL, 'preset: default', 'preset: defualt', 'defualt', 'did you mean "default"? (there are default, bare'],
  ['a persona', LEVEL, 'persona: developer', 'persona: devloper', 'devloper', 'did you mean "developer"?'],
  ['a duration without a unit', LEVEL, 'settle: 30s', 'settle: 30', '30\n', 'such as 30s, 3m or 250ms is needed; did you mean 30s?'],
  ['a duration with another unit', LEVEL, 'settle: 30s', 'settle: 3 min', '3 min', 'is needed; did you mean 3m?'],
  ['a duration that is none', LEVEL, 'settle: 30s', 'settle: soon', 'soon', 'a duration such as 30s, 3m or 250ms is needed'],
  ['points in quotes', LEVEL, 'points: 5', 'points: "5"', '"5"', 'spec.checks[0].points: a number is needed: 5, without quotes'],
  ['half points', LEVEL, 'points: 5', 'points: 2.5', '2.5', 'a whole number is needed, not 2.5'],
  ['too difficult', LEVEL, 'difficulty: 1', 'difficulty: 9', '9\n', 'spec.difficulty: 5 at most'],
  ['needs without a list', LEVEL, 'points: 5', 'points: 5\n      needs: pods-stay', 'pods-stay', 'a list is needed: [pods-stay]'],
  [
    'needs what is not there',
    LEVEL,
    'points: 5',
    'points: 5\n      needs: [pod-stay]',
    'pod-stay]',
    'no check "pod-stay"; did you mean "pods-stay"?',
  ],
  ['needs itself', LEVEL, 'points: 5', 'points: 5\n      needs: [reachable]', '[reachable]', '"reachable" needs itself'],
  ['an id twice', LEVEL, 'id: pods-stay', 'id: reachable', "reachable\n      title: The shop's", 'two checks have the id "reachable"'],
  ['an id with other letters', LEVEL, 'id: reachable', 'id: Reachable_now', 'Reachable_now', 'did you mean "reachable-now"?'],
  [
    'a key twice',
    LEVEL,
    'difficulty: 1',
    'difficulty: 1\n  difficulty: 2',
    'difficulty: 2',
    '"difficulty" stands here for the second time',
  ],
  ['a title forgotten', LEVEL, '      title: The shop answers by its name\n', '', 'id: reachable', 'spec.checks[0].title: it is missing'],
  ['a guard with points', LEVEL, 'guard: true', 'guard: true\n      points: 2', '2\n      state', 'a guard carries no points'],
  ['another name than the folder', LEVEL, 'name: selector,', 'name: selektor,', 'selektor', 'the folder is "selector"'],
  ['a place to ask from', LEVEL, 'from: {pod: {app: client}}', 'from: externl', 'externl', 'did you mean "external"?'],
  ['the key of a place to ask from', LEVEL, 'from: {pod:', 'from: {pods:', 'pods:', 'unknown key "pods"; did you mean "pod"?'],
  ['a status that is no number', LEVEL, 'status: 200', 'status: ok', 'ok}', 'a number is needed, not "ok"'],
  ['a URL without http', LEVEL, '"http://shop/"', 'shop', 'shop, expect', '"shop" is no URL; did you mean "http://shop/"?'],
  [
    'a kind of the cluster',
    LEVEL,
    'state: {kind: Deployment',
    'state: {kind: Deploymet',
    'Deploymet',
    'no kind "Deploymet"; did you mean "Deployment"?',
  ],
  ['a field of an object', LEVEL, GOOD, 'match: {spec: {replica: 2}}', '2}}}', 'no field "spec.replica"; did you mean "replicas"?'],
  ['a CEL expression', LEVEL, GOOD, 'cel: "object.spec.replicas >= "', '"object.spec', 'this expression cannot be read: Unexpected token'],
  ['a quantifier', LEVEL, GOOD, 'quantifier: every', 'every', 'there are all, any, none'],
  ['a pattern', LEVEL, 'expect: {status: 200}', 'expect: {body: {matches: "(shop"}}', '"(shop"', 'this pattern cannot be read'],
  ['a resource', LEVEL, CHECK, '      audit: {verb: get, resource: evnts}\n', 'evnts', 'no resource "evnts"; did you mean "events"?'],
  [
    'an answer that is none of the choices',
    LEVEL,
    CHECK,
    '      answer: {question: Who?, choices: {a: one, b: two}, correct: c}\n',
    'c}\n',
    '"c" is none of the choices; there are a, b',
  ],
  ['a folder to apply', LEVEL, 'apply: [start/]', 'apply: [strat/]', 'strat/', 'did you mean "start/"?'],
  ['a folder without its /', LEVEL, 'apply: [start/]', 'apply: [start]', 'start]', 'did you mean "start/"?'],
  ['a file', LEVEL, 'settle: 30s', 'files: {shop.yaml: start/shp.yaml}', 'start/shp.yaml', 'did you mean "start/shop.yaml"?'],
  ['a file outside', LEVEL, 'apply: [start/]', 'apply: [../start/]', '../start/', 'a relative path inside the level folder is needed'],
  [
    'an open bracket in a hint',
    LEVEL,
    `"size(endpoints('shop')) == 0"`,
    `"size(endpoints('shop') == 0"`,
    `"size(`,
    'cannot be read: Expected RPAREN',
  ],
  ['a function of a hint', LEVEL, `"size(endpoints('shop')) == 0"`, `"size(endpoint('shop')) == 0"`, `"size(`, "'endpoint(string)'"],
  ['what a hint costs', LEVEL, 'cost: 1', 'cost: free', 'free', 'a number is needed, not "free"'],
  [
    'a variable that nothing draws',
    LEVEL,
    'http://shop/"',
    'http://shop:{{port}}/"',
    '{{port}}',
    'no variant is called "port"; spec.variants says',
  ],
  ['a variable misspelt', LEVEL, 'http://shop/', 'http://shop:{{prt}}/', '{{prt}}', 'no variant is called "prt"; did you mean "port"?'],
  [
    'a variant from high to low',
    LEVEL,
    'checks:',
    'variants: {port: {int: [9000, 8000]}}\n  checks:',
    '[9000',
    'the first number must not be larger',
  ],
  [
    'a kind of variant',
    LEVEL,
    'checks:',
    'variants: {port: {integer: [1, 2]}}\n  checks:',
    'integer',
    'unknown key "integer"; there are int, choice, password',
  ],
  ['a fault', LEVEL, 'checks:', 'timeline: [{fault: {kind: crsh, target: {node: node-a}}}]\n  checks:', 'crsh', 'did you mean "crash"?'],
  [
    'what a fault hits',
    LEVEL,
    'checks:',
    'timeline: [{fault: {kind: crash, target: {nodes: node-a}}}]\n  checks:',
    'nodes:',
    'unknown key "nodes"; did you mean "node"?',
  ],
  [
    'a moment after what is not there',
    LEVEL,
    'checks:',
    'timeline: [{at: {after: {check: reachabel}}, run: "true"}]\n  checks:',
    'reachabel',
    'did you mean "reachable"?',
  ],
  [
    'a file of the timeline',
    LEVEL,
    'checks:',
    'timeline: [{at: 3m, apply: start/shops.yaml}]\n  checks:',
    'start/shops.yaml',
    'did you mean "start/shop.yaml"?',
  ],
  [
    'a level that comes before',
    LEVEL,
    'checks:',
    'needs: [services/first-servce]\n  checks:',
    'services/first',
    'warning: there is no level "services/first-servce"; did you mean "services/first-service"?',
  ],
  ['a tab', LEVEL, '  difficulty: 1', '\tdifficulty: 1', '\t', 'a tab: YAML is indented with spaces'],
  [
    'an anchor',
    LEVEL,
    'concepts: [service, selector]',
    'concepts: &c [service]\n  needs: *c',
    '*c',
    'aliases (*name) are not allowed in a level; write the value out',
  ],
  ['a bracket left open', LEVEL, 'selector]', 'selector', '[service, selector', 'a [ is never closed: a ] is missing'],
  [
    'a colon in a text',
    LEVEL,
    'title: The shop answers',
    'title: The shop: it answers',
    'The shop: it',
    'a text with ": " in it needs quotes',
  ],
  ['a space too few', LEVEL, '      points: 5', '     points: 5', '     points', 'indented by another number of spaces'],
  ['a list for keys', LEVEL, 'cluster: {preset: default}', 'cluster: [default]', '[default]', 'keys with values are needed, not a list'],
  [
    'a check in Spanish that is not there',
    'es.yaml',
    'pods-stay:',
    'pod-stay:',
    'pod-stay',
    'no check "pod-stay"; did you mean "pods-stay"?',
  ],
  ['a key in Spanish', 'es.yaml', 'debrief: |', 'debreif: |', 'debreif', 'unknown key "debreif"; did you mean "debrief"?'],
  [
    'a hint of another id in Spanish',
    'es.yaml',
    'hints:',
    'hints:\n  endpoint: Uno más.',
    'endpoint: Uno',
    'no hint with the id "endpoint"; did you mean "endpoints"?',
  ],
  [
    'a title missing in Spanish',
    'es.yaml',
    '    title: "La tienda contesta por su nombre"\n',
    '',
    'message: "En',
    'warning: checks.reachable.title is missing: "The shop answers by its name"',
  ],
  ['a kind in a manifest', SHOP, 'kind: Service', 'kind: Servce', 'Servce', 'no kind "Servce"; did you mean "Service"?'],
  [
    'a version in a manifest',
    SHOP,
    'apiVersion: apps/v1',
    'apiVersion: v1',
    'v1\nkind: Deployment',
    'there is no Deployment in v1; it is in apps/v1',
  ],
  ['a field in a manifest', SHOP, 'replicas: 2', 'replica: 2', '2\n', 'a Deployment has no field "spec.replica"; did you mean "replicas"?'],
  ['a value the API refuses', SHOP, '[{port: 80, targetPort: 80}]', '[{port: 800000}]', '800000', 'must be between 1 and 65535'],
  [
    'a manifest left open',
    SHOP,
    'labels: {app: client}}',
    'labels: {app: client}',
    '{name: client, labels: {app: client}\n',
    'a { is never closed: a } is missing',
  ],
  [
    'a wrong answer for a check that is not there',
    'wrong/scale.sh',
    'pods-stay',
    'pod-stay',
    'pod-stay',
    'no check "pod-stay"; did you mean "pods-stay"?',
  ],
  ['a wrong answer for nothing', 'wrong/scale.sh', '# fails: reachable pods-stay\n', '', 'kubectl', '# fails: reachable'],
  [
    'an accepted mutant of no solution',
    'mutants.yaml',
    '',
    'accepted:\n  - {mutant: "drop: x*", solution: solutions/selektor.sh, reason: It is right.}\n',
    'solutions/selektor',
    'did you mean "solutions/selector.sh"?',
  ],
  [
    'an accepted mutant without a reason',
    'mutants.yaml',
    '',
    'accepted:\n  - {mutant: "drop: x*"}\n',
    '{mutant',
    'accepted[0].reason: it is missing',
  ],
  [
    'a hidden check that needs what is not there',
    'hidden.yaml',
    '',
    'checks:\n  - {id: tidy, title: Tidy, needs: [reachble], state: {kind: Pod, quantifier: none}}\n',
    'reachble',
    'did you mean "reachable"?',
  ],
])('%s', (name, file, from, to, mark, says) => {
  const files = scaffold('selector', 'The shop is shut')
  if (name === 'a variable misspelt') files[LEVEL] = files[LEVEL]!.replace('checks:', 'variants: {port: {int: [1, 2]}}\n  checks:')
  const text = files[file] === undefined ? to : files[file].replace(from, to)
  expect(text).not.toBe(files[file])
  const problems = problemsOf({ ...files, [file]: text })
  const place = `${file}:${placeOf(text, mark)}: `
  const found = problems.find((p) => p.startsWith(place) && p.includes(says))
  expect(found, `${place}${says}\n${problems.join('\n')}`).toBeDefined()
  // One slip, one line; what it leaves untranslated may be told besides.
  expect(problems.filter((p) => p !== found && !p.includes('warning: '))).toEqual([])
})

test('a level of one language is one, and is told so', () => {
  const { 'es.yaml': _, ...english } = scaffold('selector', 'The shop is shut')
  expect(problemsOf(english)).toEqual(['es.yaml:0:0: warning: it is not there: the level speaks English only'])
})

test('a new level has nothing to be said of it', () => {
  expect(problemsOf(scaffold('selector', 'The shop is shut'))).toEqual([])
})

test.each(levelNames)('%s has nothing to be said of it', (name) => {
  expect(lintLevel(findLevel(name)!)).toEqual([])
})
