/** One connection: who may log in, then its units of statements, each a transaction unless it says otherwise. */
import { type SessionFacts, SqlError, type Value } from '../sql/contract.ts'
import { statements } from '../sql/lex.ts'
import type { Data, PgError, PgReply, PgRequest, PgResult, Role, UnitReply } from './contract.ts'
import { dialect } from './dialect.ts'
import type { HbaLine } from './hba.ts'
import { ruleFor } from './hba.ts'
import { hashPassword } from './roles.ts'
import { run } from './run.ts'
import { parse } from './sql-parse.ts'

export interface ServerFacts {
  readonly nowMs: number
  /** What `version()` answers. */
  readonly version: string
  readonly major: number
  readonly variables: Readonly<Record<string, Value>>
  readonly hba: readonly HbaLine[]
  readonly hbaPath: string
}

export interface Served {
  readonly reply: PgReply
  readonly data: Data
  readonly ms: number
  readonly reads: boolean
  /** Lines for the server's log, without their time. */
  readonly log: readonly string[]
}

const fatal = (sqlState: string, message: string, more: { detail?: string; hint?: string } = {}): PgError => ({
  severity: 'FATAL',
  sqlState,
  message,
  ...more,
})

/** The role a client becomes, or why not; with what the log says besides. */
function logIn(request: PgRequest, data: Data, sourceIp: string, server: ServerFacts): Role | { error: PgError; log: string[] } {
  const { user, database } = request
  const refuse = (error: PgError, ...log: string[]): { error: PgError; log: string[] } => ({
    error,
    log: [`FATAL:  ${error.message}`, ...log],
  })
  const from = request.socket ? undefined : sourceIp
  const rule = ruleFor(server.hba, user, database, from)
  const role = data.roles.find((r) => r.name === user)
  if (rule === undefined || rule.method === 'reject') {
    const where = from === undefined ? '[local]' : `"${from}"`
    const message =
      rule === undefined
        ? `no pg_hba.conf entry for host ${where}, user "${user}", database "${database}", no encryption`
        : `pg_hba.conf rejects connection for host ${where}, user "${user}", database "${database}", no encryption`
    return refuse(fatal('28000', message))
  }
  if (rule.method !== 'trust') {
    if (!['scram-sha-256', 'md5', 'password'].includes(rule.method))
      return refuse(fatal('0A000', `authentication method ${rule.method} is not simulated by clusterlab`))
    const wrong = (detail: string): { error: PgError; log: string[] } =>
      refuse(
        fatal('28P01', `password authentication failed for user "${user}"`),
        `DETAIL:  ${detail}Connection matched file "${server.hbaPath}" line ${rule.line}: "${rule.text}"`,
      )
    if (role === undefined) return wrong(`Role "${user}" does not exist.\n\t`)
    if (role.hash === '') return wrong(`User "${user}" has no password assigned.\n\t`)
    if (role.hash !== hashPassword(request.password ?? '')) return wrong('')
  }
  if (role === undefined) return refuse(fatal('28000', `role "${user}" does not exist`))
  if (!role.login) return refuse(fatal('28000', `role "${user}" is not permitted to log in`))
  if (data.databases[database] === undefined) return refuse(fatal('3D000', `database "${database}" does not exist`))
  return role
}

/** Serves a whole connection. */
export function connect(request: PgRequest, data: Data, sourceIp: string, server: ServerFacts): Served {
  const role = logIn(request, data, sourceIp, server)
  if ('error' in role) return { reply: { ok: false, error: role.error }, data, ms: 4, reads: false, log: role.log }
  const facts: SessionFacts = {
    nowMs: server.nowMs,
    version: server.version,
    user: role.name,
    account: role.name,
    database: request.database,
    variables: server.variables,
    lastId: 0,
  }
  return units(request, data, role, facts, server)
}

