/** CREATE, ALTER, DROP and TRUNCATE of tables; and the one place that runs any statement about tables. */
import type { AlterTable, CreateTable, DropTables, TableStatement } from './ast.ts'
import type { Table } from './contract.ts'
import { insert, remove, update } from './run-rows.ts'
import { select } from './run-select.ts'
import { type Outcome, type SqlSession, same, scopeOf, tableOf, withTable } from './session.ts'

const DEFINE_MS = 20

/** Runs a statement. Throws SqlError. */
export function runTableStatement(q: TableStatement, s: SqlSession): Outcome {
  switch (q.k) {
    case 'select':
      return select(q, s)
    case 'insert':
      return insert(q, s)
    case 'update':
      return update(q, s)
    case 'delete':
      return remove(q, s)
    case 'create-table':
      return createTable(q, s)
    case 'alter-table':
      return alterTable(q, s)
    case 'drop-table':
    case 'truncate':
      return dropTables(q, s)
  }
}

function createTable(q: CreateTable, s: SqlSession): Outcome {
  const place = s.place(q.table)
  s.need('CREATE', place)
  const { says } = s.dialect
  if (s.databases[place.database] === undefined) throw says.noDatabase(place.database)
  if (s.databases[place.database]![place.table] !== undefined) {
    if (q.guarded) return same(s)
    throw says.tableExists(place)
  }
  const primary = q.primary.map((p) => q.columns.findIndex((c) => c.name === p)).filter((p) => p >= 0)
  const columns = q.columns.map((c, i) => (primary.includes(i) ? { ...c, notNull: true } : c))
  return { databases: withTable(s.databases, place, { columns, primary, nextId: 1, rows: [] }), result: same(s).result, ms: DEFINE_MS }
}

function alterTable(q: AlterTable, s: SqlSession): Outcome {
  const { place, table } = tableOf(s, q.table, 'ALTER')
  const { change } = q
  const { says } = s.dialect
  const done = (to: Table): Outcome => ({ databases: withTable(s.databases, place, to), result: same(s).result, ms: DEFINE_MS })
  if ('add' in change) {
    const { add } = change
    if (table.columns.some((c) => c.name.toLowerCase() === add.name.toLowerCase())) {
      if (q.guarded) return same(s)
      throw says.columnExists(add.name, place)
    }
    const value = add.preset ?? null
    if (add.notNull && value === null && table.rows.length > 0) throw says.nullValue(add, true, place, [])
    return done({ ...table, columns: [...table.columns, add], rows: table.rows.map((r) => [...r, value]) })
  }
  if ('restart' in change) return done({ ...table, nextId: change.restart })
  if ('rename' in change) {
    const to = { ...place, table: change.rename }
    if (s.databases[place.database]![to.table] !== undefined) throw says.tableExists(to)
    const without = withTable(s.databases, place, undefined)
    return { databases: withTable(without, to, table), result: same(s).result, ms: DEFINE_MS }
  }
  const at = scopeOf(table, s).columns.get(change.drop.toLowerCase())
  if (at === undefined) {
    if (q.guarded) return same(s)
    throw says.noColumn(change.drop, undefined, place)
  }
  return done({
    ...table,
    columns: table.columns.filter((_, i) => i !== at),
    primary: table.primary.includes(at) ? [] : table.primary.map((p) => (p > at ? p - 1 : p)),
    rows: table.rows.map((r) => r.filter((_, i) => i !== at)),
  })
}

function dropTables(q: DropTables, s: SqlSession): Outcome {
  let { databases } = s
  for (const name of q.tables) {
    const place = s.place(name)
    s.need('DROP', place)
    const table = databases[place.database]?.[place.table]
    if (table === undefined) {
      if (q.guarded) continue
      throw q.k === 'truncate' ? s.dialect.says.noTable(place) : s.dialect.says.unknownTable(place)
    }
    databases = withTable(databases, place, q.k === 'truncate' ? { ...table, rows: [], nextId: 1 } : undefined)
  }
  return { databases, result: same(s).result, ms: DEFINE_MS }
}
