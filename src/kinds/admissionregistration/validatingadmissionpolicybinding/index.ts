/**
 * ValidatingAdmissionPolicyBinding, admissionregistration.k8s.io/v1.
 */
import { defineKind } from '../../../api/define-kind.ts'
import { duplicate, type FieldError, invalid, required } from '../../../api/errors.ts'
import type { ValidatingAdmissionPolicyBinding } from '../../../api/generated/types/admissionregistration-v1.ts'
import { unsupported } from '../../core/field-checks.ts'
import { matchErrors, paramRefCell, setMatchDefaults } from '../matching.ts'

const actions = ['Audit', 'Deny', 'Warn']

function validate(o: ValidatingAdmissionPolicyBinding): FieldError[] {
  const { policyName, matchResources, validationActions = [] } = o.spec
  const found: FieldError[] = policyName ? [] : [required('spec.policyName')]
  if (matchResources !== undefined) found.push(...matchErrors(matchResources, 'spec.matchResources'))
  if (validationActions.length === 0) found.push(required('spec.validationActions', 'at least one validation action is required'))
  for (const [i, action] of validationActions.entries()) {
    if (!actions.includes(action)) found.push(unsupported(`spec.validationActions[${i}]`, action, actions))
    if (validationActions.indexOf(action) < i) found.push(duplicate(`spec.validationActions[${i}]`, action))
  }
  if (validationActions.includes('Deny') && validationActions.includes('Warn'))
    found.push(
      invalid(
        'spec.validationActions',
        validationActions,
        'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)',
      ),
    )
  return found
}

export const validatingAdmissionPolicyBinding = defineKind<ValidatingAdmissionPolicyBinding>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingAdmissionPolicyBinding',
  generation: true,
  setDefaults: (o) => {
    o.spec ??= {} as ValidatingAdmissionPolicyBinding['spec']
    if (o.spec.matchResources !== undefined) setMatchDefaults(o.spec.matchResources)
  },
  validate,
  cells: { PolicyName: (o) => o.spec.policyName, ParamRef: (o) => paramRefCell(o.spec.paramRef) },
})
