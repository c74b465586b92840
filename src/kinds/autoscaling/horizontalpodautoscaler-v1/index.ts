/**
 * HorizontalPodAutoscaler, autoscaling/v1: a view of the v2 object that knows CPU utilization only. Other metrics, the behavior and the
 * conditions travel in annotations, as upstream's conversion carries them.
 */
import { decodeObject } from '../../../api/decode.ts'
import { defineKind } from '../../../api/define-kind.ts'
import { definition } from '../../../api/definitions.ts'
import type { HorizontalPodAutoscaler, MetricSpec, MetricStatus } from '../../../api/generated/types/autoscaling-v2.ts'
import type { ApiObject } from '../../../api/meta.ts'
import { horizontalPodAutoscaler as v2 } from '../horizontalpodautoscaler/index.ts'

const METRICS = 'autoscaling.alpha.kubernetes.io/metrics'
const CURRENT = 'autoscaling.alpha.kubernetes.io/current-metrics'
const CONDITIONS = 'autoscaling.alpha.kubernetes.io/conditions'
const DEFAULT_CPU_PERCENT = 80
const BEHAVIOR = 'autoscaling.alpha.kubernetes.io/behavior'

const isCpu = (m: MetricSpec | MetricStatus): boolean => m.type === 'Resource' && m.resource?.name === 'cpu'

/** What an annotation carries of a v2 spec; nothing when it holds no such thing. */
function carried<K extends 'metrics' | 'behavior'>(
  text: string | undefined,
  field: K,
): NonNullable<HorizontalPodAutoscaler['spec'][K]> | undefined {
  if (text === undefined) return undefined
  try {
    const schema = v2.schema.properties!['spec']!
    const { object } = decodeObject<HorizontalPodAutoscaler['spec']>({ [field]: JSON.parse(text) }, schema, { fieldValidation: 'Ignore' })
    return object[field] ?? undefined
  } catch {
    return undefined
  }
}

function toStored(o: ApiObject): ApiObject {
  const { targetCPUUtilizationPercentage: cpu, ...spec } = o['spec'] ?? {}
  const {
    [METRICS]: others,
    [BEHAVIOR]: behavior,
    [CURRENT]: _current,
    [CONDITIONS]: _conditions,
    ...annotations
  } = o.metadata.annotations ?? {}
  const metrics: unknown[] = [...(carried(others, 'metrics') ?? [])]
  if (cpu !== undefined)
    metrics.unshift({ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: cpu } } })
  const metadata = { ...o.metadata, annotations }
  if (Object.keys(annotations).length === 0) delete (metadata as { annotations?: unknown }).annotations
  const rules = carried(behavior, 'behavior')
  const { currentCPUUtilizationPercentage: _used, ...status } = o['status'] ?? {}
  return {
    ...o,
    apiVersion: 'autoscaling/v2',
    metadata,
    spec: { ...spec, ...(metrics.length > 0 && { metrics }), ...(rules !== undefined && { behavior: rules }) },
    ...(o['status'] && { status: { currentMetrics: null, desiredReplicas: 0, ...status } }),
  }
}

function fromStored(object: ApiObject): ApiObject {
  const o = object as HorizontalPodAutoscaler
  const { metrics = [], behavior, ...spec } = o.spec
  const { currentMetrics, conditions, ...status } = o.status ?? { desiredReplicas: 0 }
  const others = metrics.filter((m) => !isCpu(m))
  const cpu = metrics.find(isCpu)?.resource?.target.averageUtilization
  const used = (currentMetrics ?? []).find(isCpu)?.resource?.current.averageUtilization
  const annotations: Record<string, string> = { ...o.metadata.annotations }
  if (others.length > 0) annotations[METRICS] = JSON.stringify(others)
  if (currentMetrics?.some((m) => !isCpu(m))) annotations[CURRENT] = JSON.stringify(currentMetrics)
  if (conditions !== undefined) annotations[CONDITIONS] = JSON.stringify(conditions)
  if (behavior !== undefined) annotations[BEHAVIOR] = JSON.stringify(behavior)
  return {
    ...o,
    apiVersion: 'autoscaling/v1',
    metadata: { ...o.metadata, ...(Object.keys(annotations).length > 0 && { annotations }) },
    spec: { ...spec, ...(cpu !== undefined && { targetCPUUtilizationPercentage: cpu }) },
    status: { currentReplicas: 0, ...status, ...(used !== undefined && { currentCPUUtilizationPercentage: used }) },
  }
}

const int = { type: 'integer', format: 'int32' } as const

export const horizontalPodAutoscalerV1 = defineKind({
  group: 'autoscaling',
  version: 'v1',
  kind: 'HorizontalPodAutoscaler',
  resource: 'horizontalpodautoscalers',
  singular: 'horizontalpodautoscaler',
  shortNames: ['hpa'],
  categories: ['all'],
  namespaced: true,
  storedAs: { group: 'autoscaling', version: 'v2', kind: 'HorizontalPodAutoscaler', toStored, fromStored },
  schema: {
    type: 'object',
    name: 'io.k8s.api.autoscaling.v1.HorizontalPodAutoscaler',
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: definition('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta'),
      spec: {
        type: 'object',
        name: 'io.k8s.api.autoscaling.v1.HorizontalPodAutoscalerSpec',
        required: ['scaleTargetRef', 'maxReplicas'],
        properties: {
          maxReplicas: int,
          minReplicas: int,
          targetCPUUtilizationPercentage: int,
          scaleTargetRef: definition('io.k8s.api.autoscaling.v2.CrossVersionObjectReference'),
        },
      },
      status: {
        type: 'object',
        name: 'io.k8s.api.autoscaling.v1.HorizontalPodAutoscalerStatus',
        properties: {
          currentCPUUtilizationPercentage: int,
          currentReplicas: int,
          desiredReplicas: int,
          lastScaleTime: { type: 'string', format: 'date-time' },
          observedGeneration: { type: 'integer', format: 'int64' },
        },
      },
    },
  },
  setDefaults: (o) => {
    o['spec'] ??= {}
    o['spec'].minReplicas ??= 1
    if (o.metadata.annotations?.[METRICS] === undefined) o['spec'].targetCPUUtilizationPercentage ??= DEFAULT_CPU_PERCENT
  },
  subresources: { status: true },
  columns: v2.columns,
})
