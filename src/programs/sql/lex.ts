/** Words of an SQL text: names, strings, numbers and marks; comments are left out. */
import type { Dialect } from './contract.ts'

export interface Word {
  readonly kind: 'name' | 'quoted' | 'string' | 'number' | 'variable' | 'mark'
  readonly text: string
  /** Where it begins. */
  readonly at: number
}

const ESCAPES: Record<string, string> = { n: '\n', t: '\t', r: '\r', '0': '\0', b: '\b', Z: '\x1a' }
const NAME = /[A-Za-z_\u0080-\uffff$][\w\u0080-\uffff$]*/y
const NUMBER = /\d+(\.\d+)?([eE][+-]?\d+)?/y
const VARIABLE = /@@?[\w.$]+/y
const MARK = /::|<=>|<>|!=|<=|>=|\|\||&&|:=|[(),;.=<>+\-*/%!@[\]]/y

/** Throws the dialect's syntax error at what is no word. */
export function lex(sql: string, dialect: Dialect): Word[] {
  const out: Word[] = []
  let i = 0
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = i
    return pattern.exec(sql)?.[0]
  }
  while (i < sql.length) {
    const c = sql[i]!
    if (/\s/.test(c)) i++
    else if ((c === '#' && dialect.hashComments) || (c === '-' && sql[i + 1] === '-' && isDashComment(sql, i, dialect)))
      while (i < sql.length && sql[i] !== '\n') i++
    else if (c === '/' && sql[i + 1] === '*') {
      const end = sql.indexOf('*/', i + 2)
      i = end < 0 ? sql.length : end + 2
    } else if (dialect.textQuotes.includes(c)) {
      const [text, end] = quoted(sql, i, c, dialect)
      out.push({ kind: 'string', text, at: i })
      i = end
    } else if (c === dialect.nameQuote) {
      const end = sql.indexOf(c, i + 1)
      if (end < 0) throw dialect.says.syntax(sql.slice(i))
      out.push({ kind: 'quoted', text: sql.slice(i + 1, end), at: i })
      i = end + 1
    } else {
      const number = take(NUMBER)
      const variable = number === undefined ? take(VARIABLE) : undefined
      const name = number === undefined && variable === undefined ? take(NAME) : undefined
      const text = number ?? variable ?? name ?? take(MARK)
      if (text === undefined) throw dialect.says.syntax(sql.slice(i))
      out.push({
        kind: number !== undefined ? 'number' : variable !== undefined ? 'variable' : name !== undefined ? 'name' : 'mark',
        text: name === undefined ? text : dialect.fold(text),
        at: i,
      })
      i += text.length
    }
  }
  return out
}

/** MariaDB wants a blank after the dashes. */
const isDashComment = (sql: string, i: number, dialect: Dialect): boolean => !dialect.hashComments || /\s|^$/.test(sql[i + 2] ?? '')

function quoted(sql: string, start: number, mark: string, dialect: Dialect): [string, number] {
  let text = ''
  let i = start + 1
  for (;;) {
    const c = sql[i]
    if (c === undefined) throw dialect.says.syntax(sql.slice(start))
    if (c === '\\' && dialect.backslashes) {
      text += ESCAPES[sql[i + 1] ?? ''] ?? sql[i + 1] ?? ''
      i += 2
    } else if (c === mark) {
      if (sql[i + 1] !== mark) return [text, i + 1]
      text += mark
      i += 2
    } else {
      text += c
      i++
    }
  }
}

/** Statements of a text, cut at `;` outside quotes. */
export function statements(text: string, dialect: Dialect): string[] {
  const out: string[] = []
  let start = 0
  let words = 0
  for (const word of lex(text, dialect)) {
    if (word.kind !== 'mark' || word.text !== ';') {
      words++
      continue
    }
    if (words > 0) out.push(text.slice(start, word.at).trim())
    start = word.at + 1
    words = 0
  }
  // What follows the last one may be only a comment.
  if (words > 0) out.push(text.slice(start).trim())
  return out
}
