/** Parses one statement of the SQL subset. What it does not know is MariaDB's own syntax error 1064. */
import type { Column, Value } from './contract.ts'
import type { AccountName, Expr, Select, Statement, TableName } from './sql-ast.ts'
import { lex, syntaxError, type Word } from './sql-lex.ts'

const memo = new Map<string, Statement>()

/** The statement of a text. Parsing is pure, so its results are kept. */
export function parse(sql: string): Statement {
  let statement = memo.get(sql)
  if (statement === undefined) {
    statement = new Parser(sql).statement()
    if (memo.size > 2000) memo.clear()
    memo.set(sql, statement)
  }
  return statement
}

class Parser {
  readonly #words: readonly Word[]
  readonly #sql: string
  #i = 0

  constructor(sql: string) {
    this.#sql = sql
    this.#words = lex(sql)
  }

  // ── reading words ──
  #fail(): never {
    throw syntaxError(this.#sql.slice(this.#words[this.#i]?.at ?? this.#sql.length))
  }
  #is(...texts: string[]): boolean {
    return texts.every((t, n) => {
      const word = this.#words[this.#i + n]
      return word !== undefined && (word.kind === 'name' || word.kind === 'mark') && word.text.toUpperCase() === t
    })
  }
  #take(...texts: string[]): boolean {
    if (!this.#is(...texts)) return false
    this.#i += texts.length
    return true
  }
  #need(...texts: string[]): void {
    for (const text of texts) if (!this.#take(text)) this.#fail()
  }
  #name(): string {
    const word = this.#words[this.#i]
    if (word === undefined || (word.kind !== 'name' && word.kind !== 'quoted')) this.#fail()
    this.#i++
    return word!.text
  }
  #text(): string {
    const word = this.#words[this.#i]
    if (word?.kind !== 'string') this.#fail()
    this.#i++
    return word!.text
  }
  #end(): boolean {
    return this.#i >= this.#words.length
  }
  #list<T>(one: () => T): T[] {
    const out = [one()]
    while (this.#take(',')) out.push(one())
    return out
  }
  #ifNotExists(): boolean {
    return this.#take('IF', 'NOT', 'EXISTS') || this.#take('IF', 'EXISTS')
  }

  statement(): Statement {
    const statement = this.#statement()
    this.#take(';')
    if (!this.#end()) this.#fail()
    return statement
  }

  #statement(): Statement {
    if (this.#take('SELECT')) return this.#select()
    if (this.#take('INSERT')) return this.#insert(this.#take('IGNORE') ? 'ignore' : 'insert')
    if (this.#take('REPLACE')) return this.#insert('replace')
    if (this.#take('UPDATE')) return this.#update()
    if (this.#take('DELETE')) return this.#delete()
    if (this.#take('CREATE')) return this.#create()
    if (this.#take('DROP')) return this.#drop()
    if (this.#take('TRUNCATE')) {
      this.#take('TABLE')
      return { k: 'truncate', tables: [this.#table()], guarded: false }
    }
    if (this.#take('USE')) return { k: 'use', name: this.#name() }
    if (this.#take('SHOW')) return this.#show()
    if (this.#take('DESCRIBE') || this.#take('DESC')) return { k: 'show', what: 'COLUMNS', from: this.#table() }
    if (this.#take('ALTER', 'USER'))
      return { k: 'alter-user', guarded: this.#ifNotExists(), accounts: this.#list(() => this.#identified()) }
    if (this.#take('SET')) return this.#set()
    if (this.#take('GRANT')) return this.#grant('grant', 'TO')
    if (this.#take('REVOKE')) return this.#grant('revoke', 'FROM')
    if (this.#take('START', 'TRANSACTION') || this.#take('BEGIN')) return { k: 'begin' }
    if (this.#take('COMMIT')) return { k: 'commit' }
    if (this.#take('ROLLBACK')) return { k: 'rollback' }
    if (this.#take('FLUSH') || this.#take('LOCK') || this.#take('UNLOCK') || this.#take('ANALYZE') || this.#take('OPTIMIZE'))
      return this.#skip()
    return this.#fail()
  }

  #skip(): Statement {
    this.#i = this.#words.length
    return { k: 'nothing' }
  }

  #table(): TableName {
    const first = this.#name()
    const named = this.#take('.') ? { database: first, table: this.#name() } : { table: first }
    const next = this.#words[this.#i]
    if (this.#take('AS')) return { ...named, alias: this.#name() }
    if (
      next?.kind === 'name' &&
      !/^(WHERE|ORDER|LIMIT|GROUP|SET|VALUES|VALUE|SELECT|ON|IDENTIFIED|LIKE|TO|FROM|INNER|LEFT|RIGHT|JOIN|HAVING|UNION|FOR|LOCK)$/i.test(
        next.text,
      )
    ) {
      this.#i++
      return { ...named, alias: next.text }
    }
    return named
  }

  #select(): Select {
    const distinct = this.#take('DISTINCT')
    this.#take('SQL_CALC_FOUND_ROWS')
    const items = this.#list(() => {
      const from = this.#words[this.#i]?.at ?? 0
      const e = this.#expr()
      const until = this.#words[this.#i]?.at ?? this.#sql.length
      const next = this.#words[this.#i]
      const alias = this.#take('AS') ? this.#alias() : next?.kind === 'quoted' ? this.#name() : undefined
      return { e, as: alias ?? (e.k === 'column' ? e.name : this.#sql.slice(from, until).trim()) }
    })
    const from = this.#take('FROM') ? this.#table() : undefined
    const where = this.#take('WHERE') ? this.#expr() : undefined
    const group = this.#take('GROUP', 'BY') ? this.#list(() => this.#expr()) : []
    const order = this.#take('ORDER', 'BY') ? this.#list(() => ({ e: this.#expr(), down: this.#descending() })) : []
    let limit: number | undefined
    let offset = 0
    if (this.#take('LIMIT')) {
      limit = this.#number()
      if (this.#take(',')) [offset, limit] = [limit, this.#number()]
      else if (this.#take('OFFSET')) offset = this.#number()
    }
    if (this.#take('FOR', 'UPDATE'))
      return {
        k: 'select',
        items,
        ...(from && { from }),
        ...(where && { where }),
        group,
        order,
        ...(limit !== undefined && { limit }),
        offset,
        distinct,
      }
    return {
      k: 'select',
      items,
      ...(from && { from }),
      ...(where && { where }),
      group,
      order,
      ...(limit !== undefined && { limit }),
      offset,
      distinct,
    }
  }
  #descending(): boolean {
    if (this.#take('DESC')) return true
    this.#take('ASC')
    return false
  }
  #alias(): string {
    const word = this.#words[this.#i]
    if (word?.kind === 'string') {
      this.#i++
      return word.text
    }
    return this.#name()
  }
  #number(): number {
    const word = this.#words[this.#i]
    if (word?.kind !== 'number') this.#fail()
    this.#i++
    return Number(word!.text)
  }

  #insert(mode: 'insert' | 'ignore' | 'replace'): Statement {
    this.#take('INTO')
    const into = this.#table()
    if (this.#take('SET')) {
      const pairs = this.#assignments()
      return { k: 'insert', into, columns: pairs.map(([c]) => c), rows: [pairs.map(([, e]) => e)], mode, onDuplicate: [] }
    }
    const columns = this.#take('(') ? this.#closed(() => this.#list(() => this.#name())) : undefined
    if (!this.#take('VALUES')) this.#need('VALUE')
    const rows = this.#list(() => {
      this.#need('(')
      return this.#closed(() => (this.#is(')') ? [] : this.#list(() => this.#expr())))
    })
    const onDuplicate = this.#take('ON', 'DUPLICATE', 'KEY', 'UPDATE') ? this.#assignments() : []
    return { k: 'insert', into, ...(columns && { columns }), rows, mode, onDuplicate }
  }
  #closed<T>(inner: () => T): T {
    const value = inner()
    this.#need(')')
    return value
  }
  #assignments(): [string, Expr][] {
    return this.#list(() => {
      let name = this.#name()
      if (this.#take('.')) name = this.#name()
      this.#need('=')
      return [name, this.#expr()] as [string, Expr]
    })
  }

  #update(): Statement {
    const table = this.#table()
    this.#need('SET')
    const set = this.#assignments()
    const where = this.#take('WHERE') ? this.#expr() : undefined
    const limit = this.#take('LIMIT') ? this.#number() : undefined
    return { k: 'update', table, set, ...(where && { where }), ...(limit !== undefined && { limit }) }
  }

  #delete(): Statement {
    this.#need('FROM')
    const from = this.#table()
    const where = this.#take('WHERE') ? this.#expr() : undefined
    const limit = this.#take('LIMIT') ? this.#number() : undefined
    return { k: 'delete', from, ...(where && { where }), ...(limit !== undefined && { limit }) }
  }

  #create(): Statement {
    const replaces = this.#take('OR', 'REPLACE')
    if (this.#take('DATABASE') || this.#take('SCHEMA')) {
      const guarded = this.#ifNotExists() || replaces
      const name = this.#name()
      this.#i = this.#words.length
      return { k: 'create-database', name, guarded }
    }
    if (this.#take('USER'))
      return { k: 'create-user', guarded: this.#ifNotExists() || replaces, accounts: this.#list(() => this.#identified()) }
    this.#take('TEMPORARY')
    this.#need('TABLE')
    const guarded = this.#ifNotExists()
    const table = this.#table()
    this.#need('(')
    const columns: Column[] = []
    const primary: string[] = []
    this.#list(() => this.#definition(columns, primary))
    this.#need(')')
    this.#i = this.#words.length
    return { k: 'create-table', table, columns, primary, guarded }
  }

  /** One line of CREATE TABLE: a column or a key. */
  #definition(columns: Column[], primary: string[]): void {
    if (this.#take('PRIMARY', 'KEY')) return void primary.push(...this.#keyColumns())
    const unique = this.#take('UNIQUE')
    if (unique || this.#is('KEY') || this.#is('INDEX') || this.#is('FULLTEXT')) {
      this.#take('FULLTEXT')
      if (!this.#take('KEY')) this.#take('INDEX')
      if (!this.#is('(')) this.#name()
      const names = this.#keyColumns()
      const at = columns.findIndex((c) => c.name === names[0])
      if (unique && names.length === 1 && at >= 0) columns[at] = { ...columns[at]!, unique: true }
      return
    }
    const name = this.#name()
    let type = this.#name().toLowerCase()
    if (this.#take('(')) type += `(${this.#closed(() => this.#list(() => this.#words[this.#i++]!.text)).join(',')})`
    let column: Column = { name, type }
    for (;;) {
      if (this.#take('NOT', 'NULL')) column = { ...column, notNull: true }
      else if (this.#take('AUTO_INCREMENT')) column = { ...column, auto: true }
      else if (this.#take('PRIMARY', 'KEY')) primary.push(name)
      else if (this.#take('UNIQUE')) {
        this.#take('KEY')
        column = { ...column, unique: true }
      } else if (this.#take('DEFAULT')) column = { ...column, preset: this.#preset() }
      else if (this.#take('CHARACTER', 'SET') || this.#take('COLLATE') || this.#take('COMMENT')) this.#i++
      else if (this.#take('NULL') || this.#take('UNSIGNED') || this.#take('ON', 'UPDATE')) continue
      else break
    }
    columns.push(column)
  }
  #preset(): Value {
    const e = this.#unary()
    return e.k === 'value' ? e.v : e.k === 'call' || e.k === 'column' ? '\0now' : null
  }
  #keyColumns(): string[] {
    this.#need('(')
    return this.#closed(() =>
      this.#list(() => {
        const name = this.#name()
        if (this.#take('(')) this.#closed(() => this.#number())
        return name
      }),
    )
  }

  #drop(): Statement {
    if (this.#take('DATABASE') || this.#take('SCHEMA')) return { k: 'drop-database', guarded: this.#ifNotExists(), name: this.#name() }
    if (this.#take('USER')) return { k: 'drop-user', guarded: this.#ifNotExists(), accounts: this.#list(() => this.#account()) }
    this.#need('TABLE')
    return { k: 'drop-table', guarded: this.#ifNotExists(), tables: this.#list(() => this.#table()) }
  }

  #show(): Statement {
    this.#take('FULL')
    this.#take('GLOBAL')
    this.#take('SESSION')
    if (this.#take('GRANTS')) return { k: 'show', what: 'GRANTS', ...(this.#take('FOR') && { account: this.#account() }) }
    if (this.#take('CREATE', 'TABLE')) return { k: 'show', what: 'CREATE TABLE', from: this.#table() }
    const what = this.#name().toUpperCase()
    const from = this.#take('FROM') || this.#take('IN') ? this.#table() : undefined
    const like = this.#take('LIKE') ? this.#text() : undefined
    return { k: 'show', what, ...(like !== undefined && { like }), ...(from && { from }) }
  }

  #account(): AccountName {
    const word = this.#words[this.#i++]
    if (word === undefined || !['name', 'quoted', 'string'].includes(word.kind)) this.#fail()
    if (/^current_user$/i.test(word!.text)) {
      if (this.#take('(')) this.#need(')')
      return { user: '\0current', host: '' }
    }
    const next = this.#words[this.#i]
    if (next?.kind === 'variable') {
      this.#i++
      return { user: word!.text, host: next.text.slice(1) }
    }
    if (!this.#take('@')) return { user: word!.text, host: '%' }
    const host = this.#words[this.#i++]
    return { user: word!.text, host: host?.text ?? '%' }
  }
  #identified(): AccountName & { password?: string } {
    const account = this.#account()
    if (!this.#take('IDENTIFIED')) return account
    if (this.#take('VIA') || this.#take('WITH')) {
      this.#name()
      if (!this.#take('BY') && !this.#take('USING') && !this.#take('AS')) return account
      if (this.#take('PASSWORD')) {
        this.#need('(')
        return { ...account, password: this.#closed(() => this.#text()) }
      }
      return { ...account, password: this.#text() }
    }
    this.#need('BY')
    return { ...account, password: this.#text() }
  }

  #set(): Statement {
    if (!this.#take('PASSWORD')) return this.#skip()
    const account = this.#take('FOR') ? this.#account() : undefined
    this.#need('=')
    const hashed = this.#take('PASSWORD', '(')
    const password = this.#text()
    if (hashed) this.#need(')')
    return { k: 'set-password', password, ...(account && { account }) }
  }

  #grant(k: 'grant' | 'revoke', to: string): Statement {
    const privileges = this.#list(() => {
      let words = this.#name().toUpperCase()
      while (!this.#is(',') && !this.#is('ON') && !this.#end()) words += ` ${this.#name().toUpperCase()}`
      return words === 'ALL PRIVILEGES' ? 'ALL' : words
    })
    this.#need('ON')
    const database = this.#take('*') ? '*' : this.#name()
    if (this.#take('.')) if (!this.#take('*')) this.#name()
    this.#need(to)
    const accounts = this.#list(() => this.#identified())
    this.#take('WITH', 'GRANT', 'OPTION')
    return { k, privileges, on: database.replaceAll('\\', ''), accounts }
  }

  // ── expressions, loosest first ──
  #expr(): Expr {
    let a = this.#and()
    while (this.#take('OR') || this.#take('||')) a = { k: 'binary', op: 'OR', a, b: this.#and() }
    return a
  }
  #and(): Expr {
    let a = this.#not()
    while (this.#take('AND') || this.#take('&&')) a = { k: 'binary', op: 'AND', a, b: this.#not() }
    return a
  }
  #not(): Expr {
    return this.#take('NOT') || this.#take('!') ? { k: 'unary', op: 'NOT', a: this.#not() } : this.#comparison()
  }
  #comparison(): Expr {
    const a = this.#sum()
    for (const op of ['<=>', '<>', '!=', '<=', '>=', '=', '<', '>'])
      if (this.#take(op)) return { k: 'binary', op: op === '!=' ? '<>' : op, a, b: this.#sum() }
    if (this.#take('IS')) {
      const not = this.#take('NOT')
      this.#need('NULL')
      return { k: 'null', a, not }
    }
    const not = this.#take('NOT')
    if (this.#take('LIKE')) {
      const like: Expr = { k: 'binary', op: 'LIKE', a, b: this.#sum() }
      return not ? { k: 'unary', op: 'NOT', a: like } : like
    }
    if (this.#take('IN')) {
      this.#need('(')
      return { k: 'in', a, list: this.#closed(() => this.#list(() => this.#expr())), not }
    }
    if (this.#take('BETWEEN')) {
      const low = this.#sum()
      this.#need('AND')
      return { k: 'binary', op: 'AND', a: { k: 'binary', op: '>=', a, b: low }, b: { k: 'binary', op: '<=', a, b: this.#sum() } }
    }
    if (not) this.#fail()
    return a
  }
  #sum(): Expr {
    let a = this.#product()
    for (;;) {
      if (this.#take('+')) a = { k: 'binary', op: '+', a, b: this.#product() }
      else if (this.#take('-')) a = { k: 'binary', op: '-', a, b: this.#product() }
      else return a
    }
  }
  #product(): Expr {
    let a = this.#unary()
    for (;;) {
      if (this.#take('*')) a = { k: 'binary', op: '*', a, b: this.#unary() }
      else if (this.#take('/')) a = { k: 'binary', op: '/', a, b: this.#unary() }
      else if (this.#take('%')) a = { k: 'binary', op: '%', a, b: this.#unary() }
      else return a
    }
  }
  #unary(): Expr {
    if (this.#take('-')) return { k: 'unary', op: '-', a: this.#unary() }
    if (this.#take('(')) return this.#closed(() => this.#expr())
    if (this.#take('*')) return { k: 'star' }
    const word = this.#words[this.#i++]
    if (word === undefined) return this.#fail()
    if (word.kind === 'number') return { k: 'value', v: Number(word.text) }
    if (word.kind === 'string') return { k: 'value', v: word.text }
    if (word.kind === 'variable') return { k: 'variable', name: word.text }
    if (word.kind === 'mark') {
      this.#i--
      return this.#fail()
    }
    return this.#named(word)
  }
  #named(word: Word): Expr {
    const upper = word.text.toUpperCase()
    if (word.kind === 'name') {
      if (upper === 'NULL') return { k: 'value', v: null }
      if (upper === 'TRUE' || upper === 'FALSE') return { k: 'value', v: upper === 'TRUE' ? 1 : 0 }
      if (['CURRENT_TIMESTAMP', 'CURRENT_USER', 'CURRENT_DATE'].includes(upper) && !this.#is('('))
        return { k: 'call', name: upper, args: [] }
      if (this.#take('(')) {
        const distinct = this.#take('DISTINCT')
        return {
          k: 'call',
          name: upper,
          args: this.#closed(() => (this.#is(')') ? [] : this.#list(() => this.#expr()))),
          ...(distinct && { distinct }),
        }
      }
      if (/^(FROM|WHERE|ORDER|LIMIT|GROUP|AND|OR|SELECT|VALUES|SET)$/.test(upper)) {
        this.#i--
        return this.#fail()
      }
    }
    if (!this.#take('.')) return { k: 'column', name: word.text }
    return this.#take('*') ? { k: 'star' } : { k: 'column', table: word.text, name: this.#name() }
  }
}
