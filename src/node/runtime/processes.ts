/**
 * The processes of all containers: starts them, hands them their events and applies what they ask for. A process is a record in a cell;
 * nothing of it lives elsewhere.
 */

import type { Cluster } from '../../client/contract.ts'
import { assert } from '../../lib/assert.ts'
import type { Delivered, Delivery, Network } from '../../network/contract.ts'
import type { Catalog, ProcessEvent, Program } from '../../programs/contract.ts'
import { FileError } from '../../script/files.ts'
import { PROCESS, type ProcessRecord, type StalledEvent } from '../records.ts'
import { type ContainerFacts, EventContext } from './context.ts'
import type { Logs } from './logs.ts'
import {
  type ContainerDirectory,
  type PostedSignal,
  type ShellEvent,
  type ShellOutcome,
  type ShellRunner,
  shellArguments,
} from './process-contract.ts'
import { type ProcessKey, ProcessTable } from './process-table.ts'
import { arrival, isPassedBy, redirect } from './redirect.ts'
import { STALL_RETRY_MS, StallWatch } from './stall.ts'
import { forked, PROCESS_BYTES, Usage } from './usage.ts'

/** The timer of a process that waits for files. */
const STALL = 'files-back'

/** The timer of a signal from another process. */
const SIGNAL = 'signal'
const STALLED = 'it waits for files on a server that does not answer'

const ACTOR = 'runtime'
/** Nested requests beyond this are cut off, as a proxy that proxies to itself would be by its own timeouts. */
const MAX_DEPTH = 12

export class Processes extends ProcessTable {
  readonly #cluster: Cluster
  readonly #catalog: Catalog
  readonly #directory: ContainerDirectory
  readonly #network: () => Network
  readonly #logs: Logs
  #shell: ShellRunner | undefined
  #depth = 0
  /** What is done now is part of a load whose whole the process is told of: its CPU time is in that. */
  #counted = false
  /** What containers use, as their cgroups count it. */
  readonly usage: Usage
  /** Files out of reach that somebody ran into. */
  readonly stalls = new StallWatch()
  /** Told when a node's memory in use grows beyond what a listener set. */
  onNodeMemory: ((node: string, bytes: number) => void) | undefined
  /** Steps of work that a program tells of, towards the budget of the world. */
  onSteps: ((steps: number) => void) | undefined

  /** The kernel kills for memory; `global`: the machine had none left. Told before the process is gone. */
  onOom: ((record: ProcessRecord, usedBytes: number, global: boolean) => void) | undefined

  constructor(cluster: Cluster, catalog: Catalog, directory: ContainerDirectory, network: () => Network, logs: Logs) {
    super(cluster.cells)
    this.#cluster = cluster
    this.#catalog = catalog
    this.#directory = directory
    this.#network = network
    this.#logs = logs
    this.usage = new Usage(cluster.cells, cluster.clock)
    cluster.register({ name: ACTOR, onTimer: (id, payload) => this.#timer(id, payload) })
  }

  useShell(shell: ShellRunner): void {
    this.#shell = shell
  }

  /** Starts a container's main process. The caller has checked that the executable exists. */
  start(
    key: ProcessKey,
    base: Omit<ProcessRecord, 'program' | 'state' | 'ports' | 'memoryBytes' | 'cpuMilli' | 'startedMs'>,
    program: Program | 'sh',
  ): void {
    // Here and below not by spreading: V8 would give each record a shape of its own.
    const record: ProcessRecord = Object.assign({}, base, {
      program: program === 'sh' ? 'sh' : program.name,
      state: null,
      ports: [],
      memoryBytes: 0,
      cpuMilli: 0,
      startedMs: this.#cluster.clock.nowMs,
    })
    this.#cluster.cells.put(PROCESS, key, record)
    const { containerId } = record
    if (key === containerId) this.usage.started(containerId, { node: record.node, podUid: record.podUid, name: record.containerName })
    else this.usage.forked(containerId)
    this.#begin(key, record)
  }

  /** Tells the container's cgroup what its processes use now; the CPU's part is held to the limit, as the kernel's quota does. */
  #account(record: ProcessRecord): void {
    const { podUid, containerId, containerName, node } = record
    const { cpuMilli = Number.POSITIVE_INFINITY } = this.#directory.facts(podUid, containerName, node).limits
    const own = this.processesOf(podUid, containerId) * PROCESS_BYTES
    this.usage.changed(containerId, Math.min(cpuMilli, this.cpuOf(podUid, containerId)), own + this.memoryOf(podUid, containerId))
  }

  #begin(key: ProcessKey, record: ProcessRecord): void {
    const started = this.stalls.guard(() => {
      if (record.program === 'sh') this.#shellStep(key, (context) => this.#startShell(record, context))
      else {
        this.#directory.settle(record.podUid, record.containerName, record.containerId, record.node)
        this.#run(key, record, (context) => this.#catalog.programNamed(record.program).start(context))
      }
    })
    if (started === undefined) this.#stall(key, { kind: 'start' })
  }

