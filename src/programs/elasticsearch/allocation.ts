/** Where shards are: primaries and replicas over the data nodes; what is lost with a node, what is made anew. Pure. */
import { type ClusterState, type IndexMeta, isData, type NodeInfo, type Shard } from './contract.ts'

/** index.unassigned.node_left.delayed_timeout. */
const DELAY_MS = 60_000

const load = (indices: ClusterState['indices'], id: string): number =>
  Object.values(indices).reduce((n, i) => n + i.shards.filter((s) => s.primary === id || s.replicas.includes(id)).length, 0)

/** A new index over the nodes there are. */
export function createIndex(
  indices: ClusterState['indices'],
  nodes: readonly NodeInfo[],
  uuid: string,
  shards: number,
  replicas: number,
): IndexMeta {
  const data = nodes.filter(isData)
  const made: Shard[] = []
  for (let n = 0; n < shards; n++) {
    const ranked = [...data].sort(
      (a, b) => load(indices, a.id) + mine(made, a.id) - load(indices, b.id) - mine(made, b.id) || (a.name < b.name ? -1 : 1),
    )
    const primary = ranked[0]?.id ?? null
    const copies = Array.from({ length: replicas }, (_, i) => ranked[i + 1]?.id ?? null)
    made.push({ primary, replicas: copies, inSync: [primary, ...copies].filter((c) => c !== null) })
  }
  return { uuid, shards: made }
}
const mine = (made: readonly Shard[], id: string): number => made.filter((s) => s.primary === id || s.replicas.includes(id)).length

/** A copy to be made: from the primary to a node that has none. */
export interface Recovery {
  readonly index: string
  readonly shard: number
  readonly from: string
  readonly to: string
}

/** The shards after nodes changed: a replica in sync takes a lost primary's place; a node that comes back with its data is used again. */
export function reroute(indices: ClusterState['indices'], nodes: readonly NodeInfo[], nowMs: number): ClusterState['indices'] {
  const alive = new Set(nodes.filter(isData).map((n) => n.id))
  let changed = false
  const out: Record<string, IndexMeta> = {}
  for (const [name, index] of Object.entries(indices)) {
    const shards = index.shards.map((shard) => {
      const next = rerouted(shard, alive, nowMs)
      if (next !== shard) changed = true
      return next
    })
    out[name] = { ...index, shards }
  }
  return changed ? out : indices
}

function rerouted(shard: Shard, alive: ReadonlySet<string>, nowMs: number): Shard {
  const lost = [shard.primary, ...shard.replicas].some((c) => c !== null && !alive.has(c))
  const revivable = shard.primary === null && shard.inSync.some((c) => alive.has(c))
  if (!lost && !revivable) return shard
  let replicas = shard.replicas.map((r) => (r !== null && alive.has(r) ? r : null))
  let primary = shard.primary !== null && alive.has(shard.primary) ? shard.primary : null
  let { inSync } = shard
  if (primary === null) {
    primary = replicas.find((r) => r !== null && inSync.includes(r)) ?? inSync.find((c) => alive.has(c)) ?? null
    replicas = replicas.map((r) => (r === primary ? null : r))
  }
  // With a living primary, copies that are gone miss what is written from now on.
  if (primary !== null) inSync = inSync.filter((c) => alive.has(c))
  return { primary, replicas, inSync, lostMs: nowMs }
}

/** Copies that are due: unassigned replicas for which there is a node. */
export function recoveries(indices: ClusterState['indices'], nodes: readonly NodeInfo[], nowMs: number): Recovery[] {
  const data = nodes.filter(isData)
  const out: Recovery[] = []
  for (const [index, meta] of Object.entries(indices)) {
    for (const [n, shard] of meta.shards.entries()) {
      if (shard.primary === null || !shard.replicas.includes(null)) continue
      const free = data
        .filter((d) => d.id !== shard.primary && !shard.replicas.includes(d.id))
        .sort((a, b) => load(indices, a.id) - load(indices, b.id) || (a.name < b.name ? -1 : 1))
      const target = free[0]
      if (
        target === undefined ||
        (shard.lostMs !== undefined && nowMs - shard.lostMs < DELAY_MS && data.length < 2 + shard.replicas.length && free.length < 1)
      )
        continue
      out.push({ index, shard: n, from: shard.primary, to: target.id })
    }
  }
  return out
}

/** The indices once a copy was made. */
export function recovered(indices: ClusterState['indices'], r: Recovery): ClusterState['indices'] {
  const index = indices[r.index]!
  const shards = index.shards.map((s, n) => {
    if (n !== r.shard) return s
    const at = s.replicas.indexOf(null)
    return { ...s, replicas: s.replicas.map((c, i) => (i === at ? r.to : c)), inSync: [...new Set([...s.inSync, r.to])] }
  })
  return { ...indices, [r.index]: { ...index, shards } }
}

export interface ShardCounts {
  readonly primaries: number
  readonly active: number
  readonly unassigned: number
  readonly status: 'green' | 'yellow' | 'red'
}

export function countShards(indices: readonly IndexMeta[]): ShardCounts {
  const shards = indices.flatMap((i) => i.shards)
  const primaries = shards.filter((s) => s.primary !== null).length
  const active = primaries + shards.reduce((n, s) => n + s.replicas.filter((r) => r !== null).length, 0)
  const unassigned = shards.reduce((n, s) => n + (s.primary === null ? 1 : 0) + s.replicas.filter((r) => r === null).length, 0)
  return { primaries, active, unassigned, status: primaries < shards.length ? 'red' : unassigned > 0 ? 'yellow' : 'green' }
}
