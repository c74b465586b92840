/**
 * RBAC's rules as pure functions: does a rule allow this request, and how a rule is written in messages
 * (kubernetes/plugin/pkg/auth/authorizer/rbac and pkg/apis/rbac/v1/evaluation_helpers).
 */

export interface PolicyRule {
  readonly apiGroups?: readonly string[]
  readonly resources?: readonly string[]
  readonly resourceNames?: readonly string[]
  readonly nonResourceURLs?: readonly string[]
  readonly verbs?: readonly string[]
}

export interface Attributes {
  readonly verb: string
  readonly group: string
  readonly resource: string
  readonly subresource?: string | undefined
  readonly namespace?: string | undefined
  readonly name?: string | undefined
  /** A URL path instead of a resource. */
  readonly path?: string | undefined
}

const has = (list: readonly string[] | undefined, value: string): boolean =>
  list !== undefined && (list.includes(value) || list.includes('*'))

function resourceFits(rule: PolicyRule, resource: string, subresource: string | undefined): boolean {
  const combined = subresource ? `${resource}/${subresource}` : resource
  for (const entry of rule.resources ?? []) {
    if (entry === '*' || entry === combined) return true
    if (subresource && entry === `*/${subresource}`) return true
  }
  return false
}

function pathFits(rule: PolicyRule, path: string): boolean {
  for (const entry of rule.nonResourceURLs ?? []) {
    if (entry === '*' || entry === path) return true
    if (entry.endsWith('*') && path.startsWith(entry.slice(0, -1))) return true
  }
  return false
}

export function ruleAllows(rule: PolicyRule, a: Attributes): boolean {
  if (!has(rule.verbs, a.verb)) return false
  if (a.path !== undefined) return pathFits(rule, a.path)
  if (!has(rule.apiGroups, a.group) || !resourceFits(rule, a.resource, a.subresource)) return false
  return (rule.resourceNames?.length ?? 0) === 0 || (a.name !== undefined && rule.resourceNames!.includes(a.name))
}

/** A rule of one verb on one resource (and one name) or one path: what covering is decided on. */
export function breakdown(rule: PolicyRule): PolicyRule[] {
  const parts: PolicyRule[] = []
  for (const group of rule.apiGroups ?? []) {
    for (const resource of rule.resources ?? []) {
      for (const verb of rule.verbs ?? []) {
        const one = { apiGroups: [group], resources: [resource], verbs: [verb] }
        if (rule.resourceNames?.length) for (const name of rule.resourceNames) parts.push({ ...one, resourceNames: [name] })
        else parts.push(one)
      }
    }
  }
  for (const path of rule.nonResourceURLs ?? []) for (const verb of rule.verbs ?? []) parts.push({ nonResourceURLs: [path], verbs: [verb] })
  return parts
}

const includesAll = (owner: readonly string[] | undefined, wanted: readonly string[] | undefined): boolean =>
  (wanted ?? []).every((w) => has(owner, w))

function coversResources(owner: readonly string[] | undefined, wanted: readonly string[] | undefined): boolean {
  return (wanted ?? []).every((w) => {
    if (has(owner, w)) return true
    const slash = w.indexOf('/')
    return slash >= 0 && owner?.includes(`*${w.slice(slash)}`) === true
  })
}

const coversPaths = (owner: readonly string[] | undefined, wanted: readonly string[]): boolean =>
  wanted.every((w) => owner?.some((o) => o === w || (o.endsWith('*') && w.startsWith(o.slice(0, -1)))) === true)

/** Whether one atomic rule lies within another rule. */
export function covers(owner: PolicyRule, wanted: PolicyRule): boolean {
  if (!includesAll(owner.verbs, wanted.verbs)) return false
  if (wanted.nonResourceURLs?.length) return coversPaths(owner.nonResourceURLs, wanted.nonResourceURLs)
  if (!includesAll(owner.apiGroups, wanted.apiGroups) || !coversResources(owner.resources, wanted.resources)) return false
  const names = owner.resourceNames ?? []
  if (names.length === 0) return true
  return (wanted.resourceNames?.length ?? 0) > 0 && wanted.resourceNames!.every((n) => names.includes(n))
}

/** Atomic rules that differ only in their verb, as one. */
export function compact(rules: readonly PolicyRule[]): PolicyRule[] {
  const byRest = new Map<string, PolicyRule>()
  for (const rule of rules) {
    const { verbs, ...rest } = rule
    const key = JSON.stringify(rest)
    const known = byRest.get(key)
    byRest.set(key, known === undefined ? rule : { ...known, verbs: [...known.verbs!, ...verbs!] })
  }
  return [...byRest.values()]
}

const quotedList = (name: string, list: readonly string[] | undefined): string | undefined =>
  list?.length ? `${name}:[${list.map((v) => JSON.stringify(v)).join(' ')}]` : undefined

/** `{APIGroups:[""], Resources:["pods"], Verbs:["get" "list"]}`. */
export function ruleText(rule: PolicyRule): string {
  const parts = [
    quotedList('APIGroups', rule.apiGroups),
    quotedList('Resources', rule.resources),
    quotedList('NonResourceURLs', rule.nonResourceURLs),
    quotedList('ResourceNames', rule.resourceNames),
    quotedList('Verbs', rule.verbs),
  ]
  return `{${parts.filter((p) => p !== undefined).join(', ')}}`
}
