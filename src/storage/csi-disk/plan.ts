/** The simulated CSI driver for block devices: its names, the volumes it makes and what they are copied from; pure. */
import type { PersistentVolume, PersistentVolumeClaim } from '../../api/generated/types/core-v1.ts'
import type { StorageClass } from '../../api/generated/types/storage-v1.ts'
import type { ApiObject } from '../../api/meta.ts'
import { compareQuantities } from '../../api/quantity.ts'
import type { Reader } from '../../api/reader.ts'
import type { Backing } from '../contract.ts'
import { baseVolume } from '../provisioners/plan.ts'

export const DISK_DRIVER = 'disk.csi.clusterlab'
export const SNAPSHOTS = 'volumesnapshots.snapshot.storage.k8s.io'
export const SNAPSHOT_CONTENTS = 'volumesnapshotcontents.snapshot.storage.k8s.io'
export const SNAPSHOT_CLASSES = 'volumesnapshotclasses.snapshot.storage.k8s.io'

/** Devices a node can hold at once. */
export const DEVICES_PER_NODE = 16

export const deviceOf = (volume: string): Backing => ({ kind: 'block', volume })
/** Where a snapshot's bytes lie. */
export const snapshotOf = (handle: string): Backing => ({ kind: 'block', volume: handle })

export function planDisk(claim: PersistentVolumeClaim, storageClass: StorageClass): PersistentVolume {
  const volume = baseVolume(claim, storageClass, DISK_DRIVER)
  return {
    ...volume,
    spec: {
      ...volume.spec,
      csi: { driver: DISK_DRIVER, volumeHandle: `vol-${claim.metadata.uid}`, fsType: storageClass.parameters?.['fsType'] ?? 'ext4' },
    },
  }
}

export function diskRefusal(claim: PersistentVolumeClaim): string | undefined {
  if (claim.spec?.selector) return 'claim Selector is not supported'
  const shared = claim.spec?.accessModes?.some((m) => m === 'ReadWriteMany')
  return shared
    ? 'rpc error: code = InvalidArgument desc = access mode MULTI_NODE_MULTI_WRITER is not supported: a device is attached to one node at a time'
    : undefined
}

/** What a new volume is filled from: another device or a snapshot; `problem` when it cannot be. */
export function sourceOf(claim: PersistentVolumeClaim, read: Reader): { readonly from?: Backing; readonly problem?: string } {
  const source = claim.spec?.dataSourceRef ?? claim.spec?.dataSource
  if (!source) return {}
  const namespace = claim.metadata.namespace
  const wanted = claim.spec?.resources?.requests?.['storage'] ?? '0'
  if (source.kind === 'PersistentVolumeClaim') {
    const other = read.get('persistentvolumeclaims', namespace, source.name)
    const volume = read.get('persistentvolumes', undefined, other?.spec?.volumeName ?? '')
    if (other === undefined)
      return {
        problem: `error getting handle for DataSource Type PersistentVolumeClaim by Name ${source.name}: error getting PVC ${source.name} (namespace "${namespace}") from api server: persistentvolumeclaim "${source.name}" not found`,
      }
    if (volume?.spec?.csi?.driver !== DISK_DRIVER)
      return { problem: `the source PVC ${source.name} is not bound to a volume of the driver ${DISK_DRIVER}` }
    if (compareQuantities(wanted, volume.spec.capacity?.['storage']) < 0)
      return {
        problem: `error, new PVC request must be greater than or equal in size to the specified PVC data source, requested ${wanted} but source is ${volume.spec.capacity?.['storage']}`,
      }
    return { from: deviceOf(volume.metadata.name) }
  }
  if (source.kind !== 'VolumeSnapshot') return { problem: `the DataSource kind ${source.kind} is not supported` }
  const snapshot = read.get(SNAPSHOTS, namespace, source.name) as Snapshot | undefined
  if (snapshot === undefined)
    return {
      problem: `error getting handle for DataSource Type VolumeSnapshot by Name ${source.name}: error getting snapshot ${source.name} from api server: volumesnapshots.snapshot.storage.k8s.io "${source.name}" not found`,
    }
  const content = read.get(SNAPSHOT_CONTENTS, undefined, snapshot.status?.boundVolumeSnapshotContentName ?? '') as
    | SnapshotContent
    | undefined
  if (snapshot.status?.readyToUse !== true || content?.status?.snapshotHandle === undefined)
    return {
      problem: `error getting handle for DataSource Type VolumeSnapshot by Name ${source.name}: snapshot ${source.name} is not Ready`,
    }
  if (compareQuantities(wanted, snapshot.status.restoreSize) < 0)
    return {
      problem: `requested volume size ${wanted} is less than the size ${snapshot.status.restoreSize} for the source snapshot ${source.name}`,
    }
  return { from: snapshotOf(content.status.snapshotHandle) }
}

/** The parts of snapshot.storage.k8s.io/v1 that are acted on. */
export interface Snapshot extends ApiObject {
  readonly spec?: {
    readonly volumeSnapshotClassName?: string
    readonly source?: { readonly persistentVolumeClaimName?: string; readonly volumeSnapshotContentName?: string }
  }
  readonly status?: {
    readonly boundVolumeSnapshotContentName?: string
    readonly creationTime?: string
    readonly readyToUse?: boolean
    readonly restoreSize?: string
  }
}
export interface SnapshotContent extends ApiObject {
  readonly spec: {
    readonly deletionPolicy: string
    readonly driver: string
    readonly volumeSnapshotRef: { readonly namespace: string; readonly name: string; readonly uid?: string }
    readonly [key: string]: unknown
  }
  readonly status?: {
    readonly snapshotHandle?: string
    readonly readyToUse?: boolean
    readonly restoreSize?: number
    readonly creationTime?: number
  }
}
