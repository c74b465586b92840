/** What clients and servers of the `postgres` protocol say to each other here: one message is a connection with its statements, one answer all its results. */
import type { Databases, Result } from '../sql/contract.ts'

/** Payload of a `postgres` dial. Without `units` it only logs in. */
export interface PgRequest {
  readonly user: string
  readonly password?: string
  readonly database: string
  /** Each is one simple query: its statements are one transaction unless they say otherwise. */
  readonly units?: readonly (readonly string[])[]
  /** The first error ends it (ON_ERROR_STOP); otherwise the next unit is tried. */
  readonly stop?: boolean
  /** Through the Unix socket. */
  readonly socket?: boolean
  /** pg_isready: is somebody there? Nobody logs in. */
  readonly probe?: boolean
}

export interface PgError {
  readonly severity: 'ERROR' | 'FATAL'
  readonly sqlState: string
  readonly message: string
  readonly detail?: string
  readonly hint?: string
}

export interface PgResult extends Pick<Result, 'columns' | 'rows'> {
  /** `INSERT 0 1`, `CREATE TABLE`, `SELECT 3`. */
  readonly tag: string
  readonly notices: readonly string[]
}

export interface UnitReply {
  readonly results: readonly PgResult[]
  readonly error?: PgError
}

export type PgReply =
  | { readonly ok: true; readonly version: string; readonly units: readonly UnitReply[] }
  /** Refused before the first statement. */
  | { readonly ok: false; readonly error: PgError }

// ── what a server holds, plain data ──

export interface Role {
  readonly name: string
  /** '' is no password. */
  readonly hash: string
  readonly login: boolean
  readonly superuser: boolean
  readonly createdb: boolean
  readonly createrole: boolean
  /** `db:NAME`, `schema:DB`, `DB/TABLE` → privileges in capitals, `ALL` for all. */
  readonly grants: Readonly<Record<string, readonly string[]>>
}

export interface Data {
  /** Schemas other than `public` are part of a table's name: `schema.table`. */
  readonly databases: Databases
  readonly schemas: Readonly<Record<string, readonly string[]>>
  readonly roles: readonly Role[]
  /** `DB` and `DB/TABLE` → role. */
  readonly owners: Readonly<Record<string, string>>
}

/** Where the server keeps its Unix socket. */
export const socketPath = (port: number | string): string => `/var/run/postgresql/.s.PGSQL.${port}`
