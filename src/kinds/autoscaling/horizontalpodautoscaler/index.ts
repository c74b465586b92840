/**
 * HorizontalPodAutoscaler, autoscaling/v2 (the form that is stored).
 */
import { defineKind } from '../../../api/define-kind.ts'
import type { HorizontalPodAutoscaler } from '../../../api/generated/types/autoscaling-v2.ts'
import { noStatus, setDefaults } from './defaults.ts'
import { describe } from './describe.ts'
import { targetsCell } from './targets.ts'
import { validate } from './validate.ts'

export const horizontalPodAutoscaler = defineKind<HorizontalPodAutoscaler>({
  group: 'autoscaling',
  version: 'v2',
  kind: 'HorizontalPodAutoscaler',
  setDefaults,
  prepareForCreate: (o) => {
    o.status = noStatus()
  },
  validate,
  subresources: { status: true },
  cells: {
    Reference: (o) => `${o.spec.scaleTargetRef.kind}/${o.spec.scaleTargetRef.name}`,
    Targets: targetsCell,
    MinPods: (o) => (o.spec.minReplicas === undefined ? '<unset>' : `${o.spec.minReplicas}`),
    MaxPods: (o) => o.spec.maxReplicas,
    Replicas: (o) => o.status?.currentReplicas ?? 0,
  },
  describe,
})
