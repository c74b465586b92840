/** A small world for programs alone: processes by address, names, virtual time, files that can outlive a process. No cluster. */
import { hash53 } from '../../src/lib/hash.ts'
import type { DialRequest, DialResult, DnsAnswer, DnsType, HttpReply, HttpRequest } from '../../src/network/contract.ts'
import type { ContainerCommand, ProcessContext, ProcessEvent, Program } from '../../src/programs/contract.ts'
import { makeDirectories } from '../../src/script/files.ts'
import { emptyTree, MemoryFiles, treeFromTexts } from '../../src/script/memory-files.ts'

export interface ProcessOptions {
  readonly argv?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Shared with other processes: a volume; private otherwise. */
  readonly files?: MemoryFiles
  readonly limits?: ProcessContext['limits']
  readonly uid?: string
}

export class FakeProcess {
  readonly name: string
  readonly ip: string
  state: unknown
  ports = new Set<number>()
  memoryBytes = 0
  peakBytes = 0
  exitCode: number | undefined
  /** Killed by the kernel for its memory. */
  oom = false
  readonly lines: string[] = []
  readonly files: MemoryFiles
  readonly options: ProcessOptions
  readonly world: FakeWorld
  readonly program: Program
  readonly startedMs: number

  constructor(world: FakeWorld, program: Program, name: string, ip: string, options: ProcessOptions) {
    this.world = world
    this.program = program
    this.name = name
    this.ip = ip
    this.options = options
    this.files = options.files ?? new MemoryFiles(emptyTree, { now: () => world.nowMs })
    this.startedMs = world.nowMs
  }

  get alive(): boolean {
    return this.exitCode === undefined
  }
  get log(): string {
    return this.lines.join('\n')
  }

  context(
    effects: { reply?: unknown; serviceMs?: number; hang?: boolean; reset?: boolean } = {},
    argv = this.options.argv ?? [],
  ): ProcessContext {
    const { world } = this
    return {
      nowMs: world.nowMs,
      argv,
      env: this.options.env ?? {},
      hostname: this.name,
      pod: { namespace: 'default', name: this.name, uid: this.options.uid ?? this.name, ip: this.ip, node: 'node-a' },
      uid: 0,
      mayBind: () => true,
      container: 'main',
      limits: this.options.limits ?? {},
      declaredPorts: [],
      files: this.files,
      api: undefined as unknown as ProcessContext['api'],
      pick: (purpose, count) => (purpose.length + world.turn++) % count,
      random: (purpose, turn = 0) => hash53(`${this.name}/${this.startedMs}/${purpose}/${turn}`) / 2 ** 53,
      log: (text) => void this.lines.push(text),
      listen: (port) => {
        this.ports.add(port)
        return true
      },
      unlisten: (port) => void this.ports.delete(port),
      dial: (request) => world.dial(this.ip, request),
      hop: () => {},
      resolve: (name, type) => world.resolve(name, type),
      timer: (id, afterMs, payload) => world.setTimer(this, id, afterMs, payload),
      cancelTimer: (id) => world.cancelTimer(this, id),
      memory: (bytes) => {
        this.memoryBytes = bytes
        this.peakBytes = Math.max(this.peakBytes, bytes)
      },
      cpu: () => undefined,
      burn: () => undefined,
      reply: (value, serviceMs = 1) => Object.assign(effects, { reply: value, serviceMs }),
      hang: () => Object.assign(effects, { hang: true }),
      reset: () => Object.assign(effects, { reset: true }),
      exit: (code) => {
        this.exitCode = code
      },
    }
  }

  event(event: ProcessEvent, effects = {}): void {
    if (!this.alive) return
    // Plain data only: what does not survive JSON would not survive a rewind.
    this.state = this.program.on(this.state, event, this.context(effects))
    this.#settle()
  }

  begin(): void {
    this.state = this.program.start(this.context())
    this.#settle()
  }

  #settle(): void {
    const limit = this.options.limits?.memoryBytes
    if (this.alive && limit !== undefined && this.memoryBytes > limit) {
      this.oom = true
      this.exitCode = 137
    }
    if (!this.alive) this.ports.clear()
  }

  signal(signal: string): void {
    this.event({ type: 'signal', signal })
  }
  kill(): void {
    this.exitCode = 137
    this.ports.clear()
  }

  /** Runs a command beside the process. */
  exec(command: ContainerCommand, argv: readonly string[], stdin = ''): { exitCode: number; stdout?: string; stderr?: string } {
    return command.run({ argv, stdin: () => stdin, ctx: this.context({}, argv) })
  }
}

export class FakeWorld {
  nowMs = 1_795_000_000_000
  readonly processes: FakeProcess[] = []
  /** Name → addresses. */
  readonly names = new Map<string, string[]>()
  /** Pairs `from>to` (addresses) that cannot talk. */
  readonly cut = new Set<string>()
  #timers: { process: FakeProcess; id: string; dueMs: number; payload: unknown; n: number }[] = []
  #n = 0
  /** Turns of the balancers' draws. */
  turn = 0

