/** A replica: its connection to the primary, and running what came. It never dials while it answers. */
import { FileError } from '../../script/files.ts'
import type { ProcessContext } from '../contract.ts'
import { readText, removeAll, writeText } from '../text/files.ts'
import { connectionError } from './clients.ts'
import { runAll } from './connection.ts'
import type { Account, MysqlReply, MysqlRequest } from './contract.ts'
import { persist } from './data-files.ts'
import { server as line } from './messages.ts'
import { logged } from './primary.ts'
import type { PeerReply, PeerRequest, Replica, ReplicaLink } from './replication-contract.ts'
import { flavourOf, type State } from './state.ts'

/** MASTER_HEARTBEAT_PERIOD: half of slave_net_timeout. */
const BEAT_MS = 30_000
const NET_TIMEOUT_MS = 60_000

const path = (s: State): string => `${s.settings.dataDir}/master.info`

/** Everything may be done by what replicates. */
export const REPLICATOR: Account = { user: 'system user', host: '', hash: '', grants: { '*': ['ALL'] } }

export function readReplica(s: State, ctx: ProcessContext): Replica | undefined {
  const text = readText(ctx.files, path(s))
  return text === undefined || text === '' ? undefined : (JSON.parse(text) as Replica)
}

/** Keeps what a replica must know after a crash. */
export function kept(s: State, ctx: ProcessContext): State {
  try {
    if (s.replica === undefined) removeAll(ctx.files, path(s))
    else writeText(ctx.files, path(s), JSON.stringify(s.replica))
  } catch (error) {
    if (!(error instanceof FileError)) throw error
  }
  return s
}

export const noLink: ReplicaLink = { up: false, server: 0, base: '', heardMs: 0 }

const note = (ctx: ProcessContext, level: 'Note' | 'ERROR', text: string): void =>
  ctx.log(line(flavourOf(ctx), ctx.nowMs, level, text), 'stderr')

const fullName = ({ user, host, port }: Replica['settings']): string => `${user}@${host}:${port}`

/** Tells why there is no connection, and tries again later unless that is in vain. */
function failed(s: State, ctx: ProcessContext, errno: number, message: string, again = true): State {
  const { settings } = s.replica!
  const text = again
    ? `error connecting to master '${fullName(settings)}' - retry-time: ${settings.retryS}  maximum-retries: 100000  message: ${message}`
    : message
  if (s.link?.error?.message !== text) note(ctx, 'ERROR', `Slave I/O: ${text}, Internal MariaDB error code: ${errno}`)
  if (again) ctx.timer('replica', settings.retryS * 1000)
  const next = { ...s, link: { ...(s.link ?? noLink), up: false, error: { errno, message: text } } }
  return again ? next : kept({ ...next, replica: { ...s.replica!, io: false } }, ctx)
}

function ask(s: State, ctx: ProcessContext, peer: PeerRequest, timeoutMs: number): ReturnType<ProcessContext['dial']> {
  const { host, port, user, password } = s.replica!.settings
  const payload: MysqlRequest = { user, password, peer }
  return ctx.dial({ host: peer.kind === 'beat' ? (s.link?.ip ?? host) : host, port, protocol: 'mysql', payload, timeoutMs })
}

/** The I/O thread: connects, and takes what it has missed. */
export function connectReplica(s: State, ctx: ProcessContext): State {
  const { replica } = s
  if (replica === undefined || !replica.io) return s
  const { settings } = replica
  const from = replica.read
  const asked = ask(s, ctx, { kind: 'dump', server: s.settings.serverId, port: s.settings.port, gtid: settings.gtid, from }, 10_000)
  if (!asked.ok) {
    const text = connectionError(asked, settings.host)
    return failed(s, ctx, Number(/^ERROR (\d+)/.exec(text)?.[1]), text.replace(/^ERROR \d+ \(\w+\): /, ''))
  }
  const reply = asked.reply as MysqlReply | PeerReply | null
  if (reply !== null && 'ok' in reply && !reply.ok) return failed(s, ctx, reply.error.errno, reply.error.message)
  if (reply === null || !('kind' in reply)) return failed(s, ctx, 2013, 'Lost connection to server during query')
  if (reply.kind === 'no') return failed(s, ctx, reply.errno, reply.message, false)
  if (reply.kind !== 'events') return failed(s, ctx, 2013, 'Lost connection to server during query')
  note(
    ctx,
    'Note',
    `Slave I/O thread: connected to master '${fullName(settings)}',replication started in log 'FIRST' at position ${from.position}`,
  )
  ctx.timer('replica', BEAT_MS)
  const link: ReplicaLink = {
    up: true,
    server: reply.server,
    base: reply.base,
    heardMs: ctx.nowMs,
    ...(asked.peer && { ip: asked.peer.ip }),
  }
  const read = reply.events.length > 0 || from.seq === 0 ? { ...reply.end } : from
  return runRelay({ ...s, link, replica: { ...replica, read, relay: [...replica.relay, ...reply.events] } }, ctx)
}