  /** The process waits in the kernel for files out of reach; what it was doing is done again once they are back. */
  #stall(key: ProcessKey, event: StalledEvent | undefined): void {
    const record = this.get(key)
    if (record === undefined) return
    this.#cluster.cells.put(PROCESS, key, { ...record, stalled: [...(record.stalled ?? []), ...(event ? [event] : [])] })
    this.#cluster.setTimer(ACTOR, `${key}:${STALL}`, this.#cluster.clock.nowMs + STALL_RETRY_MS, { key, id: STALL, payload: null })
  }

  #unstall(key: ProcessKey, record: ProcessRecord): void {
    const { stalled = [], ...rest } = record
    this.#cluster.cells.put(PROCESS, key, rest)
    for (const [i, entry] of stalled.entries()) {
      const now = this.get(key)
      if (now === undefined) return
      if (now.stalled !== undefined) {
        this.#cluster.cells.put(PROCESS, key, { ...now, stalled: [...now.stalled, ...stalled.slice(i)] })
        return
      }
      if (entry.kind === 'start') this.#begin(key, now)
      else if (entry.kind === 'program') this.#event(key, now, entry.event as ProcessEvent)
      else this.#shellEvent(key, entry.event as ShellEvent)
    }
  }

  /** Something for a shell that is a container's process. */
  #shellEvent(key: ProcessKey, event: ShellEvent): void {
    const record = this.get(key)
    if (record === undefined) return
    if (record.stalled !== undefined) return this.#stall(key, { kind: 'shell', event })
    const done = this.stalls.guard(() => this.#shellStep(key, (context) => this.#shell!.on(record, event, context)))
    if (done === undefined) this.#stall(key, { kind: 'shell', event })
  }

  #startShell(record: ProcessRecord, context: EventContext): ShellOutcome {
    assert(this.#shell !== undefined, 'no shell runner')
    const { source, args } = shellArguments(record.argv)
    return this.#shell.start(record, source, args, context)
  }

  /** `serving`: for the image's own program, which may go on as another user than the one it was started as. */
  #context(key: ProcessKey, record: ProcessRecord, serving = false): EventContext {
    const { podUid, containerName, containerId, node } = record
    const nowMs = this.#cluster.clock.nowMs
    const facts = this.#directory.facts(podUid, containerName, node)
    return new EventContext(record, facts, {
      network: this.#network(),
      random: this.#cluster.random,
      api: this.#cluster.read,
      nowMs,
      files: () => this.#directory.files(podUid, containerName, containerId, node, serving),
      isTaken: (port) => (this.listener(podUid, port)?.key ?? key) !== key,
      log: (text, stream) => this.#logs.append(key.split('/')[0]!, nowMs, stream, text),
      spend: (steps) => this.onSteps?.(steps),
      redirect: (rules) => redirect(this.#cluster.cells, podUid, rules),
      isProxy: () => isPassedBy(this.#cluster.cells, podUid, facts.credentials.uid),
    })
  }

  facts(podUid: string, containerName: string, node: string): ContainerFacts {
    return this.#directory.facts(podUid, containerName, node)
  }

  /** A context for a command run beside the main process (exec, exec probes). */
  contextFor(containerKey: ProcessKey, argv: readonly string[]): EventContext | undefined {
    const record = this.get(containerKey)
    return record && this.#context(containerKey, { ...record, argv })
  }

  #run(key: ProcessKey, record: ProcessRecord, act: (context: EventContext) => unknown): EventContext {
    const context = this.#context(key, record, true)
    let state: unknown
    try {
      state = act(context)
    } catch (error) {
      if (!(error instanceof FileError)) throw error
      // What a program does not know how to go on without ends it, as an error of errno nobody handles does.
      context.log(`${record.argv[0] ?? record.program}: ${error.path}: ${error.message}`, 'stderr')
      context.exit(1)
      state = record.state
    }
    this.#commit(key, record, state, context)
    return context
  }

  #commit(key: ProcessKey, record: ProcessRecord, state: unknown, context: EventContext): void {
    const now = this.get(key)
    if (now === undefined) return
    for (const t of context.timers) {
      if (t.afterMs === undefined) this.#cluster.cancelTimer(ACTOR, `${key}:${t.id}`)
      else this.#cluster.setTimer(ACTOR, `${key}:${t.id}`, context.nowMs + t.afterMs, { key, id: t.id, payload: t.payload ?? null })
    }
    if (!this.#counted) this.usage.burnt(now.containerId, context.cpuMs * 1000)
    if (context.exitCode !== undefined) return this.#ended(key, now, context.exitCode)
    const { ports, memoryBytes, cpuMilli } = context
    const uses = memoryBytes !== record.memoryBytes || cpuMilli !== record.cpuMilli
    if (uses || state !== record.state || ports !== record.ports)
      this.#cluster.cells.put(PROCESS, key, Object.assign({}, now, { state, ports, memoryBytes, cpuMilli }))
    if (uses) this.#account(now)
    if (memoryBytes > record.memoryBytes) this.#checkMemory(now)
  }

  #checkMemory(record: ProcessRecord): void {
    const limit = this.#directory.facts(record.podUid, record.containerName, record.node).limits.memoryBytes
    if (limit !== undefined && this.memoryOf(record.podUid, record.containerId) > limit)
      return this.kill(record.containerId, 137, { oom: true })
    this.onNodeMemory?.(record.node, this.memoryOfNode(record.node))
  }

  #timer(_id: string, payload: unknown): void {
    const { key, id, payload: inner } = payload as { key: string; id: string; payload: unknown }
    const record = this.get(key)
    if (record === undefined) return
    if (id === STALL) this.#unstall(key, record)
    else if (id === SIGNAL) this.#arrived(key, record, inner as PostedSignal)
    else if (record.program === 'sh') this.#shellEvent(key, { type: 'wake' })
    else this.#event(key, record, { type: 'timer', id, payload: inner })
  }

  #event(key: ProcessKey, record: ProcessRecord, event: ProcessEvent): EventContext {
    const program = this.#catalog.programNamed(record.program)
    // Whoever sent a request will not wait until the files are back.
    const again: StalledEvent | undefined = event.type === 'request' || event.type === 'load' ? undefined : { kind: 'program', event }
    if (record.stalled === undefined) {
      const ran = this.stalls.guard(() => this.#run(key, record, (context) => program.on(record.state, event, context)))
      if (ran !== undefined) return ran.value
    }
    this.#stall(key, again)
    return this.#context(key, record)
  }

  #shellStep(key: ProcessKey, act: (context: EventContext) => ShellOutcome): void {
    const record = this.get(key)!
    const context = this.#context(key, record)
    const outcome = act(context)
    this.usage.burnt(record.containerId, context.cpuMs * 1000)
    if (outcome.passOn !== undefined) {
      for (const other of this.ofPod(record.podUid)) {
        const child = other.startsWith(`${key}/`) ? this.get(other) : undefined
        if (child !== undefined && child.program !== 'sh') this.#event(other, child, { type: 'signal', signal: outcome.passOn })
      }
      return
    }
    for (const request of outcome.kill) this.#drop(`${key}/${request}`)
    if (outcome.died !== undefined) return this.kill(record.containerId, 128 + outcome.died, { signal: outcome.died })
    if (outcome.exitCode !== undefined) return this.#ended(key, record, outcome.exitCode)
    const { tasks = record.tasks ?? 1 } = outcome
    const next: ProcessRecord = { ...record, state: outcome.state, ...(tasks !== (record.tasks ?? 1) && forked(tasks)) }
    this.#cluster.cells.put(PROCESS, key, next)
    if (next.memoryBytes !== record.memoryBytes) this.#account(next)
    if (next.memoryBytes > record.memoryBytes) this.#checkMemory(next)
    if (this.get(key) === undefined) return
    if (outcome.wakeAtMs === undefined) this.#cluster.cancelTimer(ACTOR, `${key}:wake`)
    else this.#cluster.setTimer(ACTOR, `${key}:wake`, outcome.wakeAtMs, { key, id: 'wake', payload: null })
    for (const child of outcome.spawn) this.#spawn(key, record, child)
  }

  #spawn(parent: ProcessKey, record: ProcessRecord, child: ShellOutcome['spawn'][number]): void {
    const key = `${parent}/${child.requestId}`
    const program = this.childProgram?.(record, child.argv[0]!)
    if (program === undefined) return this.#childEnded(parent, child.requestId, 127)
    this.start(key, { ...record, argv: child.argv, env: child.env, cwd: child.cwd }, program)
  }

  /** Which program an executable of a container's image starts; set by the container runtime. */
  childProgram: ((record: ProcessRecord, executable: string) => Program | undefined) | undefined

  #ended(key: ProcessKey, record: ProcessRecord, exitCode: number, how: { signal?: number; oom?: boolean } = {}): void {
    this.#drop(key)
    const slash = key.lastIndexOf('/')
    if (slash >= 0) return this.#childEnded(key.slice(0, slash), Number(key.slice(slash + 1)), exitCode)
    this.#directory.exited({ containerId: record.containerId, podUid: record.podUid, node: record.node, exitCode, ...how })
  }

  #childEnded(parent: ProcessKey, requestId: number, exitCode: number): void {
    const record = this.get(parent)
    if (record === undefined) return
    this.#shellEvent(parent, { type: 'child-exit', requestId, exitCode })
  }

  /** Takes a process and its children out, without telling anybody. */
  #drop(key: ProcessKey): void {
    const record = this.get(key)
    if (record === undefined) return
    for (const other of this.ofPod(record.podUid)) {
      if (other === key || other.startsWith(`${key}/`)) this.#cluster.cells.delete(PROCESS, other)
    }
    if (key === record.containerId) this.usage.ended(key)
    else this.#account(record)
  }

  /** SIGTERM and friends. A process that does not handle it dies of it unless the signal is one it may ignore. */
  signal(containerId: string, signal: string): void {
    const record = this.get(containerId)
    if (record === undefined) return
    if (record.program === 'sh') this.#shellEvent(containerId, { type: 'signal', signal })
    else this.#event(containerId, record, { type: 'signal', signal })
  }

  /** A signal from another process, delivered after what is being done now; `pid`: for one that a shell forked. */
  post(key: ProcessKey, signal: string, pid?: number): void {
    const payload: PostedSignal = { signal, ...(pid !== undefined && { pid }) }
    this.#cluster.setTimer(ACTOR, `${key}:${SIGNAL}/${signal}/${pid ?? ''}`, this.#cluster.clock.nowMs, { key, id: SIGNAL, payload })
  }

  #arrived(key: ProcessKey, record: ProcessRecord, { signal, pid }: PostedSignal): void {
    if (pid !== undefined) this.#shellEvent(key, { type: 'kill', pid, signal })
    else if (signal !== 'KILL') this.signal(key, signal)
    else if (key === record.containerId) this.kill(key)
    else this.#ended(key, record, 137)
  }

  /** What an attached client typed. A program of an image reads nothing. */
  input(containerId: string, event: Extract<ShellEvent, { type: 'input' | 'interrupt' }>): void {
    const record = this.get(containerId)
    if (record?.program === 'sh') this.#shellEvent(containerId, event)
    else if (record !== undefined && event.type === 'interrupt') this.signal(containerId, 'INT')
  }

  /** Ends a container's processes at once. */
  kill(containerId: string, exitCode = 137, how: { signal?: number; oom?: boolean; global?: boolean } = { signal: 9 }): void {
    const record = this.get(containerId)
    if (record === undefined) return
    if (how.oom) this.onOom?.(record, this.memoryOf(record.podUid, containerId), how.global === true)
    this.#drop(containerId)
    this.#directory.exited({ containerId, podUid: record.podUid, node: record.node, exitCode, ...how })
  }

  /** The power went: nothing is told, nothing is written. */
  vanish(node: string): void {
    for (const key of this.#cluster.cells.keys(PROCESS)) if (this.get(key)?.node === node) this.#cluster.cells.delete(PROCESS, key)
    this.usage.vanished(node)
  }

  deliver(podUid: string, port: number, given: Delivered): Delivery {
    const { port: at, message } = arrival(this.#cluster.cells, podUid, port, given)
    const found = this.listener(podUid, at)
    if (found === undefined) return { kind: 'refused' }
    const { key, record } = found
    const containerName = record.containerName
    // The kernel completes a connection by itself, whatever the process does.
    if (message.protocol === 'tcp' && message.payload === undefined) return { kind: 'reply', reply: null, serviceMs: 0, containerName }
    if (record.stalled !== undefined) return { kind: 'hang', containerName, why: STALLED }
    if (record.hung || this.#depth >= MAX_DEPTH) return { kind: 'hang', containerName }
    const outer = this.#counted
    this.#counted = message.counted === true
    this.#depth++
    try {
      const context = this.#event(key, record, {
        type: 'request',
        port: at,
        protocol: message.protocol,
        payload: message.payload,
        from: message.from,
        sourceIp: message.sourceIp,
      })
      const answer = context.replied
      if (this.get(key) === undefined && answer === undefined) return { kind: 'reset', containerName }
      if (answer === undefined && this.get(key)?.stalled !== undefined) return { kind: 'hang', containerName, why: STALLED }
      if (answer === undefined || answer.kind === 'hang') return { kind: 'hang', containerName }
      if (answer.kind === 'reset') return { kind: 'reset', containerName }
      return { kind: 'reply', reply: answer.value, serviceMs: answer.serviceMs, containerName }
    } finally {
      this.#depth--
      this.#counted = outer
    }
  }

  /** Tells the listener how much arrives now. */
  load(podUid: string, port: number, perSecond: number, inFlight: number): void {
    const found = this.listener(podUid, port)
    if (found !== undefined && found.record.program !== 'sh')
      this.#event(found.key, found.record, { type: 'load', port, perSecond, inFlight })
  }

  /** A mounted file changed under a container. */
  filesChanged(containerId: string, path: string): void {
    const record = this.get(containerId)
    if (record !== undefined && record.program !== 'sh') this.#event(containerId, record, { type: 'files-changed', path })
  }
}