  start<S>(program: Program<S>, name: string, ip: string, options: ProcessOptions = {}): FakeProcess {
    const process = new FakeProcess(this, program as unknown as Program, name, ip, options)
    for (const old of this.processes.filter((p) => p.ip === ip && !p.alive)) this.processes.splice(this.processes.indexOf(old), 1)
    this.processes.push(process)
    this.names.set(name, [ip])
    process.begin()
    return process
  }

  setTimer(process: FakeProcess, id: string, afterMs: number, payload: unknown): void {
    this.cancelTimer(process, id)
    this.#timers.push({ process, id, dueMs: this.nowMs + afterMs, payload, n: this.#n++ })
  }
  cancelTimer(process: FakeProcess, id: string): void {
    this.#timers = this.#timers.filter((t) => t.process !== process || t.id !== id)
  }

  /** Lets virtual time pass. */
  pass(ms: number): void {
    const until = this.nowMs + ms
    for (;;) {
      const next = this.#timers.filter((t) => t.dueMs <= until).sort((a, b) => a.dueMs - b.dueMs || a.n - b.n)[0]
      if (next === undefined) break
      this.#timers.splice(this.#timers.indexOf(next), 1)
      this.nowMs = Math.max(this.nowMs, next.dueMs)
      next.process.event({ type: 'timer', id: next.id, payload: next.payload })
    }
    this.nowMs = until
  }

  resolve(name: string, _type?: DnsType): DnsAnswer {
    const found = this.names.get(name)
    if (found === undefined) return { ok: false, code: 'NXDOMAIN', server: '10.96.0.10', latencyMs: 1 }
    return { ok: true, server: '10.96.0.10', latencyMs: 1, records: found.map((data) => ({ name, type: 'A' as const, ttl: 30, data })) }
  }

  dial(from: string, request: DialRequest): DialResult {
    const addresses = /^[\d.]+$/.test(request.host) ? [request.host] : this.names.get(request.host)
    if (addresses?.length === 0) return { ok: false, failure: 'refused', message: 'connection refused', latencyMs: 1 }
    if (addresses === undefined) return { ok: false, failure: 'dns-not-found', message: 'no such host', latencyMs: 1 }
    const ip = request.host === '127.0.0.1' ? from : addresses[this.turn++ % Math.max(1, addresses.length)]!
    const peer = { ip, port: request.port }
    const process = this.processes.find((p) => p.ip === ip)
    if (process === undefined || this.cut.has(`${from}>${ip}`) || this.cut.has(`${ip}>${from}`))
      return {
        ok: false,
        failure: 'timeout',
        message: 'i/o timeout while connecting',
        latencyMs: request.connectTimeoutMs ?? request.timeoutMs,
        peer,
      }
    if (!process.alive || !process.ports.has(request.port))
      return { ok: false, failure: 'refused', message: 'connection refused', latencyMs: 1, peer }
    if (request.protocol === 'tcp' && request.payload === undefined) return { ok: true, reply: null, latencyMs: 1, peer }
    const effects: { reply?: unknown; serviceMs?: number; hang?: boolean; reset?: boolean } = {}
    process.event(
      {
        type: 'request',
        port: request.port,
        protocol: request.protocol,
        payload: request.payload,
        from: { kind: 'outside', name: 'test', ip: from },
        sourceIp: request.host === '127.0.0.1' ? '127.0.0.1' : from,
      },
      effects,
    )
    if (effects.reset || ('reply' in effects === false && !effects.hang))
      return { ok: false, failure: 'reset', message: 'connection reset by peer', latencyMs: 1, peer }
    const latencyMs = 1 + (effects.serviceMs ?? 0)
    if (effects.hang || latencyMs > request.timeoutMs)
      return { ok: false, failure: 'timeout', message: 'i/o timeout', latencyMs: request.timeoutMs, peer }
    return { ok: true, reply: effects.reply, latencyMs, peer }
  }

  /** One HTTP request from outside; a text like `refused` when no answer came. */
  http(
    host: string,
    port: number,
    path: string,
    more: Partial<HttpRequest> = {},
    timeoutMs = 300_000,
  ): HttpReply & { latencyMs: number; failure?: string } {
    const payload: HttpRequest = { method: 'GET', path, host, headers: {}, ...more }
    const result = this.dial('192.168.0.200', { host, port, protocol: 'http', payload, timeoutMs })
    if (!result.ok) return { status: 0, headers: {}, body: '', latencyMs: result.latencyMs, failure: result.failure }
    return { ...(result.reply as HttpReply), latencyMs: result.latencyMs }
  }
}

/** Files of an image as a container has them. */
/** Files beside the directories that every image has. */
export function filesOf(texts: Readonly<Record<string, string>>): MemoryFiles {
  const files = new MemoryFiles(treeFromTexts(texts))
  for (const path of ['/run', '/tmp', '/var/cache/nginx']) makeDirectories(files, path)
  return files
}
/** An empty volume. */
export const volume = (): MemoryFiles => new MemoryFiles(emptyTree)
