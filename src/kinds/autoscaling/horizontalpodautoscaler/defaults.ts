/**
 * What a HorizontalPodAutoscaler is given where it says nothing (upstream's autoscaling/v2 defaults).
 */
import type { HorizontalPodAutoscaler, HPAScalingRules } from '../../../api/generated/types/autoscaling-v2.ts'

const percentPolicy = () => ({ type: 'Percent', value: 100, periodSeconds: 15 })
const podsPolicy = () => ({ type: 'Pods', value: 4, periodSeconds: 15 })

function scaleUp(given: HPAScalingRules | undefined): HPAScalingRules {
  return { stabilizationWindowSeconds: 0, selectPolicy: 'Max', policies: [podsPolicy(), percentPolicy()], ...given }
}

const scaleDown = (given: HPAScalingRules | undefined): HPAScalingRules => ({ selectPolicy: 'Max', policies: [percentPolicy()], ...given })

export function setDefaults(o: HorizontalPodAutoscaler): void {
  o.spec ??= {} as HorizontalPodAutoscaler['spec']
  const spec = o.spec
  spec.scaleTargetRef ??= { kind: '', name: '' }
  spec.maxReplicas ??= 0
  spec.minReplicas ??= 1
  if ((spec.metrics?.length ?? 0) === 0)
    spec.metrics = [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }]
  if (spec.behavior !== undefined)
    spec.behavior = { scaleUp: scaleUp(spec.behavior.scaleUp), scaleDown: scaleDown(spec.behavior.scaleDown) }
  o.status ??= noStatus()
}

export const noStatus = (): NonNullable<HorizontalPodAutoscaler['status']> => ({ currentMetrics: null as never, desiredReplicas: 0 })
