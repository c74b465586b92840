/**
 * One command line at the player's prompt, from Enter to its exit code. It goes on as far as it can at one instant (`pump`); whoever
 * drives it lets virtual time pass in between.
 */

import type { ApiStream } from '../apiserver/contract.ts'
import type { KubectlResume, KubectlRun, KubectlYield } from '../kubectl/contract.ts'
import type { CommandOutcome, ExternalCall, Json, OutputChunk, ShellHost, ShellState, Tool, WaitRequest } from '../script/contract.ts'
import type { FileView } from '../script/files.ts'
import { feedInput, interrupt, pendingRequests, reopenInput, resume, runMore, startShell, step } from '../script/language/shell.ts'
import { findTool } from '../script/tools/index.ts'
import { LimitReached } from '../sim/loop.ts'
import type { PortForwards } from './port-forwards.ts'

/** What a command line needs of its session. */
export interface PromptWorld {
  readonly files: FileView
  now(): number
  random(n: number): number
  /** Steps still allowed to this session's shell. */
  spend(steps: number): void
  /** kubectl for one call; the number tells runs apart. */
  kubectl(argv: readonly string[], call: ExternalCall): KubectlRun
  helm(argv: readonly string[], call: ExternalCall): KubectlRun
  /** Commands that are neither the shell's nor clients of the cluster: the game's. */
  command(call: ExternalCall): CommandOutcome | KubectlRun | undefined
  /** Tools of this machine beside the shell's own: those that need its network. */
  tool(name: string): Tool | undefined
  /** Ports that this machine's kubectls forward, and whose shell this is. */
  readonly forwards: PortForwards
  readonly owner: string
  /** Opens an editor for the player; undefined where there is none (scripts). Answered with `edited`. */
  readonly canEdit: boolean
}

export interface Waiting {
  readonly kind: 'waiting'
  /** When to pump again at the latest; undefined: only when `ready`. */
  readonly dueMs?: number
  /** The command reads its standard input: `feed` it. */
  readonly input?: true
}
export interface EditRequest {
  readonly kind: 'edit'
  readonly path: string
}
export type PumpResult = { readonly kind: 'done'; readonly exitCode: number } | Waiting | EditRequest

type Pending = { readonly dueMs?: number; readonly until?: () => boolean }

/** A kubectl that has not ended. */
interface Running {
  readonly run: KubectlRun
  pending: Pending | undefined
  next: KubectlResume | undefined
  chunks: OutputChunk[]
  exitCode: number | undefined
  edit: { path: string; command: readonly string[] } | undefined
  /** What its terminal is joined to. */
  stream?: ApiStream
  /** Ctrl-C was passed on to the other side, which has said nothing since. */
  interrupted?: boolean
  /** The tunnel that lives on in its stead. */
  forward?: string
}

const EDITORS = new Set(['vi', 'vim', 'nano', 'edit'])
const STEPS_AT_ONCE = 50_000
/** How long a command that was sent to the background may take to begin: as long as any command does. */
const COMMAND_MS = 100

export class PromptRun {
  readonly output: OutputChunk[] = []
  #shell: ShellState
  readonly #world: PromptWorld
  readonly #runs = new Map<number, Running>()
  #nextRun = 1
  #done: number | undefined

  constructor(shell: ShellState, text: string, world: PromptWorld) {
    this.#world = world
    // A person's terminal stays open for whoever reads next; a script has nothing to say.
    this.#shell = runMore(world.canEdit ? reopenInput(shell) : shell, text)
    this.#keepForwards(pendingRequests(shell))
  }

  /** Tunnels whose command was ended are closed. */
  #keepForwards(requests: readonly WaitRequest[]): void {
    const live = new Set<string>()
    for (const request of requests) if (request.kind === 'external') live.add(String((request.data as { forward?: string }).forward ?? ''))
    for (const { forward } of this.#runs.values()) if (forward !== undefined) live.add(forward)
    this.#world.forwards.keepOnly(this.#world.owner, live)
  }

  /** The shell as it is now; keep it when the run is done. */
  get shell(): ShellState {
    return this.#shell
  }

