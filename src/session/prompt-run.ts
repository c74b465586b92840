/**
 * One command line at the player's prompt, from Enter to its exit code. It goes on as far as it can at one instant (`pump`); whoever
 * drives it lets virtual time pass in between.
 */

import type { KubectlRun } from '../kubectl/contract.ts'
import type {
  CommandOutcome,
  ExternalCall,
  Json,
  OutputChunk,
  ShellHost,
  ShellState,
  ShellStatus,
  Tool,
  WaitRequest,
} from '../script/contract.ts'
import type { FileView } from '../script/files.ts'
import { feedInput, interrupt, pendingRequests, reopenInput, resume, runMore, startShell, step } from '../script/language/shell.ts'
import { findTool } from '../script/tools/index.ts'
import { LimitReached } from '../sim/loop.ts'
import { type ClientRun, ClientRuns } from './client-runs.ts'
import type { PortForwards } from './port-forwards.ts'

/** What a command line needs of its session. */
export interface PromptWorld {
  readonly files: FileView
  now(): number
  random(n: number): number
  /** Steps still allowed to this session's shell. */
  spend(steps: number): void
  /** Work beside the shell's, in units of `Loop.spend`. */
  charge(effort: number): void
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
/** The prompt is back. `dueMs`: when what runs in the background goes on at the latest. */
export interface Done {
  readonly kind: 'done'
  readonly exitCode: number
  readonly dueMs?: number
}
export type PumpResult = Done | Waiting | EditRequest

const EDITORS = new Set(['vi', 'vim', 'nano', 'edit'])
/** What a command line may take without letting time pass: a fraction of a second of the real one. */
const STEPS_AT_ONCE = 200_000
/** 128 + SIGTERM. */
const TERMINATED = 143
/** How long a command that was sent to the background may take to begin: as long as any command does. */
const COMMAND_MS = 100

export class PromptRun {
  readonly output: OutputChunk[] = []
  #shell: ShellState
  readonly #world: PromptWorld
  readonly #clients: ClientRuns
  #done: number | undefined

