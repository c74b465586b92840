/** The kubelet's and the attach-detach controller's dealings over block devices: who uses a volume, which nodes answer, and what is told. */
import type { PersistentVolume, Pod } from '../../api/generated/types/core-v1.ts'
import { Attachments, type AttachVerdict, needsAttaching } from '../../storage/attach.ts'
import type { KubeletHands } from './hands.ts'

const OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service'

/** A node that confirms that it let go of a volume; one that an administrator declared dead need not. */
function answers({ cluster }: KubeletHands, node: string): boolean {
  const object = cluster.read.get('nodes', undefined, node)
  if (object === undefined || object.spec?.taints?.some((t) => t.key === OUT_OF_SERVICE)) return true
  return object.status?.conditions?.find((c) => c.type === 'Ready')?.status === 'True'
}

/** Pods that have not ended and use the claim that a volume is bound to. */
function usersOf({ cluster }: KubeletHands, volume: PersistentVolume): Pod[] {
  const claim = volume.spec?.claimRef
  if (claim === undefined) return []
  return cluster.read
    .list('pods', claim.namespace)
    .filter(
      (p) =>
        p.status?.phase !== 'Succeeded' &&
        p.status?.phase !== 'Failed' &&
        p.spec?.volumes?.some(
          (v) => v.persistentVolumeClaim?.claimName === claim.name || (v.ephemeral && `${p.metadata.name}-${v.name}` === claim.name),
        ),
    )
}

export function attachVolume(hands: KubeletHands, volume: PersistentVolume, pod: Pod): AttachVerdict {
  const attachments = new Attachments(hands.cluster.cells)
  const before = attachments.of(volume.metadata.name)?.node
  const verdict = attachments.attach(volume, pod, usersOf(hands, volume), hands.cluster.clock.nowMs, (node) => answers(hands, node))
  if (verdict.ok && needsAttaching(volume) && before !== hands.node.name)
    attachEvent(hands, pod, 'Normal', 'SuccessfulAttachVolume', `AttachVolume.Attach succeeded for volume "${volume.metadata.name}" `)
  return verdict
}

/** Attaching is the controller manager's work: its events carry its name. */
export function attachEvent(hands: KubeletHands, pod: Pod, type: 'Normal' | 'Warning', reason: string, message: string): void {
  hands.cluster.recorder('attachdetach-controller').event(pod, type, reason, message)
}
