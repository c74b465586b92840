/** Which taints a pod puts up with; shared by the scheduler's plugins, DaemonSets and eviction. https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/ */
import type { Taint, Toleration } from '../api/generated/types/core-v1.ts'

export function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false
  if (toleration.key && toleration.key !== taint.key) return false
  const operator = toleration.operator ?? 'Equal'
  if (operator === 'Exists') return true
  if (operator === 'Equal') return (toleration.value ?? '') === (taint.value ?? '')
  const [wanted, there] = [Number(toleration.value), Number(taint.value)]
  if (!Number.isInteger(wanted) || !Number.isInteger(there)) return false
  return operator === 'Gt' ? there > wanted : there < wanted
}

export const toleratesTaint = (tolerations: readonly Toleration[] | undefined, taint: Taint): boolean =>
  tolerations?.some((t) => tolerates(t, taint)) === true

/** The first taint with one of these effects that is not tolerated. */
export const untolerated = (
  taints: readonly Taint[] | undefined,
  tolerations: readonly Toleration[] | undefined,
  effects: readonly Taint['effect'][],
): Taint | undefined => taints?.find((taint) => effects.includes(taint.effect) && !toleratesTaint(tolerations, taint))
