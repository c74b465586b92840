/** Statements about the server itself: replication, and its global variables. */
import type { ProcessContext } from '../contract.ts'
import { noResult, type Result, SqlError, type Value } from '../sql/contract.ts'
import { may } from './accounts.ts'
import { fileName } from './binlog.ts'
import type { Account } from './contract.ts'
import { bootstrapComponent } from './galera/group.ts'
import { masterStatus } from './primary.ts'
import { beat, kept, noLink, runRelay } from './replica.ts'
import type { Coordinates, Replica, ReplicaSettings } from './replication-contract.ts'
import type { ControlStatement } from './sql-ast.ts'
import type { State } from './state.ts'

const START: Coordinates = { file: 1, position: 4, seq: 0, server: 0 }
const DEFAULTS: ReplicaSettings = { host: '', port: 3306, user: '', password: '', retryS: 60, delayS: 0, gtid: true }

function needSuper(account: Account, privilege: string): void {
  if (!['SUPER', privilege].some((p) => may(account, p, '*')))
    throw new SqlError(1227, '42000', `Access denied; you need (at least one of) the SUPER, ${privilege} privilege(s) for this operation`)
}

/** The state after such a statement, and its result. Throws SqlError. */
export function control(q: ControlStatement, s: State, account: Account, ctx: ProcessContext): { state: State; result: Result } {
  const done = (state: State, result: Result = noResult): { state: State; result: Result } => ({ state, result })
  switch (q.k) {
    case 'change-master':
      needSuper(account, 'REPLICATION SLAVE ADMIN')
      return done(kept(changeMaster(q.options, s), ctx))
    case 'start-replica':
    case 'stop-replica':
      needSuper(account, 'REPLICATION SLAVE ADMIN')
      return done(q.k === 'start-replica' ? startReplica(s, q.threads, ctx) : stopReplica(s, q.threads, ctx))
    case 'reset-replica': {
      needSuper(account, 'REPLICATION SLAVE ADMIN')
      if (s.replica?.io || s.replica?.sql)
        throw new SqlError(1198, 'HY000', "This operation cannot be performed as you have a running slave ''; run STOP SLAVE '' first")
      const { replica: _gone, link: _link, ...rest } = s
      return done(
        kept(q.all || s.replica === undefined ? rest : { ...rest, replica: { ...s.replica, read: START, done: START, relay: [] } }, ctx),
      )
    }
    case 'replica-status': {
      needSuper(account, 'REPLICA MONITOR')
      const now = beat(s, ctx)
      return done(now, replicaStatus(now, ctx))
    }
    case 'master-status':
      needSuper(account, 'BINLOG MONITOR')
      return done(s, { ...noResult, columns: ['File', 'Position', 'Binlog_Do_DB', 'Binlog_Ignore_DB'], rows: masterStatus(s) })
    case 'replica-hosts':
      return done(s, {
        ...noResult,
        columns: ['Server_id', 'Host', 'Port', 'Master_id'],
        rows: s.followers.map((f) => [f.server, f.ip, f.port, s.settings.serverId]),
      })
    case 'set-global':
      needSuper(account, 'READ_ONLY ADMIN')
      return done(setGlobal(q.name, q.value, s, ctx))
  }
}

function changeMaster(options: Readonly<Record<string, string | number>>, s: State): State {
  if (s.replica?.io || s.replica?.sql)
    throw new SqlError(1198, 'HY000', "This operation cannot be performed as you have a running slave ''; run STOP SLAVE '' first")
  const o = (name: string): string | number | undefined => options[`MASTER_${name}`] ?? options[`SOURCE_${name}`]
  const old = s.replica?.settings ?? DEFAULTS
  const file = o('LOG_FILE')
  const position = o('LOG_POS')
  const gtid = o('USE_GTID') === undefined ? file === undefined && old.gtid : String(o('USE_GTID')).toLowerCase() !== 'no'
  const settings: ReplicaSettings = {
    host: String(o('HOST') ?? old.host),
    port: Number(o('PORT') ?? old.port),
    user: String(o('USER') ?? old.user),
    password: String(o('PASSWORD') ?? old.password),
    retryS: Number(o('CONNECT_RETRY') ?? old.retryS),
    delayS: Number(o('DELAY') ?? old.delayS),
    gtid,
  }
  const moved = s.replica !== undefined && settings.host === old.host && settings.port === old.port
  const known: Coordinates = moved ? s.replica!.done : { ...START, seq: gtid ? s.seen : 0 }
  const at: Coordinates = file === undefined ? known : { ...known, file: Number(String(file).slice(-6)), position: Number(position ?? 4) }
  const replica: Replica = { settings, io: false, sql: false, read: at, done: at, relay: [] }
  return { ...s, replica, link: noLink }
}

