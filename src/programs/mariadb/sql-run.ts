/** Runs one parsed statement over the data: gives the data after it and its result. Nothing is changed in place. */

import { dashedTime } from '../text/times.ts'
import { changeAccounts, grantsOf } from './account-statements.ts'
import { may, need, needAdministration, needDatabase, SYSTEM_DATABASES } from './accounts.ts'
import { type Account, type Column, type Data, type MysqlResult, SqlError, type Table, type Value } from './contract.ts'
import { compare, evaluate, evaluateGroup, hasAggregate, like, type Scope, type SessionFacts, truthy } from './evaluate.ts'
import type { Expr, Select, Statement, TableName } from './sql-ast.ts'

/** A connection while its statements run. */
export interface Session {
  readonly data: Data
  readonly account: Account
  readonly facts: SessionFacts
}

export interface Outcome {
  readonly data: Data
  readonly result: MysqlResult
  readonly database?: string
  /** Milliseconds of work beyond the usual. */
  readonly ms: number
}

const none: MysqlResult = { columns: [], rows: [], affected: 0, insertId: 0 }
const same = (s: Session, result: MysqlResult = none): Outcome => ({ data: s.data, result, ms: 0 })

const databaseOf = (s: Session, name: TableName): string => {
  const database = name.database ?? s.facts.database
  if (database === undefined) throw new SqlError(1046, '3D000', 'No database selected')
  return database
}

function tableOf(s: Session, name: TableName, privilege: string): { database: string; table: Table } {
  const database = databaseOf(s, name)
  need(s.account, privilege, database, name.table)
  const table = s.data.databases[database]?.[name.table]
  if (table === undefined) throw new SqlError(1146, '42S02', `Table '${database}.${name.table}' doesn't exist`)
  return { database, table }
}

const withTable = (data: Data, database: string, name: string, table: Table | undefined): Data => {
  const tables = { ...data.databases[database] }
  if (table === undefined) delete tables[name]
  else tables[name] = table
  return { ...data, databases: { ...data.databases, [database]: tables } }
}

const scopeOf = (columns: readonly Column[], facts: SessionFacts): Scope => ({
  columns: new Map(columns.map((c, i) => [c.name.toLowerCase(), i])),
  facts,
})

/** Runs a statement. Throws SqlError. */
export function run(statement: Statement, s: Session): Outcome {
  switch (statement.k) {
    case 'select':
      return select(statement, s)
    case 'insert':
      return insert(statement, s)
    case 'update':
      return update(statement, s)
    case 'delete':
      return remove(statement, s)
    case 'create-database':
    case 'drop-database':
      return database(statement, s)
    case 'create-table':
      return createTable(statement, s)
    case 'drop-table':
    case 'truncate':
      return dropTables(statement, s)
    case 'use':
      needDatabase(s.account, statement.name)
      if (s.data.databases[statement.name] === undefined && !SYSTEM_DATABASES.includes(statement.name as 'sys'))
        throw unknownDatabase(statement.name)
      return { ...same(s), database: statement.name }
    case 'show':
      return show(statement, s)
    case 'create-user':
    case 'alter-user':
    case 'drop-user':
    case 'set-password':
    case 'grant':
    case 'revoke':
      return { ...same(s), data: { ...s.data, accounts: changeAccounts(statement, s.data.accounts, s.account) } }
    default:
      return same(s)
  }
}

export const unknownDatabase = (name: string): SqlError => new SqlError(1049, '42000', `Unknown database '${name}'`)

