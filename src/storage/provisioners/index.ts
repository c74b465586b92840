/**
 * External provisioners as control loops: a claim that asks for their class gets a volume, a released volume with reclaim policy Delete is taken
 * away (sig-storage-lib-external-provisioner). Each works only while a pod of its add-on lives.
 */
import type { PersistentVolume, PersistentVolumeClaim } from '../../api/generated/types/core-v1.ts'
import type { StorageClass } from '../../api/generated/types/storage-v1.ts'
import type { Cluster, ControllerDefinition, ReconcileContext } from '../../client/contract.ts'
import { type AddOn, isPodOf, livePods } from '../../network/add-ons/alive.ts'
import type { Hosts } from '../../network/contract.ts'
import { type DirectoryNode, emptyTree } from '../../script/memory-files.ts'
import type { Storage } from '../contract.ts'
import { CSI_DISK_PODS } from '../csi-disk/index.ts'
import { DISK_DRIVER, deviceOf, diskRefusal, planDisk, sourceOf } from '../csi-disk/plan.ts'
import {
  LOCAL_PATH_PROVISIONER,
  NFS_PROVISIONER,
  type NfsShare,
  planDisposal,
  planLocalVolume,
  planNfsVolume,
  refusal,
  volumeName,
} from './plan.ts'

export const NFS_PODS: AddOn = { namespace: 'nfs-provisioner', label: ['app', 'nfs-client-provisioner'] }
export const LOCAL_PATH_PODS: AddOn = { namespace: 'local-path-storage', label: ['app', 'local-path-provisioner'] }

const ASKED = 'volume.kubernetes.io/storage-provisioner'
const SELECTED_NODE = 'volume.kubernetes.io/selected-node'
const PROVISIONED_BY = 'pv.kubernetes.io/provisioned-by'
/** How long it takes to make a directory and a volume, and to try again. */
const MAKE_MS = 300
const RETRY_MS = 15_000

export interface ProvisionerWorld {
  readonly cluster: Cluster
  readonly hosts: () => Hosts
  readonly storage: Storage
  readonly share: NfsShare
}

interface Provisioner {
  readonly name: string
  readonly controller: string
  readonly pods: AddOn
  /** Undefined: not yet. Throws nothing. */
  plan(claim: PersistentVolumeClaim, storageClass: StorageClass, world: ProvisionerWorld): PersistentVolume | undefined
  /** Why a claim cannot be served as it is. */
  refuse?(claim: PersistentVolumeClaim, world: ProvisionerWorld): string | undefined
  /** Puts into a new volume what the claim wants there. */
  fill?(claim: PersistentVolumeClaim, volume: PersistentVolume, world: ProvisionerWorld): void
  /** What stands in the way now. */
  obstacle?(world: ProvisionerWorld, node: string): string | undefined
}

/** A directory as these provisioners make it: everybody may write there. */
const anybodys = ({ cluster }: ProvisionerWorld): DirectoryNode => ({ ...emptyTree, mode: 0o777, mtimeMs: cluster.clock.nowMs })

const nfs: Provisioner = {
  name: NFS_PROVISIONER,
  controller: 'nfs-client-provisioner',
  pods: NFS_PODS,
  plan: (claim, storageClass, { share }) => planNfsVolume(claim, storageClass, share),
  fill(_claim, volume, world) {
    const { server, path } = volume.spec!.nfs!
    world.storage.seed({ kind: 'nfs', server, path }, anybodys(world))
  },
  obstacle({ storage, share }, node) {
    const status = storage.reach({ kind: 'nfs', server: share.server, path: share.path }, node)
    return status.ok ? undefined : 'unable to create directory to provision new pv: mkdir /persistentvolumes: connection timed out'
  },
}

const localPath: Provisioner = {
  name: LOCAL_PATH_PROVISIONER,
  controller: 'local-path-provisioner',
  pods: LOCAL_PATH_PODS,
  plan(claim, storageClass) {
    const node = claim.metadata.annotations?.[SELECTED_NODE]
    return node === undefined ? undefined : planLocalVolume(claim, storageClass, node)
  },
  fill(claim, volume, world) {
    const node = claim.metadata.annotations?.[SELECTED_NODE]
    const { hostPath } = volume.spec!
    if (node !== undefined && hostPath) world.storage.seed({ kind: 'node-disk', node, path: hostPath.path }, anybodys(world))
  },
}

const disk: Provisioner = {
  name: DISK_DRIVER,
  controller: 'csi-provisioner',
  pods: CSI_DISK_PODS,
  plan: planDisk,
  refuse: (claim, { cluster }) => diskRefusal(claim) ?? sourceOf(claim, cluster.read).problem,
  fill(claim, volume, { cluster, storage }) {
    const { from } = sourceOf(claim, cluster.read)
    if (from !== undefined) storage.copy(from, deviceOf(volume.metadata.name))
  },
}

