/**
 * Volumes that must be attached to a machine before they are mounted there, and what an attachment is called. NFS and files on a node's disk
 * need no attaching.
 */
import type { PersistentVolume } from '../api/generated/types/core-v1.ts'
import { sha256 } from '../lib/hash.ts'

/** Whether a volume is a network block device. (The NFS driver's volumes are CSI volumes, too: they name a share.) */
export function isBlockDevice({ spec }: PersistentVolume): boolean {
  return (
    (spec?.csi !== undefined && spec.csi.volumeAttributes?.['share'] === undefined) ||
    spec?.awsElasticBlockStore !== undefined ||
    spec?.gcePersistentDisk !== undefined ||
    spec?.azureDisk !== undefined ||
    spec?.cinder !== undefined ||
    spec?.iscsi !== undefined ||
    spec?.fc !== undefined
  )
}

/** Whether one node at a time may hold it. */
export const isExclusive = ({ spec }: PersistentVolume): boolean =>
  spec?.accessModes?.some((m) => m === 'ReadWriteMany' || m === 'ReadOnlyMany') !== true

/** Who attaches it: its CSI driver; the volume plugins that were part of Kubernetes go by the drivers that took over from them. */
export function attacherOf({ spec }: PersistentVolume): string {
  if (spec?.csi) return spec.csi.driver
  if (spec?.awsElasticBlockStore) return 'ebs.csi.aws.com'
  if (spec?.gcePersistentDisk) return 'pd.csi.storage.gke.io'
  if (spec?.azureDisk) return 'disk.csi.azure.com'
  if (spec?.cinder) return 'cinder.csi.openstack.org'
  return 'kubernetes.io/attach'
}

/** The name of a volume's attachment to a node: a hash of handle, driver and node (pkg/volume/csi). */
export const attachmentName = (volume: PersistentVolume, node: string): string =>
  `csi-${sha256(`${volume.spec?.csi?.volumeHandle ?? volume.metadata.name}${attacherOf(volume)}${node}`)}`
