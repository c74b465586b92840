/**
 * MutatingAdmissionPolicy, admissionregistration.k8s.io/v1.
 */
import { defineKind } from '../../../api/define-kind.ts'
import { type FieldError, invalid, required } from '../../../api/errors.ts'
import type { MutatingAdmissionPolicy, Mutation } from '../../../api/generated/types/admissionregistration-v1.ts'
import { unsupported } from '../../core/field-checks.ts'
import { conditionErrors, constraintErrors, expressionErrors, paramKindCell, setMatchDefaults } from '../matching.ts'

function mutationErrors(m: Mutation, path: string): FieldError[] {
  const given = { ApplyConfiguration: m.applyConfiguration, JSONPatch: m.jsonPatch }
  if (!Object.hasOwn(given, m.patchType ?? '')) return [unsupported(`${path}.patchType`, m.patchType ?? '', Object.keys(given))]
  const field = m.patchType === 'ApplyConfiguration' ? 'applyConfiguration' : 'jsonPatch'
  const other = field === 'jsonPatch' ? 'applyConfiguration' : 'jsonPatch'
  const extra =
    m[other] === undefined ? [] : [invalid(`${path}.${other}`, '{...}', `must not be specified when patchType is ${m.patchType}`)]
  const expression = given[m.patchType as keyof typeof given]?.expression
  return [...extra, ...expressionErrors(expression, `${path}.${field}.expression`, 'expression is not specified')]
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