function select(q: Select, s: Session): Outcome {
  const found = q.from === undefined ? undefined : (systemTable(q.from, s) ?? tableOf(s, q.from, 'SELECT').table)
  const columns = found?.columns ?? []
  const scope = scopeOf(columns, s.facts)
  const all: readonly (readonly Value[])[] = found?.rows ?? [[]]
  const { where } = q
  const newest = found === undefined ? undefined : lastRows(q, found, scope)
  let rows = newest !== undefined ? newest : where === undefined ? all : all.filter((row) => truthy(evaluate(where, row, scope)))
  const items = q.items.flatMap((item) =>
    item.e.k === 'star' ? columns.map((c) => ({ e: { k: 'column', name: c.name } as Expr, as: c.name })) : [item],
  )
  const grouped = q.group.length > 0 || q.items.some((i) => hasAggregate(i.e))
  let out: (readonly Value[])[]
  if (grouped) {
    const groups = new Map<string, (readonly Value[])[]>()
    if (q.group.length === 0) groups.set('', [...rows])
    else
      for (const row of rows) {
        const key = JSON.stringify(q.group.map((g) => evaluate(g, row, scope)))
        groups.set(key, [...(groups.get(key) ?? []), row])
      }
    out = [...groups.values()].map((group) => items.map((i) => evaluateGroup(i.e, group, scope)))
  } else {
    if (newest === undefined && q.order.length > 0) rows = sortRows(rows, q, scope)
    if (newest === undefined && !q.distinct && (q.limit !== undefined || q.offset > 0))
      rows = rows.slice(q.offset, q.limit === undefined ? undefined : q.offset + q.limit)
    out = rows.map((row) => items.map((i) => evaluate(i.e, row, scope)))
  }
  if (q.distinct) out = [...new Map(out.map((r) => [JSON.stringify(r), r] as const)).values()]
  if (grouped || q.distinct) out = out.slice(q.offset, q.limit === undefined ? undefined : q.offset + q.limit)
  const slept = q.items.reduce(
    (ms, i) => ms + (i.e.k === 'call' && i.e.name === 'SLEEP' && i.e.args[0]?.k === 'value' ? Number(i.e.args[0].v) * 1000 : 0),
    0,
  )
  return { data: s.data, result: { columns: items.map((i) => i.as), rows: out, affected: 0, insertId: 0 }, ms: slept + all.length / 2000 }
}

/** `ORDER BY key DESC LIMIT n` over rows that lie in the key's order: read from the end, as an index is. Undefined: not such a query. */
function lastRows(q: Select, table: Table, scope: Scope): (readonly Value[])[] | undefined {
  const [order, more] = q.order
  const { limit, where } = q
  if (
    order === undefined ||
    more !== undefined ||
    !order.down ||
    limit === undefined ||
    order.e.k !== 'column' ||
    table.primary.length !== 1
  )
    return undefined
  if (q.distinct || q.group.length > 0 || q.items.some((i) => hasAggregate(i.e))) return undefined
  const key = table.primary[0]!
  const { name } = order.e
  if (scope.columns.get(name.toLowerCase()) !== key || q.items.some((i) => i.as === name && i.e.k !== 'column' && i.e.k !== 'star'))
    return undefined
  const { rows } = table
  for (let i = 1; i < rows.length; i++) if (!((rows[i - 1]![key] as number) < (rows[i]![key] as number))) return undefined
  const out: (readonly Value[])[] = []
  let skip = q.offset
  for (let i = rows.length - 1; i >= 0 && out.length < limit; i--) {
    if (where !== undefined && !truthy(evaluate(where, rows[i]!, scope))) continue
    if (skip > 0) skip--
    else out.push(rows[i]!)
  }
  return out
}

function sortRows(rows: readonly (readonly Value[])[], q: Select, scope: Scope): readonly (readonly Value[])[] {
  const keyed = rows.map((row, n) => ({
    row,
    n,
    keys: q.order.map((o) =>
      evaluate(q.items.find((i) => o.e.k === 'column' && i.as === o.e.name && i.e.k !== 'star')?.e ?? o.e, row, scope),
    ),
  }))
  keyed.sort((a, b) => {
    for (let i = 0; i < q.order.length; i++) {
      const difference = compare(a.keys[i]!, b.keys[i]!)
      if (difference !== 0) return q.order[i]!.down ? -difference : difference
    }
    return a.n - b.n
  })
  return keyed.map((k) => k.row)
}

