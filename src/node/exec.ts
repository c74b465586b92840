/**
 * Commands run in a container beside its main process: kubectl exec, exec probes and lifecycle hooks. Each is a session whose shell
 * state is data in a cell; what it waits for comes back through timers.
 */
import type { Cluster } from '../client/contract.ts'
import type { OutputChunk } from '../script/contract.ts'
import type { EventContext } from './runtime/context.ts'
import type { Processes } from './runtime/processes.ts'
import { STALL_RETRY_MS } from './runtime/stall.ts'

export interface ExecRequest {
  readonly podUid: string
  readonly containerId: string
  readonly argv: readonly string[]
  readonly stdin?: string
  /** Stdin stays open: an interactive session. */
  readonly interactive?: boolean
  readonly tty?: boolean
  /** Who is told when it ends: a timer of this actor with this payload plus `{session}`. */
  readonly notify?: { readonly actor: string; readonly id: string; readonly payload: Readonly<Record<string, unknown>> }
  readonly timeoutMs?: number
}

export interface ExecResult {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
  /** The command could not be started. */
  readonly error?: string
}

export interface ExecSession {
  readonly node: string
  readonly containerId: string
  readonly podUid: string
  readonly startedMs: number
  readonly tasks: number
  readonly argv: readonly string[]
  readonly state: unknown
  readonly output: readonly OutputChunk[]
  readonly exitCode?: number
  readonly error?: string
  readonly notify?: ExecRequest['notify']
  /** What it has to do once files out of reach are back; without, it just goes on. */
  readonly pending?: { readonly start: Parameters<ExecShell['start']>[1] } | { readonly text: string; readonly end: boolean }
}

/** How a command's shell is stepped; implemented over the script room by container-shell.ts. */
export interface ExecShell {
  start(
    argv: readonly string[],
    options: { readonly stdin?: string; readonly interactive?: boolean; readonly tty?: boolean },
    context: EventContext,
    containerId: string,
  ): ExecStep
  wake(state: unknown, context: EventContext, containerId: string): ExecStep
  input(state: unknown, text: string, end: boolean, context: EventContext, containerId: string): ExecStep
  /** Ctrl-C at a terminal; undefined where it ends the command. */
  interrupt(state: unknown, context: EventContext, containerId: string): ExecStep | undefined
  /** For one of its processes; undefined where there is none of that number. */
  signal(state: unknown, pid: number, name: string, context: EventContext, containerId: string): ExecStep | undefined
}
export interface ExecStep {
  readonly state: unknown
  readonly output: readonly OutputChunk[]
  readonly exitCode?: number
  readonly wakeAtMs?: number
  readonly error?: string
  /** How many processes it is now; 1 where absent. */
  readonly tasks?: number
}

/** `exec` cells: key = session. */
export const EXEC = 'exec'
const ACTOR = 'exec'

export class Execs {
  readonly #cluster: Cluster
  readonly #processes: Processes
  readonly #shell: ExecShell

