/**
 * The face of the shell language: start a shell, step it, answer what it waits for, send it signals. All state is plain JSON and is never
 * changed in place; a step works on a thawed copy. Models POSIX sh and bash 5.2 as far as docs/adr/0002-script-room.md says.
 */
import type {
  Budget,
  OutputChunk,
  ShellHost,
  ShellState,
  ShellStatus,
  SignalEffect,
  StartOptions,
  StepResult,
  WaitAnswer,
  WaitRequest,
} from '../contract.ts'
import { normalisePath } from '../files.ts'
import { Kernel } from './kernel.ts'
import { checkSyntax } from './program.ts'
import { handleFrame } from './run.ts'
import { LimitReached, type Machine, type Process, thaw } from './state.ts'
import { tasksOf } from './tasks.ts'

const machineOf = (state: ShellState) => state as unknown as Machine
const stateOf = (machine: Machine) => machine as unknown as ShellState

const noHost = {
  files: undefined,
  now: () => 0,
  random: () => 0,
  external: () => undefined,
} as unknown as ShellHost

/** A shell about to run a source text (an idle prompt for `''` and `interactive`). Nothing runs before the first step. */
export function startShell(source: string, options: StartOptions = {}): ShellState {
  const shellName = options.shellName ?? 'sh'
  const cwd = normalisePath(options.cwd ?? '/')
  const pid = options.pid ?? 1
  const vars: Process['vars'] = {}
  for (const name in options.env) vars[name] = { v: options.env[name]!, x: 1 }
  vars.PWD = { v: cwd, x: 1 }
  const text = typeof options.stdin === 'object' ? options.stdin.text : ''
  const first: Process = {
    pid,
    parent: 0,
    frames: [],
    vars,
    functions: {},
    aliases: {},
    args: options.argv !== undefined && options.argv.length > 0 ? [...options.argv] : [shellName],
    options: {},
    cwd,
    fds: { 0: 1, 1: 2, 2: 3 },
    status: 0,
    statuses: [],
    jobs: [],
    traps: {},
    pending: [],
    done: {},
    sub: false,
    shellName,
    interactive: options.interactive ?? false,
    startMs: 0,
  }
  const machine: Machine = {
    format: 'shell/1',
    sources: { 4: source, ...(options.functions === undefined ? {} : { 5: options.functions }) },
    nextId: pid + 10,
    processes: [first],
    files: { 1: { k: 'in' }, 2: { k: 'out' }, 3: { k: 'err' } },
    pipes: {},
    input: { text, open: options.stdin === 'open' },
    draws: options.firstDraw ?? 0,
    main: pid,
    delayMs: options.commandDelayMs ?? 0,
    user: options.user ?? 'root',
    ...(options.credentials && { credentials: options.credentials }),
    answers: {},
  }
  if (source !== '' || !first.interactive) first.frames.push({ k: 'list', s: 4, n: 0, i: 0 })
  if (options.functions !== undefined) first.frames.push({ k: 'list', s: 5, n: 0, i: 0 })
  return stateOf(machine)
}

/** Gives an idle prompt's shell more to run; variables, functions and jobs stay. */
export function runMore(state: ShellState, source: string): ShellState {
  const machine = thaw(machineOf(state))
  const kernel = new Kernel(machine, noHost, { steps: 1000 }, handleFrame)
  const main = kernel.process(machine.main)
  if (main === undefined) return state
  main.frames = [{ k: 'list', s: kernel.source(source), n: 0, i: 0 }]
  main.block = undefined
  return stateOf(machine)
}

/** Runs until the script is over, everything waits, or the budget is used up. */
export function step(state: ShellState, host: ShellHost, budget: Budget): StepResult {
  const machine = thaw(machineOf(state))
  const kernel = new Kernel(machine, host, budget, handleFrame)
  for (const process of machine.processes) if (process.startMs === 0) process.startMs = host.now()
  let limit: 'steps' | 'output' | 'memory' | undefined
  try {
    kernel.run()
  } catch (error) {
    if (!(error instanceof LimitReached)) throw error
    limit = error.limit
  }
  if (machine.exitCode !== undefined) {
    machine.processes = []
    machine.answers = {}
  } else if (budget.silent !== true) reportJobs(kernel)
  kernel.sweep()
  const status = statusOf(kernel, limit)
  const output = kernel.output as OutputChunk[]
  return { state: stateOf(machine), output, status, steps: kernel.steps, commands: kernel.commands, tasks: tasksOf(kernel) }
}

/** A prompt tells of background jobs that have ended. */
function reportJobs(kernel: Kernel): void {
  const main = kernel.process(kernel.machine.main)
  if (main?.interactive !== true || main.frames.length > 0) return
  for (const job of main.jobs) {
    if (job.status === undefined) continue
    const state = job.status === 0 ? 'Done' : job.status > 128 ? 'Terminated' : `Exit ${job.status}`
    kernel.write(main, 2, `[${job.number}]+  ${state.padEnd(24)}${job.text}\n`)
  }
  main.jobs = main.jobs.filter((job) => job.status === undefined)
}

