/** A primary: its binary log, and the replicas it sends to. It sends from a timer, after the client has its answer: replication is asynchronous. */
import { FileError } from '../../script/files.ts'
import type { ProcessContext } from '../contract.ts'
import { SqlError } from '../sql/contract.ts'
import { logIn, may } from './accounts.ts'
import { appendEvents, eventsAfter, fileName, readEvents } from './binlog.ts'
import type { Write } from './connection.ts'
import type { MysqlReply, MysqlRequest } from './contract.ts'
import type { BinlogEvent, Follower, PeerReply, PeerRequest } from './replication-contract.ts'
import type { State } from './state.ts'

const SEND_TIMEOUT_MS = 2_000
const RETRY_MS = 5_000

/** Appends events to the binary log, if there is one, and has them sent. */
export function logged(s: State, events: readonly Omit<BinlogEvent, 'file' | 'position'>[], ctx: ProcessContext): State {
  if (s.log === undefined || events.length === 0) return s
  try {
    const { log } = appendEvents(ctx.files, s.settings.dataDir, s.log, events)
    if (s.followers.length > 0) ctx.timer('send', 1)
    return { ...s, log, seen: Math.max(s.seen, log.end.seq) }
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    return s
  }
}

/** What a connection wrote, as events of this server. */
export const eventsOf = (s: State, writes: readonly Write[]): Omit<BinlogEvent, 'file' | 'position'>[] =>
  writes.map((w, i) => ({ ...w, server: s.settings.serverId, seq: s.seen + 1 + i }))

/** Sends replicas what they have not got. One that is silent is tried again, as TCP does; one that is gone will come by itself. */
export function sendAll(s: State, ctx: ProcessContext): State {
  if (s.log === undefined) return s
  const { end, base } = s.log
  const behind = s.followers.some((f) => f.seq < end.seq)
  if (!behind) return s
  const all = readEvents(ctx.files, s.settings.dataDir, base)
  const followers: Follower[] = []
  for (const follower of s.followers) {
    const peer: PeerRequest = { kind: 'events', server: s.settings.serverId, events: all.filter((e) => e.seq > follower.seq) }
    const payload: MysqlRequest = { user: '', password: '', peer }
    const sent = ctx.dial({ host: follower.ip, port: follower.port, protocol: 'mysql', payload, timeoutMs: SEND_TIMEOUT_MS })
    if (sent.ok && (sent.reply as PeerReply | null)?.kind === 'ok') followers.push({ ...follower, seq: end.seq })
    else if (!sent.ok && (sent.failure === 'timeout' || sent.failure === 'no-route')) {
      followers.push(follower)
      ctx.timer('send', RETRY_MS)
    }
  }
  return { ...s, followers }
}

/** A replica logs in and wants the log. */
export function dump(
  s: State,
  request: MysqlRequest,
  peer: Extract<PeerRequest, { kind: 'dump' }>,
  sourceIp: string,
  ctx: ProcessContext,
): { state: State; reply: PeerReply | MysqlReply } {
  const no = (errno: number, message: string): { state: State; reply: PeerReply } => ({ state: s, reply: { kind: 'no', errno, message } })
  try {
    const account = logIn(s.data!.accounts, request.user, sourceIp, request.password)
    if (!['REPLICATION SLAVE', 'REPLICATION REPLICA'].some((p) => may(account, p, '*')))
      return no(1227, 'Access denied; you need (at least one of) the REPLICATION SLAVE privilege(s) for this operation')
  } catch (error) {
    if (!(error instanceof SqlError)) throw error
    const { errno, sqlState, message } = error
    return { state: s, reply: { ok: false, error: { errno, sqlState, message } } }
  }
  if (peer.server === s.settings.serverId)
    return no(
      1593,
      'Fatal error: The slave I/O thread stops because master and slave have equal MySQL server ids; these ids must be different for replication to work (or the --replicate-same-server-id option must be used on slave but this does not always make sense; please check the manual before using it).',
    )
  const fatal = (text: string): { state: State; reply: PeerReply } =>
    no(1236, `Got fatal error 1236 from master when reading data from binary log: '${text}'`)
  if (s.log === undefined) return fatal('Binary log is not open')
  const all = readEvents(ctx.files, s.settings.dataDir, s.log.base)
  if (!peer.gtid && peer.from.file > s.log.end.file) return fatal('Could not find first log file name in binary log index file')
  const events = eventsAfter(all, peer.from, peer.gtid)
  if (events === undefined)
    return fatal(
      `Error: connecting slave requested to start from GTID 0-${peer.from.server}-${peer.from.seq}, which is not in the master's binlog`,
    )
  const follower: Follower = { server: peer.server, ip: sourceIp, port: peer.port, seq: s.log.end.seq }
  const followers = [...s.followers.filter((f) => f.server !== peer.server), follower]
  return { state: { ...s, followers }, reply: { kind: 'events', server: s.settings.serverId, base: s.log.base, events, end: s.log.end } }
}

/** SHOW MASTER STATUS. */
export const masterStatus = (s: State): (string | number)[][] =>
  s.log === undefined ? [] : [[fileName(s.log.base, s.log.end.file), s.log.end.position, '', '']]
