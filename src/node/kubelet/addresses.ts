/** Pod addresses of one node, given out in turn as the host-local CNI plug-in does: the next free one after the last. */
import { getOrMake } from '../../lib/get-or-make.ts'
import type { Cells } from '../../sim/state.ts'
import { POD_RUN, type PodRun } from '../records.ts'
import type { KubeletHands } from './hands.ts'

const FAMILY = 'ipam'

/** Addresses that pods on the nodes hold, by how many: derived from their records, kept current by each change of one. */
const held = new WeakMap<Cells, Map<string, number>>()

function heldAddresses(cells: Cells): Map<string, number> {
  return getOrMake(held, cells, () => {
    const counts = new Map<string, number>()
    const count = (run: unknown, by: number): void => {
      const { ip, hostNetwork } = (run ?? { ip: '' }) as PodRun
      if (ip && !hostNetwork) counts.set(ip, (counts.get(ip) ?? 0) + by)
    }
    for (const key of cells.keys(POD_RUN)) count(cells.get(POD_RUN, key), 1)
    cells.onChange(POD_RUN, (_key, before, after) => {
      if ((before as PodRun | undefined)?.ip === (after as PodRun | undefined)?.ip) return
      count(before, -1)
      count(after, 1)
    })
    return counts
  })
}

export function allocateIp(hands: KubeletHands): string {
  const { cells } = hands.cluster
  const used = heldAddresses(cells)
  const last = cells.get<number>(FAMILY, hands.node.name) ?? 1
  for (let i = 1; i <= 253; i++) {
    const host = 2 + ((last - 2 + i) % 253)
    const ip = `${hands.node.podPrefix}.${host}`
    if ((used.get(ip) ?? 0) > 0) continue
    cells.put(FAMILY, hands.node.name, host)
    return ip
  }
  return ''
}