function statusOf(kernel: Kernel, limit: 'steps' | 'output' | 'memory' | undefined): ShellStatus {
  const { machine } = kernel
  if (machine.exitCode !== undefined) return { kind: 'done', exitCode: machine.exitCode, exited: true, requests: [] }
  if (kernel.isIdle()) return { kind: 'done', exitCode: kernel.process(machine.main)!.status, exited: false, requests: kernel.requests() }
  if (limit !== undefined) return { kind: 'limit', limit }
  return { kind: 'wait', requests: kernel.requests() }
}

/** What a shell waits for now, foreground and background. */
export const pendingRequests = (state: ShellState): readonly WaitRequest[] =>
  new Kernel(machineOf(state), noHost, { steps: 0 }, handleFrame).requests()

/** The driver's answer to an `external` request; it takes effect at the next step. Answers to requests that are gone are dropped. */
export function resume(state: ShellState, answer: WaitAnswer): ShellState {
  const machine = machineOf(state)
  const waits = machine.processes.some((process) => process.frames.some((frame) => frame.k === 'tool' && frame.request === answer.id))
  if (!waits) return state
  return stateOf({ ...machine, answers: { ...machine.answers, [answer.id]: [...(machine.answers[answer.id] ?? []), answer] } })
}

/** More input for an open stdin; `end` closes it. */
export function feedInput(state: ShellState, text: string, end = false): ShellState {
  const machine = machineOf(state)
  return stateOf({ ...machine, input: { text: machine.input.text + text, open: machine.input.open && !end } })
}

/** A terminal's stdin after an end of file: whoever reads next waits for more. */
export function reopenInput(state: ShellState): ShellState {
  return stateOf({ ...machineOf(state), input: { text: '', open: true } })
}

/**
 * Sends a signal (`TERM`, `INT`, `KILL` …) to the shell itself. A trap runs at a later step, after the foreground command unless the shell is
 * in `wait`. `default`: nothing changed, the caller decides (PID 1 of a container is immune to all but KILL, others end with 128 + number).
 */
export function deliverSignal(state: ShellState, signal: string): { state: ShellState; effect: SignalEffect } {
  const machine = thaw(machineOf(state))
  const kernel = new Kernel(machine, noHost, { steps: 1000 }, handleFrame)
  const main = kernel.process(machine.main)
  if (main === undefined) return { state, effect: 'default' }
  const effect = kernel.signal(main, signal.toUpperCase().replace(/^SIG/, ''))
  return { state: effect === 'default' ? state : stateOf(machine), effect }
}

/** Whether `exec` has put a command in the shell's place. */
export function isReplaced(state: ShellState): boolean {
  const machine = machineOf(state)
  return machine.processes.some((process) => process.pid === machine.main && process.replaced === true)
}

/** Ctrl-C: what runs in the foreground ends with 130. A prompt's shell lives on; a trap on INT takes it. */
export function interrupt(state: ShellState): ShellState {
  const machine = thaw(machineOf(state))
  const kernel = new Kernel(machine, noHost, { steps: 1000 }, handleFrame)
  const main = kernel.process(machine.main)
  if (main === undefined) return state
  const last = main.frames.at(-1)
  const fetched = last?.k === 'waitjobs' && last.foreground === true ? last.pids : []
  const background = new Set(main.jobs.map((job) => job.pid).filter((pid) => !fetched.includes(pid)))
  for (const process of machine.processes.slice())
    if (process.parent === main.pid && !background.has(process.pid)) kernel.killTree(process, 130)
  main.jobs = main.jobs.filter((job) => !fetched.includes(job.pid))
  const top = main.frames[main.frames.length - 1]
  if (main.traps.INT !== undefined) {
    if (main.traps.INT !== '') main.pending.push('INT')
    if (top?.k === 'tool' || top?.k === 'read' || top?.k === 'waitjobs') main.frames.pop()
    main.block = undefined
    return stateOf(machine)
  }
  const first = main.frames.find((frame) => frame.k === 'restore')
  if (first?.k === 'restore') main.fds = first.fds
  main.block = undefined
  main.status = 130
  if (main.interactive) main.frames = []
  else kernel.finish(main, 130)
  return stateOf(machine)
}

/** Facts about a shell that a prompt shows: `$PWD`, `$?`, running jobs, exported environment, names for completion. */
export function describeShell(state: ShellState): {
  cwd: string
  status: number
  env: Record<string, string>
  jobs: number
  variables: string[]
  functions: string[]
  aliases: string[]
} {
  const machine = machineOf(state)
  const main = machine.processes.find((process) => process.pid === machine.main)
  if (main === undefined) return { cwd: '/', status: machine.exitCode ?? 0, env: {}, jobs: 0, variables: [], functions: [], aliases: [] }
  const env: Record<string, string> = {}
  for (const name in main.vars) if (main.vars[name]!.x === 1 && main.vars[name]!.u !== 1) env[name] = main.vars[name]!.v
  return {
    cwd: main.cwd,
    status: main.status,
    env,
    jobs: main.jobs.filter((job) => job.status === undefined).length,
    variables: Object.keys(main.vars),
    functions: Object.keys(main.functions),
    aliases: Object.keys(main.aliases),
  }
}

export { checkSyntax }