/** What a connection goes through: the data now, and the data before the transaction that is open. */
interface Progress {
  data: Data
  before?: Data
  /** The open transaction has failed; nothing counts until its end. */
  aborted: boolean
  ms: number
  reads: boolean
  log: string[]
}

function units(request: PgRequest, data: Data, role: Role, facts: SessionFacts, server: ServerFacts): Served {
  const at: Progress = { data, aborted: false, ms: 4, reads: false, log: [] }
  const replies: UnitReply[] = []
  for (const unit of request.units ?? []) {
    const reply = runUnit(unit, at, request.database, role, facts, server)
    replies.push(reply)
    if (reply.error !== undefined && request.stop) break
  }
  const { ms, reads, log } = at
  // A transaction that was not ended is gone with the connection.
  return { reply: { ok: true, version: server.version, units: replies }, data: at.before ?? at.data, ms, reads, log }
}

function runUnit(unit: readonly string[], at: Progress, database: string, role: Role, facts: SessionFacts, server: ServerFacts): UnitReply {
  const results: PgResult[] = []
  const implicit = at.data
  for (const text of unit) {
    try {
      const q = parse(text)
      if (at.aborted && q.k !== 'commit' && q.k !== 'rollback')
        throw new SqlError(0, '25P02', 'current transaction is aborted, commands ignored until end of transaction block')
      // A role that was changed meanwhile is looked up again.
      const now = at.data.roles.find((r) => r.name === role.name) ?? role
      if ((q.k === 'create-database' || q.k === 'drop-database') && (at.before !== undefined || unit.length > 1))
        throw new SqlError(0, '25001', `${q.k === 'create-database' ? 'CREATE' : 'DROP'} DATABASE cannot run inside a transaction block`)
      const done = run(q, { data: at.data, role: now, database, major: server.major, facts })
      let { result } = done
      if (q.k === 'begin') at.before ??= at.data
      if (q.k === 'rollback' || (q.k === 'commit' && at.aborted)) {
        at.data = at.before ?? at.data
        result = { ...result, tag: 'ROLLBACK' }
      } else at.data = done.data
      if (q.k === 'commit' || q.k === 'rollback') {
        delete at.before
        at.aborted = false
      }
      at.ms += 0.3 + done.ms
      if (q.k !== 'begin' && q.k !== 'commit') at.reads = true
      results.push(result)
    } catch (thrown) {
      if (!(thrown instanceof SqlError)) throw thrown
      const { sqlState, message, detail, hint } = thrown
      if (at.before === undefined) at.data = implicit
      else at.aborted = true
      at.log.push(`ERROR:  ${message}`, ...(detail === undefined ? [] : [`DETAIL:  ${detail}`]), `STATEMENT:  ${text}`)
      return {
        results,
        error: { severity: 'ERROR', sqlState, message, ...(detail !== undefined && { detail }), ...(hint !== undefined && { hint }) },
      }
    }
  }
  return { results }
}

/** Runs a script as the superuser, one statement a transaction; for the first start. */
export function runScript(
  sql: string,
  data: Data,
  role: Role,
  database: string,
  server: ServerFacts,
): Served & { readonly error?: PgError; readonly tags: readonly string[] } {
  let texts: string[]
  try {
    texts = statements(sql, dialect)
  } catch (thrown) {
    if (!(thrown instanceof SqlError)) throw thrown
    const error: PgError = { severity: 'ERROR', sqlState: thrown.sqlState, message: thrown.message }
    return { reply: { ok: false, error }, data, ms: 0, reads: false, log: [], error, tags: [] }
  }
  const served = connect({ user: role.name, database, socket: true, stop: true, units: texts.map((t) => [t]) }, data, '', server)
  const replies = served.reply.ok ? served.reply.units : []
  const error = served.reply.ok ? replies.find((r) => r.error)?.error : served.reply.error
  return { ...served, tags: replies.flatMap((r) => r.results.map((x) => x.tag)), ...(error && { error }) }
}
