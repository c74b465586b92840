/** A node as its administrator meets it over ssh: its files and its commands. */
import type { ClusterNetwork } from '../../network/create-network.ts'
import type { Tool } from '../../script/contract.ts'
import type { Fleet } from '../fleet.ts'
import { bind, type Machine, type MachineTool } from './contract.ts'
import { crictl } from './tools/crictl.ts'
import { deviceTools } from './tools/devices.ts'
import { kernelTools } from './tools/kernel.ts'
import { networkMachineTools } from './tools/network.ts'
import { resourceTools } from './tools/resources.ts'
import { serviceTools } from './tools/services.ts'

export type { Machine } from './contract.ts'
export { machineFiles } from './files.ts'

const records: readonly MachineTool[] = [crictl, ...serviceTools, ...networkMachineTools, ...resourceTools, ...kernelTools, ...deviceTools]

/** The machine of a node; undefined where there is no such node. */
export function machineOf(fleet: Fleet, network: ClusterNetwork, name: string): Machine | undefined {
  const specification = fleet.specification(name)
  return specification && { name, specification, hands: fleet.handsOf(name), fleet, network, power: () => fleet.power(name)! }
}

/** Commands of a node's operating system, by name. */
export const machineTools = (machine: Machine): ReadonlyMap<string, Tool> =>
  new Map(records.flatMap((record) => record.names.map((name) => [name, bind(record, machine)] as const)))
