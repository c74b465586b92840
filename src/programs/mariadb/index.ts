/**
 * MariaDB and MySQL, standalone: initialises an empty data directory from the environment once, then serves what the directory holds.
 * Models the official images 10.x–11.x and 5.7–8.x. Memory: the server, and a buffer pool that reads fill up to its size.
 */

import { FileError } from '../../script/files.ts'
import type { ProcessContext, ProcessEvent, Program } from '../contract.ts'
import { untilDiskFails } from '../serving/disk.ts'
import type { Value } from '../sql/contract.ts'
import { MiB, slowdown } from '../text/context.ts'
import { makeDirectory, removeAll, writeText } from '../text/files.ts'
import { openLog } from './binlog.ts'
import { clientCommands } from './clients.ts'
import { connect } from './connection.ts'
import type { MysqlRequest } from './contract.ts'
import { control } from './control.ts'
import { isInitialised, load, persist } from './data-files.ts'
import type { GaleraRequest } from './galera/contract.ts'
import { leave } from './galera/group.ts'
import { admit, answerNode, commit, nodeStatus, nodeTimer, startNode } from './galera/index.ts'
import { healthcheck } from './healthcheck.ts'
import { bareData, firstPrimary, initialData, refusal, scriptBytes } from './initialise.ts'
import { hold, holderAnswer, look, RENEW_MS } from './lock.ts'
import {
  corrupt,
  deniedLog,
  diskError,
  entrypoint,
  lockFailed,
  lockRetry,
  ready,
  recovery,
  shutdown,
  started,
  starting,
  unknownVariable,
} from './messages.ts'
import { dump, eventsOf, logged, sendAll } from './primary.ts'
import { beat, kept, noLink, readReplica, received, runRelay } from './replica.ts'
import type { PeerReply } from './replication-contract.ts'
import { readSettings } from './settings.ts'
import { flavourOf, type State } from './state.ts'

const BASE_BYTES = 95 * MiB
const FILES_MS = 4_000
const USERS_MS = 2_500
const START_MS = 2_000
const RECOVERY_MS = 1_500
/** Pages come in at most so fast. */
const FILL_BYTES = 8 * MiB
const FILL_EVERY_MS = 1_000
const SOCKET = '/run/mysqld/mysqld.sock'

const fail = (state: State, ctx: ProcessContext, lines: readonly string[], code = 1): State => {
  for (const line of lines) ctx.log(line, 'stderr')
  ctx.exit(code)
  return { ...state, phase: 'stopped' }
}

function start(ctx: ProcessContext): State {
  const f = flavourOf(ctx)
  const { settings, unknown } = readSettings(ctx)
  const state: State = {
    phase: 'starting',
    settings,
    pool: 12 * MiB,
    filledMs: 0,
    tries: 0,
    readOnly: settings.readOnly,
    seen: 0,
    followers: [],
  }
  ctx.log(entrypoint(f, ctx.nowMs, started(f)))
  if (unknown !== undefined) return fail(state, ctx, unknownVariable(f, ctx.nowMs, unknown), 7)
  ctx.memory(40 * MiB)
  try {
    makeDirectory(ctx.files, settings.dataDir)
    removeAll(ctx.files, SOCKET)
    return open(state, ctx)
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    return fail(state, ctx, [`mariadb-install-db: Can't create directory '${settings.dataDir}' (${error.message})`])
  }
}

