/** Which machines are on, cabled, and with their services running: one cell a node. */
import type { Cells } from '../sim/state.ts'
import { DEFAULT_CONFIGURATION, type KubeletConfiguration } from './kubelet-configuration.ts'

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
  /** The kubelet's configuration as it was when it started; absent where it is as kubeadm leaves it. */
  readonly configuration?: KubeletConfiguration
  /** When it was last switched on. */
  readonly sinceMs: number
}

export const powerOf = (cells: Cells, node: string): Power | undefined => cells.get<Power>(FAMILY, node)

export const configurationOf = (cells: Cells, node: string): KubeletConfiguration =>
  powerOf(cells, node)?.configuration ?? DEFAULT_CONFIGURATION

export const setPower = (cells: Cells, node: string, change: Partial<Power>): void =>
  cells.put(FAMILY, node, { ...powerOf(cells, node), ...change })
