/** Policies and their bindings, paired and matched to a request (apiserver's policy/generic): the same for those that validate and those that mutate. */
import type { KindDefinition } from '../../../api/kind.ts'
import type { ApiObject } from '../../../api/meta.ts'
import { celValue } from '../../../kinds/cel/rule.ts'
import type { AdmissionRequest } from '../contract.ts'
import { type Context, contextOf, type NamedExpression, withVariables } from './expressions.ts'
import { noParams, type Param, type ParamKind, type ParamRef, paramsOf } from './params.ts'
import { type MatchResources, requestMatches } from './rules.ts'

/** What both sorts of policies have. */
export interface PolicySpec {
  readonly failurePolicy?: string
  readonly matchConstraints?: MatchResources
  readonly matchConditions?: readonly NamedExpression[]
  readonly variables?: readonly NamedExpression[]
  readonly paramKind?: ParamKind
}

export interface BindingSpec {
  readonly policyName: string
  readonly validationActions?: readonly string[]
  readonly matchResources?: MatchResources
  readonly paramRef?: ParamRef
}

/** One policy with one binding and one of its parameters, about this request. */
export interface Invocation<S extends PolicySpec> {
  readonly policy: ApiObject
  readonly spec: S
  readonly binding: ApiObject
  readonly bound: BindingSpec
  readonly matched: KindDefinition
  readonly param: Param
}

/** Something is wrong with the policy or the binding itself; `binding` is absent when it is the policy. */
export type ConfigurationFault = (why: string, policy: ApiObject, binding?: ApiObject) => void

export function* invocationsOf<S extends PolicySpec>(
  r: AdmissionRequest,
  [policies, bindings]: readonly [policies: string, bindings: string],
  fault: ConfigurationFault,
): Generator<Invocation<S>> {
  const { store } = r.server
  if (store.count(bindings) === 0 || r.kind.group === 'admissionregistration.k8s.io') return
  const all = store.list(bindings)
  for (const policy of store.list(policies)) {
    const spec = policy['spec'] as S
    const matched = requestMatches(spec.matchConstraints, r, false)
    if (matched === undefined) continue
    for (const binding of all) {
      const bound = binding['spec'] as BindingSpec
      if (bound.policyName !== policy.metadata.name || requestMatches(bound.matchResources, r, true) === undefined) continue
      const params = paramsOf(r, spec.paramKind, bound.paramRef)
      if ('why' in params) {
        if (params.of === 'policy') fault(`failed to configure policy: ${params.why}`, policy)
        else fault(`failed to configure binding: ${params.why}`, policy, binding)
        continue
      }
      for (const param of params) yield { policy, spec, binding, bound, matched, param }
    }
  }
}

/** What the policy's expressions see now. */
export const contextFor = (r: AdmissionRequest, i: Invocation<PolicySpec>): Context =>
  withVariables(i.spec.variables, { ...contextOf(r, i.matched), params: i.param === noParams ? null : celValue(i.param) })
