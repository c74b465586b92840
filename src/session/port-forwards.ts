/**
 * Ports of the office PC that `kubectl port-forward` has opened: who listens, where it leads, and what kubectl has to say. All of it is data, so
 * that a background job's tunnel comes back with an undo. Connections go through the pod's kubelet into its network namespace: past
 * Services and policies, from its loopback.
 */
import type { Pod } from '../api/generated/types/core-v1.ts'
import { formatMicroTime } from '../api/rfc3339.ts'
import type { PortReply } from '../apiserver/contract.ts'
import type { World } from '../cluster/world.ts'
import type { ForwardRequest } from '../kubectl/contract.ts'
import type { DialRequest, DialResult, HttpReply, HttpRequest } from '../network/contract.ts'
import { tlsProblem } from '../network/tls.ts'
import type { OutputChunk } from '../script/contract.ts'

const FAMILY = 'port-forward'
/** From here through API server and kubelet and back. */
const TUNNEL_MS = 3
/** Linux' range of ports that are drawn. */
const FIRST_EPHEMERAL = 32_768
const EPHEMERAL = 28_232
/** Below, only root may listen. */
const UNPRIVILEGED = 1024

interface Forward extends ForwardRequest {
  /** Whose shell runs the command. */
  readonly owner: string
  readonly output: readonly OutputChunk[]
  readonly exitCode?: number
}

const LOCAL_NAMES = new Set(['localhost', 'ip6-localhost', 'office-pc'])

export class PortForwards {
  readonly #world: World
  readonly #ownAddress: string
  /** Taken by a command that has not handed them over yet; empty between two steps of a shell. */
  #fresh: { address: string; port: number }[] = []

  constructor(world: World, ownAddress: string) {
    this.#world = world
    this.#ownAddress = ownAddress
  }

