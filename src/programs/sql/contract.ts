/** What the SQL servers have in common: values, tables, errors, and the dialect in which one server differs from another. */

import { EverydayError } from '../../lib/everyday-error.ts'
import type { Expr } from './ast.ts'

export type Value = string | number | boolean | null

export interface Column {
  readonly name: string
  readonly type: string
  readonly auto?: boolean
  readonly notNull?: boolean
  readonly unique?: boolean
  readonly preset?: Value
}

/** A column's preset that means the moment of the insert. */
export const NOW = '\0now'

export interface Table {
  readonly columns: readonly Column[]
  /** Column positions of the primary key. */
  readonly primary: readonly number[]
  readonly nextId: number
  readonly rows: readonly (readonly Value[])[]
}

/** Database → table → what it holds. */
export type Databases = Readonly<Record<string, Readonly<Record<string, Table>>>>

export interface Result {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly Value[])[]
  readonly affected: number
  readonly insertId: number
}

export const noResult: Result = { columns: [], rows: [], affected: 0, insertId: 0 }

export class SqlError extends EverydayError {
  /** MariaDB's number; 0 where the server has none. */
  readonly errno: number
  readonly sqlState: string
  /** PostgreSQL's further lines. */
  readonly detail?: string
  readonly hint?: string
  constructor(errno: number, sqlState: string, message: string, more: { readonly detail?: string; readonly hint?: string } = {}) {
    super(message)
    this.errno = errno
    this.sqlState = sqlState
    if (more.detail !== undefined) this.detail = more.detail
    if (more.hint !== undefined) this.hint = more.hint
  }
}

/** What a connection knows besides rows. */
export interface SessionFacts {
  readonly nowMs: number
  readonly version: string
  /** `user@host` of the client, and of the account that matched. */
  readonly user: string
  readonly account: string
  readonly database: string | undefined
  readonly variables: Readonly<Record<string, Value>>
  readonly lastId: number
}

export type SqlFunction = (args: readonly Value[], facts: SessionFacts) => Value

/** How one server differs from another: its quotes, its values, and what it says. */
export interface Dialect {
  /** Characters that begin a text, and the one that begins a name. */
  readonly textQuotes: string
  readonly nameQuote: string
  /** A backslash in a text escapes; `#` begins a comment. */
  readonly backslashes: boolean
  readonly hashComments: boolean
  /** How a name that is not quoted is read. */
  fold(name: string): string
  /** What a comparison gives. */
  truth(is: boolean): Value
  /** Texts are compared with regard to case; NULL sorts last. */
  readonly exact: boolean
  readonly nullsLast: boolean
  divide(a: number, b: number): Value
  /** A value as a column keeps it. Throws where the server refuses. */
  keep(column: Column, value: Value): Value
  /** Functions beyond those that every server has, by name in capitals. */
  readonly functions: Readonly<Record<string, SqlFunction>>
  /** What a column without a name of its own is called; `text` is how it was written. */
  heading(e: Expr, text: string): string
  readonly says: Sayings
}

/** Errors in the server's own words. */
export interface Sayings {
  /** `near`: the rest of the text from the word that was not understood; '' at its end. */
  syntax(near: string): SqlError
  noTable(place: Place): SqlError
  noColumn(name: string, table: string | undefined, place: Place | undefined): SqlError
  noFunction(name: string, args: readonly Value[], facts: SessionFacts): SqlError
  columnCount(row: number, more: boolean): SqlError
  /** `given`: the statement named the column. */
  nullValue(column: Column, given: boolean, place: Place, row: readonly Value[]): SqlError
  duplicate(columns: readonly string[], values: readonly Value[], key: 'PRIMARY' | (string & {}), place: Place): SqlError
  tableExists(place: Place): SqlError
  columnExists(column: string, place: Place): SqlError
  noDatabase(name: string): SqlError
  /** DROP TABLE of none. */
  unknownTable(place: Place): SqlError
}

/** Where a table's name leads. */
export interface Place {
  readonly database: string
  readonly table: string
}

/** Our own limits, said plainly. */
export const notSimulated = (what: string): SqlError => new SqlError(1235, '0A000', `${what} is not simulated by clusterlab`)
