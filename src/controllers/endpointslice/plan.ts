/**
 * A Service's EndpointSlices: endpoints with their conditions, grouped by ports, packed into slices of at most 100, changing as few slices as possible.
 * Models k8s.io/endpointslice's reconciler.
 */
import type { Node, Pod, Service } from '../../api/generated/types/core-v1.ts'
import type { Endpoint, EndpointPort, EndpointSlice } from '../../api/generated/types/discovery-v1.ts'
import { isReady } from '../pod-state.ts'
import { same } from '../same.ts'
import { hostnameFor, isAddressable, targetPort } from '../service-pods.ts'
import { spread, type Topology } from './topology.ts'

export const SLICE_SIZE = 100

export interface WantedSlice {
  /** The slice this replaces; absent for a new one. */
  readonly current?: EndpointSlice
  readonly endpoints: readonly Endpoint[]
  readonly ports: readonly EndpointPort[]
}

export interface SlicePlan {
  /** Why endpoints are not spread over zones although the Service asks for it. */
  readonly problem?: string
  readonly write: readonly WantedSlice[]
  readonly remove: readonly EndpointSlice[]
}

interface Group {
  readonly ports: readonly EndpointPort[]
  readonly endpoints: Endpoint[]
}

const portKey = (ports: readonly EndpointPort[]): string =>
  ports
    .map((p) => `${p.name ?? ''}/${p.protocol ?? 'TCP'}/${p.port ?? ''}/${p.appProtocol ?? ''}`)
    .sort()
    .join(',')

export function endpointPorts(service: Service, pod: Pod): EndpointPort[] {
  const ports: EndpointPort[] = []
  for (const port of service.spec?.ports ?? []) {
    const number = targetPort(pod, port)
    if (number === undefined) continue
    ports.push({
      name: port.name ?? '',
      port: number,
      protocol: port.protocol ?? 'TCP',
      ...(port.appProtocol !== undefined && { appProtocol: port.appProtocol }),
    })
  }
  return ports
}

export function endpointOf(service: Service, pod: Pod, node: Node | undefined): Endpoint {
  const terminating = pod.metadata.deletionTimestamp !== undefined
  const serving = isReady(pod)
  const hostname = hostnameFor(pod, service)
  const zone = node?.metadata.labels?.['topology.kubernetes.io/zone']
  return {
    addresses: [pod.status!.podIP!],
    conditions: { ready: service.spec?.publishNotReadyAddresses === true || (serving && !terminating), serving, terminating },
    ...(hostname !== undefined && { hostname }),
    ...(pod.spec?.nodeName && { nodeName: pod.spec.nodeName }),
    targetRef: { kind: 'Pod', name: pod.metadata.name, namespace: pod.metadata.namespace!, uid: pod.metadata.uid! },
    ...(zone && { zone }),
  }
}

/** What the Service's slices ought to be, given those it has (managed by this controller). */
export function planSlices(
  service: Service,
  pods: readonly Pod[],
  nodeOf: (name: string) => Node | undefined,
  current: readonly EndpointSlice[],
  topology?: Topology,
): SlicePlan {
  const groups = new Map<string, Group>()
  for (const pod of pods) {
    if (!isAddressable(pod)) continue
    const ports = endpointPorts(service, pod)
    if (ports.length === 0 && (service.spec?.ports ?? []).length > 0) continue
    const key = portKey(ports)
    if (!groups.has(key)) groups.set(key, { ports, endpoints: [] })
    groups.get(key)!.endpoints.push(endpointOf(service, pod, nodeOf(pod.spec?.nodeName ?? '')))
  }
  hint(service, groups)
  const problem = topology && hintZones(groups, topology)
  const plan = pack(groups, current)
  return problem === undefined ? plan : { ...plan, problem }
}

/** Each ready endpoint is meant for one zone; all for all where that cannot be, and why. */
function hintZones(groups: Map<string, Group>, topology: Topology): string | undefined {
  const result = spread(
    [...groups.values()].flatMap((g) => g.endpoints),
    topology,
  )
  if ('problem' in result) return result.problem
  for (const group of groups.values())
    for (const endpoint of group.endpoints) {
      const zone = result.hints.get(endpoint)
      if (zone !== undefined) endpoint.hints = { forZones: [{ name: zone }] }
    }
  return undefined
}

/** `trafficDistribution: PreferClose` (PreferSameZone, PreferSameNode): each endpoint is meant for its own zone or node. */
function hint(service: Service, groups: Map<string, Group>): void {
  const wish = service.spec?.trafficDistribution
  if (wish === undefined) return
  for (const group of groups.values())
    for (const endpoint of group.endpoints) {
      const hints = {
        ...(wish === 'PreferSameNode' && endpoint.nodeName && { forNodes: [{ name: endpoint.nodeName }] }),
        ...(endpoint.zone && { forZones: [{ name: endpoint.zone }] }),
      }
      if (endpoint.conditions?.ready === true && Object.keys(hints).length > 0) endpoint.hints = hints
    }
}

const identity = (e: Endpoint): string => e.targetRef?.uid ?? e.addresses.join(',')

function pack(groups: Map<string, Group>, current: readonly EndpointSlice[]): SlicePlan {
  const write: WantedSlice[] = []
  const spare: EndpointSlice[] = []
  const byPorts = new Map<string, EndpointSlice[]>()
  for (const slice of current) {
    const key = portKey(slice.ports ?? [])
    if (groups.has(key)) byPorts.set(key, [...(byPorts.get(key) ?? []), slice])
    else spare.push(slice)
  }
  for (const [key, group] of groups) write.push(...packGroup(group, byPorts.get(key) ?? [], spare))
  if (groups.size === 0 && current.length === 0) write.push({ endpoints: [], ports: [] })
  if (groups.size === 0 && current.length > 0) {
    const kept = spare.shift()!
    if ((kept.endpoints ?? []).length > 0 || (kept.ports ?? []).length > 0) write.push({ current: kept, endpoints: [], ports: [] })
  }
  return { write, remove: spare }
}

/** Endpoints stay in the slice they are in; new ones fill slices that change anyway, then others with room, then new slices. */
function packGroup(group: Group, slices: readonly EndpointSlice[], spare: EndpointSlice[]): WantedSlice[] {
  const wanted = new Map(group.endpoints.map((e) => [identity(e), e]))
  const kept = slices.map((slice) => {
    const endpoints: Endpoint[] = []
    let changed = false
    for (const old of slice.endpoints ?? []) {
      const next = wanted.get(identity(old))
      if (next === undefined) changed = true
      else {
        wanted.delete(identity(old))
        changed ||= !same(old, next)
        endpoints.push(same(old, next) ? old : next)
      }
    }
    return { slice, endpoints, changed }
  })
  const fresh = [...wanted.values()]
  for (const k of [...kept].sort((a, b) => Number(b.changed) - Number(a.changed) || b.endpoints.length - a.endpoints.length)) {
    const taken = fresh.splice(0, Math.max(0, SLICE_SIZE - k.endpoints.length))
    if (taken.length === 0) continue
    k.endpoints.push(...taken)
    k.changed = true
  }
  for (const k of kept) if (k.endpoints.length === 0) spare.push(k.slice)
  const writes: WantedSlice[] = kept
    .filter((k) => k.changed && k.endpoints.length > 0)
    .map((k) => ({ current: k.slice, endpoints: k.endpoints, ports: group.ports }))
  while (fresh.length > 0) {
    const reused = spare.shift()
    writes.push({ ...(reused && { current: reused }), endpoints: fresh.splice(0, SLICE_SIZE), ports: group.ports })
  }
  return writes
}
