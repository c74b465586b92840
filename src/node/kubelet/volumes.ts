/** A pod's volumes: what each needs before the pod may start, and the files it shows. Volumes made from API objects are rendered from the objects as last synced. */
import type { Container, PersistentVolume, Pod, ProjectedVolumeSource, Volume } from '../../api/generated/types/core-v1.ts'
import { quantityValue } from '../../api/quantity.ts'
import type { Reader } from '../../api/reader.ts'
import { makeDirectories } from '../../script/files.ts'
import { type DirectoryNode, emptyTree, treeFromTexts } from '../../script/memory-files.ts'
import { isBlockDevice } from '../../storage/attach.ts'
import type { Backing, Storage } from '../../storage/contract.ts'
import type { VolumeRun } from '../records.ts'
import { dataOf, type EnvFacts, fieldValue, resourceValue } from './env.ts'
import { withModes } from './ownership.ts'
import { grantOf, type TokenGrant, tokenText } from './pod-token.ts'

/** Why a volume cannot be mounted now; the reason of its event, FailedMount or FailedAttachVolume. */
export class MountError extends Error {
  override readonly name = 'MountError'
  constructor(
    message: string,
    readonly reason: 'FailedMount' | 'FailedAttachVolume' | 'FailedMapVolume' = 'FailedMount',
    /** Volumes that wait for a controller say nothing. */
    readonly silent = false,
  ) {
    super(message)
  }
}

export interface VolumeWorld {
  readonly read: Reader
  readonly storage: Storage
  readonly node: string
  readonly nowMs: number
  /** What an API volume showed so far, when it is looked at again. */
  readonly kept?: readonly unknown[] | undefined
  /** Whether a block device is attached to the node; absent where nothing needs attaching. */
  readonly attached?: (volume: PersistentVolume) => boolean
}

/** The root of a volume that is everybody's. */
const anybodys = (mtimeMs: number): DirectoryNode => ({ ...emptyTree, mode: 0o777, mtimeMs })

const API_KINDS = ['configMap', 'secret', 'projected', 'downwardAPI'] as const
export const isApiVolume = (volume: Volume): boolean => API_KINDS.some((k) => volume[k] !== undefined)

const setUp = (volume: string, why: string): MountError => new MountError(`MountVolume.SetUp failed for volume "${volume}" : ${why}`)

/** Looks at everything a volume needs. Throws MountError. */
export function mountVolume(volume: Volume, pod: Pod, world: VolumeWorld): VolumeRun {
  const podDir = `/var/lib/kubelet/pods/${pod.metadata.uid}/volumes`
  if (volume.emptyDir) {
    const memory = volume.emptyDir.medium === 'Memory'
    const backing: Backing = memory
      ? { kind: 'memory', node: world.node, id: `${pod.metadata.uid}/${volume.name}` }
      : { kind: 'node-disk', node: world.node, path: `${podDir}/kubernetes.io~empty-dir/${volume.name}` }
    // A tmpfs is made as large as its limit; the limit of a directory on disk is watched by the eviction manager.
    if (memory && volume.emptyDir.sizeLimit !== undefined)
      world.storage.setCapacity(backing, quantityValue(String(volume.emptyDir.sizeLimit)))
    world.storage.seed(backing, anybodys(world.nowMs))
    return { backing }
  }
  if (volume.hostPath) return { backing: hostPath(volume.name, volume.hostPath.path, volume.hostPath.type, world) }
  if (volume.nfs)
    return reached(volume.name, { kind: 'nfs', server: volume.nfs.server, path: volume.nfs.path }, volume.nfs.readOnly === true, world)
  if (isApiVolume(volume)) return { objects: apiObjects(volume, pod, world), readOnly: true }
  if (volume.persistentVolumeClaim)
    return claimVolume(volume.persistentVolumeClaim.claimName, volume.persistentVolumeClaim.readOnly === true, pod, world)
  if (volume.ephemeral) return claimVolume(`${pod.metadata.name}-${volume.name}`, false, pod, world)
  throw setUp(
    volume.name,
    'volumes of this kind are not simulated; use emptyDir, hostPath, nfs, configMap, secret, projected, downwardAPI or persistentVolumeClaim',
  )
}

