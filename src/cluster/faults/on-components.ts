/** Faults of what the cluster leans on: the NFS server, the company's DNS, the cluster's own names, the image registry. */
import { mendLink, nameServerPods, powerOutside, spoilLink } from '../../network/faults.ts'
import type { World } from '../world.ts'
import { type FaultDefinition, FaultError } from './contract.ts'

const FAMILY = 'component'

/** Whether a component of the host's kind (`registry`) is down. */
export const isDown = (cells: World['store']['cells'], component: string): boolean => cells.get(FAMILY, component) !== undefined

/** CoreDNS' pods are cut off from everything: restarting them does not help. */
function cutNames(world: World, down: boolean): void {
  for (const pod of nameServerPods(world.cluster)) {
    if (down) spoilLink(world.cluster, world.network, pod, undefined, { partition: true })
    else mendLink(world.network, pod, undefined)
  }
}

const COMPONENTS: Readonly<Record<string, (world: World, down: boolean) => void>> = {
  nfs: (world, down) => void powerOutside(world.network, 'nfs', !down),
  'external-dns': (world, down) => void powerOutside(world.network, 'dns', !down),
  dns: cutNames,
  registry: (world, down) =>
    down ? world.store.cells.put(FAMILY, 'registry', { down: true }) : world.store.cells.delete(FAMILY, 'registry'),
}

export function setComponent(world: World, component: string, down: boolean): void {
  const act = Object.hasOwn(COMPONENTS, component) ? COMPONENTS[component] : undefined
  if (act === undefined) throw new FaultError(`"${component}" cannot be taken down here; there are ${Object.keys(COMPONENTS).join(', ')}`)
  act(world, down)
}

export const down: FaultDefinition = {
  kind: 'down',
  endedBy: 'mend',
  component: (world, component) => setComponent(world, component, true),
}
