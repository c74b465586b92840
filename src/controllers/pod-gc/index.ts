/**
 * The pod garbage collector: pods of nodes that are gone for 40 s, and terminating pods of nodes declared out of service, are removed for good.
 * It looks every 20 s upstream; here once a node is due.
 */
import { isApiError } from '../../api/errors.ts'
import type { Node, Pod } from '../../api/generated/types/core-v1.ts'
import { formatTime } from '../../api/rfc3339.ts'
import type { ControllerDefinition, ObjectChange, ReconcileContext } from '../../client/contract.ts'
import { isFinished } from '../pod-state.ts'

const QUARANTINE_MS = 40_000
const MISSING_SINCE = 'node-missing'
const OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service'

function reconcile(name: string, context: ReconcileContext): void {
  const node = context.read.get('nodes', undefined, name)
  const since = context.cells.get<number>(MISSING_SINCE, name)
  if (node !== undefined) {
    if (since !== undefined) context.cells.delete(MISSING_SINCE, name)
    if (isOutOfService(node))
      for (const pod of context.read.onNode('pods', name)) if (pod.metadata.deletionTimestamp !== undefined) remove(pod, context)
    return
  }
  const pods = context.read.onNode('pods', name)
  if (pods.length === 0) return
  if (since === undefined) {
    context.cells.put(MISSING_SINCE, name, context.nowMs)
    context.again(QUARANTINE_MS)
  } else if (context.nowMs < since + QUARANTINE_MS) context.again(since + QUARANTINE_MS - context.nowMs)
  else for (const pod of pods) remove(pod, context, { reason: 'DeletionByPodGC', message: 'PodGC: node no longer exists' })
}

const isOutOfService = (node: Node): boolean =>
  node.spec?.taints?.some((t) => t.key === OUT_OF_SERVICE) === true &&
  node.status?.conditions?.find((c) => c.type === 'Ready')?.status !== 'True'

function remove(pod: Pod, context: ReconcileContext, why?: { reason: string; message: string }): void {
  const { namespace, name } = pod.metadata
  if (!isFinished(pod))
    context.write.modify(
      'pods',
      namespace,
      name,
      (draft) => {
        const now = formatTime(context.nowMs)
        const kept = (draft.status?.conditions ?? []).filter((c) => c.type !== 'DisruptionTarget')
        const conditions =
          why === undefined ? kept : [...kept, { type: 'DisruptionTarget', status: 'True', lastTransitionTime: now, ...why }]
        draft.status = { ...draft.status, phase: 'Failed', conditions }
      },
      'status',
    )
  try {
    context.write.delete('pods', namespace, name, { gracePeriodSeconds: 0 })
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error
  }
}

/** A pod bound to a node nobody knows, or terminating on a node out of service. */
function ofPod({ before, after }: ObjectChange, read: ReconcileContext['read']): readonly string[] {
  const [old, pod] = [before as Pod | undefined, after as Pod | undefined]
  if (!pod?.spec?.nodeName) return []
  if (old?.spec?.nodeName === pod.spec.nodeName && old.metadata.deletionTimestamp === pod.metadata.deletionTimestamp) return []
  const node = read.get('nodes', undefined, pod.spec.nodeName)
  return node === undefined || isOutOfService(node) ? [pod.spec.nodeName] : []
}

const ofNode = ({ before, after }: ObjectChange): readonly string[] => {
  const [old, node] = [before as Node | undefined, after as Node | undefined]
  if (old !== undefined && node !== undefined && !isOutOfService(node)) return []
  return [(node ?? old)!.metadata.name]
}

export const podGarbageCollector: ControllerDefinition = {
  name: 'pod-garbage-collector',
  component: 'pod-garbage-collector',
  watches: [
    { resource: 'pods', map: ofPod },
    { resource: 'nodes', map: ofNode },
  ],
  reconcile,
}
