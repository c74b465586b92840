/** DESIGN's conventions for files: how they open, what they are called, how long they are; and that no test is skipped in silence. */
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { at, type Source, sources, testSources } from './sources.ts'

const all = [...sources, ...testSources]
const isGenerated = (s: Source): boolean => s.path.startsWith('src/api/generated/')

test('every source file opens by saying what it is', () => {
  expect(sources.filter((s) => !/^\s*(#!.*\n)?(\/\*\*?\s*|\/\/ )\S/.test(s.text)).map((s) => s.path)).toEqual([])
})

test('files are in kebab-case', () => {
  const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.test|\.generated)?\.tsx?$/
  expect(all.filter((s) => !kebab.test(s.path.split('/').at(-1)!)).map((s) => s.path)).toEqual([])
})

test('nothing is called utils, helpers or Manager, or IThing', () => {
  const found = all.filter((s) => /(^|\/)(utils?|helpers?|misc|common)(\/|\.tsx?$)/.test(s.path)).map((s) => s.path)
  for (const source of all)
    ts.forEachChild(source.tree, (node) => {
      if (!ts.isInterfaceDeclaration(node) && !ts.isClassDeclaration(node)) return
      if (/^I[A-Z][a-z]|Manager$/.test(node.name?.text ?? '')) found.push(`${at(source, node)} ${node.name!.text}`)
    })
  expect(found).toEqual([])
})

describe('length', () => {
  const LIMIT = 400
  /** Longer files, each with the reason why it is one file. */
  const LONGER: Readonly<Record<string, string>> = {
    'src/script/tools/awk-parse.ts': 'one grammar: tokens and productions refer to one another',
    'src/script/tools/awk-run.ts': 'one interpreter: a case a node of the grammar',
    'src/script/tools/jq-parse.ts': 'one grammar',
    'src/script/tools/jq-run.ts': 'one interpreter: a case a node of the grammar',
    'src/script/tools/jq-functions.ts': 'a table of built-in functions, a line or three each',
    'src/script/tools/file-tools.ts': 'cp, mv, rm, mkdir and the like: a short record each, over the same few file operations',
    'src/script/language/run.ts': 'one step machine: a case a kind of frame',
    'src/programs/wordpress/pages.ts': 'the pages of one program, a function each',
    'src/session/session.ts': 'one object: input, time, undo and the journal share its state; each method is short',
  }
  const lines = (s: Source): number => s.text.split('\n').length - 1
  test(`no file is over ${LIMIT} lines without a reason`, () => {
    expect(
      sources.filter((s) => !isGenerated(s) && lines(s) > LIMIT && LONGER[s.path] === undefined).map((s) => `${s.path}: ${lines(s)}`),
    ).toEqual([])
  })
  test('no reason outlives its file', () => {
    expect(Object.keys(LONGER).filter((p) => !sources.some((s) => s.path === p && lines(s) > 0.9 * LIMIT))).toEqual([])
  })
})

test('names are exported, nothing by default', () => {
  const found: string[] = []
  for (const source of sources)
    ts.forEachChild(source.tree, (node) => {
      const modifiers = ts.canHaveModifiers(node) ? (ts.getModifiers(node) ?? []) : []
      if (ts.isExportAssignment(node) || modifiers.some((m) => m.kind === ts.SyntaxKind.DefaultKeyword)) found.push(at(source, node))
      if (ts.isEnumDeclaration(node) || ts.isModuleDeclaration(node)) found.push(`${at(source, node)} enum or namespace`)
    })
  expect(found).toEqual([])
})

/** `it.skip`, `test.todo`, `describe.only` …: calls of vitest's that leave tests out. */
function leftOut(source: Source): ts.PropertyAccessExpression[] {
  const found: ts.PropertyAccessExpression[] = []
  const visit = (node: ts.Node): void => {
    if (
      ts.isPropertyAccessExpression(node) &&
      ts.isIdentifier(node.expression) &&
      /^(it|test|describe|suite)$/.test(node.expression.text) &&
      /^(skip|todo|only|fails|skipIf|runIf)$/.test(node.name.text)
    )
      found.push(node)
    ts.forEachChild(node, visit)
  }
  visit(source.tree)
  return found
}

test('a test that is left out says why in a comment beside it, and none runs alone', () => {
  const found: string[] = []
  for (const source of testSources)
    for (const call of leftOut(source)) {
      const line = source.tree.getLineAndCharacterOfPosition(call.getStart(source.tree)).line
      const near = source.text
        .split('\n')
        .slice(Math.max(0, line - 1), line + 1)
        .join('\n')
      if (call.name.text === 'only' || !/\/\/ .|\/\*\*? .|\* ./.test(near)) found.push(at(source, call))
    }
  expect(found).toEqual([])
})