function controllerOf(provisioner: Provisioner, world: ProvisionerWorld): ControllerDefinition {
  const { cluster, hosts } = world
  const waiting = (): string[] => [
    ...cluster.read
      .list('persistentvolumeclaims')
      .filter((c) => c.metadata.annotations?.[ASKED] === provisioner.name && c.status?.phase !== 'Bound')
      .map((c) => `${c.metadata.namespace}/${c.metadata.name}`),
    ...cluster.read
      .list('persistentvolumes')
      .filter((v) => v.status?.phase === 'Released')
      .map((v) => v.metadata.name),
  ]
  return {
    name: provisioner.controller,
    component: provisioner.name,
    delayMs: MAKE_MS,
    watches: [
      { resource: 'persistentvolumeclaims', own: true, when: ({ after }) => after?.metadata.annotations?.[ASKED] === provisioner.name },
      { resource: 'persistentvolumes', own: true, when: ({ after }) => after?.metadata.annotations?.[PROVISIONED_BY] === provisioner.name },
      { resource: 'pods', map: ({ before, after }) => (isPodOf(provisioner.pods, after ?? before) ? waiting() : []) },
    ],
    reconcile(key, context) {
      const [pod] = livePods(cluster, hosts(), provisioner.pods)
      if (pod === undefined) return
      if (key.includes('/')) provision(provisioner, world, key, pod.spec!.nodeName!, context)
      else reclaim(provisioner, world, key, pod.spec!.nodeName!, context)
    },
  }
}

function provision(
  provisioner: Provisioner,
  world: ProvisionerWorld,
  key: string,
  node: string,
  { read, write, events, again }: ReconcileContext,
): void {
  const [namespace, name] = key.split('/') as [string, string]
  const claim = read.get('persistentvolumeclaims', namespace, name)
  if (
    claim === undefined ||
    claim.metadata.deletionTimestamp ||
    claim.spec?.volumeName ||
    claim.metadata.annotations?.[ASKED] !== provisioner.name
  )
    return
  const storageClass = read.get('storageclasses.storage.k8s.io', undefined, claim.spec?.storageClassName ?? '')
  if (storageClass === undefined || read.get('persistentvolumes', undefined, volumeName(claim))) return
  const volume = provisioner.plan(claim, storageClass, world)
  if (volume === undefined) return
  events.event(claim, 'Normal', 'Provisioning', `External provisioner is provisioning volume for claim "${key}"`)
  const problem = refusal(claim, provisioner.name) ?? provisioner.refuse?.(claim, world) ?? provisioner.obstacle?.(world, node)
  if (problem !== undefined) {
    events.event(
      claim,
      'Warning',
      'ProvisioningFailed',
      `failed to provision volume with StorageClass "${storageClass.metadata.name}": ${problem}`,
    )
    again(RETRY_MS)
    return
  }
  write.create('persistentvolumes', volume)
  provisioner.fill?.(claim, volume, world)
  events.event(claim, 'Normal', 'ProvisioningSucceeded', `Successfully provisioned volume ${volume.metadata.name}`)
}

function reclaim(
  provisioner: Provisioner,
  world: ProvisionerWorld,
  name: string,
  node: string,
  { read, write, events, again }: ReconcileContext,
): void {
  const volume = read.get('persistentvolumes', undefined, name)
  if (
    volume?.status?.phase !== 'Released' ||
    volume.spec?.persistentVolumeReclaimPolicy !== 'Delete' ||
    volume.metadata.annotations?.[PROVISIONED_BY] !== provisioner.name
  )
    return
  const problem = provisioner.obstacle?.(world, node)
  if (problem !== undefined) {
    events.event(volume, 'Warning', 'VolumeFailedDelete', problem)
    again(RETRY_MS)
    return
  }
  const parameters = read.get('storageclasses.storage.k8s.io', undefined, volume.spec.storageClassName ?? '')?.parameters ?? {}
  const disposal = planDisposal(volume, parameters)
  if (disposal.kind === 'destroy') world.storage.destroy(disposal.backing)
  else if (disposal.kind === 'archive') world.storage.move(disposal.backing, disposal.to)
  write.delete('persistentvolumes', undefined, name)
}

export const createProvisioners = (world: ProvisionerWorld): readonly ControllerDefinition[] => [
  controllerOf(nfs, world),
  controllerOf(localPath, world),
  controllerOf(disk, world),
]
