/** Which requests a policy or its binding is about (MatchResources of admissionregistration.k8s.io/v1). */
import { type LabelSelector, labelSelectorMatches } from '../../../api/selectors.ts'
import type { AdmissionRequest } from '../contract.ts'

interface Rule {
  readonly apiGroups?: readonly string[]
  readonly apiVersions?: readonly string[]
  readonly operations?: readonly string[]
  readonly resources?: readonly string[]
  readonly resourceNames?: readonly string[]
  readonly scope?: string
}

export interface MatchResources {
  readonly resourceRules?: readonly Rule[]
  readonly excludeResourceRules?: readonly Rule[]
  readonly namespaceSelector?: LabelSelector
  readonly objectSelector?: LabelSelector
}

const has = (list: readonly string[] | undefined, value: string): boolean => list?.includes('*') === true || list?.includes(value) === true

function resourceFits(entry: string, resource: string, subresource: string): boolean {
  const [name = '', sub = ''] = entry.split('/')
  return (name === '*' || name === resource) && (sub === '*' || sub === subresource || (entry === '*' && subresource === ''))
}

function ruleFits(rule: Rule, r: AdmissionRequest): boolean {
  const { group, version, resource, namespaced } = r.kind
  if (!has(rule.apiGroups, group) || !has(rule.apiVersions, version) || !has(rule.operations, r.operation)) return false
  if (rule.scope === 'Cluster' && namespaced) return false
  if (rule.scope === 'Namespaced' && !namespaced) return false
  if (rule.resourceNames?.length && !rule.resourceNames.includes(r.name)) return false
  return rule.resources?.some((entry) => resourceFits(entry, resource, r.subresource ?? '')) === true
}

function namespaceFits(selector: LabelSelector | undefined, r: AdmissionRequest): boolean {
  if (selector === undefined) return true
  if (r.resource === 'namespaces') return labelSelectorMatches(selector, (r.object ?? r.old)?.metadata.labels)
  if (r.namespace === undefined) return true
  return labelSelectorMatches(selector, r.server.store.get('namespaces', undefined, r.namespace)?.metadata.labels)
}

function objectFits(selector: LabelSelector | undefined, r: AdmissionRequest): boolean {
  if (selector === undefined) return true
  return [r.object, r.old].some((o) => o !== undefined && labelSelectorMatches(selector, o.metadata.labels))
}

/** `anyResource`: what no rules at all mean: every resource for a binding, none for a policy. */
export function requestMatches(match: MatchResources | undefined, r: AdmissionRequest, anyResource: boolean): boolean {
  if (match === undefined) return anyResource
  const { resourceRules = [], excludeResourceRules = [] } = match
  if (excludeResourceRules.some((rule) => ruleFits(rule, r))) return false
  if (resourceRules.length === 0 ? !anyResource : !resourceRules.some((rule) => ruleFits(rule, r))) return false
  return namespaceFits(match.namespaceSelector, r) && objectFits(match.objectSelector, r)
}
