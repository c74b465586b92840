/** Faults of machines: power, cable, and what takes up their disk and memory from outside the cluster. */
import type { FaultDefinition } from './contract.ts'

export const crash: FaultDefinition = { kind: 'crash', endedBy: 'start', node: (world, node) => world.fleet.crash(node) }
export const start: FaultDefinition = { kind: 'start', node: (world, node) => world.fleet.start(node) }
export const cut: FaultDefinition = { kind: 'cut', endedBy: 'mend', node: (world, node) => world.fleet.cut(node, true) }
/** A runaway log, a forgotten download: 5 % of the disk are left. */
export const diskFull: FaultDefinition = {
  kind: 'disk-full',
  endedBy: 'mend',
  node: (world, node) => world.fleet.burden(node, 'disk', true),
}
/** A process that Kubernetes knows nothing of: 60Mi are left. */
export const memoryPressure: FaultDefinition = {
  kind: 'memory-pressure',
  endedBy: 'mend',
  node: (world, node) => world.fleet.burden(node, 'memory', true),
}
