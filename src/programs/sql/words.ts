/** A statement being read: its words one after another. What does not fit is the dialect's syntax error. */
import type { Dialect } from './contract.ts'
import { lex, type Word } from './lex.ts'

const KEPT = 2000

/** A parser of whole statements. Parsing is pure, so its results are kept. */
export function parser<S>(dialect: Dialect, statement: (w: Words) => S): (sql: string) => S {
  const kept = new Map<string, S>()
  return (sql) => {
    const known = kept.get(sql)
    if (known !== undefined) return known
    const w = new Words(sql, dialect)
    const made = statement(w)
    w.end()
    if (kept.size > KEPT) kept.clear()
    kept.set(sql, made)
    return made
  }
}

export class Words {
  readonly dialect: Dialect
  readonly sql: string
  readonly #words: readonly Word[]
  #i = 0

  constructor(sql: string, dialect: Dialect) {
    this.sql = sql
    this.dialect = dialect
    this.#words = lex(sql, dialect)
  }

  /** The word that comes next. */
  get next(): Word | undefined {
    return this.#words[this.#i]
  }
  get atEnd(): boolean {
    return this.#i >= this.#words.length
  }
  /** Where the next word begins. */
  get offset(): number {
    return this.next?.at ?? this.sql.length
  }
  fail(back = 0): never {
    this.#i -= back
    throw this.dialect.says.syntax(this.sql.slice(this.offset))
  }
  is(...texts: string[]): boolean {
    return texts.every((t, n) => {
      const word = this.#words[this.#i + n]
      return word !== undefined && (word.kind === 'name' || word.kind === 'mark') && word.text.toUpperCase() === t
    })
  }
  take(...texts: string[]): boolean {
    if (!this.is(...texts)) return false
    this.#i += texts.length
    return true
  }
  need(...texts: string[]): void {
    for (const text of texts) if (!this.take(text)) this.fail()
  }
  /** The next word, whatever it is. */
  any(): Word | undefined {
    return this.#words[this.#i++]
  }
  name(): string {
    const word = this.next
    if (word === undefined || (word.kind !== 'name' && word.kind !== 'quoted')) return this.fail()
    this.#i++
    return word.text
  }
  text(): string {
    const word = this.next
    if (word?.kind !== 'string') return this.fail()
    this.#i++
    return word.text
  }
  number(): number {
    const word = this.next
    if (word?.kind !== 'number') return this.fail()
    this.#i++
    return Number(word.text)
  }
  list<T>(one: () => T): T[] {
    const out = [one()]
    while (this.take(',')) out.push(one())
    return out
  }
  /** What is inside a parenthesis that was opened. */
  closed<T>(inner: () => T): T {
    const value = inner()
    this.need(')')
    return value
  }
  ifExists(): boolean {
    return this.take('IF', 'NOT', 'EXISTS') || this.take('IF', 'EXISTS')
  }
  /** Passes over all that is left. */
  skip(): void {
    this.#i = this.#words.length
  }
  end(): void {
    this.take(';')
    if (!this.atEnd) this.fail()
  }
}
