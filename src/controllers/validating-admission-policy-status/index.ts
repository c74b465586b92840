/** The ValidatingAdmissionPolicy status controller: says which generation it has looked at, and which expressions cannot mean what they say. */
import type { ValidatingAdmissionPolicy } from '../../api/generated/types/admissionregistration-v1.ts'
import type { ControllerDefinition } from '../../client/contract.ts'
import { expressionWarnings } from './plan.ts'

const POLICIES = 'validatingadmissionpolicies.admissionregistration.k8s.io'

export const validatingAdmissionPolicyStatus: ControllerDefinition = {
  name: 'validatingadmissionpolicy-status-controller',
  watches: [{ resource: POLICIES, own: true }],
  reconcile: (name, { read, write }) => {
    const policy = read.get(POLICIES, undefined, name) as ValidatingAdmissionPolicy | undefined
    const generation = policy?.metadata.generation
    if (policy === undefined || generation === undefined || policy.status?.observedGeneration === generation) return
    const warnings = expressionWarnings(policy)
    const modify = (draft: ValidatingAdmissionPolicy): void => {
      draft.status = {
        ...draft.status,
        observedGeneration: generation,
        typeChecking: warnings.length > 0 ? { expressionWarnings: warnings.map((w) => ({ ...w })) } : {},
      }
    }
    write.modify(POLICIES, undefined, name, modify as never, 'status')
  },
}
