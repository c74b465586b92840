/**
 * What validating and mutating webhook configurations share: defaults and checks of their webhooks.
 */
import { duplicate, type FieldError, invalid, required } from '../../api/errors.ts'
import type {
  MutatingWebhook,
  ServiceReference,
  ValidatingWebhook,
  WebhookClientConfig,
} from '../../api/generated/types/admissionregistration-v1.ts'
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

const FORM = '; desired format: https://host[/path]'

/** util/webhook ValidateWebhookURL. */
function urlErrors(text: string, path: string): FieldError[] {
  const parts = /^(?:([A-Za-z][\w+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(\?[^#]*)?(#.*)?$/.exec(text)
  if (parts === null) return [required(path, `url must be a valid URL${FORM}`)]
  const [, scheme = '', authority = '', , query, fragment] = parts
  const found: FieldError[] = []
  if (scheme !== 'https') found.push(invalid(path, scheme, `'https' is the only allowed URL scheme${FORM}`))
  if (authority === '') found.push(invalid(path, authority, `host must be specified${FORM}`))
  if (authority.includes('@'))
    found.push(invalid(path, authority.slice(0, authority.lastIndexOf('@')), 'user information is not permitted in the URL'))
  if (fragment !== undefined && fragment !== '#') found.push(invalid(path, fragment.slice(1), 'fragments are not permitted in the URL'))
  if (query !== undefined && query !== '?') found.push(invalid(path, query.slice(1), 'query parameters are not permitted in the URL'))
  if (found.length === 0 && !URL.canParse(text)) found.push(invalid(path, text, `url must be a valid URL${FORM}`))
  return found
}

/** util/webhook ValidateWebhookService. */
function serviceErrors({ name, namespace, path: at, port = 443 }: ServiceReference, path: string): FieldError[] {
  const found: FieldError[] = []
  if (!name) found.push(required(`${path}.name`, 'service name is required'))
  if (!namespace) found.push(required(`${path}.namespace`, 'service namespace is required'))
  if (port < 1 || port > 65_535) found.push(invalid(`${path}.port`, port, 'port is not valid: must be between 1 and 65535, inclusive'))
  if (!at || at === '/') return found
  if (!at.startsWith('/')) found.push(invalid(`${path}.path`, at, "must start with a '/'"))
  const steps = at.slice(1).replace(/\/$/, '').split('/')
  for (const [i, step] of steps.entries()) {
    if (step === '') found.push(invalid(`${path}.path`, at, `segment[${i}] may not be empty`))
    else for (const m of dns1123SubdomainErrors(step)) found.push(invalid(`${path}.path`, at, `segment[${i}]: ${m}`))
  }
  return found
}

function clientErrors(config: WebhookClientConfig | undefined, path: string): FieldError[] {
  const { url, service } = config ?? {}
  if ((url === undefined) === (service === undefined)) return [required(path, 'exactly one of url or service is required')]
  return service === undefined ? urlErrors(url!, `${path}.url`) : serviceErrors(service, `${path}.service`)
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
  const policy = webhook.failurePolicy
  if (policy !== undefined && !['Fail', 'Ignore'].includes(policy))
    found.push(unsupported(`${path}.failurePolicy`, policy, ['Fail', 'Ignore']))
  const match = webhook.matchPolicy
  if (match !== undefined && !['Equivalent', 'Exact'].includes(match))
    found.push(unsupported(`${path}.matchPolicy`, match, ['Equivalent', 'Exact']))
  found.push(...clientErrors(webhook.clientConfig, `${path}.clientConfig`))
  if ((webhook.admissionReviewVersions?.length ?? 0) === 0)
    found.push(required(`${path}.admissionReviewVersions`, 'must specify one of v1, v1beta1'))
  return [...found, ...conditionErrors(webhook.matchConditions, `${path}.matchConditions`)]
}

export const webhooksErrors = (webhooks: readonly Webhook[] | undefined): FieldError[] =>
  (webhooks ?? []).flatMap((webhook, i, all) => [
    ...webhookErrors(webhook, `webhooks[${i}]`),
    ...(all.findIndex((w) => w.name === webhook.name) < i ? [duplicate(`webhooks[${i}].name`, webhook.name)] : []),
  ])
