/** What a kubelet checks before it takes a pod that was bound to its node (the scheduler's filters once more, for pods that came past it). */
import type { Pod, Taint, Toleration } from '../../api/generated/types/core-v1.ts'
import { milliValue, quantityValue } from '../../api/quantity.ts'
import { type KubeletHands, runOf } from './hands.ts'

export interface Refusal {
  readonly reason: string
  readonly message: string
}

const sumRequests = (pod: Pod, resource: string): number => {
  const of = (r: Record<string, string> | undefined): number => (r?.[resource] === undefined ? 0 : resource === 'cpu' ? milliValue(r[resource]) : quantityValue(r[resource]))
  const main = pod.spec!.containers.reduce((sum, c) => sum + of(c.resources?.requests), 0)
  const inits = pod.spec?.initContainers ?? []
  const sidecars = inits.filter((c) => c.restartPolicy === 'Always').reduce((sum, c) => sum + of(c.resources?.requests), 0)
  return Math.max(main + sidecars, ...inits.filter((c) => c.restartPolicy !== 'Always').map((c) => of(c.resources?.requests)), 0) + of(pod.spec?.overhead)
}

const tolerates = (toleration: Toleration, taint: Taint): boolean =>
  (!toleration.effect || toleration.effect === taint.effect) &&
  (!toleration.key ? toleration.operator === 'Exists' : toleration.key === taint.key && (toleration.operator === 'Exists' || (toleration.value ?? '') === (taint.value ?? '')))

export function admit(hands: KubeletHands, pod: Pod): Refusal | undefined {
  const node = hands.cluster.read.get('nodes', undefined, hands.node.name)
  if (node === undefined) return undefined
  const others = hands.cluster.read.onNode('pods', hands.node.name).filter((p) => p.metadata.uid !== pod.metadata.uid && runOf(hands, p.metadata.uid!) !== undefined && !['Succeeded', 'Failed'].includes(p.status?.phase ?? ''))
  const allocatable = hands.node.allocatable
  if (others.length + 1 > Number(allocatable['pods'] ?? 110)) return { reason: 'OutOfpods', message: `Node didn't have enough resource: pods, requested: 1, used: ${others.length}, capacity: ${allocatable['pods']}` }
  for (const resource of ['cpu', 'memory'] as const) {
    const wanted = sumRequests(pod, resource)
    const used = others.reduce((sum, p) => sum + sumRequests(p, resource), 0)
    const capacity = resource === 'cpu' ? milliValue(allocatable['cpu'] ?? '0') : quantityValue(allocatable['memory'] ?? '0')
    if (wanted > 0 && used + wanted > capacity) return { reason: `OutOf${resource}`, message: `Node didn't have enough resource: ${resource}, requested: ${wanted}, used: ${used}, capacity: ${capacity}` }
  }
  for (const [key, value] of Object.entries(pod.spec?.nodeSelector ?? {})) {
    if (node.metadata.labels?.[key] !== value) return { reason: 'NodeAffinity', message: 'Predicate NodeAffinity failed: node(s) didn\'t match Pod\'s node affinity/selector' }
  }
  for (const taint of node.spec?.taints ?? []) {
    if (taint.effect === 'NoExecute' && !(pod.spec?.tolerations ?? []).some((t) => tolerates(t, taint))) return { reason: 'TaintToleration', message: `Predicate TaintToleration failed: node(s) had untolerated taint(s)` }
  }
  return undefined
}
