/** NodeResourcesFit: requests fit into what is allocatable and not yet requested; scores nodes by what would be left (LeastAllocated). */
import type { Pod } from '../../../api/generated/types/core-v1.ts'
import { allocatableChanged, podFreed } from '../../changes.ts'
import type { PluginRecord, Rejection } from '../../contract.ts'
import type { NodeInfo } from '../../node-info.ts'
import type { PodInfo } from '../../pod-info.ts'
import { MAX_SCORE } from '../../scores.ts'

/** What does not fit; unresolvable when even an empty node would not do. */
export function fits(pod: PodInfo, node: NodeInfo): Rejection | undefined {
  const { allocatable: has, requested: used } = node
  const { requests: want } = pod
  let reasons: string[] | undefined
  let hopeless = false
  const lack = (name: string, wanted: number, there: number, taken: number): void => {
    if (wanted <= 0 || wanted <= there - taken) return
    reasons = [...(reasons ?? []), `Insufficient ${name}`]
    hopeless ||= wanted > there
  }
  if (node.pods.size + 1 > has.pods) reasons = ['Too many pods']
  lack('cpu', want.cpuMilli, has.cpuMilli, used.cpuMilli)
  lack('memory', want.memoryBytes, has.memoryBytes, used.memoryBytes)
  lack('ephemeral-storage', want.ephemeralBytes, has.ephemeralBytes, used.ephemeralBytes)
  for (const [name, wanted] of want.scalars) lack(name, wanted, has.scalars.get(name) ?? 0, used.scalars.get(name) ?? 0)
  return reasons === undefined ? undefined : { code: hopeless ? 'unresolvable' : 'unschedulable', reasons }
}

const leastAllocated = (used: number, has: number): number => (has === 0 || used > has ? 0 : Math.floor(((has - used) * MAX_SCORE) / has))

/** A pod whose own requests shrank (in-place resize) may free room for this one too. */
const resized = (before: Pod | undefined, after: Pod | undefined): boolean =>
  before?.spec !== undefined &&
  after?.spec?.nodeName !== undefined &&
  before.spec.nodeName === after.spec.nodeName &&
  before.spec.containers !== after.spec.containers

export const nodeResourcesFit: PluginRecord = {
  name: 'NodeResourcesFit',
  weight: 1,
  filter: (_state, pod, node) => fits(pod, node),
  score: (_state, pod, node) => {
    const cpu = leastAllocated(node.nonZeroCpuMilli + pod.nonZeroCpuMilli, node.allocatable.cpuMilli)
    const memory = leastAllocated(node.nonZeroMemoryBytes + pod.nonZeroMemoryBytes, node.allocatable.memoryBytes)
    const known = Number(node.allocatable.cpuMilli > 0) + Number(node.allocatable.memoryBytes > 0)
    return known === 0 ? 0 : Math.floor((cpu + memory) / known)
  },
  wakes: {
    pods: (change) => podFreed(change) || resized(change.before as Pod | undefined, change.after as Pod | undefined),
    nodes: allocatableChanged,
  },
}
