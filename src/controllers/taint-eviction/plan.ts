/** How long a pod may stay on a node with NoExecute taints. Models upstream's taint eviction controller. */
import type { Taint, Toleration } from '../../api/generated/types/core-v1.ts'
import { tolerates } from '../tolerations.ts'

/** `now`: some taint is not tolerated. A number: seconds, the least of the tolerations in use. `never`: nothing drives it out. */
export function stay(taints: readonly Taint[], tolerations: readonly Toleration[] | undefined): 'now' | 'never' | number {
  const used: Toleration[] = []
  for (const taint of taints.filter((t) => t.effect === 'NoExecute')) {
    const toleration = tolerations?.find((t) => tolerates(t, taint))
    if (toleration === undefined) return 'now'
    used.push(toleration)
  }
  const limits = used.flatMap((t) => (t.tolerationSeconds === undefined ? [] : [Math.max(0, t.tolerationSeconds)]))
  return limits.length === 0 ? 'never' : Math.min(...limits)
}
