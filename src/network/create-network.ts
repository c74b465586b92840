/**
 * The network of one cluster: names, ways and answers, put together. A request is evaluated at one instant (docs/adr/0003); a dial made while
 * another is being answered belongs to it: it shares its trace and its number.
 */
import type { Pod } from '../api/generated/types/core-v1.ts'
import type { Cluster } from '../client/contract.ts'
import { ipv4ToNumber } from '../lib/cidr.ts'
import { Addresses } from './addresses.ts'
import { type Connected, type Parts, type Target, Way } from './connect.ts'
import type {
  DialRequest,
  DialResult,
  DnsAnswer,
  DnsQuery,
  DnsType,
  Failure,
  Hop,
  Hosts,
  HttpReply,
  HttpRequest,
  Network,
  Origin,
  Peer,
} from './contract.ts'
import { HOST_RESOLV_CONF, type ResolvConf, resolvConfOf } from './dns/resolv-conf.ts'
import { dnsPort, lookupMessage, loopbackNames, Resolution } from './dns/resolver.ts'
import { Links } from './links.ts'
import { Announcements } from './metallb/announcements.ts'
import { Outside } from './outside.ts'
import { Policies } from './policy/policies.ts'
import { drawIndex } from './proxy/pick.ts'
import { ProxyTable } from './proxy/table.ts'
import { dnsServiceIp, type NetworkRanges } from './ranges.ts'
import { overlooked, tlsProblem } from './tls.ts'

export interface NetworkOptions {
  readonly cluster: Cluster
  readonly hosts: () => Hosts
  /** `pods`: a node's rules are kept by its kube-proxy pod; `built-in`: by the machine itself, where a preset has no add-ons. */
  readonly kubeProxy: 'pods' | 'built-in'
  readonly ranges: NetworkRanges
}

/** Cells of the node room that tell when machines and processes change. */
const POWER = 'power'
const PROCESS = 'process'

interface Machine {
  readonly on: boolean
  readonly cut?: boolean
}

/** Told of each process a dial reaches. */
export type VisitListener = (podUid: string, port: number) => void

export class ClusterNetwork implements Network {
  readonly ranges: NetworkRanges
  readonly addresses: Addresses
  readonly links: Links
  readonly outside: Outside
  readonly policies: Policies
  readonly table: ProxyTable
  readonly announcements: Announcements
  readonly #cluster: Cluster
  readonly #hosts: () => Hosts
  readonly #proxies = new Map<string, number>()
  /** What every way through it asks. */
  readonly #parts: Parts
  #machines = 0
  /** Of the request being answered. */
  #trace: Hop[] | undefined
  #turn: number | undefined
  #visits: VisitListener | undefined
  #quiet = false

  constructor({ cluster, hosts, kubeProxy, ranges }: NetworkOptions) {
    this.ranges = ranges
    this.#cluster = cluster
    this.#hosts = hosts
    this.addresses = new Addresses(cluster)
    this.links = new Links(cluster.cells, cluster.random)
    this.outside = new Outside(cluster.cells)
    this.policies = new Policies(cluster)
    const machine = (node: string): Machine | undefined => cluster.cells.get<Machine>(POWER, node)
    this.table = new ProxyTable(cluster, {
      isOn: (node) => machine(node)?.on === true,
      isCabled: (node) => machine(node)?.cut !== true,
      proxyRuns: (node) => kubeProxy === 'built-in' || (this.#proxies.get(node) ?? 0) > 0,
    })
    this.announcements = new Announcements(cluster)
    this.#parts = {
      cluster,
      hosts,
      addresses: this.addresses,
      links: this.links,
      outside: this.outside,
      policies: this.policies,
      table: this.table,
      ranges,
      announcer: (a) => this.announcements.nodeOf(a),
      whySilent: (a) => this.announcements.whySilent(a),
    }
    cluster.cells.onChange(POWER, (node) => {
      this.#machines++
      this.table.nodeChanged(node)
    })
    cluster.cells.onChange(PROCESS, (_key, before, after) =>
      this.#processChanged(before as { program: string; node: string } | undefined, after as { program: string; node: string } | undefined),
    )
  }

