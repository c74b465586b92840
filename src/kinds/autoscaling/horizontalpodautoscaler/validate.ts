/**
 * What the API refuses in a HorizontalPodAutoscaler (upstream's ValidateHorizontalPodAutoscalerSpec).
 */
import { type FieldError, forbidden, invalid, required } from '../../../api/errors.ts'
import type { HorizontalPodAutoscaler, HPAScalingRules, MetricSpec, MetricTarget } from '../../../api/generated/types/autoscaling-v2.ts'
import { dns1123LabelErrors, nameIsPathSegment } from '../../../api/names.ts'
import { quantitySign } from '../../../api/quantity.ts'
import { checked, nonNegativeQuantity, unsupported } from '../../core/field-checks.ts'
import { containerResourceName } from '../../core/resource-names.ts'

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
  if (!['Utilization', 'Value', 'AverageValue'].includes(type ?? ''))
    found.push(invalid(`${path}.type`, type ?? '', 'must be either Utilization, Value, or AverageValue'))
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

/** A metric's name is part of the path at which it is asked for. */
const metricName = (name: string | undefined, path: string): FieldError[] =>
  name ? segment(name, path) : [required(path, 'must specify a metric name')]

/** Of a metric in units of its own: a value for all, or for each pod. */
function valueTargetErrors(target: MetricTarget | undefined, path: string, detail: string): FieldError[] {
  return target?.value === undefined && target?.averageValue === undefined ? [required(`${path}.averageValue`, detail)] : []
}

const sourceErrors = {
  object: ({ object }: MetricSpec, at: string): FieldError[] => [
    ...segment(object?.describedObject?.kind, `${at}.describedObject.kind`),
    ...segment(object?.describedObject?.name, `${at}.describedObject.name`),
    ...metricName(object?.metric?.name, `${at}.metric.name`),
    ...targetErrors(object?.target, `${at}.target`),
    ...valueTargetErrors(object?.target, `${at}.target`, 'must set either a target value or averageValue'),
  ],
  external: ({ external }: MetricSpec, at: string): FieldError[] => [
    ...metricName(external?.metric?.name, `${at}.metric.name`),
    ...targetErrors(external?.target, `${at}.target`),
    ...valueTargetErrors(external?.target, `${at}.target`, 'must set either a target value for metric or a per-pod target'),
    ...(external?.target?.value !== undefined && external.target.averageValue !== undefined
      ? [forbidden(`${at}.target.value`, 'may not set both a target value for metric and a per-pod target')]
      : []),
  ],
  pods: ({ pods }: MetricSpec, at: string): FieldError[] => [
    ...metricName(pods?.metric?.name, `${at}.metric.name`),
    ...targetErrors(pods?.target, `${at}.target`),
    ...(pods?.target?.averageValue === undefined
      ? [required(`${at}.target.averageValue`, 'must specify a positive target averageValue')]
      : []),
  ],
  resource: ({ resource }: MetricSpec, at: string): FieldError[] => [
    ...(resource?.name ? [] : [required(`${at}.name`, 'must specify a resource name')]),
    ...targetErrors(resource?.target, `${at}.target`),
    ...resourceTargetErrors(resource?.target, `${at}.target`),
  ],
  containerResource: ({ containerResource: source }: MetricSpec, at: string): FieldError[] => [
    ...(source?.name ? containerResourceName(source.name, `${at}.name`) : [required(`${at}.name`, 'must specify a resource name')]),
    ...(source?.container
      ? checked(`${at}.container`, source.container, dns1123LabelErrors(source.container))
      : [required(`${at}.container`, 'must specify a container')]),
    ...targetErrors(source?.target, `${at}.target`),
    ...resourceTargetErrors(source?.target, `${at}.target`),
  ],
} satisfies Record<string, (metric: MetricSpec, at: string) => FieldError[]>

/** Only the first source given is judged; each one but the type's own is one too many. */
function metricErrors(metric: MetricSpec, path: string): FieldError[] {
  const found: FieldError[] = []
  if (!metric.type) found.push(required(`${path}.type`, 'must specify a metric source type'))
  if (!isSource(metric.type ?? '')) found.push(unsupported(`${path}.type`, metric.type ?? '', Object.keys(sources)))
  const given = (Object.keys(sourceErrors) as (keyof typeof sourceErrors)[]).filter((field) => metric[field] !== undefined)
  if (given[0] !== undefined) found.push(...sourceErrors[given[0]](metric, `${path}.${given[0]}`))
  const own = isSource(metric.type ?? '') ? sources[metric.type as keyof typeof sources] : undefined
  if (own !== undefined && metric[own] === undefined)
    found.push(required(`${path}.${own}`, 'must populate information for the given metric source'))
  if (given.length !== 1)
    for (const field of [...given].sort())
      if (field !== own) found.push(forbidden(`${path}.${field}`, 'must populate the given metric source only'))
  return found
}

/** Only metrics from outside the pods can wake what has none. */
function metricsErrors(metrics: readonly MetricSpec[], minReplicas: number | undefined): FieldError[] {
  const found = metrics.flatMap((m, i) => metricErrors(m, `spec.metrics[${i}]`))
  if (minReplicas === 0 && !metrics.some((m) => m.type === 'Object' || m.type === 'External'))
    found.push(forbidden('spec.metrics', 'must specify at least one Object or External metric to support scaling to zero replicas'))
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
  const { tolerance } = rules
  return tolerance === undefined ? found : [...found, ...nonNegativeQuantity(tolerance, `${path}.tolerance`)]
}

export function validate(o: HorizontalPodAutoscaler): FieldError[] {
  // What v1 does not give comes without the zero values of Go.
  const { minReplicas, maxReplicas = 0, scaleTargetRef = { kind: '', name: '' }, metrics, behavior } = o.spec
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
    ...metricsErrors(metrics ?? [], minReplicas),
    ...ruleErrors(behavior?.scaleUp, 'spec.behavior.scaleUp'),
    ...ruleErrors(behavior?.scaleDown, 'spec.behavior.scaleDown'),
  ]
}
