/** Laws 1 and 2: below the hosts nothing is asynchronous, and neither time nor chance nor order comes from the machine. */
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { at, importsOf, ROOMS, type Source, sources } from './sources.ts'

/** The rooms in which a world is computed: all below the hosts. */
const engine = sources.filter((s) => ROOMS.indexOf(s.room) < ROOMS.indexOf('tui'))

const GLOBALS = new Set([
  'Date',
  'Promise',
  'Intl',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'process',
  'console',
  'performance',
  'fetch',
  'crypto',
  'WeakRef',
  'FinalizationRegistry',
])
const MEMBERS: Readonly<Record<string, readonly string[]>> = { Math: ['random'] }
const METHODS = new Set([
  'localeCompare',
  'toLocaleString',
  'toLocaleUpperCase',
  'toLocaleLowerCase',
  'toLocaleDateString',
  'toLocaleTimeString',
])

/** Files that may use one of them, and why. */
const ALLOWED: Readonly<Record<string, readonly [string, string]>> = {
  'src/controllers/cronjob/schedule.ts': ['Date', 'croner takes and gives dates; the moment is ours'],
  'src/kinds/batch/cronjob/validate.ts': ['Intl', 'whether a time zone exists: the zone table of the machine, as upstream'],
  'src/programs/ingress-nginx/certificate.ts': ['Date', "a certificate's own moment, written in GMT"],
}

/** A name that is declared or is a member's name is not the global of that name. */
function isGlobalUse(node: ts.Identifier): boolean {
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node
  if (ts.isQualifiedName(parent) || ts.isTypeReferenceNode(parent) || ts.isTypeQueryNode(parent)) return false
  if (ts.isShorthandPropertyAssignment(parent)) return true
  const declared = parent as { readonly name?: ts.Node; readonly propertyName?: ts.Node; readonly label?: ts.Node }
  return declared.name !== node && declared.propertyName !== node && declared.label !== node
}

function declares(source: Source, name: string): boolean {
  let found = false
  const visit = (node: ts.Node): void => {
    if (
      (ts.isVariableDeclaration(node) ||
        ts.isParameter(node) ||
        ts.isFunctionDeclaration(node) ||
        ts.isImportSpecifier(node) ||
        ts.isBindingElement(node)) &&
      node.name?.getText(source.tree) === name
    )
      found = true
    if (!found) ts.forEachChild(node, visit)
  }
  visit(source.tree)
  return found
}

/** What of the host a file uses: `path:line name`. */
function hostUses(source: Source): string[] {
  const found: string[] = []
  const note = (node: ts.Node, name: string): void => {
    if (ALLOWED[source.path]?.[0] !== name) found.push(`${at(source, node)} ${name}`)
  }
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && GLOBALS.has(node.text) && isGlobalUse(node) && !declares(source, node.text)) note(node, node.text)
    else if (ts.isPropertyAccessExpression(node)) {
      if (ts.isIdentifier(node.expression) && MEMBERS[node.expression.text]?.includes(node.name.text))
        note(node, `${node.expression.text}.${node.name.text}`)
      if (METHODS.has(node.name.text)) note(node, node.name.text)
    } else if (ts.isAwaitExpression(node)) note(node, 'await')
    else if (node.kind === ts.SyntaxKind.AsyncKeyword) note(node, 'async')
    ts.forEachChild(node, visit)
  }
  visit(source.tree)
  return found
}

test('the engine is synchronous; its time, chance and order are its own', () => {
  expect(engine.flatMap(hostUses)).toEqual([])
})

/** Modules of Node's that compute and nothing else. */
const PURE_MODULES = new Set(['node:buffer', 'node:crypto', 'node:zlib', 'node:path/posix', 'node:util'])
/** Levels are read from files by their loader, and by nobody else below the hosts. */
const READS_FILES = /^src\/levels\/loader\//

test('no exception outlives its file', () => {
  expect(Object.keys(ALLOWED).filter((p) => !engine.some((s) => s.path === p))).toEqual([])
})

test('the engine does not touch the machine', () => {
  const found = engine.flatMap((s) =>
    importsOf(s)
      .filter((i) => i.specifier.startsWith('node:') && !PURE_MODULES.has(i.specifier) && !READS_FILES.test(s.path))
      .map((i) => `${s.path} imports ${i.specifier}`),
  )
  expect(found).toEqual([])
})

describe('the lint sees what it is for', () => {
  const source = (text: string): Source => ({
    path: 'src/lib/x.ts',
    room: 'lib',
    text,
    tree: ts.createSourceFile('x.ts', text, ts.ScriptTarget.ES2023, true),
  })
  test.each([
    ['const t = Date.now()', ['Date']],
    ['const t = new Date(0)', ['Date']],
    ['Math.random()', ['Math.random']],
    ['Math.floor(1)', []],
    ['setTimeout(f, 1)', ['setTimeout']],
    ['async function f() { await g() }', ['async', 'await']],
    ['names.sort((a, b) => a.localeCompare(b))', ['localeCompare']],
    ['const { process } = deps; process.run()', []],
    ['interface A { readonly process: Process }', []],
    ['record.process', []],
    ['process.env', ['process']],
    ['const x = { Date: 1 }', []],
    ['let p: Promise<void>', []],
  ])('%s', (text, expected) => {
    expect(hostUses(source(text)).map((u) => u.split(' ')[1])).toEqual(expected)
  })
})
