/** Metrics of pods, objects and the world outside: they come from adapters that serve custom.metrics.k8s.io and external.metrics.k8s.io, and nobody does. */
import type { MetricSpec } from '../../api/generated/types/autoscaling-v2.ts'
import type { LabelSelector } from '../../api/selectors.ts'

export interface Failure {
  /** Of the event and the condition. */
  readonly reason: string
  readonly message: string
  /** What goes before the message where all metrics are told of together. */
  readonly within: string
}

const NO_CUSTOM = 'unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered'

/** Go's `%+v` of a label selector. */
function selectorText(selector: LabelSelector | undefined): string {
  if (selector === undefined) return 'nil'
  const labels = selector.matchLabels ?? {}
  const pairs = Object.keys(labels)
    .sort()
    .map((k) => `${k}: ${labels[k]},`)
  const requirements = (selector.matchExpressions ?? []).map(
    (r) => `LabelSelectorRequirement{Key:${r.key},Operator:${r.operator},Values:[${(r.values ?? []).join(' ')}],},`,
  )
  return `&LabelSelector{MatchLabels:map[string]string{${pairs.join('')}},MatchExpressions:[]LabelSelectorRequirement{${requirements.join('')}},}`
}

export function withoutAdapter(spec: MetricSpec, namespace: string): Failure {
  if (spec.pods !== undefined)
    return {
      reason: 'FailedGetPodsMetric',
      message: `unable to get metric ${spec.pods.metric.name}: ${NO_CUSTOM}`,
      within: 'failed to get pods metric value: ',
    }
  if (spec.object !== undefined) {
    const { metric, describedObject: about } = spec.object
    return {
      reason: 'FailedGetObjectMetric',
      message: `unable to get metric ${metric.name}: ${about.kind} on ${namespace} ${about.name}/${NO_CUSTOM}`,
      within: 'failed to get object metric value: ',
    }
  }
  if (spec.external !== undefined) {
    const { name, selector } = spec.external.metric
    const nobody = `the server could not find the requested resource (get ${name}.external.metrics.k8s.io)`
    return {
      reason: 'FailedGetExternalMetric',
      message: `unable to get external metric ${namespace}/${name}/${selectorText(selector as LabelSelector | undefined)}: unable to fetch metrics from external metrics API: ${nobody}`,
      within: `failed to get ${name} external metric value: `,
    }
  }
  const why = `unknown metric source type "${spec.type}"`
  return { reason: 'InvalidMetricSourceType', message: why, within: '' }
}