function hostPath(name: string, path: string, type: string | undefined, world: VolumeWorld): Backing {
  const disk = world.storage.open({ kind: 'node-disk', node: world.node, path: '/' })
  const there = disk.stat(path)?.kind
  if (type === 'Directory' && there !== 'directory') throw setUp(name, `hostPath type check failed: ${path} is not a directory`)
  if (type === 'File' && there !== 'file') throw setUp(name, `hostPath type check failed: ${path} is not a file`)
  if (type === 'Socket' || type === 'CharDevice' || type === 'BlockDevice')
    throw setUp(name, `hostPath type check failed: ${path} is not a ${HOST_PATH_KINDS[type]}`)
  if (type === 'DirectoryOrCreate' && there === 'file') throw setUp(name, `hostPath type check failed: ${path} is not a directory`)
  if (type === 'FileOrCreate' && there === 'directory') throw setUp(name, `hostPath type check failed: ${path} is not a file`)
  if (there === undefined && type === 'FileOrCreate') {
    // Its directory is not made (https://kubernetes.io/docs/concepts/storage/volumes/#hostpath).
    if (disk.stat(path.slice(0, path.lastIndexOf('/')) || '/') === undefined) throw setUp(name, `open ${path}: no such file or directory`)
    disk.write(path, '')
  } else if (there === undefined) makeDirectories(disk, path)
  return { kind: 'node-disk', node: world.node, path }
}

const HOST_PATH_KINDS = { Socket: 'socket', CharDevice: 'character device', BlockDevice: 'block device' } as const

function reached(name: string, backing: Backing, readOnly: boolean, world: VolumeWorld): VolumeRun {
  const status = world.storage.reach(backing, world.node)
  if (!status.ok) throw setUp(name, status.message ?? 'mount failed')
  if (backing.kind === 'nfs') makeDirectories(world.storage.open({ ...backing, path: '/' }), backing.path)
  return { backing, ...(readOnly && { readOnly }) }
}

function claimVolume(claimName: string, readOnly: boolean, pod: Pod, world: VolumeWorld): VolumeRun {
  const claim = world.read.get('persistentvolumeclaims', pod.metadata.namespace, claimName)
  if (claim === undefined) throw new MountError(`persistentvolumeclaim "${claimName}" not found`, 'FailedMount')
  const volumeName = claim.spec?.volumeName
  if (!volumeName || claim.status?.phase !== 'Bound') throw new MountError('PVC is not bound', 'FailedMount', true)
  const pv = world.read.get('persistentvolumes', undefined, volumeName)
  if (pv?.spec === undefined) throw setUp(volumeName, `persistentvolume "${volumeName}" not found`)
  const { spec } = pv
  if (spec.nfs)
    return reached(volumeName, { kind: 'nfs', server: spec.nfs.server, path: spec.nfs.path }, readOnly || spec.nfs.readOnly === true, world)
  if (spec.hostPath) return { backing: hostPath(volumeName, spec.hostPath.path, spec.hostPath.type, world), ...(readOnly && { readOnly }) }
  if (spec.local) return localVolume(volumeName, spec.local.path, readOnly, world)
  if (spec.csi) {
    const share = spec.csi.volumeAttributes?.['share']
    const server = spec.csi.volumeAttributes?.['server']
    if (server && share) return reached(volumeName, { kind: 'nfs', server, path: `${share}/${spec.csi.volumeHandle}` }, readOnly, world)
  }
  if (isBlockDevice(pv)) return blockDevice(pv, readOnly, world)
  throw setUp(volumeName, 'volumes of this kind are not simulated; use nfs, hostPath, local or the NFS provisioner')
}

/** A directory that an administrator made: nobody makes it for them. */
function localVolume(name: string, path: string, readOnly: boolean, world: VolumeWorld): VolumeRun {
  const there = world.storage.open({ kind: 'node-disk', node: world.node, path: '/' }).stat(path)
  if (there === undefined)
    throw new MountError(`MountVolume.NewMounter initialization failed for volume "${name}" : path "${path}" does not exist`)
  return reached(name, { kind: 'node-disk', node: world.node, path }, readOnly, world)
}

/** A disk is as large as it was made; a file system on it cannot grow beyond that. */
function blockDevice(pv: PersistentVolume, readOnly: boolean, world: VolumeWorld): VolumeRun {
  const { name } = pv.metadata
  if (world.attached?.(pv) === false) throw new MountError('the device is not attached', 'FailedAttachVolume', true)
  const backing: Backing = { kind: 'block', volume: name }
  const size = pv.spec?.capacity?.['storage']
  if (size !== undefined) world.storage.setCapacity(backing, quantityValue(String(size)))
  return { backing, ...(readOnly && { readOnly }) }
}