/** Locks the files, then initialises or starts. */
function open(state: State, ctx: ProcessContext): State {
  const f = flavourOf(ctx)
  const { dataDir, port } = state.settings
  const lock = look(ctx, dataDir)
  if (lock.held) {
    if (state.tries === 0) ctx.log(lockRetry(f, ctx.nowMs, dataDir), 'stderr')
    if (state.tries >= 30) return fail(state, ctx, lockFailed(f, ctx.nowMs, dataDir))
    ctx.timer('step', 1000)
    return { ...state, phase: 'locked', tries: state.tries + 1 }
  }
  if (!isInitialised(ctx.files, dataDir)) {
    const why = refusal(ctx, f)
    if (why !== undefined) return fail(state, ctx, [entrypoint(f, ctx.nowMs, why, 'ERROR')])
    hold(ctx, dataDir, port, 'init')
    ctx.timer('renew', RENEW_MS)
    ctx.log(entrypoint(f, ctx.nowMs, 'Initializing database files'))
    ctx.memory(80 * MiB)
    ctx.cpu(900)
    ctx.timer('step', FILES_MS * slowdown(ctx))
    return { ...state, phase: 'init-files' }
  }
  hold(ctx, dataDir, port, 'init')
  ctx.timer('renew', RENEW_MS)
  for (const line of starting(f, ctx.nowMs, state.settings.poolBytes)) ctx.log(line, 'stderr')
  if (lock.crashed) for (const line of recovery(f, ctx.nowMs)) ctx.log(line, 'stderr')
  ctx.memory(BASE_BYTES)
  ctx.cpu(800)
  ctx.timer('step', (START_MS + (lock.crashed ? RECOVERY_MS : 0)) * slowdown(ctx))
  return { ...state, phase: 'starting' }
}

/** The server takes connections. */
function opened(state: State, ctx: ProcessContext): State {
  const { dataDir, port } = state.settings
  hold(ctx, dataDir, port, 'up')
  if (!state.settings.skipNetworking) ctx.listen(port)
  writeText(ctx.files, SOCKET, String(port))
  for (const line of ready(flavourOf(ctx), ctx.nowMs, port)) ctx.log(line, 'stderr')
  ctx.memory(BASE_BYTES + state.pool)
  ctx.cpu(5)
  return replicating({ ...state, phase: 'up' }, ctx)
}

/** A node of a cluster opens once it has the state of its group. */
const synced = (state: State, ctx: ProcessContext): State =>
  state.phase === 'joining' && state.galera?.status === 'synced' ? opened(state, ctx) : state

/** What the timer `step` leads to in each phase. */
function step(state: State, ctx: ProcessContext): State {
  const f = flavourOf(ctx)
  const { dataDir, poolBytes } = state.settings
  const say = (text: string): void => ctx.log(entrypoint(f, ctx.nowMs, text))
  switch (state.phase) {
    case 'locked':
      return open(state, ctx)
    case 'init-files':
      persist(ctx.files, dataDir, undefined, bareData())
      for (const text of [
        'Database files initialized',
        'Starting temporary server',
        'Waiting for server startup',
        'Temporary server started.',
      ])
        say(text)
      ctx.timer('step', (USERS_MS + scriptBytes(ctx) / 100) * slowdown(ctx))
      return { ...state, phase: 'init-users' }
    case 'init-users': {
      const data = initialData(ctx, f)
      if (data === undefined) return fail(state, ctx, [])
      persist(ctx.files, dataDir, undefined, data)
      const first = firstReplica(state, ctx)
      for (const text of [
        'Securing system users (equivalent to running mysql_secure_installation)',
        'Stopping temporary server',
        'Temporary server stopped',
        '% init process done. Ready for start up.',
      ])
        say(text)
      for (const line of starting(f, ctx.nowMs, poolBytes)) ctx.log(line, 'stderr')
      ctx.memory(BASE_BYTES)
      ctx.timer('step', (START_MS / 2) * slowdown(ctx))
      return { ...first, phase: 'starting' }
    }
    case 'starting': {
      const data = load(ctx.files, dataDir)
      if (data === undefined) return fail(state, ctx, corrupt(f, ctx.nowMs))
      if (state.settings.galera === undefined) return opened({ ...state, data }, ctx)
      return synced(startNode({ ...state, data, phase: 'joining' }, ctx), ctx)
    }
    default:
      return state
  }
}

function tried(state: State, ctx: ProcessContext): State {
  try {
    return step(state, ctx)
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    return fail(state, ctx, diskError(flavourOf(ctx), ctx.nowMs, error.path, error.message))
  }
}

