/**
 * What `kubectl rollout` asks of a StatefulSet.
 */
import type { StatefulSet } from '../../../api/generated/types/apps-v1.ts'
import type { RolloutCapability } from '../../../api/kind.ts'
import { onlyRollingUpdate, revisionHistory } from '../revisions.ts'

function status(o: StatefulSet): { message: string; done: boolean } {
  onlyRollingUpdate(o.spec?.updateStrategy?.type)
  const { observedGeneration = 0, readyReplicas = 0, updatedReplicas = 0, currentReplicas = 0 } = o.status ?? {}
  if (observedGeneration === 0 || (o.metadata.generation ?? 0) > observedGeneration)
    return { message: 'Waiting for statefulset spec update to be observed...', done: false }
  const wanted = o.spec?.replicas ?? 0
  if (readyReplicas < wanted) return { message: `Waiting for ${wanted - readyReplicas} pods to be ready...`, done: false }
  const partition = o.spec?.updateStrategy?.rollingUpdate?.partition
  if (o.spec?.updateStrategy?.rollingUpdate !== undefined) {
    const due = wanted - (partition ?? 0)
    if (partition !== undefined && updatedReplicas < due)
      return {
        message: `Waiting for partitioned roll out to finish: ${updatedReplicas} out of ${due} new pods have been updated...`,
        done: false,
      }
    return { message: `partitioned roll out complete: ${updatedReplicas} new pods have been updated...`, done: true }
  }
  const { updateRevision, currentRevision } = o.status ?? {}
  if (updateRevision !== currentRevision)
    return {
      message: `waiting for statefulset rolling update to complete ${updatedReplicas} pods at revision ${updateRevision}...`,
      done: false,
    }
  return { message: `statefulset rolling update complete ${currentReplicas} pods at revision ${currentRevision}...`, done: true }
}

export const rollout: RolloutCapability<StatefulSet> = {
  status,
  history: (o, reader) => revisionHistory(o, o.spec?.selector, reader),
  pausable: false,
  restartable: true,
}