type Threads = 'both' | 'io' | 'sql'

function startReplica(s: State, threads: Threads, ctx: ProcessContext): State {
  if (s.replica === undefined || s.replica.settings.host === '')
    throw new SqlError(1200, 'HY000', 'Misconfigured slave: MASTER_HOST was not set; Fix in config file or with CHANGE MASTER TO')
  const { sqlError: _cleared, ...rest } = s.replica
  const replica: Replica = { ...rest, io: s.replica.io || threads !== 'sql', sql: s.replica.sql || threads !== 'io' }
  const next = kept({ ...s, replica }, ctx)
  // The threads begin on their own, after the answer.
  if (replica.io && next.link?.up !== true) ctx.timer('replica', 5)
  return runRelay(next, ctx)
}

function stopReplica(s: State, threads: Threads, ctx: ProcessContext): State {
  if (s.replica === undefined) return s
  const replica: Replica = { ...s.replica, io: s.replica.io && threads === 'sql', sql: s.replica.sql && threads === 'io' }
  if (!replica.io) ctx.cancelTimer('replica')
  return kept({ ...s, replica, ...(!replica.io && { link: { ...(s.link ?? noLink), up: false } }) }, ctx)
}

function setGlobal(name: string, value: Value, s: State, ctx: ProcessContext): State {
  const on = /^(1|on|true)$/i.test(String(value))
  if (name === 'read_only') return { ...s, readOnly: on }
  if (name === 'wsrep_provider_options' && s.galera !== undefined)
    return /\bpc\.bootstrap\s*=\s*(yes|1|true)/i.test(String(value)) ? bootstrapComponent(s, ctx) : s
  if (name === 'sql_slave_skip_counter' && s.replica !== undefined) {
    const relay = s.replica.relay.slice(Number(value))
    const last = s.replica.relay[Number(value) - 1]
    const done = last === undefined ? s.replica.done : { file: last.file, position: last.position, seq: last.seq, server: last.server }
    return kept({ ...s, replica: { ...s.replica, relay, done } }, ctx)
  }
  if (name === 'gtid_slave_pos') return { ...s, seen: Number(String(value).split('-')[2] ?? 0) }
  return s
}

function replicaStatus(s: State, ctx: ProcessContext): Result {
  const { replica, link = noLink } = s
  if (replica === undefined) return noResult
  const { settings, io, sql, read, done, relay, sqlError } = replica
  const base = link.base || 'mysql-bin'
  const running = io ? (link.up ? 'Yes' : 'Connecting') : 'No'
  const behind = !sql || running !== 'Yes' ? null : relay.length === 0 ? 0 : Math.floor((ctx.nowMs - relay[0]!.atMs) / 1000)
  const rows: [string, Value][] = [
    ['Slave_IO_State', io ? (link.up ? 'Waiting for master to send event' : 'Connecting to master') : ''],
    ['Master_Host', settings.host],
    ['Master_User', settings.user],
    ['Master_Port', settings.port],
    ['Connect_Retry', settings.retryS],
    ['Master_Log_File', fileName(base, read.file)],
    ['Read_Master_Log_Pos', read.position],
    ['Relay_Master_Log_File', fileName(base, done.file)],
    ['Slave_IO_Running', running],
    ['Slave_SQL_Running', sql ? 'Yes' : 'No'],
    ['Last_Errno', sqlError?.errno ?? 0],
    ['Last_Error', sqlError?.message ?? ''],
    ['Exec_Master_Log_Pos', done.position],
    ['Seconds_Behind_Master', behind],
    ['Last_IO_Errno', link.up ? 0 : (link.error?.errno ?? 0)],
    ['Last_IO_Error', link.up ? '' : (link.error?.message ?? '')],
    ['Last_SQL_Errno', sqlError?.errno ?? 0],
    ['Last_SQL_Error', sqlError?.message ?? ''],
    ['Master_Server_Id', link.server],
    ['Using_Gtid', settings.gtid ? 'Slave_Pos' : 'No'],
    ['Gtid_IO_Pos', read.seq === 0 ? '' : `0-${read.server}-${read.seq}`],
    ['SQL_Delay', settings.delayS],
    [
      'Slave_SQL_Running_State',
      sql
        ? relay.length > 0
          ? 'Waiting until MASTER_DELAY seconds after master executed event'
          : 'Slave has read all relay log; waiting for more updates'
        : '',
    ],
  ]
  return { ...noResult, columns: rows.map(([n]) => n), rows: [rows.map(([, v]) => v)] }
}
