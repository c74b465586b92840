/**
 * What the API refuses in a Job, in the order and words of upstream's ValidateJobSpec and ValidateJobUpdate.
 */
import { type FieldError, invalid, required, tooLong } from '../../../api/errors.ts'
import type { Job, JobSpec } from '../../../api/generated/types/batch-v1.ts'
import type { PodTemplateSpec } from '../../../api/generated/types/core-v1.ts'
import { dns1123LabelErrors } from '../../../api/names.ts'
import { matchesLabels, validateLabelSelector } from '../../../api/selectors.ts'
import { unsupported } from '../../core/field-checks.ts'
import { goForm } from '../../core/go-form/print.ts'
import { validatePodTemplateSpec } from '../../core/pod-template.ts'
import { domainPrefixedPathErrors } from '../../fields/domain-path.ts'
import { nonNegative } from '../../fields/numbers.ts'
import { immutable, same } from '../../fields/same.ts'
import { compiledSelector, labelsValue, selectorValue } from '../../fields/selector.ts'
import { CONTROLLER_UID, LEGACY_CONTROLLER_UID } from './defaults.ts'
import { failurePolicyErrors, replacementErrors } from './failure-policy.ts'
import { successPolicyErrors } from './success-policy.ts'

/** The parallelism, and the indexes that may fail, of an Indexed Job. */
const MAX_INDEXED = 100_000

/** With so many completions, failures of single indexes must be few. */
const MANY_COMPLETIONS = 100_000
const FEW = 10_000
const MAX_MANAGER = 63

function managerErrors(name: string | undefined, path: string): FieldError[] {
  if (name === undefined) return []
  const found = domainPrefixedPathErrors(name, path)
  return name.length > MAX_MANAGER ? [...found, tooLong(path, name, MAX_MANAGER)] : found
}

function manyCompletionsErrors(spec: JobSpec, path: string): FieldError[] {
  const { parallelism = 0, maxFailedIndexes: failed } = spec
  if ((spec.completions ?? 0) <= MANY_COMPLETIONS || spec.backoffLimitPerIndex === undefined) return []
  const detail = `must be less than or equal to ${FEW} when completions are above ${MANY_COMPLETIONS} and used with backoff limit per index`
  return [
    ...(failed === undefined
      ? [required(`${path}.maxFailedIndexes`, `must be specified when completions is above ${MANY_COMPLETIONS}`)]
      : []),
    ...(parallelism > FEW ? [invalid(`${path}.parallelism`, parallelism, detail)] : []),
    ...((failed ?? 0) > FEW ? [invalid(`${path}.maxFailedIndexes`, failed, detail)] : []),
  ]
}

function indexedErrors(spec: JobSpec, path: string): FieldError[] {
  const { completionMode: mode, parallelism = 0, completions, maxFailedIndexes: failed } = spec
  if (mode === undefined || mode === 'NonIndexed')
    return (['backoffLimitPerIndex', 'maxFailedIndexes'] as const).flatMap((field) =>
      spec[field] === undefined ? [] : [invalid(`${path}.${field}`, spec[field], 'requires indexed completion mode')],
    )
  if (mode !== 'Indexed') return [unsupported(`${path}.completionMode`, mode, ['NonIndexed', 'Indexed'])]
  const found: FieldError[] = []
  if (completions === undefined) found.push(required(`${path}.completions`, 'when completion mode is Indexed'))
  if (parallelism > MAX_INDEXED) {
    const detail = `must be less than or equal to ${MAX_INDEXED} when completion mode is Indexed`
    found.push(invalid(`${path}.parallelism`, parallelism, detail))
  }
  if (failed !== undefined && completions !== undefined && failed > completions)
    found.push(invalid(`${path}.maxFailedIndexes`, failed, 'must be less than or equal to completions'))
  if ((failed ?? 0) > MAX_INDEXED) found.push(invalid(`${path}.maxFailedIndexes`, failed, `must be less than or equal to ${MAX_INDEXED}`))
  return [...found, ...manyCompletionsErrors(spec, path)]
}

/** A failure policy decides over pods that do not restart by themselves. */
function restartPolicyErrors(spec: JobSpec, path: string): FieldError[] {
  const policy = spec.template?.spec?.restartPolicy
  if (policy === 'OnFailure' && spec.podFailurePolicy !== undefined)
    return [invalid(path, policy, 'only "Never" is supported when podFailurePolicy is specified')]
  if (policy === 'OnFailure' || policy === 'Never') return []
  if (policy === undefined || policy === 'Always') return [required(path, 'valid values: "OnFailure", "Never"')]
  return [unsupported(path, policy, ['OnFailure', 'Never'])]
}

