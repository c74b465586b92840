/**
 * What validating and mutating webhook configurations share. Webhooks are kept and checked; the simulated API server calls none.
 */
import { duplicate, type FieldError, invalid, required } from '../../api/errors.ts'
import type { MutatingWebhook, ValidatingWebhook } from '../../api/generated/types/admissionregistration-v1.ts'
import { dns1123SubdomainErrors } from '../../api/names.ts'
import { validateLabelSelector } from '../../api/selectors.ts'
import { unsupported } from '../core/field-checks.ts'
import { conditionErrors, rulesErrors, setRuleDefaults } from './matching.ts'

type Webhook = MutatingWebhook | ValidatingWebhook
const MAX_TIMEOUT = 30

export function setWebhookDefaults(webhook: Webhook): void {
  webhook.failurePolicy ??= 'Fail'
  webhook.matchPolicy ??= 'Equivalent'
  webhook.namespaceSelector ??= {}
  webhook.objectSelector ??= {}
  webhook.timeoutSeconds ??= 10
  const service = webhook.clientConfig?.service
  if (service !== undefined) service.port ??= 443
  setRuleDefaults(webhook.rules)
}

function nameErrors(name: string | undefined, path: string): FieldError[] {
  if (!name) return [required(path)]
  const wrong = dns1123SubdomainErrors(name).map((m) => invalid(path, name, m))
  return name.split('.').length < 3
    ? [...wrong, invalid(path, name, 'should be a domain with at least three segments separated by dots')]
    : wrong
}

function webhookErrors(webhook: Webhook, path: string): FieldError[] {
  const found = [...nameErrors(webhook.name, `${path}.name`), ...rulesErrors(webhook.rules, `${path}.rules`)]
  if (!webhook.sideEffects) found.push(required(`${path}.sideEffects`, 'must specify one of None, NoneOnDryRun'))
  else if (webhook.sideEffects !== 'None' && webhook.sideEffects !== 'NoneOnDryRun')
    found.push(unsupported(`${path}.sideEffects`, webhook.sideEffects, ['None', 'NoneOnDryRun']))
  const timeout = webhook.timeoutSeconds
  if (timeout !== undefined && (timeout > MAX_TIMEOUT || timeout < 1))
    found.push(invalid(`${path}.timeoutSeconds`, timeout, 'the timeout value must be between 1 and 30 seconds'))
  found.push(...validateLabelSelector(webhook.namespaceSelector, `${path}.namespaceSelector`))
  const { url, service } = webhook.clientConfig ?? {}
  if ((url === undefined) === (service === undefined))
    found.push(required(`${path}.clientConfig`, 'exactly one of url or service is required'))
  if ((webhook.admissionReviewVersions?.length ?? 0) === 0)
    found.push(required(`${path}.admissionReviewVersions`, 'must specify one of v1, v1beta1'))
  return [...found, ...conditionErrors(webhook.matchConditions, `${path}.matchConditions`)]
}

export const webhooksErrors = (webhooks: readonly Webhook[] | undefined): FieldError[] =>
  (webhooks ?? []).flatMap((webhook, i, all) => [
    ...webhookErrors(webhook, `webhooks[${i}]`),
    ...(all.findIndex((w) => w.name === webhook.name) < i ? [duplicate(`webhooks[${i}].name`, webhook.name)] : []),
  ])

/** Nobody answers webhooks here, so none is called; a learner who makes one is told. */
export const webhookWarnings = (previous: unknown): string[] =>
  previous === undefined ? ['clusterlab stores webhook configurations, but calls no webhooks'] : []
