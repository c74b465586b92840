/**
 * ValidatingAdmissionPolicy: rules in CEL, brought into force by bindings
 * (apiserver/pkg/admission/plugin/policy/validating). `authorizer` is not offered to expressions.
 */
import { errors } from '../../../api/errors.ts'
import { type ApiObject, apiVersionOf, groupOf, versionOf } from '../../../api/meta.ts'
import { storeResource } from '../../../api/registry.ts'
import { type LabelSelector, labelSelectorMatches } from '../../../api/selectors.ts'
import { celRule, celValue } from '../../../kinds/cel/rule.ts'
import { type AdmissionPlugin, type AdmissionRequest, refusalName } from '../contract.ts'
import { type MatchResources, requestMatches } from './match.ts'

const POLICIES = 'validatingadmissionpolicies.admissionregistration.k8s.io'
const BINDINGS = 'validatingadmissionpolicybindings.admissionregistration.k8s.io'

interface Validation {
  readonly expression: string
  readonly message?: string
  readonly messageExpression?: string
  readonly reason?: string
}

interface PolicySpec {
  readonly failurePolicy?: string
  readonly matchConstraints?: MatchResources
  readonly matchConditions?: readonly { readonly name: string; readonly expression: string }[]
  readonly variables?: readonly { readonly name: string; readonly expression: string }[]
  readonly validations?: readonly Validation[]
  readonly paramKind?: { readonly apiVersion: string; readonly kind: string }
}

interface ParamRef {
  readonly name?: string
  readonly namespace?: string
  readonly selector?: LabelSelector
  readonly parameterNotFoundAction?: string
}

interface BindingSpec {
  readonly policyName: string
  readonly validationActions?: readonly string[]
  readonly matchResources?: MatchResources
  readonly paramRef?: ParamRef
}

interface Denial {
  readonly message: string
  readonly reason: string
}

type Context = Record<string, unknown>

function run(expression: string, context: Context): unknown {
  const rule = celRule(expression)
  if (rule instanceof Error) throw rule
  return rule.run(context)
}

function requestContext(r: AdmissionRequest): Context {
  const { group, version, kind, resource } = r.kind
  const namespace = r.namespace === undefined ? undefined : r.server.store.get('namespaces', undefined, r.namespace)
  return {
    object: celValue(r.object ?? null),
    oldObject: celValue(r.old ?? null),
    request: {
      kind: { group, version, kind },
      resource: { group, version, resource },
      subResource: r.subresource ?? '',
      name: r.name,
      namespace: r.namespace ?? '',
      operation: r.operation,
      userInfo: { username: r.user.name, groups: [...r.user.groups], uid: r.user.uid ?? '' },
      dryRun: r.dryRun,
    },
    namespaceObject: celValue(namespace ?? null),
  }
}

/** Variables are worked out when they are first read; one that fails fails what reads it. */
function withVariables(spec: PolicySpec, context: Context): Context {
  const variables: Context = {}
  const full = { ...context, variables }
  for (const { name, expression } of spec.variables ?? []) {
    Object.defineProperty(variables, name, { enumerable: true, configurable: true, get: () => run(expression, full) })
  }
  return full
}

const errorText = (expression: string, e: unknown): string =>
  `expression '${expression}' resulted in error: ${(e as Error).message.split('\n')[0]}`

function messageOf(v: Validation, context: Context): string {
  if (v.messageExpression) {
    try {
      const text = run(v.messageExpression, context)
      if (typeof text === 'string' && text.trim() !== '') return text
    } catch {
      // A message that cannot be made falls back to the plain one, as upstream does.
    }
  }
  return v.message || `failed expression: ${v.expression}`
}

