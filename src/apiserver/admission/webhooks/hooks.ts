/** The webhooks of configurations, matched to a request (apiserver's webhook/generic). */
import { errors } from '../../../api/errors.ts'
import type { MutatingWebhook, ValidatingWebhook } from '../../../api/generated/types/admissionregistration-v1.ts'
import type { KindDefinition } from '../../../api/kind.ts'
import type { ApiObject } from '../../../api/meta.ts'
import { type AdmissionRequest, refusalName } from '../contract.ts'
import { conditionsHold, contextOf, type NamedExpression } from '../matching/expressions.ts'
import { matchedVersion, type Rule, type Selectors, selected } from '../matching/rules.ts'

export type Webhook = ValidatingWebhook & Pick<MutatingWebhook, 'reinvocationPolicy'>

/** Configurations by name, as the real informer's source sorts them, each with its webhooks in their order. */
export const configurations = (r: AdmissionRequest, resource: string): readonly ApiObject[] => {
  const { store } = r.server
  // What switches webhooks on and off must never depend on one.
  if (store.count(resource) === 0 || r.kind.group === 'admissionregistration.k8s.io') return []
  return store.list(resource)
}

export const webhooksOf = (configuration: ApiObject): readonly Webhook[] => (configuration['webhooks'] as Webhook[] | undefined) ?? []

/** The version in which the webhook is to see the request; undefined when it is not asked. Throws Forbidden where a condition fails. */
export function asked(hook: Webhook, r: AdmissionRequest): KindDefinition | undefined {
  const matched = matchedVersion((hook.rules ?? []) as readonly Rule[], hook.matchPolicy, r)
  if (matched === undefined || !selected(hook as Selectors, r)) return undefined
  if (!hook.matchConditions?.length) return matched
  const holds = conditionsHold(hook.matchConditions as readonly NamedExpression[], contextOf(r, matched))
  if (typeof holds !== 'string') return holds ? matched : undefined
  if (hook.failurePolicy === 'Ignore') return undefined
  throw errors.forbidden(r.requested.group, r.requested.resource, refusalName(r), holds)
}