/** The few tables of `mysql` and `information_schema` that people look into. */
function systemTable(name: TableName, s: Session): Table | undefined {
  const database = (name.database ?? s.facts.database ?? '').toLowerCase()
  const table = name.table.toLowerCase()
  const make = (names: string[], rows: Value[][]): Table => ({
    columns: names.map((n) => ({ name: n, type: 'varchar(255)' })),
    primary: [],
    nextId: 1,
    rows,
  })
  if (database === 'mysql' && (table === 'user' || table === 'global_priv')) {
    need(s.account, 'SELECT', 'mysql', name.table)
    return make(
      ['Host', 'User', 'Password', 'plugin', 'authentication_string'],
      s.data.accounts.map((a) => [a.host, a.user, a.hash, a.socketOnly ? 'unix_socket' : 'mysql_native_password', a.hash]),
    )
  }
  if (database !== 'information_schema') return undefined
  if (table === 'schemata')
    return make(
      ['SCHEMA_NAME'],
      databaseNames(s).map((n) => [n]),
    )
  if (table === 'tables') {
    return make(
      ['TABLE_SCHEMA', 'TABLE_NAME', 'TABLE_ROWS'],
      databaseNames(s).flatMap((d) => Object.entries(s.data.databases[d] ?? {}).map(([t, x]) => [d, t, x.rows.length] as Value[])),
    )
  }
  return undefined
}

function insert(q: Statement & { k: 'insert' }, s: Session): Outcome {
  const { database, table } = tableOf(s, q.into, 'INSERT')
  const scope = scopeOf(table.columns, s.facts)
  const named = q.columns ?? table.columns.map((c) => c.name)
  const positions = named.map((name) => {
    const at = scope.columns.get(name.toLowerCase())
    if (at === undefined) throw new SqlError(1054, '42S22', `Unknown column '${name}' in 'field list'`)
    return at
  })
  let { nextId } = table
  let rows: (readonly Value[])[] = table.rows as (readonly Value[])[]
  let [affected, insertId] = [0, 0]
  for (const [n, values] of q.rows.entries()) {
    if (values.length !== positions.length) throw new SqlError(1136, '21S01', `Column count doesn't match value count at row ${n + 1}`)
    const row: Value[] = table.columns.map((c) => preset(c, s.facts))
    values.forEach((e, i) => {
      row[positions[i]!] = e.k === 'column' && e.name.toUpperCase() === 'DEFAULT' ? row[positions[i]!]! : evaluate(e, row, scope)
    })
    for (const [i, c] of table.columns.entries()) {
      if (c.auto && (row[i] === null || row[i] === 0)) {
        row[i] = nextId
        insertId ||= nextId
      }
      if (c.auto) nextId = Math.max(nextId, Number(row[i]) + 1)
      if (c.notNull && row[i] === null && !c.auto)
        throw new SqlError(
          named.includes(c.name) ? 1048 : 1364,
          named.includes(c.name) ? '23000' : 'HY000',
          named.includes(c.name) ? `Column '${c.name}' cannot be null` : `Field '${c.name}' doesn't have a default value`,
        )
    }
    const clash = clashing(table, rows, row)
    if (clash === undefined) {
      rows = [...rows, row]
      affected++
    } else if (q.mode === 'replace') {
      rows = rows.map((r, i) => (i === clash.at ? row : r))
      affected += 2
    } else if (q.onDuplicate.length > 0) {
      const changed = [...rows[clash.at]!]
      // VALUES(x) means what was to be inserted.
      for (const [name, e] of q.onDuplicate)
        changed[scope.columns.get(name.toLowerCase())!] = evaluate(e, e.k === 'call' && e.name === 'VALUES' ? row : changed, scope)
      rows = rows.map((r, i) => (i === clash.at ? changed : r))
      affected += 2
    } else if (q.mode === 'insert') throw new SqlError(1062, '23000', `Duplicate entry '${clash.entry}' for key '${clash.key}'`)
  }
  return { data: withTable(s.data, database, q.into.table, { ...table, rows, nextId }), result: { ...none, affected, insertId }, ms: 2 }
}

const preset = (c: Column, facts: SessionFacts): Value => (c.preset === '\0now' ? dashedTime(facts.nowMs) : (c.preset ?? null))

