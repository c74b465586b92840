/**
 * Which requests policies, their bindings and webhooks are about: rules with their match policy, and selectors of namespace and object
 * (apiserver's rules.Matcher, namespace.Matcher and object.Matcher).
 */
import type { KindDefinition } from '../../../api/kind.ts'
import { type LabelSelector, labelSelectorMatches } from '../../../api/selectors.ts'
import type { AdmissionRequest } from '../contract.ts'

export interface Rule {
  readonly apiGroups?: readonly string[]
  readonly apiVersions?: readonly string[]
  readonly operations?: readonly string[]
  readonly resources?: readonly string[]
  readonly resourceNames?: readonly string[]
  readonly scope?: string
}

export interface Selectors {
  readonly matchPolicy?: string
  readonly namespaceSelector?: LabelSelector
  readonly objectSelector?: LabelSelector
}

export interface MatchResources extends Selectors {
  readonly resourceRules?: readonly Rule[]
  readonly excludeResourceRules?: readonly Rule[]
}

const has = (list: readonly string[] | undefined, value: string): boolean => list?.includes('*') === true || list?.includes(value) === true

function resourceFits(entry: string, resource: string, subresource: string): boolean {
  const [name = '', sub = ''] = entry.split('/')
  return (name === '*' || name === resource) && (sub === '*' || sub === subresource || (entry === '*' && subresource === ''))
}

function ruleFits(rule: Rule, r: AdmissionRequest, { group, version, resource, namespaced }: KindDefinition): boolean {
  if (!has(rule.apiGroups, group) || !has(rule.apiVersions, version) || !has(rule.operations, r.operation)) return false
  // A Namespace counts as an object of the cluster, though requests about it bear its name.
  if (rule.scope === 'Cluster' && namespaced) return false
  if (rule.scope === 'Namespaced' && !namespaced) return false
  if (rule.resourceNames?.length && !rule.resourceNames.includes(r.name)) return false
  return rule.resources?.some((entry) => resourceFits(entry, resource, r.subresource ?? '')) === true
}

/** The requested version first, then, where any equivalent may match, the others of the same objects. */
function versionsOf(r: AdmissionRequest, matchPolicy: string | undefined): readonly KindDefinition[] {
  if (matchPolicy === 'Exact') return [r.requested]
  const { registry } = r.server
  const others = registry.all.filter((k) => k.kind === r.kind.kind && k !== r.requested && registry.stored(k) === r.kind)
  return [r.requested, ...others]
}

/** The version in which any of the rules is about the request. */
export function matchedVersion(rules: readonly Rule[], matchPolicy: string | undefined, r: AdmissionRequest): KindDefinition | undefined {
  if (rules.length === 0) return undefined
  if (rules.some((rule) => ruleFits(rule, r, r.requested))) return r.requested
  return versionsOf(r, matchPolicy).find((kind) => rules.some((rule) => ruleFits(rule, r, kind)))
}

function namespaceFits(selector: LabelSelector | undefined, r: AdmissionRequest): boolean {
  if (selector === undefined) return true
  if (r.resource === 'namespaces') return labelSelectorMatches(selector, (r.object ?? r.old)?.metadata.labels)
  if (r.namespace === undefined) return true
  return labelSelectorMatches(selector, r.server.store.get('namespaces', undefined, r.namespace)?.metadata.labels)
}

function objectFits(selector: LabelSelector | undefined, r: AdmissionRequest): boolean {
  if (selector === undefined) return true
  return [r.object, r.old].some((o) => o !== undefined && labelSelectorMatches(selector, o.metadata?.labels))
}

export const selected = (match: Selectors, r: AdmissionRequest): boolean =>
  namespaceFits(match.namespaceSelector, r) && objectFits(match.objectSelector, r)

/**
 * The version in which a policy or binding sees the request; undefined when it is about others. `anyResource`: what no rules at all mean:
 * every resource for a binding, none for a policy.
 */
export function requestMatches(match: MatchResources | undefined, r: AdmissionRequest, anyResource: boolean): KindDefinition | undefined {
  if (match === undefined) return anyResource ? r.requested : undefined
  const { resourceRules = [], excludeResourceRules = [], matchPolicy } = match
  if (matchedVersion(excludeResourceRules, matchPolicy, r) !== undefined) return undefined
  const kind = resourceRules.length === 0 && anyResource ? r.requested : matchedVersion(resourceRules, matchPolicy, r)
  return kind !== undefined && selected(match, r) ? kind : undefined
}
