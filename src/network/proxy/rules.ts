/**
 * Service routing as data: what kube-proxy makes of a Service and its EndpointSlices, and which endpoints a packet may be sent to
 * (pkg/proxy: servicePort, CategorizeEndpoints).
 */

import type { Service } from '../../api/generated/types/core-v1.ts'
import type { Endpoint, EndpointSlice } from '../../api/generated/types/discovery-v1.ts'
import { getOrMake } from '../../lib/get-or-make.ts'

export interface EndpointRule {
  readonly ip: string
  readonly port: number
  readonly node?: string
  readonly podUid?: string
  readonly ready: boolean
  /** Not ready any more, but still answering while it ends. */
  readonly draining: boolean
  readonly forNodes?: readonly string[]
  readonly forZones?: readonly string[]
}

/** One port of one Service, as netfilter sees it. */
export interface PortRule {
  /** `namespace/name`. */
  readonly service: string
  /** `namespace/name:port`. */
  readonly name: string
  readonly protocol: string
  readonly port: number
  readonly clusterIps: readonly string[]
  readonly externalIps: readonly string[]
  readonly balancerIps: readonly string[]
  readonly sourceRanges: readonly string[]
  readonly nodePort?: number
  /** Where a balancer asks whether a node has endpoints. */
  readonly healthPort?: number
  /** Session affinity by client address, in seconds. */
  readonly affinitySeconds?: number
  readonly internalLocal: boolean
  readonly externalLocal: boolean
  readonly endpoints: readonly EndpointRule[]
}

function endpointRule(endpoint: Endpoint, ip: string, port: number): EndpointRule {
  const { conditions, nodeName, targetRef, hints } = endpoint
  return {
    ip,
    port,
    ...(nodeName && { node: nodeName }),
    ...(targetRef?.uid && { podUid: targetRef.uid }),
    ready: conditions?.ready !== false,
    draining: conditions?.serving === true && conditions.terminating === true,
    ...(hints?.forNodes && { forNodes: hints.forNodes.map((n) => n.name) }),
    ...(hints?.forZones && { forZones: hints.forZones.map((z) => z.name) }),
  }
}

function endpointsOf(portName: string, protocol: string, slices: readonly EndpointSlice[]): EndpointRule[] {
  const found = new Map<string, EndpointRule>()
  for (const slice of slices) {
    if (slice.addressType !== 'IPv4') continue
    const port = slice.ports?.find((p) => (p.name ?? '') === portName && (p.protocol ?? 'TCP') === protocol)?.port
    if (port === undefined) continue
    for (const endpoint of slice.endpoints ?? []) {
      const ip = endpoint.addresses[0]
      if (ip !== undefined) found.set(`${ip}:${port}`, endpointRule(endpoint, ip, port))
    }
  }
  return [...found.values()]
}

/** The rules of one Service; none when it has no address of its own (headless, ExternalName). */
export function rulesOf(service: Service, slices: readonly EndpointSlice[]): readonly PortRule[] {
  const { spec, status, metadata } = service
  if (spec === undefined || spec.type === 'ExternalName' || !spec.clusterIP || spec.clusterIP === 'None') return []
  const balancerIps = (status?.loadBalancer?.ingress ?? []).flatMap((i) => (i.ip && i.ipMode !== 'Proxy' ? [i.ip] : []))
  const key = `${metadata.namespace}/${metadata.name}`
  return (spec.ports ?? []).map((port) => ({
    service: key,
    name: port.name ? `${key}:${port.name}` : key,
    protocol: port.protocol ?? 'TCP',
    port: port.port,
    clusterIps: spec.clusterIPs ?? [spec.clusterIP!],
    externalIps: spec.externalIPs ?? [],
    balancerIps,
    sourceRanges: spec.loadBalancerSourceRanges ?? [],
    ...(port.nodePort && { nodePort: port.nodePort }),
    ...(spec.healthCheckNodePort && { healthPort: spec.healthCheckNodePort }),
    ...(spec.sessionAffinity === 'ClientIP' && { affinitySeconds: spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10_800 }),
    internalLocal: spec.internalTrafficPolicy === 'Local',
    externalLocal: spec.externalTrafficPolicy === 'Local',
    endpoints: endpointsOf(port.name ?? '', port.protocol ?? 'TCP', slices),
  }))
}

export interface Choice {
  readonly endpoints: readonly EndpointRule[]
  /** What happens when there is none: REJECT for a Service without endpoints, DROP where only this node has none. */
  readonly otherwise: 'reject' | 'drop'
}

const made = new WeakMap<PortRule, Map<string, Choice>>()

/**
 * The endpoints a packet that meets the rule on a node may be sent to. `local`: the traffic policy asks for endpoints of this node only.
 * Without ready ones those that are ending but still serve are used.
 */
export function choiceOf(rule: PortRule, node: string, zone: string | undefined, local: boolean): Choice {
  const known = made.get(rule)
  const choices = known ?? new Map<string, Choice>()
  if (known === undefined) made.set(rule, choices)
  return getOrMake(choices, `${local ? 'l' : 'c'}/${node}/${zone ?? ''}`, () => choose(rule, node, zone, local))
}

function choose(rule: PortRule, node: string, zone: string | undefined, local: boolean): Choice {
  const ready = rule.endpoints.filter((e) => e.ready)
  const usable = ready.length > 0 ? ready : rule.endpoints.filter((e) => e.draining)
  if (usable.length === 0) return { endpoints: [], otherwise: 'reject' }
  if (!local) return { endpoints: nearby(usable, node, zone), otherwise: 'reject' }
  const here = rule.endpoints.filter((e) => e.node === node)
  const readyHere = here.filter((e) => e.ready)
  return { endpoints: readyHere.length > 0 ? readyHere : here.filter((e) => e.draining), otherwise: 'drop' }
}

/** Topology hints count only if every endpoint has one and some are meant for here. */
function nearby(endpoints: readonly EndpointRule[], node: string, zone: string | undefined): readonly EndpointRule[] {
  if (endpoints.every((e) => e.forNodes)) {
    const mine = endpoints.filter((e) => e.forNodes!.includes(node))
    if (mine.length > 0) return mine
  }
  if (zone !== undefined && endpoints.every((e) => e.forZones)) {
    const mine = endpoints.filter((e) => e.forZones!.includes(zone))
    if (mine.length > 0) return mine
  }
  return endpoints
}
