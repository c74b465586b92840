/** What pg_dump writes: the tables' definitions and their rows, as statements that psql runs. */
import type { ProcessContext } from '../contract.ts'
import type { Value } from '../sql/contract.ts'
import { ask, type Connection, literal, quoteName } from './client-options.ts'
import type { PgResult } from './contract.ts'

export interface DumpOptions {
  readonly tables: readonly string[]
  readonly schema: boolean
  readonly rows: boolean
  readonly clean: boolean
  readonly inserts: boolean
  readonly create: boolean
}

export type Dumped = { readonly text: string } | { readonly error: string }

class DumpError extends Error {}

function run(c: Connection, ctx: ProcessContext, sql: readonly string[]): readonly PgResult[] {
  const asked = ask(c, ctx, { units: [sql] })
  if ('error' in asked) throw new DumpError(asked.error)
  const [reply] = asked.reply.ok ? asked.reply.units : []
  if (reply?.error !== undefined) throw new DumpError(`query failed: ERROR:  ${reply.error.message}`)
  return reply?.results ?? []
}

const field = (v: Value): string =>
  v === null
    ? '\\N'
    : v === true
      ? 't'
      : v === false
        ? 'f'
        : String(v).replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n')

function guarded(act: () => string): Dumped {
  try {
    return { text: act() }
  } catch (error) {
    if (!(error instanceof DumpError)) throw error
    return { error: error.message }
  }
}

const HEADER = "--\n-- PostgreSQL database dump\n--\n\nSET statement_timeout = 0;\nSET client_encoding = 'UTF8';\n\n"

/** One database as SQL. */
export const dumpDatabase = (c: Connection, ctx: ProcessContext, o: DumpOptions): Dumped => guarded(() => whole(c, ctx, o))

function whole(c: Connection, ctx: ProcessContext, o: DumpOptions): string {
  const names = run(c, ctx, ['SELECT schemaname, tablename, tableowner FROM pg_tables ORDER BY 1, 2'])[0]!.rows
  const wanted = names.filter(([, name]) => o.tables.length === 0 || o.tables.some((t) => t.replace(/^public\./, '') === name))
  if (wanted.length === 0 && o.tables.length > 0) throw new DumpError('no matching tables were found')
  let text = HEADER
  if (o.create) text += `CREATE DATABASE ${quoteName(c.database)};\n\\connect ${c.database}\n\n`
  for (const schema of new Set(wanted.map(([s]) => String(s)))) if (schema !== 'public') text += `CREATE SCHEMA ${quoteName(schema)};\n\n`
  for (const [schema, name] of wanted) text += tableText(c, ctx, String(schema), String(name), o)
  return `${text}--\n-- PostgreSQL database dump complete\n--\n\n`
}

function tableText(c: Connection, ctx: ProcessContext, schema: string, name: string, o: DumpOptions): string {
  const full = `${quoteName(schema)}.${quoteName(name)}`
  const [definition, rows] = run(c, ctx, [
    `SELECT line, identity, next FROM pg_catalog.clusterlab_definition WHERE relation = ${literal(`${schema}.${name}`)}`,
    `SELECT * FROM ${full}`,
  ])
  let text = ''
  if (o.schema) {
    if (o.clean) text += `DROP TABLE IF EXISTS ${full};\n`
    text += `--\n-- Name: ${name}; Type: TABLE; Schema: ${schema}\n--\n\nCREATE TABLE ${full} (\n${definition!.rows.map(([line]) => `    ${line}`).join(',\n')}\n);\n\n`
  }
  if (!o.rows) return text
  const columns = rows!.columns.map(quoteName).join(', ')
  const [, identity, next] = definition!.rows[0]!
  const restart = identity === null ? '' : `ALTER TABLE ${full} ALTER COLUMN ${quoteName(String(identity))} RESTART WITH ${next};\n\n`
  if (o.inserts)
    return `${text}${rows!.rows.map((r) => `INSERT INTO ${full} VALUES (${r.map(literal).join(', ')});\n`).join('')}\n${restart}`
  return `${text}COPY ${full} (${columns}) FROM stdin;\n${rows!.rows.map((r) => `${r.map(field).join('\t')}\n`).join('')}\\.\n\n${restart}`
}

/** All databases, roles first. */
export function dumpAll(c: Connection, ctx: ProcessContext, o: DumpOptions): Dumped {
  return guarded(() => {
    const [roles, databases] = run(c, ctx, [
      'SELECT rolname, rolsuper, rolcanlogin FROM pg_roles ORDER BY 1',
      'SELECT datname FROM pg_database ORDER BY 1',
    ])
    let text = '--\n-- PostgreSQL database cluster dump\n--\n\n'
    for (const [name, superuser, login] of roles!.rows)
      text += `CREATE ROLE ${quoteName(String(name))};\nALTER ROLE ${quoteName(String(name))} WITH ${superuser ? 'SUPERUSER' : 'NOSUPERUSER'} ${login ? 'LOGIN' : 'NOLOGIN'};\n`
    for (const [name] of databases!.rows) {
      if (name === 'template0' || name === 'template1') continue
      text += `\n${whole({ ...c, database: String(name) }, ctx, { ...o, create: name !== 'postgres' })}`
    }
    return `${text}--\n-- PostgreSQL database cluster dump complete\n--\n\n`
  })
}
