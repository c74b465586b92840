/** psql's backslash commands: what they ask the server, and how the answer is put. */
import type { Value } from '../sql/contract.ts'
import { literal } from './client-options.ts'
import type { PgResult } from './contract.ts'

/** A command that is one query and a way to show its result. */
export interface Listing {
  readonly sql: readonly string[]
  show(
    results: readonly PgResult[],
  ): { readonly result: PgResult; readonly title?: string; readonly after?: string } | { readonly message: string }
}

const table = (columns: readonly string[], rows: readonly (readonly Value[])[]): PgResult => ({ columns, rows, tag: '', notices: [] })

const databases: Listing = {
  sql: ['SELECT datname, datdba FROM pg_database ORDER BY 1'],
  show: ([r]) => ({
    result: table(
      ['Name', 'Owner', 'Encoding', 'Collate', 'Ctype'],
      r!.rows.map(([name, owner]) => [name!, owner!, 'UTF8', 'en_US.utf8', 'en_US.utf8']),
    ),
    title: 'List of databases',
  }),
}

const tables = (pattern: string): Listing => ({
  sql: [
    `SELECT schemaname, tablename, tableowner FROM pg_tables WHERE tablename LIKE ${literal(pattern === '' ? '%' : pattern.replaceAll('*', '%'))} ORDER BY 1, 2`,
  ],
  show: ([r]) =>
    r!.rows.length === 0
      ? { message: pattern === '' ? 'Did not find any relations.' : `Did not find any relation named "${pattern}".` }
      : {
          result: table(
            ['Schema', 'Name', 'Type', 'Owner'],
            r!.rows.map(([schema, name, owner]) => [schema!, name!, 'table', owner!]),
          ),
          title: 'List of relations',
        },
})

const describe = (name: string): Listing => ({
  sql: [
    `SELECT table_schema, column_name, data_type, is_nullable FROM information_schema.columns WHERE table_name = ${literal(name.replace(/^.*\./, ''))} ORDER BY ordinal_position`,
  ],
  show: ([r]) =>
    r!.rows.length === 0
      ? { message: `Did not find any relation named "${name}".` }
      : {
          result: table(
            ['Column', 'Type', 'Nullable'],
            r!.rows.map(([, column, type, nullable]) => [column!, type!, nullable === 'NO' ? 'not null' : '']),
          ),
          title: `Table "${r!.rows[0]![0]}.${name.replace(/^.*\./, '')}"`,
        },
})

const roles: Listing = {
  sql: ['SELECT rolname, rolsuper, rolcreaterole, rolcreatedb, rolcanlogin FROM pg_roles ORDER BY 1'],
  show: ([r]) => ({
    result: table(
      ['Role name', 'Attributes'],
      r!.rows.map(([name, superuser, createrole, createdb, login]) => [
        name!,
        [superuser && 'Superuser', createrole && 'Create role', createdb && 'Create DB', !login && 'Cannot login']
          .filter(Boolean)
          .join(', '),
      ]),
    ),
    title: 'List of roles',
  }),
}

/** The listing a command stands for; undefined: it is none. */
export function listing(name: string, argument: string): Listing | undefined {
  switch (name.replace(/\+$/, '')) {
    case '\\l':
    case '\\list':
      return databases
    case '\\dt':
      return tables(argument)
    case '\\d':
      return argument === '' ? tables('') : describe(argument)
    case '\\du':
    case '\\dg':
      return roles
    default:
      return undefined
  }
}
