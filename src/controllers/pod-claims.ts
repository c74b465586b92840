/** The claims a pod uses: named ones, and those made for its ephemeral volumes. */
import type { Pod } from '../api/generated/types/core-v1.ts'

export const ephemeralClaimName = (podName: string, volumeName: string): string => `${podName}-${volumeName}`

export const podClaims = (pod: Pod): string[] =>
  (pod.spec?.volumes ?? []).flatMap((v) =>
    v.persistentVolumeClaim ? [v.persistentVolumeClaim.claimName] : v.ephemeral ? [ephemeralClaimName(pod.metadata.name, v.name)] : [],
  )
