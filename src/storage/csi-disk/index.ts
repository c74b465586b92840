/** The control loops of the simulated block devices beside provisioning and attaching: growing, snapshots, and the driver's registration on each node. */
import type { CSINode } from '../../api/generated/types/storage-v1.ts'
import type { Cluster, ControllerDefinition } from '../../client/contract.ts'
import { type AddOn, isAlive } from '../../network/add-ons/alive.ts'
import type { Hosts } from '../../network/contract.ts'
import type { Storage } from '../contract.ts'
import { DEVICES_PER_NODE, DISK_DRIVER } from './plan.ts'
import { resizer } from './resizer.ts'
import { snapshotter } from './snapshotter.ts'

export const CSI_DISK_PODS: AddOn = { namespace: 'csi-disk', label: ['app', 'csi-disk-controller'] }

export interface DiskWorld {
  readonly cluster: Cluster
  readonly hosts: () => Hosts
  readonly storage: Storage
}

const CSI_NODES = 'csinodes.storage.k8s.io'

/** Every node can hold the driver's devices once the driver is installed. */
const registrar: ControllerDefinition = {
  name: 'csi-disk-registrar',
  component: 'csi-node-driver-registrar',
  watches: [
    { resource: CSI_NODES, own: true },
    { resource: 'csidrivers.storage.k8s.io', map: (_change, read) => read.list(CSI_NODES).map((n) => n.metadata.name) },
  ],
  reconcile: (name, { read, write }) => {
    if (read.get('csidrivers.storage.k8s.io', undefined, DISK_DRIVER) === undefined) return
    const node = read.get(CSI_NODES, undefined, name)
    if (node === undefined || node.spec.drivers?.some((d) => d.name === DISK_DRIVER)) return
    const driver = { name: DISK_DRIVER, nodeID: name, topologyKeys: null as never, allocatable: { count: DEVICES_PER_NODE } }
    write.update(CSI_NODES, { ...node, spec: { ...node.spec, drivers: [...(node.spec.drivers ?? []), driver] } } as CSINode)
  },
}

export const createDiskControllers = ({ cluster, hosts, storage }: DiskWorld): readonly ControllerDefinition[] => {
  const alive = (): boolean => isAlive(cluster, hosts(), CSI_DISK_PODS)
  return [registrar, resizer({ cluster, storage, alive }), snapshotter({ storage, alive })]
}