  #processChanged(before: { program: string; node: string } | undefined, after: { program: string; node: string } | undefined): void {
    const record = (after ?? before)!
    if (record.program !== 'kube-proxy' || (before === undefined) === (after === undefined)) return
    this.#proxies.set(record.node, (this.#proxies.get(record.node) ?? 0) + (after === undefined ? -1 : 1))
    this.table.nodeChanged(record.node)
  }

  /** Grows with each change of machines, rules and policies. */
  get epoch(): number {
    return this.#machines + this.table.epoch + this.policies.epoch
  }

  /** Runs `act` telling of every process that is reached meanwhile. */
  withVisits<T>(told: VisitListener, act: () => T): T {
    const outer = this.#visits
    this.#visits = told
    try {
      return act()
    } finally {
      this.#visits = outer
    }
  }

  /** Runs `act` whose requests leave no lines in logs. */
  quietly<T>(act: () => T): T {
    const outer = this.#quiet
    this.#quiet = true
    try {
      return act()
    } finally {
      this.#quiet = outer
    }
  }

  dial(origin: Origin, request: DialRequest): DialResult {
    const trace = request.trace ?? this.#trace
    const turn = request.turn ?? this.#turn ?? this.#cluster.clock.nowMs
    if (ipv4ToNumber(request.host) !== undefined) return this.#exchange(origin, request, request.host, turn, trace, 0)
    const answer = this.#lookup(origin, request.host, 'A', turn, trace)
    if (!answer.ok) return this.#unresolved(request, answer)
    const addresses = answer.records.filter((r) => r.type === 'A').map((r) => r.data)
    return this.#tryEach(origin, request, addresses, turn, trace, answer.latencyMs)
  }

  hop(make: () => Hop): void {
    this.#trace?.push(make())
  }

  pick(subject: string, among: number): number {
    return drawIndex(this.#cluster, subject, among, this.#turn ?? this.#cluster.clock.nowMs)
  }

  #unresolved(request: DialRequest, answer: DnsAnswer & { ok: false }): DialResult {
    const failure: Failure = answer.code === 'NXDOMAIN' ? 'dns-not-found' : answer.code === 'TIMEOUT' ? 'dns-timeout' : 'dns-refused'
    return {
      ok: false,
      failure,
      message: lookupMessage(request.host, answer.code),
      latencyMs: Math.min(answer.latencyMs, request.timeoutMs),
    }
  }

  /** Addresses in the order the name server shuffled them; the next one when a connection is not made at once. */
  #tryEach(
    origin: Origin,
    request: DialRequest,
    addresses: readonly string[],
    turn: number,
    trace: Hop[] | undefined,
    spentMs: number,
  ): DialResult {
    const first = drawIndex(this.#cluster, `${request.host}<${origin.ip}`, addresses.length, turn)
    let result: DialResult | undefined
    let spent = spentMs
    for (let i = 0; i < addresses.length; i++) {
      result = this.#exchange(origin, request, addresses[(first + i) % addresses.length]!, turn, trace, spent)
      if (result.ok || (result.failure !== 'refused' && result.failure !== 'no-route')) return result
      spent = result.latencyMs
    }
    return result!
  }

  #exchange(origin: Origin, request: DialRequest, ip: string, turn: number, trace: Hop[] | undefined, spentMs: number): DialResult {
    return Object.assign(this.#exchangeWith(origin, request, ip, turn, trace, spentMs), { address: ip })
  }

  #exchangeWith(origin: Origin, request: DialRequest, ip: string, turn: number, trace: Hop[] | undefined, spentMs: number): DialResult {
    const aside = origin.kind === 'pod' && !request.past ? this.#hosts().turnedAside?.(origin.uid, ip, request) : undefined
    if (aside)
      return Object.assign(this.#exchangeWith(origin, aside, aside.host, turn, trace, spentMs), { peer: { ip, port: request.port } })
    const transport = request.protocol === 'dns' || request.protocol === 'udp' ? 'UDP' : 'TCP'
    const way = new Way(this.#parts, { origin, ip, port: request.port, transport, turn, trace })
    const connected = way.go()
    if (!connected.ok) return notConnected(connected, request, ip, spentMs)
    const connectMs = connected.latencyMs
    const patienceMs = Math.min(request.connectTimeoutMs ?? request.timeoutMs, request.timeoutMs - spentMs)
    if (connectMs > patienceMs) {
      const detail = `the way there and back takes ${Math.round(connectMs)} ms, longer than the client waits for a connection`
      trace?.push({ layer: 'node', at: placeName(connected.target), detail, ok: false })
      return { ok: false, failure: 'timeout', message: 'i/o timeout', latencyMs: spentMs + patienceMs }
    }
    return connected.target.outside === undefined
      ? this.#deliver(origin, request, connected, turn, trace, spentMs)
      : this.#outsideAnswer(request, connected, trace, spentMs)
  }

  #deliver(
    origin: Origin,
    request: DialRequest,
    connected: Connected & { ok: true },
    turn: number,
    trace: Hop[] | undefined,
    spentMs: number,
  ): DialResult {
    const { target } = connected
    const podUid = target.pod?.metadata.uid
    const peer: Peer = { ip: target.ip, port: target.port, ...(podUid && { podUid }) }
    const outerTrace = this.#trace
    const outerTurn = this.#turn
    this.#trace = trace
    this.#turn = turn
    if (podUid !== undefined) this.#visits?.(podUid, target.port)
    const at = placeName(target)
    trace?.push({ layer: podUid ? 'pod' : 'node', at, detail: `port ${target.port}`, ok: true })
    try {
      const message = {
        protocol: request.protocol,
        payload: request.payload,
        from: origin,
        sourceIp: connected.sourceIp,
        turn,
        ...(trace && { trace }),
        ...(this.#quiet && { quiet: true }),
        ...(this.#visits && { counted: true }),
      }
      const delivery = this.#hosts().deliver({ ...(podUid && { podUid }), node: target.node!, port: target.port }, message)
      return this.#answered(request, delivery, connected.latencyMs + spentMs, peer, at, trace)
    } finally {
      this.#trace = outerTrace
      this.#turn = outerTurn
    }
  }

  #answered(
    request: DialRequest,
    delivery: ReturnType<Hosts['deliver']>,
    pathMs: number,
    peer: Peer,
    at: string,
    trace: Hop[] | undefined,
  ): DialResult {
    const say = (detail: string, ok: boolean): void =>
      void trace?.push({ layer: delivery.kind === 'refused' ? 'container' : 'process', at: `${at}:${peer.port}`, detail, ok })
    switch (delivery.kind) {
      case 'refused':
        say(`${isNodePort(peer) ? 'no Service has this node port, and ' : ''}nothing listens on this port: connection refused`, false)
        return { ok: false, failure: 'refused', message: 'connection refused', latencyMs: pathMs, peer }
      case 'reset':
        say('the connection broke', false)
        return { ok: false, failure: 'reset', message: 'connection reset by peer', latencyMs: pathMs, peer }
      case 'hang':
        say(`accepted, but no answer comes${delivery.why === undefined ? '' : `: ${delivery.why}`}`, false)
        return { ok: false, failure: 'timeout', message: 'i/o timeout', latencyMs: request.timeoutMs, peer }
      case 'reply': {
        const latencyMs = pathMs + delivery.serviceMs
        if (latencyMs > request.timeoutMs) {
          say(`the answer takes ${Math.round(delivery.serviceMs)} ms, longer than the client waits`, false)
          return { ok: false, failure: 'timeout', message: 'i/o timeout', latencyMs: request.timeoutMs, peer }
        }
        const { nowMs } = this.#cluster.clock
        const problem = request.protocol === 'http' && tlsProblem(request.payload as HttpRequest, delivery.reply as HttpReply, nowMs)
        if (problem) {
          say(`TLS: ${problem}`, false)
          return { ok: false, failure: 'tls', message: problem, latencyMs: pathMs, peer }
        }
        trace?.push({
          layer: 'process',
          at: `${at}:${peer.port}`,
          detail: `${delivery.containerName} answers${replyNote(request, delivery.reply)}`,
          ok: true,
          ...(request.protocol === 'http' && overlooked(request.payload as HttpRequest, delivery.reply as HttpReply, nowMs)),
        })
        return { ok: true, reply: delivery.reply, latencyMs, peer }
      }
    }
  }

  #outsideAnswer(request: DialRequest, connected: Connected & { ok: true }, trace: Hop[] | undefined, spentMs: number): DialResult {
    const { target } = connected
    const machine = this.outside.at(target.ip)!
    const peer: Peer = { ip: target.ip, port: target.port }
    const latencyMs = spentMs + connected.latencyMs
    const open = machine.ports.includes(target.port)
    const speaks = (request.protocol === 'dns' && target.port === dnsPort) || (request.protocol === 'tcp' && request.payload === undefined)
    trace?.push({
      layer: 'node',
      at: `${machine.name} ${target.ip}:${target.port}`,
      detail: open ? 'a machine of the company network' : 'nothing listens on this port: connection refused',
      ok: open,
    })
    if (!open) return { ok: false, failure: 'refused', message: 'connection refused', latencyMs, peer }
    if (!speaks) return { ok: false, failure: 'reset', message: 'connection reset by peer', latencyMs, peer }
    return { ok: true, reply: request.protocol === 'dns' ? this.outside.answer(request.payload as DnsQuery) : null, latencyMs, peer }
  }

  resolve(origin: Origin, name: string, type: DnsType = 'A', trace?: Hop[]): DnsAnswer {
    return this.#lookup(origin, name, type, this.#turn ?? this.#cluster.clock.nowMs, trace ?? this.#trace)
  }

  /** The pod of an origin, while the API server knows it. */
  #podOf(origin: Origin): Pod | undefined {
    return origin.kind === 'pod' ? this.#cluster.read.get('pods', origin.namespace, origin.name) : undefined
  }

  /** How a pod asks for names. */
  resolvConfOfPod(pod: Pod): ResolvConf {
    return resolvConfOf(pod, dnsServiceIp(this.ranges))
  }

  /** How an origin asks for names. */
  resolvConfOf(origin: Origin): ResolvConf {
    const pod = this.#podOf(origin)
    return pod === undefined ? HOST_RESOLV_CONF : this.resolvConfOfPod(pod)
  }

  #lookup(origin: Origin, name: string, type: DnsType, turn: number, trace: Hop[] | undefined): DnsAnswer {
    const pod = this.#podOf(origin)
    const resolution = new Resolution(
      {
        conf: pod === undefined ? HOST_RESOLV_CONF : this.resolvConfOfPod(pod),
        hosts: (n) => loopbackNames(origin, n) ?? (pod && hostsEntry(pod, n)),
        ask: (server, query, timeoutMs, attempt) =>
          this.#hushed(trace, () =>
            this.dial(origin, { host: server, port: dnsPort, protocol: 'dns', payload: query, timeoutMs, turn: turn + attempt * 7_919 }),
          ),
      },
      trace,
    )
    return resolution.run(name, type)
  }

  /** The hops of a lookup are told only when it fails on the way: they would drown the others. */
  #hushed(trace: Hop[] | undefined, ask: () => DialResult): DialResult {
    if (trace === undefined) return ask()
    const outer = this.#trace
    const own: Hop[] = []
    this.#trace = own
    try {
      const result = ask()
      if (!result.ok) trace.push(...own)
      return result
    } finally {
      this.#trace = outer
    }
  }
}

