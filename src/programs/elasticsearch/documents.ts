/** Documents over the shards of a cluster, as the node that got the HTTP request coordinates them: primary first, then every copy. */
import { fnv32 } from '../../lib/hash.ts'
import type { ProcessContext } from '../contract.ts'
import type { IndexChange, IndexMeta, Operation, State } from './contract.ts'
import { masterOf } from './coordination.ts'
import { send } from './discovery.ts'
import { readDocuments } from './persist.ts'
import { answer, changeIndices } from './transport.ts'

export const shardOf = (id: string, index: IndexMeta): number => fnv32(id) % index.shards.length

/** Asks the master for a change of indices. The state is this node's after it; undefined: no master. */
export function change(s: State, wanted: IndexChange, ctx: ProcessContext): State | undefined {
  const master = masterOf(s)
  if (master === undefined) return undefined
  if (master.id === s.me.id) return changeIndices(s, wanted, ctx)
  const sent = send(ctx, master.ip, master.port, { action: 'change-indices', change: wanted })
  if (!sent.ok || !sent.reply.ok || sent.reply.state === undefined) return undefined
  // Seen ahead of its publication; version and nodes come with that.
  return { ...s, cluster: { ...s.cluster!, indices: sent.reply.state.indices } }
}

export type Written =
  | { readonly ok: true; readonly state: State; readonly total: number; readonly successful: number }
  | { readonly ok: false; readonly state: State; readonly reason: string }

/** Writes operations of one shard. Acknowledged only when the primary and every copy in sync have them, or the master was told of those that failed. */
export function write(s: State, name: string, shard: number, operations: readonly Operation[], ctx: ProcessContext): Written {
  const copies = s.cluster!.indices[name]!.shards[shard]!
  if (copies.primary === null) return { ok: false, state: s, reason: `[${name}][${shard}] primary shard is not active Timeout: [1m]` }
  const store = (id: string): boolean => {
    if (id === s.me.id) return answer(s, { action: 'write', index: name, shard, operations }, ctx).reply.ok
    const node = s.cluster!.nodes.find((n) => n.id === id)
    const sent = node && send(ctx, node.ip, node.port, { action: 'write', index: name, shard, operations })
    return sent?.ok === true && sent.reply.ok
  }
  if (!store(copies.primary)) return { ok: false, state: s, reason: `[${name}][${shard}] primary shard is not active Timeout: [1m]` }
  let state = s
  let successful = 1
  for (const replica of copies.replicas) {
    if (replica === null) continue
    if (store(replica)) successful++
    else {
      const told = change(state, { kind: 'failed', name, shard, nodeId: replica }, ctx)
      if (told === undefined) return { ok: false, state, reason: `[${name}][${shard}] a copy failed and no master is there to be told` }
      state = told
    }
  }
  return { ok: true, state, total: 1 + copies.replicas.length, successful }
}

/** All documents of a shard from a living copy: this node's own if it has one. Undefined: none answers. */
export function readShard(s: State, name: string, shard: number, ctx: ProcessContext): readonly Operation[] | undefined {
  const copies = s.cluster!.indices[name]!.shards[shard]!
  const ids = [copies.primary, ...copies.replicas].filter((c) => c !== null)
  if (ids.includes(s.me.id)) return [...readDocuments(ctx.files, s.settings.dataPath, name, shard).values()]
  for (const id of ids) {
    const node = s.cluster!.nodes.find((n) => n.id === id)
    const sent = node && send(ctx, node.ip, node.port, { action: 'read', index: name, shard })
    if (sent?.ok && sent.reply.documents !== undefined) return sent.reply.documents
  }
  return undefined
}

/** Whether a document matches a query of the subset; undefined: the query is not simulated. */
export function matches(source: Record<string, unknown>, query: unknown): boolean | undefined {
  if (query === undefined) return true
  const [kind, body] = Object.entries(query as Record<string, Record<string, unknown>>)[0] ?? ['match_all', {}]
  if (kind === 'match_all') return true
  const [field, wanted] = Object.entries(body ?? {})[0] ?? ['', '']
  const plain =
    typeof wanted === 'object' && wanted !== null
      ? ((wanted as Record<string, unknown>)['query'] ?? (wanted as Record<string, unknown>)['value'])
      : wanted
  const value = source[field.replace(/\.keyword$/, '')]
  if (kind === 'term') return String(value).toLowerCase() === String(plain).toLowerCase()
  if (kind === 'match' || kind === 'match_phrase')
    return String(plain)
      .toLowerCase()
      .split(/\W+/)
      .filter(Boolean)
      .some((w) =>
        String(value ?? '')
          .toLowerCase()
          .split(/\W+/)
          .includes(w),
      )
  return undefined
}
