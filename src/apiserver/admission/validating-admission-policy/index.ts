/**
 * ValidatingAdmissionPolicy: rules in CEL, brought into force by bindings (apiserver/pkg/admission/plugin/policy/validating). What goes
 * to the audit log upstream (the action Audit, auditAnnotations) is worked out and kept nowhere: this log holds no annotations.
 */
import { errors } from '../../../api/errors.ts'
import { type AdmissionPlugin, type AdmissionRequest, refusalName } from '../contract.ts'
import { type Context, conditionsHold, errorText, evaluate } from '../matching/expressions.ts'
import { contextFor, type Invocation, invocationsOf, type PolicySpec } from '../matching/policies.ts'

const RESOURCES = [
  'validatingadmissionpolicies.admissionregistration.k8s.io',
  'validatingadmissionpolicybindings.admissionregistration.k8s.io',
] as const

interface Validation {
  readonly expression: string
  readonly message?: string
  readonly messageExpression?: string
  readonly reason?: string
}

interface Spec extends PolicySpec {
  readonly validations?: readonly Validation[]
  readonly auditAnnotations?: readonly { readonly key: string; readonly valueExpression: string }[]
}

interface Denial {
  readonly message: string
  readonly reason: string
}

/** A longer message, or one of several lines, is as good as none (celconfig.MaxEvaluatedMessageExpressionSizeBytes). */
const MAX_MESSAGE_BYTES = 5 * 1024

function expressedMessage(expression: string, context: Context): string {
  try {
    const value = evaluate(expression, context)
    const text = typeof value === 'string' ? value.trim() : ''
    return Buffer.byteLength(text) > MAX_MESSAGE_BYTES || text.includes('\n') ? '' : text
  } catch {
    // A message that cannot be made falls back to the plain one, as upstream does.
    return ''
  }
}

const messageOf = (v: Validation, context: Context): string =>
  (v.messageExpression && expressedMessage(v.messageExpression, context)) ||
  v.message?.trim() ||
  `failed expression: ${v.expression.trim()}`

function judgeOne(v: Validation, context: Context, fails: boolean): Denial | undefined {
  try {
    if (evaluate(v.expression, context) === true) return undefined
    return { message: messageOf(v, context), reason: v.reason || 'Invalid' }
  } catch (e) {
    return fails ? { message: errorText(v.expression, e), reason: 'Invalid' } : undefined
  }
}

/** Annotations go nowhere here, but one that cannot be worked out refuses the request as upstream does. */
function annotationFault(expression: string, context: Context): string | undefined {
  try {
    const value = evaluate(expression, context)
    if (value === null || typeof value === 'string') return undefined
    return `valueExpression '${expression}' resulted in unsupported return type: ${typeof value}. Return type must be either string or null.`
  } catch (e) {
    return errorText(expression, e)
  }
}

interface Verdict {
  /** What the binding's actions are about. */
  readonly denials: readonly Denial[]
  /** Refused whatever the actions. */
  readonly faults: readonly Denial[]
}

function judge(i: Invocation<Spec>, context: Context): Verdict {
  const fails = i.spec.failurePolicy !== 'Ignore'
  const holds = conditionsHold(i.spec.matchConditions, context)
  if (typeof holds === 'string') return { denials: fails ? [{ message: holds, reason: 'Invalid' }] : [], faults: [] }
  if (!holds) return { denials: [], faults: [] }
  const denials = (i.spec.validations ?? []).flatMap((v) => judgeOne(v, context, fails) ?? [])
  const wrong = fails ? (i.spec.auditAnnotations ?? []).flatMap((a) => annotationFault(a.valueExpression, context) ?? []) : []
  return { denials, faults: wrong.map((message) => ({ message, reason: 'Invalid' })) }
}

const CODES: Readonly<Record<string, number>> = { Unauthorized: 401, Forbidden: 403, RequestEntityTooLarge: 413, Invalid: 422 }

function refuse(r: AdmissionRequest, who: string, { message, reason }: Denial): never {
  const text = `${who} denied request: ${message}`
  const error = errors.forbidden(r.requested.group, r.requested.resource, refusalName(r), text)
  error.status.reason = reason
  error.status.code = CODES[reason] ?? 422
  error.status.details = { ...error.status.details, causes: [{ message: text }] }
  throw error
}

function validate(r: AdmissionRequest): void {
  const refused: [who: string, denial: Denial][] = []
  const invocations = invocationsOf<Spec>(r, RESOURCES, (message, policy, binding) => {
    if ((policy['spec'] as Spec).failurePolicy === 'Ignore') return
    const who = `ValidatingAdmissionPolicy '${policy.metadata.name}'`
    refused.push([binding === undefined ? who : `${who} with binding '${binding.metadata.name}'`, { message, reason: 'Invalid' }])
  })
  for (const i of invocations) {
    const who = `ValidatingAdmissionPolicy '${i.policy.metadata.name}' with binding '${i.binding.metadata.name}'`
    const { denials, faults } = judge(i, contextFor(r, i))
    const actions = i.bound.validationActions ?? []
    for (const d of denials) {
      if (actions.includes('Deny')) refused.push([who, d])
      if (actions.includes('Warn')) r.warn(`Validation failed for ${who}: ${d.message}`)
    }
    for (const d of faults) refused.push([who, d])
  }
  const first = refused[0]
  if (first !== undefined) refuse(r, ...first)
}

export const validatingAdmissionPolicy: AdmissionPlugin = { name: 'ValidatingAdmissionPolicy', subresources: ['*'], validate }
