/**
 * Replication: the primary sends every change to those it feeds, a replica that lost its place asks for what it missed or for everything.
 * Servers that hear from another one never dial while they answer.
 */
import type { ProcessContext } from '../contract.ts'
import type { Change, RedisReply, RedisRequest, ReplicaLink } from './contract.ts'
import { type Keys, Keyspace } from './keyspace.ts'
import { NOAUTH, WRONGPASS } from './messages.ts'
import { keysOf } from './persist.ts'
import { BACKLOG_CHANGES, log, measured, newReplId, type PrimaryLink, type State } from './state.ts'

const CONNECT_TIMEOUT_MS = 5_000
const FEED_TIMEOUT_MS = 1_000
export const RETRY_MS = 1_000
const BYTES_A_MS = 100_000

const timeoutMs = (s: State): number => Number(s.config['repl-timeout']) * 1000
export const checkEveryMs = (s: State): number => Number(s.config['repl-ping-replica-period']) * 1000

// ── the primary ──

const send = (replica: ReplicaLink, s: State, changes: readonly Change[], from: number, ctx: ProcessContext): 'ok' | 'silent' | 'gone' => {
  const payload: RedisRequest = { kind: 'feed', replId: s.replId, from, changes }
  const sent = ctx.dial({ host: replica.ip, port: replica.port, protocol: 'redis', payload, timeoutMs: FEED_TIMEOUT_MS })
  if (sent.ok) return (sent.reply as RedisReply | null)?.kind === 'ack' ? 'ok' : 'gone'
  return sent.failure === 'timeout' || sent.failure === 'no-route' ? 'silent' : 'gone'
}

/** Sends what replicas have not acknowledged. One that is silent is tried again, as TCP does, until repl-timeout. */
export function feed(s: State, ctx: ProcessContext): State {
  if (s.replicas.length === 0) return s
  const first = s.offset - s.backlog.length
  const replicas: ReplicaLink[] = []
  let waiting = false
  for (const replica of s.replicas) {
    if (replica.offset === s.offset) {
      replicas.push(replica)
      continue
    }
    const sent = replica.offset < first ? 'gone' : send(replica, s, s.backlog.slice(replica.offset - first), replica.offset, ctx)
    if (sent === 'ok') replicas.push({ ...replica, offset: s.offset, ackMs: ctx.nowMs })
    else if (sent === 'silent' && ctx.nowMs - replica.ackMs < timeoutMs(s)) {
      replicas.push(replica)
      waiting = true
    } else
      log(
        s,
        ctx,
        '#',
        sent === 'silent'
          ? `Disconnecting timedout replica (streaming sync): ${replica.ip}:${replica.port}`
          : `Connection with replica ${replica.ip}:${replica.port} lost.`,
      )
  }
  if (waiting) ctx.timer('feed', RETRY_MS)
  return { ...s, replicas }
}

/** Notes changes for replicas and sends them. */
export function replicate(s: State, changes: readonly Change[], ctx: ProcessContext): State {
  if (changes.length === 0) return s
  const noted = { ...s, offset: s.offset + changes.length, backlog: [...s.backlog, ...changes].slice(-BACKLOG_CHANGES) }
  return feed(noted, ctx)
}

/** Replicas that count for min-replicas-to-write. */
export const goodReplicas = (s: State, nowMs: number): number =>
  s.replicas.filter((r) => r.offset === s.offset || nowMs - r.ackMs <= Number(s.config['min-replicas-max-lag']) * 1000).length

const linked = (s: State, link: ReplicaLink): State => ({
  ...s,
  replicas: [...s.replicas.filter((r) => r.ip !== link.ip || r.port !== link.port), link],
})

