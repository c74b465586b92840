/**
 * ValidatingAdmissionPolicy, admissionregistration.k8s.io/v1.
 */
import { defineKind } from '../../../api/define-kind.ts'
import { duplicate, type FieldError, required } from '../../../api/errors.ts'
import type { ValidatingAdmissionPolicy, Validation } from '../../../api/generated/types/admissionregistration-v1.ts'
import { unsupported } from '../../core/field-checks.ts'
import { conditionErrors, constraintErrors, expressionErrors, paramKindCell, setMatchDefaults } from '../matching.ts'

const reasons = ['Forbidden', 'Invalid', 'RequestEntityTooLarge', 'Unauthorized']

function validationErrors(v: Validation, path: string): FieldError[] {
  const found = expressionErrors(v.expression, `${path}.expression`, 'expression is not specified')
  if (v.messageExpression !== undefined)
    found.push(...expressionErrors(v.messageExpression, `${path}.messageExpression`, 'must be non-empty if specified'))
  if (v.reason !== undefined && !reasons.includes(v.reason)) found.push(unsupported(`${path}.reason`, v.reason, reasons))
  return found
}

function validate(o: ValidatingAdmissionPolicy): FieldError[] {
  const spec = o.spec!
  const found: FieldError[] = []
  if (!['Fail', 'Ignore'].includes(spec.failurePolicy ?? ''))
    found.push(unsupported('spec.failurePolicy', spec.failurePolicy ?? '', ['Fail', 'Ignore']))
  if (spec.paramKind !== undefined) {
    if (!spec.paramKind.apiVersion) found.push(required('spec.paramKind.apiVersion'))
    if (!spec.paramKind.kind) found.push(required('spec.paramKind.kind'))
  }
  found.push(...constraintErrors(spec.matchConstraints, 'spec.matchConstraints'))
  found.push(...conditionErrors(spec.matchConditions, 'spec.matchConditions'))
  const names = new Set<string>()
  for (const [i, variable] of (spec.variables ?? []).entries()) {
    const path = `spec.variables[${i}]`
    if (!variable.name) found.push(required(`${path}.name`, 'name is not specified'))
    else if (names.has(variable.name)) found.push(duplicate(`${path}.name`, variable.name))
    names.add(variable.name)
    found.push(...expressionErrors(variable.expression, `${path}.expression`, 'expression is not specified'))
  }
  if ((spec.validations?.length ?? 0) === 0 && (spec.auditAnnotations?.length ?? 0) === 0)
    found.push(required('spec.validations', 'validations or auditAnnotations must contain at least one item'))
  return [...found, ...(spec.validations ?? []).flatMap((v, i) => validationErrors(v, `spec.validations[${i}]`))]
}

export const validatingAdmissionPolicy = defineKind<ValidatingAdmissionPolicy>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingAdmissionPolicy',
  generation: true,
  setDefaults: (o) => {
    o.spec ??= {}
    o.spec.failurePolicy ??= 'Fail'
    if (o.spec.matchConstraints !== undefined) setMatchDefaults(o.spec.matchConstraints)
    o.status ??= {}
  },
  prepareForCreate: (o) => {
    o.status = {}
  },
  validate,
  subresources: { status: true },
  cells: { Validations: (o) => o.spec?.validations?.length ?? 0, ParamKind: (o) => paramKindCell(o.spec?.paramKind) },
})
