/** Options and connections of psql, pg_isready, pg_dump and the like, as libpq reads them: arguments, then PG… variables. */
import type { DialResult } from '../../network/contract.ts'
import type { ProcessContext } from '../contract.ts'
import { namesIn, readText } from '../text/files.ts'
import { type PgError, type PgReply, type PgRequest, socketPath } from './contract.ts'

export interface Connection {
  /** Undefined: the Unix socket. */
  readonly host?: string
  readonly port: string
  readonly user: string
  readonly database: string
  readonly password?: string
  readonly timeoutMs: number
}

export interface ClientOptions {
  readonly connection: Connection
  /** Option → its values, long names. */
  readonly given: ReadonlyMap<string, readonly string[]>
  readonly words: readonly string[]
  /** An option that is not known. */
  readonly unknown?: string
}

/** Short and long options; `=` after those that take a value. */
export type OptionTable = Readonly<Record<string, string>>

const CONNECTION: OptionTable = { h: 'host=', p: 'port=', U: 'username=', d: 'dbname=', w: 'no-password', W: 'password' }
const NEVER_MS = 130_000

/** Reads a command line; `takesDatabase`: a word that is no option is a database (psql, pg_dump). */
export function readOptions(argv: readonly string[], own: OptionTable, ctx: ProcessContext, takesDatabase: boolean): ClientOptions {
  const table: OptionTable = { ...CONNECTION, ...own }
  const byLong = new Map(Object.values(table).map((name) => [name.replace('=', ''), name]))
  const given = new Map<string, string[]>()
  const words: string[] = []
  let unknown: string | undefined
  const put = (name: string, value: string): void => void given.set(name, [...(given.get(name) ?? []), value])
  for (let i = 1; i < argv.length; i++) {
    const arg = argv[i]!
    if (arg.startsWith('--') && arg.length > 2) {
      const at = arg.indexOf('=')
      const name = at < 0 ? arg.slice(2) : arg.slice(2, at)
      const found = byLong.get(name)
      if (found === undefined) unknown ??= `unrecognized option '${arg}'`
      else put(name, found.endsWith('=') ? (at < 0 ? (argv[++i] ?? '') : arg.slice(at + 1)) : '')
    } else if (arg.startsWith('-') && arg.length > 1) {
      for (let at = 1; at < arg.length; at++) {
        const found = table[arg[at]!]
        if (found === undefined) {
          unknown ??= `invalid option -- '${arg[at]}'`
          break
        }
        if (!found.endsWith('=')) {
          put(found, '')
          continue
        }
        put(found.slice(0, -1), arg.length > at + 1 ? arg.slice(at + 1) : (argv[++i] ?? ''))
        break
      }
    } else words.push(arg)
  }
  const connection = connectionOf(given, takesDatabase ? words : [], ctx)
  return { connection, given, words, ...(unknown !== undefined && { unknown }) }
}

function connectionOf(given: ReadonlyMap<string, readonly string[]>, words: readonly string[], ctx: ProcessContext): Connection {
  const env = ctx.env
  const named = given.get('dbname')?.at(-1) ?? words[0]
  const url = parseUrl(named ?? '')
  const option = (name: string, variable: string): string | undefined => given.get(name)?.at(-1) ?? (env[variable] || undefined)
  const host = url?.host ?? option('host', 'PGHOST')
  const user = url?.user ?? option('username', 'PGUSER') ?? (given.has('dbname') || words[0] === undefined ? undefined : words[1]) ?? 'root'
  const password = url?.password ?? (env['PGPASSWORD'] || undefined) ?? passwordFile(ctx, host ?? 'localhost', user)
  const timeoutS = Number(env['PGCONNECT_TIMEOUT'] ?? url?.timeout ?? 0)
  return {
    ...(host !== undefined && host !== '' && !host.startsWith('/') && { host }),
    port: url?.port ?? option('port', 'PGPORT') ?? '5432',
    user,
    database: (url === undefined ? named : url.database) || env['PGDATABASE'] || user,
    ...(password !== undefined && { password }),
    timeoutMs: timeoutS > 0 ? timeoutS * 1000 : NEVER_MS,
  }
}

interface Url {
  readonly user?: string
  readonly password?: string
  readonly host?: string
  readonly port?: string
  readonly database?: string
  readonly timeout?: string
}

