/**
 * MutatingAdmissionPolicyBinding, admissionregistration.k8s.io/v1.
 */
import { defineKind } from '../../../api/define-kind.ts'
import { required } from '../../../api/errors.ts'
import type { MutatingAdmissionPolicyBinding } from '../../../api/generated/types/admissionregistration-v1.ts'
import { matchErrors, paramRefCell, setMatchDefaults } from '../matching.ts'

export const mutatingAdmissionPolicyBinding = defineKind<MutatingAdmissionPolicyBinding>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingAdmissionPolicyBinding',
  generation: true,
  setDefaults: (o) => {
    o.spec ??= {}
    if (o.spec.matchResources !== undefined) setMatchDefaults(o.spec.matchResources)
  },
  validate: (o) => [
    ...(o.spec?.policyName ? [] : [required('spec.policyName')]),
    ...(o.spec?.matchResources === undefined ? [] : matchErrors(o.spec.matchResources, 'spec.matchResources')),
  ],
  cells: { PolicyName: (o) => o.spec?.policyName ?? '', ParamRef: (o) => paramRefCell(o.spec?.paramRef) },
})
