/**
 * A shell on a node, over ssh: a command, or a terminal that takes lines until `exit`. It goes on as far as it can when it is looked at;
 * what it does to the machine really happens.
 */
import type { ApiStream } from '../../apiserver/contract.ts'
import type { World } from '../../cluster/world.ts'
import { runKubectl } from '../../kubectl/run.ts'
import { type Machine, machineFiles, machineTools } from '../../node/machine/index.ts'
import { stepTerminal, type TerminalState } from '../../node/runtime/terminal-shell.ts'
import { networkTools } from '../../programs/tools/index.ts'
import type { CommandOutcome, ExternalCall, OutputChunk, ShellHost, ShellState, StepResult } from '../../script/contract.ts'
import { startShell, step } from '../../script/language/shell.ts'
import { findTool } from '../../script/tools/index.ts'
import { createKubectlHost } from '../../session/kubectl-host.ts'

const STEPS_AT_ONCE = 50_000
const ENVIRONMENT = {
  HOME: '/root',
  USER: 'root',
  LOGNAME: 'root',
  SHELL: '/bin/bash',
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  TERM: 'xterm-256color',
  LANG: 'en_US.UTF-8',
}
/** A superuser needs no other to act for them. */
const FUNCTIONS = 'sudo() { "$@"; }'

export interface RemoteOptions {
  /** Without one a terminal is opened. */
  readonly command?: string
  readonly stdin?: string
  spend(steps: number): void
}

export class RemoteShell implements ApiStream {
  readonly #world: World
  readonly #machine: Machine
  readonly #options: RemoteOptions
  readonly #output: OutputChunk[] = []
  #state: TerminalState | { readonly shell: ShellState }
  #wakeAtMs: number | undefined
  #exitCode: number | undefined
  #draws = 0

  constructor(world: World, machine: Machine, options: RemoteOptions) {
    this.#world = world
    this.#machine = machine
    this.#options = options
    const env = { ...ENVIRONMENT, HOSTNAME: machine.name }
    const common = { env, cwd: '/root', shellName: 'bash', user: 'root', pid: 2000, functions: FUNCTIONS } as const
    if (options.command !== undefined) {
      const stdin = options.stdin === undefined || options.stdin === '' ? 'closed' : { text: options.stdin }
      this.#state = { shell: startShell(options.command, { ...common, stdin }) }
      this.#advance()
    } else {
      const shell = startShell('', { ...common, interactive: true, stdin: 'open' })
      this.#state = {
        terminal: true,
        shell,
        look: { bash: true, busybox: false, host: machine.name },
        idle: true,
        begun: '',
        typed: '',
        ended: false,
      }
      this.#advance(true)
    }
  }

  get done(): boolean {
    return this.#exitCode !== undefined && this.#output.length === 0
  }
  get exitCode(): number | undefined {
    return this.#exitCode
  }
  get wakeAtMs(): number | undefined {
    return this.#wakeAtMs
  }

  take(): readonly OutputChunk[] {
    if (this.#wakeAtMs !== undefined && this.#world.nowMs >= this.#wakeAtMs) this.#advance()
    return this.#output.splice(0)
  }

  /** Something is there to be shown or done. Has no effects. */
  ready(): boolean {
    return (
      this.#output.length > 0 ||
      this.#exitCode !== undefined ||
      (this.#wakeAtMs !== undefined && this.#world.nowMs >= this.#wakeAtMs) ||
      !this.#connected()
    )
  }

  /** `{stdin}`, `{eof}`. */
  send(frame: unknown): void {
    const { stdin = '', eof = false } = frame as { stdin?: string; eof?: boolean }
    if (!('terminal' in this.#state) || this.#exitCode !== undefined) return
    this.#state = { ...this.#state, typed: this.#state.typed + stdin, ended: this.#state.ended || eof }
    this.#advance()
  }

  close(): void {
    this.#exitCode ??= 130
  }

  #connected(): boolean {
    return this.#machine.fleet.nodeIsUp(this.#machine.name)
  }

  /** The machine went away under the connection. */
  lost(): boolean {
    if (this.#exitCode === 255 || this.#connected()) return false
    this.#exitCode = 255
    return true
  }

  #host(): ShellHost {
    const { name, specification } = this.#machine
    const { network } = this.#world
    const origin = { kind: 'node' as const, node: name, ip: specification.ip }
    const own = machineTools(this.#machine)
    const reach = networkTools({
      ip: specification.ip,
      dial: (r) => network.dial(origin, r),
      resolve: (n, t) => network.resolve(origin, n, t),
    })
    return {
      files: machineFiles(this.#machine),
      now: () => this.#world.nowMs,
      random: () => this.#world.random.unit('ssh', `${name}/${this.#world.nowMs}`, this.#draws++),
      tool: (tool) => own.get(tool) ?? reach.get(tool) ?? findTool(tool),
      external: (call) => this.#external(call),
    }
  }

  #external(call: ExternalCall): CommandOutcome | undefined {
    if (call.name === 'kubectl' || call.name === 'k') return this.#kubectl(call)
    if (call.name === 'exit' || call.name === 'vi' || call.name === 'vim' || call.name === 'nano')
      return { exitCode: 1, stderr: `${call.name}: there is no editor on the nodes; use sed -i, mv, cp, cat > FILE\n` }
    return undefined
  }

  /** kubectl with what the node's own files say; it answers at once or says that it cannot wait here. */
  #kubectl(call: ExternalCall): CommandOutcome {
    const run = runKubectl(
      ['kubectl', ...call.argv.slice(1)],
      createKubectlHost(this.#world, call, `ssh/${this.#draws++}`, false, () => false),
    )
    let stdout = ''
    let stderr = ''
    for (let next = run.next(); ; next = run.next()) {
      if (next.done) return { exitCode: next.value, stdout, stderr }
      if ('out' in next.value) stdout += next.value.out
      else if ('err' in next.value) stderr += next.value.err
      else {
        run.return(1)
        return { exitCode: 1, stdout, stderr: `${stderr}kubectl: waiting is not simulated on a node; do it from the office PC\n` }
      }
    }
  }

  #step(shell: ShellState): { result: StepResult; wakeAtMs: number | undefined } {
    const result = step(shell, this.#host(), { steps: STEPS_AT_ONCE })
    this.#options.spend(result.steps)
    this.#machine.fleet.declaredByFiles(this.#machine.name)
    const sleeps = result.status.kind === 'wait' ? result.status.requests.flatMap((r) => (r.kind === 'sleep' ? [r.untilMs] : [])) : []
    const wakeAtMs = result.status.kind === 'limit' ? this.#world.nowMs + 1 : sleeps.length > 0 ? Math.min(...sleeps) : undefined
    return { result, wakeAtMs }
  }

  #advance(fresh = false): void {
    if (this.#exitCode !== undefined) return
    if ('terminal' in this.#state) {
      const next = stepTerminal(this.#state, (shell) => this.#step(shell), fresh)
      this.#output.push(...next.output)
      this.#state = next.state as TerminalState
      this.#wakeAtMs = next.wakeAtMs
      if (next.exitCode !== undefined) this.#exitCode = next.exitCode
    } else {
      const { result, wakeAtMs } = this.#step(this.#state.shell)
      this.#output.push(...result.output)
      this.#state = { shell: result.state }
      this.#wakeAtMs = wakeAtMs
      if (result.status.kind === 'done') this.#exitCode = result.status.exitCode
      else if (wakeAtMs === undefined) this.#exitCode = 1
    }
  }
}