const variablesOf = ({ settings: s, readOnly, log, seen }: State, version: string): Record<string, Value> => ({
  version,
  innodb_buffer_pool_size: s.poolBytes,
  max_connections: s.maxConnections,
  port: s.port,
  datadir: `${s.dataDir}/`,
  bind_address: s.bindAddress,
  read_only: readOnly ? 'ON' : 'OFF',
  server_id: s.serverId,
  log_bin: log === undefined ? 'OFF' : 'ON',
  gtid_current_pos: seen === 0 ? '' : `0-${log?.end.server ?? s.serverId}-${seen}`,
})

/** What the first start makes of MARIADB_MASTER_HOST. */
function firstReplica(state: State, ctx: ProcessContext): State {
  const first = firstPrimary(ctx)
  if (first === undefined) return state
  const at = { file: 1, position: 4, seq: 0, server: 0 }
  const settings = { ...first, port: 3306, retryS: 10, delayS: 0, gtid: true }
  return kept({ ...state, replica: { settings, io: true, sql: true, read: at, done: at, relay: [] } }, ctx)
}

/** Opens the binary log, and takes up what master.info says. */
function replicating(state: State, ctx: ProcessContext): State {
  const { dataDir, logBase, serverId, skipReplicaStart } = state.settings
  const replica = readReplica(state, ctx)
  const seen = replica?.done.seq ?? 0
  const log = logBase === undefined ? undefined : openLog(ctx.files, dataDir, logBase, serverId, seen)
  const next: State = { ...state, seen: Math.max(seen, log?.end.seq ?? 0), ...(log && { log }) }
  if (replica === undefined) return next
  const runs = !skipReplicaStart && (replica.io || replica.sql)
  if (runs) ctx.timer('replica', 500)
  return { ...next, replica: { ...replica, io: runs && replica.io, sql: runs && replica.sql }, link: noLink }
}

/** Messages of other servers. It never dials here. */
function peer(state: State, request: MysqlRequest, sourceIp: string, ctx: ProcessContext): State {
  const message = request.peer!
  switch (message.kind) {
    case 'dump': {
      const done = dump(state, request, message, sourceIp, ctx)
      ctx.reply(done.reply, 5)
      return done.state
    }
    case 'beat': {
      const known = state.followers.some((x) => x.server === message.server && x.ip === sourceIp)
      const no: PeerReply = { kind: 'no', errno: 2013, message: 'Lost connection to server during query' }
      ctx.reply(known ? { kind: 'ok' } : no, 0)
      return state
    }
    case 'events': {
      const done = received(state, message, ctx)
      ctx.reply(done.reply, 1)
      return done.state
    }
  }
}

function timer(state: State, id: string, payload: unknown, ctx: ProcessContext): State {
  const node = nodeTimer(state, id, payload, ctx)
  if (node !== undefined) return synced(node, ctx)
  switch (id) {
    case 'step':
      return tried(state, ctx)
    case 'send':
      return sendAll(state, ctx)
    case 'replica':
      return beat(state, ctx)
    case 'relay':
      return state.replica === undefined ? state : runRelay(state, ctx)
    default:
      hold(ctx, state.settings.dataDir, state.settings.port, state.phase === 'up' ? 'up' : 'init')
      ctx.timer('renew', RENEW_MS)
      return state
  }
}