/** Whether the primary still knows this replica: the heartbeat, and what SHOW REPLICA STATUS looks at. */
export function beat(s: State, ctx: ProcessContext): State {
  const { replica, link } = s
  if (replica === undefined || !replica.io) return s
  if (link?.up !== true) return connectReplica(s, ctx)
  const asked = ask(s, ctx, { kind: 'beat', server: s.settings.serverId }, 2_000)
  ctx.timer('replica', BEAT_MS)
  if (asked.ok && (asked.reply as PeerReply | null)?.kind === 'ok') return { ...s, link: { ...link, heardMs: ctx.nowMs } }
  const silent = !asked.ok && (asked.failure === 'timeout' || asked.failure === 'no-route')
  if (silent && ctx.nowMs - link.heardMs < NET_TIMEOUT_MS) return s
  note(
    ctx,
    'Note',
    `Slave I/O thread: Failed reading log event, reconnecting to retry, log '${link.base}' at position ${replica.read.position}`,
  )
  return connectReplica({ ...s, link: { ...link, up: false } }, ctx)
}

/** The primary sent events. */
export function received(
  s: State,
  request: Extract<PeerRequest, { kind: 'events' }>,
  ctx: ProcessContext,
): { state: State; reply: PeerReply } {
  const { replica, link } = s
  if (replica === undefined || !replica.io || link?.up !== true || link.server !== request.server)
    return { state: s, reply: { kind: 'no', errno: 2013, message: 'not connected' } }
  const fresh = request.events.filter((e) => e.seq > replica.read.seq)
  const last = fresh.at(-1)
  const read = last === undefined ? replica.read : { file: last.file, position: last.position, seq: last.seq, server: last.server }
  const next = { ...s, link: { ...link, heardMs: ctx.nowMs }, replica: { ...replica, read, relay: [...replica.relay, ...fresh] } }
  return { state: runRelay(next, ctx), reply: { kind: 'ok' } }
}

/** The SQL thread: runs what has come and whose delay is over. */
export function runRelay(s: State, ctx: ProcessContext): State {
  let state = s
  while (state.replica!.sql && state.replica!.relay.length > 0) {
    const { replica } = state
    const [event, ...rest] = replica!.relay
    const dueMs = event!.atMs + replica!.settings.delayS * 1000
    if (dueMs > ctx.nowMs) {
      ctx.timer('relay', dueMs - ctx.nowMs)
      break
    }
    const done = { file: event!.file, position: event!.position, seq: event!.seq, server: event!.server }
    // Its own events, come round a circle.
    if (event!.server === s.settings.serverId) {
      state = { ...state, replica: { ...replica!, relay: rest, done } }
      continue
    }
    const ran = runAll([event!.sql], state.data!, REPLICATOR, {
      nowMs: event!.atMs,
      version: flavourOf(ctx).version,
      user: 'system user@',
      database: event!.database,
      variables: () => ({}),
      lastId: event!.lastId,
    })
    if (ran.error !== undefined) {
      const message = `Error '${ran.error.message}' on query. Default database: '${event!.database ?? ''}'. Query: '${event!.sql}'`
      note(ctx, 'ERROR', `Slave SQL: ${message}, Gtid 0-${event!.server}-${event!.seq}, Internal MariaDB error code: ${ran.error.errno}`)
      state = { ...state, replica: { ...replica!, sql: false, sqlError: { errno: ran.error.errno, message } } }
      break
    }
    persist(ctx.files, s.settings.dataDir, state.data, ran.data)
    state = { ...state, data: ran.data, replica: { ...replica!, relay: rest, done } }
    if (s.settings.logReplicaUpdates) state = logged(state, [event!], ctx)
    else state = { ...state, seen: Math.max(state.seen, event!.seq) }
  }
  return kept(state, ctx)
}