  constructor(shell: ShellState, text: string, world: PromptWorld) {
    this.#world = world
    this.#clients = new ClientRuns({
      charge: (effort) => world.charge(effort),
      now: () => world.now(),
      canEdit: world.canEdit,
      openForward: (request) => world.forwards.open(request, world.owner),
      ended: () => world.forwards.release(),
    })
    this.#shell = withoutLost(shell)
    this.more(text)
    this.#keepForwards(pendingRequests(shell))
  }

  /** The next command line of the same prompt, whose background jobs go on. */
  more(text: string): void {
    // A person's terminal stays open for whoever reads next; a script has nothing to say.
    this.#shell = runMore(this.#world.canEdit ? reopenInput(this.#shell) : this.#shell, text)
    this.#done = undefined
    this.#heldMs = 0
  }

  /** A command line runs, not only jobs in the background. */
  get atWork(): boolean {
    return this.#done === undefined
  }

  /** Something in the background has more to do. */
  get lingers(): boolean {
    return this.#clients.size > 0 || pendingRequests(this.#shell).some((request) => request.kind === 'sleep')
  }

  /** Commands whose process has ended, or was killed, end. */
  #keepRuns(requests: readonly WaitRequest[]): void {
    if (this.#clients.size === 0) return
    this.#clients.keepOnly(new Set(requests.map((r) => (r.kind === 'external' ? (r.data as { run?: number }).run : undefined))))
  }

  /** Tunnels whose command was ended are closed. */
  #keepForwards(requests: readonly WaitRequest[]): void {
    const live = new Set<string>()
    for (const request of requests) if (request.kind === 'external') live.add(String((request.data as { forward?: string }).forward ?? ''))
    for (const forward of this.#clients.forwards()) live.add(forward)
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
    const running = this.#clients.start(run)
    if (running.forward !== undefined && running.chunks.every((c) => c.fd === 1)) {
      const stdout = running.chunks.map((c) => c.text).join('')
      return { wait: { forward: running.forward } as Json, stdout }
    }
    const streams = new Set(running.chunks.map((c) => c.fd))
    if (running.exitCode !== undefined && streams.size <= 1) {
      const text = running.chunks.map((c) => c.text).join('')
      return { exitCode: running.exitCode, ...(streams.has(1) && { stdout: text }), ...(streams.has(2) && { stderr: text }) }
    }
    return { wait: { run: this.#clients.keep(running) } as Json }
  }

  /** What was typed for the running command; null is the end of input. */
  feed(text: string | null): void {
    if (this.#clients.feed(text)) return
    this.#shell = feedInput(this.#shell, text ?? '', text === null)
  }

  /** Goes on as far as possible now. */
  pump(): PumpResult {
    for (;;) {
      const status = this.#step()
      const { requests } = status
      if (status.kind === 'done' && this.#done === undefined) {
        const begun = status.exited ? undefined : this.#background(requests)
        if (begun === 'progress') continue
        if (begun !== undefined) return begun
        this.#done = status.exitCode
      }
      const waiting = this.#serve(requests)
      if (waiting === 'progress') continue
      if (this.#done === undefined) return waiting
      // Nobody sits before an editor of the background.
      if (waiting.kind === 'edit') this.edited(false)
      else return { kind: 'done', exitCode: this.#done, ...(waiting.dueMs !== undefined && { dueMs: waiting.dueMs }) }
    }
  }

  #step(): Exclude<ShellStatus, { kind: 'limit' }> {
    const { state, output, status, steps } = step(this.#shell, this.#host(), { steps: STEPS_AT_ONCE, silent: this.#done !== undefined })
    this.#shell = state
    this.output.push(...output)
    this.#world.spend(steps)
    if (status.kind === 'limit') throw new LimitReached(`shell ${status.limit}`)
    this.#keepForwards(status.requests)
    this.#keepRuns(status.requests)
    return status
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
        const running = this.#clients.get(data.run ?? -1)
        if (running === undefined) continue
        this.#clients.poll(running)
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
  #deliver(requestId: number, running: ClientRun, runId: number): boolean {
    const chunk = running.chunks.shift()
    const ended = running.chunks.length === 0 ? running.exitCode : undefined
    const handed = running.chunks.length === 0 ? running.forward : undefined
    if (chunk === undefined && ended === undefined && handed === undefined) return false
    if (ended !== undefined || handed !== undefined) this.#clients.drop(runId)
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
  #editing(running: ClientRun): EditRequest | undefined {
    if (running.edit === undefined) return undefined
    const { command, path } = running.edit
    if (EDITORS.has(command[0] ?? '') && this.#world.canEdit) return { kind: 'edit', path }
    const exitCode = this.#runEditor(running, command, path)
    running.edit = undefined
    running.next = { exitCode }
    this.#clients.advance(running)
    return undefined
  }

  /** Runs `EDITOR` to its end in a shell of its own; what it prints goes where kubectl's own output goes. */
  #runEditor(running: ClientRun, command: readonly string[], path: string): number {
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
    if (this.#clients.edited(saved ? 0 : 1)) return
    this.#editorEnded = saved
  }
  #editorEnded: boolean | undefined

  /** A condition is being looked at: what is asked of the cluster now leaves no trace. */
  get looking(): boolean {
    return this.#clients.looking
  }

  /** Whether something that is waited for has come, so that pumping helps. Cheap and without effects. */
  ready(): boolean {
    return this.#clients.ready()
  }

  /** Ctrl-C. */
  interrupt(): void {
    // The keys of an attached terminal go to what runs there. If nothing comes of it, the next one ends kubectl itself.
    if (this.#clients.interrupt()) return
    this.#shell = interrupt(this.#shell)
    this.#keepRuns(pendingRequests(this.#shell))
  }

  /** Ends everything that runs. */
  end(): void {
    this.#clients.keepOnly(new Set())
    this.#shell = interrupt(this.#shell)
  }
}

/** Jobs whose command is gone, since the world was taken back past it, are ended. */
function withoutLost(shell: ShellState): ShellState {
  let left = shell
  for (const request of pendingRequests(shell))
    if (request.kind === 'external' && (request.data as { run?: number }).run !== undefined)
      left = resume(left, { id: request.id, exitCode: TERMINATED })
  return left
}
