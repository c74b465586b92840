/**
 * What the API refuses in a HorizontalPodAutoscaler (upstream's ValidateHorizontalPodAutoscalerSpec).
 */
import { type FieldError, forbidden, invalid, required } from '../../../api/errors.ts'
import type { HorizontalPodAutoscaler, HPAScalingRules, MetricSpec, MetricTarget } from '../../../api/generated/types/autoscaling-v2.ts'
import { nameIsPathSegment } from '../../../api/names.ts'
import { quantitySign } from '../../../api/quantity.ts'
import { unsupported } from '../../core/field-checks.ts'

const sources = {
  ContainerResource: 'containerResource',
  External: 'external',
  Object: 'object',
  Pods: 'pods',
  Resource: 'resource',
} as const
const isSource = (type: string): type is keyof typeof sources => Object.hasOwn(sources, type)
const MAX_STABILIZATION = 3600
const MAX_PERIOD = 1800

function segment(value: string | undefined, path: string): FieldError[] {
  return value ? nameIsPathSegment(value).map((m) => invalid(path, value, m)) : [required(path)]
}

function targetErrors(target: MetricTarget | undefined, path: string): FieldError[] {
  const found: FieldError[] = []
  const { type, value, averageValue, averageUtilization } = target ?? { type: '' }
  if (!type) found.push(required(`${path}.type`, 'must specify a metric target type'))
  else if (!['Utilization', 'Value', 'AverageValue'].includes(type))
    found.push(invalid(`${path}.type`, type, 'must be either Utilization, Value, or AverageValue'))
  if (value !== undefined && quantitySign(value) !== 1) found.push(invalid(`${path}.value`, value, 'must be positive'))
  if (averageValue !== undefined && quantitySign(averageValue) !== 1)
    found.push(invalid(`${path}.averageValue`, averageValue, 'must be positive'))
  if (averageUtilization !== undefined && averageUtilization < 1)
    found.push(invalid(`${path}.averageUtilization`, averageUtilization, 'must be greater than 0'))
  return found
}

function resourceTargetErrors(target: MetricTarget | undefined, path: string): FieldError[] {
  const { averageUtilization, averageValue } = target ?? { type: '' }
  if (averageUtilization === undefined && averageValue === undefined)
    return [required(`${path}.averageUtilization`, 'must set either a target raw value or a target utilization')]
  return averageUtilization !== undefined && averageValue !== undefined
    ? [forbidden(`${path}.averageValue`, 'may not set both a target raw value and a target utilization')]
    : []
}

function sourceErrors(metric: MetricSpec, type: keyof typeof sources, path: string): FieldError[] {
  const at = `${path}.${sources[type]}`
  if (metric[sources[type]] === undefined) return [required(at, 'must populate information for the given metric source')]
  if (type === 'Resource' || type === 'ContainerResource') {
    const source = (metric.resource ?? metric.containerResource)!
    return [
      ...(source.name ? [] : [required(`${at}.name`, 'must specify a resource name')]),
      ...targetErrors(source.target, `${at}.target`),
      ...resourceTargetErrors(source.target, `${at}.target`),
    ]
  }
  const source = (metric.pods ?? metric.object ?? metric.external)!
  const found = [...segment(source.metric?.name, `${at}.metric.name`), ...targetErrors(source.target, `${at}.target`)]
  if (type === 'Pods' && source.target?.averageValue === undefined)
    found.push(required(`${at}.target.averageValue`, 'must specify a positive target averageValue'))
  return found
}

function metricErrors(metric: MetricSpec, path: string): FieldError[] {
  if (!metric.type)
    return [required(`${path}.type`, 'must specify a metric source type'), unsupported(`${path}.type`, '', Object.keys(sources))]
  if (!isSource(metric.type)) return [unsupported(`${path}.type`, metric.type, Object.keys(sources))]
  const type = metric.type
  const found = sourceErrors(metric, type, path)
  for (const [other, field] of Object.entries(sources))
    if (other !== type && metric[field] !== undefined)
      found.push(forbidden(`${path}.${field}`, 'must populate the given metric source only'))
  return found
}

function ruleErrors(rules: HPAScalingRules | undefined, path: string): FieldError[] {
  if (rules === undefined) return []
  const found: FieldError[] = []
  const window = rules.stabilizationWindowSeconds
  const at = `${path}.stabilizationWindowSeconds`
  if (window !== undefined && window < 0) found.push(invalid(at, window, 'must be greater than or equal to zero'))
  if (window !== undefined && window > MAX_STABILIZATION)
    found.push(invalid(at, window, `must be less than or equal to ${MAX_STABILIZATION}`))
  const select = rules.selectPolicy
  if (select !== undefined && !['Max', 'Min', 'Disabled'].includes(select))
    found.push(unsupported(`${path}.selectPolicy`, select, ['Disabled', 'Max', 'Min']))
  if ((rules.policies?.length ?? 0) === 0) found.push(required(`${path}.policies`, 'must specify at least one Policy'))
  for (const [i, policy] of (rules.policies ?? []).entries()) {
    const p = `${path}.policies[${i}]`
    if (policy.type !== 'Pods' && policy.type !== 'Percent') found.push(unsupported(`${p}.type`, policy.type ?? '', ['Percent', 'Pods']))
    if (!(policy.value > 0)) found.push(invalid(`${p}.value`, policy.value ?? 0, 'must be greater than zero'))
    if (!(policy.periodSeconds > 0)) found.push(invalid(`${p}.periodSeconds`, policy.periodSeconds ?? 0, 'must be greater than zero'))
    else if (policy.periodSeconds > MAX_PERIOD)
      found.push(invalid(`${p}.periodSeconds`, policy.periodSeconds, `must be less than or equal to ${MAX_PERIOD}`))
  }
  return found
}

export function validate(o: HorizontalPodAutoscaler): FieldError[] {
  const { minReplicas, maxReplicas, scaleTargetRef, metrics, behavior } = o.spec
  const found: FieldError[] = []
  if (minReplicas !== undefined && minReplicas < 1)
    found.push(invalid('spec.minReplicas', minReplicas, 'must be greater than or equal to 1'))
  if (maxReplicas < 1) found.push(invalid('spec.maxReplicas', maxReplicas, 'must be greater than 0'))
  if (minReplicas !== undefined && maxReplicas < minReplicas)
    found.push(invalid('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`'))
  return [
    ...found,
    ...segment(scaleTargetRef.kind, 'spec.scaleTargetRef.kind'),
    ...segment(scaleTargetRef.name, 'spec.scaleTargetRef.name'),
    ...(metrics ?? []).flatMap((m, i) => metricErrors(m, `spec.metrics[${i}]`)),
    ...ruleErrors(behavior?.scaleUp, 'spec.behavior.scaleUp'),
    ...ruleErrors(behavior?.scaleDown, 'spec.behavior.scaleDown'),
  ]
}
