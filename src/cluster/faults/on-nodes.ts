/** Faults of machines: power, cable, and what takes up their disk and memory from outside the cluster. */
import { type FaultDefinition, FaultError } from './contract.ts'

export const crash: FaultDefinition = { kind: 'crash', endedBy: 'start', node: (world, node) => world.fleet.crash(node) }
export const start: FaultDefinition = { kind: 'start', node: (world, node) => world.fleet.start(node) }
export const cut: FaultDefinition = { kind: 'cut', endedBy: 'mend', node: (world, node) => world.fleet.cut(node, true) }
/** How full, from 0 to 1. Throws FaultError. */
function fullness(amount: string | undefined): number | undefined {
  if (amount === undefined) return undefined
  const m = /^(\d+(?:\.\d+)?)%$/.exec(amount)
  if (m === null || Number(m[1]) > 100) throw new FaultError('how full a disk is is an amount such as 100%')
  return Number(m[1]) / 100
}

/** A runaway log, a forgotten download: unless it is said how full, 5 % of the disk are left. */
export const diskFull: FaultDefinition = {
  kind: 'disk-full',
  endedBy: 'mend',
  amount: '[100%]',
  node: (world, node, amount) => world.fleet.burden(node, 'disk', true, fullness(amount)),
}
/** A process that Kubernetes knows nothing of: 60Mi are left. */
export const memoryPressure: FaultDefinition = {
  kind: 'memory-pressure',
  endedBy: 'mend',
  node: (world, node) => world.fleet.burden(node, 'memory', true),
}