function psync(
  s: State,
  request: Extract<RedisRequest, { kind: 'psync' }>,
  ip: string,
  ctx: ProcessContext,
): { state: State; reply: RedisReply; ms: number } {
  const password = s.config['requirepass']!
  if (password !== '' && request.auth !== password)
    return { state: s, reply: { kind: 'refused', error: request.auth === undefined ? NOAUTH : WRONGPASS }, ms: 1 }
  if (s.primary !== undefined && !s.primary.up)
    return { state: s, reply: { kind: 'refused', error: "NOMASTERLINK Can't SYNC while not connected with my master" }, ms: 1 }
  const link: ReplicaLink = { ip, port: request.port, offset: s.offset, ackMs: ctx.nowMs }
  const first = s.offset - s.backlog.length
  log(s, ctx, '*', `Replica ${ip}:${request.port} asks for synchronization`)
  if (request.replId === s.replId && request.offset >= first && request.offset <= s.offset) {
    const changes = s.backlog.slice(request.offset - first)
    log(
      s,
      ctx,
      '*',
      `Partial resynchronization request from ${ip}:${request.port} accepted. Sending ${JSON.stringify(changes).length} bytes of backlog starting from offset ${request.offset}.`,
    )
    return { state: linked(s, link), reply: { kind: 'partial', replId: s.replId, changes }, ms: 2 }
  }
  log(s, ctx, '*', `Full resync requested by replica ${ip}:${request.port}`)
  log(s, ctx, '*', `Synchronization with replica ${ip}:${request.port} succeeded`)
  const entries = new Keyspace(s.keys, ctx.nowMs).all()
  return { state: linked(s, link), reply: { kind: 'full', replId: s.replId, offset: s.offset, entries }, ms: 5 + s.keys.bytes / BYTES_A_MS }
}

// ── the replica ──

/** A link that was lost. */
export function unlinked(s: State, ctx: ProcessContext, why?: string): State {
  if (s.primary === undefined) return s
  if (why !== undefined && s.primary.up) log(s, ctx, '#', why)
  ctx.timer('link', RETRY_MS)
  return s.primary.up ? { ...s, primary: { ...s.primary, up: false, downMs: ctx.nowMs } } : s
}

/** Connects to the primary and takes what it gives. */
export function connect(s: State, ctx: ProcessContext): State {
  const { primary } = s
  if (primary === undefined) return s
  const auth = s.config['masterauth']!
  const quiet = ctx.nowMs - primary.downMs > 10_000
  if (!quiet) log(s, ctx, '*', `Connecting to MASTER ${primary.host}:${primary.port}`)
  const payload: RedisRequest = {
    kind: 'psync',
    port: Number(s.config['port']),
    replId: s.replId,
    offset: s.offset,
    ...(auth !== '' && { auth }),
  }
  const asked = ctx.dial({ host: primary.host, port: primary.port, protocol: 'redis', payload, timeoutMs: CONNECT_TIMEOUT_MS })
  const failed = (why: string): State => {
    if (!quiet) log(s, ctx, '#', why)
    ctx.timer('link', quiet ? 5 * RETRY_MS : RETRY_MS)
    return s
  }
  if (!asked.ok) {
    if (asked.failure.startsWith('dns')) return failed(`Unable to connect to MASTER: Resource temporarily unavailable`)
    return failed(
      `Error condition on socket for SYNC: ${asked.failure === 'refused' ? 'Connection refused' : asked.failure === 'reset' ? 'Connection reset by peer' : 'Operation timed out'}`,
    )
  }
  const reply = asked.reply as RedisReply | null
  if (reply?.kind === 'refused')
    return failed(`${auth === '' ? 'MASTER aborted replication with an error' : 'Unable to AUTH to MASTER'}: -${reply.error}`)
  if (reply?.kind !== 'full' && reply?.kind !== 'partial') return failed('Unexpected reply to PSYNC from master')
  const up: PrimaryLink = { ...primary, up: true, heardMs: ctx.nowMs, ...(asked.peer && { ip: asked.peer.ip }) }
  ctx.timer('check', checkEveryMs(s))
  if (reply.kind === 'partial') {
    log(s, ctx, '*', 'Successful partial resynchronization with master.')
    return taken({ ...s, primary: up }, reply.changes, ctx)
  }
  log(s, ctx, '*', `Full resync from master: ${reply.replId}:${reply.offset}`)
  log(s, ctx, '*', 'MASTER <-> REPLICA sync: Flushing old data')
  log(s, ctx, '*', 'MASTER <-> REPLICA sync: Finished with success')
  const keys: Keys = keysOf(reply.entries, ctx.nowMs)
  return measured(s, { ...s, primary: up, keys, replId: reply.replId, offset: reply.offset, backlog: [] }, ctx)
}