/** The API objects a volume shows, in the order of its sources; throws when one that is not optional is missing. A token is what it was granted on. */
function apiObjects(volume: Volume, pod: Pod, world: VolumeWorld): readonly unknown[] {
  const { read, kept } = world
  const namespace = pod.metadata.namespace
  const need = (kind: 'configmaps' | 'secrets', name: string | undefined, optional: boolean | undefined): unknown => {
    const object = read.get(kind, namespace, name ?? '')
    if (object === undefined && !optional) throw setUp(volume.name, `${kind === 'configmaps' ? 'configmap' : 'secret'} "${name}" not found`)
    return object ?? null
  }
  if (volume.configMap) return [need('configmaps', volume.configMap.name, volume.configMap.optional)]
  if (volume.secret) return [need('secrets', volume.secret.secretName, volume.secret.optional)]
  return (volume.projected?.sources ?? []).map((source, i) => {
    if (source.serviceAccountToken) {
      const grant = grantOf(source.serviceAccountToken, pod, world) ?? kept?.[i]
      if (grant === undefined)
        throw setUp(volume.name, `failed to fetch token: serviceaccounts "${pod.spec?.serviceAccountName ?? 'default'}" not found`)
      return grant
    }
    if (source.configMap) return need('configmaps', source.configMap.name, source.configMap.optional)
    if (source.secret) return need('secrets', source.secret.name, source.secret.optional)
    return null
  })
}

interface KeyItem {
  readonly key: string
  readonly path: string
}

function keyed(object: unknown, kind: 'configmaps' | 'secrets', items: readonly KeyItem[] | undefined): Record<string, string> {
  if (object === null) return {}
  const data = dataOf(object as { data?: Record<string, string> }, kind)
  if (items === undefined) return data
  return Object.fromEntries(items.filter((i) => data[i.key] !== undefined).map((i) => [i.path, data[i.key]!]))
}

function projected(source: ProjectedVolumeSource, objects: readonly unknown[], facts: EnvFacts): Record<string, string> {
  const files: Record<string, string> = {}
  for (const [i, one] of (source.sources ?? []).entries()) {
    if (one.configMap) Object.assign(files, keyed(objects[i] ?? null, 'configmaps', one.configMap.items))
    else if (one.secret) Object.assign(files, keyed(objects[i] ?? null, 'secrets', one.secret.items))
    else if (one.downwardAPI) Object.assign(files, downward(one.downwardAPI.items ?? [], facts))
    else if (one.serviceAccountToken)
      files[one.serviceAccountToken.path] = tokenText(one.serviceAccountToken, facts.pod, objects[i] as TokenGrant, facts.random)
  }
  return files
}

type DownwardItem = {
  path: string
  fieldRef?: { fieldPath: string }
  resourceFieldRef?: { containerName?: string; resource: string; divisor?: string }
}
function downward(items: readonly DownwardItem[], facts: EnvFacts): Record<string, string> {
  const files: Record<string, string> = {}
  for (const item of items) {
    const container = facts.pod.spec?.containers.find((c: Container) => c.name === item.resourceFieldRef?.containerName)
    if (item.fieldRef) files[item.path] = fieldValue(facts, item.fieldRef.fieldPath)
    else if (item.resourceFieldRef && container)
      files[item.path] = resourceValue(facts, container, item.resourceFieldRef.resource, item.resourceFieldRef.divisor)
  }
  return files
}

type Item = { readonly path: string; readonly mode?: number }

/** Modes that single files were given. A token is its reader's alone where the pod has a group or one user. */
function modesOf(volume: Volume, pod: Pod): Record<string, number> {
  const modes: Record<string, number> = {}
  const keep = (items: readonly Item[] | undefined): void => {
    for (const { path, mode } of items ?? []) if (mode !== undefined) modes[path] = mode
  }
  keep((volume.configMap ?? volume.secret ?? volume.downwardAPI)?.items as readonly Item[] | undefined)
  for (const source of volume.projected?.sources ?? []) {
    keep((source.configMap ?? source.secret ?? source.downwardAPI)?.items as readonly Item[] | undefined)
    if (source.serviceAccountToken && pod.spec?.securityContext?.fsGroup !== undefined) modes[source.serviceAccountToken.path] = 0o600
  }
  return modes
}

const defaultModeOf = (volume: Volume): number =>
  (volume.configMap ?? volume.secret ?? volume.downwardAPI ?? volume.projected)?.defaultMode ?? 0o644

/** The files of an API volume. */
export function renderVolume(volume: Volume, objects: readonly unknown[], facts: EnvFacts, nowMs: number): DirectoryNode {
  let files: Record<string, string> = {}
  if (volume.configMap) files = keyed(objects[0] ?? null, 'configmaps', volume.configMap.items)
  else if (volume.secret) files = keyed(objects[0] ?? null, 'secrets', volume.secret.items)
  else if (volume.downwardAPI) files = downward(volume.downwardAPI.items ?? [], facts)
  else if (volume.projected) files = projected(volume.projected, objects, facts)
  return withModes(treeFromTexts(files, nowMs), modesOf(volume, facts.pod), defaultModeOf(volume), facts.pod)
}
