/** DefaultTolerationSeconds: pods stay five minutes on a node that is not ready or unreachable, unless they say otherwise. */
import type { Pod, Toleration } from '../../../api/generated/types/core-v1.ts'
import type { AdmissionPlugin, AdmissionRequest } from '../contract.ts'

const SECONDS = 300
const taints = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']

const tolerates = (t: Toleration, key: string): boolean => (t.key === key || !t.key) && (t.effect === 'NoExecute' || !t.effect)

function mutate(request: AdmissionRequest): void {
  const { spec } = request.object as Pod
  if (spec === undefined) return
  for (const key of taints) {
    if (spec.tolerations?.some((t) => tolerates(t, key))) continue
    spec.tolerations = [...(spec.tolerations ?? []), { key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: SECONDS }]
  }
}

export const defaultTolerationSeconds: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  resources: ['pods'],
  operations: ['CREATE', 'UPDATE'],
  mutate,
}
