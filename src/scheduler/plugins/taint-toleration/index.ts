/** TaintToleration: NoSchedule and NoExecute taints keep a pod away unless tolerated; PreferNoSchedule lowers the score. */
import type { Toleration } from '../../../api/generated/types/core-v1.ts'
import { toleratesTaint, untolerated } from '../../../controllers/tolerations.ts'
import { taintsChanged } from '../../changes.ts'
import { type PluginRecord, unresolvable } from '../../contract.ts'
import { normalizeReversed } from '../../scores.ts'

const softly = (tolerations: readonly Toleration[] | undefined): readonly Toleration[] =>
  (tolerations ?? []).filter((t) => !t.effect || t.effect === 'PreferNoSchedule')

export const taintToleration: PluginRecord = {
  name: 'TaintToleration',
  weight: 3,
  filter: (_state, pod, node) => {
    const taints = node.node?.spec?.taints
    if (taints === undefined || taints.length === 0) return undefined
    // Upstream's sentence names neither key nor value.
    return untolerated(taints, pod.pod.spec?.tolerations, ['NoSchedule', 'NoExecute']) === undefined
      ? undefined
      : unresolvable('node(s) had untolerated taint(s)')
  },
  score: (_state, pod, node) => {
    const taints = node.node?.spec?.taints
    if (taints === undefined) return 0
    const tolerations = softly(pod.pod.spec?.tolerations)
    return taints.filter((t) => t.effect === 'PreferNoSchedule' && !toleratesTaint(tolerations, t)).length
  },
  normalize: (_state, _pod, scores) => normalizeReversed(scores),
  wakes: { nodes: taintsChanged },
}
