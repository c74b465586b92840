/**
 * Parsed sources. A shell's state names a syntax node by its source text and the node's number in a fixed walk of that text, so that
 * states stay plain data; the parse itself (unbash) is a cache that can be thrown away at any time.
 */
import type { ParseError, SyntaxNode, Word } from 'unbash'
import { forEachChild, parse } from 'unbash'

/** A parsed source text and the numbering of its nodes. */
export interface Program {
  readonly text: string
  readonly nodes: readonly SyntaxNode[]
  readonly ids: ReadonlyMap<SyntaxNode, number>
  readonly errors: readonly ParseError[]
}

/** A syntax error, with its place counted from 1. `incomplete`: more input could mend it. */
export interface SyntaxProblem {
  readonly message: string
  readonly line: number
  readonly column: number
  readonly incomplete: boolean
}

const cache = new Map<string, Program>()
const cacheSize = 1000
const maxNodes = 200_000

function build(text: string): Program {
  const nodes: SyntaxNode[] = []
  const ids = new Map<SyntaxNode, number>()
  const errors: ParseError[] = []
  const root = parse(text)
  const open: SyntaxNode[] = [root]
  while (open.length > 0 && nodes.length < maxNodes) {
    const node = open.pop()!
    if (ids.has(node)) continue
    ids.set(node, nodes.length)
    nodes.push(node)
    if (node.type === 'Script' && 'errors' in node && node.errors !== undefined) errors.push(...node.errors)
    forEachChild(node, (child) => open.push(child))
  }
  if (nodes.length >= maxNodes) errors.push({ message: 'script too long', pos: 0 })
  return { text, nodes, ids, errors: dedupe(errors) }
}

function dedupe(errors: ParseError[]): ParseError[] {
  const seen = new Set<string>()
  return errors
    .filter((error) => {
      const key = `${error.pos} ${error.message}`
      if (seen.has(key)) return false
      seen.add(key)
      return true
    })
    .sort((a, b) => a.pos - b.pos)
}

/** The parse of a text, from the cache when it was parsed before. */
export function program(text: string): Program {
  const known = cache.get(text)
  if (known !== undefined) return known
  const made = build(text)
  if (cache.size >= cacheSize) cache.delete(cache.keys().next().value!)
  cache.set(text, made)
  return made
}

/** The first argument of `: TEXT` as a word, for texts made by brace expansion. */
export function wordOf(text: string): { program: Program; word: Word } | undefined {
  const made = program(`: ${text}`)
  for (const node of made.nodes) {
    if (node.type !== 'Command') continue
    const word = node.suffix[0]
    return word !== undefined && word.type === 'Word' ? { program: made, word } : undefined
  }
  return undefined
}

/** All syntax errors of a source, in the order of their places; none when it can run. */
export function checkSyntax(text: string): SyntaxProblem[] {
  return program(text).errors.map((error) => {
    const before = text.slice(0, error.pos)
    const line = before.split('\n').length
    const column = error.pos - (before.lastIndexOf('\n') + 1) + 1
    const rest = text.slice(error.pos).trim()
    const incomplete =
      /unterminated|unclosed|expected|unexpected end/i.test(error.message) &&
      (rest === '' || /unterminated|unclosed|to close/i.test(error.message))
    return { message: error.message, line, column, incomplete }
  })
}
