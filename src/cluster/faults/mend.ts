/** Takes back whatever lasts: cables, cut nodes, hung containers, components. */
import { mendLink } from '../../network/faults.ts'
import type { FaultDefinition } from './contract.ts'
import { setComponent } from './on-components.ts'
import { runningContainers } from './on-pods.ts'

export const mend: FaultDefinition = {
  kind: 'mend',
  node: (world, node) => {
    if (world.fleet.power(node)?.cut) world.fleet.cut(node, false)
    world.fleet.burden(node, 'disk', false)
    world.fleet.burden(node, 'memory', false)
  },
  pod: (world, pod) => {
    for (const id of runningContainers(world, pod)) world.fleet.processes.hang(id, false)
  },
  link: (world, { from, to }) => mendLink(world.network, from, to),
  component: (world, component) => setComponent(world, component, false),
}
