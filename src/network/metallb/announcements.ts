/**
 * Who answers ARP for a load balancer's address (MetalLB in layer 2 mode): one node, chosen by a hash among those whose speaker lives and, with
 * externalTrafficPolicy Local, that have a ready endpoint. When it dies another takes over some seconds later.
 */
import type { Service } from '../../api/generated/types/core-v1.ts'
import type { Endpoint } from '../../api/generated/types/discovery-v1.ts'
import type { Cluster } from '../../client/contract.ts'
import { hash53 } from '../../lib/hash.ts'

const FAMILY = 'announcement'
const SERVICE_LABEL = 'kubernetes.io/service-name'

export interface Announcement {
  readonly node: string
  /** `namespace/name`. */
  readonly service: string
}

/** Nodes in the order in which they would announce an address: each by its own hash, so that a death moves only its own addresses. */
export function ranked(nodes: readonly string[], ip: string): string[] {
  const rank = new Map(nodes.map((n) => [n, hash53(`${n}#${ip}`)]))
  return [...nodes].sort((a, b) => rank.get(a)! - rank.get(b)! || (a < b ? -1 : 1))
}

export class Announcements {
  readonly #cluster: Cluster

  constructor(cluster: Cluster) {
    this.#cluster = cluster
  }

  nodeOf(ip: string): string | undefined {
    return this.get(ip)?.node
  }
  get(ip: string): Announcement | undefined {
    return this.#cluster.cells.get<Announcement>(FAMILY, ip)
  }
  set(ip: string, announcement: Announcement): void {
    const now = this.get(ip)
    if (now?.node !== announcement.node || now.service !== announcement.service) this.#cluster.cells.put(FAMILY, ip, announcement)
  }
  withdraw(ip: string): void {
    this.#cluster.cells.delete(FAMILY, ip)
  }
  /** Addresses announced for a Service. */
  ofService(key: string): readonly string[] {
    return this.#cluster.cells.keys(FAMILY).filter((ip) => this.get(ip)?.service === key)
  }

  /** Why nobody answers for an address that a Service has; undefined when no Service has it. */
  whySilent(ip: string): string | undefined {
    const service = this.#cluster.read.list('services').find((s) => s.status?.loadBalancer?.ingress?.some((i) => i.ip === ip))
    if (service === undefined) return undefined
    const why = this.#ready(service).length === 0 ? 'it has no ready endpoint' : 'no speaker of MetalLB works where it could'
    return `balanced address of the Service ${service.metadata.namespace}/${service.metadata.name}, which no node announces: ${why}`
  }

  #ready({ metadata: { namespace, name } }: Service): Endpoint[] {
    const slices = this.#cluster.read.labelled('endpointslices.discovery.k8s.io', namespace!, SERVICE_LABEL, name)
    return slices.flatMap((s) => s.endpoints ?? []).filter((e) => e.conditions?.ready !== false)
  }

  /** Members of the speakers' list that could announce a Service's address, best first. */
  candidates(service: Service, ip: string, members: readonly string[]): string[] {
    const ready = this.#ready(service)
    if (ready.length === 0) return []
    const withEndpoint = new Set(ready.map((e) => e.nodeName))
    return ranked(service.spec?.externalTrafficPolicy === 'Local' ? members.filter((n) => withEndpoint.has(n)) : members, ip)
  }
}
