/**
 * What the API refuses in a Job's podFailurePolicy (upstream's validatePodFailurePolicy): which ends of pods count, and how.
 */
import { duplicate, type FieldError, invalid, invalidWhole, required, tooMany } from '../../../api/errors.ts'
import type { JobSpec, PodFailurePolicyRule } from '../../../api/generated/types/batch-v1.ts'
import { qualifiedNameErrors } from '../../../api/names.ts'
import { checked, unsupported } from '../../core/field-checks.ts'

const actions = ['Count', 'FailIndex', 'FailJob', 'Ignore']
const operators = ['In', 'NotIn']
const statuses = ['False', 'True', 'Unknown']
const MAX_RULES = 20
const MAX_VALUES = 255
const MAX_PATTERNS = 20

/** One of a set; a missing one is told the choice as Go prints lists. */
const chosen = (value: string | undefined, path: string, known: readonly string[]): FieldError[] => {
  if (!value) return [required(path, `valid values: [${known.map((k) => JSON.stringify(k)).join(' ')}]`)]
  return known.includes(value) ? [] : [unsupported(path, value, known)]
}

function exitCodeErrors(
  codes: NonNullable<PodFailurePolicyRule['onExitCodes']>,
  containers: readonly string[],
  path: string,
): FieldError[] {
  const found = chosen(codes.operator, `${path}.operator`, operators)
  if (codes.containerName !== undefined && !containers.includes(codes.containerName)) {
    const detail = 'must be one of the container or initContainer names in the pod template'
    found.push(invalid(`${path}.containerName`, codes.containerName, detail))
  }
  const values = codes.values ?? []
  if (values.length === 0) found.push(invalid(`${path}.values`, values, 'at least one value is required'))
  else if (values.length > MAX_VALUES) found.push(tooMany(`${path}.values`, values.length, MAX_VALUES))
  for (const [i, value] of values.entries()) {
    if (codes.operator === 'In' && value === 0) found.push(invalid(`${path}.values[${i}]`, value, 'must not be 0 for the In operator'))
    if (values.indexOf(value) < i) found.push(duplicate(`${path}.values[${i}]`, value))
  }
  if (values.some((value, i) => i > 0 && values[i - 1]! > value)) found.push(invalid(`${path}.values`, values, 'must be ordered'))
  return found
}

function conditionErrors(patterns: NonNullable<PodFailurePolicyRule['onPodConditions']>, path: string): FieldError[] {
  const found = patterns.length > MAX_PATTERNS ? [tooMany(path, patterns.length, MAX_PATTERNS)] : []
  for (const [i, { type, status }] of patterns.entries()) {
    const at = `${path}[${i}]`
    found.push(...checked(`${at}.type`, type ?? '', qualifiedNameErrors(type ?? '')), ...chosen(status, `${at}.status`, statuses))
  }
  return found
}

function ruleErrors(rule: PodFailurePolicyRule, spec: JobSpec, containers: readonly string[], path: string): FieldError[] {
  const { action, onExitCodes: codes, onPodConditions: conditions = [] } = rule
  const found =
    action === 'FailIndex' && spec.backoffLimitPerIndex === undefined
      ? [invalid(`${path}.action`, action, 'requires the backoffLimitPerIndex to be set')]
      : chosen(action, `${path}.action`, actions)
  if (codes !== undefined) found.push(...exitCodeErrors(codes, containers, `${path}.onExitCodes`))
  if (conditions.length > 0) found.push(...conditionErrors(conditions, `${path}.onPodConditions`))
  if (codes !== undefined && conditions.length > 0)
    found.push(invalidWhole(path, 'specifying both OnExitCodes and OnPodConditions is not supported'))
  if (codes === undefined && conditions.length === 0)
    found.push(invalidWhole(path, 'specifying one of OnExitCodes and OnPodConditions is required'))
  return found
}

export function failurePolicyErrors(spec: JobSpec, path: string): FieldError[] {
  const rules = spec.podFailurePolicy?.rules ?? []
  const pod = spec.template?.spec
  const containers = [...(pod?.containers ?? []), ...(pod?.initContainers ?? [])].map((c) => c.name)
  return [
    ...(rules.length > MAX_RULES ? [tooMany(`${path}.rules`, rules.length, MAX_RULES)] : []),
    ...rules.flatMap((rule, i) => ruleErrors(rule, spec, containers, `${path}.rules[${i}]`)),
  ]
}

/** A pod is replaced only once it has failed where the policy looks at how it failed. */
export function replacementErrors(spec: JobSpec, path: string): FieldError[] {
  const policy = spec.podReplacementPolicy
  if (policy === undefined) return []
  const known = spec.podFailurePolicy === undefined ? ['Failed', 'TerminatingOrFailed'] : ['Failed']
  return known.includes(policy) ? [] : [unsupported(path, policy, known)]
}
