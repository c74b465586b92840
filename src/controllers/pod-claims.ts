/** The claims a pod uses: named ones, and those made for its ephemeral volumes. */
import type { PersistentVolumeClaim, Pod } from '../api/generated/types/core-v1.ts'

export const ephemeralClaimName = (podName: string, volumeName: string): string => `${podName}-${volumeName}`

export const podClaims = (pod: Pod): string[] =>
  (pod.spec?.volumes ?? []).flatMap((v) =>
    v.persistentVolumeClaim ? [v.persistentVolumeClaim.claimName] : v.ephemeral ? [ephemeralClaimName(pod.metadata.name, v.name)] : [],
  )

/** Of a claim that has the name of a pod's ephemeral volume and is not the pod's. */
export const notOwner = ({ metadata }: PersistentVolumeClaim, pod: Pod): string =>
  `PVC ${metadata.namespace}/${metadata.name} was not created for pod ${pod.metadata.namespace}/${pod.metadata.name} (pod is not owner)`

/** Whether a pod uses a claim as an ephemeral volume of its own. */
export const isEphemeralClaim = (pod: Pod, claim: string): boolean =>
  pod.spec?.volumes?.some((v) => v.ephemeral && ephemeralClaimName(pod.metadata.name, v.name) === claim) === true
