/** What a solution's script is made of, with places in its text: statements, commands that do something, documents they carry. */
import { forEachChild, type HereDoc, parse, type SyntaxNode, type Word } from 'unbash'
import { onlyLooks } from './looking.ts'

export interface Span {
  readonly start: number
  readonly end: number
}

/** YAML or JSON inside a script: a here-document, or a word in quotes. */
export interface EmbeddedDocument extends Span {
  readonly text: string
  /** The first line of the statement that carries it. */
  readonly label: string
}

export interface PlacedWord extends Span {
  readonly text: string
  readonly label: string
  /** The word before it in the same command. */
  readonly before: string | undefined
  /** Part of a command that is run elsewhere: after `--`. */
  readonly isInner: boolean
}

export const short = (text: string): string => {
  const line = text.trim().split('\n')[0]!.trim()
  return line.length > 80 ? `${line.slice(0, 79)}…` : line
}

/** Statements with what follows them up to the next: here-documents, comments. A loop's body is taken apart, too. Those that only look are left out. */
export function stepsOf(script: string): Span[] {
  const found: Span[] = []
  const collect = (list: readonly SyntaxNode[], end: number): void => {
    for (const [i, one] of list.entries()) if (!onlyLooks(one)) found.push({ start: one.pos, end: list[i + 1]?.pos ?? end })
  }
  const visit = (node: SyntaxNode): void => {
    if (node.type === 'CompoundList' && node.commands.length > 1) collect(node.commands, node.end)
    forEachChild(node, (child) => void visit(child))
  }
  const root = parse(script)
  collect(root.commands, script.length)
  for (const one of root.commands) visit(one)
  return found
}

export interface Parts {
  readonly words: readonly PlacedWord[]
  readonly documents: readonly EmbeddedDocument[]
}

/** The arguments of all commands that do something, and the documents they are given. */
export function partsOf(script: string): Parts {
  const words: PlacedWord[] = []
  const documents: EmbeddedDocument[] = []
  const visit = (node: SyntaxNode): void => {
    if (node.type === 'Command' && node.name !== undefined && !onlyLooks(node)) {
      const label = short(script.slice(node.pos))
      let before: string | undefined = node.name.value
      let isInner = false
      for (const arg of node.args) {
        const document = documentIn(arg as Word)
        if (document === undefined) words.push({ start: arg.pos, end: arg.end, text: arg.text, label, before, isInner })
        else {
          // An option that is given a document is not left out by itself.
          if (before?.startsWith('-')) words.pop()
          documents.push({ ...document, label })
        }
        isInner ||= arg.text === '--'
        before = arg.text
      }
      for (const redirect of node.redirects) if (redirect.type === 'HereDoc') documents.push(...hereDocument(redirect, label))
    }
    forEachChild(node, (child) => void visit(child))
  }
  for (const one of parse(script).commands) visit(one)
  return { words, documents }
}

/** JSON, or a YAML mapping of some lines. */
const LOOKS_LIKE_DOCUMENT = /^\s*[[{]\s*["{[]|^\s*[\w.-]+:(?:\s[^\n]*)?\n\s*\S/

/** A word that is one text in single quotes and looks like a document. */
function documentIn(word: Word): Omit<EmbeddedDocument, 'label'> | undefined {
  const [part] = word.parts ?? []
  if (word.parts?.length !== 1 || part?.type !== 'SingleQuoted' || !LOOKS_LIKE_DOCUMENT.test(part.value)) return undefined
  return { start: part.pos + 1, end: part.end - 1, text: part.value }
}

/** Where the shell still reads backslashes in it, what is written would not be what arrives. */
function hereDocument({ body, delimiter }: HereDoc, label: string): EmbeddedDocument[] {
  if (body.end <= body.pos || (delimiter?.quoted !== true && /[\\`]/.test(body.text))) return []
  return [{ start: body.pos, end: body.end, text: body.text, label }]
}
