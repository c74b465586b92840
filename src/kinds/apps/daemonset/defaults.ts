/**
 * What a DaemonSet is given where it says nothing (upstream's SetDefaults_DaemonSet). A DaemonSet without a selector takes its
 * template's labels; that was extensions/v1beta1 and is gone.
 */
import type { DaemonSet, DaemonSetSpec } from '../../../api/generated/types/apps-v1.ts'
import { dropZero, specWithTemplate } from '../workload.ts'

export function setDefaults(object: DaemonSet): void {
  const spec = specWithTemplate<DaemonSetSpec>(object)
  spec.updateStrategy ??= {}
  spec.updateStrategy.type ||= 'RollingUpdate'
  if (spec.updateStrategy.type === 'RollingUpdate') {
    spec.updateStrategy.rollingUpdate ??= {}
    spec.updateStrategy.rollingUpdate.maxUnavailable ??= 1
    spec.updateStrategy.rollingUpdate.maxSurge ??= 0
  }
  spec.revisionHistoryLimit ??= 10
  dropZero(spec, 'minReadySeconds')
  object.status ??= { currentNumberScheduled: 0, desiredNumberScheduled: 0, numberMisscheduled: 0, numberReady: 0 }
}
