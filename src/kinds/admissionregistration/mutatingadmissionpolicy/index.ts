/**
 * MutatingAdmissionPolicy, admissionregistration.k8s.io/v1.
 */
import { defineKind } from '../../../api/define-kind.ts'
import { type FieldError, required } from '../../../api/errors.ts'
import type { MutatingAdmissionPolicy, Mutation } from '../../../api/generated/types/admissionregistration-v1.ts'
import { unsupported } from '../../core/field-checks.ts'
import { conditionErrors, constraintErrors, expressionErrors, paramKindCell, setMatchDefaults } from '../matching.ts'

function mutationErrors(m: Mutation, path: string): FieldError[] {
  if (m.patchType === 'ApplyConfiguration')
    return expressionErrors(m.applyConfiguration?.expression, `${path}.applyConfiguration.expression`, '')
  if (m.patchType === 'JSONPatch') return expressionErrors(m.jsonPatch?.expression, `${path}.jsonPatch.expression`, '')
  return [unsupported(`${path}.patchType`, m.patchType ?? '', ['ApplyConfiguration', 'JSONPatch'])]
}

function validate(o: MutatingAdmissionPolicy): FieldError[] {
  const spec = o.spec!
  const found = [
    ...constraintErrors(spec.matchConstraints, 'spec.matchConstraints'),
    ...conditionErrors(spec.matchConditions, 'spec.matchConditions'),
  ]
  if ((spec.mutations?.length ?? 0) === 0) found.push(required('spec.mutations', 'mutations must contain at least one item'))
  if (!spec.reinvocationPolicy) found.push(required('spec.reinvocationPolicy'))
  return [...found, ...(spec.mutations ?? []).flatMap((m, i) => mutationErrors(m, `spec.mutations[${i}]`))]
}

export const mutatingAdmissionPolicy = defineKind<MutatingAdmissionPolicy>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingAdmissionPolicy',
  generation: true,
  setDefaults: (o) => {
    o.spec ??= {}
    o.spec.failurePolicy ??= 'Fail'
    if (o.spec.matchConstraints !== undefined) setMatchDefaults(o.spec.matchConstraints)
  },
  validate,
  cells: { Mutations: (o) => o.spec?.mutations?.length ?? 0, ParamKind: (o) => paramKindCell(o.spec?.paramKind) },
})
