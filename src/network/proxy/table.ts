/**
 * Every node's service rules. Nodes that are up to date share one table, derived from Services and EndpointSlices; a node whose kube-proxy is
 * down or cut off keeps what it had (old rules in a cell), and a machine that booted without kube-proxy has none.
 */
import type { Cluster, ObjectChange } from '../../client/contract.ts'
import type { Actor } from '../../sim/loop.ts'
import { type PortRule, rulesOf } from './rules.ts'

const FAMILY = 'proxy'
const SERVICE_LABEL = 'kubernetes.io/service-name'

/** Absent: up to date. */
interface NodeRules {
  readonly kind: 'none' | 'frozen'
  /** Services as they were when the node lost touch, as far as they have changed since. */
  readonly old: Readonly<Record<string, readonly PortRule[]>>
}

/** What the table must know of machines. */
export interface ProxyLife {
  readonly isOn: (node: string) => boolean
  readonly isCabled: (node: string) => boolean
  readonly proxyRuns: (node: string) => boolean
}

const addressKey = (ip: string, port: number, protocol: string): string => `${ip}:${port}/${protocol}`

const addressesOf = (rule: PortRule): string[] =>
  [...rule.clusterIps, ...rule.externalIps, ...rule.balancerIps].map((ip) => addressKey(ip, rule.port, rule.protocol))

export class ProxyTable implements Actor {
  readonly name = 'network/kube-proxy'
  /** Grows with each change that may alter where a packet goes. */
  epoch = 0
  readonly #cluster: Cluster
  readonly #life: ProxyLife
  readonly #services = new Map<string, readonly PortRule[]>()
  readonly #byAddress = new Map<string, PortRule>()
  readonly #byNodePort = new Map<string, PortRule>()
  readonly #dirty = new Set<string>()
  readonly #stale = new Map<string, NodeRules>()
  /** Derived work: nodes whose state is to be looked at, and rules as they were before this instant's changes. */
  readonly #look = new Set<string>()
  readonly #before = new Map<string, readonly PortRule[]>()

  constructor(cluster: Cluster, life: ProxyLife) {
    this.#cluster = cluster
    this.#life = life
    cluster.subscribe('services', ({ before, after }: ObjectChange) => {
      const { namespace, name } = (after ?? before)!.metadata
      this.#changed(`${namespace}/${name}`)
    })
    cluster.subscribe('endpointslices.discovery.k8s.io', (change) => this.#sliceChanged(change))
    cluster.cells.onChange(FAMILY, (node, _before, after) => {
      this.epoch++
      if (after === undefined) this.#stale.delete(node)
      else this.#stale.set(node, after as NodeRules)
    })
    cluster.register(this)
  }

  #sliceChanged({ before, after }: ObjectChange): void {
    for (const slice of [before, after]) {
      const service = slice?.metadata.labels?.[SERVICE_LABEL]
      if (service !== undefined) this.#changed(`${slice!.metadata.namespace}/${service}`)
    }
  }

  #changed(key: string): void {
    this.epoch++
    if (this.#stale.size > 0 && !this.#before.has(key)) this.#before.set(key, this.#services.get(key) ?? [])
    this.#dirty.add(key)
  }

  /** Something happened to a machine or its kube-proxy. */
  nodeChanged(node: string): void {
    this.epoch++
    this.#look.add(node)
  }

