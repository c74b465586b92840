/** What clients and servers of the `mysql` protocol say to each other here: one message is a connection with its statements, one answer all its results. */

export type Value = string | number | null

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
  /** Asked by another server over the same data directory: who holds it? */
  readonly holder?: boolean
}

export interface MysqlResult {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly Value[])[]
  readonly affected: number
  readonly insertId: number
}

export interface MysqlError {
  readonly errno: number
  readonly sqlState: string
  readonly message: string
}

export type MysqlReply =
  | { readonly ok: true; readonly results: readonly MysqlResult[]; readonly version: string; readonly error?: MysqlError }
  /** Refused at login. */
  | { readonly ok: false; readonly error: MysqlError }

export class SqlError extends Error implements MysqlError {
  readonly errno: number
  readonly sqlState: string
  constructor(errno: number, sqlState: string, message: string) {
    super(message)
    this.errno = errno
    this.sqlState = sqlState
  }
}

// ── what a server holds, plain data ──

export interface Column {
  readonly name: string
  readonly type: string
  readonly auto?: boolean
  readonly notNull?: boolean
  readonly unique?: boolean
  readonly preset?: Value
}

export interface Table {
  readonly columns: readonly Column[]
  /** Column positions of the primary key. */
  readonly primary: readonly number[]
  readonly nextId: number
  readonly rows: readonly (readonly Value[])[]
}

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
  readonly databases: Readonly<Record<string, Readonly<Record<string, Table>>>>
  readonly accounts: readonly Account[]
}