function serve(state: State, event: ProcessEvent & { type: 'request' }, ctx: ProcessContext): State {
  const request = event.payload as MysqlRequest
  const f = flavourOf(ctx)
  if (event.protocol !== 'mysql') {
    ctx.reset()
    return state
  }
  if (request.peer !== undefined) return peer(state, request, event.sourceIp, ctx)
  if (request.holder) {
    ctx.reply(holderAnswer(ctx), 0)
    return state
  }
  if (
    ['127.0.0.1', 'localhost', '::1'].includes(state.settings.bindAddress) &&
    event.sourceIp !== '127.0.0.1' &&
    event.sourceIp !== ctx.pod.ip
  ) {
    ctx.reset()
    return state
  }
  const { settings, data } = state
  let controlled = state
  const served = connect(request, data!, event.sourceIp, {
    nowMs: ctx.nowMs,
    version: f.version,
    variables: () => variablesOf(controlled, f.version),
    readOnly: state.readOnly,
    status: () => ({ ...variablesOf(controlled, f.version), ...nodeStatus(controlled) }),
    admit: (statement) => admit(controlled, statement),
    control(statement, account) {
      const done = control(statement, controlled, account, ctx)
      controlled = done.state
      return done.result
    },
  })
  if (served.denied !== undefined && !request.ping) ctx.log(deniedLog(f, ctx.nowMs, served.denied), 'stderr')
  let extraMs = 0
  if (state.galera !== undefined && served.writes.length > 0) {
    const group = commit(controlled, served.writes, ctx)
    controlled = group.state
    extraMs = group.ms
    if (!group.ok) {
      const error = { errno: 1047, sqlState: '08S01', message: 'WSREP has not yet prepared node for application use' }
      ctx.reply({ ok: true, results: [], version: f.version, error }, extraMs)
      return controlled
    }
  }
  try {
    if (served.data !== data) persist(ctx.files, settings.dataDir, data, served.data)
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    ctx.reply({
      ok: true,
      results: [],
      version: f.version,
      error: {
        errno: 1021,
        sqlState: 'HY000',
        message: `Disk full (${settings.dataDir}); waiting for someone to free some space... (errno: 28 "${error.message}")`,
      },
    })
    return state
  }
  ctx.reply(served.reply, extraMs + served.ms * slowdown(ctx))
  const written = logged({ ...controlled, data: served.data }, eventsOf(controlled, served.writes), ctx)
  return filled(served.data === data ? controlled : written, served.readsTables, ctx)
}

/** Reads bring pages into the pool, at most once a second, until it is full. */
function filled(state: State, reads: boolean, ctx: ProcessContext): State {
  const { poolBytes } = state.settings
  if (!reads || state.pool >= poolBytes || ctx.nowMs - state.filledMs < FILL_EVERY_MS) return state
  const pool = Math.min(poolBytes, state.pool + FILL_BYTES)
  ctx.memory(BASE_BYTES + pool)
  return { ...state, pool, filledMs: ctx.nowMs }
}

export const mariadb: Program<State> = {
  name: 'mariadb',
  executables: ['mariadbd', 'mysqld', 'mariadbd-safe', 'mysqld_safe'],
  commands: [...clientCommands, healthcheck],
  start,
  on: untilDiskFails(
    (state, event, ctx) => handled(state, event, ctx),
    (state, error, ctx) => fail(state, ctx, diskError(flavourOf(ctx), ctx.nowMs, error.path, error.message)),
  ),
}

function handled(state: State, event: ProcessEvent, ctx: ProcessContext): State {
  switch (event.type) {
    case 'timer':
      return timer(state, event.id, event.payload, ctx)
    case 'signal':
      if (event.signal !== 'TERM' && event.signal !== 'QUIT') return state
      for (const line of state.phase === 'up' ? shutdown(flavourOf(ctx), ctx.nowMs) : []) ctx.log(line, 'stderr')
      if (state.galera !== undefined && state.phase !== 'stopped') leave(state, ctx)
      // The kernel lets go of the files of a process that ends.
      if (state.phase !== 'locked' && state.phase !== 'stopped') hold(ctx, state.settings.dataDir, state.settings.port, 'clean')
      ctx.exit(state.phase === 'up' || state.phase === 'starting' ? 0 : 143)
      return { ...state, phase: 'stopped' }
    case 'request':
      if (event.protocol === 'galera' && state.galera !== undefined) {
        const done = answerNode(state, event.payload as GaleraRequest, ctx)
        ctx.reply(done.reply, 1)
        return done.state
      }
      if (state.phase === 'up') return serve(state, event, ctx)
      ctx.reset()
      return state
    case 'load':
      ctx.cpu(5 + event.perSecond * 2)
      return state
    default:
      return state
  }
}