  work(): boolean {
    if (this.#look.size === 0 && this.#before.size === 0) return false
    this.#flush()
    for (const node of this.#look) this.#judge(node)
    this.#look.clear()
    for (const [node, rules] of [...this.#stale].sort()) this.#keepOld(node, rules)
    this.#before.clear()
    return true
  }

  forget(): void {
    this.#look.clear()
    this.#before.clear()
  }

  #judge(node: string): void {
    const { cells } = this.#cluster
    const known = cells.get<NodeRules>(FAMILY, node)
    if (!this.#life.isOn(node)) cells.put(FAMILY, node, { kind: 'none', old: {} } satisfies NodeRules)
    else if (this.#life.proxyRuns(node) && this.#life.isCabled(node)) cells.delete(FAMILY, node)
    else if (known === undefined) cells.put(FAMILY, node, { kind: 'frozen', old: {} } satisfies NodeRules)
  }

  #keepOld(node: string, rules: NodeRules): void {
    if (rules.kind === 'none' || this.#before.size === 0) return
    const fresh = [...this.#before].filter(([service]) => !Object.hasOwn(rules.old, service))
    if (fresh.length > 0)
      this.#cluster.cells.put(FAMILY, node, { kind: 'frozen', old: { ...rules.old, ...Object.fromEntries(fresh) } } satisfies NodeRules)
  }

  #flush(): void {
    if (this.#dirty.size === 0) return
    for (const key of this.#dirty) this.#derive(key)
    this.#dirty.clear()
  }

  #derive(key: string): void {
    for (const rule of this.#services.get(key) ?? []) this.#unlist(rule)
    const [namespace, name] = key.split('/') as [string, string]
    const service = this.#cluster.read.get('services', namespace, name)
    if (service === undefined) {
      this.#services.delete(key)
      return
    }
    const slices = this.#cluster.read.labelled('endpointslices.discovery.k8s.io', namespace, SERVICE_LABEL, name)
    const rules = rulesOf(service, slices)
    this.#services.set(key, rules)
    for (const rule of rules) this.#list(rule)
  }

  #list(rule: PortRule): void {
    for (const key of addressesOf(rule)) this.#byAddress.set(key, rule)
    if (rule.nodePort !== undefined) this.#byNodePort.set(`${rule.nodePort}/${rule.protocol}`, rule)
  }

  #unlist(rule: PortRule): void {
    for (const key of addressesOf(rule)) if (this.#byAddress.get(key) === rule) this.#byAddress.delete(key)
    const key = `${rule.nodePort}/${rule.protocol}`
    if (this.#byNodePort.get(key) === rule) this.#byNodePort.delete(key)
  }

  /** The rule for a Service's address, as this node has it. */
  byAddress(node: string, ip: string, port: number, protocol: string): PortRule | undefined {
    const key = addressKey(ip, port, protocol)
    return this.#on(node, this.#live(this.#byAddress, key), (rule) => addressesOf(rule).includes(key))
  }

  byNodePort(node: string, port: number, protocol: string): PortRule | undefined {
    return this.#on(
      node,
      this.#live(this.#byNodePort, `${port}/${protocol}`),
      (rule) => rule.nodePort === port && rule.protocol === protocol,
    )
  }

  /** The Service whose health is asked for at a port of the node; undefined where nobody listens there. */
  byHealthPort(node: string, port: number): PortRule | undefined {
    return this.#life.proxyRuns(node) ? this.rulesOn(node).find((rule) => rule.healthPort === port) : undefined
  }

  #live(map: ReadonlyMap<string, PortRule>, key: string): PortRule | undefined {
    this.#flush()
    return map.get(key)
  }

  #on(node: string, live: PortRule | undefined, matches: (rule: PortRule) => boolean): PortRule | undefined {
    const rules = this.#stale.get(node)
    if (rules === undefined) return live
    if (rules.kind === 'none') return undefined
    for (const list of Object.values(rules.old)) for (const rule of list) if (matches(rule)) return rule
    return live !== undefined && Object.hasOwn(rules.old, live.service) ? undefined : live
  }

  /** How current a node's rules are, in words for `trace`. */
  stateOf(node: string): 'current' | 'frozen' | 'none' {
    return this.#stale.get(node)?.kind ?? 'current'
  }

  /** All rules of a node, in byte order of their Services. */
  rulesOn(node: string): readonly PortRule[] {
    this.#flush()
    const stale = this.#stale.get(node)
    if (stale?.kind === 'none') return []
    const services = new Map([...this.#services, ...Object.entries(stale?.old ?? {})])
    return [...services].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, rules]) => rules)
  }

  /** The ports of a Service, for those who dial its endpoints themselves. */
  rulesOfService(key: string): readonly PortRule[] {
    this.#flush()
    return this.#services.get(key) ?? []
  }
}
