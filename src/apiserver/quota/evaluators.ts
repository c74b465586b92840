/**
 * What an object uses of a ResourceQuota: pods by their requests and limits, claims by their storage, services by their type, anything
 * by its number (pkg/quota/v1/evaluator). Admission charges with it, the quota controller recounts with it.
 */
import type { PersistentVolumeClaim, Pod, Service } from '../../api/generated/types/core-v1.ts'
import type { ApiObject } from '../../api/meta.ts'
import { podTotals } from './pod-resources.ts'

/** Quantities by quota resource name. */
export type Usage = Readonly<Record<string, string>>

const terminal = (pod: Pod): boolean => pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded'
const native = new Set(['cpu', 'memory', 'ephemeral-storage'])

/** Pods that have ended count as objects only; so do those that should be gone by now. */
function podUsage(pod: Pod): Usage {
  const usage: Record<string, string> = { 'count/pods': '1' }
  if (terminal(pod) || pod.spec === undefined) return usage
  usage['pods'] = '1'
  for (const [name, value] of Object.entries(podTotals(pod.spec, 'requests'))) {
    if (native.has(name)) usage[name] = value
    if (native.has(name) || name.includes('/') || name.startsWith('hugepages-')) usage[`requests.${name}`] = value
    if (name.startsWith('hugepages-')) usage[name] = value
  }
  for (const [name, value] of Object.entries(podTotals(pod.spec, 'limits'))) if (native.has(name)) usage[`limits.${name}`] = value
  return usage
}

function claimUsage(claim: PersistentVolumeClaim): Usage {
  const usage: Record<string, string> = { persistentvolumeclaims: '1', 'count/persistentvolumeclaims': '1' }
  const storage = claim.spec?.resources?.requests?.['storage']
  const name = claim.spec?.storageClassName
  if (storage !== undefined) usage['requests.storage'] = String(storage)
  if (name) {
    usage[`${name}.storageclass.storage.k8s.io/persistentvolumeclaims`] = '1'
    if (storage !== undefined) usage[`${name}.storageclass.storage.k8s.io/requests.storage`] = String(storage)
  }
  return usage
}

function serviceUsage(service: Service): Usage {
  const ports = String(service.spec?.ports?.length ?? 0)
  const usage: Record<string, string> = { services: '1', 'count/services': '1', 'services.nodeports': '0', 'services.loadbalancers': '0' }
  if (service.spec?.type === 'NodePort') usage['services.nodeports'] = ports
  if (service.spec?.type === 'LoadBalancer') {
    usage['services.loadbalancers'] = '1'
    if (service.spec.allocateLoadBalancerNodePorts !== false) usage['services.nodeports'] = ports
  }
  return usage
}

const evaluators: Readonly<Record<string, (object: never) => Usage>> = {
  pods: podUsage,
  persistentvolumeclaims: claimUsage,
  services: serviceUsage,
}

/** Kinds that older quotas count by their bare name. */
const counted = new Set(['configmaps', 'secrets', 'replicationcontrollers', 'resourcequotas'])

/** What one object of a resource (as readers name it) uses. */
export function usageOf(resource: string, object: ApiObject): Usage {
  const evaluate = evaluators[resource]
  if (evaluate !== undefined) return evaluate(object as never)
  return counted.has(resource) ? { [resource]: '1', [`count/${resource}`]: '1' } : { [`count/${resource}`]: '1' }
}

/** The resource (as readers name it) whose objects use a quota resource; undefined for what nothing uses. */
export function resourceCountedBy(quotaResource: string): string | undefined {
  if (quotaResource.startsWith('count/')) return quotaResource.slice('count/'.length)
  if (counted.has(quotaResource)) return quotaResource
  if (quotaResource === 'services' || quotaResource.startsWith('services.')) return 'services'
  if (
    quotaResource === 'persistentvolumeclaims' ||
    quotaResource === 'requests.storage' ||
    quotaResource.includes('.storageclass.storage.k8s.io/')
  ) {
    return 'persistentvolumeclaims'
  }
  const name = quotaResource.replace(/^(requests|limits)\./, '')
  if (quotaResource === 'pods' || native.has(name) || name.startsWith('hugepages-') || name.includes('/')) return 'pods'
  return undefined
}

/** Compute resources of a quota that containers lack: `must specify limits.cpu for: a,b; requests.cpu for: a`; undefined when none. */
export function missingCompute(pod: Pod, hard: readonly string[]): string | undefined {
  const missing = new Map<string, string[]>()
  const compute = new Set(['cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory'])
  const required = hard.filter((name) => compute.has(name)).sort()
  for (const container of [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])]) {
    for (const name of required) {
      const which = name.startsWith('limits.') ? 'limits' : 'requests'
      const plain = name.replace(/^(requests|limits)\./, '')
      if (container.resources?.[which]?.[plain] === undefined) missing.set(name, [...(missing.get(name) ?? []), container.name])
    }
  }
  if (missing.size === 0) return undefined
  const parts = [...missing]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, containers]) => `${name} for: ${[...containers].sort().join(',')}`)
  return `must specify ${parts.join('; ')}`
}