function notConnected(connected: Connected & { ok: false }, request: DialRequest, ip: string, spentMs: number): DialResult {
  const patience = Math.min(request.connectTimeoutMs ?? request.timeoutMs, request.timeoutMs)
  const waited = Math.min(connected.waitMs ?? patience, patience)
  const failure =
    connected.failure === 'no-route' && connected.waitMs !== undefined && connected.waitMs > patience ? 'timeout' : connected.failure
  return {
    ok: false,
    failure,
    message: failure === 'timeout' ? 'i/o timeout' : connected.message,
    latencyMs: Math.min(spentMs + waited, request.timeoutMs),
    ...(failure !== 'timeout' && { peer: { ip, port: request.port } }),
  }
}

const placeName = (target: Target): string =>
  target.pod ? `${target.pod.metadata.namespace}/${target.pod.metadata.name}` : (target.node ?? target.ip)

const isNodePort = (peer: Peer): boolean => peer.podUid === undefined && peer.port >= 30_000 && peer.port <= 32_767

const replyNote = (request: DialRequest, reply: unknown): string =>
  request.protocol === 'http' ? ` HTTP ${(reply as HttpReply).status}` : ''

/** The kubelet's /etc/hosts: the pod's own names and its aliases. */
function hostsEntry(pod: Pod, name: string): string | undefined {
  const { spec, metadata, status } = pod
  const hostname = spec?.hostname ?? metadata.name
  if (name === hostname || (spec?.subdomain && name === `${hostname}.${spec.subdomain}.${metadata.namespace}.svc.cluster.local`))
    return status?.podIP
  return spec?.hostAliases?.find((a) => a.hostnames?.includes(name))?.ip
}

export const createNetwork = (options: NetworkOptions): ClusterNetwork => new ClusterNetwork(options)