function clashing(
  table: Table,
  rows: readonly (readonly Value[])[],
  row: readonly Value[],
): { at: number; entry: string; key: string } | undefined {
  const { primary } = table
  // An id that was just drawn cannot clash.
  const auto = primary.length === 1 && table.columns[primary[0]!]?.auto
  if (primary.length > 0 && !(auto && Number(row[primary[0]!]) >= table.nextId)) {
    const at = rows.findIndex((r) => primary.every((p) => compare(r[p]!, row[p]!) === 0))
    if (at >= 0) return { at, entry: primary.map((p) => row[p]).join('-'), key: 'PRIMARY' }
  }
  for (const [p, c] of table.columns.entries()) {
    if (!c.unique || row[p] === null) continue
    const at = rows.findIndex((r) => compare(r[p]!, row[p]!) === 0)
    if (at >= 0) return { at, entry: String(row[p]), key: c.name }
  }
  return undefined
}

function update(q: Statement & { k: 'update' }, s: Session): Outcome {
  const { database, table } = tableOf(s, q.table, 'UPDATE')
  const scope = scopeOf(table.columns, s.facts)
  let affected = 0
  const rows = table.rows.map((row) => {
    if (affected >= (q.limit ?? Number.POSITIVE_INFINITY) || (q.where !== undefined && !truthy(evaluate(q.where, row, scope)))) return row
    const changed = [...row]
    for (const [name, e] of q.set) {
      const at = scope.columns.get(name.toLowerCase())
      if (at === undefined) throw new SqlError(1054, '42S22', `Unknown column '${name}' in 'field list'`)
      changed[at] = evaluate(e, changed, scope)
    }
    if (changed.every((v, i) => v === row[i])) return row
    affected++
    return changed
  })
  return affected === 0
    ? same(s)
    : { data: withTable(s.data, database, q.table.table, { ...table, rows }), result: { ...none, affected }, ms: 2 }
}

function remove(q: Statement & { k: 'delete' }, s: Session): Outcome {
  const { database, table } = tableOf(s, q.from, 'DELETE')
  const scope = scopeOf(table.columns, s.facts)
  let affected = 0
  const rows = table.rows.filter((row) => {
    if (affected >= (q.limit ?? Number.POSITIVE_INFINITY) || (q.where !== undefined && !truthy(evaluate(q.where, row, scope)))) return true
    affected++
    return false
  })
  return { data: withTable(s.data, database, q.from.table, { ...table, rows }), result: { ...none, affected }, ms: 2 }
}

function database(q: Statement & { k: 'create-database' | 'drop-database' }, s: Session): Outcome {
  const exists = s.data.databases[q.name] !== undefined
  if (!may(s.account, q.k === 'create-database' ? 'CREATE' : 'DROP', q.name))
    throw new SqlError(1044, '42000', `Access denied for user '${s.account.user}'@'${s.account.host}' to database '${q.name}'`)
  if (q.k === 'create-database') {
    if (exists && !q.guarded) throw new SqlError(1007, 'HY000', `Can't create database '${q.name}'; database exists`)
    return exists
      ? same(s)
      : { ...same(s, { ...none, affected: 1 }), data: { ...s.data, databases: { ...s.data.databases, [q.name]: {} } } }
  }
  if (!exists && !q.guarded) throw new SqlError(1008, 'HY000', `Can't drop database '${q.name}'; database doesn't exist`)
  const { [q.name]: _gone, ...databases } = s.data.databases
  return { ...same(s), data: { ...s.data, databases } }
}

function createTable(q: Statement & { k: 'create-table' }, s: Session): Outcome {
  const name = databaseOf(s, q.table)
  need(s.account, 'CREATE', name, q.table.table)
  if (s.data.databases[name] === undefined) throw unknownDatabase(name)
  if (s.data.databases[name][q.table.table] !== undefined) {
    if (q.guarded) return same(s)
    throw new SqlError(1050, '42S01', `Table '${q.table.table}' already exists`)
  }
  const primary = q.primary.map((p) => q.columns.findIndex((c) => c.name === p)).filter((p) => p >= 0)
  return { ...same(s), data: withTable(s.data, name, q.table.table, { columns: q.columns, primary, nextId: 1, rows: [] }), ms: 20 }
}

