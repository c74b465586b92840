/** Nextcloud's database, whichever it is: MySQL or MariaDB, PostgreSQL over the network, SQLite in the data directory. One connection a page. */
import type { ProcessContext } from '../contract.ts'
import { query } from '../php/mysql.ts'
import { ask, literal } from '../postgres/client-options.ts'
import type { Value } from '../sql/contract.ts'
import type { PhpArray } from './php-array.ts'
import { dataDirectory, textAt } from './settings.ts'
import { runSqlite } from './sqlite.ts'

/** A row by its columns' names. */
export type Row = Readonly<Record<string, Value>>

export type Queried =
  | { readonly ok: true; readonly rows: readonly (readonly Row[])[]; readonly ms: number }
  /** As Doctrine words it. `connected`: a statement failed, not the connection. */
  | { readonly ok: false; readonly error: string; readonly connected: boolean; readonly ms: number }

/** PDO's patience with a PostgreSQL server. */
const PG_TIMEOUT_MS = 30_000

const driver = (state: string): string => `Failed to connect to the database: An exception occurred in the driver: ${state}`
const statement = (error: string): string => `An exception occurred while executing a query: ${error}`

interface Answered {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly Value[])[]
}
const rowsOf = (results: readonly Answered[]): Row[][] =>
  results.map((r) => r.rows.map((row) => Object.fromEntries(r.columns.map((c, i) => [c, row[i] ?? null]))))

/** Connects and runs statements as one; the first that fails ends them. */
export function run(config: PhpArray, sql: readonly string[], ctx: ProcessContext): Queried {
  const type = textAt(config, 'dbtype', 'sqlite3')
  if (type === 'sqlite3') {
    const { results, error } = runSqlite(ctx.files, `${dataDirectory(config)}/${textAt(config, 'dbname', 'owncloud')}.db`, sql, ctx.nowMs)
    return error === undefined ? { ok: true, rows: rowsOf(results), ms: 2 } : { ok: false, error: statement(error), connected: true, ms: 2 }
  }
  return type === 'pgsql' ? pgsql(config, sql, ctx) : mysql(config, sql, ctx)
}

function mysql(config: PhpArray, sql: readonly string[], ctx: ProcessContext): Queried {
  const access = {
    host: textAt(config, 'dbhost', 'localhost'),
    user: textAt(config, 'dbuser'),
    password: textAt(config, 'dbpassword'),
    name: textAt(config, 'dbname'),
  }
  const done = query(access, sql, ctx)
  if (!done.ok) {
    const why = done.reason.replace(/^mysqli_real_connect\(\): /, '')
    const coded = /^\((\w+)\/(\d+)\): ([\s\S]*)$/.exec(why)
    const state = coded === null ? `SQLSTATE[HY000] [2002] ${why}` : `SQLSTATE[${coded[1]}] [${coded[2]}] ${coded[3]}`
    return { ok: false, error: driver(state), connected: false, ms: done.ms }
  }
  if (done.error !== undefined) return { ok: false, error: statement(done.error), connected: true, ms: done.ms }
  return { ok: true, rows: rowsOf(done.results), ms: done.ms }
}

function pgsql(config: PhpArray, sql: readonly string[], ctx: ProcessContext): Queried {
  const [host = '', port = '5432'] = textAt(config, 'dbhost', 'localhost').split(':')
  const asked = ask(
    {
      host,
      port,
      user: textAt(config, 'dbuser'),
      password: textAt(config, 'dbpassword'),
      database: textAt(config, 'dbname'),
      timeoutMs: PG_TIMEOUT_MS,
    },
    ctx,
    { units: [sql], stop: true },
  )
  if ('error' in asked) return { ok: false, error: driver(`SQLSTATE[08006] [7] ${asked.error}`), connected: false, ms: asked.ms }
  const units = asked.reply.ok ? asked.reply.units : []
  const failed = units.find((u) => u.error !== undefined)?.error
  if (failed !== undefined)
    return { ok: false, error: statement(`SQLSTATE[${failed.sqlState}]: ERROR:  ${failed.message}`), connected: true, ms: asked.ms }
  return { ok: true, rows: rowsOf(units.flatMap((u) => u.results)), ms: asked.ms }
}

/** A value as the database's SQL writes it. */
export function quoted(config: PhpArray, value: Value): string {
  if (textAt(config, 'dbtype') === 'pgsql' || typeof value !== 'string') return literal(value)
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`
}

/** The tables that are used here, with the columns that are used here. */
export function schema(config: PhpArray): string[] {
  const auto = textAt(config, 'dbtype') === 'pgsql' ? 'BIGSERIAL' : 'BIGINT NOT NULL AUTO_INCREMENT'
  return [
    'CREATE TABLE IF NOT EXISTS oc_appconfig (appid VARCHAR(32) NOT NULL, configkey VARCHAR(64) NOT NULL, configvalue TEXT, PRIMARY KEY (appid, configkey))',
    'CREATE TABLE IF NOT EXISTS oc_users (uid VARCHAR(64) NOT NULL, displayname VARCHAR(64), password VARCHAR(255) NOT NULL, PRIMARY KEY (uid))',
    `CREATE TABLE IF NOT EXISTS oc_storages (numeric_id ${auto}, id VARCHAR(64) NOT NULL, PRIMARY KEY (numeric_id))`,
    `CREATE TABLE IF NOT EXISTS oc_filecache (fileid ${auto}, storage VARCHAR(64) NOT NULL, path VARCHAR(4000) NOT NULL, parent VARCHAR(4000) NOT NULL, name VARCHAR(250) NOT NULL, mimetype VARCHAR(255) NOT NULL, size BIGINT NOT NULL, mtime BIGINT NOT NULL, etag VARCHAR(40) NOT NULL, PRIMARY KEY (fileid))`,
  ]
}