/** Applies what the primary sent. */
function taken(s: State, changes: readonly Change[], ctx: ProcessContext): State {
  if (changes.length === 0) return s
  const space = new Keyspace(s.keys, ctx.nowMs)
  for (const change of changes) space.apply(change)
  const next = {
    ...s,
    keys: space.result(),
    offset: s.offset + changes.length,
    backlog: [...s.backlog, ...changes].slice(-BACKLOG_CHANGES),
    dirty: s.dirty + changes.length,
  }
  return measured(s, next, ctx)
}

/** Whether the primary still feeds this one; asked now and then, and when somebody looks. */
export function check(s: State, ctx: ProcessContext): State {
  const { primary } = s
  if (primary === undefined || !primary.up) return s
  const payload: RedisRequest = { kind: 'replping', port: Number(s.config['port']), offset: s.offset }
  const asked = ctx.dial({ host: primary.ip ?? primary.host, port: primary.port, protocol: 'redis', payload, timeoutMs: FEED_TIMEOUT_MS })
  if (asked.ok && (asked.reply as RedisReply | null)?.kind === 'ack') {
    ctx.timer('check', checkEveryMs(s))
    return { ...s, primary: { ...primary, heardMs: ctx.nowMs } }
  }
  const silent = !asked.ok && (asked.failure === 'timeout' || asked.failure === 'no-route')
  if (!silent) return unlinked(s, ctx, 'Connection with master lost.')
  if (ctx.nowMs - primary.heardMs >= timeoutMs(s)) return unlinked(s, ctx, 'MASTER timeout: no data nor PING received...')
  ctx.timer('check', checkEveryMs(s))
  return s
}

/** Messages of other servers. It never dials here. */
export function answer(
  s: State,
  request: Exclude<RedisRequest, { kind: 'commands' }>,
  ip: string,
  ctx: ProcessContext,
): { state: State; reply: RedisReply; ms: number } {
  switch (request.kind) {
    case 'psync':
      return psync(s, request, ip, ctx)
    case 'replping': {
      const known = s.replicas.find((r) => r.ip === ip && r.port === request.port)
      if (known === undefined) return { state: s, reply: { kind: 'unknown' }, ms: 0 }
      // Asking is an acknowledgement, too; what it has missed is on its way.
      if (known.offset < s.offset) return { state: s, reply: { kind: 'ack', offset: s.offset }, ms: 0 }
      const replicas = s.replicas.map((r) => (r === known ? { ...r, ackMs: ctx.nowMs } : r))
      return { state: { ...s, replicas }, reply: { kind: 'ack', offset: s.offset }, ms: 0 }
    }
    case 'feed': {
      const follows = s.primary?.up === true && request.replId === s.replId && request.from <= s.offset
      if (!follows) return { state: s, reply: { kind: 'unknown' }, ms: 0 }
      // What was sent twice is taken once.
      const missing = request.changes.slice(Math.max(0, s.offset - request.from))
      const state = taken({ ...s, primary: { ...s.primary!, heardMs: ctx.nowMs } }, missing, ctx)
      return { state, reply: { kind: 'ack', offset: state.offset }, ms: 0 }
    }
  }
}

/** REPLICAOF: another primary, or none. */
export function setPrimary(s: State, host: string, port: number | undefined, ctx: ProcessContext): State {
  if (port === undefined) {
    if (s.primary === undefined) return s
    const { primary: _gone, ...rest } = s
    ctx.cancelTimer('link')
    ctx.cancelTimer('check')
    const next: State = { ...rest, config: { ...s.config, replicaof: '' }, replId: newReplId(ctx, 'primary') }
    log(next, ctx, '*', 'MASTER MODE enabled (user request)')
    return next
  }
  const next: State = {
    ...s,
    config: { ...s.config, replicaof: `${host} ${port}` },
    primary: { host, port, up: false, heardMs: ctx.nowMs, downMs: ctx.nowMs },
    replicas: [],
  }
  log(
    next,
    ctx,
    '*',
    `Before turning into a replica, using my own master parameters to synthesize a cached master: I may be able to synchronize with the new master with just a partial transfer.`,
  )
  log(next, ctx, '*', `REPLICAOF ${host}:${port} enabled (user request)`)
  ctx.timer('link', 10)
  return next
}