function dropTables(q: Statement & { k: 'drop-table' | 'truncate' }, s: Session): Outcome {
  let { data } = s
  for (const name of q.tables) {
    const db = databaseOf(s, name)
    need(s.account, 'DROP', db, name.table)
    const table = data.databases[db]?.[name.table]
    if (table === undefined) {
      if (q.guarded) continue
      throw q.k === 'truncate'
        ? new SqlError(1146, '42S02', `Table '${db}.${name.table}' doesn't exist`)
        : new SqlError(1051, '42S02', `Unknown table '${db}.${name.table}'`)
    }
    data = withTable(data, db, name.table, q.k === 'truncate' ? { ...table, rows: [], nextId: 1 } : undefined)
  }
  return { ...same(s), data, ms: 20 }
}

const databaseNames = (s: Session): string[] =>
  [
    ...Object.keys(s.data.databases).filter((d) => d !== 'mysql' || may(s.account, 'SELECT', 'mysql')),
    ...SYSTEM_DATABASES.filter((d) => d === 'information_schema' || may(s.account, 'SELECT', d)),
  ]
    .filter((d) => visible(s, d))
    .sort()
const visible = (s: Session, database: string): boolean =>
  database === 'information_schema' ||
  Object.keys(s.account.grants).some((g) => (g === '*' ? (s.account.grants['*']?.length ?? 0) > 0 : like(database, g)))

function show(q: Statement & { k: 'show' }, s: Session): Outcome {
  const list = (heading: string, names: readonly string[]): Outcome =>
    same(s, { ...none, columns: [heading], rows: names.filter((n) => q.like === undefined || like(n, q.like)).map((n) => [n]) })
  switch (q.what) {
    case 'DATABASES':
    case 'SCHEMAS':
      return list('Database', databaseNames(s))
    case 'TABLES': {
      const name = q.from?.table ?? s.facts.database
      if (name === undefined) throw new SqlError(1046, '3D000', 'No database selected')
      needDatabase(s.account, name)
      if (s.data.databases[name] === undefined) throw unknownDatabase(name)
      return list(`Tables_in_${name}`, Object.keys(s.data.databases[name]).sort())
    }
    case 'COLUMNS':
    case 'FIELDS': {
      const { table } = tableOf(s, q.from!, 'SELECT')
      const rows = table.columns.map((c, i) => [
        c.name,
        c.type,
        c.notNull ? 'NO' : 'YES',
        table.primary.includes(i) ? 'PRI' : c.unique ? 'UNI' : '',
        c.preset === '\0now' ? 'current_timestamp()' : (c.preset ?? null),
        c.auto ? 'auto_increment' : '',
      ])
      return same(s, { ...none, columns: ['Field', 'Type', 'Null', 'Key', 'Default', 'Extra'], rows })
    }
    case 'VARIABLES':
    case 'STATUS':
      return same(s, {
        ...none,
        columns: ['Variable_name', 'Value'],
        rows: Object.entries(s.facts.variables)
          .filter(([n]) => q.like === undefined || like(n, q.like))
          .map(([n, v]) => [n, String(v)]),
      })
    case 'GRANTS': {
      const account =
        q.account === undefined || q.account.user === '\0current'
          ? s.account
          : s.data.accounts.find((a) => a.user === q.account!.user && a.host === q.account!.host)
      if (account !== s.account) needAdministration(s.account)
      if (account === undefined)
        throw new SqlError(1141, '42000', `There is no such grant defined for user '${q.account!.user}' on host '${q.account!.host}'`)
      return same(s, { ...none, columns: [`Grants for ${account.user}@${account.host}`], rows: grantsOf(account).map((g) => [g]) })
    }
    case 'PROCESSLIST':
      return same(s, {
        ...none,
        columns: ['Id', 'User', 'Host', 'db', 'Command', 'Time', 'State', 'Info'],
        rows: [[1, s.account.user, s.facts.user.split('@')[1] ?? '', s.facts.database ?? null, 'Query', 0, 'starting', 'SHOW PROCESSLIST']],
      })
    case 'WARNINGS':
      return same(s, { ...none, columns: ['Level', 'Code', 'Message'] })
    default:
      throw new SqlError(1235, '42000', `SHOW ${q.what} is not simulated by clusterlab`)
  }
}
