/**
 * What a StatefulSet is given where it says nothing (upstream's SetDefaults_StatefulSet and those of its claim templates).
 */
import type { StatefulSet, StatefulSetSpec } from '../../../api/generated/types/apps-v1.ts'
import type { PersistentVolumeClaim } from '../../../api/generated/types/core-v1.ts'
import { dropZero, specWithTemplate } from '../workload.ts'

function claimDefaults(claim: PersistentVolumeClaim): void {
  claim.apiVersion = 'v1'
  claim.kind = 'PersistentVolumeClaim'
  claim.spec ??= {}
  claim.spec.volumeMode ??= 'Filesystem'
  claim.spec.resources ??= {}
  claim.status ??= {}
  claim.status.phase ??= 'Pending'
}

export function setDefaults(object: StatefulSet): void {
  const spec = specWithTemplate<StatefulSetSpec>(object)
  spec.podManagementPolicy ||= 'OrderedReady'
  spec.updateStrategy ??= {}
  if (!spec.updateStrategy.type) {
    spec.updateStrategy.type = 'RollingUpdate'
    spec.updateStrategy.rollingUpdate ??= {}
  }
  if (spec.updateStrategy.type === 'RollingUpdate' && spec.updateStrategy.rollingUpdate !== undefined)
    spec.updateStrategy.rollingUpdate.partition ??= 0
  spec.persistentVolumeClaimRetentionPolicy ??= {}
  spec.persistentVolumeClaimRetentionPolicy.whenDeleted ||= 'Retain'
  spec.persistentVolumeClaimRetentionPolicy.whenScaled ||= 'Retain'
  spec.replicas ??= 1
  spec.revisionHistoryLimit ??= 10
  spec.serviceName ??= ''
  for (const claim of spec.volumeClaimTemplates ?? []) claimDefaults(claim)
  dropZero(spec, 'minReadySeconds')
  object.status ??= { availableReplicas: 0, replicas: 0 }
}
