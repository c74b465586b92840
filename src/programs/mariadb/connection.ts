/** One connection: its login and its statements, one after another, with transactions. */
import { WRITES } from '../sql/ast.ts'
import { type Result, SqlError, type Value } from '../sql/contract.ts'
import { logIn, needDatabase, SYSTEM_DATABASES } from './accounts.ts'
import type { Account, Data, MysqlError, MysqlReply, MysqlRequest } from './contract.ts'
import { parse } from './sql-parse.ts'
import { run, unknownDatabase } from './sql-run.ts'

export interface ConnectionFacts {
  readonly nowMs: number
  readonly version: string
  /** `user@host` as the client came. */
  readonly user: string
  readonly database: string | undefined
  readonly variables: Readonly<Record<string, Value>>
  readonly readOnly?: boolean
}

export interface Ran {
  readonly data: Data
  readonly results: readonly Result[]
  readonly error?: MysqlError
  readonly ms: number
  /** Some statement read pages of a table. */
  readonly readsTables: boolean
}

/** Runs statements until one fails. Without COMMIT, what a transaction changed is gone at the end. */
export function runAll(sql: readonly string[], data: Data, account: Account, facts: ConnectionFacts): Ran {
  let { database } = facts
  let before: Data | undefined
  let [ms, lastId, readsTables] = [0, 0, false]
  const results: Result[] = []
  let error: MysqlError | undefined
  for (const text of sql) {
    try {
      const statement = parse(text)
      if (facts.readOnly && WRITES.has(statement.k) && account.grants['*']?.includes('ALL') !== true)
        throw new SqlError(1290, 'HY000', 'The MariaDB server is running with the --read-only option so it cannot execute this statement')
      if (statement.k === 'begin') before ??= data
      else if (statement.k === 'commit') before = undefined
      else if (statement.k === 'rollback') [data, before] = [before ?? data, undefined]
      const outcome = run(statement, { data, account, facts: { ...facts, account: `${account.user}@${account.host}`, database, lastId } })
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
  return { data: before ?? data, results, ms, readsTables, ...(error && { error }) }
}

export interface Served {
  readonly reply: MysqlReply
  readonly data: Data
  readonly ms: number
  readonly readsTables: boolean
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
  }
}
