/** TaintToleration: NoSchedule and NoExecute taints keep a pod away unless tolerated; PreferNoSchedule lowers the score. */
import type { Node, Pod, Toleration } from '../../../api/generated/types/core-v1.ts'
import { toleratesTaint, untolerated } from '../../../controllers/tolerations.ts'
import { fitsNow, taintsChanged } from '../../changes.ts'
import { type PluginRecord, unresolvable } from '../../contract.ts'
import { normalizeReversed } from '../../scores.ts'

const softly = (tolerations: readonly Toleration[] | undefined): readonly Toleration[] =>
  (tolerations ?? []).filter((t) => !t.effect || t.effect === 'PreferNoSchedule')

const keepsAway = (node: Node | undefined, pod: Pod): boolean => {
  const taints = node?.spec?.taints
  return taints !== undefined && taints.length > 0 && untolerated(taints, pod.spec?.tolerations, ['NoSchedule', 'NoExecute']) !== undefined
}

export const taintToleration: PluginRecord = {
  name: 'TaintToleration',
  weight: 3,
  // Upstream's sentence names neither key nor value.
  filter: (_state, pod, node) => (keepsAway(node.node, pod.pod) ? unresolvable('node(s) had untolerated taint(s)') : undefined),
  score: (_state, pod, node) => {
    const taints = node.node?.spec?.taints
    if (taints === undefined) return 0
    const tolerations = softly(pod.pod.spec?.tolerations)
    return taints.filter((t) => t.effect === 'PreferNoSchedule' && !toleratesTaint(tolerations, t)).length
  },
  normalize: (_state, _pod, scores) => normalizeReversed(scores),
  wakes: { nodes: (c, pod) => taintsChanged(c) && fitsNow(c, (node) => !keepsAway(node, pod)) },
}
