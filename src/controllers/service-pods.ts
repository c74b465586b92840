/**
 * What Endpoints and EndpointSlices have in common: which pods a Service selects, on which ports they answer, and which Services a pod's change concerns.
 */
import type { Pod, Service, ServicePort } from '../api/generated/types/core-v1.ts'
import { type ApiObject, keyOf } from '../api/meta.ts'
import type { IndexedReader } from '../api/reader.ts'
import type { ObjectChange, Watch } from '../client/contract.ts'
import { isFinished } from './pod-state.ts'
import { same } from './same.ts'

type Labels = Readonly<Record<string, string>>

export const hasSelector = (service: Service): boolean => Object.keys(service.spec?.selector ?? {}).length > 0

const includes = (labels: Labels | undefined, wanted: Labels): boolean => Object.entries(wanted).every(([k, v]) => labels?.[k] === v)

/** Pods a Service selects, in byte order of their names; found by the index of one of its labels. */
export function selectedPods(service: Service, read: IndexedReader): readonly Pod[] {
  const selector = service.spec?.selector ?? {}
  const first = Object.entries(selector)[0]
  if (first === undefined) return []
  return read.labelled('pods', service.metadata.namespace ?? '', first[0], first[1]).filter((p) => includes(p.metadata.labels, selector))
}

/** Whether a pod has an address that traffic may be sent to at all; terminating pods are left to the caller. */
export const isAddressable = (pod: Pod): boolean => Boolean(pod.status?.podIP) && !isFinished(pod)

/** The port of this pod that a Service port means; undefined when it names one that the pod does not declare. */
export function targetPort(pod: Pod, port: ServicePort): number | undefined {
  const target = port.targetPort ?? port.port
  if (typeof target === 'number') return target
  const restartable = (pod.spec?.initContainers ?? []).filter((c) => c.restartPolicy === 'Always')
  for (const container of [...(pod.spec?.containers ?? []), ...restartable])
    for (const p of container.ports ?? [])
      if (p.name === target && (p.protocol ?? 'TCP') === (port.protocol ?? 'TCP')) return p.containerPort
  return undefined
}

export const hostnameFor = (pod: Pod, service: Service): string | undefined =>
  pod.spec?.hostname && pod.spec.subdomain === service.metadata.name ? pod.spec.hostname : undefined

/** Keys of the Services of the pod's namespace that select it, or did before the change. */
function servicesOf(change: ObjectChange, read: IndexedReader): readonly string[] {
  const { before, after } = change
  if (before !== undefined && after !== undefined && !concerns(before as Pod, after as Pod)) return []
  const namespace = (after ?? before)!.metadata.namespace
  const labelled = [before?.metadata.labels, after?.metadata.labels]
  const keys: string[] = []
  for (const service of read.list('services', namespace)) {
    const selector = service.spec?.selector
    if (selector !== undefined && hasSelector(service) && labelled.some((l) => l !== undefined && includes(l, selector)))
      keys.push(keyOf(service))
  }
  return keys
}

/** A pod's change matters to endpoints when address, readiness, node, labels or deletion changed. */
const concerns = (a: Pod, b: Pod): boolean =>
  a.status?.podIP !== b.status?.podIP ||
  a.status?.phase !== b.status?.phase ||
  a.metadata.deletionTimestamp !== b.metadata.deletionTimestamp ||
  a.spec?.nodeName !== b.spec?.nodeName ||
  (a.status?.conditions !== b.status?.conditions && readyText(a) !== readyText(b)) ||
  !same(a.metadata.labels, b.metadata.labels)

const readyText = (pod: Pod): string => pod.status?.conditions?.find((c) => c.type === 'Ready')?.status ?? ''

export const watchServicePods: readonly Watch[] = [
  { resource: 'services', own: true },
  { resource: 'pods', map: servicesOf },
]

export const headlessLabel = (service: ApiObject): Record<string, string> =>
  service['spec']?.clusterIP === 'None' ? { 'service.kubernetes.io/headless': '' } : {}
