/**
 * Whether an extension API server can be asked, looked at from near to far: its Service, its endpoints, its answer. Models kube-aggregator's
 * available condition controller.
 */
import type { ApiObject } from '../../api/meta.ts'
import type { IndexedReader } from '../../api/reader.ts'

export interface ServiceReference {
  readonly namespace: string
  readonly name: string
  readonly port: number
}

export interface Availability {
  readonly status: 'True' | 'False'
  readonly reason: string
  readonly message: string
}

/** Asks for the discovery document at that URL of the Service's address; gives what went wrong, in net/http's words. */
export type DiscoveryCheck = (address: string, port: number, path: string) => string | undefined

const no = (reason: string, message: string): Availability => ({ status: 'False', reason, message })

interface Slice {
  readonly endpoints?: readonly { readonly conditions?: { readonly ready?: boolean } }[]
  readonly ports?: readonly { readonly name?: string }[]
}

const hasAddress = (slice: Slice, port: string): boolean =>
  (slice.endpoints ?? []).some((e) => e.conditions?.ready !== false) && (slice.ports ?? []).some((p) => (p.name ?? '') === port)

/** An API server's own group versions are always there. */
export const LOCAL: Availability = { status: 'True', reason: 'Local', message: 'Local APIServices are always available' }

export function planAvailability(apiService: ApiObject, read: IndexedReader, check: DiscoveryCheck): Availability {
  const reference = apiService['spec'].service as ServiceReference | undefined
  if (!reference) return LOCAL
  const { namespace, name, port } = reference
  const about = `service/${name} in "${namespace}"`
  const service = read.get('services', namespace, name)
  if (service?.spec === undefined) return no('ServiceNotFound', `${about} is not present`)
  if (service.spec.type === 'ClusterIP') {
    const found = service.spec.ports?.find((p) => p.port === port)
    if (found === undefined) return no('ServicePortError', `${about} is not listening on port ${port}`)
    const slices = read.labelled('endpointslices.discovery.k8s.io', namespace, 'kubernetes.io/service-name', name) as readonly Slice[]
    if (slices.length === 0) return no('EndpointsNotFound', `cannot find endpointslices for ${about}`)
    if (!slices.some((s) => hasAddress(s, found.name ?? '')))
      return no('MissingEndpoints', `endpointslices for ${about} have no addresses with port name "${found.name ?? ''}"`)
  }
  const { group, version } = apiService['spec']
  const path = `/apis/${group}/${version}`
  const url = `https://${service.spec.clusterIP}:${port}${path}`
  const fault = check(service.spec.clusterIP ?? '', port, path)
  if (fault !== undefined) return no('FailedDiscoveryCheck', `failing or missing response from ${url}: ${fault.replaceAll('{url}', url)}`)
  return { status: 'True', reason: 'Passed', message: 'all checks passed' }
}
