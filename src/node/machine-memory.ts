/** A machine's memory as its kernel sums it up. */
import { quantityValue } from '../api/quantity.ts'
import type { KubeletHands } from './kubelet/hands.ts'
import { MEMORY_BALLAST } from './pressure.ts'

export interface MachineMemory {
  readonly total: number
  readonly used: number
  readonly free: number
}

export function memoryOf({ node, processes, cluster }: KubeletHands): MachineMemory {
  const total = quantityValue(node.capacity['memory'] ?? '0')
  const used = processes.memoryOfNode(node.name) + (cluster.cells.get<number>(MEMORY_BALLAST, node.name) ?? 0)
  return { total, used, free: Math.max(total - used, 0) }
}