  /** Output since the last call. */
  take(): OutputChunk[] {
    return this.output.splice(0)
  }

  #host(): ShellHost {
    return {
      files: this.#world.files,
      now: () => this.#world.now(),
      random: (n) => this.#world.random(n),
      external: (call) => this.#external(call),
      tool: (name) => this.#world.tool(name) ?? findTool(name),
    }
  }

  #external(call: ExternalCall): CommandOutcome | undefined {
    if (call.name === 'kubectl' || call.name === 'k') return this.#start(this.#world.kubectl(call.argv, call))
    if (call.name === 'helm') return this.#start(this.#world.helm(call.argv, call))
    if (EDITORS.has(call.name) && this.#world.canEdit)
      return { wait: { edit: call.argv.slice(1).find((a) => !a.startsWith('-')) ?? '', cwd: call.cwd } as Json }
    const outcome = this.#world.command(call)
    return outcome !== undefined && 'next' in outcome ? this.#start(outcome) : outcome
  }

  #start(run: KubectlRun): CommandOutcome {
    const running: Running = {
      run,
      pending: undefined,
      next: undefined,
      chunks: [],
      exitCode: undefined,
      edit: undefined,
    }
    this.#advance(running)
    if (running.forward !== undefined && running.chunks.every((c) => c.fd === 1)) {
      const stdout = running.chunks.map((c) => c.text).join('')
      return { wait: { forward: running.forward } as Json, stdout }
    }
    const streams = new Set(running.chunks.map((c) => c.fd))
    if (running.exitCode !== undefined && streams.size <= 1) {
      const text = running.chunks.map((c) => c.text).join('')
      return { exitCode: running.exitCode, ...(streams.has(1) && { stdout: text }), ...(streams.has(2) && { stderr: text }) }
    }
    const id = this.#nextRun++
    this.#runs.set(id, running)
    return { wait: { run: id } as Json }
  }

  /** Runs a kubectl until it waits or ends. */
  #advance(running: Running): void {
    while (running.exitCode === undefined && running.pending === undefined && running.edit === undefined && running.forward === undefined) {
      const answer = running.next
      running.next = undefined
      const { done, value } = running.run.next(answer as KubectlResume)
      if (done) {
        running.exitCode = value
        this.#world.forwards.release()
      } else this.#take(running, value)
    }
  }

  #take(running: Running, value: KubectlYield): void {
    const now = this.#world.now()
    if ('out' in value) {
      running.interrupted = false
      running.chunks.push({ fd: 1, text: value.out })
    } else if ('err' in value) running.chunks.push({ fd: 2, text: value.err })
    else if ('sleepMs' in value) running.pending = { dueMs: now + value.sleepMs }
    else if ('until' in value)
      running.pending = { until: value.until, ...(value.timeoutMs !== undefined && { dueMs: now + value.timeoutMs }) }
    else if ('attach' in value) this.#attach(running, value.attach)
    else if ('forward' in value) running.forward = this.#world.forwards.open(value.forward, this.#world.owner)
    else running.edit = { path: value.edit.path, command: value.edit.command }
  }

  /** kubectl joins a stream to the terminal; without a person nothing will ever be typed. */
  #attach(running: Running, { stream, until, timeoutMs }: Extract<KubectlYield, { attach: unknown }>['attach']): void {
    if (!this.#world.canEdit && running.stream === undefined) stream.send?.({ eof: true })
    running.stream = stream
    running.pending = { until, ...(timeoutMs !== undefined && { dueMs: this.#world.now() + timeoutMs }) }
  }

  /** What was typed for the running command; null is the end of input. */
  feed(text: string | null): void {
    for (const { stream, exitCode } of this.#runs.values()) {
      if (stream === undefined || exitCode !== undefined) continue
      stream.send?.(text === null ? { eof: true } : { stdin: text })
      return
    }
    this.#shell = feedInput(this.#shell, text ?? '', text === null)
  }

  /** Looks whether what a kubectl waits for has come. */
  #poll(running: Running): boolean {
    const { pending } = running
    if (pending === undefined) return false
    const satisfied = this.#look(pending)
    const due = pending.dueMs !== undefined && this.#world.now() >= pending.dueMs
    if (!satisfied && !due) return false
    running.pending = undefined
    running.next = { satisfied: pending.until === undefined ? true : satisfied }
    this.#advance(running)
    return true
  }

  /** Goes on as far as possible now. */
  pump(): PumpResult {
    for (;;) {
      if (this.#done !== undefined) return { kind: 'done', exitCode: this.#done }
      const result = step(this.#shell, this.#host(), { steps: STEPS_AT_ONCE })
      this.#shell = result.state
      this.output.push(...result.output)
      this.#world.spend(result.steps)
      if (result.status.kind !== 'limit') this.#keepForwards(result.status.requests)
      if (result.status.kind === 'limit') throw new LimitReached(`shell ${result.status.limit}`)
      if (result.status.kind === 'done') {
        const begun = result.status.exited ? undefined : this.#background(result.status.requests)
        if (begun === 'progress') continue
        if (begun !== undefined) return begun
        this.#done = result.status.exitCode
        continue
      }
      const waiting = this.#serve(result.status.requests)
      if (waiting !== 'progress') return waiting
    }
  }

  /** The prompt comes back when what was sent to the background has begun, and tunnels have said what they have to say. */
  #background(requests: readonly WaitRequest[]): 'progress' | Waiting | undefined {
    let progress = false
    for (const request of requests) {
      const { forward } = (request.kind === 'external' ? request.data : {}) as { forward?: string }
      if (forward !== undefined) progress = this.#tell(request.id, forward) || progress
    }
    if (progress) return 'progress'
    const now = this.#world.now()
    const soon = requests.flatMap((r) => (r.kind === 'sleep' && r.untilMs > now && r.untilMs <= now + COMMAND_MS ? [r.untilMs] : []))
    if (soon.length === 0 || this.#heldMs >= COMMAND_MS) return undefined
    const dueMs = Math.min(...soon)
    this.#heldMs += dueMs - now
    return { kind: 'waiting', dueMs }
  }
  #heldMs = 0

  #serve(requests: readonly WaitRequest[]): 'progress' | Waiting | EditRequest {
    let progress = false
    let input = false
    let dueMs: number | undefined
    const soonest = (ms: number): void => {
      dueMs = dueMs === undefined ? ms : Math.min(dueMs, ms)
    }
    for (const request of requests) {
      if (request.kind === 'sleep') soonest(request.untilMs)
      else if (request.kind === 'input') input = true
      else if (request.kind === 'external') {
        const data = request.data as { run?: number; edit?: string; cwd?: string; forward?: string }
        if (data.edit !== undefined) {
          if (this.#editorEnded === undefined)
            return { kind: 'edit', path: data.edit.startsWith('/') ? data.edit : `${data.cwd}/${data.edit}` }
          this.#shell = resume(this.#shell, { id: request.id, exitCode: this.#editorEnded ? 0 : 1 })
          this.#editorEnded = undefined
          progress = true
          continue
        }
        if (data.forward !== undefined) {
          progress = this.#tell(request.id, data.forward) || progress
          continue
        }
        const running = this.#runs.get(data.run ?? -1)
        if (running === undefined) continue
        this.#poll(running)
        const edit = this.#editing(running)
        if (edit !== undefined) return edit
        if (this.#deliver(request.id, running, data.run!)) progress = true
        else {
          if (running.stream !== undefined) input = true
          if (running.pending?.dueMs !== undefined) soonest(running.pending.dueMs)
        }
      }
    }
    if (progress) return 'progress'
    return { kind: 'waiting', ...(dueMs !== undefined && { dueMs }), ...(input && { input: true as const }) }
  }

  /** Hands on what a tunnel's kubectl says. */
  #tell(requestId: number, forward: string): boolean {
    const news = this.#world.forwards.take(forward)
    if (news === undefined) return false
    this.#shell = resume(this.#shell, {
      id: requestId,
      ...('chunk' in news && (news.chunk.fd === 1 ? { stdout: news.chunk.text } : { stderr: news.chunk.text })),
      ...('exitCode' in news && { exitCode: news.exitCode }),
    })
    return true
  }

  /** Hands one piece of output, or the end, to the shell; piece by piece, so that the order of the two streams is kept. */
  #deliver(requestId: number, running: Running, runId: number): boolean {
    const chunk = running.chunks.shift()
    const ended = running.chunks.length === 0 ? running.exitCode : undefined
    const handed = running.chunks.length === 0 ? running.forward : undefined
    if (chunk === undefined && ended === undefined && handed === undefined) return false
    if (ended !== undefined || handed !== undefined) this.#runs.delete(runId)
    this.#shell = resume(this.#shell, {
      id: requestId,
      ...(chunk?.fd === 1 && { stdout: chunk.text }),
      ...(chunk?.fd === 2 && { stderr: chunk.text }),
      ...(ended !== undefined && { exitCode: ended }),
      ...(handed !== undefined && { data: { forward: handed } as Json }),
    })
    return true
  }

  /** `kubectl edit` wants an editor: the player's, or a command of the shell. */
  #editing(running: Running): EditRequest | undefined {
    if (running.edit === undefined) return undefined
    const { command, path } = running.edit
    if (EDITORS.has(command[0] ?? '') && this.#world.canEdit) return { kind: 'edit', path }
    const exitCode = this.#runEditor(running, command, path)
    running.edit = undefined
    running.next = { exitCode }
    this.#advance(running)
    return undefined
  }

  /** Runs `EDITOR` to its end in a shell of its own; what it prints goes where kubectl's own output goes. */
  #runEditor(running: Running, command: readonly string[], path: string): number {
    if (EDITORS.has(command[0] ?? '')) return 1
    const quoted = `'${path.replaceAll("'", "'\\''")}'`
    const shell = startShell(`${command.join(' ')} ${quoted}`, { shellName: 'sh', cwd: path.slice(0, path.lastIndexOf('/')) || '/' })
    const result = step(shell, { ...this.#host(), external: () => undefined }, { steps: STEPS_AT_ONCE })
    this.#world.spend(result.steps)
    running.chunks.push(...result.output)
    return result.status.kind === 'done' ? result.status.exitCode : 1
  }

  /** The player's editor is closed. `saved: false` leaves the file as it was. */
  edited(saved: boolean): void {
    for (const running of this.#runs.values()) {
      if (running.edit === undefined) continue
      running.edit = undefined
      running.next = { exitCode: saved ? 0 : 1 }
      this.#advance(running)
      return
    }
    this.#editorEnded = saved
  }
  #editorEnded: boolean | undefined

  /** A condition is being looked at: requests made now are nobody's, since how often one looks is the host's matter. */
  looking = false

  #look(pending: Pending): boolean {
    if (pending.until === undefined) return false
    this.looking = true
    try {
      return pending.until()
    } finally {
      this.looking = false
    }
  }

  /** Whether something that is waited for has come, so that pumping helps. Cheap and without effects. */
  ready(): boolean {
    const now = this.#world.now()
    for (const { pending } of this.#runs.values()) {
      if (pending === undefined) continue
      if (pending.dueMs !== undefined && pending.dueMs <= now) return true
      if (this.#look(pending)) return true
    }
    return false
  }

  /** Ctrl-C. */
  interrupt(): void {
    const atTerminal = [...this.#runs.values()].find((r) => r.stream?.send !== undefined && r.exitCode === undefined)
    if (atTerminal === undefined || atTerminal.interrupted === true) return this.end()
    // The keys of an attached terminal go to what runs there. If nothing comes of it, the next one ends kubectl itself.
    atTerminal.interrupted = true
    atTerminal.stream!.send!({ interrupt: true })
  }

  /** Ends everything that runs. */
  end(): void {
    for (const running of this.#runs.values()) running.run.return(130)
    this.#runs.clear()
    this.#shell = interrupt(this.#shell)
  }
}
