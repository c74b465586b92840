/**
 * The cluster's zone as CoreDNS' kubernetes plug-in serves it from Services, EndpointSlices and Pods
 * (https://github.com/kubernetes/dns/blob/master/docs/specification.md). Pure questions to a reader.
 */
import type { Service } from '../../api/generated/types/core-v1.ts'
import type { Endpoint, EndpointPort } from '../../api/generated/types/discovery-v1.ts'
import type { Reader } from '../../api/reader.ts'
import { ipv4ToNumber } from '../../lib/cidr.ts'
import type { DnsQuery, DnsRecord, DnsReply, DnsType } from '../contract.ts'

/** Reads, with slices found by their Service. */
export type ZoneReader = Reader & { labelled(resource: string, namespace: string, label: string, value: string): readonly unknown[] }

export interface ZoneOptions {
  /** `cluster.local`. */
  readonly zone: string
  readonly ttl: number
  /** How `1-2-3-4.ns.pod` names are answered. */
  readonly pods: 'disabled' | 'insecure' | 'verified'
}

interface Target {
  readonly endpoint: Endpoint
  readonly ports: readonly EndpointPort[]
}

const NXDOMAIN: DnsReply = { code: 'NXDOMAIN', records: [] }
const EMPTY: DnsReply = { code: 'NOERROR', records: [] }
const found = (records: readonly DnsRecord[]): DnsReply => ({ code: 'NOERROR', records })

const dashed = (ip: string): string => ip.replaceAll('.', '-')

function targets(read: ZoneReader, service: Service): Target[] {
  const slices = read.labelled(
    'endpointslices.discovery.k8s.io',
    service.metadata.namespace!,
    'kubernetes.io/service-name',
    service.metadata.name,
  ) as {
    addressType?: string
    endpoints?: Endpoint[]
    ports?: EndpointPort[]
  }[]
  return slices
    .filter((s) => s.addressType === 'IPv4')
    .flatMap((s) =>
      (s.endpoints ?? []).filter((e) => e.conditions?.ready !== false).map((endpoint) => ({ endpoint, ports: s.ports ?? [] })),
    )
}

const hostOf = (e: Endpoint): string => e.hostname ?? dashed(e.addresses[0]!)

/** What a name below `svc` says: `_port._proto.endpoint?.service.namespace`. */
interface Parsed {
  readonly port?: string
  readonly protocol?: string
  readonly endpoint?: string
  readonly service: string
  readonly namespace: string
}

function parse(labels: readonly string[]): Parsed | undefined {
  const rest = [...labels]
  const namespace = rest.pop()
  const service = rest.pop()
  if (namespace === undefined || service === undefined) return undefined
  if (rest.length === 0) return { service, namespace }
  if (rest.length === 1 && !rest[0]!.startsWith('_')) return { endpoint: rest[0]!, service, namespace }
  if (rest.length === 2 && rest.every((l) => l.startsWith('_')))
    return { port: rest[0]!.slice(1), protocol: rest[1]!.slice(1), service, namespace }
  return undefined
}

export function answerFromZone(read: ZoneReader, query: DnsQuery, options: ZoneOptions): DnsReply {
  const { zone } = options
  if (query.name === zone) return EMPTY
  const labels = query.name.slice(0, -(zone.length + 1)).split('.')
  const kind = labels.pop()
  if (kind === 'pod') return podAnswer(read, labels, query, options)
  if (kind !== 'svc') return query.name === `dns-version.${zone}` ? EMPTY : NXDOMAIN
  if (labels.length === 0) return EMPTY
  if (labels.length === 1) return read.get('namespaces', undefined, labels[0]!) ? EMPTY : NXDOMAIN
  const parsed = parse(labels)
  const service = parsed && (read.get('services', parsed.namespace, parsed.service) as Service | undefined)
  if (parsed === undefined || service?.spec === undefined) return NXDOMAIN
  if (service.spec.type === 'ExternalName')
    return parsed.endpoint || parsed.port ? NXDOMAIN : found([record(query.name, 'CNAME', options.ttl, service.spec.externalName!)])
  return serviceAnswer(read, service, parsed, query, options)
}

const record = (name: string, type: DnsType, ttl: number, data: string): DnsRecord => ({ name, type, ttl, data })

