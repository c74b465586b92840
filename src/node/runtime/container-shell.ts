/**
 * The script room's shell inside a container: as a main process (`sh -c …`), and for commands run beside one (exec, probes, hooks).
 * What the shell cannot do itself is a program of the image, a client command, or a network tool.
 */

import type { Catalog, Image } from '../../programs/contract.ts'
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
} from '../../script/contract.ts'
import type { Credentials } from '../../script/credentials.ts'
import { signalProcess } from '../../script/language/process-view.ts'
import { deliverSignal, feedInput, isReplaced, resume, startShell, step } from '../../script/language/shell.ts'
import { signalNumbers } from '../../script/language/signals.ts'
import { findTool, isExecutable } from '../../script/tools/index.ts'
import type { ExecShell, ExecStep } from '../exec.ts'
import type { ProcessRecord } from '../records.ts'
import type { EventContext } from './context.ts'
import type { ShellEvent, ShellOutcome, ShellRunner } from './process-contract.ts'
import { interruptTerminal, isTerminalShell, isTerminalState, stepTerminal, type TerminalState } from './terminal-shell.ts'

/** Steps a shell may take at one instant of virtual time; a busy loop is throttled to this, as its CPU would be. */
const STEPS_AT_ONCE = 20_000
const MAX_OUTPUT = 1_000_000
/** CPU time of a step of a script, a started tool among them. */
const STEP_CPU_MS = 0.05
/** `sh` with its standard input kept open and no script: what comes in is the script. */
const READ_SCRIPT = 'eval "$(cat)"'
/** A shell that used up its steps goes on after this. */
const BUSY_MS = 1_000

export interface ContainerShellWorld {
  readonly catalog: Catalog
  /** The image a container was made from. */
  imageOf(containerId: string, context: EventContext): Image | undefined
  /** A tool that shows or changes what is of the container's machine. */
  machineTool(name: string, containerId: string, context: EventContext, self: unknown): Tool | undefined
  hasMachineTool(image: Image, name: string): boolean
  /** The number that a container's first process has in its own sight. */
  firstPid(context: EventContext): number
  /** The next one for a command run beside it. */
  nextPid(containerId: string, context: EventContext): number
  /** Sends a signal to a process that the container sees. */
  signal(pid: number, name: string, containerId: string, context: EventContext, self: unknown): 'sent' | 'missing' | 'refused'
  /** How many processes more a pod may have. */
  room(podUid: string, node: string): number
  /** Steps taken, towards the budget of the world. */
  spend(steps: number): void
}

interface SpawnData {
  readonly spawn: { readonly argv: string[]; readonly env: Record<string, string>; readonly cwd: string }
  readonly [key: string]: Json
}

/** Which of a container's processes is stepped: its first, or a command whose state was `was` before the step. */
interface Whose {
  readonly main: boolean
  readonly was: unknown
}
const MAIN: Whose = { main: true, was: 'main' }
const beside = (was: unknown): Whose => ({ main: false, was })

function hostOf(world: ContainerShellWorld, context: EventContext, containerId: string, spawning: boolean, { was }: Whose): ShellHost {
  const image = world.imageOf(containerId, context)
  return {
    files: context.files,
    now: () => context.nowMs,
    random: (n) => context.random('shell', n),
    signal: (pid, name) => world.signal(pid, name, containerId, context, was),
    processRoom: () => world.room(context.pod.uid, context.pod.node),
    tool: (name) => {
      const special = image && world.catalog.tool(image, name, context)
      if (special !== undefined) return special
      const machine = world.machineTool(name, containerId, context, was)
      if (machine !== undefined) return machine
      return image?.base === 'scratch' ? undefined : findTool(name)
    },
    external: (call) => (image === undefined ? undefined : external(world, image, call, context, spawning)),
  }
}

