/** Answers of a node to the messages of others on 9300. It never dials here. */
import { FileError } from '../../script/files.ts'
import type { ProcessContext } from '../contract.ts'
import { createIndex } from './allocation.ts'
import { type IndexChange, isMasterEligible, type NodeInfo, type State, type TransportReply, type TransportRequest } from './contract.ts'
import { becomeCandidate, kept, log, masterOf, newUuid, standingOf } from './coordination.ts'
import { acceptedOf, givesVote } from './election.ts'
import { APPLIER, describe } from './messages.ts'
import { appendOperations, dropIndex, readDocuments, replaceDocuments } from './persist.ts'

type Answered = { readonly state: State; readonly reply: TransportReply }

/** The state after a message, and its answer. */
export function answer(s: State, request: TransportRequest, ctx: ProcessContext): Answered {
  const no = (error: string): Answered => ({ state: s, reply: { ok: false, error } })
  const { dataPath } = s.settings
  switch (request.action) {
    case 'hello':
      return {
        state: request.clusterName === s.settings.clusterName ? learned(s, request.from) : s,
        reply: { ok: true, standing: standingOf(s) },
      }
    case 'vote': {
      if (masterOf(s) !== undefined || !isMasterEligible(s.me)) return no('rejecting vote')
      if (!givesVote({ term: s.term, accepted: acceptedOf(s.cluster), uuid: s.cluster?.uuid }, request))
        return no(`rejecting vote in term ${request.term}`)
      const state = { ...s, term: request.term }
      return kept(state, ctx) ? { state, reply: { ok: true } } : no('failed to persist term')
    }
    case 'join':
      if (s.mode !== 'leader') return no('not the master')
      if (request.uuid !== undefined && request.uuid !== s.cluster!.uuid)
        return no(
          `join validation on cluster state with a different cluster uuid ${s.cluster!.uuid} than local cluster uuid ${request.uuid}, rejecting`,
        )
      return {
        state: s.joins.some((j) => j.ephemeralId === request.from.ephemeralId)
          ? s
          : { ...s, joins: [...s.joins.filter((j) => j.id !== request.from.id), request.from] },
        reply: { ok: true },
      }
    case 'publish':
      return accept(s, request.state, ctx)
    case 'check-follower':
      return {
        state: s,
        reply: {
          ok: s.mode === 'follower' && s.cluster?.masterId === request.masterId && s.cluster.term === request.term,
          ephemeralId: s.me.ephemeralId,
        },
      }
    case 'check-leader':
      return { state: s, reply: { ok: s.mode === 'leader' && s.cluster!.nodes.some((n) => n.ephemeralId === request.from.ephemeralId) } }
    case 'leaving':
      if (s.mode === 'leader') return { state: { ...s, leaves: [...s.leaves, request.id] }, reply: { ok: true } }
      return { state: s.cluster?.masterId === request.id ? becomeCandidate(s, ctx, 'master node left') : s, reply: { ok: true } }
    case 'change-indices': {
      if (s.mode !== 'leader') return no('not the master')
      const state = changeIndices(s, request.change, ctx)
      return { state, reply: { ok: true, state: state.cluster! } }
    }
    case 'write':
    case 'restore':
      try {
        if (request.action === 'write') appendOperations(ctx.files, dataPath, request.index, request.shard, request.operations)
        else replaceDocuments(ctx.files, dataPath, request.index, request.shard, request.documents)
        return { state: s, reply: { ok: true } }
      } catch (error) {
        if (!(error instanceof FileError)) throw error
        return no(error.message)
      }
    case 'read':
      return { state: s, reply: { ok: true, documents: [...readDocuments(ctx.files, dataPath, request.index, request.shard).values()] } }
  }
}

/** A node that greets is one to greet back. */
function learned(s: State, from: NodeInfo): State {
  if (s.mode !== 'candidate' || from.id === s.me.id || !isMasterEligible(from) || s.peers.some((p) => p.ephemeralId === from.ephemeralId))
    return s
  return { ...s, peers: [...s.peers.filter((p) => p.id !== from.id), from] }
}

function accept(s: State, state: NonNullable<State['cluster']>, ctx: ProcessContext): Answered {
  const no = (error: string): Answered => ({ state: s, reply: { ok: false, error } })
  if (state.term < s.term) return no(`incoming term ${state.term} does not match current term ${s.term}`)
  if (s.cluster !== undefined && s.cluster.uuid !== state.uuid) return no('different cluster uuid')
  if (s.cluster !== undefined && s.cluster.term === state.term && state.version <= s.cluster.version)
    return no(`incoming version ${state.version} lower or equal to current version ${s.cluster.version}`)
  const before = masterOf(s)
  const master = state.nodes.find((n) => n.id === state.masterId)
  const next: State = { ...s, mode: 'follower', term: state.term, cluster: state, silent: {}, joins: [], leaves: [], dirty: false }
  if (!kept(next, ctx)) return no('failed to persist cluster state')
  for (const name of Object.keys(s.cluster?.indices ?? {}))
    if (state.indices[name] === undefined) dropIndex(ctx.files, s.settings.dataPath, name)
  if (before?.ephemeralId !== master?.ephemeralId)
    log(
      s,
      ctx,
      'INFO',
      APPLIER,
      `master node changed {previous [${before ? describe(before) : ''}], current [${master ? describe(master) : ''}]}, added {${state.nodes
        .filter((n) => n.id !== s.me.id)
        .map(describe)
        .join(
          ', ',
        )}}, term: ${state.term}, version: ${state.version}, reason: ApplyCommitRequest{term=${state.term}, version=${state.version}, sourceNode=${master ? describe(master) : ''}}`,
    )
  return { state: next, reply: { ok: true } }
}

/** On the master: an index made, dropped, or a copy that failed. The next round publishes it. */
export function changeIndices(s: State, change: IndexChange, ctx: ProcessContext): State {
  const cluster = s.cluster!
  const { indices } = cluster
  if (change.kind === 'create') {
    if (indices[change.name] !== undefined) return s
    log(
      s,
      ctx,
      'INFO',
      'org.elasticsearch.cluster.metadata.MetadataCreateIndexService',
      `[${change.name}] creating index, cause [api], templates [], shards [${change.shards}]/[${change.replicas}]`,
    )
    return {
      ...s,
      dirty: true,
      cluster: {
        ...cluster,
        indices: {
          ...indices,
          [change.name]: createIndex(indices, cluster.nodes, newUuid(ctx, `index/${change.name}`), change.shards, change.replicas),
        },
      },
    }
  }
  const index = indices[change.name]
  if (index === undefined) return s
  if (change.kind === 'delete') {
    const { [change.name]: _gone, ...rest } = indices
    dropIndex(ctx.files, s.settings.dataPath, change.name)
    return { ...s, dirty: true, cluster: { ...cluster, indices: rest } }
  }
  const shards = index.shards.map((shard, n) =>
    n === change.shard
      ? {
          ...shard,
          replicas: shard.replicas.map((r) => (r === change.nodeId ? null : r)),
          inSync: shard.inSync.filter((c) => c !== change.nodeId),
          lostMs: ctx.nowMs,
        }
      : shard,
  )
  return { ...s, dirty: true, cluster: { ...cluster, indices: { ...indices, [change.name]: { ...index, shards } } } }
}
