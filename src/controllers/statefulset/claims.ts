/** The claims of a StatefulSet's pods: made from its templates, and owned by the set or the pod as its retention policy says. */
import type { StatefulSet } from '../../api/generated/types/apps-v1.ts'
import type { PersistentVolumeClaim, Pod } from '../../api/generated/types/core-v1.ts'
import type { ApiObject, OwnerReference } from '../../api/meta.ts'
import { same } from '../same.ts'

export const claimName = (template: PersistentVolumeClaim, set: StatefulSet, ordinal: number): string =>
  `${template.metadata.name}-${set.metadata.name}-${ordinal}`

export function claimsFor(set: StatefulSet, ordinal: number): PersistentVolumeClaim[] {
  return (set.spec?.volumeClaimTemplates ?? []).map((template) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name: claimName(template, set, ordinal),
      namespace: set.metadata.namespace!,
      labels: { ...template.metadata.labels, ...set.spec?.selector.matchLabels },
      ...(template.metadata.annotations && { annotations: { ...template.metadata.annotations } }),
    },
    spec: template.spec!,
  }))
}

const refTo = (owner: ApiObject, kind: string, apiVersion: string): OwnerReference => ({
  apiVersion,
  kind,
  name: owner.metadata.name,
  uid: owner.metadata.uid ?? '',
  controller: true,
})

/** The owners a claim ought to have; references of others stay. Undefined when it has them already. */
export function claimOwners(
  claim: PersistentVolumeClaim,
  set: StatefulSet,
  pod: Pod | undefined,
  condemned: boolean,
): OwnerReference[] | undefined {
  const policy = set.spec?.persistentVolumeClaimRetentionPolicy
  const ours = new Set([set.metadata.uid, pod?.metadata.uid])
  const kept = (claim.metadata.ownerReferences ?? []).filter(
    (r) => !ours.has(r.uid) && !(r.kind === 'Pod' && r.name === pod?.metadata.name),
  )
  const wanted = [...kept]
  if (condemned && policy?.whenScaled === 'Delete' && pod !== undefined) wanted.push(refTo(pod, 'Pod', 'v1'))
  else if (policy?.whenDeleted === 'Delete') wanted.push(refTo(set, 'StatefulSet', 'apps/v1'))
  return same(wanted, claim.metadata.ownerReferences ?? []) ? undefined : wanted
}
