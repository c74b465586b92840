/** NodeResourcesBalancedAllocation: prefers nodes whose CPU and memory would be used in like measure. */
import type { PluginRecord } from '../../contract.ts'
import { MAX_SCORE } from '../../scores.ts'

const fraction = (used: number, has: number): number => Math.min(1, used / has)

export const nodeResourcesBalancedAllocation: PluginRecord = {
  name: 'NodeResourcesBalancedAllocation',
  weight: 1,
  // A pod that asks for nothing balances nothing.
  preScore: (_state, pod) => (pod.requests.cpuMilli === 0 && pod.requests.memoryBytes === 0 ? 'skip' : undefined),
  score: (_state, pod, node) => {
    const { allocatable: has, requested: used } = node
    if (has.cpuMilli === 0 || has.memoryBytes === 0) return MAX_SCORE
    const cpu = fraction(used.cpuMilli + pod.requests.cpuMilli, has.cpuMilli)
    const memory = fraction(used.memoryBytes + pod.requests.memoryBytes, has.memoryBytes)
    return Math.floor((1 - Math.abs(cpu - memory) / 2) * MAX_SCORE)
  },
}
