/** State transfer: the writes that are missing (IST, port 4568) or everything (SST, port 4444). The donor dials the joiner, as in life. */
import type { ProcessContext } from '../../contract.ts'
import { runAll } from '../connection.ts'
import type { Data } from '../contract.ts'
import { persist } from '../data-files.ts'
import { server as line } from '../messages.ts'
import { REPLICATOR } from '../replica.ts'
import { flavourOf, type State } from '../state.ts'
import { type Galera, type GaleraReply, type GaleraRequest, type Incoming, type Member, PORTS, type WriteSet } from './contract.ts'
import { writeGrastate, writePosition } from './files.ts'
import { log, othersIn, send } from './group.ts'

const SYSTEM_BYTES = 80 * 1024 * 1024
const BYTES_A_MS = 40_000
const SST_MS = 4_000
const IST_MS = 500
const GIVE_UP_MS = 60_000
const RETRY_MS = 1_000

/** What a full copy carries: the system tablespaces and the tables. */
export const dataBytes = (data: Data): number => SYSTEM_BYTES + JSON.stringify(data.databases).length

/** The joiner asks for its state. */
export function requestState(s: State, ctx: ProcessContext): State {
  const g = s.galera!
  if (g.status !== 'joining' || g.incoming !== undefined) return s
  const { clusterName } = s.settings.galera!
  for (const donor of othersIn(g)) {
    const reply = send(
      donor.ip,
      {
        kind: 'request-state',
        cluster: clusterName,
        from: g.me,
        seqno: g.seqno,
        ...(g.clusterUuid !== undefined && { clusterUuid: g.clusterUuid }),
      },
      ctx,
    )
    if (reply?.kind !== 'ok') continue
    log(ctx, 'Note', `Requesting state transfer: success, donor: ${donor.name}`)
    ctx.timer('state-late', GIVE_UP_MS)
    return s
  }
  ctx.timer('state', RETRY_MS)
  return s
}

/** The donor was asked; it sends from a timer. */
export function donate(
  s: State,
  request: Extract<GaleraRequest, { kind: 'request-state' }>,
  ctx: ProcessContext,
): { state: State; reply: GaleraReply } {
  const g = s.galera!
  if (g.status !== 'synced' || g.donating) return { state: s, reply: { kind: 'no', why: 'not a donor' } }
  ctx.timer('donate', 20, { to: request.from, seqno: request.seqno, clusterUuid: request.clusterUuid ?? '' })
  log(ctx, 'Note', `Member ${request.from.name} requested state transfer from '*any*'. Selected ${g.me.name} as donor.`)
  return { state: { ...s, galera: { ...g, donating: true } }, reply: { kind: 'ok' } }
}

export function sendState(s: State, payload: unknown, ctx: ProcessContext): State {
  const { to, seqno, clusterUuid } = payload as { to: Member; seqno: number; clusterUuid: string }
  const g = s.galera!
  const first = g.cache[0]?.seqno ?? g.seqno + 1
  const incremental = clusterUuid === g.clusterUuid && seqno >= 0 && seqno + 1 >= first
  const incoming: Incoming = incremental
    ? { how: 'IST', seqno: g.seqno, sets: g.cache.filter((w) => w.seqno > seqno) }
    : { how: 'SST', seqno: g.seqno, sets: [], data: s.data! }
  const bytes = incremental ? JSON.stringify(incoming.sets).length : dataBytes(s.data!)
  const ms = (incremental ? IST_MS : SST_MS) + bytes / BYTES_A_MS
  const { sstMethod, clusterName } = s.settings.galera!
  const [port, what] = incremental
    ? [PORTS.ist, `IST sender ${seqno + 1} -> ${g.seqno}`]
    : [PORTS.sst, `Running: 'wsrep_sst_${sstMethod} --role 'donor' --address '${to.ip}:4444'', ${bytes} bytes`]
  log(ctx, 'Note', what)
  const sent = send(to.ip, { kind: 'state', cluster: clusterName, incoming, ms }, ctx, port, 10_000)
  if (sent?.kind === 'ok') {
    ctx.timer('donated', ms)
    return s
  }
  log(ctx, 'ERROR', `Failed to send state to ${to.name} at ${to.ip}:${port}: Connection timed out`)
  return { ...s, galera: { ...g, donating: false } }
}

/** The state begins to arrive; it is there after a while. */
export function arriving(
  s: State,
  request: Extract<GaleraRequest, { kind: 'state' }>,
  ctx: ProcessContext,
): { state: State; reply: GaleraReply } {
  const g = s.galera!
  if (g.status !== 'joining') return { state: s, reply: { kind: 'no', why: 'not joining' } }
  log(
    ctx,
    'Note',
    request.incoming.how === 'SST' ? 'Receiving state: full copy (SST)' : `Receiving IST: ${request.incoming.sets.length} writesets`,
  )
  ctx.cancelTimer('state-late')
  ctx.timer('state-done', request.ms)
  return { state: { ...s, galera: { ...g, incoming: request.incoming } }, reply: { kind: 'ok' } }
}

/** Runs a write of the group. */
export function applied(s: State, set: WriteSet, ctx: ProcessContext): State {
  let data = s.data!
  for (const w of set.writes)
    data = runAll([w.sql], data, REPLICATOR, {
      nowMs: w.atMs,
      version: flavourOf(ctx).version,
      user: 'system user@',
      database: w.database,
      variables: () => ({}),
      lastId: w.lastId,
    }).data
  persist(ctx.files, s.settings.dataDir, s.data, data)
  return committed({ ...s, data }, set, ctx)
}

const CACHED = 500

/** Notes a write of the group that is in the data. */
export function committed(s: State, set: WriteSet, ctx: ProcessContext): State {
  const g: Galera = { ...s.galera!, seqno: set.seqno, cache: [...s.galera!.cache, set].slice(-CACHED) }
  writePosition(ctx, s.settings.dataDir, g)
  return { ...s, galera: g }
}

/** The state is there. */
export function arrived(s: State, ctx: ProcessContext): State {
  const g = s.galera!
  const { incoming, view } = g
  if (incoming === undefined || view === undefined) return s
  let next = s
  if (incoming.data !== undefined) {
    persist(ctx.files, s.settings.dataDir, s.data, incoming.data)
    next = { ...s, data: incoming.data }
  }
  const { incoming: _gone, ...rest } = g
  const seqno = incoming.data === undefined ? g.seqno : incoming.seqno
  next = { ...next, galera: { ...rest, status: 'synced', clusterUuid: view.clusterUuid, seqno, queue: [] } }
  writePosition(ctx, s.settings.dataDir, next.galera!)
  for (const set of [...incoming.sets, ...g.queue]) if (set.seqno > next.galera!.seqno) next = applied(next, set, ctx)
  writeGrastate(ctx, s.settings.dataDir, { uuid: view.clusterUuid, seqno: -1, safeToBootstrap: false })
  log(ctx, 'Note', `${incoming.how} received: ${view.clusterUuid}:${incoming.seqno}`)
  log(ctx, 'Note', `Member ${g.me.name} synced with group.`)
  return next
}

/** The state does not come. */
export function tooLate(s: State, ctx: ProcessContext): State {
  log(ctx, 'ERROR', 'State transfer request timed out.')
  log(ctx, 'ERROR', 'Will never receive state. Need to abort.')
  ctx.log(line(flavourOf(ctx), ctx.nowMs, 'ERROR', 'Aborting'), 'stderr')
  ctx.exit(1)
  return { ...s, phase: 'stopped' }
}
