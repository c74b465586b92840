/**
 * `kubectl describe service`: its endpoints are read off the EndpointSlices that carry its name.
 */
import type { Service, ServicePort } from '../../../api/generated/types/core-v1.ts'
import type { EndpointSlice } from '../../../api/generated/types/discovery-v1.ts'
import type { DescribeContext } from '../../../api/kind.ts'
import { formatLabels } from '../../../api/selectors.ts'
import { describeEvents } from '../../describe/events.ts'
import { heading } from '../../describe/fields.ts'
import { type DescribeWriter, describeWith } from '../../describe/writer.ts'

const SHOWN = 3
const withPort = (address: string, port: number | undefined): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`

/** Ready addresses of the slices for the ports named, three of them and how many more; all ports when `ports` is left out. */
export function endpointSlicesText(slices: readonly EndpointSlice[], ports?: ReadonlySet<string>): string {
  if (slices.length === 0) return '<none>'
  const all: string[] = []
  for (const slice of slices) {
    const ready = (slice.endpoints ?? []).filter((e) => e.conditions?.ready !== false).map((e) => e.addresses[0] ?? '')
    if ((slice.ports?.length ?? 0) === 0) all.push(...ready)
    for (const port of slice.ports ?? [])
      if (!ports || ports.has(port.name ?? '')) all.push(...ready.map((address) => withPort(address, port.port)))
  }
  const text = all.slice(0, SHOWN).join(',')
  return all.length > SHOWN ? `${text} + ${all.length - SHOWN} more...` : text
}

function writePort(w: DescribeWriter, port: ServicePort, slices: readonly EndpointSlice[]): void {
  const name = port.name || '<unset>'
  w.line(0, `Port:\t${name}\t${port.port}/${port.protocol}`)
  w.field(0, 'TargetPort', `${port.targetPort}/${port.protocol}`)
  if (port.appProtocol) w.field(0, 'AppProtocol', port.appProtocol)
  if (port.nodePort) w.line(0, `NodePort:\t${name}\t${port.nodePort}/${port.protocol}`)
  w.field(0, 'Endpoints', endpointSlicesText(slices, new Set([port.name ?? ''])))
}

function writeAddresses(w: DescribeWriter, service: Service): void {
  const spec = service.spec ?? {}
  if (spec.ipFamilyPolicy) w.field(0, 'IP Family Policy', spec.ipFamilyPolicy)
  w.field(0, 'IP Families', spec.ipFamilies?.join(',') || '<none>')
  w.field(0, 'IP', spec.clusterIP ?? '')
  w.field(0, 'IPs', spec.clusterIPs?.join(',') || '<none>')
  if (spec.externalIPs?.length) w.field(0, 'External IPs', spec.externalIPs.join(','))
  if (spec.loadBalancerIP) w.field(0, 'Desired LoadBalancer IP', spec.loadBalancerIP)
  if (spec.externalName) w.field(0, 'External Name', spec.externalName)
  const ingress = service.status?.loadBalancer?.ingress ?? []
  const texts = ingress.map((i) => (i.ip ? `${i.ip}${i.ipMode ? ` (${i.ipMode})` : ''}` : (i.hostname ?? '')))
  if (texts.length > 0) w.field(0, 'LoadBalancer Ingress', texts.join(', '))
}

export function describeService(service: Service, context: DescribeContext): string {
  const spec = service.spec ?? {}
  const slices = context.reader
    .list('endpointslices.discovery.k8s.io', service.metadata.namespace)
    .filter((s) => s.metadata.labels?.['kubernetes.io/service-name'] === service.metadata.name)
  return describeWith((w) => {
    heading(w, service)
    w.field(0, 'Selector', formatLabels(spec.selector))
    w.field(0, 'Type', spec.type ?? '')
    writeAddresses(w, service)
    for (const port of spec.ports ?? []) writePort(w, port, slices)
    w.field(0, 'Session Affinity', spec.sessionAffinity ?? '')
    if (spec.externalTrafficPolicy) w.field(0, 'External Traffic Policy', spec.externalTrafficPolicy)
    if (spec.internalTrafficPolicy) w.field(0, 'Internal Traffic Policy', spec.internalTrafficPolicy)
    if (spec.healthCheckNodePort) w.field(0, 'HealthCheck NodePort', spec.healthCheckNodePort)
    if (spec.loadBalancerSourceRanges?.length) w.field(0, 'LoadBalancer Source Ranges', spec.loadBalancerSourceRanges.join(','))
    if (spec.trafficDistribution) w.field(0, 'Traffic Distribution', spec.trafficDistribution)
    describeEvents(w, service, context)
  })
}
