/**
 * The metrics of a HorizontalPodAutoscaler as its table shows them: `cpu: 12%/60%`.
 */
import type {
  HorizontalPodAutoscaler,
  MetricSpec,
  MetricStatus,
  MetricTarget,
  MetricValueStatus,
} from '../../../api/generated/types/autoscaling-v2.ts'

const SHOWN = 2
const UNKNOWN = '<unknown>'

const currentOf = (status: MetricStatus | undefined): MetricValueStatus | undefined =>
  (status?.resource ?? status?.containerResource ?? status?.pods ?? status?.object ?? status?.external)?.current

function utilization(current: MetricValueStatus | undefined, target: MetricTarget): string {
  if (target.averageValue !== undefined) return `${current?.averageValue ?? UNKNOWN}/${target.averageValue}`
  const now = current?.averageUtilization
  return `${now === undefined ? UNKNOWN : `${now}%`}/${target.averageUtilization === undefined ? '<auto>' : `${target.averageUtilization}%`}`
}

function objectValue(current: MetricValueStatus | undefined, target: MetricTarget): string {
  if (target.averageValue !== undefined) return `${current?.averageValue ?? UNKNOWN}/${target.averageValue} (avg)`
  return `${current?.value ?? UNKNOWN}/${target.value ?? ''}`
}

function targetText(spec: MetricSpec, status: MetricStatus | undefined): string {
  const current = currentOf(status)
  switch (spec.type) {
    case 'Resource':
      return `${spec.resource!.name}: ${utilization(current, spec.resource!.target)}`
    case 'ContainerResource':
      return `${spec.containerResource!.name}: ${utilization(current, spec.containerResource!.target)}`
    case 'Pods':
      return `${current?.averageValue ?? UNKNOWN}/${spec.pods!.target.averageValue ?? ''}`
    case 'Object':
      return objectValue(current, spec.object!.target)
    case 'External':
      return objectValue(current, spec.external!.target)
    default:
      return '<unknown type>'
  }
}

export function targetsCell(o: HorizontalPodAutoscaler): string {
  const metrics = o.spec.metrics ?? []
  if (metrics.length === 0) return '<none>'
  const shown = metrics.slice(0, SHOWN).map((m, i) => targetText(m, o.status?.currentMetrics?.[i]))
  return metrics.length > SHOWN ? `${shown.join(', ')} + ${metrics.length - SHOWN} more...` : shown.join(', ')
}
