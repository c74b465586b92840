/** Which pods (and claims) a quota with scopes is about (pkg/quota/v1/evaluator/core podMatchesScopeFunc). */
import type { Pod, ResourceQuota } from '../../api/generated/types/core-v1.ts'
import type { ApiObject } from '../../api/meta.ts'

interface ScopeRequirement {
  readonly scopeName: string
  readonly operator: string
  readonly values?: readonly string[]
}

function bestEffort(pod: Pod): boolean {
  const all = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])]
  const set = (list: Readonly<Record<string, unknown>> | undefined): boolean =>
    list?.['cpu'] !== undefined || list?.['memory'] !== undefined
  return !all.some((c) => set(c.resources?.requests) || set(c.resources?.limits))
}

const terminating = (pod: Pod): boolean => (pod.spec?.activeDeadlineSeconds ?? -1) >= 0

function crossesNamespaces(pod: Pod): boolean {
  const { podAffinity, podAntiAffinity } = pod.spec?.affinity ?? {}
  const terms = [podAffinity, podAntiAffinity].flatMap((a) => [
    ...(a?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
    ...(a?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map((p) => p.podAffinityTerm),
  ])
  return terms.some((t) => (t.namespaces?.length ?? 0) > 0 || t.namespaceSelector !== undefined)
}

function fits(r: ScopeRequirement, pod: Pod): boolean {
  const values = r.values ?? []
  switch (r.scopeName) {
    case 'Terminating':
      return terminating(pod)
    case 'NotTerminating':
      return !terminating(pod)
    case 'BestEffort':
      return bestEffort(pod)
    case 'NotBestEffort':
      return !bestEffort(pod)
    case 'CrossNamespacePodAffinity':
      return crossesNamespaces(pod)
    case 'PriorityClass': {
      const name = pod.spec?.priorityClassName ?? ''
      if (r.operator === 'Exists') return name !== ''
      if (r.operator === 'DoesNotExist') return name === ''
      return values.includes(name) === (r.operator === 'In')
    }
    default:
      return false
  }
}

/** Scopes select pods; a quota that has any is not about other objects. */
export function inScope(quota: ResourceQuota, resource: string, object: ApiObject): boolean {
  const plain = (quota.spec?.scopes ?? []).map((scopeName) => ({ scopeName, operator: 'Exists' }))
  const selected = (quota.spec?.scopeSelector?.matchExpressions ?? []) as readonly ScopeRequirement[]
  const requirements = [...plain, ...selected]
  if (requirements.length === 0) return true
  return resource === 'pods' && requirements.every((r) => fits(r, object as Pod))
}
