/**
 * Growing block devices (external-resizer, then the kubelet of the node that holds it): the device first, then the file system on it, at once
 * where a pod has it mounted and otherwise when the next one starts.
 */
import type { PersistentVolume, PersistentVolumeClaim, Pod } from '../../api/generated/types/core-v1.ts'
import { splitKey } from '../../api/meta.ts'
import { compareQuantities, quantityValue } from '../../api/quantity.ts'
import { formatTime, parseTime } from '../../api/rfc3339.ts'
import type { Cluster, ControllerDefinition, ReconcileContext } from '../../client/contract.ts'
import { podClaims } from '../../controllers/pod-claims.ts'
import type { Storage } from '../contract.ts'
import { DISK_DRIVER, deviceOf } from './plan.ts'

const CLAIMS = 'persistentvolumeclaims'
const PENDING = 'FileSystemResizePending'
/** From a larger device to a larger file system on it. */
const GROW_MS = 2_000
const RETRY_MS = 15_000

interface World {
  readonly cluster: Cluster
  readonly storage: Storage
  readonly alive: () => boolean
}

/** A running pod that has the claim's volume mounted. */
const mountedBy = ({ read }: ReconcileContext, claim: PersistentVolumeClaim): Pod | undefined =>
  read.list('pods', claim.metadata.namespace).find((p) => p.status?.phase === 'Running' && podClaims(p).includes(claim.metadata.name))

function growDevice(
  claim: PersistentVolumeClaim,
  volume: PersistentVolume,
  size: string,
  { write, events, nowMs, again }: ReconcileContext,
): void {
  const { name, namespace } = claim.metadata
  events.event(claim, 'Normal', 'Resizing', `External resizer is resizing volume ${volume.metadata.name}`)
  write.modify('persistentvolumes', undefined, volume.metadata.name, (draft) => {
    draft.spec!.capacity = { ...draft.spec!.capacity, storage: size }
  })
  write.modify(
    CLAIMS,
    namespace,
    name,
    (draft) => {
      const kept = (draft.status?.conditions ?? []).filter((c) => c.type !== PENDING && c.type !== 'Resizing')
      const condition = {
        type: PENDING,
        status: 'True',
        lastProbeTime: null as never,
        lastTransitionTime: formatTime(nowMs),
        message: 'Waiting for user to (re-)start a pod to finish file system resize of volume on node.',
      }
      draft.status = {
        ...draft.status,
        allocatedResources: { storage: size },
        allocatedResourceStatuses: { storage: 'NodeResizePending' },
        conditions: [...kept, condition],
      }
    },
    'status',
  )
  events.event(claim, 'Normal', 'FileSystemResizeRequired', 'Require file system resize of volume on node')
  again(GROW_MS)
}

function growFileSystem(claim: PersistentVolumeClaim, volume: PersistentVolume, pod: Pod, world: World, { write }: ReconcileContext): void {
  const size = String(volume.spec!.capacity!['storage'])
  world.storage.setCapacity(deviceOf(volume.metadata.name), quantityValue(size))
  const node = pod.spec!.nodeName!
  const says = world.cluster.recorder('kubelet', node)
  const text = `MountVolume.NodeExpandVolume succeeded for volume "${volume.metadata.name}" ${node}`
  says.event(pod, 'Normal', 'FileSystemResizeSuccessful', text)
  says.event(claim, 'Normal', 'FileSystemResizeSuccessful', text)
  write.modify(
    CLAIMS,
    claim.metadata.namespace,
    claim.metadata.name,
    (draft) => {
      const { allocatedResourceStatuses: _done, conditions = [], ...status } = draft.status ?? {}
      const kept = conditions.filter((c) => c.type !== PENDING)
      draft.status = { ...status, capacity: { ...status.capacity, storage: size }, ...(kept.length > 0 && { conditions: kept }) }
    },
    'status',
  )
}

export const resizer = (world: World): ControllerDefinition => ({
  name: 'csi-resizer',
  component: `external-resizer ${DISK_DRIVER}`,
  watches: [
    { resource: CLAIMS, own: true, when: ({ before, after }) => before !== undefined && after !== undefined },
    {
      resource: 'pods',
      map: ({ before, after }) =>
        after?.['status']?.phase === 'Running' && before?.['status']?.phase !== 'Running'
          ? podClaims(after as Pod).map((c) => `${after.metadata.namespace}/${c}`)
          : [],
    },
  ],
  reconcile: (key, context) => {
    const { namespace, name } = splitKey(key)
    const claim = context.read.get(CLAIMS, namespace, name)
    const volume = context.read.get('persistentvolumes', undefined, claim?.spec?.volumeName ?? '')
    if (claim?.status?.phase !== 'Bound' || volume?.spec?.csi?.driver !== DISK_DRIVER) return
    const wanted = claim.spec?.resources?.requests?.['storage']
    if (wanted !== undefined && compareQuantities(wanted, volume.spec.capacity?.['storage']) > 0) {
      if (!world.alive()) return context.again(RETRY_MS)
      return growDevice(claim, volume, wanted, context)
    }
    const pending = claim.status.conditions?.find((c) => c.type === PENDING)
    if (pending === undefined) return
    const leftMs = (parseTime(pending.lastTransitionTime ?? '') ?? 0) + GROW_MS - context.nowMs
    if (leftMs > 0) return context.again(leftMs)
    const pod = mountedBy(context, claim)
    if (pod !== undefined) growFileSystem(claim, volume, pod, world, context)
  },
})
