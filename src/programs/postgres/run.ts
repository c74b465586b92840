/** Runs one parsed statement over the data of a PostgreSQL server: the data after it, its result and its tag. */
import type { TableName } from '../sql/ast.ts'
import { type Place, type Result, type SessionFacts, SqlError } from '../sql/contract.ts'
import { runTableStatement } from '../sql/run-tables.ts'
import type { SqlSession } from '../sql/session.ts'
import { systemTable } from './catalogues.ts'
import type { Data, PgResult, Role } from './contract.ts'
import { dialect } from './dialect.ts'
import { changeRoles, needSuperuserOr, needTable, roleNamed, tableKey, unknownDatabase } from './roles.ts'
import type { Statement, Target } from './sql-ast.ts'

export interface Session {
  readonly data: Data
  readonly role: Role
  readonly database: string
  readonly major: number
  readonly facts: SessionFacts
}

export interface Outcome {
  readonly data: Data
  readonly result: PgResult
  readonly ms: number
}

const TAGS: Readonly<Record<string, string>> = {
  begin: 'BEGIN',
  commit: 'COMMIT',
  rollback: 'ROLLBACK',
  'create-table': 'CREATE TABLE',
  'alter-table': 'ALTER TABLE',
  'drop-table': 'DROP TABLE',
  truncate: 'TRUNCATE TABLE',
  'create-database': 'CREATE DATABASE',
  'drop-database': 'DROP DATABASE',
  'own-database': 'ALTER DATABASE',
  'create-schema': 'CREATE SCHEMA',
  'create-role': 'CREATE ROLE',
  'alter-role': 'ALTER ROLE',
  'drop-role': 'DROP ROLE',
  grant: 'GRANT',
  revoke: 'REVOKE',
}

function tagOf(q: Statement, r: Pick<Result, 'affected' | 'rows'>): string {
  switch (q.k) {
    case 'select':
      return `SELECT ${r.rows.length}`
    case 'insert':
      return `INSERT 0 ${r.affected}`
    case 'update':
      return `UPDATE ${r.affected}`
    case 'delete':
      return `DELETE ${r.affected}`
    case 'accepted':
      return q.tag
    case 'show':
      return 'SHOW'
    default:
      return TAGS[q.k] ?? ''
  }
}

/** Where a name leads: schemas other than `public` are part of the table's name. */
function placeOf(s: Session, { database: schema, table }: TableName): Place {
  if (schema === undefined || schema === 'public') return { database: s.database, table }
  if (!(s.data.schemas[s.database] ?? []).includes(schema)) throw new SqlError(0, '3F000', `schema "${schema}" does not exist`)
  return { database: s.database, table: `${schema}.${table}` }
}

export const sqlSession = (s: Session): SqlSession => ({
  databases: s.data.databases,
  dialect,
  facts: s.facts,
  place: (name) => placeOf(s, name),
  need: (privilege, place) => needTable(privilege, place, s.role, s.data, s.major),
  system: (name) => systemTable(name, s),
})

/** What GRANT's target stands for: the keys of `Role.grants`. */
function keysOf(target: Target, s: Session): readonly string[] {
  switch (target.on) {
    case 'database':
      if (s.data.databases[target.name] === undefined) throw unknownDatabase(target.name)
      return [`db:${target.name}`]
    case 'schema':
      return [`schema:${s.database}`]
    case 'tables':
      return Object.keys(s.data.databases[s.database] ?? {}).map((table) => tableKey({ database: s.database, table }))
    case 'table': {
      const place = placeOf(s, target.table)
      if (s.data.databases[place.database]?.[place.table] === undefined) throw dialect.says.noTable(place)
      return [tableKey(place)]
    }
  }
}

