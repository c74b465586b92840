/** Settings of a node's kernel that the simulation goes by (sysctl): what an administrator sets lasts until the machine is switched off. */
import type { Cells } from '../sim/state.ts'

/** `sysctl` cells: key = node; what was set, by name. */
const FAMILY = 'sysctl'

/** What a 64-bit Linux under systemd starts with. */
export const KERNEL_DEFAULTS: Readonly<Record<string, number>> = { 'kernel.pid_max': 4_194_304 }

export const kernelSetting = (cells: Cells, node: string, name: string): number =>
  cells.get<Readonly<Record<string, number>>>(FAMILY, node)?.[name] ?? KERNEL_DEFAULTS[name] ?? 0

export const setKernel = (cells: Cells, node: string, name: string, value: number): void =>
  cells.put(FAMILY, node, { ...cells.get<Readonly<Record<string, number>>>(FAMILY, node), [name]: value })

export const forgetKernel = (cells: Cells, node: string): void => cells.delete(FAMILY, node)
