/**
 * The cells of a pod's row, wide ones included (upstream's printPod).
 */
import { humanDuration } from '../../../api/ages.ts'
import type { Pod } from '../../../api/generated/types/core-v1.ts'
import type { KindSpec } from '../../../api/kind.ts'
import { podSummary } from './summary.ts'

const NONE = '<none>'

/** `2 (24s ago)`. */
function restartsText(pod: Pod, nowMs: number): string {
  const { restarts, lastRestartMs } = podSummary(pod)
  return restarts === 0 || lastRestartMs === undefined ? `${restarts}` : `${restarts} (${humanDuration(nowMs - lastRestartMs)} ago)`
}

function readinessGates(pod: Pod): string {
  const gates = pod.spec?.readinessGates ?? []
  if (gates.length === 0) return NONE
  const holds = gates.filter((gate) => pod.status?.conditions?.find((c) => c.type === gate.conditionType)?.status === 'True')
  return `${holds.length}/${gates.length}`
}

export const podCells: NonNullable<KindSpec<Pod>['cells']> = {
  Ready: (pod) => {
    const { ready, total } = podSummary(pod)
    return `${ready}/${total}`
  },
  Status: (pod) => podSummary(pod).reason,
  Restarts: (pod, { nowMs }) => restartsText(pod, nowMs),
  IP: (pod) => pod.status?.podIPs?.[0]?.ip || NONE,
  Node: (pod) => pod.spec?.nodeName || NONE,
  'Nominated Node': (pod) => pod.status?.nominatedNodeName || NONE,
  'Readiness Gates': readinessGates,
}
