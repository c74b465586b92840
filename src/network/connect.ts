/**
 * The way of a connection: from where it starts, through the netfilter rules of the machine it meets first, the policies of both pods and the
 * cables between, to the machine and pod that hold the address. Everything is looked at as it is at this instant.
 */
import type { Pod } from '../api/generated/types/core-v1.ts'
import type { Cluster } from '../client/contract.ts'
import { cidrContains } from '../lib/cidr.ts'
import type { Addresses } from './addresses.ts'
import type { Failure, Hop, Hosts, Origin } from './contract.ts'
import { roundTripMs } from './latency.ts'
import type { Links, Place } from './links.ts'
import { COMPANY_NETWORK, type Outside } from './outside.ts'
import type { Ruling } from './policy/compile.ts'
import type { Policies } from './policy/policies.ts'
import { pickEndpoint } from './proxy/pick.ts'
import type { PortRule } from './proxy/rules.ts'
import type { ProxyTable } from './proxy/table.ts'
import type { NetworkRanges } from './ranges.ts'

/** An address on the LAN that nobody answers for: ARP gives up. */
const ARP_MS = 3_000

export interface Parts {
  readonly cluster: Cluster
  readonly hosts: () => Hosts
  readonly addresses: Addresses
  readonly links: Links
  readonly outside: Outside
  readonly policies: Policies
  readonly table: ProxyTable
  readonly ranges: NetworkRanges
  /** The node that answers for a load balancer's address now. */
  readonly announcer: (ip: string) => string | undefined
  /** Why no node answers for a load balancer's address; undefined when it is none. */
  readonly whySilent: (ip: string) => string | undefined
}

export interface Call {
  readonly origin: Origin
  readonly ip: string
  readonly port: number
  /** TCP or UDP. */
  readonly transport: string
  readonly turn: number
  readonly trace: Hop[] | undefined
}

/** What holds the address in the end. */
export interface Target {
  readonly ip: string
  readonly port: number
  readonly node?: string
  readonly pod?: Pod
  /** A machine of the company outside the cluster. */
  readonly outside?: string
}

export type Connected =
  | { readonly ok: true; readonly target: Target; readonly sourceIp: string; readonly latencyMs: number }
  /** `waitMs` absent: until the caller's own patience ends. */
  | { readonly ok: false; readonly failure: Failure; readonly message: string; readonly waitMs?: number; readonly target?: Target }

const fail = (failure: Failure, message: string, more: { waitMs?: number; target?: Target } = {}): Connected => ({
  ok: false,
  failure,
  message,
  ...more,
})
const silence = (message = 'i/o timeout'): Connected => fail('timeout', message)

/** One connection under way. */
export class Way {
  readonly #parts: Parts
  readonly #call: Call
  #latencyMs = 0
  #sourceIp: string

  constructor(parts: Parts, call: Call) {
    this.#parts = parts
    this.#call = call
    this.#sourceIp = call.origin.ip
  }

