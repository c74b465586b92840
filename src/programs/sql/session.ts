/** What a statement runs in, and what comes of it. Nothing is changed in place. */
import type { TableName } from './ast.ts'
import { type Databases, type Dialect, noResult, type Place, type Result, type SessionFacts, type Table } from './contract.ts'
import type { Scope } from './evaluate.ts'

/** A connection while its statements run. */
export interface SqlSession {
  readonly databases: Databases
  readonly dialect: Dialect
  readonly facts: SessionFacts
  /** Where a table's name leads. Throws what the server says when it leads nowhere. */
  place(name: TableName): Place
  /** Throws unless the account has the privilege. */
  need(privilege: string, place: Place): void
  /** A table of the server itself (its catalogues), made on the spot. */
  system(name: TableName): Table | undefined
}

export interface Outcome {
  readonly databases: Databases
  readonly result: Result
  /** Milliseconds of work beyond the usual. */
  readonly ms: number
}

export const same = (s: SqlSession, result: Result = noResult): Outcome => ({ databases: s.databases, result, ms: 0 })

export function tableOf(s: SqlSession, name: TableName, privilege: string): { readonly place: Place; readonly table: Table } {
  const place = s.place(name)
  s.need(privilege, place)
  const table = s.databases[place.database]?.[place.table]
  if (table === undefined) throw s.dialect.says.noTable(place)
  return { place, table }
}

export function withTable(databases: Databases, { database, table }: Place, to: Table | undefined): Databases {
  const tables = { ...databases[database] }
  if (to === undefined) delete tables[table]
  else tables[table] = to
  return { ...databases, [database]: tables }
}

export const scopeOf = (table: Table | undefined, s: SqlSession, place?: Place): Scope => ({
  columns: new Map((table?.columns ?? []).map((c, i) => [c.name.toLowerCase(), i])),
  facts: s.facts,
  dialect: s.dialect,
  ...(place !== undefined && { place }),
})
