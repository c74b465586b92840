/** Events live for an hour after they last happened (the API server's --event-ttl): a sweep takes old ones out. */

import type { ApiObject } from '../api/meta.ts'
import { parseTime } from '../api/rfc3339.ts'
import type { Actor } from '../sim/loop.ts'
import type { Cluster } from './contract.ts'

const TTL_MS = 3_600_000
const SWEEP_EVERY_MS = 300_000
const NAME = 'apiserver/event-expiry'

const lastSeenMs = (event: ApiObject): number =>
  parseTime(event['lastTimestamp'] ?? event['series']?.lastObservedTime ?? event['eventTime'] ?? event.metadata.creationTimestamp ?? '') ??
  0

export function startEventExpiry(cluster: Cluster): Actor {
  const write = cluster.writer('system:apiserver')
  const next = (): void => cluster.setTimer(NAME, 'sweep', cluster.clock.nowMs + SWEEP_EVERY_MS)
  const actor: Actor = {
    name: NAME,
    onTimer: () => {
      const oldest = cluster.clock.nowMs - TTL_MS
      for (const event of cluster.read.list('events') as readonly ApiObject[]) {
        if (lastSeenMs(event) <= oldest) write.delete('events', event.metadata.namespace, event.metadata.name)
      }
      next()
    },
  }
  cluster.register(actor)
  next()
  return actor
}
