/**
 * Which pods would have to go from a node, and which node loses least. Models upstream's preemption evaluator: remove every lower-priority pod, then
 * reprieve as many as fit, those protected by a disruption budget first and the more important before the less.
 */
import type { Pod } from '../../../api/generated/types/core-v1.ts'
import type { PodDisruptionBudget } from '../../../api/generated/types/policy-v1.ts'
import { timeOf } from '../../../controllers/pod-state.ts'
import { type CycleState, cloneState, type Diagnosis, type Rejection, unresolvable } from '../../contract.ts'
import type { NodeInfo } from '../../node-info.ts'
import type { PodInfo } from '../../pod-info.ts'
import { selects } from '../../snapshot.ts'

export interface Candidate {
  readonly node: string
  /** Most important first. */
  readonly victims: readonly PodInfo[]
  readonly violations: number
}

const startOf = (info: PodInfo): number => timeOf(info.pod.status?.startTime ?? info.pod.metadata.creationTimestamp)
export const moreImportant = (a: PodInfo, b: PodInfo): number =>
  b.priority - a.priority || startOf(a) - startOf(b) || (a.key < b.key ? -1 : 1)

/** Splits pods into those whose eviction would break a budget and the others; each pod uses up what its budgets allow. */
export function splitByBudget(
  pods: readonly PodInfo[],
  budgets: readonly PodDisruptionBudget[],
): { violating: PodInfo[]; free: PodInfo[] } {
  const left = budgets.map((b) => b.status?.disruptionsAllowed ?? 0)
  const violating: PodInfo[] = []
  const free: PodInfo[] = []
  for (const info of pods) {
    let breaks = false
    budgets.forEach((b, i) => {
      if (!protects(b, info.pod)) return
      left[i]!--
      if (left[i]! < 0) breaks = true
    })
    if (breaks) violating.push(info)
    else free.push(info)
  }
  return { violating, free }
}

const protects = (budget: PodDisruptionBudget, pod: Pod): boolean =>
  budget.metadata.namespace === pod.metadata.namespace &&
  pod.metadata.labels !== undefined &&
  budget.spec?.selector !== undefined &&
  selects(budget.spec.selector, pod.metadata.labels) &&
  budget.status?.disruptedPods?.[pod.metadata.name] === undefined

export function victimsOn(
  state: CycleState,
  pod: PodInfo,
  original: NodeInfo,
  diagnosis: Diagnosis,
  budgets: readonly PodDisruptionBudget[],
): Candidate | Rejection {
  // Mostly there are none, and then the node need not be tried without them.
  const lower = [...original.pods.values()].filter((p) => p.priority < pod.priority)
  if (lower.length === 0) return unresolvable('No preemption victims found for incoming pod')
  const node = original.clone()
  const tried = cloneState(state)
  const move = (other: PodInfo, delta: 1 | -1): void => {
    if (delta > 0) node.add(other)
    else node.remove(other.uid)
    diagnosis.adjust(tried, pod, other, node, delta)
  }
  for (const other of lower) move(other, -1)
  const still = diagnosis.ran(tried, pod, node)
  if (still !== undefined) return still
  const { violating, free } = splitByBudget(lower.sort(moreImportant), budgets)
  const victims: PodInfo[] = []
  let violations = 0
  const reprieve = (other: PodInfo): boolean => {
    move(other, 1)
    if (diagnosis.ran(tried, pod, node) === undefined) return true
    move(other, -1)
    victims.push(other)
    return false
  }
  for (const other of violating) if (!reprieve(other)) violations++
  for (const other of free) reprieve(other)
  return { node: original.name, victims: victims.sort(moreImportant), violations }
}

/** Fewest broken budgets, then the least important most important victim, the smallest sum, the fewest, the youngest. */
export function leastHarm(candidates: readonly Candidate[]): Candidate | undefined {
  const free = candidates.find((c) => c.victims.length === 0)
  if (free !== undefined) return free
  const shift = 2 ** 31
  const measures: ((c: Candidate) => number)[] = [
    (c) => c.violations,
    (c) => c.victims[0]!.priority,
    (c) => c.victims.reduce((sum, v) => sum + v.priority + shift, 0),
    (c) => c.victims.length,
    (c) => -Math.min(...c.victims.filter((v) => v.priority === c.victims[0]!.priority).map(startOf)),
  ]
  let left = [...candidates]
  for (const measure of measures) {
    const best = Math.min(...left.map(measure))
    left = left.filter((c) => measure(c) === best)
    if (left.length <= 1) break
  }
  return left[0]
}