/** A Job's spec as it may also stand in a CronJob's template: no selector yet. */
export function jobSpecErrors(spec: JobSpec, path: string): FieldError[] {
  const found: FieldError[] = []
  for (const field of [
    'parallelism',
    'completions',
    'activeDeadlineSeconds',
    'backoffLimit',
    'ttlSecondsAfterFinished',
    'backoffLimitPerIndex',
    'maxFailedIndexes',
  ] as const)
    found.push(...nonNegative(spec[field], `${path}.${field}`))
  if (spec.maxFailedIndexes !== undefined && spec.backoffLimitPerIndex === undefined)
    found.push(required(`${path}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified'))
  return [
    ...found,
    ...managerErrors(spec.managedBy, `${path}.managedBy`),
    ...indexedErrors(spec, path),
    ...failurePolicyErrors(spec, `${path}.podFailurePolicy`),
    ...successPolicyErrors(spec, `${path}.successPolicy`),
    ...replacementErrors(spec, `${path}.podReplacementPolicy`),
    ...validatePodTemplateSpec(spec.template ?? {}, `${path}.template`),
    ...restartPolicyErrors(spec, `${path}.template.spec.restartPolicy`),
  ]
}

function selectorErrors(spec: JobSpec): FieldError[] {
  const path = 'spec.selector'
  if (spec.selector === undefined) return [required(path)]
  const found = validateLabelSelector(spec.selector, path)
  const compiled = compiledSelector(spec.selector)
  const labels = spec.template.metadata?.labels
  if (compiled !== undefined && !matchesLabels(compiled, labels))
    found.push(invalid('spec.template.metadata.labels', labelsValue(labels), '`selector` does not match template `labels`'))
  return found
}

/** The user wrote labels that the API would have drawn, and wrote them wrong. */
function generatedErrors(object: Job): FieldError[] {
  const { manualSelector, selector, template } = object.spec!
  if (manualSelector === true || object.metadata.uid === undefined) return []
  const found: FieldError[] = []
  const labels = template.metadata?.labels ?? {}
  for (const key of [LEGACY_CONTROLLER_UID, CONTROLLER_UID])
    if (labels[key] !== undefined && labels[key] !== object.metadata.uid)
      found.push(invalid('spec.template.metadata.labels', labels, `must be '${object.metadata.uid}'`))
  const expected = { matchLabels: { [CONTROLLER_UID]: object.metadata.uid } }
  const legacy = { matchLabels: { [LEGACY_CONTROLLER_UID]: object.metadata.uid } }
  if (!same(selector, expected) && !same(selector, legacy))
    found.push(invalid('spec.selector', selectorValue(selector), '`selector` not auto-generated'))
  return found
}

export function validate(object: Job): FieldError[] {
  const spec = object.spec!
  const found = [...generatedErrors(object), ...jobSpecErrors(spec, 'spec'), ...selectorErrors(spec)]
  if (spec.completionMode === 'Indexed' && (spec.completions ?? 0) > 0) {
    const longest = `${object.metadata.name}-${spec.completions! - 1}`
    for (const _ of dns1123LabelErrors(longest))
      found.push(invalid('metadata.name', object.metadata.name, `will not able to create pod with invalid DNS label: ${longest}`))
  }
  return found
}

/** The template as the API server's own type prints it. */
const goTemplate = (template: PodTemplateSpec): unknown => ({ ...template.metadata, Spec: goForm({ ...template.spec }, 'PodSpec') })

/** Of a suspended Job that never started, where its pods may run may still change. */
function templateErrors(next: Job, previous: Job): FieldError[] {
  const after = next.spec!.template
  const before = previous.spec!.template
  if (same(after, before)) return []
  const mutable = previous.spec?.suspend === true && previous.status?.startTime === undefined
  return mutable && same(withoutScheduling(after), withoutScheduling(before))
    ? []
    : [invalid('spec.template', goTemplate(after), 'field is immutable')]
}

function withoutScheduling(template: PodTemplateSpec): unknown {
  const { nodeSelector: _n, tolerations: _t, schedulingGates: _g, affinity: _a, ...spec } = template.spec ?? { containers: [] }
  return spec
}

/** Indexed Jobs grow and shrink: completions and parallelism together. */
function completionsErrors(next: JobSpec, previous: JobSpec): FieldError[] {
  if (next.completionMode !== 'Indexed') return immutable(next.completions, previous.completions, 'spec.completions')
  if (next.completions === undefined || next.completions === previous.completions || next.completions === next.parallelism) return []
  return [invalid('spec.completions', next.completions, 'can only be modified in tandem with spec.parallelism')]
}

export function validateUpdate(next: Job, previous: Job): FieldError[] {
  const after = next.spec!
  const before = previous.spec!
  const found = [
    ...completionsErrors(after, before),
    ...(same(after.selector, before.selector) ? [] : [invalid('spec.selector', selectorValue(after.selector), 'field is immutable')]),
    ...templateErrors(next, previous),
  ]
  for (const field of ['completionMode', 'podFailurePolicy', 'backoffLimitPerIndex', 'managedBy', 'successPolicy'] as const)
    found.push(...immutable(after[field], before[field], `spec.${field}`))
  return found
}
