/**
 * What the API refuses in a Job, in the order and words of upstream's ValidateJobSpec and ValidateJobUpdate.
 */
import { type FieldError, invalid, required } from '../../../api/errors.ts'
import type { Job, JobSpec } from '../../../api/generated/types/batch-v1.ts'
import type { PodTemplateSpec } from '../../../api/generated/types/core-v1.ts'
import { dns1123LabelErrors } from '../../../api/names.ts'
import { matchesLabels, validateLabelSelector } from '../../../api/selectors.ts'
import { unsupported } from '../../core/field-checks.ts'
import { goForm } from '../../core/go-form/print.ts'
import { validatePodTemplateSpec } from '../../core/pod-template.ts'
import { nonNegative } from '../../fields/numbers.ts'
import { immutable, same } from '../../fields/same.ts'
import { compiledSelector, selectorValue } from '../../fields/selector.ts'
import { CONTROLLER_UID, LEGACY_CONTROLLER_UID } from './defaults.ts'
import { failurePolicyRestartErrors, policyErrors } from './failure-policy.ts'

const MAX_INDEXED_PARALLELISM = 100_000

function indexedErrors(spec: JobSpec, path: string): FieldError[] {
  const { completionMode: mode, parallelism, completions } = spec
  if (mode === undefined || mode === 'NonIndexed') return []
  if (mode !== 'Indexed') return [unsupported(`${path}.completionMode`, mode, ['NonIndexed', 'Indexed'])]
  const found: FieldError[] = []
  if (completions === undefined) found.push(required(`${path}.completions`, 'when completion mode is Indexed'))
  if ((parallelism ?? 0) > MAX_INDEXED_PARALLELISM)
    found.push(
      invalid(
        `${path}.parallelism`,
        parallelism,
        `must be less than or equal to ${MAX_INDEXED_PARALLELISM} when completion mode is Indexed`,
      ),
    )
  return found
}

function restartPolicyErrors(policy: string | undefined, path: string): FieldError[] {
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
  if (spec.backoffLimitPerIndex !== undefined && spec.completionMode !== 'Indexed')
    found.push(invalid(`${path}.backoffLimitPerIndex`, spec.backoffLimitPerIndex, 'requires indexed completion mode'))
  found.push(...indexedErrors(spec, path))
  if (spec.podReplacementPolicy !== undefined && !['TerminatingOrFailed', 'Failed'].includes(spec.podReplacementPolicy))
    found.push(unsupported(`${path}.podReplacementPolicy`, spec.podReplacementPolicy, ['TerminatingOrFailed', 'Failed']))
  found.push(...policyErrors(spec, path), ...validatePodTemplateSpec(spec.template ?? {}, `${path}.template`))
  return [
    ...found,
    ...restartPolicyErrors(spec.template?.spec?.restartPolicy, `${path}.template.spec.restartPolicy`),
    ...failurePolicyRestartErrors(spec, path),
  ]
}

function selectorErrors(spec: JobSpec): FieldError[] {
  const path = 'spec.selector'
  if (spec.selector === undefined) return [required(path)]
  const found = validateLabelSelector(spec.selector, path)
  const compiled = compiledSelector(spec.selector)
  const labels = spec.template.metadata?.labels
  if (compiled !== undefined && !matchesLabels(compiled, labels))
    found.push(invalid('spec.template.metadata.labels', labels ?? null, '`selector` does not match template `labels`'))
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

/** Of a suspended Job that never started, where its pods may run may still change. */
/** The template as the API server's own type prints it. */
const goTemplate = (template: PodTemplateSpec): unknown => ({ ...template.metadata, Spec: goForm({ ...template.spec }, 'PodSpec') })

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

function completionsErrors(next: JobSpec, previous: JobSpec): FieldError[] {
  if (same(next.completions, previous.completions)) return []
  const elastic =
    next.completionMode === 'Indexed' && next.completions === next.parallelism && previous.completions === previous.parallelism
  return elastic ? [] : immutable(next.completions, previous.completions, 'spec.completions')
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
