/**
 * What `kubectl rollout` asks of a DaemonSet.
 */
import type { DaemonSet } from '../../../api/generated/types/apps-v1.ts'
import type { RolloutCapability } from '../../../api/kind.ts'
import { onlyRollingUpdate, revisionHistory } from '../revisions.ts'

function status(o: DaemonSet): { message: string; done: boolean } {
  onlyRollingUpdate(o.spec?.updateStrategy?.type)
  if ((o.metadata.generation ?? 0) > (o.status?.observedGeneration ?? 0))
    return { message: 'Waiting for daemon set spec update to be observed...', done: false }
  const { desiredNumberScheduled: wanted = 0, updatedNumberScheduled: updated = 0, numberAvailable: available = 0 } = o.status ?? {}
  const waiting = `Waiting for daemon set "${o.metadata.name}" rollout to finish:`
  if (updated < wanted) return { message: `${waiting} ${updated} out of ${wanted} new pods have been updated...`, done: false }
  if (available < wanted) return { message: `${waiting} ${available} of ${wanted} updated pods are available...`, done: false }
  return { message: `daemon set "${o.metadata.name}" successfully rolled out`, done: true }
}

export const rollout: RolloutCapability<DaemonSet> = {
  status,
  history: (o, reader) => revisionHistory(o, o.spec?.selector, reader),
  pausable: false,
  restartable: true,
}
