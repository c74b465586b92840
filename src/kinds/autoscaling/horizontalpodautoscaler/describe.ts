/**
 * `kubectl describe horizontalpodautoscaler`.
 */
import type {
  HorizontalPodAutoscaler,
  HPAScalingRules,
  MetricSpec,
  MetricStatus,
  MetricTarget,
  MetricValueStatus,
} from '../../../api/generated/types/autoscaling-v2.ts'
import type { DescribeContext } from '../../../api/kind.ts'
import { describeEvents } from '../../describe/events.ts'
import { heading, moment } from '../../describe/fields.ts'
import { type DescribeWriter, describeWith } from '../../describe/writer.ts'

const UNKNOWN = '<unknown>'

function resourceText(what: string, spec: NonNullable<MetricSpec['resource']>, current: MetricStatus['resource']): string {
  const { averageValue, averageUtilization } = spec.target
  const now = current?.current
  if (averageValue !== undefined) return `${what}:\t${now?.averageValue ?? UNKNOWN} / ${averageValue}`
  const used = now?.averageUtilization === undefined ? UNKNOWN : `${now.averageUtilization}% (${now.averageValue ?? ''})`
  return `${what}  (as a percentage of request):\t${used} / ${averageUtilization === undefined ? '<auto>' : `${averageUtilization}%`}`
}

/** `(target value):⇥current / target`, of the average where that is the target. */
function valueText(about: string, target: MetricTarget, now: MetricValueStatus | undefined): string {
  const average = target.averageValue !== undefined
  const values = average ? `${now?.averageValue ?? UNKNOWN} / ${target.averageValue}` : `${now?.value ?? UNKNOWN} / ${target.value ?? ''}`
  return `${about} (target ${average ? 'average value' : 'value'}):\t${values}`
}

function metricText(spec: MetricSpec, status: MetricStatus | undefined): string {
  switch (spec.type) {
    case 'Resource':
      return resourceText(`resource ${spec.resource!.name} on pods`, spec.resource!, status?.resource)
    case 'ContainerResource': {
      const source = spec.containerResource!
      return resourceText(`resource ${source.name} of container "${source.container}" on pods`, source, status?.containerResource)
    }
    case 'Pods':
      return `"${spec.pods!.metric.name}" on pods:\t${status?.pods?.current.averageValue ?? UNKNOWN} / ${spec.pods!.target.averageValue ?? ''}`
    case 'Object': {
      const { metric, describedObject: about, target } = spec.object!
      return valueText(`"${metric.name}" on ${about.kind}/${about.name}`, target, status?.object?.current)
    }
    case 'External':
      return valueText(`"${spec.external!.metric.name}"`, spec.external!.target, status?.external?.current)
    default:
      return `<unknown metric type "${spec.type}">`
  }
}

function behaviorLines(writer: DescribeWriter, title: string, rules: HPAScalingRules | undefined): void {
  if (rules === undefined) return
  writer.line(1, `${title}:`)
  if (rules.stabilizationWindowSeconds !== undefined) writer.line(2, `Stabilization Window: ${rules.stabilizationWindowSeconds} seconds`)
  if ((rules.policies?.length ?? 0) === 0) return
  writer.line(2, `Select Policy: ${rules.selectPolicy ?? 'Max'}`)
  writer.line(2, 'Policies:')
  for (const p of rules.policies ?? []) writer.line(3, `- Type: ${p.type}\tValue: ${p.value}\tPeriod: ${p.periodSeconds} seconds`)
}

function conditionLines(writer: DescribeWriter, o: HorizontalPodAutoscaler): void {
  const conditions = o.status?.conditions ?? []
  if (conditions.length === 0) return
  writer.line(0, 'Conditions:')
  writer.line(1, 'Type\tStatus\tReason\tMessage')
  writer.line(1, '----\t------\t------\t-------')
  for (const c of conditions) writer.line(1, `${c.type}\t${c.status}\t${c.reason ?? ''}\t${c.message ?? ''}`)
}

export const describe = (o: HorizontalPodAutoscaler, context: DescribeContext): string =>
  describeWith((writer) => {
    const { scaleTargetRef: target, minReplicas, maxReplicas, behavior, metrics } = o.spec
    heading(writer, o)
    writer.line(0, `CreationTimestamp:\t${moment(o.metadata.creationTimestamp)}`)
    writer.line(0, `Reference:\t${target.kind}/${target.name}`)
    writer.line(0, 'Metrics:\t( current / target )')
    for (const [i, metric] of (metrics ?? []).entries()) writer.line(1, metricText(metric, o.status?.currentMetrics?.[i]))
    writer.line(0, `Min replicas:\t${minReplicas ?? '<unset>'}`)
    writer.line(0, `Max replicas:\t${maxReplicas}`)
    if (behavior !== undefined) {
      writer.line(0, 'Behavior:')
      behaviorLines(writer, 'Scale Up', behavior.scaleUp)
      behaviorLines(writer, 'Scale Down', behavior.scaleDown)
    }
    writer.line(0, `${target.kind} pods:\t${o.status?.currentReplicas ?? 0} current / ${o.status?.desiredReplicas ?? 0} desired`)
    conditionLines(writer, o)
    describeEvents(writer, o, context)
  })
