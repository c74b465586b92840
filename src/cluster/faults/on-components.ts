/** Faults of what the cluster leans on: the NFS server, the company's DNS, the cluster's own names, the image registry, the control plane's components. */
import { mendLink, nameServerPods, powerOutside, spoilLink } from '../../network/faults.ts'
import { MANIFESTS } from '../../node/machines.ts'
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

/** A component of the control plane stays away while its manifest is not in its directory, as an administrator would take it away. */
function withdraw(world: World, component: string, down: boolean): void {
  const { cells } = world.store
  for (const node of world.fleet.nodes) {
    const files = world.storage.open({ kind: 'node-disk', node, path: MANIFESTS })
    const path = `/${component}.yaml`
    const kept = cells.get<{ readonly text: string }>(FAMILY, `${component}/${node}`)
    if (down && files.stat(path) !== undefined) {
      cells.put(FAMILY, `${component}/${node}`, { text: files.read(path) })
      files.remove(path)
    } else if (!down && kept !== undefined) {
      if (files.stat(path) === undefined) files.write(path, kept.text)
      cells.delete(FAMILY, `${component}/${node}`)
    } else continue
    world.fleet.declaredByFiles(node)
    return
  }
  if (down && world.options.preset === 'bare')
    throw new FaultError(`"${component}" is no pod of this cluster: the bare preset has no control plane of its own to take down`)
}

const controlPlane =
  (component: string) =>
  (world: World, down: boolean): void =>
    withdraw(world, component, down)

const COMPONENTS: Readonly<Record<string, (world: World, down: boolean) => void>> = {
  nfs: (world, down) => void powerOutside(world.network, 'nfs', !down),
  'external-dns': (world, down) => void powerOutside(world.network, 'dns', !down),
  dns: cutNames,
  registry: (world, down) =>
    down ? world.store.cells.put(FAMILY, 'registry', { down: true }) : world.store.cells.delete(FAMILY, 'registry'),
  etcd: controlPlane('etcd'),
  'kube-apiserver': controlPlane('kube-apiserver'),
  'kube-controller-manager': controlPlane('kube-controller-manager'),
  'kube-scheduler': controlPlane('kube-scheduler'),
}

/** What can be taken down. */
export const componentNames = (): readonly string[] => Object.keys(COMPONENTS)

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
