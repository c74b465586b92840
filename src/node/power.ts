/** Which machines are on, cabled, and with their services running: one cell a node. */
import type { Cells } from '../sim/state.ts'

import type { ShutdownGrace } from './shutdown.ts'

const FAMILY = 'power'

/** `power` cells: key = node. */
export interface Power {
  readonly on: boolean
  readonly boots: number
  /** The network cable is pulled. */
  readonly cut?: boolean
  /** The kubelet process is stopped; containers run on. */
  readonly kubeletStopped?: boolean
  /** containerd is stopped; containers run on, but the kubelet can do nothing with them. */
  readonly runtimeStopped?: boolean
  /** The kubelet ends its pods before the machine goes down (KEP-2000). */
  readonly shuttingDown?: boolean
  /** How long the kubelet holds a shutdown up, as its configuration said when it started. */
  readonly grace?: ShutdownGrace | undefined
  /** When it was last switched on. */
  readonly sinceMs: number
}

export const powerOf = (cells: Cells, node: string): Power | undefined => cells.get<Power>(FAMILY, node)

export const setPower = (cells: Cells, node: string, change: Partial<Power>): void =>
  cells.put(FAMILY, node, { ...powerOf(cells, node), ...change })