function podAnswer(read: ZoneReader, labels: readonly string[], query: DnsQuery, { pods, ttl }: ZoneOptions): DnsReply {
  const [address, namespace, ...more] = labels
  if (address === undefined || namespace === undefined || more.length > 0 || pods === 'disabled')
    return labels.length === 0 ? EMPTY : NXDOMAIN
  const ip = address.replaceAll('-', '.')
  if (ipv4ToNumber(ip) === undefined || read.get('namespaces', undefined, namespace) === undefined) return NXDOMAIN
  if (pods === 'verified' && !read.list('pods', namespace).some((p) => p.status?.podIP === ip)) return NXDOMAIN
  return query.type === 'A' ? found([record(query.name, 'A', ttl, ip)]) : EMPTY
}

function serviceAnswer(read: ZoneReader, service: Service, parsed: Parsed, query: DnsQuery, options: ZoneOptions): DnsReply {
  const headless = service.spec!.clusterIP === 'None' || !service.spec!.clusterIP
  if (headless || parsed.endpoint !== undefined) return endpointsAnswer(read, service, parsed, query, options)
  const ports = (service.spec!.ports ?? []).filter((p) => wantsPort(parsed, p.name, p.protocol))
  if (parsed.port !== undefined && ports.length === 0) return NXDOMAIN
  const own = `${service.metadata.name}.${service.metadata.namespace}.svc.${options.zone}`
  if (query.type === 'SRV') return found(ports.map((p) => record(query.name, 'SRV', options.ttl, `0 100 ${p.port} ${own}`)))
  return query.type === 'A' && parsed.port === undefined ? found([record(query.name, 'A', options.ttl, service.spec!.clusterIP!)]) : EMPTY
}

const wantsPort = (parsed: Parsed, name: string | undefined, protocol: string | undefined): boolean =>
  parsed.port === undefined || ((parsed.port === '*' || parsed.port === name) && (protocol ?? 'TCP').toLowerCase() === parsed.protocol)

function endpointsAnswer(read: ZoneReader, service: Service, parsed: Parsed, query: DnsQuery, options: ZoneOptions): DnsReply {
  const all = targets(read, service).filter((t) => parsed.endpoint === undefined || hostOf(t.endpoint) === parsed.endpoint)
  const own = `${service.metadata.name}.${service.metadata.namespace}.svc.${options.zone}`
  const fitting = all.filter((t) => parsed.port === undefined || t.ports.some((p) => wantsPort(parsed, p.name, p.protocol)))
  if (fitting.length === 0) return NXDOMAIN
  if (query.type === 'A' && parsed.port === undefined) {
    const addresses = [...new Set(fitting.map((t) => t.endpoint.addresses[0]!))]
    return found(addresses.map((ip) => record(query.name, 'A', options.ttl, ip)))
  }
  if (query.type !== 'SRV') return EMPTY
  const weight = Math.floor(100 / fitting.length)
  return found(
    fitting.flatMap((t) =>
      t.ports
        .filter((p) => wantsPort(parsed, p.name, p.protocol))
        .map((p) => record(query.name, 'SRV', options.ttl, `0 ${weight} ${p.port ?? 0} ${hostOf(t.endpoint)}.${own}`)),
    ),
  )
}

/** The name of an address: a Service's, or that of a headless Service's endpoint. */
export function answerReverse(read: ZoneReader, ip: string, query: DnsQuery, options: ZoneOptions): DnsReply {
  for (const service of read.list('services')) {
    const own = `${service.metadata.name}.${service.metadata.namespace}.svc.${options.zone}`
    if (service.spec?.clusterIP === ip) return query.type === 'PTR' ? found([record(query.name, 'PTR', options.ttl, own)]) : EMPTY
    if (service.spec?.clusterIP !== 'None') continue
    const target = targets(read, service).find((t) => t.endpoint.addresses.includes(ip))
    if (target) return query.type === 'PTR' ? found([record(query.name, 'PTR', options.ttl, `${hostOf(target.endpoint)}.${own}`)]) : EMPTY
  }
  return NXDOMAIN
}

/** `4.3.2.1.in-addr.arpa` → `1.2.3.4`. */
export function reverseAddress(name: string): string | undefined {
  if (!name.endsWith('.in-addr.arpa')) return undefined
  const ip = name.slice(0, -'.in-addr.arpa'.length).split('.').reverse().join('.')
  return ipv4ToNumber(ip) === undefined ? undefined : ip
}