  #hop(layer: Hop['layer'], at: string, detail: string, ok = true): void {
    this.#call.trace?.push({ layer, at, detail, ok })
  }

  go(): Connected {
    const { origin, ip, port } = this.#call
    if (ip.startsWith('127.')) return this.#loopback()
    const node = origin.kind === 'outside' ? this.#enter() : origin.node
    if (typeof node !== 'string') return node
    return this.#at(node, ip, port, origin.kind === 'outside')
  }

  #loopback(): Connected {
    const { origin, ip, port } = this.#call
    if (origin.kind === 'pod') {
      const pod = this.#parts.cluster.read.get('pods', origin.namespace, origin.name)
      return this.#arrive({ ip, port, node: origin.node, ...(pod && { pod }) })
    }
    if (origin.kind === 'node') {
      const rule = this.#parts.table.byNodePort(origin.node, port, this.#call.transport)
      return rule ? this.#translate(origin.node, rule, false) : this.#arrive({ ip, port, node: origin.node })
    }
    return fail('refused', 'connection refused', { waitMs: 0 })
  }

  // ── from outside ──

  /** Which node takes the packet in; anything else is the answer already. */
  #enter(): string | Connected {
    const { ip } = this.#call
    const node = this.#parts.addresses.node(ip)
    if (node !== undefined) return this.#reachNode(node, ip) ?? node
    const speaker = this.#parts.announcer(ip)
    if (speaker !== undefined) {
      this.#hop('balancer', ip, `load balancer address, announced by ${speaker}`)
      return this.#reachNode(speaker, ip) ?? speaker
    }
    return this.#outside(ip)
  }

  #outside(ip: string): Connected {
    const machine = this.#parts.outside.at(ip)
    if (machine?.on) return this.#arrive({ ip, port: this.#call.port, outside: machine.name })
    if (machine === undefined && !cidrContains(COMPANY_NETWORK, ip)) {
      this.#hop('node', ip, 'no route leads there from the company network', false)
      return silence()
    }
    const unannounced = this.#call.trace && this.#parts.whySilent(ip)
    if (unannounced) this.#hop('balancer', ip, unannounced, false)
    else this.#hop('node', ip, machine ? `${machine.name} is switched off` : 'nobody has this address', false)
    return fail('no-route', 'no route to host', { waitMs: ARP_MS })
  }

  /** A failure if the node cannot be reached from where the packet is. */
  #reachNode(node: string, ip: string): Connected | undefined {
    const { origin } = this.#call
    const { hosts, cluster } = this.#parts
    const from = origin.kind === 'outside' ? undefined : origin.node
    if (from === node) return undefined
    if (!hosts().nodeIsUp(node) || (from !== undefined && !hosts().nodeIsUp(from))) {
      this.#hop('node', node, hosts().nodeIsUp(node) ? `${from} is cut off from the network` : 'the node does not answer', false)
      return silence()
    }
    this.#latencyMs += roundTripMs(cluster.random, { from, to: node })
    return this.#cable({ node, ip }, node)
  }

  #start(): Place {
    const { origin } = this.#call
    return { ip: origin.ip, ...(origin.kind !== 'outside' && { node: origin.node }), ...(origin.kind === 'pod' && { podUid: origin.uid }) }
  }

  #cable(to: Place, name: string, from: Place = this.#start()): Connected | undefined {
    const link = this.#parts.links.between(from, to, this.#call.turn)
    this.#latencyMs += link.delayMs
    if (!link.cut) return undefined
    this.#hop('node', name, 'packets are lost on the way', false)
    return silence()
  }

  // ── on a machine ──

  /** The packet is on `node`, addressed to `ip:port`. `arrived`: it came from another machine. */
  #at(node: string, ip: string, port: number, arrived: boolean): Connected {
    const { table, addresses } = this.#parts
    const { transport } = this.#call
    const rule = table.byAddress(node, ip, port, transport)
    if (rule !== undefined) return this.#translate(node, rule, arrived && !rule.clusterIps.includes(ip), ip)
    const owner = addresses.node(ip)
    if (owner === node) {
      const nodePort = table.byNodePort(node, port, transport)
      if (nodePort === undefined) return this.#arrive({ ip, port, node })
      this.#hop('nodeport', `${ip}:${port}`, `node port of ${nodePort.name}`)
      return this.#translate(node, nodePort, true)
    }
    if (owner !== undefined) return this.#other(owner, ip, port)
    return this.#direct(node, ip, port, arrived)
  }

  #other(owner: string, ip: string, port: number): Connected {
    const nodePort = this.#parts.table.byNodePort(owner, port, this.#call.transport)
    const denied = this.#egress({ ip, port, node: owner })
    if (denied) return denied
    const lost = this.#reachNode(owner, ip)
    if (lost) return lost
    if (this.#call.origin.kind === 'pod') this.#sourceIp = this.#parts.addresses.nodeIp(this.#call.origin.node) ?? this.#sourceIp
    if (nodePort === undefined) return this.#arrive({ ip, port, node: owner })
    this.#hop('nodeport', `${ip}:${port}`, `node port of ${nodePort.name}`)
    return this.#translate(owner, nodePort, true)
  }

  /** An address that no rule rewrites. */
  #direct(node: string, ip: string, port: number, arrived: boolean): Connected {
    const pod = this.#parts.addresses.pod(ip)
    if (pod !== undefined) return arrived ? this.#unknown(ip) : this.#toEndpoint(node, { ip, port, pod, node: pod.spec!.nodeName! })
    const { podCidr, serviceCidr } = this.#parts.ranges
    if (cidrContains(serviceCidr, ip)) return this.#noRule(node, ip, port)
    if (cidrContains(podCidr, ip) || cidrContains('10.0.0.0/8', ip)) return this.#unknown(ip)
    return this.#leave(ip, port)
  }

  #noRule(node: string, ip: string, port: number): Connected {
    const state = this.#parts.table.stateOf(node)
    const why =
      state === 'current'
        ? 'no Service has this address and port'
        : state === 'none'
          ? 'kube-proxy has written no rules on this node'
          : 'the rules of this node are out of date: kube-proxy is not working'
    this.#hop('netfilter', `${node}: ${ip}:${port}`, why, false)
    return silence()
  }

  #unknown(ip: string): Connected {
    this.#hop(
      'pod',
      ip,
      this.#call.origin.kind === 'outside' ? 'pod addresses are not reachable from outside the cluster' : 'no pod has this address',
      false,
    )
    return this.#call.origin.kind === 'outside' ? silence() : fail('no-route', 'no route to host', { waitMs: ARP_MS })
  }

  /** From a pod or a node to the company network: with the node's address, so that answers find their way. */
  #leave(ip: string, port: number): Connected {
    const { origin } = this.#call
    const { hosts, cluster, addresses, announcer } = this.#parts
    const denied = this.#egress({ ip, port })
    if (denied) return denied
    if (origin.kind !== 'outside') {
      if (!hosts().nodeIsUp(origin.node)) return silence()
      this.#sourceIp = addresses.nodeIp(origin.node) ?? origin.ip
      this.#latencyMs += roundTripMs(cluster.random, { from: origin.node, to: undefined })
    }
    if (announcer(ip) !== undefined) {
      this.#hop('netfilter', ip, 'this load balancer address has no such port', false)
      return silence()
    }
    return this.#cable({ ip }, ip) ?? this.#outside(ip)
  }

  // ── Service rules ──

  /** `external`: the Service's external traffic policy counts. */
  #translate(node: string, rule: PortRule, external: boolean, ip?: string): Connected {
    const { origin, turn } = this.#call
    if (ip !== undefined) this.#hop('service', `${rule.name} ${ip}:${rule.port}`, 'address of a Service: only a rule, nobody is there')
    if (
      external &&
      origin.kind === 'outside' &&
      ip !== undefined &&
      rule.sourceRanges.length > 0 &&
      !rule.sourceRanges.some((r) => cidrContains(r, origin.ip))
    ) {
      this.#hop('netfilter', `${node}: ${rule.name}`, `${origin.ip} is not in loadBalancerSourceRanges: dropped`, false)
      return silence()
    }
    const local = external ? rule.externalLocal : rule.internalLocal
    const zone = this.#parts.cluster.read.get('nodes', undefined, node)?.metadata.labels?.['topology.kubernetes.io/zone']
    const picked = pickEndpoint(this.#parts.cluster, rule, { node, zone, local, client: origin.ip, turn })
    if (picked === 'reject' || picked === 'drop') return this.#nobody(node, rule, picked)
    this.#hop('netfilter', `${node}: ${rule.name}`, `DNAT to ${picked.ip}:${picked.port}${this.#staleNote(node)}`)
    const pod = this.#parts.addresses.pod(picked.ip)
    const owner = pod?.spec?.nodeName ?? this.#parts.addresses.node(picked.ip)
    const target: Target = { ip: picked.ip, port: picked.port, ...(pod && { pod }), ...(owner && { node: owner }) }
    if (external && !local && owner !== node) this.#sourceIp = this.#parts.addresses.nodeIp(node) ?? this.#sourceIp
    if (pod === undefined && owner === undefined) return this.#gone(node, target)
    const arrived = this.#toEndpoint(node, target)
    // Without a local policy the client's address is hidden behind the node's, once policies on this node have seen it.
    if (arrived.ok && external && !local) return { ...arrived, sourceIp: this.#parts.addresses.nodeIp(node) ?? arrived.sourceIp }
    return arrived
  }

  #staleNote(node: string): string {
    return this.#parts.table.stateOf(node) === 'frozen' ? ' (rules out of date: kube-proxy is not working here)' : ''
  }

  #nobody(node: string, rule: PortRule, how: 'reject' | 'drop'): Connected {
    const why =
      how === 'drop'
        ? `no endpoint on this node, and the traffic policy is Local: dropped`
        : `${rule.name} has no ${rule.endpoints.length > 0 ? 'ready ' : ''}endpoints: REJECT${this.#staleNote(node)}`
    this.#hop('netfilter', `${node}: ${rule.name}`, why, false)
    return how === 'drop' ? silence() : fail('refused', 'connection refused', { waitMs: 0 })
  }

  /** A rule leads to an address that no pod has any more. */
  #gone(node: string, target: Target): Connected {
    const { outside } = this.#parts
    if (outside.at(target.ip)) return this.#leave(target.ip, target.port)
    void node
    return this.#unknown(target.ip)
  }

  // ── to the pod ──

  #toEndpoint(node: string, target: Target): Connected {
    const { hosts, cluster } = this.#parts
    const owner = target.node
    const self = this.#call.origin.kind === 'pod' && this.#call.origin.uid === target.pod?.metadata.uid
    if (!self) {
      const denied = this.#egress(target)
      if (denied) return denied
    }
    if (owner === undefined) {
      this.#hop('pod', target.ip, 'the pod is on no node', false)
      return silence()
    }
    if (owner !== node) {
      if (!hosts().nodeIsUp(node) || !hosts().nodeIsUp(owner)) {
        const dead = hosts().nodeIsUp(owner) ? node : owner
        this.#hop('node', dead, 'the node does not answer', false)
        return fail('timeout', 'i/o timeout', { target })
      }
      this.#latencyMs += roundTripMs(cluster.random, { from: node, to: owner })
    } else this.#latencyMs += roundTripMs(cluster.random, { from: node, to: node })
    const { origin } = this.#call
    const from = origin.kind === 'outside' || origin.node !== node ? { node, ip: this.#sourceIp } : this.#start()
    const lost = this.#cable({ node: owner, ip: target.ip, ...(target.pod && { podUid: target.pod.metadata.uid! }) }, owner, from)
    if (lost) return lost
    return (self ? undefined : this.#ingress(target)) ?? this.#arrive(target)
  }

  #egress(target: Target): Connected | undefined {
    const { origin, transport } = this.#call
    if (origin.kind !== 'pod') return undefined
    const { cluster, policies } = this.#parts
    const pod = cluster.read.get('pods', origin.namespace, origin.name)
    if (pod === undefined) return undefined
    const ruling = policies.judge(pod, 'egress', () => policies.party(target.ip, target.pod), {
      port: target.port,
      protocol: transport,
      destination: target.pod,
    })
    return this.#ruled(ruling, `leaving ${origin.namespace}/${origin.name}`, target)
  }

  #ingress(target: Target): Connected | undefined {
    const { origin, transport } = this.#call
    const { pod } = target
    // The kubelet must reach the pods of its own node, whatever policies say.
    if (pod === undefined || (origin.kind === 'node' && origin.node === target.node)) return undefined
    const { policies, cluster } = this.#parts
    const from = origin.kind === 'pod' ? cluster.read.get('pods', origin.namespace, origin.name) : undefined
    const ruling = policies.judge(pod, 'ingress', () => policies.party(this.#sourceIp, from), {
      port: target.port,
      protocol: transport,
      destination: pod,
    })
    return this.#ruled(ruling, `entering ${pod.metadata.namespace}/${pod.metadata.name}`, target)
  }

  #ruled(ruling: Ruling, at: string, target: Target): Connected | undefined {
    if (ruling.allowed) {
      if (ruling.by !== undefined) this.#hop('policy', at, `allowed by NetworkPolicy ${ruling.by}`)
      return undefined
    }
    this.#hop(
      'policy',
      at,
      `dropped: NetworkPolicy ${ruling.isolatedBy.join(', ')} isolates the pod and nothing allows port ${target.port}`,
      false,
    )
    return silence()
  }

  #arrive(target: Target): Connected {
    return { ok: true, target, sourceIp: this.#sourceIp, latencyMs: this.#latencyMs }
  }
}
