/**
 * Graceful node shutdown (KEP-2000): a kubelet that was configured for it ends its pods before the machine goes down, those of the
 * system last. https://kubernetes.io/docs/concepts/cluster-administration/node-shutdown/
 */
import { podRunsOn } from './kubelet/disk.ts'
import type { KubeletHands } from './kubelet/hands.ts'
import { failPod } from './kubelet/pod-worker.ts'
import type { PodRun } from './records.ts'

/** system-cluster-critical and above are ended last. */
const CRITICAL_PRIORITY = 2_000_000_000
const MESSAGE = 'Pod was terminated in response to imminent node shutdown.'

/** Pods of one group that the API server does not know to be over. Static pods are the machine's own and end with it. */
function groupOf(hands: KubeletHands, critical: boolean): PodRun[] {
  const over = (run: PodRun): boolean => {
    const { namespace, name } = run.pod.metadata
    const phase = hands.cluster.read.get('pods', namespace, name)?.status?.phase
    return phase === undefined || phase === 'Failed' || phase === 'Succeeded'
  }
  return podRunsOn(hands).filter((run) => !run.fromFile && (run.pod.spec?.priority ?? 0) >= CRITICAL_PRIORITY === critical && !over(run))
}

/** Asks the group's pods to end, with their own grace or what the group has, if that is less. */
export function endGroup(hands: KubeletHands, critical: boolean, graceMs: number): void {
  for (const run of groupOf(hands, critical)) {
    if (run.failure !== undefined) continue
    const own = run.pod.spec?.terminationGracePeriodSeconds ?? 30
    failPod(hands, run, 'Terminated', MESSAGE, Math.min(own, Math.floor(graceMs / 1000)), true)
  }
}

export const groupIsOver = (hands: KubeletHands, critical: boolean): boolean => groupOf(hands, critical).length === 0
