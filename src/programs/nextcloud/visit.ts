/** One visit while it is answered: the configuration in force, the database and how long it took, who is signed in. */
import { sha256 } from '../../lib/hash.ts'
import type { HttpRequest } from '../../network/contract.ts'
import { FileError } from '../../script/files.ts'
import type { ProcessContext } from '../contract.ts'
import type { Page } from '../php/server.ts'
import type { RedisReply, RedisRequest, Resp } from '../redis/contract.ts'
import { readText, writeText } from '../text/files.ts'
import { isoTime } from '../text/times.ts'
import { quoted, type Row, run } from './database.ts'
import { hashed } from './install.ts'
import { INTERNAL } from './messages.ts'
import type { PhpArray } from './php-array.ts'
import { dataDirectory, redisOf, textAt } from './settings.ts'

export const PHP = '8.3.26'

export interface Visit {
  readonly ctx: ProcessContext
  readonly request: HttpRequest
  readonly client: string
  readonly config: PhpArray
  /** Milliseconds spent on the database and Redis so far. */
  ms: number
}

/** An exception that ends the page: Nextcloud's own error page, and a line in its log. */
export class PageError extends Error {}

export const page = (status: number, body: string, headers: Readonly<Record<string, string>> = {}): Page => ({
  status,
  body,
  php: true,
  databaseMs: 0,
  headers: { 'content-type': 'text/html; charset=UTF-8', 'x-powered-by': `PHP/${PHP}`, ...headers },
})
export const redirect = (status: 302 | 303, location: string, headers: Readonly<Record<string, string>> = {}): Page =>
  page(status, '', { location, ...headers })

/** Rows of each statement. Throws PageError. */
export function ask(v: Visit, sql: readonly string[]): readonly (readonly Row[])[] {
  const done = run(v.config, sql, v.ctx)
  v.ms += done.ms
  if (!done.ok) throw new PageError(done.error)
  return done.rows
}

/** The page of an exception: 500, with its reason in data/nextcloud.log. */
export function failed(v: Visit, reason: string): Page {
  const line = {
    reqId: sha256(`${v.ctx.pod.uid}/${v.ctx.nowMs}/${v.request.path}`).slice(0, 20),
    level: 3,
    time: isoTime(v.ctx.nowMs).replace(/\.\d+Z$/, '+00:00'),
    remoteAddr: v.client,
    user: '--',
    app: 'core',
    method: v.request.method,
    url: v.request.path,
    message: reason,
  }
  try {
    v.ctx.files.append(`${dataDirectory(v.config)}/nextcloud.log`, `${JSON.stringify(line)}\n`)
  } catch (error) {
    if (!(error instanceof FileError)) throw error
  }
  return page(500, INTERNAL)
}

// ── who is signed in ──

/** Talks to the Redis of sessions and locks. Throws PageError where it does not answer. */
function redis(v: Visit, commands: readonly (readonly string[])[]): readonly Resp[] {
  const at = redisOf(v.ctx)!
  const payload: RedisRequest = { kind: 'commands', commands: [...(at.password === undefined ? [] : [['AUTH', at.password]]), ...commands] }
  const dialled = v.ctx.dial({ host: at.host, port: at.port, protocol: 'redis', payload, timeoutMs: 60_000 })
  v.ms += dialled.latencyMs
  if (!dialled.ok) {
    const why: Readonly<Record<string, string>> = {
      refused: 'Connection refused',
      'dns-not-found': `php_network_getaddresses: getaddrinfo for ${at.host} failed: Name or service not known`,
      'no-route': 'No route to host',
      reset: 'Redis server went away',
    }
    throw new PageError(`RedisException: ${why[dialled.failure] ?? 'Connection timed out'}`)
  }
  const reply = dialled.reply as RedisReply | null
  if (reply?.kind !== 'replies') throw new PageError("RedisException: protocol error, got 'H' as reply type byte")
  const error = reply.replies.find((r): r is { error: string } => typeof r === 'object' && r !== null && 'error' in r)
  if (error !== undefined) throw new PageError(`RedisException: ${error.error}`)
  return reply.replies
}

/** Sessions and locks begin each page: without their Redis there is none. Throws PageError. */
export function openSession(v: Visit): void {
  if (redisOf(v.ctx) !== undefined) redis(v, [['PING']])
}

const cookieName = (v: Visit): string => textAt(v.config, 'instanceid', 'oc')

function sessionId(v: Visit): string | undefined {
  const cookies = (v.request.headers['cookie'] ?? '').split(/;\s*/).map((c) => c.split('='))
  const id = cookies.find(([name]) => name === cookieName(v))?.[1]
  return id !== undefined && /^[\da-f]{32}$/.test(id) ? id : undefined
}

/** Begins a session: in Redis, else in a file of this container that no other replica sees. */
export function signIn(v: Visit, uid: string): Readonly<Record<string, string>> {
  const id = sha256(`${v.ctx.pod.uid}/${v.ctx.nowMs}/${uid}/${v.ctx.random('nextcloud-session', v.ctx.nowMs)}`).slice(0, 32)
  if (redisOf(v.ctx) !== undefined) redis(v, [['SET', `PHPREDIS_SESSION:${id}`, uid, 'EX', '1440']])
  else writeText(v.ctx.files, `/tmp/sess_${id}`, uid)
  return { 'set-cookie': `${cookieName(v)}=${id}; path=/; HttpOnly; SameSite=Lax` }
}

/** Who the session's cookie belongs to; undefined: nobody that this replica knows. */
export function signedIn(v: Visit): string | undefined {
  const id = sessionId(v)
  if (id === undefined) return undefined
  if (redisOf(v.ctx) === undefined) return readText(v.ctx.files, `/tmp/sess_${id}`)
  const [found] = redis(v, [['GET', `PHPREDIS_SESSION:${id}`]]).slice(-1)
  return typeof found === 'string' ? found : undefined
}

/** Whether that is the account's password; gives its name as it is written in the database. Throws PageError. */
export function checked(v: Visit, name: string, password: string): string | undefined {
  const [rows = []] = ask(v, [`SELECT uid, password FROM oc_users WHERE uid = ${quoted(v.config, name)}`])
  return rows[0] !== undefined && rows[0]['password'] === hashed(password) ? String(rows[0]['uid']) : undefined
}

/** The account of a request's Basic authentication; undefined: none, or not that password. */
export function basicUser(v: Visit): string | undefined {
  const basic = /^Basic (.+)$/i.exec(v.request.headers['authorization'] ?? '')?.[1]
  if (basic === undefined) return undefined
  const [name = '', ...rest] = Buffer.from(basic, 'base64').toString('utf8').split(':')
  return checked(v, name, rest.join(':'))
}
