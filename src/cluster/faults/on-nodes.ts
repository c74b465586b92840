/** Faults of machines: power and cable. */
import type { FaultDefinition } from './contract.ts'

export const crash: FaultDefinition = { kind: 'crash', endedBy: 'start', node: (world, node) => world.fleet.crash(node) }
export const start: FaultDefinition = { kind: 'start', node: (world, node) => world.fleet.start(node) }
export const cut: FaultDefinition = { kind: 'cut', endedBy: 'mend', node: (world, node) => world.fleet.cut(node, true) }
