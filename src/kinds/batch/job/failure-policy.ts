/**
 * What the API refuses in a Job's podFailurePolicy and successPolicy (upstream's validatePodFailurePolicy and validateSuccessPolicy).
 */
import { type FieldError, invalid, required } from '../../../api/errors.ts'
import type { JobSpec, PodFailurePolicyRule } from '../../../api/generated/types/batch-v1.ts'
import { unsupported } from '../../core/field-checks.ts'

const actions = ['Count', 'FailIndex', 'FailJob', 'Ignore']
const operators = ['In', 'NotIn']

function exitCodeErrors(rule: PodFailurePolicyRule, containers: readonly string[], path: string): FieldError[] {
  const codes = rule.onExitCodes
  if (codes === undefined) return []
  const found: FieldError[] = []
  if (!codes.operator) found.push(required(`${path}.operator`))
  else if (!operators.includes(codes.operator)) found.push(unsupported(`${path}.operator`, codes.operator, operators))
  if (codes.containerName !== undefined && !containers.includes(codes.containerName))
    found.push(
      invalid(`${path}.containerName`, codes.containerName, 'must be one of the container or initContainer names in the pod template'),
    )
  const values = codes.values ?? []
  if (values.length === 0) found.push(invalid(`${path}.values`, values, 'at least one value is required'))
  for (const [i, value] of values.entries())
    if (codes.operator === 'In' && value === 0) found.push(invalid(`${path}.values[${i}]`, value, 'must not be 0 for the In operator'))
  return found
}

function ruleErrors(rule: PodFailurePolicyRule, containers: readonly string[], path: string): FieldError[] {
  const found: FieldError[] = []
  if (!rule.action) found.push(required(`${path}.action`, `valid values: ${actions.map((a) => JSON.stringify(a)).join(', ')}`))
  else if (!actions.includes(rule.action)) found.push(unsupported(`${path}.action`, rule.action, actions))
  const conditions = rule.onPodConditions?.length ?? 0
  if (rule.onExitCodes === undefined && conditions === 0)
    found.push(invalid(path, rule, 'specifying one of OnExitCodes and OnPodConditions is required'))
  if (rule.onExitCodes !== undefined && conditions > 0)
    found.push(invalid(path, rule, 'specifying both OnExitCodes and OnPodConditions is not supported'))
  return [...found, ...exitCodeErrors(rule, containers, `${path}.onExitCodes`)]
}

export function policyErrors(spec: JobSpec, path: string): FieldError[] {
  const found: FieldError[] = []
  const pod = spec.template?.spec
  if (spec.podFailurePolicy !== undefined) {
    const containers = [...(pod?.containers ?? []), ...(pod?.initContainers ?? [])].map((c) => c.name)
    for (const [i, rule] of (spec.podFailurePolicy.rules ?? []).entries())
      found.push(...ruleErrors(rule, containers, `${path}.podFailurePolicy.rules[${i}]`))
  }
  if (spec.successPolicy !== undefined) {
    if (spec.completionMode !== 'Indexed')
      found.push(invalid(`${path}.successPolicy`, spec.successPolicy, 'requires indexed completion mode'))
    if ((spec.successPolicy.rules?.length ?? 0) === 0)
      found.push(required(`${path}.successPolicy.rules`, 'at least one rules must be specified when the successPolicy is specified'))
  }
  return found
}

/** A failure policy decides over pods that do not restart by themselves. */
export const failurePolicyRestartErrors = (spec: JobSpec, path: string): FieldError[] =>
  spec.podFailurePolicy !== undefined && spec.template?.spec?.restartPolicy !== 'Never'
    ? [
        invalid(
          `${path}.template.spec.restartPolicy`,
          spec.template?.spec?.restartPolicy ?? '',
          'only "Never" is supported when podFailurePolicy is specified',
        ),
      ]
    : []
