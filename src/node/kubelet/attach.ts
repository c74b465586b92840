/** A kubelet waits for a block device until its attachment says that it is there. */
import type { PersistentVolume } from '../../api/generated/types/core-v1.ts'
import { attachmentName } from '../../storage/attach.ts'
import type { KubeletHands } from './hands.ts'

export function isAttached({ cluster, node }: KubeletHands, volume: PersistentVolume): boolean {
  const attachment = cluster.read.get('volumeattachments.storage.k8s.io', undefined, attachmentName(volume, node.name))
  return attachment?.status?.attached === true
}
