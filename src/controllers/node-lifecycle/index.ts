/** The node lifecycle controller: notices silent nodes, taints nodes in trouble, and marks their pods as not ready. */
import type { Node } from '../../api/generated/types/core-v1.ts'
import { formatTime } from '../../api/rfc3339.ts'
import type { ControllerDefinition, ObjectChange, ReconcileContext } from '../../client/contract.ts'
import { isReady } from '../pod-state.ts'
import { same } from '../same.ts'
import { lastHeard, noticedAt, silentConditions, statusOf, taintsFor } from './plan.ts'

const LEASE = 'leases.coordination.k8s.io'
const KNOWN = 'node-known'

function reconcile(name: string, context: ReconcileContext): void {
  const node = context.read.get('nodes', undefined, name)
  register(name, node, context)
  if (node === undefined) return
  const watched = watch(node, context)
  const taints = taintsFor(watched, context.nowMs)
  if (taints !== undefined)
    context.write.modify('nodes', undefined, name, (draft) => {
      const { taints: _old, ...rest } = draft.spec ?? {}
      draft.spec = taints.length > 0 ? { ...rest, taints } : rest
    })
  if (statusOf(watched, 'Ready') !== 'True') markPods(watched, context)
}

/** Tells of nodes that come and go. */
function register(name: string, node: Node | undefined, context: ReconcileContext): void {
  const known = context.cells.get<{ uid: string }>(KNOWN, name)
  if (known?.uid === node?.metadata.uid) return
  if (node === undefined) {
    const gone = { apiVersion: 'v1', kind: 'Node', metadata: { name, uid: known!.uid } }
    context.events.event(gone, 'Normal', 'RemovingNode', `Node ${name} event: Removing Node ${name} from Controller`)
    context.cells.delete(KNOWN, name)
    return
  }
  context.cells.put(KNOWN, name, { uid: node.metadata.uid })
  context.events.event(node, 'Normal', 'RegisteredNode', `Node ${name} event: Registered Node ${name} in Controller`)
}

/** Silence past the grace period turns the conditions Unknown; otherwise asks to look again when that could be. */
function watch(node: Node, context: ReconcileContext): Node {
  const { name } = node.metadata
  const lease = context.read.get(LEASE, 'kube-node-lease', name)
  const dueMs = noticedAt(lastHeard(node, lease?.spec?.renewTime))
  if (context.nowMs < dueMs) {
    context.again(dueMs - context.nowMs)
    return node
  }
  const conditions = silentConditions(node, context.nowMs)
  if (conditions === undefined) return node
  const written = context.write.modify(
    'nodes',
    undefined,
    name,
    (draft) => {
      draft.status = { ...draft.status, conditions }
    },
    'status',
  )
  return written ?? node
}

/** Pods of a node that is not ready are not ready either, whatever they last said. */
function markPods(node: Node, context: ReconcileContext): void {
  const ready = context.read.onNode('pods', node.metadata.name).filter(isReady)
  const seen = context.cells.get<string>('node-trouble', node.metadata.name)
  const since = node.status?.conditions?.find((c) => c.type === 'Ready')?.lastTransitionTime
  if (seen === since) return
  context.cells.put('node-trouble', node.metadata.name, since)
  context.events.event(node, 'Normal', 'NodeNotReady', `Node ${node.metadata.name} status is now: NodeNotReady`)
  const now = formatTime(context.nowMs)
  for (const pod of ready) {
    context.write.modify(
      'pods',
      pod.metadata.namespace,
      pod.metadata.name,
      (draft) => {
        const condition = draft.status?.conditions?.find((c) => c.type === 'Ready')
        if (condition === undefined) return
        condition.status = 'False'
        condition.lastTransitionTime = now
      },
      'status',
    )
    context.events.event(pod, 'Warning', 'NodeNotReady', 'Node is not ready')
  }
}

/** Heartbeats change nothing that matters here; silence is noticed by the timer. */
function matters({ before, after }: ObjectChange): boolean {
  if (before === undefined || after === undefined) return true
  const [a, b] = [before as Node, after as Node]
  return !same(a.spec, b.spec) || !same(statuses(a), statuses(b))
}
const statuses = (node: Node): unknown => node.status?.conditions?.map((c) => [c.type, c.status])

export const nodeLifecycleController: ControllerDefinition = {
  name: 'node',
  component: 'node-controller',
  watches: [{ resource: 'nodes', own: true, when: matters }],
  initial: (read) => read.list('nodes').map((n) => n.metadata.name),
  reconcile,
}
