/** What takes up a node's memory or disk beside the cluster: a fault, not a pod. */
import { quantityValue } from '../api/quantity.ts'
import { BALLAST, diskUsedBytes } from './kubelet/disk.ts'
import type { KubeletHands } from './kubelet/hands.ts'
import { MEMORY_BALLAST } from './pressure.ts'

/** Unless it is said how full (0 to 1), what is left free: below the kubelet's thresholds, yet not nothing. */
const MEMORY_LEFT_BYTES = 60 * 1024 * 1024
const DISK_LEFT = 0.05

export function setBurden(hands: KubeletHands, what: 'memory' | 'disk', on: boolean, full = 1 - DISK_LEFT): void {
  const { node, cluster, processes } = hands
  const family = what === 'memory' ? MEMORY_BALLAST : BALLAST
  cluster.cells.delete(family, node.name)
  if (!on) return
  const capacity = quantityValue(node.capacity[what === 'memory' ? 'memory' : 'ephemeral-storage'] ?? '0')
  const taken = what === 'memory' ? processes.memoryOfNode(node.name) + MEMORY_LEFT_BYTES : diskUsedBytes(hands) + capacity * (1 - full)
  cluster.cells.put(family, node.name, Math.max(capacity - taken, 0))
}