/** `postgresql://user:pw@host:port/db?connect_timeout=3`, or `host=… dbname=…`. */
function parseUrl(text: string): Url | undefined {
  const m = /^postgres(?:ql)?:\/\/(?:([^:@/]*)(?::([^@/]*))?@)?([^:/?]*)(?::(\d+))?(?:\/([^?]*))?(?:\?(.*))?$/.exec(text)
  const filled = (o: Record<string, string | undefined>): Url =>
    Object.fromEntries(Object.entries(o).filter(([, v]) => v !== undefined && v !== '')) as Url
  if (m !== null) {
    const timeout = /connect_timeout=(\d+)/.exec(m[6] ?? '')?.[1]
    const plain = (s: string | undefined): string | undefined =>
      s?.replace(/%([0-9A-Fa-f]{2})/g, (_, h: string) => String.fromCharCode(Number.parseInt(h, 16)))
    return filled({ user: plain(m[1]), password: plain(m[2]), host: m[3], port: m[4], database: plain(m[5]), timeout })
  }
  if (!/^\w+\s*=/.test(text)) return undefined
  const pairs = new Map([...text.matchAll(/(\w+)\s*=\s*('[^']*'|\S+)/g)].map((x) => [x[1]!, x[2]!.replace(/^'|'$/g, '')]))
  return filled({
    user: pairs.get('user'),
    password: pairs.get('password'),
    host: pairs.get('host'),
    port: pairs.get('port'),
    database: pairs.get('dbname'),
    timeout: pairs.get('connect_timeout'),
  })
}

/** `host:port:database:user:password` of ~/.pgpass. */
function passwordFile(ctx: ProcessContext, host: string, user: string): string | undefined {
  const text = readText(ctx.files, ctx.env['PGPASSFILE'] ?? `${ctx.env['HOME'] ?? '/root'}/.pgpass`)
  for (const line of (text ?? '').split('\n')) {
    const [h, , , u, ...rest] = line.split(':')
    if ((h === '*' || h === host) && (u === '*' || u === user) && rest.length > 0) return rest.join(':')
  }
  return undefined
}

type Told = { readonly reply: PgReply } | { readonly error: string; readonly failure: 'none' | 'silent' }
/** `ms`: how long the answer took, or the wait for none. */
export type Asked = Told & { readonly ms: number }

/** `connection to server at "db" (10.0.0.3), port 5432 failed: …`. */
export function where(c: Connection, result?: DialResult): string {
  if (c.host === undefined) return `connection to server on socket "${socketPath(c.port)}" failed: `
  const ip = result?.peer?.ip ?? result?.address
  return `connection to server at "${c.host}"${ip !== undefined ? ` (${ip})` : ''}, port ${c.port} failed: `
}

/** Dials the server. */
export function ask(c: Connection, ctx: ProcessContext, more: Partial<PgRequest>): Asked {
  let port = c.port
  if (c.host === undefined) {
    const inside = namesIn(ctx.files, '/var/run/postgresql').includes(`.s.PGSQL.${c.port}`)
      ? readText(ctx.files, socketPath(c.port))
      : undefined
    if (inside === undefined)
      return {
        error: `${where(c)}No such file or directory\n\tIs the server running locally and accepting connections on that socket?`,
        failure: 'none',
        ms: 0,
      }
    port = inside
  }
  const host = c.host ?? '127.0.0.1'
  const payload: PgRequest = {
    user: c.user,
    database: c.database,
    ...(c.password !== undefined && { password: c.password }),
    ...(c.host === undefined && { socket: true }),
    ...more,
  }
  const result = ctx.dial({ host, port: Number(port), protocol: 'postgres', payload, timeoutMs: c.timeoutMs })
  return { ...told(c, host, result), ms: result.latencyMs }
}

function told(c: Connection, host: string, result: DialResult): Told {
  if (result.ok) {
    const reply = result.reply as PgReply | null
    if (typeof reply !== 'object' || reply === null || !('ok' in reply))
      return { error: `${where(c, result)}received invalid response to SSL negotiation`, failure: 'none' }
    if (!reply.ok && reply.error.sqlState === '28P01' && c.password === undefined)
      return { error: `${where(c, result)}fe_sendauth: no password supplied`, failure: 'none' }
    if (!reply.ok) return { error: `${where(c, result)}${fatalText(reply.error)}`, failure: 'none' }
    return { reply }
  }
  switch (result.failure) {
    case 'dns-not-found':
      return { error: `could not translate host name "${host}" to address: Name or service not known`, failure: 'silent' }
    case 'dns-timeout':
    case 'dns-refused':
      return { error: `could not translate host name "${host}" to address: Temporary failure in name resolution`, failure: 'silent' }
    case 'refused':
      return {
        error: `${where(c, result)}Connection refused\n\tIs the server running ${c.host === undefined ? 'locally and accepting connections on that socket?' : 'on that host and accepting TCP/IP connections?'}`,
        failure: 'silent',
      }
    case 'reset':
      return {
        error: `${where(c, result)}server closed the connection unexpectedly\n\tThis probably means the server terminated abnormally\n\tbefore or while processing the request.`,
        failure: 'silent',
      }
    case 'no-route':
      return {
        error: `${where(c, result)}No route to host\n\tIs the server running on that host and accepting TCP/IP connections?`,
        failure: 'silent',
      }
    default:
      return {
        error: `${where(c, result)}${c.timeoutMs < NEVER_MS ? 'timeout expired' : 'Connection timed out\n\tIs the server running on that host and accepting TCP/IP connections?'}`,
        failure: 'silent',
      }
  }
}

const fatalText = (e: PgError): string =>
  `FATAL:  ${e.message}${e.detail === undefined ? '' : `\nDETAIL:  ${e.detail}`}${e.hint === undefined ? '' : `\nHINT:  ${e.hint}`}`

/** A value as a literal of SQL. */
export const literal = (v: unknown): string =>
  v === null || v === undefined
    ? 'NULL'
    : typeof v === 'number'
      ? String(v)
      : typeof v === 'boolean'
        ? String(v)
        : `'${String(v).replaceAll("'", "''")}'`

/** A name as SQL takes it. */
export const quoteName = (name: string): string => (/^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name}"`)
