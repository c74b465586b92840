/** A Service's Endpoints object: ready and not ready addresses, grouped by the set of ports they answer on. Models upstream's endpoints controller. */
import type { EndpointAddress, EndpointPort, EndpointSubset, Pod, Service } from '../../api/generated/types/core-v1.ts'
import { isReady } from '../pod-state.ts'
import { hostnameFor, isAddressable, targetPort } from '../service-pods.ts'

const CAPACITY = 1000

const portText = (p: EndpointPort): string => `${p.name ?? ''}/${p.protocol}/${p.port}`

function portsOf(service: Service, pod: Pod): EndpointPort[] {
  const ports: EndpointPort[] = []
  for (const port of service.spec?.ports ?? []) {
    const number = targetPort(pod, port)
    if (number === undefined) continue
    ports.push({
      ...(port.appProtocol !== undefined && { appProtocol: port.appProtocol }),
      ...(port.name && { name: port.name }),
      port: number,
      protocol: port.protocol ?? 'TCP',
    })
  }
  return ports
}

function addressOf(service: Service, pod: Pod): EndpointAddress {
  const hostname = hostnameFor(pod, service)
  return {
    ...(hostname !== undefined && { hostname }),
    ip: pod.status!.podIP!,
    ...(pod.spec?.nodeName && { nodeName: pod.spec.nodeName }),
    targetRef: { kind: 'Pod', name: pod.metadata.name, namespace: pod.metadata.namespace!, uid: pod.metadata.uid! },
  }
}

const inAddressOrder = (a: EndpointAddress, b: EndpointAddress): number =>
  a.ip < b.ip ? -1 : a.ip > b.ip ? 1 : (a.targetRef?.uid ?? '') < (b.targetRef?.uid ?? '') ? -1 : 1

/** Subsets for these pods; `truncated` when there were more than an Endpoints object holds. */
export function planEndpoints(service: Service, pods: readonly Pod[]): { subsets: EndpointSubset[]; truncated: boolean } {
  const groups = new Map<string, { ports: EndpointPort[]; ready: EndpointAddress[]; notReady: EndpointAddress[] }>()
  const tolerant = service.spec?.publishNotReadyAddresses === true
  const headlessPortless = service.spec?.clusterIP === 'None' && (service.spec.ports ?? []).length === 0
  for (const pod of pods) {
    if (!isAddressable(pod) || (!tolerant && pod.metadata.deletionTimestamp !== undefined)) continue
    const ports = portsOf(service, pod)
    if (ports.length === 0 && !headlessPortless) continue
    const key = ports.map(portText).sort().join(',')
    let group = groups.get(key)
    if (group === undefined) {
      group = { ports, ready: [], notReady: [] }
      groups.set(key, group)
    }
    const bucket = tolerant || isReady(pod) ? group.ready : group.notReady
    bucket.push(addressOf(service, pod))
  }
  return truncate([...groups.keys()].sort().map((key) => groups.get(key)!))
}

function truncate(groups: { ports: EndpointPort[]; ready: EndpointAddress[]; notReady: EndpointAddress[] }[]): {
  subsets: EndpointSubset[]
  truncated: boolean
} {
  let room = CAPACITY
  let truncated = false
  const take = (list: EndpointAddress[]): EndpointAddress[] => {
    const kept = list.sort(inAddressOrder).slice(0, room)
    truncated ||= kept.length < list.length
    room -= kept.length
    return kept
  }
  const subsets = groups.map((g) => {
    const addresses = take(g.ready)
    const notReadyAddresses = take(g.notReady)
    return {
      ...(addresses.length > 0 && { addresses }),
      ...(notReadyAddresses.length > 0 && { notReadyAddresses }),
      ...(g.ports.length > 0 && { ports: [...g.ports].sort((a, b) => (portText(a) < portText(b) ? -1 : 1)) }),
    }
  })
  return { subsets, truncated }
}
