/** The context a program is given for one event: facts about its container, and a notebook of the effects it asks for. */
import type { IndexedReader } from '../../api/reader.ts'
import type { DialRequest, DialResult, DnsAnswer, DnsType, Hop, Network, Origin } from '../../network/contract.ts'
import type { ProcessContext, Redirection } from '../../programs/contract.ts'
import type { Credentials } from '../../script/credentials.ts'
import type { FileView } from '../../script/files.ts'
import type { Random } from '../../sim/random.ts'
import type { ProcessRecord } from '../records.ts'

export interface ContainerFacts {
  readonly namespace: string
  readonly podName: string
  readonly podUid: string
  readonly podIp: string
  readonly hostNetwork: boolean
  readonly hostname: string
  readonly subdomain?: string
  readonly nodeIp: string
  readonly limits: { readonly memoryBytes?: number; readonly cpuMilli?: number }
  readonly declaredPorts: readonly number[]
  readonly credentials: Credentials
  /** Ports below it are for those who have NET_BIND_SERVICE. */
  readonly portFloor: number
}

export interface ContextServices {
  readonly network: Network
  readonly random: Random
  readonly api: IndexedReader
  readonly nowMs: number
  readonly files: () => FileView
  /** Whether another process in the pod's network listens there. */
  isTaken(port: number): boolean
  log(text: string, stream: 'stdout' | 'stderr'): void
  spend?(steps: number): void
  /** Whether the pod's own redirections leave its connections alone. */
  isProxy?(): boolean
  redirect?(rules: Redirection): void
}

export type ReplyEffect =
  | { readonly kind: 'reply'; readonly value: unknown; readonly serviceMs: number }
  | { readonly kind: 'hang' }
  | { readonly kind: 'reset' }

export class EventContext implements ProcessContext {
  readonly nowMs: number
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  readonly hostname: string
  readonly pod: ProcessContext['pod']
  readonly container: string
  readonly limits: ProcessContext['limits']
  readonly declaredPorts: readonly number[]
  readonly api: IndexedReader
  readonly origin: Origin
  readonly uid: number
  readonly credentials: Credentials
  private readonly services: ContextServices
  private readonly record: ProcessRecord
  private readonly portFloor: number

  // ── effects, read by the runtime after the event ──
  ports: readonly number[]
  memoryBytes: number
  cpuMilli: number
  /** CPU time of this one event. */
  cpuMs = 0
  replied: ReplyEffect | undefined
  exitCode: number | undefined
  readonly timers: { readonly id: string; readonly afterMs: number | undefined; readonly payload?: unknown }[] = []

  constructor(record: ProcessRecord, facts: ContainerFacts, services: ContextServices) {
    this.services = services
    this.record = record
    this.nowMs = services.nowMs
    this.argv = record.argv
    this.env = record.env
    this.cwd = record.cwd
    this.hostname = facts.hostname
    this.pod = {
      namespace: facts.namespace,
      name: facts.podName,
      uid: facts.podUid,
      ip: facts.podIp,
      node: record.node,
      ...(facts.subdomain && { subdomain: facts.subdomain }),
    }
    this.container = record.containerName
    this.limits = facts.limits
    this.declaredPorts = facts.declaredPorts
    this.api = services.api
    this.uid = facts.credentials.uid
    this.credentials = facts.credentials
    this.portFloor = facts.portFloor
    this.origin = facts.hostNetwork
      ? { kind: 'node', node: record.node, ip: facts.nodeIp }
      : { kind: 'pod', namespace: facts.namespace, name: facts.podName, uid: facts.podUid, ip: facts.podIp, node: record.node }
    this.ports = record.ports
    this.memoryBytes = record.memoryBytes
    this.cpuMilli = record.cpuMilli
  }

  /** Made only when asked for: most events touch no file. */
  get files(): FileView {
    return this.services.files()
  }
  random(purpose: string, turn = 0): number {
    return this.services.random.unit(purpose, this.record.containerId, turn)
  }
  pick(purpose: string, among: number): number {
    return this.services.network.pick(`${this.record.containerId}/${purpose}`, among)
  }
  log(text: string, stream: 'stdout' | 'stderr' = 'stdout'): void {
    this.services.log(text.endsWith('\n') ? text : `${text}\n`, stream)
  }
  /** Output as it comes, with no newline added. */
  write(text: string, stream: 'stdout' | 'stderr'): void {
    this.services.log(text, stream)
  }
  listen(port: number): boolean {
    if (this.ports.includes(port)) return true
    if (!this.mayBind(port) || this.services.isTaken(port)) return false
    this.ports = [...this.ports, port]
    return true
  }
  redirect(rules: Redirection): void {
    this.services.redirect?.(rules)
  }
  spend(steps: number): void {
    this.services.spend?.(steps)
  }
  mayBind(port: number): boolean {
    return port >= this.portFloor || this.credentials.capabilities.includes('NET_BIND_SERVICE')
  }
  unlisten(port: number): void {
    this.ports = this.ports.filter((p) => p !== port)
  }
  dial(request: DialRequest): DialResult {
    return this.services.network.dial(this.origin, this.services.isProxy?.() ? { ...request, past: true } : request)
  }
  resolve(name: string, type: DnsType = 'A'): DnsAnswer {
    return this.services.network.resolve(this.origin, name, type)
  }
  hop(make: () => Hop): void {
    this.services.network.hop(make)
  }
  timer(id: string, afterMs: number, payload?: unknown): void {
    this.timers.push({ id, afterMs, payload })
  }
  cancelTimer(id: string): void {
    this.timers.push({ id, afterMs: undefined })
  }
  memory(bytes: number): void {
    this.memoryBytes = Math.max(0, Math.round(bytes))
  }
  cpu(milli: number): void {
    this.cpuMilli = Math.max(0, Math.round(milli))
  }
  burn(cpuMs: number): void {
    this.cpuMs += Math.max(0, cpuMs)
  }
  reply(value: unknown, serviceMs = 1): void {
    this.replied = { kind: 'reply', value, serviceMs }
  }
  hang(): void {
    this.replied = { kind: 'hang' }
  }
  reset(): void {
    this.replied = { kind: 'reset' }
  }
  exit(code: number): void {
    this.exitCode = code
  }
}
