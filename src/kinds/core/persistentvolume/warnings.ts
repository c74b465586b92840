/** Warnings the API answers with when a volume uses what is on its way out (upstream's pkg/api/persistentvolume). */
import type { PersistentVolume } from '../../../api/generated/types/core-v1.ts'
import { nodeTermWarnings, volumeSources } from '../pod/warnings.ts'

/** Sources that a volume may have of those a pod is warned about, in upstream's order. */
const sources = ['cephfs', 'photonPersistentDisk', 'scaleIO', 'storageos', 'glusterfs', 'rbd'] as const
const CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class'

export function volumeWarnings({ metadata, spec = {} }: PersistentVolume): string[] {
  const terms = spec.nodeAffinity?.required?.nodeSelectorTerms ?? []
  return [
    ...(metadata.annotations?.[CLASS_ANNOTATION] === undefined
      ? []
      : [`metadata.annotations[${CLASS_ANNOTATION}]: deprecated since v1.8; use "storageClassName" attribute instead`]),
    ...(spec.persistentVolumeReclaimPolicy === 'Recycle'
      ? [
          'spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.',
        ]
      : []),
    ...terms.flatMap((term, i) => nodeTermWarnings(term, `spec.nodeAffinity.required.nodeSelectorTerms[${i}]`)),
    ...sources.flatMap((field) =>
      spec[field] === undefined ? [] : [`spec.${field === 'storageos' ? 'storageOS' : field}: ${volumeSources[field]}`],
    ),
  ]
}