  #all(): readonly (readonly [string, Forward])[] {
    const { cells } = this.#world.store
    return cells.keys(FAMILY).map((key) => [key, cells.get<Forward>(FAMILY, key)!] as const)
  }

  #isTaken(address: string, port: number): boolean {
    const clash = (other: string): boolean =>
      other === address || ((other === '0.0.0.0' || address === '0.0.0.0') && !address.includes(':') && !other.includes(':'))
    const open = this.#all().flatMap(([, f]) =>
      f.exitCode === undefined ? f.ports.map((p) => ({ address: p.address, port: p.local })) : [],
    )
    return [...open, ...this.#fresh].some((one) => one.port === port && clash(one.address))
  }

  /** The port, drawn for 0; or why it cannot be had. */
  listen(address: string, port: number): number | string {
    const own = ['127.0.0.1', '::1', '0.0.0.0', '::', this.#ownAddress]
    if (!own.includes(address) && !address.startsWith('127.')) return 'cannot assign requested address'
    if (port > 0 && port < UNPRIVILEGED) return 'permission denied'
    let taken = port
    if (port === 0) {
      const { cells } = this.#world.store
      do taken = FIRST_EPHEMERAL + this.#world.random.below(EPHEMERAL, 'local port', '', cells.next('local port'))
      while (this.#isTaken(address, taken))
    }
    if (this.#isTaken(address, taken)) return 'address already in use'
    this.#fresh.push({ address, port: taken })
    return taken
  }

  /** A command ended without a tunnel: its ports are free. */
  release(): void {
    this.#fresh = []
  }

  /** Opens a tunnel; gives its name. */
  open(request: ForwardRequest, owner: string): string {
    this.release()
    const { cells } = this.#world.store
    const id = `forward-${cells.next(FAMILY)}`
    cells.put(FAMILY, id, { ...request, owner, output: [] } satisfies Forward)
    return id
  }

  /** The next piece of what kubectl says, or its exit code. `undefined`: nothing new. */
  take(id: string): { readonly chunk: OutputChunk } | { readonly exitCode: number } | undefined {
    const { cells } = this.#world.store
    const forward = cells.get<Forward>(FAMILY, id)
    if (forward === undefined) return { exitCode: 1 }
    const [chunk, ...output] = forward.output
    if (chunk !== undefined) {
      cells.put(FAMILY, id, { ...forward, output })
      return { chunk }
    }
    if (forward.exitCode === undefined) return undefined
    cells.delete(FAMILY, id)
    return { exitCode: forward.exitCode }
  }

  /** Whether `take` has something to give. */
  hasNews(id: string): boolean {
    const forward = this.#world.store.cells.get<Forward>(FAMILY, id)
    return forward === undefined || forward.output.length > 0 || forward.exitCode !== undefined
  }

  /** Commands of this shell that run no more listen no more. */
  keepOnly(owner: string, ids: ReadonlySet<string>): void {
    for (const [id, forward] of this.#all()) if (forward.owner === owner && !ids.has(id)) this.#world.store.cells.delete(FAMILY, id)
  }

  #listener(host: string, port: number): { id: string; forward: Forward; remote: number } | undefined {
    const name = host.toLowerCase().replace(/^\[|\]$/g, '')
    const local = LOCAL_NAMES.has(name)
    for (const [id, forward] of this.#all()) {
      if (forward.exitCode !== undefined) continue
      const found = forward.ports.find(
        (p) =>
          p.local === port &&
          (p.address === name ||
            (p.address === '0.0.0.0' && (local || name.startsWith('127.') || name === this.#ownAddress)) ||
            (local && ['127.0.0.1', '::1', '::'].includes(p.address))),
      )
      if (found !== undefined) return { id, forward, remote: found.remote }
    }
    return undefined
  }

  /** A connection from the office PC to itself; undefined where it is none, a refusal where nobody listens. */
  dial(request: DialRequest): DialResult | undefined {
    const name = request.host.toLowerCase()
    if (request.protocol === 'icmp' || request.protocol === 'dns') return undefined
    const found = this.#listener(request.host, request.port)
    if (found !== undefined) return { ...this.#through(found.id, found.forward, found.remote, request), address: '127.0.0.1' }
    if (!LOCAL_NAMES.has(name) && name !== '::1' && name !== '[::1]') return undefined
    return { ok: false, failure: 'refused', message: 'connection refused', latencyMs: 0, address: '127.0.0.1' }
  }

  #say(id: string, fd: 1 | 2, text: string): void {
    const { cells } = this.#world.store
    const forward = cells.get<Forward>(FAMILY, id)!
    cells.put(FAMILY, id, { ...forward, output: [...forward.output, { fd, text }] })
  }

  /** kubectl gives a tunnel up when one connection through it fails. */
  #lose(id: string, forward: Forward, local: number, remote: number, why: string): void {
    const error = `an error occurred forwarding ${local} -> ${remote}: error forwarding port ${remote} to pod ${forward.pod}, uid : ${why}`
    this.#say(id, 2, `${klogHead(this.#world.nowMs)} portforward.go:424] "Unhandled Error" err=${JSON.stringify(error)}\n`)
    this.#end(id)
  }

  #end(id: string): void {
    this.#say(id, 2, 'error: lost connection to pod\n')
    const { cells } = this.#world.store
    cells.put(FAMILY, id, { ...cells.get<Forward>(FAMILY, id)!, exitCode: 1 })
  }

  #through(id: string, forward: Forward, remote: number, request: DialRequest): DialResult {
    this.#say(id, 1, `Handling connection for ${request.port}\n`)
    const broken: DialResult = { ok: false, failure: 'reset', message: 'empty reply', latencyMs: TUNNEL_MS }
    const connected: DialResult = { ok: true, reply: null, latencyMs: 0, peer: { ip: '127.0.0.1', port: request.port } }
    // Whoever only connects finds kubectl itself listening, whatever stands behind it.
    const failed = request.payload === undefined ? connected : broken
    const kubelet = this.#world.server.dialKubelet(forward.node)
    if (kubelet === undefined) {
      this.#end(id)
      return failed
    }
    const pod = this.#world.cluster.read.get('pods', forward.namespace, forward.pod)
    if (pod?.metadata.uid !== forward.uid || pod.status?.phase !== 'Running') {
      this.#lose(id, forward, request.port, remote, `failed to find sandbox "${forward.uid}" in store: not found`)
      return failed
    }
    const reply = this.#ask(pod, forward.node, remote, request)
    if (reply.kind === 'refused') {
      const why = `failed to connect to localhost:${remote} inside namespace, IPv4: dial tcp4 127.0.0.1:${remote}: connect: connection refused`
      this.#lose(id, forward, request.port, remote, why)
      return failed
    }
    if (request.payload === undefined) return connected
    if (reply.kind === 'reset') return broken
    const peer = { ip: '127.0.0.1', port: request.port, podUid: forward.uid }
    const latencyMs = reply.kind === 'reply' ? TUNNEL_MS + reply.serviceMs : Number.POSITIVE_INFINITY
    if (reply.kind !== 'reply' || latencyMs > request.timeoutMs)
      return { ok: false, failure: 'timeout', message: 'i/o timeout', latencyMs: request.timeoutMs, peer }
    const problem = request.protocol === 'http' && tlsProblem(request.payload as HttpRequest, reply.reply as HttpReply, this.#world.nowMs)
    if (problem) return { ok: false, failure: 'tls', message: problem, latencyMs: TUNNEL_MS, peer }
    return { ok: true, reply: reply.reply, latencyMs, peer }
  }

  /** One message into the pod, by its kubelet. */
  #ask(pod: Pod, node: string, port: number, { protocol, payload }: DialRequest): PortReply {
    const stream = this.#world.server.dialKubelet(node)!.portForward(pod)
    stream.send!({ id: 1, port, protocol, payload })
    const [reply] = stream.take() as PortReply[]
    stream.close()
    return reply ?? { id: 1, kind: 'reset' }
  }
}

/** klog's header of an error: month, day, time, thread. */
function klogHead(nowMs: number): string {
  const text = formatMicroTime(nowMs)
  return `E${text.slice(5, 7)}${text.slice(8, 10)} ${text.slice(11, 26)}    1042`
}