  constructor(cluster: Cluster, processes: Processes, shell: ExecShell) {
    this.#cluster = cluster
    this.#processes = processes
    this.#shell = shell
    cluster.register({ name: ACTOR, onTimer: (id) => this.#wake(id) })
  }

  /** Starts a command. `done` when it ended at once; otherwise its session's name. */
  start(request: ExecRequest): { readonly done: ExecResult } | { readonly session: string } {
    const context = this.#processes.contextFor(request.containerId, request.argv)
    if (context === undefined) return { done: { exitCode: 137, stdout: '', stderr: '', error: 'container not running' } }
    const options = {
      ...(request.stdin !== undefined && { stdin: request.stdin }),
      ...(request.interactive && { interactive: true }),
      ...(request.tty && { tty: true }),
    }
    const guarded = this.#processes.stalls.guard(() => this.#shell.start(request.argv, options, context, request.containerId))
    const step: ExecStep = guarded?.value ?? { state: null, output: [], wakeAtMs: this.#cluster.clock.nowMs + STALL_RETRY_MS }
    if (step.exitCode !== undefined || step.error !== undefined) return { done: result(step.output, step.exitCode ?? 126, step.error) }
    const session = `exec-${this.#cluster.cells.next('exec')}`
    const { podUid, containerId, argv, notify } = request
    this.#keep(
      session,
      {
        node: context.pod.node,
        containerId,
        podUid,
        argv,
        startedMs: this.#cluster.clock.nowMs,
        tasks: 1,
        state: step.state,
        output: step.output,
        ...(notify && { notify }),
        ...(guarded === undefined && { pending: { start: options } }),
      },
      step,
    )
    if (request.timeoutMs !== undefined) this.#cluster.setTimer(ACTOR, `timeout/${session}`, this.#cluster.clock.nowMs + request.timeoutMs)
    return { session }
  }

  #keep(session: string, record: ExecSession, step: ExecStep): void {
    const ended = step.exitCode !== undefined || step.error !== undefined
    this.#cluster.cells.put(EXEC, session, {
      ...record,
      state: step.state,
      tasks: step.tasks ?? record.tasks,
      ...(ended && { exitCode: step.exitCode ?? 126 }),
      ...(step.error && { error: step.error }),
    })
    if (!ended && step.wakeAtMs !== undefined) this.#cluster.setTimer(ACTOR, session, step.wakeAtMs)
    if (ended && record.notify) this.#tell(session, record)
  }

  #tell(session: string, record: ExecSession): void {
    const { actor, id, payload } = record.notify!
    this.#cluster.setTimer(actor, id, this.#cluster.clock.nowMs, { ...payload, session })
  }

  /** A signal from another process, delivered after what is being done now. */
  post(session: string, pid: number, name: string): void {
    this.#cluster.setTimer(ACTOR, `signal/${session}/${pid}/${name}`, this.#cluster.clock.nowMs)
  }

  #signal(session: string, pid: number, name: string): void {
    const record = this.#cluster.cells.get<ExecSession>(EXEC, session)
    const context = record && this.#processes.contextFor(record.containerId, record.argv)
    if (record === undefined || record.exitCode !== undefined || context === undefined) return
    const step = this.#shell.signal(record.state, pid, name, context, record.containerId)
    if (step === undefined) return
    this.#cluster.cancelTimer(ACTOR, session)
    this.#keep(session, { ...record, output: [...record.output, ...step.output] }, step)
  }

  #wake(id: string): void {
    const signal = /^signal\/(.+)\/(\d+)\/(\w+)$/.exec(id)
    if (signal !== null) return this.#signal(signal[1]!, Number(signal[2]), signal[3]!)
    if (id.startsWith('timeout/')) return this.kill(id.slice('timeout/'.length), 124)
    const record = this.#cluster.cells.get<ExecSession>(EXEC, id)
    if (record === undefined || record.exitCode !== undefined) return
    const context = this.#processes.contextFor(record.containerId, record.argv)
    if (context === undefined) return this.kill(id, 137)
    const { pending, ...kept } = record
    this.#take(id, kept, pending, () => {
      if (pending === undefined) return this.#shell.wake(record.state, context, record.containerId)
      if ('start' in pending) return this.#shell.start(record.argv, pending.start, context, record.containerId)
      return this.#shell.input(record.state, pending.text, pending.end, context, record.containerId)
    })
  }

  /** One step of a session, or none while it waits for files out of reach. */
  #take(id: string, record: ExecSession, pending: ExecSession['pending'], act: () => ExecStep): void {
    const guarded = this.#processes.stalls.guard(act)
    if (guarded !== undefined) return this.#keep(id, { ...record, output: [...record.output, ...guarded.value.output] }, guarded.value)
    this.#cluster.cells.put(EXEC, id, { ...record, ...(pending && { pending }) })
    this.#cluster.setTimer(ACTOR, id, this.#cluster.clock.nowMs + STALL_RETRY_MS)
  }

  /** Feeds an interactive session. */
  input(session: string, text: string, end: boolean): void {
    const record = this.#cluster.cells.get<ExecSession>(EXEC, session)
    if (record === undefined || record.exitCode !== undefined) return
    const context = this.#processes.contextFor(record.containerId, record.argv)
    if (context === undefined) return this.kill(session, 137)
    this.#take(session, record, { text, end }, () => this.#shell.input(record.state, text, end, context, record.containerId))
  }

  /** Ctrl-C at its terminal: a shell lives on, any other command ends. */
  interrupt(session: string): void {
    const record = this.#cluster.cells.get<ExecSession>(EXEC, session)
    if (record === undefined || record.exitCode !== undefined) return
    const context = this.#processes.contextFor(record.containerId, record.argv)
    const step = context && this.#shell.interrupt(record.state, context, record.containerId)
    if (step === undefined) return this.kill(session, 130)
    this.#cluster.cancelTimer(ACTOR, session)
    this.#keep(session, { ...record, output: [...record.output, ...step.output] }, step)
  }

  kill(session: string, exitCode: number): void {
    const record = this.#cluster.cells.get<ExecSession>(EXEC, session)
    if (record === undefined || record.exitCode !== undefined) return
    this.#cluster.cells.put(EXEC, session, { ...record, exitCode })
    if (record.notify) this.#tell(session, record)
  }

  /** Commands that somebody runs end with their container, or with all of the machine's; what the kubelet runs it takes care of itself. */
  endWith(where: { readonly containerId: string } | { readonly node: string }): void {
    for (const key of this.#cluster.cells.keys(EXEC)) {
      const { containerId, node, notify } = this.#cluster.cells.get<ExecSession>(EXEC, key)!
      const isThere = 'node' in where ? where.node === node : where.containerId === containerId
      if (isThere && notify === undefined) this.kill(key, 137)
    }
  }

  /** Output not yet taken, and the exit code once it ended. */
  take(session: string): { readonly output: readonly OutputChunk[]; readonly exitCode?: number; readonly error?: string } {
    const record = this.#cluster.cells.get<ExecSession>(EXEC, session)
    if (record === undefined) return { output: [], exitCode: 137 }
    if (record.exitCode !== undefined) this.drop(session)
    else if (record.output.length > 0) this.#cluster.cells.put(EXEC, session, { ...record, output: [] })
    return {
      output: record.output,
      ...(record.exitCode !== undefined && { exitCode: record.exitCode }),
      ...(record.error && { error: record.error }),
    }
  }

  /** The result of an ended session, which is forgotten. */
  finish(session: string): ExecResult {
    const { output, exitCode, error } = this.take(session)
    return result(output, exitCode ?? 137, error)
  }

  drop(session: string): void {
    this.#cluster.cells.delete(EXEC, session)
    this.#cluster.cancelTimer(ACTOR, session)
    this.#cluster.cancelTimer(ACTOR, `timeout/${session}`)
  }
}

function result(output: readonly OutputChunk[], exitCode: number, error: string | undefined): ExecResult {
  const of = (fd: 1 | 2): string =>
    output
      .filter((c) => c.fd === fd)
      .map((c) => c.text)
      .join('')
  return { exitCode, stdout: of(1), stderr: of(2), ...(error !== undefined && { error }) }
}
