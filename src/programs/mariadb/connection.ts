/** One connection: its login and its statements, one after another, with transactions. */
import { WRITES } from '../sql/ast.ts'
import { notSimulated, type Result, SqlError, type Value } from '../sql/contract.ts'
import { logIn, needDatabase, SYSTEM_DATABASES } from './accounts.ts'
import type { Account, Data, MysqlError, MysqlReply, MysqlRequest } from './contract.ts'
import { CONTROLS, type ControlStatement, type Statement } from './sql-ast.ts'
import { parse } from './sql-parse.ts'
import { run, unknownDatabase } from './sql-run.ts'

export interface ConnectionFacts {
  readonly nowMs: number
  readonly version: string
  /** `user@host` as the client came. */
  readonly user: string
  readonly database: string | undefined
  /** Server variables and SHOW STATUS as they are now: a statement may have changed them. */
  variables(): Readonly<Record<string, Value>>
  status?(): Readonly<Record<string, Value>>
  readonly readOnly?: boolean
  /** LAST_INSERT_ID() as it was, for events of a binary log. */
  readonly lastId?: number
  /** Runs statements about the server itself. */
  control?(statement: ControlStatement, account: Account): Result
  /** Throws what keeps the server from running this now. */
  admit?(statement: Statement): void
}

/** A statement that changed something, as a binary log wants it. */
export interface Write {
  readonly atMs: number
  readonly database?: string
  readonly sql: string
  readonly lastId: number
}

export interface Ran {
  readonly data: Data
  readonly results: readonly Result[]
  readonly error?: MysqlError
  readonly writes: readonly Write[]
  readonly ms: number
  /** Some statement read pages of a table. */
  readonly readsTables: boolean
}

function needControl(facts: ConnectionFacts): NonNullable<ConnectionFacts['control']> {
  if (facts.control === undefined) throw notSimulated('this statement in a script of the first start')
  return facts.control
}

/** Runs statements until one fails. Without COMMIT, what a transaction changed is gone at the end. */
export function runAll(sql: readonly string[], data: Data, account: Account, facts: ConnectionFacts): Ran {
  let { database } = facts
  let before: Data | undefined
  let [ms, lastId, readsTables] = [0, facts.lastId ?? 0, false]
  let writes: Write[] = []
  let writesBefore: Write[] = []
  const results: Result[] = []
  let error: MysqlError | undefined
  for (const text of sql) {
    try {
      const statement = parse(text)
      if (facts.readOnly && WRITES.has(statement.k) && account.grants['*']?.includes('ALL') !== true)
        throw new SqlError(1290, 'HY000', 'The MariaDB server is running with the --read-only option so it cannot execute this statement')
      facts.admit?.(statement)
      if (CONTROLS.has(statement.k)) {
        results.push(needControl(facts)(statement as ControlStatement, account))
        continue
      }
      if (statement.k === 'begin' && before === undefined) [before, writesBefore] = [data, writes]
      else if (statement.k === 'commit') before = undefined
      else if (statement.k === 'rollback')
        [data, before, writes] = [before ?? data, undefined, before === undefined ? writes : writesBefore]
      const outcome = run(statement as Exclude<Statement, ControlStatement>, {
        data,
        account,
        facts: { ...facts, variables: facts.variables(), account: `${account.user}@${account.host}`, database, lastId },
        status: facts.status?.() ?? {},
      })
      if (outcome.data !== data && statement.k !== 'rollback')
        writes = [...writes, { atMs: facts.nowMs, sql: text, lastId, ...(database !== undefined && { database }) }]
      data = outcome.data
      ms += 0.2 + outcome.ms
      if (outcome.database !== undefined) database = outcome.database
      if (outcome.result.insertId) lastId = outcome.result.insertId
      if ((statement.k === 'select' && statement.from !== undefined) || WRITES.has(statement.k)) readsTables = true
      results.push(outcome.result)
    } catch (thrown) {
      if (!(thrown instanceof SqlError)) throw thrown
      error = { errno: thrown.errno, sqlState: thrown.sqlState, message: thrown.message }
      break
    }
  }
  // A transaction that was not ended is gone with the connection.
  const kept = before === undefined ? writes : writesBefore
  return { data: before ?? data, results, writes: kept, ms, readsTables, ...(error && { error }) }
}

export interface Served {
  readonly reply: MysqlReply
  readonly data: Data
  readonly ms: number
  readonly readsTables: boolean
  readonly writes: readonly Write[]
  /** Login refused: a line for the server's log. */
  readonly denied?: string
}

/** Serves a whole connection. */
export function connect(request: MysqlRequest, data: Data, sourceIp: string, server: Omit<ConnectionFacts, 'user' | 'database'>): Served {
  const host = request.socket ? 'localhost' : sourceIp
  let account: Account
  try {
    account = logIn(data.accounts, request.user, host, request.password)
    if (request.database !== undefined && request.database !== '') {
      needDatabase(account, request.database)
      if (data.databases[request.database] === undefined && !SYSTEM_DATABASES.includes(request.database as 'sys'))
        throw unknownDatabase(request.database)
    }
  } catch (error) {
    if (!(error instanceof SqlError)) throw error
    const { errno, sqlState, message } = error
    return {
      reply: { ok: false, error: { errno, sqlState, message } },
      data,
      ms: 1,
      readsTables: false,
      writes: [],
      ...(errno === 1045 && { denied: message }),
    }
  }
  const database = request.database === '' ? undefined : request.database
  const ran = runAll(request.sql ?? [], data, account, { ...server, user: `${request.user}@${host}`, database })
  return {
    reply: { ok: true, results: ran.results, version: server.version, ...(ran.error && { error: ran.error }) },
    data: ran.data,
    ms: 1 + ran.ms,
    readsTables: ran.readsTables,
    writes: ran.writes,
  }
}