/** Undefined when the policy's conditions leave the request out. */
function judge(spec: PolicySpec, context: Context): readonly Denial[] {
  const fails = spec.failurePolicy !== 'Ignore'
  for (const { expression } of spec.matchConditions ?? []) {
    try {
      if (run(expression, context) !== true) return []
    } catch (e) {
      return fails ? [{ message: errorText(expression, e), reason: 'Invalid' }] : []
    }
  }
  const denials: Denial[] = []
  for (const v of spec.validations ?? []) {
    try {
      if (run(v.expression, context) !== true) denials.push({ message: messageOf(v, context), reason: v.reason || 'Invalid' })
    } catch (e) {
      if (fails) denials.push({ message: errorText(v.expression, e), reason: 'Invalid' })
    }
  }
  return denials
}

const noParams = Symbol('no params')

/** The objects a binding's paramRef names; a text says why there are none. */
function paramsOf(r: AdmissionRequest, spec: PolicySpec, ref: ParamRef | undefined): readonly (ApiObject | typeof noParams)[] | string {
  if (spec.paramKind === undefined || ref === undefined) return [noParams]
  const { apiVersion, kind } = spec.paramKind
  const found = r.server.registry.byKind(apiVersion, kind)
  if (found === undefined)
    return `failed to find resource referenced by paramKind: '${apiVersionOf(groupOf(apiVersion), versionOf(apiVersion))}, Kind=${kind}'`
  const namespace = found.namespaced ? (ref.namespace ?? r.namespace) : undefined
  const all = r.server.store.list(storeResource(found), namespace)
  const params = all.filter((o) =>
    ref.name !== undefined ? o.metadata.name === ref.name : labelSelectorMatches(ref.selector, o.metadata.labels),
  )
  if (params.length > 0) return params
  return ref.parameterNotFoundAction === 'Allow' ? [] : 'no params found for policy binding with `Deny` parameterNotFoundAction'
}

function act(r: AdmissionRequest, policy: string, binding: ApiObject, denials: readonly Denial[]): void {
  const actions = (binding['spec'] as BindingSpec).validationActions ?? []
  const who = `ValidatingAdmissionPolicy '${policy}' with binding '${binding.metadata.name}'`
  if (actions.includes('Warn')) for (const d of denials) r.warn(`Validation failed for ${who}: ${d.message}`)
  const first = denials[0]
  if (first === undefined || !actions.includes('Deny')) return
  const text = `${who} denied request: ${first.message}`
  const error = errors.forbidden(r.kind.group, r.kind.resource, refusalName(r), text)
  const codes: Readonly<Record<string, number>> = { Unauthorized: 401, Forbidden: 403, RequestEntityTooLarge: 413, Invalid: 422 }
  error.status.reason = first.reason
  error.status.code = codes[first.reason] ?? 422
  error.status.details = { ...error.status.details, causes: [{ message: text }] }
  throw error
}

function validate(r: AdmissionRequest): void {
  const bindings = r.server.store.list(BINDINGS)
  if (bindings.length === 0 || r.kind.group === 'admissionregistration.k8s.io') return
  let context: Context | undefined
  for (const policy of r.server.store.list(POLICIES)) {
    const spec = policy['spec'] as PolicySpec
    if (!requestMatches(spec.matchConstraints, r, false)) continue
    for (const binding of bindings) {
      const bound = binding['spec'] as BindingSpec
      if (bound.policyName !== policy.metadata.name || !requestMatches(bound.matchResources, r, true)) continue
      context ??= requestContext(r)
      apply(r, policy, binding, context)
    }
  }
}

function apply(r: AdmissionRequest, policy: ApiObject, binding: ApiObject, context: Context): void {
  const spec = policy['spec'] as PolicySpec
  const { name } = policy.metadata
  const params = paramsOf(r, spec, (binding['spec'] as BindingSpec).paramRef)
  if (typeof params === 'string') {
    if (spec.failurePolicy !== 'Ignore') act(r, name, binding, [{ message: params, reason: 'Invalid' }])
    return
  }
  for (const one of params) {
    const full = withVariables(spec, { ...context, params: one === noParams ? null : celValue(one) })
    act(r, name, binding, judge(spec, full))
  }
}

export const validatingAdmissionPolicy: AdmissionPlugin = { name: 'ValidatingAdmissionPolicy', subresources: ['*'], validate }
