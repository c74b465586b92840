/** Words of an SQL text: names, strings, numbers and marks; comments are left out. */
import { SqlError } from './contract.ts'

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
const MARK = /<=>|<>|!=|<=|>=|\|\||&&|:=|[(),;.=<>+\-*/%!@]/y

export function lex(sql: string): Word[] {
  const out: Word[] = []
  let i = 0
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = i
    return pattern.exec(sql)?.[0]
  }
  while (i < sql.length) {
    const c = sql[i]!
    if (/\s/.test(c)) i++
    else if (c === '#' || (c === '-' && sql[i + 1] === '-' && /\s|^$/.test(sql[i + 2] ?? ''))) while (i < sql.length && sql[i] !== '\n') i++
    else if (c === '/' && sql[i + 1] === '*') {
      const end = sql.indexOf('*/', i + 2)
      i = end < 0 ? sql.length : end + 2
    } else if (c === "'" || c === '"') {
      const [text, end] = quoted(sql, i, c)
      out.push({ kind: 'string', text, at: i })
      i = end
    } else if (c === '`') {
      const end = sql.indexOf('`', i + 1)
      if (end < 0) throw syntaxError(sql.slice(i))
      out.push({ kind: 'quoted', text: sql.slice(i + 1, end), at: i })
      i = end + 1
    } else {
      const number = take(NUMBER)
      const variable = number === undefined ? take(VARIABLE) : undefined
      const name = number === undefined && variable === undefined ? take(NAME) : undefined
      const text = number ?? variable ?? name ?? take(MARK)
      if (text === undefined) throw syntaxError(sql.slice(i))
      out.push({
        kind: number !== undefined ? 'number' : variable !== undefined ? 'variable' : name !== undefined ? 'name' : 'mark',
        text,
        at: i,
      })
      i += text.length
    }
  }
  return out
}

function quoted(sql: string, start: number, mark: string): [string, number] {
  let text = ''
  let i = start + 1
  for (;;) {
    const c = sql[i]
    if (c === undefined) throw syntaxError(sql.slice(start))
    if (c === '\\') {
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

export const syntaxError = (near: string): SqlError =>
  new SqlError(
    1064,
    '42000',
    `You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near '${near.slice(0, 80)}' at line 1`,
  )

/** Statements of a text, cut at `;` outside quotes. */
export function statements(text: string): string[] {
  const out: string[] = []
  let start = 0
  let words = 0
  for (const word of lex(text)) {
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
