/**
 * The rules of Roles and ClusterRoles: their checks, and the order and grouping in which they are described (upstream's rbac helpers).
 */
import { type FieldError, invalid, required } from '../../api/errors.ts'
import type { PolicyRule } from '../../api/generated/types/rbac-v1.ts'

const isEmpty = (list: readonly unknown[] | undefined): boolean => (list?.length ?? 0) === 0

export function ruleErrors(rule: PolicyRule, namespaced: boolean, path: string): FieldError[] {
  const found: FieldError[] = []
  if (isEmpty(rule.verbs)) found.push(required(`${path}.verbs`, 'verbs must contain at least one value'))
  if (!isEmpty(rule.nonResourceURLs)) {
    const at = `${path}.nonResourceURLs`
    if (namespaced) found.push(invalid(at, rule.nonResourceURLs, 'namespaced rules cannot apply to non-resource URLs'))
    if (!isEmpty(rule.apiGroups) || !isEmpty(rule.resources) || !isEmpty(rule.resourceNames))
      found.push(invalid(at, rule.nonResourceURLs, 'rules cannot apply to both regular resources and non-resource URLs'))
    return found
  }
  if (isEmpty(rule.apiGroups)) found.push(required(`${path}.apiGroups`, 'resource rules must supply at least one api group'))
  if (isEmpty(rule.resources)) found.push(required(`${path}.resources`, 'resource rules must supply at least one resource'))
  return found
}

/** One rule for each group, resource, name and URL. */
function broken(rule: PolicyRule): PolicyRule[] {
  const urls = (rule.nonResourceURLs ?? []).map((url) => ({ verbs: rule.verbs, nonResourceURLs: [url] }))
  const resources = (rule.apiGroups ?? []).flatMap((group) =>
    (rule.resources ?? []).flatMap((resource) => {
      const names: (string[] | undefined)[] = isEmpty(rule.resourceNames) ? [undefined] : rule.resourceNames!.map((n) => [n])
      return names.map((resourceNames) => ({
        verbs: rule.verbs,
        apiGroups: [group],
        resources: [resource],
        ...(resourceNames && { resourceNames }),
      }))
    }),
  )
  return [...resources, ...urls]
}

/** Rules for one resource, or one object of it, that differ only in verbs become one. */
function compacted(rules: readonly PolicyRule[]): PolicyRule[] {
  const simple = new Map<string, PolicyRule>()
  const out: PolicyRule[] = []
  for (const rule of rules) {
    if ((rule.nonResourceURLs?.length ?? 0) > 0) {
      out.push(rule)
      continue
    }
    const key = JSON.stringify([rule.apiGroups, rule.resources, rule.resourceNames])
    const known = simple.get(key)
    if (known === undefined) simple.set(key, { ...rule, verbs: [...rule.verbs] })
    else known.verbs.push(...rule.verbs.filter((v) => !known.verbs.includes(v)))
  }
  return [...out, ...simple.values()]
}

const list = (values: readonly string[] | undefined): string => `[${(values ?? []).join(' ')}]`
const text = (r: PolicyRule): string =>
  `&PolicyRule{Verbs:${list(r.verbs)},APIGroups:${list(r.apiGroups)},Resources:${list(r.resources)},ResourceNames:${list(r.resourceNames)},NonResourceURLs:${list(r.nonResourceURLs)},}`

function resourceText(rule: PolicyRule): string {
  const [resource = '', subresource] = (rule.resources?.[0] ?? '').split('/')
  const group = rule.apiGroups?.[0] ?? ''
  const qualified = resource === '' || group === '' ? resource : `${resource}.${group}`
  return subresource === undefined ? qualified : `${qualified}/${subresource}`
}

/** Rows of the table that `describe` prints: resource, URLs, names, verbs. */
export function ruleRows(rules: readonly PolicyRule[] | undefined): string[][] {
  return compacted((rules ?? []).flatMap(broken))
    .map((rule) => ({ rule, key: text(rule) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ rule }) => [resourceText(rule), list(rule.nonResourceURLs), list(rule.resourceNames), list(rule.verbs)])
}
