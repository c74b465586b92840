/** The EndpointSlice controller: keeps the slices of each Service with a selector. */

import { isApiError } from '../../api/errors.ts'
import type { Node, Service } from '../../api/generated/types/core-v1.ts'
import type { EndpointSlice } from '../../api/generated/types/discovery-v1.ts'
import { type ApiObject, splitKey } from '../../api/meta.ts'
import type { IndexedReader } from '../../api/reader.ts'
import { formatTime } from '../../api/rfc3339.ts'
import type { ControllerDefinition, ObjectChange, ReconcileContext } from '../../client/contract.ts'
import { controllerRef } from '../../client/ownership.ts'
import { namespaceEnding } from '../pod-batches.ts'
import { readySince } from '../pod-state.ts'
import { same } from '../same.ts'
import { hasSelector, headlessLabel, selectedPods, watchServicePods } from '../service-pods.ts'
import { planSlices, type SlicePlan, type WantedSlice } from './plan.ts'
import { nodeFacts, topologyOf, wantsTopology } from './topology.ts'

export const SERVICE_NAME = 'kubernetes.io/service-name'
export const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by'
const CONTROLLER = 'endpointslice-controller.k8s.io'
const TRIGGER = 'endpoints.kubernetes.io/last-change-trigger-time'

function reconcile(key: string, context: ReconcileContext): void {
  const { namespace, name } = splitKey(key)
  const service = context.read.get('services', namespace, name)
  // Slices of a Service that is gone fall to the garbage collector.
  if (service === undefined || service.metadata.deletionTimestamp !== undefined) return
  if (service.spec?.type === 'ExternalName' || !hasSelector(service)) return
  const current = ownSlices(context.read, namespace!, name)
  const pods = selectedPods(service, context.read)
  const topology =
    wantsTopology(service) && service.spec?.trafficDistribution === undefined ? topologyOf(context.read.list('nodes')) : undefined
  const plan = planSlices(service, pods, (node) => context.read.get('nodes', undefined, node), current, topology)
  if (topology !== undefined) tellTopology(service, plan, current, context)
  const trigger = Math.max(0, ...pods.map((p) => readySince(p) ?? 0))
  for (const wanted of plan.write) write(service, wanted, trigger, context)
  for (const slice of plan.remove) context.write.delete('endpointslices.discovery.k8s.io', namespace, slice.metadata.name)
  const labels = labelsOf(service)
  const touched = new Set([...plan.write.map((w) => w.current), ...plan.remove])
  for (const slice of current)
    if (!touched.has(slice) && !same(slice.metadata.labels, labels))
      write(service, { current: slice, endpoints: slice.endpoints ?? [], ports: slice.ports ?? [] }, trigger, context)
}

/** Said when it begins, and as often as endpoints change while it cannot be. */
function tellTopology(service: Service, plan: SlicePlan, current: readonly EndpointSlice[], { events }: ReconcileContext): void {
  const had = current.some((slice) => slice.endpoints?.some((e) => e.hints?.forZones !== undefined))
  const type = `addressType: ${service.spec?.ipFamilies?.[0] === 'IPv6' ? 'IPv6' : 'IPv4'}`
  if (plan.problem !== undefined) {
    if (had || plan.write.length > 0) events.event(service, 'Warning', 'TopologyAwareHintsDisabled', `${plan.problem}, ${type}`)
  } else if (!had && plan.write.some((w) => w.endpoints.some((e) => e.hints !== undefined)))
    events.event(service, 'Normal', 'TopologyAwareHintsEnabled', `Topology Aware Hints has been enabled, ${type}`)
}

/** Zones, processors or readiness of a node changed: Services that go by them are looked at again. */
function byTopology({ before, after }: ObjectChange, read: IndexedReader): readonly string[] {
  if (nodeFacts(before as Node | undefined) === nodeFacts(after as Node | undefined)) return []
  return read
    .list('services')
    .filter(wantsTopology)
    .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)
}

const ownSlices = (read: IndexedReader, namespace: string, service: string): readonly EndpointSlice[] =>
  read
    .labelled('endpointslices.discovery.k8s.io', namespace, SERVICE_NAME, service)
    .filter((s) => s.metadata.labels?.[MANAGED_BY] === CONTROLLER)

const labelsOf = (service: Service): Record<string, string> => ({
  ...service.metadata.labels,
  ...headlessLabel(service),
  [MANAGED_BY]: CONTROLLER,
  [SERVICE_NAME]: service.metadata.name,
})

function write(service: Service, wanted: WantedSlice, triggerMs: number, context: ReconcileContext): void {
  const body = {
    endpoints: wanted.endpoints.length > 0 ? [...wanted.endpoints] : null,
    ports: wanted.ports.length > 0 ? [...wanted.ports] : null,
  }
  const annotations = triggerMs > 0 ? { [TRIGGER]: formatTime(triggerMs) } : undefined
  if (wanted.current !== undefined) {
    context.write.modify(
      'endpointslices.discovery.k8s.io',
      service.metadata.namespace,
      wanted.current.metadata.name,
      (draft: ApiObject) => {
        draft['endpoints'] = body.endpoints
        draft['ports'] = body.ports
        draft.metadata.labels = labelsOf(service)
        if (annotations !== undefined) draft.metadata.annotations = { ...draft.metadata.annotations, ...annotations }
      },
    )
    return
  }
  const slice = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      generateName: `${service.metadata.name}-`,
      namespace: service.metadata.namespace,
      labels: labelsOf(service),
      ...(annotations && { annotations }),
      ownerReferences: [controllerRef(service)],
    },
    addressType: service.spec?.ipFamilies?.[0] === 'IPv6' ? 'IPv6' : 'IPv4',
    ...body,
  } as unknown as EndpointSlice
  try {
    context.write.create('endpointslices.discovery.k8s.io', slice)
  } catch (error) {
    if (!isApiError(error) || !namespaceEnding(error)) throw error
  }
}

/** A slice changed by another hand brings its Service back. */
function serviceOf(change: ObjectChange): readonly string[] {
  const slice = change.after ?? change.before
  const labels = slice?.metadata.labels
  return labels?.[MANAGED_BY] === CONTROLLER && labels[SERVICE_NAME] ? [`${slice!.metadata.namespace}/${labels[SERVICE_NAME]}`] : []
}

export const endpointSliceController: ControllerDefinition = {
  name: 'endpointslice',
  watches: [...watchServicePods, { resource: 'nodes', map: byTopology }, { resource: 'endpointslices.discovery.k8s.io', map: serviceOf }],
  reconcile,
}