function external(
  world: ContainerShellWorld,
  image: Image,
  call: ExternalCall,
  context: EventContext,
  spawning: boolean,
): CommandOutcome | undefined {
  const command = world.catalog.command(image, call.name)
  if (command !== undefined && command.handles?.(call.argv) !== false && !(spawning && command.spawns === true))
    return command.run({ argv: call.argv, stdin: () => call.stdin(), ctx: withEnv(context, call.env) })
  if (world.catalog.program(image, call.name) === undefined) return undefined
  if (!spawning) return { exitCode: 1, stderr: `${call.name}: another process of it runs in this container already\n` }
  const data: SpawnData = { spawn: { argv: [...call.argv], env: { ...call.env }, cwd: call.cwd } }
  return { wait: data as unknown as Json }
}

/** The user a container's shells run as. Its name is the container's /etc/passwd's. */
function whoIs(context: EventContext): { user: string; credentials: Credentials } {
  const { credentials } = context
  return { user: credentials.uid === 0 ? 'root' : String(credentials.uid), credentials }
}

/** The same context as a command sees it: its own environment, the container's everything else. */
function withEnv(context: EventContext, env: Readonly<Record<string, string>>): EventContext {
  return Object.create(context, { env: { value: env, enumerable: true } }) as EventContext
}

const wakeAt = (status: ShellStatus, nowMs: number): number | undefined => {
  if (status.kind === 'limit') return nowMs + BUSY_MS
  const sleeps = (status.kind === 'wait' ? status.requests : []).flatMap((r) => (r.kind === 'sleep' ? [r.untilMs] : []))
  return sleeps.length > 0 ? Math.min(...sleeps) : undefined
}

const spawns = (requests: readonly WaitRequest[]): (WaitRequest & { kind: 'external' })[] =>
  requests.filter((r): r is WaitRequest & { kind: 'external' } => r.kind === 'external')

/** A main process's state: the shell's, and which children it was given. */
interface ShellProcess {
  readonly shell: ShellState
  readonly children: readonly number[]
}

/** Steps a terminal's shell beside or as a container's process. */
function stepAt(
  world: ContainerShellWorld,
  state: TerminalState,
  context: EventContext,
  containerId: string,
  whose: Whose,
  fresh: boolean,
): ExecStep {
  return stepTerminal(
    state,
    (shell) => {
      const result = step(shell, hostOf(world, context, containerId, false, whose), { steps: STEPS_AT_ONCE, output: MAX_OUTPUT })
      world.spend(result.steps)
      return { result, wakeAtMs: wakeAt(result.status, context.nowMs) }
    },
    fresh,
  )
}

/** Each command run in a container draws anew: which endpoint its requests get is another matter each time. */
const firstDraw = ({ nowMs }: EventContext, pid: number): number => nowMs * 1000 + (pid % 1000)

