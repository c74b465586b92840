/** What the eviction manager's parts share: the pod is told and fails, the node is told that something is being reclaimed. (pkg/kubelet/eviction) */
import { type KubeletHands, podEvent, runOf } from './kubelet/hands.ts'
import { failPod } from './kubelet/pod-worker.ts'

/** Ends a pod at once. `disruption`: for the node's sake, not for a limit of its own that it broke. */
export function evict(hands: KubeletHands, uid: string, message: string, disruption = true): void {
  const run = runOf(hands, uid)
  if (run === undefined) return
  podEvent(hands, run.pod, 'Warning', 'Evicted', message)
  failPod(hands, run, 'Evicted', message, 0, disruption)
}

/** Said at every look at which a threshold is met. */
export function reclaiming(hands: KubeletHands, resource: 'memory' | 'ephemeral-storage' | 'pids'): void {
  const node = hands.cluster.read.get('nodes', undefined, hands.node.name)
  if (node !== undefined && hands.online()) hands.events.event(node, 'Warning', 'EvictionThresholdMet', `Attempting to reclaim ${resource}`)
}
