/**
 * What a Deployment is given where it says nothing (upstream's SetDefaults_Deployment).
 */
import type { Deployment, DeploymentSpec } from '../../../api/generated/types/apps-v1.ts'
import { dropZero, specWithTemplate } from '../workload.ts'

export function setDefaults(object: Deployment): void {
  const spec = specWithTemplate<DeploymentSpec>(object)
  spec.replicas ??= 1
  spec.strategy ??= {}
  spec.strategy.type ||= 'RollingUpdate'
  if (spec.strategy.type === 'RollingUpdate') {
    spec.strategy.rollingUpdate ??= {}
    spec.strategy.rollingUpdate.maxUnavailable ??= '25%'
    spec.strategy.rollingUpdate.maxSurge ??= '25%'
  }
  spec.revisionHistoryLimit ??= 10
  spec.progressDeadlineSeconds ??= 600
  dropZero(spec, 'minReadySeconds', 'paused')
  object.status ??= {}
}