function newTerminal(argv: readonly string[], image: Image, context: EventContext, pid: number): TerminalState {
  const shellName = argv[0]!.replace(/^.*\//, '')
  const shell = startShell('', {
    argv: [...argv],
    env: context.env,
    shellName,
    pid,
    ...whoIs(context),
    interactive: true,
    stdin: 'open',
    firstDraw: firstDraw(context, pid),
  })
  const look = { bash: shellName === 'bash', busybox: image.base === 'busybox', host: context.env['HOSTNAME'] ?? 'localhost' }
  return { terminal: true, shell, look, idle: true, begun: '', typed: '', ended: false }
}

export function createShellRunner(world: ContainerShellWorld): ShellRunner {
  /** The kernel lets the first process of a PID namespace ignore what it has no trap for; any other dies of it. */
  const dies = (context: EventContext): boolean => world.catalog.signalsOfInit === 'default' || world.firstPid(context) !== 1
  /** A shell that is the container's process and sits at its terminal: what it shows is the container's log, too. */
  const sit = (state: TerminalState, record: ProcessRecord, context: EventContext, fresh = false): ShellOutcome => {
    const { output, state: next, exitCode, wakeAtMs, tasks } = stepAt(world, state, context, record.containerId, MAIN, fresh)
    for (const chunk of output) context.write(chunk.text, 'stdout')
    const outcome = { state: next, spawn: [], kill: [], ...(wakeAtMs !== undefined && { wakeAtMs }), ...(tasks !== undefined && { tasks }) }
    return exitCode === undefined ? outcome : { ...outcome, exitCode }
  }
  const atTerminal = (state: TerminalState, event: ShellEvent, record: ProcessRecord, context: EventContext): ShellOutcome => {
    if (event.type === 'input') return sit({ ...state, typed: state.typed + event.text, ended: state.ended || event.end }, record, context)
    if (event.type === 'interrupt') return sit(interruptTerminal(state), record, context, true)
    // A shell at a terminal ignores SIGTERM.
    if (event.type === 'kill') {
      const shell = signalProcess(state.shell, event.pid, event.signal)
      return sit(shell === undefined ? state : { ...state, shell }, record, context)
    }
    if (event.type === 'signal' && dies(context)) return { state: null, died: event.signal === 'INT' ? 2 : 15, spawn: [], kill: [] }
    return sit(state, record, context)
  }
  const advance = (record: ProcessRecord, shell: ShellState, children: readonly number[], context: EventContext): ShellOutcome => {
    const result = step(shell, hostOf(world, context, record.containerId, true, MAIN), { steps: STEPS_AT_ONCE, output: MAX_OUTPUT })
    world.spend(result.steps)
    const cores = (context.limits.cpuMilli ?? 1000) / 1000
    context.burn(result.status.kind === 'limit' ? BUSY_MS * Math.min(1, cores) : result.steps * STEP_CPU_MS)
    for (const chunk of result.output) context.write(chunk.text, chunk.fd === 1 ? 'stdout' : 'stderr')
    const { status } = result
    if (status.kind === 'done') return { state: null, exitCode: status.exitCode, spawn: [], kill: [] }
    const wanted = status.kind === 'wait' ? spawns(status.requests) : []
    const fresh = wanted.filter((r) => !children.includes(r.id))
    const gone = status.kind === 'wait' ? children.filter((id) => !wanted.some((r) => r.id === id)) : []
    const state: ShellProcess = {
      shell: result.state,
      children: [...children.filter((id) => !gone.includes(id)), ...fresh.map((r) => r.id)],
    }
    const due = wakeAt(status, context.nowMs)
    return {
      state,
      ...(due !== undefined && { wakeAtMs: due }),
      tasks: result.tasks,
      spawn: fresh.map((r) => ({ requestId: r.id, ...(r.data as unknown as SpawnData).spawn })),
      kill: gone,
    }
  }
  return {
    start: (record, source, args, context) => {
      const image = world.imageOf(record.containerId, context)
      if (record.stdin && record.tty && image !== undefined && isTerminalShell(record.argv))
        return sit(newTerminal(record.argv, image, context, world.firstPid(context)), record, context, true)
      const options = { argv: args, env: record.env, cwd: record.cwd, shellName: 'sh', pid: world.firstPid(context), ...whoIs(context) }
      // A shell without a script takes what it is sent for one.
      const open = record.stdin ? { stdin: 'open' as const } : {}
      return advance(record, startShell(record.stdin && source === '' ? READ_SCRIPT : source, { ...options, ...open }), [], context)
    },
    on: (record, event, context) => {
      if (isTerminalState(record.state)) return atTerminal(record.state, event, record, context)
      const { shell, children } = record.state as ShellProcess
      if (event.type === 'input') return advance(record, feedInput(shell, event.text, event.end), children, context)
      if (event.type === 'kill') return advance(record, signalProcess(shell, event.pid, event.signal) ?? shell, children, context)
      const signal = event.type === 'interrupt' ? 'INT' : event.type === 'signal' ? event.signal : ''
      if (event.type === 'wake') return advance(record, shell, children, context)
      if (event.type === 'child-exit')
        return advance(record, resume(shell, { id: event.requestId, exitCode: event.exitCode }), children, context)
      if (isReplaced(shell) && children.length > 0) return { state: record.state, passOn: signal, spawn: [], kill: [] }
      const delivered = deliverSignal(shell, signal)
      if (delivered.effect === 'default' && dies(context)) return { state: null, died: signalNumbers[signal] ?? 15, spawn: [], kill: [] }
      return advance(record, delivered.state, children, context)
    },
  }
}

export function createExecShell(world: ContainerShellWorld): ExecShell {
  const terminal = (state: TerminalState, context: EventContext, containerId: string, was: unknown, fresh = false): ExecStep =>
    stepAt(world, state, context, containerId, beside(was), fresh)
  const advance = (shell: ShellState, context: EventContext, containerId: string, was: unknown): ExecStep => {
    const result = step(shell, hostOf(world, context, containerId, false, beside(was)), { steps: STEPS_AT_ONCE, output: MAX_OUTPUT })
    world.spend(result.steps)
    const { status } = result
    const due = wakeAt(status, context.nowMs)
    return {
      state: result.state,
      output: result.output as OutputChunk[],
      tasks: result.tasks,
      ...(status.kind === 'done' && { exitCode: status.exitCode }),
      ...(due !== undefined && { wakeAtMs: due }),
    }
  }
  return {
    start: (argv, options, context, containerId) => {
      const image = world.imageOf(containerId, context)
      const name = argv[0] ?? ''
      if (image === undefined || !canRun(world, image, name)) return { state: null, output: [], error: execError(name) }
      const pid = world.nextPid(containerId, context)
      if (options.tty && options.interactive && isTerminalShell(argv))
        return terminal(newTerminal(argv, image, context, pid), context, containerId, undefined, true)
      const shell = startShell('"$@"', {
        argv: ['sh', ...argv],
        env: context.env,
        shellName: 'sh',
        pid,
        firstDraw: firstDraw(context, pid),
        ...whoIs(context),
        stdin: options.interactive ? 'open' : options.stdin !== undefined ? { text: options.stdin } : 'closed',
      })
      return advance(shell, context, containerId, undefined)
    },
    wake: (state, context, containerId) =>
      isTerminalState(state) ? terminal(state, context, containerId, state) : advance(state as ShellState, context, containerId, state),
    input: (state, text, end, context, containerId) =>
      isTerminalState(state)
        ? terminal({ ...state, typed: state.typed + text, ended: state.ended || end }, context, containerId, state)
        : advance(feedInput(state as ShellState, text, end), context, containerId, state),
    interrupt: (state, context, containerId) =>
      isTerminalState(state) ? terminal(interruptTerminal(state), context, containerId, state, true) : undefined,
    signal: (state, pid, name, context, containerId) => {
      const shell = isTerminalState(state) ? state.shell : (state as ShellState)
      const next = signalProcess(shell, pid, name)
      if (next === undefined) return undefined
      return isTerminalState(state)
        ? terminal({ ...state, shell: next, idle: state.idle && next === shell }, context, containerId, state)
        : advance(next, context, containerId, state)
    },
  }

  function canRun(w: ContainerShellWorld, image: Image, executable: string): boolean {
    const name = executable.slice(executable.lastIndexOf('/') + 1)
    if (
      w.catalog.command(image, name) ||
      w.catalog.program(image, executable) ||
      w.catalog.tool(image, name) ||
      w.hasMachineTool(image, name)
    )
      return true
    return (
      image.base !== 'scratch' &&
      (['sh', 'bash', 'ash', 'dash'].includes(name) ? name !== 'bash' || image.base === 'debian' : isExecutable(name))
    )
  }
}

const execError = (name: string): string =>
  `Internal error occurred: error executing command in container: failed to exec in container: failed to start exec: OCI runtime exec failed: exec failed: unable to start container process: exec: "${name}": ${name.includes('/') ? `stat ${name}: no such file or directory` : 'executable file not found in $PATH'}`
