/** A node of a Galera cluster: how it starts, commits, answers the others, and what it shows of itself. */
import { sha256 } from '../../../lib/hash.ts'
import type { ProcessContext } from '../../contract.ts'
import { SqlError, type Value } from '../../sql/contract.ts'
import type { Write } from '../connection.ts'
import { server as line } from '../messages.ts'
import type { Statement } from '../sql-ast.ts'
import { flavourOf, type State } from '../state.ts'
import { type Galera, type GaleraReply, type GaleraRequest, PORTS, type View } from './contract.ts'
import { readGrastate, readGvwstate, readPosition, writePosition } from './files.ts'
import { ask, installed, isReady, LOOK_MS, log, look, othersIn, regroup, send, standingOf } from './group.ts'
import { applied, arrived, arriving, committed, donate, requestState, sendState, tooLate } from './transfer.ts'

/** A UUID of this process, from the seed. */
function newUuid(ctx: ProcessContext, purpose: string): string {
  const hex = sha256(`${ctx.pod.uid}/${ctx.random(purpose)}/${ctx.nowMs}`)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-11ef-${hex.slice(12, 16)}-${hex.slice(16, 28)}`
}

function aborted(s: State, ctx: ProcessContext, ...lines: string[]): State {
  for (const text of lines) log(ctx, 'ERROR', text)
  ctx.log(line(flavourOf(ctx), ctx.nowMs, 'ERROR', 'Aborting'), 'stderr')
  ctx.exit(1)
  return { ...s, phase: 'stopped' }
}

/** Begins to be a node: bootstraps, or looks for the others. `phase` is left as it is: the server opens when the node is synced. */
export function startNode(s: State, ctx: ProcessContext): State {
  const { dataDir, galera: settings } = s.settings
  const { addresses, bootstrap, recover, nodeName } = settings!
  const position = readPosition(ctx, dataDir)
  if (recover) {
    log(ctx, 'Note', `Recovered position: ${position.uuid}:${position.seqno}`)
    ctx.exit(0)
    return { ...s, phase: 'stopped' }
  }
  const saved = readGrastate(ctx, dataDir)
  if (bootstrap && saved?.uuid !== undefined && !saved.safeToBootstrap)
    return aborted(
      s,
      ctx,
      'It may not be safe to bootstrap the cluster from this node. It was not the last one to leave the cluster and may not contain all the updates. To force cluster bootstrap with this node, edit the grastate.dat file manually and set safe_to_bootstrap to 1 .',
      `wsrep::connect(gcomm://${addresses.join(',')}) failed: 7`,
    )
  const crashed = bootstrap ? undefined : readGvwstate(ctx, dataDir, position.seqno)
  const me = { uuid: crashed?.uuid ?? newUuid(ctx, 'node'), name: nodeName, ip: ctx.pod.ip }
  // A node that was not stopped in order does not say how far it came, unless its whole group comes back.
  const seqno = bootstrap || crashed !== undefined ? position.seqno : (saved?.seqno ?? -1)
  const galera: Galera = {
    me,
    status: 'connecting',
    ...(saved?.uuid !== undefined && { clusterUuid: saved.uuid }),
    ...(crashed !== undefined && { lastPrimary: crashed.view }),
    recovering: crashed !== undefined,
    seqno,
    cache: [],
    donating: false,
    queue: [],
    sinceMs: ctx.nowMs,
  }
  for (const port of Object.values(PORTS)) ctx.listen(port)
  if (!bootstrap) {
    log(ctx, 'Note', `gcomm: connecting to group '${settings!.clusterName}', peer '${addresses.join(',')}'`)
    ctx.timer('evs', 100)
    return { ...s, galera }
  }
  const clusterUuid = saved?.uuid ?? newUuid(ctx, 'cluster')
  log(ctx, 'Note', `'wsrep-new-cluster' option used, bootstrapping the cluster`)
  const view: View = { id: 1, clusterUuid, primary: true, members: [me], seqno: Math.max(0, seqno) }
  const ready: State = { ...s, galera: { ...galera, clusterUuid, seqno: Math.max(0, seqno), status: 'synced' } }
  writePosition(ctx, dataDir, ready.galera!)
  return installed(ready, view, ctx)
}

/** Timers of the node; undefined: it is none of them. */
export function nodeTimer(s: State, id: string, payload: unknown, ctx: ProcessContext): State | undefined {
  if (s.galera === undefined) return undefined
  switch (id) {
    case 'evs':
      return look(s, ctx)
    case 'state':
      return requestState(s, ctx)
    case 'state-late':
      return tooLate(s, ctx)
    case 'state-done':
      return arrived(s, ctx)
    case 'donate':
      return sendState(s, payload, ctx)
    case 'donated':
      return { ...s, galera: { ...s.galera, donating: false } }
    default:
      return undefined
  }
}

