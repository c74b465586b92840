/** TaintNodesByCondition: a new node is not ready until it says so. */
import type { Node } from '../../../api/generated/types/core-v1.ts'
import type { AdmissionPlugin, AdmissionRequest } from '../contract.ts'

const KEY = 'node.kubernetes.io/not-ready'

function mutate(request: AdmissionRequest): void {
  const node = request.object as Node
  node.spec ??= {}
  const { spec } = node
  if (spec.taints?.some((t) => t.key === KEY && t.effect === 'NoSchedule')) return
  spec.taints = [...(spec.taints ?? []), { key: KEY, effect: 'NoSchedule' }]
}

export const taintNodes: AdmissionPlugin = { name: 'TaintNodesByCondition', resources: ['nodes'], operations: ['CREATE'], mutate }