/** Runs a statement. Throws SqlError. */
export function run(q: Statement, s: Session): Outcome {
  const done = (data: Data, more: Partial<PgResult> = {}, ms = 0): Outcome => ({
    data,
    result: { columns: [], rows: [], tag: tagOf(q, { affected: 0, rows: more.rows ?? [] }), notices: [], ...more },
    ms,
  })
  switch (q.k) {
    case 'begin':
    case 'commit':
    case 'rollback':
    case 'nothing':
    case 'accepted':
      return done(s.data)
    case 'show':
      return done(s.data, { columns: [q.name], rows: [[shown(q.name, s)]] })
    case 'create-database':
    case 'drop-database':
    case 'own-database':
      return done(changeDatabase(q, s), {}, 40)
    case 'create-schema': {
      const had = s.data.schemas[s.database] ?? []
      if (had.includes(q.name) || q.name === 'public') {
        if (!q.guarded) throw new SqlError(0, '42P06', `schema "${q.name}" already exists`)
        return done(s.data, { notices: [`NOTICE:  schema "${q.name}" already exists, skipping`] })
      }
      return done({ ...s.data, schemas: { ...s.data.schemas, [s.database]: [...had, q.name] } })
    }
    case 'create-role':
    case 'alter-role':
    case 'drop-role':
    case 'grant':
    case 'revoke':
      return done(changeRoles(q, s.data, s.role, (target) => keysOf(target, s)))
    default: {
      const { databases, result, ms } = runTableStatement(q, sqlSession(s))
      const data = databases === s.data.databases ? s.data : owned({ ...s.data, databases }, s)
      const notices = databases === s.data.databases ? skipped(q, s) : []
      return { data, result: { columns: result.columns, rows: result.rows, tag: tagOf(q, result), notices }, ms }
    }
  }
}

/** IF [NOT] EXISTS says what it passed over. */
function skipped(q: Statement, s: Session): string[] {
  if (q.k === 'create-table') return [`NOTICE:  relation "${q.table.table}" already exists, skipping`]
  if (q.k === 'drop-table')
    return q.tables
      .filter((t) => s.data.databases[s.database]?.[placeOf(s, t).table] === undefined)
      .map((t) => `NOTICE:  table "${t.table}" does not exist, skipping`)
  return []
}

function shown(name: string, s: Session): string {
  const value = s.facts.variables[name]
  if (value === undefined) throw new SqlError(0, '42704', `unrecognized configuration parameter "${name}"`)
  return String(value)
}

/** New tables belong to who made them; those that are gone to nobody. */
function owned(data: Data, s: Session): Data {
  const [before, after] = [s.data.databases[s.database] ?? {}, data.databases[s.database] ?? {}]
  const made = Object.keys(after).filter((t) => before[t] === undefined)
  const gone = Object.keys(before).filter((t) => after[t] === undefined)
  if (made.length === 0 && gone.length === 0) return data
  const owners = { ...data.owners }
  for (const table of gone) delete owners[tableKey({ database: s.database, table })]
  for (const table of made) owners[tableKey({ database: s.database, table })] = s.role.name
  return { ...data, owners }
}

function changeDatabase(q: Extract<Statement, { k: 'create-database' | 'drop-database' | 'own-database' }>, s: Session): Data {
  const { data, role } = s
  const exists = data.databases[q.name] !== undefined
  if (q.k === 'create-database') {
    needSuperuserOr(role, 'createdb', 'permission denied to create database')
    if (exists) throw new SqlError(0, '42P04', `database "${q.name}" already exists`)
    const owner = q.owner === undefined ? role.name : roleNamed(data, q.owner).name
    return { ...data, databases: { ...data.databases, [q.name]: {} }, owners: { ...data.owners, [q.name]: owner } }
  }
  if (!exists) {
    if (q.k === 'drop-database' && q.guarded) return data
    throw unknownDatabase(q.name)
  }
  if (!role.superuser && data.owners[q.name] !== role.name) throw new SqlError(0, '42501', `must be owner of database ${q.name}`)
  if (q.k === 'own-database') return { ...data, owners: { ...data.owners, [q.name]: roleNamed(data, q.owner).name } }
  if (q.name === s.database) throw new SqlError(0, '55006', 'cannot drop the currently open database')
  const { [q.name]: _gone, ...databases } = data.databases
  const owners = Object.fromEntries(Object.entries(data.owners).filter(([k]) => k !== q.name && !k.startsWith(`${q.name}/`)))
  return { ...data, databases, owners }
}