/** Messages of the others. It never dials here. */
export function answerNode(s: State, request: GaleraRequest, ctx: ProcessContext): { state: State; reply: GaleraReply } {
  const no = (why: string): { state: State; reply: GaleraReply } => ({ state: s, reply: { kind: 'no', why } })
  const g = s.galera
  if (g === undefined || request.cluster !== s.settings.galera!.clusterName) return no('another cluster')
  switch (request.kind) {
    case 'ask':
      return { state: s, reply: { kind: 'standing', standing: standingOf(g) } }
    case 'install': {
      const known = request.view.members.some((m) => m.uuid === g.me.uuid)
      if (!known || (g.view !== undefined && request.view.id <= g.view.id)) return no('an older view')
      return { state: installed(s, request.view, ctx), reply: { kind: 'ok' } }
    }
    case 'leave': {
      if (g.view === undefined) return no('no view')
      const members = g.view.members.filter((m) => m.uuid !== request.uuid)
      return { state: installed(s, { ...g.view, id: g.view.id + 1, members, seqno: g.seqno }, ctx), reply: { kind: 'ok' } }
    }
    case 'writeset': {
      if (g.view?.id !== request.viewId) return no('another view')
      if (g.status === 'joining') return { state: { ...s, galera: { ...g, queue: [...g.queue, ...request.sets] } }, reply: { kind: 'ok' } }
      return { state: request.sets.reduce((now, set) => applied(now, set, ctx), s), reply: { kind: 'ok' } }
    }
    case 'request-state':
      return donate(s, request, ctx)
    case 'state':
      return arriving(s, request, ctx)
  }
}

const NOT_READY = new SqlError(1047, '08S01', 'WSREP has not yet prepared node for application use')
/** What a node without a quorum still answers. */
const ALWAYS = new Set<Statement['k']>(['show', 'set-global', 'nothing', 'replica-status', 'master-status', 'use'])

/** Throws unless the node may run the statement now. */
export function admit(s: State, q: Statement): void {
  if (!isReady(s) && !ALWAYS.has(q.k)) throw NOT_READY
}

/** Brings writes to the group before they count. Not ok: there is no quorum any more. `ms`: how long that took. */
export function commit(
  s: State,
  writes: readonly Write[],
  ctx: ProcessContext,
): { readonly state: State; readonly ok: boolean; readonly ms: number } {
  let state = s
  let ms = 2
  const missing = othersIn(s.galera!).some((m) => ask(s, m.ip, ctx)?.view?.id !== s.galera!.view!.id)
  if (missing) {
    state = regroup(s, ctx)
    ms += LOOK_MS + 2_000
  }
  if (!isReady(state)) return { state, ok: false, ms }
  const g = state.galera!
  const sets = writes.map((w, i) => ({ seqno: g.seqno + 1 + i, writes: [w] }))
  for (const m of othersIn(g)) send(m.ip, { kind: 'writeset', cluster: state.settings.galera!.clusterName, viewId: g.view!.id, sets }, ctx)
  return { state: sets.reduce((now, set) => committed(now, set, ctx), state), ok: true, ms }
}

const COMMENTS = {
  connecting: 'Initialized',
  joining: 'Joining: receiving State Transfer',
  synced: 'Synced',
  'non-primary': 'Initialized',
} as const
const STATES = { connecting: 0, joining: 1, synced: 4, 'non-primary': 0 } as const

/** SHOW STATUS LIKE 'wsrep%'. */
export function nodeStatus(s: State): Record<string, Value> {
  const g = s.galera
  if (g === undefined) return {}
  const members = g.view?.members ?? []
  const donor = g.status === 'synced' && g.donating
  return {
    wsrep_local_state: donor ? 2 : STATES[g.status],
    wsrep_local_state_comment: donor ? 'Donor/Desynced' : COMMENTS[g.status],
    wsrep_local_state_uuid: g.clusterUuid ?? '00000000-0000-0000-0000-000000000000',
    wsrep_last_committed: g.seqno,
    wsrep_cluster_conf_id: g.view?.primary ? g.view.id : '18446744073709551615',
    wsrep_cluster_size: members.length,
    wsrep_cluster_state_uuid: g.view?.clusterUuid ?? '',
    wsrep_cluster_status: g.view === undefined ? 'Disconnected' : g.view.primary ? 'Primary' : 'non-Primary',
    wsrep_connected: g.status === 'connecting' ? 'OFF' : 'ON',
    wsrep_incoming_addresses: members.map((m) => `${m.ip}:3306`).join(','),
    wsrep_local_index: members.findIndex((m) => m.uuid === g.me.uuid),
    wsrep_provider_name: 'Galera',
    wsrep_ready: isReady(s) ? 'ON' : 'OFF',
  }
}
