/** Pod addresses of one node, given out in turn as the host-local CNI plug-in does: the next free one after the last. */
import { POD_RUN, type PodRun } from '../records.ts'
import type { KubeletHands } from './hands.ts'

const FAMILY = 'ipam'

export function allocateIp(hands: KubeletHands): string {
  const { cells } = hands.cluster
  const used = new Set<string>()
  const prefix = `${hands.node.name}/`
  for (const pod of hands.cluster.read.onNode('pods', hands.node.name)) {
    const ip = cells.get<PodRun>(POD_RUN, prefix + pod.metadata.uid)?.ip ?? pod.status?.podIP
    if (ip) used.add(ip)
  }
  const last = cells.get<number>(FAMILY, hands.node.name) ?? 1
  for (let i = 1; i <= 253; i++) {
    const host = 2 + ((last - 2 + i) % 253)
    const ip = `${hands.node.podPrefix}.${host}`
    if (used.has(ip)) continue
    cells.put(FAMILY, hands.node.name, host)
    return ip
  }
  return ''
}
