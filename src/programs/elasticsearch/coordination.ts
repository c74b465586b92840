/** Cluster coordination, a round a second: searching and election for candidates, checks and publications for the master, checks of the master for followers. */
import { FileError } from '../../script/files.ts'
import type { ProcessContext } from '../contract.ts'
import { recovered, recoveries, reroute } from './allocation.ts'
import { type ClusterState, isMasterEligible, type NodeInfo, type Standing, type State } from './contract.ts'
import { eligiblePeers, type Found, search, send } from './discovery.ts'
import { acceptedOf, bootstrapVoting, isQuorum, reconfigured, wouldVote } from './election.ts'
import { APPLIER, COORDINATOR, describe, FORMATION, formationFailure, JOIN, type Level, logLine, MASTER } from './messages.ts'
import { keep } from './persist.ts'

/** Three checks of ten seconds without an answer. */
const SILENCE_MS = 30_000
const WARN_EVERY_MS = 10_000

export const log = (s: State, ctx: ProcessContext, level: Level, logger: string, text: string): void =>
  ctx.log(logLine(ctx.nowMs, ctx.env['ELASTIC_VERSION'] ?? '8.15.3', level, logger, text, s.settings))

/** The master, as far as this node knows one. */
export const masterOf = (s: State): NodeInfo | undefined =>
  s.mode === 'leader' ? s.me : s.mode === 'follower' ? s.cluster?.nodes.find((n) => n.id === s.cluster!.masterId) : undefined

export const standingOf = (s: State): Standing => ({
  node: s.me,
  clusterName: s.settings.clusterName,
  uuid: s.cluster?.uuid,
  term: s.term,
  accepted: acceptedOf(s.cluster),
  master: masterOf(s),
  peers: (masterOf(s) === undefined ? s.peers : s.cluster!.nodes).filter(isMasterEligible),
})

/** Writes what must survive. A disk that takes no more stops the node from accepting. */
export function kept(s: State, ctx: ProcessContext): boolean {
  try {
    keep(ctx.files, s.settings.dataPath, { nodeId: s.me.id, term: s.term, ...(s.cluster && { cluster: s.cluster }) })
    return true
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    return false
  }
}

/** Gives up the master it had and searches. */
export function becomeCandidate(s: State, ctx: ProcessContext, why: string): State {
  if (s.mode === 'candidate') return s
  const before = masterOf(s)
  log(
    s,
    ctx,
    'INFO',
    s.mode === 'leader' ? COORDINATOR : APPLIER,
    `master node changed {previous [${before ? describe(before) : ''}], current []}, term: ${s.term}, reason: ${why}`,
  )
  return {
    ...s,
    mode: 'candidate',
    joins: [],
    leaves: [],
    silent: {},
    searchingSinceMs: ctx.nowMs,
    warnedMs: ctx.nowMs,
    peers: (s.cluster?.nodes ?? []).filter((n) => n.id !== s.me.id && isMasterEligible(n)),
  }
}

/** One round. */
export function round(s: State, ctx: ProcessContext): State {
  if (s.mode === 'leader') return lead(s, ctx)
  if (s.mode === 'follower') return follow(s, ctx)
  return seek(s, ctx)
}

// ── without a master ──

function seek(s: State, ctx: ProcessContext): State {
  const found = search(s, ctx)
  const peers = eligiblePeers(found.standings)
  let next: State = samePeers(s.peers, peers) ? s : { ...s, peers }
  const master = found.standings.find((x) => x.master !== undefined && x.master.id !== s.me.id)?.master
  if (master !== undefined) {
    const sent = send(ctx, master.ip, master.port, { action: 'join', from: s.me, uuid: s.cluster?.uuid })
    if (sent.ok && !sent.reply.ok)
      log(
        s,
        ctx,
        'INFO',
        JOIN,
        `failed to join ${describe(master)} with JoinRequest{sourceNode=${describe(s.me)}, minimumTerm=${s.term}}: ${sent.reply.error}`,
      )
    return warn(next, found, ctx)
  }
  if (!isMasterEligible(s.me)) return warn(next, found, ctx)
  if (next.cluster === undefined && next.bootstrapped === undefined) {
    const voting = bootstrapVoting(s.settings, s.me, peers)
    if (voting !== undefined) {
      log(
        s,
        ctx,
        'INFO',
        'org.elasticsearch.cluster.coordination.ClusterBootstrapService',
        `this node has not joined a bootstrapped cluster yet; setting initial configuration to VotingConfiguration{${voting.join(',')}}`,
      )
      next = { ...next, bootstrapped: voting }
    }
  }
  const voting = next.cluster?.voting ?? next.bootstrapped
  return voting === undefined || !voting.includes(s.me.id) ? warn(next, found, ctx) : elect(next, found, voting, ctx)
}

