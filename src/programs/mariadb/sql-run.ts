/** Runs one parsed statement over the data: gives the data after it and its result. Nothing is changed in place. */

import type { TableName } from '../sql/ast.ts'
import { noResult, type Place, type Result, type SessionFacts, SqlError, type Table, type Value } from '../sql/contract.ts'
import { like } from '../sql/evaluate.ts'
import { runTableStatement } from '../sql/run-tables.ts'
import { type SqlSession, tableOf } from '../sql/session.ts'
import { changeAccounts, grantsOf } from './account-statements.ts'
import { may, need, needAdministration, needDatabase, SYSTEM_DATABASES } from './accounts.ts'
import type { Account, Data } from './contract.ts'
import { dialect } from './dialect.ts'
import type { ControlStatement, Statement } from './sql-ast.ts'

/** A connection while its statements run. */
export interface Session {
  readonly data: Data
  readonly account: Account
  readonly facts: SessionFacts
  /** What SHOW STATUS lists. */
  readonly status: Readonly<Record<string, Value>>
}

export interface Outcome {
  readonly data: Data
  readonly result: Result
  readonly database?: string
  /** Milliseconds of work beyond the usual. */
  readonly ms: number
}

const same = (s: Session, result: Result = noResult): Outcome => ({ data: s.data, result, ms: 0 })

function placeOf(s: Session, name: TableName): Place {
  const database = name.database ?? s.facts.database
  if (database === undefined) throw new SqlError(1046, '3D000', 'No database selected')
  return { database, table: name.table }
}

const sqlSession = (s: Session): SqlSession => ({
  databases: s.data.databases,
  dialect,
  facts: s.facts,
  place: (name) => placeOf(s, name),
  need: (privilege, place) => need(s.account, privilege, place.database, place.table),
  system: (name) => systemTable(name, s),
})

/** Runs a statement. Throws SqlError. */
export function run(statement: Exclude<Statement, ControlStatement>, s: Session): Outcome {
  switch (statement.k) {
    case 'create-database':
    case 'drop-database':
      return database(statement, s)
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
    case 'begin':
    case 'commit':
    case 'rollback':
    case 'nothing':
      return same(s)
    default: {
      const { databases, result, ms } = runTableStatement(statement, sqlSession(s))
      return { data: databases === s.data.databases ? s.data : { ...s.data, databases }, result, ms }
    }
  }
}

export const unknownDatabase = (name: string): SqlError => dialect.says.noDatabase(name)

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

function database(q: Statement & { k: 'create-database' | 'drop-database' }, s: Session): Outcome {
  const exists = s.data.databases[q.name] !== undefined
  if (!may(s.account, q.k === 'create-database' ? 'CREATE' : 'DROP', q.name))
    throw new SqlError(1044, '42000', `Access denied for user '${s.account.user}'@'${s.account.host}' to database '${q.name}'`)
  if (q.k === 'create-database') {
    if (exists && !q.guarded) throw new SqlError(1007, 'HY000', `Can't create database '${q.name}'; database exists`)
    return exists
      ? same(s)
      : { ...same(s, { ...noResult, affected: 1 }), data: { ...s.data, databases: { ...s.data.databases, [q.name]: {} } } }
  }
  if (!exists && !q.guarded) throw new SqlError(1008, 'HY000', `Can't drop database '${q.name}'; database doesn't exist`)
  const { [q.name]: _gone, ...databases } = s.data.databases
  return { ...same(s), data: { ...s.data, databases } }
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
    same(s, { ...noResult, columns: [heading], rows: names.filter((n) => q.like === undefined || like(n, q.like)).map((n) => [n]) })
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
      const { table } = tableOf(sqlSession(s), q.from!, 'SELECT')
      const rows = table.columns.map((c, i) => [
        c.name,
        c.type,
        c.notNull ? 'NO' : 'YES',
        table.primary.includes(i) ? 'PRI' : c.unique ? 'UNI' : '',
        c.preset === '\0now' ? 'current_timestamp()' : (c.preset ?? null),
        c.auto ? 'auto_increment' : '',
      ])
      return same(s, { ...noResult, columns: ['Field', 'Type', 'Null', 'Key', 'Default', 'Extra'], rows })
    }
    case 'VARIABLES':
    case 'STATUS':
      return same(s, {
        ...noResult,
        columns: ['Variable_name', 'Value'],
        rows: Object.entries(q.what === 'STATUS' ? s.status : s.facts.variables)
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
      return same(s, { ...noResult, columns: [`Grants for ${account.user}@${account.host}`], rows: grantsOf(account).map((g) => [g]) })
    }
    case 'PROCESSLIST':
      return same(s, {
        ...noResult,
        columns: ['Id', 'User', 'Host', 'db', 'Command', 'Time', 'State', 'Info'],
        rows: [[1, s.account.user, s.facts.user.split('@')[1] ?? '', s.facts.database ?? null, 'Query', 0, 'starting', 'SHOW PROCESSLIST']],
      })
    case 'WARNINGS':
      return same(s, { ...noResult, columns: ['Level', 'Code', 'Message'] })
    default:
      throw new SqlError(1235, '42000', `SHOW ${q.what} is not simulated by clusterlab`)
  }
}
