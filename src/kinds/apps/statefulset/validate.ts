/**
 * What the API refuses in a StatefulSet, in the order and words of upstream's ValidateStatefulSetSpec.
 */
import { type FieldError, forbidden, invalid, required } from '../../../api/errors.ts'
import type { StatefulSet, StatefulSetSpec, StatefulSetUpdateStrategy } from '../../../api/generated/types/apps-v1.ts'
import type { ValidationContext } from '../../../api/kind.ts'
import { dns1123LabelErrors } from '../../../api/names.ts'
import { checked, unsupported } from '../../core/field-checks.ts'
import { claimSpecErrors } from '../../core/persistentvolumeclaim/validate-spec.ts'
import { validatePodTemplateSpec } from '../../core/pod-template.ts'
import { intOrPercent, intOrPercentNumber, nonNegative, notMoreThan100Percent } from '../../fields/numbers.ts'
import { same } from '../../fields/same.ts'
import { compiledSelector, selectorValue, templateLabelErrors, workloadSelectorErrors } from '../../fields/selector.ts'

function podManagementErrors(policy: string | undefined): FieldError[] {
  const path = 'spec.podManagementPolicy'
  if (!policy) return [required(path)]
  return policy === 'OrderedReady' || policy === 'Parallel' ? [] : [invalid(path, policy, "must be 'OrderedReady' or 'Parallel'")]
}

/** The strategy as Go's encoding of the internal type prints it. */
const goRollingUpdate = (update: StatefulSetUpdateStrategy['rollingUpdate']): unknown =>
  update ? { Partition: update.partition ?? 0, MaxUnavailable: update.maxUnavailable ?? null } : null
const goStrategy = ({ type, rollingUpdate }: StatefulSetUpdateStrategy): unknown => ({
  Type: type,
  RollingUpdate: goRollingUpdate(rollingUpdate),
})

function strategyErrors(strategy: StatefulSetUpdateStrategy | undefined): FieldError[] {
  const path = 'spec.updateStrategy'
  const update = strategy?.rollingUpdate
  if (!strategy?.type) return [required(path)]
  if (strategy.type === 'OnDelete')
    return update === undefined
      ? []
      : [invalid(`${path}.rollingUpdate`, goRollingUpdate(update), "only allowed for updateStrategy 'RollingUpdate'")]
  if (strategy.type !== 'RollingUpdate') return [invalid(path, goStrategy(strategy), "must be 'RollingUpdate' or 'OnDelete'")]
  if (update === undefined) return []
  const found = nonNegative(update.partition, `${path}.rollingUpdate.partition`)
  const unavailable = update.maxUnavailable
  if (unavailable === undefined) return found
  const at = `${path}.rollingUpdate.maxUnavailable`
  found.push(...intOrPercent(unavailable, at))
  if (intOrPercentNumber(unavailable) === 0) found.push(invalid(at, unavailable, 'cannot be 0'))
  return [...found, ...notMoreThan100Percent(unavailable, at)]
}

function retentionErrors(spec: StatefulSetSpec): FieldError[] {
  const path = 'spec.persistentVolumeClaimRetentionPolicy'
  const policy = spec.persistentVolumeClaimRetentionPolicy
  return (['whenDeleted', 'whenScaled'] as const)
    .filter((field) => policy?.[field] !== 'Retain' && policy?.[field] !== 'Delete')
    .map((field) => unsupported(`${path}.${field}`, policy?.[field] ?? '', ['Retain', 'Delete']))
}

/** Judged of new objects only: older releases let any name pass. */
function serviceNameErrors({ metadata, spec }: StatefulSet): FieldError[] {
  const name = spec?.serviceName
  return name && metadata.resourceVersion === undefined ? checked('spec.serviceName', name, dns1123LabelErrors(name)) : []
}

export function validate(object: StatefulSet, _context: ValidationContext): FieldError[] {
  const spec = object.spec!
  const found = [
    ...podManagementErrors(spec.podManagementPolicy),
    ...strategyErrors(spec.updateStrategy),
    ...retentionErrors(spec),
    ...nonNegative(spec.replicas, 'spec.replicas'),
    ...nonNegative(spec.minReadySeconds, 'spec.minReadySeconds'),
    ...nonNegative(spec.ordinals?.start, 'spec.ordinals.start'),
    ...serviceNameErrors(object),
    ...workloadSelectorErrors(spec.selector, 'spec.selector', 'statefulset'),
  ]
  for (const [i, claim] of (spec.volumeClaimTemplates ?? []).entries())
    found.push(...claimSpecErrors(claim.spec ?? {}, `spec.volumeClaimTemplates[${i}].spec`))
  const compiled = compiledSelector(spec.selector)
  if (compiled === undefined) found.push(invalid('spec.selector', selectorValue(spec.selector), ''))
  else {
    found.push(...templateLabelErrors(spec.template, compiled, 'spec.template'))
    found.push(...validatePodTemplateSpec(withClaims(spec), 'spec.template'))
  }
  const pod = spec.template.spec
  if (pod?.restartPolicy !== 'Always') found.push(unsupported('spec.template.spec.restartPolicy', pod?.restartPolicy ?? '', ['Always']))
  if (pod?.activeDeadlineSeconds !== undefined)
    found.push(forbidden('spec.template.spec.activeDeadlineSeconds', 'activeDeadlineSeconds in StatefulSet is not Supported'))
  return found
}

/** The template as its pods will be: the claims are volumes that mounts may name. */
function withClaims(spec: StatefulSetSpec): StatefulSetSpec['template'] {
  const claims = spec.volumeClaimTemplates ?? []
  const pod = spec.template.spec
  if (claims.length === 0 || pod === undefined) return spec.template
  const volumes = [
    ...(pod.volumes ?? []).filter((v) => !claims.some((c) => c.metadata?.name === v.name)),
    ...claims.map((c) => ({ name: c.metadata?.name ?? '', persistentVolumeClaim: { claimName: c.metadata?.name ?? '' } })),
  ]
  return { ...spec.template, spec: { ...pod, volumes } }
}

const changeable = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
] as const

export function validateUpdate(next: StatefulSet, previous: StatefulSet): FieldError[] {
  const copy: Record<string, unknown> = { ...next.spec }
  const before: Readonly<Record<string, unknown>> = { ...previous.spec }
  for (const field of changeable) copy[field] = before[field]
  const names = `${changeable
    .slice(0, -1)
    .map((f) => `'${f}'`)
    .join(', ')} and '${changeable.at(-1)}'`
  return same(copy, before) ? [] : [forbidden('spec', `updates to statefulset spec for fields other than ${names} are forbidden`)]
}
