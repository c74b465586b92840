/** The words of a template: text between actions, and what stands inside `{{ }}` (Go's text/template lexer, trim markers included). */
import { TemplateFailure } from './nodes.ts'

export type TokenKind = 'text' | 'open' | 'close' | 'space' | 'field' | 'variable' | 'word' | 'number' | 'string' | 'char' | 'eof'

export interface Token {
  readonly kind: TokenKind
  readonly text: string
  readonly pos: number
}

const SPACE = ' \t\r\n'
const isWord = (c: string | undefined): boolean => c !== undefined && /[\p{L}\p{Nd}_]/u.test(c)

export const lineOf = (text: string, pos: number): number => {
  let line = 1
  for (let at = text.indexOf('\n'); at >= 0 && at < pos; at = text.indexOf('\n', at + 1)) line++
  return line
}

/** A parse error at a line of a file. */
export function parseFailure(file: string, text: string, pos: number, message: string): TemplateFailure {
  return new TemplateFailure(`template: ${file}:${lineOf(text, pos)}: ${message}`, 'parse')
}

function stringEnd(text: string, at: number, fail: (message: string) => never): number {
  const quote = text[at]!
  for (let i = at + 1; i < text.length; i++) {
    const c = text[i]!
    if (c === quote) return i + 1
    if (quote === '`') continue
    if (c === '\\') i++
    else if (c === '\n') break
  }
  return fail(
    quote === '`' ? 'unterminated raw quoted string' : quote === "'" ? 'unterminated character constant' : 'unterminated quoted string',
  )
}

/** One token inside an action, from `at`. */
function inside(text: string, at: number, fail: (message: string) => never): Token {
  const c = text[at]!
  const token = (kind: TokenKind, end: number): Token => ({ kind, text: text.slice(at, end), pos: at })
  if (SPACE.includes(c)) {
    let end = at
    while (end < text.length && SPACE.includes(text[end]!)) end++
    return token('space', end)
  }
  if (c === '"' || c === '`' || c === "'") return token(c === "'" ? 'number' : 'string', stringEnd(text, at, fail))
  if (c === '.' || c === '$') {
    let end = at + 1
    if (c === '.' && /\d/.test(text[end] ?? ''))
      return token('number', at + /^\.\d+(?:[eE][+-]?\d+)?/.exec(text.slice(at, at + 64))![0].length)
    while (isWord(text[end])) end++
    return token(c === '.' ? 'field' : 'variable', end)
  }
  const number = /^[+-]?(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|\d[\d_]*(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)/.exec(
    text.slice(at, at + 64),
  )
  if (number !== null) {
    const end = at + number[0].length
    if (isWord(text[end])) fail(`bad number syntax: ${JSON.stringify(text.slice(at, end + 1))}`)
    return token('number', end)
  }
  if (isWord(c)) {
    let end = at
    while (isWord(text[end])) end++
    return token('word', end)
  }
  if (c === ':' && text[at + 1] === '=') return token('char', at + 2)
  if ('()|,='.includes(c)) return token('char', at + 1)
  if (c === ':') return fail('expected :=')
  const point = text.codePointAt(at)!
  return fail(`unrecognized character in action: U+${point.toString(16).toUpperCase().padStart(4, '0')} '${String.fromCodePoint(point)}'`)
}

const leftTrim = (text: string, at: number): boolean => text[at] === '-' && SPACE.includes(text[at + 1] ?? 'x')

function closing(text: string, at: number): number {
  if (text.startsWith('}}', at)) return 2
  if (SPACE.includes(text[at]!) && text.startsWith('-}}', at + 1)) return 4
  return 0
}

/** All tokens of a file. Throws TemplateFailure. */
export function lex(file: string, text: string): readonly Token[] {
  const tokens: Token[] = []
  let at = 0
  let trimNext = false
  while (at <= text.length) {
    const open = text.indexOf('{{', at)
    let from = at
    let end = open < 0 ? text.length : open
    if (trimNext) while (from < end && SPACE.includes(text[from]!)) from++
    const trims = open >= 0 && leftTrim(text, open + 2)
    if (trims) while (end > from && SPACE.includes(text[end - 1]!)) end--
    if (end > from) tokens.push({ kind: 'text', text: text.slice(from, end), pos: from })
    trimNext = false
    if (open < 0) break
    let i = open + 2 + (trims ? 2 : 0)
    const fail = (message: string): never => {
      throw parseFailure(file, text, i, message)
    }
    if (text.startsWith('/*', i)) {
      const close = text.indexOf('*/', i)
      if (close < 0) fail('unclosed comment')
      i = close + 2
      const width = closing(text, i)
      if (width === 0) fail('comment ends before closing delimiter')
      trimNext = width === 4
      at = i + width
      continue
    }
    tokens.push({ kind: 'open', text: '{{', pos: open })
    let depth = 0
    for (;;) {
      if (i >= text.length) fail('unclosed action')
      const width = closing(text, i)
      if (width > 0) {
        if (depth > 0) fail('unclosed left paren')
        tokens.push({ kind: 'close', text: '}}', pos: i + width - 2 })
        trimNext = width === 4
        i += width
        break
      }
      const token = inside(text, i, fail)
      if (token.text === '(') depth++
      if (token.text === ')' && --depth < 0) fail('unexpected right paren')
      // A trim marker's own space is not the action's.
      const marker = token.kind === 'space' && text.startsWith('-}}', i + token.text.length)
      if (marker) {
        if (token.text.length > 1) tokens.push({ ...token, text: token.text.slice(0, -1) })
        i += token.text.length - 1
        continue
      }
      tokens.push(token)
      i += token.text.length
    }
    at = i
  }
  tokens.push({ kind: 'eof', text: '', pos: text.length })
  return tokens
}
