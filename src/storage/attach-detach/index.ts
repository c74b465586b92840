/**
 * The attach-detach controller: a block device is attached to the node whose pod uses it, by a VolumeAttachment, and detached once nobody does.
 * The driver's part (external-attacher) is played here, too: a wanted attachment is attached after the time that takes.
 */
import type { Node, PersistentVolume, Pod } from '../../api/generated/types/core-v1.ts'
import type { VolumeAttachment } from '../../api/generated/types/storage-v1.ts'
import type { Reader } from '../../api/reader.ts'
import { parseTime } from '../../api/rfc3339.ts'
import type { ControllerDefinition, ObjectChange, ReconcileContext } from '../../client/contract.ts'
import { podClaims } from '../../controllers/pod-claims.ts'
import { isFinished } from '../../controllers/pod-state.ts'
import { attacherOf, attachmentName, isBlockDevice, isExclusive } from '../attach.ts'
import { multiAttachMessage, planAttachments } from './plan.ts'

const ATTACHMENTS = 'volumeattachments.storage.k8s.io'
/** Cells: since when an attachment has served nobody; which pods were told that they must wait. */
const UNUSED = 'attachment-unused'
const TOLD = 'attachment-told'
const OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service'
/** What the driver takes to attach a device. */
const ATTACH_MS = 1_500

const ofVolume = (read: Reader, volume: string): VolumeAttachment[] =>
  read.list(ATTACHMENTS).filter((a) => a.spec.source.persistentVolumeName === volume)

function usersOf(read: Reader, volume: PersistentVolume): Pod[] {
  const claim = volume.spec?.claimRef
  if (claim?.namespace === undefined) return []
  return read.list('pods', claim.namespace).filter((p) => p.spec?.nodeName && !isFinished(p) && podClaims(p).includes(claim.name!))
}

/** A node that confirms that it let go of a volume; one that an administrator declared dead need not. */
function answers(read: Reader, name: string): boolean {
  const node = read.get('nodes', undefined, name)
  if (node === undefined || node.spec?.taints?.some((t) => t.key === OUT_OF_SERVICE)) return true
  return node.status?.conditions?.find((c) => c.type === 'Ready')?.status === 'True'
}

function reconcile(name: string, context: ReconcileContext): void {
  const { read, write, cells, nowMs } = context
  const volume = read.get('persistentvolumes', undefined, name)
  const attachments = ofVolume(read, name)
  if (volume !== undefined && !isBlockDevice(volume)) return
  const users = volume === undefined ? [] : usersOf(read, volume)
  const held = attachments.map((a) => {
    const unusedMs = cells.get<number>(UNUSED, a.metadata.name)
    return { node: a.spec.nodeName, ...(unusedMs !== undefined && { unusedMs }) }
  })
  const exclusive = volume !== undefined && isExclusive(volume)
  const plan = planAttachments({ nowMs, exclusive, users, held, answers: (node) => answers(read, node) })
  for (const a of attachments) {
    const abandoned = plan.abandoned.includes(a.spec.nodeName)
    const known = cells.get(UNUSED, a.metadata.name) !== undefined
    if (abandoned && !known) cells.put(UNUSED, a.metadata.name, nowMs)
    else if (!abandoned && known) cells.delete(UNUSED, a.metadata.name)
    if (plan.detach.includes(a.spec.nodeName)) write.delete(ATTACHMENTS, undefined, a.metadata.name)
  }
  if (plan.againMs !== undefined) context.again(plan.againMs)
  if (volume === undefined) return
  for (const node of plan.attach) attach(volume, node, context)
  for (const a of attachments) if (!plan.detach.includes(a.spec.nodeName)) finish(volume, a, users, context)
  for (const pod of plan.refused) refuse(volume, pod, users, context)
}

function attach(volume: PersistentVolume, nodeName: string, { write, again }: ReconcileContext): void {
  write.create(ATTACHMENTS, {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'VolumeAttachment',
    metadata: { name: attachmentName(volume, nodeName) },
    spec: { attacher: attacherOf(volume), nodeName, source: { persistentVolumeName: volume.metadata.name } },
  } as VolumeAttachment)
  again(ATTACH_MS)
}

/** The device is there; the pods that waited for it are told. */
function finish(volume: PersistentVolume, attachment: VolumeAttachment, users: readonly Pod[], context: ReconcileContext): void {
  if (attachment.status?.attached) return
  const leftMs = (parseTime(attachment.metadata.creationTimestamp!) ?? 0) + ATTACH_MS - context.nowMs
  if (leftMs > 0) return context.again(leftMs)
  context.write.updateStatus(ATTACHMENTS, { ...attachment, status: { attached: true } })
  for (const pod of users.filter((p) => p.spec!.nodeName === attachment.spec.nodeName))
    context.events.event(pod, 'Normal', 'SuccessfulAttachVolume', `AttachVolume.Attach succeeded for volume "${volume.metadata.name}" `)
}

/** Told once to each pod. */
function refuse(volume: PersistentVolume, pod: Pod, users: readonly Pod[], { cells, events }: ReconcileContext): void {
  const key = `${volume.metadata.name}/${pod.metadata.uid}`
  if (cells.get(TOLD, key) !== undefined) return
  cells.put(TOLD, key, true)
  const others = users.filter((p) => p.spec!.nodeName !== pod.spec!.nodeName && !p.metadata.deletionTimestamp)
  events.event(pod, 'Warning', 'FailedAttachVolume', multiAttachMessage(volume.metadata.name, pod, others))
}

/** The volumes of a pod that came to a node, ended or went. */
function ofPod({ before, after }: ObjectChange, read: Reader): readonly string[] {
  const [old, pod] = [before as Pod | undefined, after as Pod | undefined]
  const same = old !== undefined && pod !== undefined && old.spec?.nodeName === pod.spec?.nodeName && isFinished(old) === isFinished(pod)
  const any = (pod ?? old)!
  if (same || !any.spec?.nodeName) return []
  return podClaims(any).flatMap((claim) => read.get('persistentvolumeclaims', any.metadata.namespace, claim)?.spec?.volumeName ?? [])
}

/** What a node holds, when it falls silent, comes back or is declared out of service. */
function ofNode({ before, after }: ObjectChange, read: Reader): readonly string[] {
  const node = (after ?? before) as Node
  const state = (n: Node | undefined): string =>
    `${n?.status?.conditions?.find((c) => c.type === 'Ready')?.status} ${n?.spec?.taints?.some((t) => t.key === OUT_OF_SERVICE)}`
  if (state(before as Node | undefined) === state(after as Node | undefined)) return []
  return read
    .list(ATTACHMENTS)
    .filter((a) => a.spec.nodeName === node.metadata.name)
    .flatMap((a) => a.spec.source.persistentVolumeName ?? [])
}

export const attachDetachController: ControllerDefinition = {
  name: 'attachdetach',
  component: 'attachdetach-controller',
  watches: [
    { resource: 'pods', map: ofPod },
    { resource: 'nodes', map: ofNode },
    { resource: ATTACHMENTS, map: ({ before, after }) => [((after ?? before) as VolumeAttachment).spec.source.persistentVolumeName ?? ''] },
    { resource: 'persistentvolumes', own: true, when: ({ before, after }) => before === undefined || after === undefined },
    { resource: 'persistentvolumeclaims', map: ({ after }) => [after?.['spec']?.volumeName ?? ''].filter((n) => n !== '') },
  ],
  reconcile,
}