const samePeers = (a: readonly NodeInfo[], b: readonly NodeInfo[]): boolean =>
  a.length === b.length && a.every((x, i) => x.ephemeralId === b[i]!.ephemeralId)

function warn(s: State, found: Found, ctx: ProcessContext): State {
  if (ctx.nowMs - Math.max(s.warnedMs, s.searchingSinceMs) < WARN_EVERY_MS) return s
  log(s, ctx, 'WARN', FORMATION, formationFailure(s, found.seeds))
  return { ...s, warnedMs: ctx.nowMs }
}

function elect(s: State, found: Found, voting: readonly string[], ctx: ProcessContext): State {
  const mine = { term: s.term, accepted: acceptedOf(s.cluster), uuid: s.cluster?.uuid }
  const willing = wouldVote(found.standings, mine)
  if (!isQuorum(voting, [s.me.id, ...willing.map((w) => w.node.id)])) return warn(s, found, ctx)
  const term = Math.max(s.term, ...found.standings.map((x) => x.term)) + 1
  const voters: NodeInfo[] = [s.me]
  for (const { node } of willing) {
    const sent = send(ctx, node.ip, node.port, { action: 'vote', from: s.me, term, accepted: mine.accepted, uuid: mine.uuid }, 1000)
    if (sent.ok && sent.reply.ok) voters.push(node)
  }
  if (
    !isQuorum(
      voting,
      voters.map((v) => v.id),
    )
  )
    return warn({ ...s, term }, found, ctx)
  const nodes = [...voters].sort((a, b) => (a.name < b.name ? -1 : 1))
  log(
    s,
    ctx,
    'INFO',
    MASTER,
    `elected-as-master ([${voters.length}] nodes joined in term ${term})[_FINISH_ELECTION_, ${voters.map((v) => `${describe(v)} completing election`).join(', ')}], term: ${term}, version: ${mine.accepted.version + 1}, delta: master node changed {previous [], current [${describe(s.me)}]}${
      nodes.length > 1
        ? `, added {${nodes
            .filter((n) => n.id !== s.me.id)
            .map(describe)
            .join(', ')}}`
        : ''
    }`,
  )
  const state: ClusterState = {
    uuid: s.cluster?.uuid ?? newUuid(ctx),
    term,
    version: mine.accepted.version + 1,
    masterId: s.me.id,
    nodes,
    voting: reconfigured(voting, nodes),
    indices: reroute(s.cluster?.indices ?? {}, nodes, ctx.nowMs),
  }
  return publish({ ...s, term, mode: 'leader', silent: {}, joins: [], leaves: [] }, state, voting, ctx)
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-'
/** 22 characters, as ES' base64 UUIDs. */
export const newUuid = (ctx: ProcessContext, purpose = 'uuid'): string =>
  Array.from({ length: 22 }, (_, i) => ALPHABET[Math.floor(ctx.random(`${purpose}/${Math.floor(ctx.nowMs)}`, i) * 64)]).join('')

// ── the master ──

/** Sends a state to all its nodes; it counts when a majority of both voting configurations took it. */
function publish(s: State, state: ClusterState, votingBefore: readonly string[], ctx: ProcessContext): State {
  const acks = [s.me.id]
  for (const node of state.nodes) {
    if (node.id === s.me.id) continue
    const sent = send(ctx, node.ip, node.port, { action: 'publish', state })
    if (sent.ok && sent.reply.ok) acks.push(node.id)
  }
  if (!isQuorum(votingBefore, acks) || !isQuorum(state.voting, acks)) {
    log(
      s,
      ctx,
      'WARN',
      MASTER,
      `failing [publication of cluster state version ${state.version}]: failed to commit cluster state: non-failed nodes do not form a quorum`,
    )
    return becomeCandidate(s, ctx, 'failed to commit cluster state')
  }
  const next: State = { ...s, cluster: state, dirty: false }
  return kept(next, ctx) ? next : becomeCandidate(s, ctx, 'failed to persist cluster state')
}

function lead(s: State, ctx: ProcessContext): State {
  const cluster = s.cluster!
  const gone: string[] = [...s.leaves]
  const silent: Record<string, number> = {}
  for (const node of cluster.nodes) {
    if (node.id === s.me.id || gone.includes(node.id)) continue
    const sent = send(ctx, node.ip, node.port, { action: 'check-follower', masterId: s.me.id, term: cluster.term })
    if (sent.ok && sent.reply.ok && sent.reply.ephemeralId === node.ephemeralId) continue
    if (!sent.ok && sent.silent && ctx.nowMs - (s.silent[node.id] ?? ctx.nowMs) < SILENCE_MS)
      silent[node.id] = s.silent[node.id] ?? ctx.nowMs
    else gone.push(node.id)
  }
  const joining = s.joins.filter((j) => !cluster.nodes.some((n) => n.ephemeralId === j.ephemeralId && !gone.includes(n.id)))
  const left = cluster.nodes.filter((n) => gone.includes(n.id) || joining.some((j) => j.id === n.id))
  const base: State =
    Object.keys(silent).length === 0 && Object.keys(s.silent).length === 0 && s.joins.length === 0 && s.leaves.length === 0
      ? s
      : { ...s, silent, joins: [], leaves: [] }
  const nodes =
    left.length === 0 && joining.length === 0
      ? cluster.nodes
      : [...cluster.nodes.filter((n) => !left.includes(n)), ...joining].sort((a, b) => (a.name < b.name ? -1 : 1))
  let indices = reroute(cluster.indices, nodes, ctx.nowMs)
  for (const r of recoveries(indices, nodes, ctx.nowMs)) if (copyShard(s, nodes, r, ctx)) indices = recovered(indices, r)
  if (nodes === cluster.nodes && indices === cluster.indices && !s.dirty) return base
  const version = cluster.version + 1
  for (const n of left)
    if (gone.includes(n.id))
      log(
        s,
        ctx,
        'INFO',
        MASTER,
        `node-left[${describe(n)} reason: ${s.leaves.includes(n.id) ? 'disconnected' : s.silent[n.id] === undefined ? 'disconnected' : 'followers check retry count exceeded [timeouts=3, failures=0]'}], term: ${cluster.term}, version: ${version}, delta: removed {${describe(n)}}`,
      )
  for (const n of joining)
    log(
      s,
      ctx,
      'INFO',
      MASTER,
      `node-join[${describe(n)} joining], term: ${cluster.term}, version: ${version}, delta: added {${describe(n)}}`,
    )
  return publish(base, { ...cluster, version, nodes, indices, voting: reconfigured(cluster.voting, nodes) }, cluster.voting, ctx)
}

/** Brings a copy of a shard to a node; dialled by the master, done by the two nodes. */
function copyShard(
  s: State,
  nodes: readonly NodeInfo[],
  r: { readonly index: string; readonly shard: number; readonly from: string; readonly to: string },
  ctx: ProcessContext,
): boolean {
  const [from, to] = [nodes.find((n) => n.id === r.from), nodes.find((n) => n.id === r.to)]
  if (from === undefined || to === undefined) return false
  const read = send(ctx, from.ip, from.port, { action: 'read', index: r.index, shard: r.shard })
  if (!read.ok || read.reply.documents === undefined) return false
  const wrote = send(ctx, to.ip, to.port, { action: 'restore', index: r.index, shard: r.shard, documents: read.reply.documents })
  if (wrote.ok && wrote.reply.ok)
    log(
      s,
      ctx,
      'INFO',
      'org.elasticsearch.cluster.routing.allocation.AllocationService',
      `current.health="..." message="Cluster health status changed" reason="shards started [[${r.index}][${r.shard}]]"`.replace(
        'current.health="..." ',
        '',
      ),
    )
  return wrote.ok && wrote.reply.ok
}

// ── a follower ──

function follow(s: State, ctx: ProcessContext): State {
  const master = masterOf(s)
  if (master === undefined) return becomeCandidate(s, ctx, 'no master')
  const sent = send(ctx, master.ip, master.port, { action: 'check-leader', from: s.me })
  if (sent.ok && sent.reply.ok) return s.silent[master.id] === undefined ? s : { ...s, silent: {} }
  if (!sent.ok && sent.silent) {
    const since = s.silent[master.id] ?? ctx.nowMs
    if (ctx.nowMs - since < SILENCE_MS) return s.silent[master.id] === undefined ? { ...s, silent: { [master.id]: since } } : s
  }
  log(
    s,
    ctx,
    'INFO',
    COORDINATOR,
    `[${sent.ok || !sent.silent ? 'leader disconnected' : '3 consecutive checks of the master node were unsuccessful ([0] rejected, [3] timed out)'}] master node [${describe(master)}] ${sent.ok || !sent.silent ? 'disconnected' : 'failed'}, restarting discovery`,
  )
  return becomeCandidate(s, ctx, 'master node disconnected')
}
