/**
 * MutatingAdmissionPolicy, admissionregistration.k8s.io/v1. Stored, with a warning: its expressions build objects (`Object{…}`), which
 * the CEL library here does not read, so nothing is mutated and they are not compiled either.
 */
import { defineKind } from '../../../api/define-kind.ts'
import { type FieldError, required } from '../../../api/errors.ts'
import type { MutatingAdmissionPolicy, Mutation } from '../../../api/generated/types/admissionregistration-v1.ts'
import { unsupported } from '../../core/field-checks.ts'
import { conditionErrors, constraintErrors, paramKindCell, setMatchDefaults } from '../matching.ts'

function mutationErrors(m: Mutation, path: string): FieldError[] {
  const given = { ApplyConfiguration: m.applyConfiguration, JSONPatch: m.jsonPatch }
  if (!Object.hasOwn(given, m.patchType ?? '')) return [unsupported(`${path}.patchType`, m.patchType ?? '', Object.keys(given))]
  const field = m.patchType === 'ApplyConfiguration' ? 'applyConfiguration' : 'jsonPatch'
  return given[m.patchType as keyof typeof given]?.expression?.trim() ? [] : [required(`${path}.${field}.expression`)]
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
  warnings: (_, previous) => (previous === undefined ? ['clusterlab stores mutating admission policies, but applies none'] : []),
  cells: { Mutations: (o) => o.spec?.mutations?.length ?? 0, ParamKind: (o) => paramKindCell(o.spec?.paramKind) },
})
