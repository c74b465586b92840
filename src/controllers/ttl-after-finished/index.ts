/** TTL after finished: deletes a finished Job, with what it owns, `ttlSecondsAfterFinished` after its end. */
import { splitKey } from '../../api/meta.ts'
import type { ControllerDefinition, ReconcileContext } from '../../client/contract.ts'
import { timeOf } from '../pod-state.ts'

function reconcile(key: string, context: ReconcileContext): void {
  const { namespace, name } = splitKey(key)
  const job = context.read.get('jobs.batch', namespace, name)
  const ttl = job?.spec?.ttlSecondsAfterFinished
  if (job === undefined || ttl === undefined || job.metadata.deletionTimestamp !== undefined) return
  const end = job.status?.conditions?.find((c) => (c.type === 'Complete' || c.type === 'Failed') && c.status === 'True')
  if (end === undefined) return
  const leftMs = timeOf(end.lastTransitionTime) + ttl * 1000 - context.nowMs
  if (leftMs > 0) context.again(leftMs)
  else
    context.write.delete('jobs.batch', namespace, name, {
      propagationPolicy: 'Foreground',
      ...(job.metadata.uid && { uid: job.metadata.uid }),
    })
}

export const ttlAfterFinishedController: ControllerDefinition = {
  name: 'ttl-after-finished',
  watches: [{ resource: 'jobs.batch', own: true }],
  reconcile,
}
