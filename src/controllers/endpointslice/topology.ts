/**
 * Topology-aware routing (`service.kubernetes.io/topology-mode: Auto`): endpoints are meant for zones in the share of the processors that each
 * zone has, as long as no zone gets so few that they are overloaded. Models k8s.io/endpointslice/topologycache.
 */
import type { Node, Service } from '../../api/generated/types/core-v1.ts'
import type { Endpoint } from '../../api/generated/types/discovery-v1.ts'
import { milliValue } from '../../api/quantity.ts'

const MODE = 'service.kubernetes.io/topology-mode'
/** What it was called before Kubernetes 1.27. */
const OLD_MODE = 'service.kubernetes.io/topology-aware-hints'
const ZONE = 'topology.kubernetes.io/zone'
/** How much more than its share an endpoint may have to bear. */
const OVERLOAD = 0.2
const NOT_COUNTED = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master']

/** By zone, in the order of their names. */
type Shares = ReadonlyMap<string, number>

export type Topology = { readonly shares: Shares } | { readonly problem: string }

export function wantsTopology({ metadata }: Service): boolean {
  const mode = metadata.annotations?.[MODE] ?? metadata.annotations?.[OLD_MODE]
  return mode === 'Auto' || mode === 'auto'
}

const isReady = (node: Node): boolean => node.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') === true

/** What a change of a node must alter for endpoints to be spread anew. */
export const nodeFacts = (node: Node | undefined): string =>
  node === undefined ? '' : `${node.metadata.labels?.[ZONE] ?? ''}/${node.status?.allocatable?.['cpu'] ?? ''}/${isReady(node)}`

export function topologyOf(nodes: readonly Node[]): Topology {
  const cpu = new Map<string, number>()
  let total = 0
  for (const node of nodes) {
    if (NOT_COUNTED.some((label) => node.metadata.labels?.[label] !== undefined) || !isReady(node)) continue
    const zone = node.metadata.labels?.[ZONE]
    const milli = milliValue(node.status?.allocatable?.['cpu'] ?? '0')
    if (!zone || milli === 0)
      return { problem: 'Insufficient Node information: allocatable CPU or zone not specified on one or more nodes' }
    cpu.set(zone, (cpu.get(zone) ?? 0) + milli)
    total += milli
  }
  if (cpu.size < 2) return { problem: 'Nodes only ready in one zone' }
  return { shares: new Map([...cpu].sort(([a], [b]) => (a < b ? -1 : 1)).map(([zone, milli]) => [zone, milli / total])) }
}

/** Endpoints that each zone ought to have; a problem where some zone would be overloaded. */
function wanted(shares: Shares, count: number): ReadonlyMap<string, number> | string {
  const numbers = `(${count} endpoints, ${shares.size} zones)`
  if (shares.size > count) return `Insufficient number of endpoints ${numbers}`
  const desired = new Map<string, number>()
  let left = count
  for (const [zone, share] of shares) {
    const least = Math.ceil((share * count) / (1 + OVERLOAD))
    desired.set(zone, Math.max(share * count, least))
    left -= least
    if (left < 0) return `Unable to allocate minimum required endpoints to each zone without exceeding overload threshold ${numbers}`
  }
  return desired
}

/** The zone that has most of something; the first of several. */
function most(of: ReadonlyMap<string, number>): readonly [zone: string, amount: number] {
  let found: readonly [string, number] = ['', 0]
  for (const entry of of) if (entry[1] > found[1]) found = entry
  return found
}

/** From which zone to which other endpoints are lent, one by one. */
function moves(desired: ReadonlyMap<string, number>, has: ReadonlyMap<string, number>): [from: string, to: string][] {
  const giving = new Map<string, number>()
  const taking = new Map<string, number>()
  for (const [zone, target] of desired) {
    const extra = (has.get(zone) ?? 0) - target
    if (extra > 0) giving.set(zone, extra)
    else if (extra < 0) taking.set(zone, -extra)
  }
  const list: [string, string][] = []
  for (;;) {
    const [from, give] = most(giving)
    const [to, take] = most(taking)
    if (from === '' || to === '' || (give < 1 && take < 1) || give < 0.5 || take < 0.5) return list
    giving.set(from, give - 1)
    taking.set(to, take - 1)
    list.push([from, to])
  }
}

/** Says of each ready endpoint for which zone it is; why not, where that cannot be done. */
export function spread(
  endpoints: readonly Endpoint[],
  topology: Topology,
): { readonly hints: ReadonlyMap<Endpoint, string> } | { readonly problem: string } {
  if ('problem' in topology) return topology
  const ready = endpoints.filter((e) => e.conditions?.ready !== false)
  const desired = wanted(topology.shares, ready.length)
  if (typeof desired === 'string') return { problem: desired }
  const has = new Map<string, number>()
  const hints = new Map<Endpoint, string>()
  for (const endpoint of ready) {
    if (!endpoint.zone) return { problem: 'One or more endpoints do not have a zone specified' }
    hints.set(endpoint, endpoint.zone)
    has.set(endpoint.zone, (has.get(endpoint.zone) ?? 0) + 1)
  }
  for (const [from, to] of moves(desired, has)) {
    const lent = ready.find((e) => hints.get(e) === from && e.zone === from)
    if (lent !== undefined) hints.set(lent, to)
  }
  return { hints }
}
