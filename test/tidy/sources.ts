/** Every source file, parsed once for all the tidy tests, with the questions they ask of a syntax tree. */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import ts from 'typescript'
import rooms from './rooms.json' with { type: 'json' }

export interface Source {
  /** From the root of the repository, with slashes. */
  readonly path: string
  readonly room: string
  readonly text: string
  readonly tree: ts.SourceFile
}

export const ROOMS: readonly string[] = rooms

/** All files below a folder whose name ends so, in byte order. */
export function filesBelow(folder: string, ending: RegExp): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((e) => e.isFile() && ending.test(e.name))
    .map((e) => path.join(e.parentPath, e.name).split(path.sep).join('/'))
    .sort()
}

function parse(file: string): Source {
  const text = readFileSync(file, 'utf8')
  const kind = file.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS
  return { path: file, room: file.split('/')[1]!, text, tree: ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true, kind) }
}

export const sources: readonly Source[] = filesBelow('src', /\.tsx?$/).map(parse)
export const testSources: readonly Source[] = filesBelow('test', /\.tsx?$/).map(parse)

export interface Import {
  readonly specifier: string
  /** The imported file from the root of the repository; undefined for a package. */
  readonly file: string | undefined
  readonly typeOnly: boolean
}

/** What a file imports or re-exports, `import('…')` types and calls included. */
export function importsOf(source: Source): Import[] {
  const found: Import[] = []
  const add = (specifier: string, typeOnly: boolean): void => {
    const file = specifier.startsWith('.') ? path.posix.join(path.posix.dirname(source.path), specifier) : undefined
    found.push({ specifier, file, typeOnly })
  }
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier))
      add(node.moduleSpecifier.text, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword)
    else if (ts.isExportDeclaration(node) && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier))
      add(node.moduleSpecifier.text, node.isTypeOnly)
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal))
      add(node.argument.literal.text, true)
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword && ts.isStringLiteral(node.arguments[0]!))
      add(node.arguments[0].text, false)
    ts.forEachChild(node, visit)
  }
  visit(source.tree)
  return found
}

/** `path:line` of a node, as editors open it. */
export const at = (source: Source, node: ts.Node): string =>
  `${source.path}:${source.tree.getLineAndCharacterOfPosition(node.getStart(source.tree)).line + 1}`
