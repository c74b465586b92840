/** The taint eviction controller: deletes pods that do not tolerate a node's NoExecute taints, at once or when their toleration runs out. */
import type { Node, Pod } from '../../api/generated/types/core-v1.ts'
import { keyOf, splitKey } from '../../api/meta.ts'
import type { IndexedReader } from '../../api/reader.ts'
import { formatTime } from '../../api/rfc3339.ts'
import type { ControllerDefinition, ObjectChange, ReconcileContext } from '../../client/contract.ts'
import { same } from '../same.ts'
import { stay } from './plan.ts'

/** uid → since when (ms) a pod's toleration has been running. */
const SINCE = 'taint-eviction'

const executes = (node: Node | undefined): boolean => node?.spec?.taints?.some((t) => t.effect === 'NoExecute') === true

function reconcile(key: string, context: ReconcileContext): void {
  const { namespace, name } = splitKey(key)
  const pod = context.read.get('pods', namespace, name)
  if (pod === undefined || !pod.spec?.nodeName || pod.metadata.deletionTimestamp !== undefined) return
  const uid = pod.metadata.uid ?? key
  const node = context.read.get('nodes', undefined, pod.spec.nodeName)
  const limit = executes(node) ? stay(node!.spec!.taints!, pod.spec.tolerations) : 'never'
  const since = context.cells.get<number>(SINCE, uid)
  if (limit === 'never') {
    if (since === undefined) return
    context.cells.delete(SINCE, uid)
    context.events.event(pod, 'Normal', 'TaintManagerEviction', `Cancelling deletion of Pod ${key}`)
    return
  }
  const start = since ?? context.nowMs
  const dueMs = limit === 'now' ? context.nowMs : start + limit * 1000
  if (dueMs <= context.nowMs) {
    evict(pod, uid, context)
    return
  }
  if (since === undefined) context.cells.put(SINCE, uid, start)
  context.again(dueMs - context.nowMs)
}

function evict(pod: Pod, uid: string, context: ReconcileContext): void {
  const { namespace, name } = pod.metadata
  if (context.cells.get(SINCE, uid) !== undefined) context.cells.delete(SINCE, uid)
  context.events.event(pod, 'Normal', 'TaintManagerEviction', `Marking for deletion Pod ${namespace}/${name}`)
  const condition = {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'DeletionByTaintManager',
    message: 'Taint manager: deleting due to NoExecute taint',
    lastTransitionTime: formatTime(context.nowMs),
  }
  context.write.modify(
    'pods',
    namespace,
    name,
    (draft) => {
      draft.status = {
        ...draft.status,
        conditions: [...(draft.status?.conditions ?? []).filter((c) => c.type !== 'DisruptionTarget'), condition],
      }
    },
    'status',
  )
  context.write.delete('pods', namespace, name)
}

function ofPod({ before, after }: ObjectChange, read: IndexedReader): readonly string[] {
  const [old, pod] = [before as Pod | undefined, after as Pod | undefined]
  if (!pod?.spec?.nodeName) return []
  if (old?.spec?.nodeName === pod.spec.nodeName && old.spec.tolerations === pod.spec.tolerations) return []
  return executes(read.get('nodes', undefined, pod.spec.nodeName)) ? [keyOf(pod)] : []
}

function ofNode({ before, after }: ObjectChange, read: IndexedReader): readonly string[] {
  const [old, node] = [before as Node | undefined, after as Node | undefined]
  if (node === undefined || same(old?.spec?.taints ?? [], node.spec?.taints ?? [])) return []
  return executes(old) || executes(node) ? read.onNode('pods', node.metadata.name).map(keyOf) : []
}

export const taintEvictionController: ControllerDefinition = {
  name: 'taint-eviction',
  component: 'taint-eviction-controller',
  watches: [
    { resource: 'pods', map: ofPod },
    { resource: 'nodes', map: ofNode },
  ],
  reconcile,
}
