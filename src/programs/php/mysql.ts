/** How PHP talks to a MySQL server: one connection a page, with what its application says of host, user and password. */
import type { ProcessContext } from '../contract.ts'
import type { MysqlReply, MysqlRequest } from '../mariadb/contract.ts'
import type { Result, Value } from '../sql/contract.ts'

export interface MysqlAccess {
  readonly host: string
  readonly user: string
  readonly password: string
  readonly name: string
}

export type Queried =
  | {
      readonly ok: true
      readonly results: readonly Result[]
      readonly ms: number
      readonly missingTable: boolean
      readonly error?: string
    }
  /** No connection. `reason` is PHP's warning; `noDatabase`: logged in, but the database is not there. */
  | { readonly ok: false; readonly reason: string; readonly ms: number; readonly noDatabase: boolean }

/** PHP's default_socket_timeout. */
const TIMEOUT_MS = 60_000

/** `host`, `host:port`, `[v6]:port`. */
export function hostAndPort(text: string): { host: string; port: number } {
  const match = /^(.*?)(?::(\d+))?$/.exec(text.trim())
  return { host: match?.[1] || 'localhost', port: Number(match?.[2] ?? 3306) }
}

/** Connects and runs statements; the first that fails ends them. */
export function query(config: MysqlAccess, sql: readonly string[], ctx: ProcessContext): Queried {
  const { host, port } = hostAndPort(config.host)
  if (host === 'localhost')
    return { ok: false, reason: 'mysqli_real_connect(): (HY000/2002): No such file or directory', ms: 1, noDatabase: false }
  const payload: MysqlRequest = { user: config.user, password: config.password, database: config.name, sql }
  const dialled = ctx.dial({ host, port, protocol: 'mysql', payload, timeoutMs: TIMEOUT_MS })
  const refused = (reason: string, noDatabase = false): Queried => ({
    ok: false,
    reason: `mysqli_real_connect(): ${reason}`,
    ms: dialled.latencyMs,
    noDatabase,
  })
  if (!dialled.ok) {
    switch (dialled.failure) {
      case 'dns-not-found':
        return refused(`php_network_getaddresses: getaddrinfo for ${host} failed: Name or service not known`)
      case 'dns-timeout':
      case 'dns-refused':
        return refused(`php_network_getaddresses: getaddrinfo for ${host} failed: Temporary failure in name resolution`)
      case 'refused':
        return refused('(HY000/2002): Connection refused')
      case 'no-route':
        return refused('(HY000/2002): No route to host')
      case 'reset':
        return refused('(HY000/2006): MySQL server has gone away')
      default:
        return refused('(HY000/2002): Connection timed out')
    }
  }
  // Something answers that is no database: an echo server, a web server on the wrong port.
  const reply = dialled.reply as MysqlReply | null
  if (typeof reply !== 'object' || reply === null || !('ok' in reply)) return refused('(HY000/2006): MySQL server has gone away')
  if (!reply.ok)
    return refused(
      `(${reply.error.sqlState === '28000' ? 'HY000' : reply.error.sqlState}/${reply.error.errno}): ${reply.error.message}`,
      reply.error.errno === 1049 || reply.error.errno === 1044,
    )
  return {
    ok: true,
    results: reply.results,
    ms: dialled.latencyMs,
    missingTable: reply.error?.errno === 1146,
    ...(reply.error && { error: reply.error.message }),
  }
}

export const text = (value: Value): string =>
  `'${String(value ?? '')
    .replaceAll('\\', '\\\\')
    .replaceAll("'", "\\'")
    .replaceAll('\n', '\\n')}'`

/** Rows as objects. */
export const objects = (result: Result | undefined): Record<string, Value>[] =>
  (result?.rows ?? []).map((row) => Object.fromEntries(result!.columns.map((c, i) => [c, row[i] ?? null])))
