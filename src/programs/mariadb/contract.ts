/** What clients and servers of the `mysql` protocol say to each other here: one message is a connection with its statements, one answer all its results. */

import type { Databases, Result } from '../sql/contract.ts'
import type { PeerRequest } from './replication-contract.ts'

/** Payload of a `mysql` dial. Without `sql` it only logs in. */
export interface MysqlRequest {
  readonly user: string
  readonly password: string
  readonly database?: string
  readonly sql?: readonly string[]
  /** Through the Unix socket: the server sees `localhost`. */
  readonly socket?: boolean
  /** mysqladmin's ping: alive counts, even with access denied. */
  readonly ping?: boolean
  /** A message of another server of a replication. */
  readonly peer?: PeerRequest
  /** Asked by another server over the same data directory: who holds it? */
  readonly holder?: boolean
}

export interface MysqlError {
  readonly errno: number
  readonly sqlState: string
  readonly message: string
}

export type MysqlReply =
  | { readonly ok: true; readonly results: readonly Result[]; readonly version: string; readonly error?: MysqlError }
  /** Refused at login. */
  | { readonly ok: false; readonly error: MysqlError }

// ── what a server holds, plain data ──

export interface Account {
  readonly user: string
  readonly host: string
  /** Hash; '' is no password. */
  readonly hash: string
  /** Logs in by the socket without a password (unix_socket). */
  readonly socketOnly?: boolean
  /** `*` or a database → privileges in capitals, `ALL` for all. */
  readonly grants: Readonly<Record<string, readonly string[]>>
}

export interface Data {
  readonly databases: Databases
  readonly accounts: readonly Account[]
}
