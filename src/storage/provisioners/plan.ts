/** The volumes that dynamic provisioners make, and the places they lie in; pure. */
import type { PersistentVolume, PersistentVolumeClaim, PersistentVolumeSpec } from '../../api/generated/types/core-v1.ts'
import type { StorageClass } from '../../api/generated/types/storage-v1.ts'
import type { Backing } from '../contract.ts'

export const NFS_PROVISIONER = 'cluster.local/nfs-subdir-external-provisioner'
export const LOCAL_PATH_PROVISIONER = 'rancher.io/local-path'
const LOCAL_PATH_ROOT = '/opt/local-path-provisioner'

export const volumeName = (claim: PersistentVolumeClaim): string => `pvc-${claim.metadata.uid}`

/** What every provisioned volume has. */
export function baseVolume(
  claim: PersistentVolumeClaim,
  storageClass: StorageClass,
  provisioner: string,
): PersistentVolume & { spec: PersistentVolumeSpec } {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: volumeName(claim), annotations: { 'pv.kubernetes.io/provisioned-by': provisioner } },
    spec: {
      capacity: { storage: claim.spec!.resources!.requests!['storage']! },
      accessModes: claim.spec!.accessModes!,
      persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? 'Delete',
      storageClassName: storageClass.metadata.name,
      ...(storageClass.mountOptions && { mountOptions: storageClass.mountOptions }),
      volumeMode: 'Filesystem',
      claimRef: {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        namespace: claim.metadata.namespace!,
        name: claim.metadata.name,
        uid: claim.metadata.uid!,
        resourceVersion: claim.metadata.resourceVersion!,
      },
    },
  }
}

/** `${.PVC.namespace}/${.PVC.name}` and the like, as the class' pathPattern says; by default namespace, claim and volume, joined. */
export function directoryOf(claim: PersistentVolumeClaim, storageClass: StorageClass): string {
  const { namespace = '', name, labels = {}, annotations = {} } = claim.metadata
  const pattern = storageClass.parameters?.['pathPattern']
  if (!pattern) return `${namespace}-${name}-${volumeName(claim)}`
  return pattern.replace(
    /\$\{\.PVC\.(namespace|name|labels\.([^}]+)|annotations\.([^}]+))\}/g,
    (_all, what: string, label?: string, annotation?: string) => {
      if (label !== undefined) return labels[label] ?? ''
      if (annotation !== undefined) return annotations[annotation] ?? ''
      return what === 'name' ? name : namespace
    },
  )
}

export interface NfsShare {
  readonly server: string
  readonly path: string
}

export function planNfsVolume(claim: PersistentVolumeClaim, storageClass: StorageClass, share: NfsShare): PersistentVolume {
  const volume = baseVolume(claim, storageClass, NFS_PROVISIONER)
  return { ...volume, spec: { ...volume.spec, nfs: { server: share.server, path: `${share.path}/${directoryOf(claim, storageClass)}` } } }
}

/** On the disk of the node the scheduler chose for the claim's first pod. */
export function planLocalVolume(claim: PersistentVolumeClaim, storageClass: StorageClass, node: string): PersistentVolume {
  const volume = baseVolume(claim, storageClass, LOCAL_PATH_PROVISIONER)
  const { namespace, name } = claim.metadata
  return {
    ...volume,
    metadata: { ...volume.metadata, annotations: { ...volume.metadata.annotations, 'local.path.provisioner/selected-node': node } },
    spec: {
      ...volume.spec,
      hostPath: { path: `${LOCAL_PATH_ROOT}/${volume.metadata.name}_${namespace}_${name}`, type: 'DirectoryOrCreate' },
      nodeAffinity: {
        required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }] }] },
      },
    },
  }
}

/** Why a claim cannot be served, in the provisioners' words. */
export function refusal(claim: PersistentVolumeClaim, provisioner: string): string | undefined {
  if (claim.spec?.selector) return 'claim Selector is not supported'
  if (provisioner === LOCAL_PATH_PROVISIONER && claim.spec?.accessModes?.some((m) => m !== 'ReadWriteOnce' && m !== 'ReadWriteOncePod'))
    return 'NodePath only supports ReadWriteOnce and ReadWriteOncePod (1.22+) access modes'
  return undefined
}

/** What becomes of a volume's files when it is reclaimed. */
export type Disposal =
  | { readonly kind: 'destroy'; readonly backing: Backing }
  | { readonly kind: 'archive'; readonly backing: Backing; readonly to: Backing }
  | { readonly kind: 'keep' }

export function planDisposal(volume: PersistentVolume, parameters: Readonly<Record<string, string>>): Disposal {
  const { spec, metadata } = volume
  if (spec?.nfs) {
    const { server, path } = spec.nfs
    const backing: Backing = { kind: 'nfs', server, path }
    const onDelete = parameters['onDelete']
    if (onDelete === 'retain') return { kind: 'keep' }
    if (onDelete === 'delete' || (!onDelete && parameters['archiveOnDelete'] === 'false')) return { kind: 'destroy', backing }
    const slash = path.lastIndexOf('/')
    return { kind: 'archive', backing, to: { kind: 'nfs', server, path: `${path.slice(0, slash)}/archived-${path.slice(slash + 1)}` } }
  }
  if (spec?.csi) return { kind: 'destroy', backing: { kind: 'block', volume: metadata.name } }
  const node = metadata.annotations?.['local.path.provisioner/selected-node']
  return spec?.hostPath && node ? { kind: 'destroy', backing: { kind: 'node-disk', node, path: spec.hostPath.path } } : { kind: 'keep' }
}
