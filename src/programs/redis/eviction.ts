/** What goes when the memory for data is full: maxmemory and its policies. */
import { hash53 } from '../../lib/hash.ts'
import type { Change } from './contract.ts'
import type { Keyspace } from './keyspace.ts'

/** What the server needs besides the data; counts as used memory. */
export const SERVER_BYTES = 900_000

/** Whether reads must be noted for the policy. */
export const notesUse = (policy: string): boolean => /-(lru|lfu)$/.test(policy)

/** Takes keys away until the data fits; how many, or undefined: it cannot be made to fit. */
export function evict(keys: Keyspace, maxBytes: number, policy: string, protect: ReadonlySet<string>): number | undefined {
  if (maxBytes === 0 || keys.bytes + SERVER_BYTES <= maxBytes) return 0
  if (policy === 'noeviction') return undefined
  const order = rank(policy, keys.nowMs)
  const candidates = keys
    .all()
    .filter((c) => (!policy.startsWith('volatile') || c.entry!.expireMs !== undefined) && !protect.has(c.key))
    .map((c) => ({ c, by: order(c) }))
    .sort((a, b) => a.by - b.by)
  let gone = 0
  for (const { c } of candidates) {
    if (keys.bytes + SERVER_BYTES <= maxBytes) return gone
    keys.put({ db: c.db, key: c.key, entry: null })
    gone++
  }
  return keys.bytes + SERVER_BYTES <= maxBytes ? gone : undefined
}

/** The smallest goes first. */
function rank(policy: string, nowMs: number): (c: Change) => number {
  if (policy.endsWith('lru')) return (c) => c.entry!.usedMs
  if (policy.endsWith('lfu')) return (c) => c.entry!.uses
  if (policy.endsWith('ttl')) return (c) => c.entry!.expireMs!
  return (c) => hash53(`${nowMs}/${c.db}/${c.key}`)
}
