/**
 * A script as a container's process: starts it, wakes it when it has waited, hands it requests and signals, and ends it. Busy scripts run in
 * slices: a million instructions at the pace of a real interpreter, after that a slice a second, which is enough to be seen as busy.
 */
import type { HttpRequest } from '../../network/contract.ts'
import type { ContainerCommand, ProcessContext, ProcessEvent, Program } from '../contract.ts'
import { slowdown } from '../text/context.ts'
import { NotSimulated, ScriptSyntaxError } from './ast.ts'
import { emptyHeap } from './heap.ts'
import type { Language } from './language.ts'
import { Endless, Exit, Machine, Thrown } from './machine.ts'
import { flush } from './output.ts'
import type { ScriptState, Server } from './state.ts'
import type { Value } from './values.ts'

/** What a command line asks for. */
export type Launch =
  | { readonly kind: 'script'; readonly path: string; readonly text: string }
  | { readonly kind: 'said'; readonly text: string; readonly exitCode: number; readonly stream: 'stdout' | 'stderr' }
  /** Files over HTTP. */
  | { readonly kind: 'files'; readonly port: number; readonly directory: string; readonly greeting: string }

export interface Served {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface Runtime {
  readonly language: Language
  readonly name: string
  readonly executables: readonly string[]
  /** Memory of the bare interpreter. */
  readonly baseBytes: number
  readonly commands: readonly ContainerCommand[]
  launch(ctx: ProcessContext): Launch
  /** What a module's scope holds before its first line. */
  prepare?(m: Machine, module: number): void
  /** What is printed of a text that is not the language, before it runs. */
  syntaxError(path: string, text: string, error: ScriptSyntaxError): string
  /** How an exception nobody caught ends the process. */
  uncaught(m: Machine, error: Value): { readonly code: number; readonly text: string }
  /** Whether something keeps the process alive. */
  alive(m: Machine): boolean
  /** Whether requests are answered now, or wait in the kernel. */
  listening(m: Machine): boolean
  serve(m: Machine, server: Server, request: HttpRequest, sourceIp: string): Served | 'hang' | 'reset'
  signal(m: Machine, signal: string): void
  /** Answers a request for a file of a directory. */
  file(ctx: ProcessContext, directory: string, request: HttpRequest, sourceIp: string): { readonly served: Served; readonly line: string }
  /** After a turn: throws what nobody caught. */
  settled(m: Machine): void
  /** Before the process ends by itself: handlers of its end. */
  ending(m: Machine, code: number): void
}

type State =
  | { readonly kind: 'running'; readonly script: ScriptState }
  | { readonly kind: 'files'; readonly port: number; readonly directory: string }
  | { readonly kind: 'ended' }

const ENDED: State = { kind: 'ended' }
const SLICE = 25_000
/** What a slice takes at a real interpreter's pace. */
const SLICE_MS = 10
const BUSY_MS = 1_000
/** Slices at that pace since the script last waited. */
const EAGER = 40
const REQUEST_MS = 1
/** Instructions that count as one step of the world's budget. */
const A_STEP = 20
/** Values that are looked through at the end of a slice and count as one step. */
const VALUES_A_STEP = 5
const INSTRUCTION_MS = 0.0002

export const freshState: ScriptState = {
  modules: [],
  globals: [],
  heap: emptyHeap,
  threads: [],
  tasks: [],
  servers: [],
  signals: {},
  stdout: '',
  stderr: '',
  busyUntilMs: 0,
  next: 1,
  draws: 0,
  toil: 0,
}

export const notSimulatedText = (runtime: Pick<Runtime, 'language'>, path: string, error: NotSimulated): string =>
  `clusterlab: ${path}, line ${error.line}: ${error.message} is not simulated by this lab's ${runtime.language.name}`

export function scriptProgram(runtime: Runtime): Program<State> {
  const print =
    (ctx: ProcessContext): Machine['print'] =>
    (text, stream) =>
      ctx.log(text.endsWith('\n') ? text.slice(0, -1) : text, stream)
  const machineOf = (script: ScriptState, ctx: ProcessContext): Machine => new Machine(script, runtime.language, ctx, print(ctx))

  const finish = (m: Machine, code: number): State => {
    flush(m, 'stdout', true)
    flush(m, 'stderr', true)
    m.ctx.spend?.(Math.ceil(m.steps / A_STEP))
    m.ctx.exit(code)
    return ENDED
  }

  /** Does something with the machine; however that ends. */
  const guarded = (m: Machine, act: () => State): State => {
    try {
      return act()
    } catch (error) {
      if (error instanceof Exit) return finish(m, error.code)
      if (error instanceof NotSimulated) {
        m.stderr += `${notSimulatedText(runtime, m.modules.at(-1)?.path ?? '', error)}\n`
        return finish(m, 1)
      }
      if (error instanceof Endless) {
        m.ctx.hang()
        m.ctx.cpu(Math.min(m.ctx.limits.cpuMilli ?? 1000, 1000))
        return { kind: 'running', script: { ...m.store(0), stuck: true } }
      }
      if (!(error instanceof Thrown)) throw error
      const { code, text } = runtime.uncaught(m, error.value)
      m.stderr += text
      runtime.ending(m, code)
      return finish(m, code)
    }
  }

  /** Lets the threads run and says when to go on. */
  const drive = (m: Machine, toil: number): State => {
    const { ctx } = m
    const idle = m.run(SLICE)
    runtime.settled(m)
    if (idle && !runtime.alive(m)) {
      runtime.ending(m, 0)
      if (!runtime.alive(m)) return finish(m, 0)
    }
    const script = m.store(0)
    // What a slice costs here: its instructions, and the objects that are there.
    const busy = idle ? 0 : toil + 1 + Math.floor(m.heap.work / SLICE)
    if (idle) {
      const due = [...m.threads.flatMap((t) => (t.wait?.k === 'sleep' ? [t.wait.untilMs] : [])), ...m.tasks.map((t) => t.dueMs)]
      if (due.length > 0) ctx.timer('go', Math.max(0, Math.min(...due) - ctx.nowMs))
      ctx.cpu(1)
    } else {
      ctx.timer('go', busy <= EAGER ? SLICE_MS * slowdown(ctx) : BUSY_MS)
      ctx.cpu(Math.min(ctx.limits.cpuMilli ?? 1000, 1000))
    }
    ctx.burn(m.steps * INSTRUCTION_MS)
    ctx.spend?.(Math.ceil(m.steps / A_STEP + m.heap.work / VALUES_A_STEP))
    ctx.memory(runtime.baseBytes + script.heap.bytes)
    return { kind: 'running', script: { ...script, toil: busy } }
  }

  const begin = (path: string, text: string, ctx: ProcessContext): State => {
    const m = machineOf(freshState, ctx)
    ctx.memory(runtime.baseBytes)
    return guarded(m, () => {
      try {
        runtime.language.compile(text, path)
      } catch (error) {
        if (error instanceof RangeError) throw new NotSimulated('a script nested so deeply', 1)
        if (!(error instanceof ScriptSyntaxError)) throw error
        m.addModule(path, text)
        m.stderr += runtime.syntaxError(path, text, error)
        throw new Exit(1)
      } finally {
        if (m.modules.length === 0) m.addModule(path, text)
      }
      runtime.prepare?.(m, 0)
      m.spawn([m.frameOf(0)])
      return drive(m, 0)
    })
  }

  const request = (state: State & { kind: 'running' }, event: ProcessEvent & { type: 'request' }, ctx: ProcessContext): State => {
    const server = state.script.servers.find((s) => s.port === event.port)
    if (server === undefined) {
      ctx.reset()
      return state
    }
    if (event.protocol !== 'http') {
      ctx.reply(null)
      return state
    }
    const m = machineOf(state.script, ctx)
    if (state.script.stuck === true || !runtime.listening(m)) {
      ctx.hang()
      return state
    }
    const asked = event.payload as HttpRequest
    if (server.directory !== undefined) return file(state, server.directory, asked, event.sourceIp, ctx)
    return guarded(m, () => {
      const served = runtime.serve(m, server, asked, event.sourceIp)
      const waited = server.oneByOne ? Math.max(0, m.busyUntilMs - ctx.nowMs) : 0
      const cpuMs = m.steps * INSTRUCTION_MS
      ctx.burn(cpuMs + REQUEST_MS)
      ctx.spend?.(Math.ceil(m.steps / A_STEP))
      const serviceMs = (cpuMs + REQUEST_MS) * slowdown(ctx) + m.delayMs + waited
      if (served === 'hang') ctx.hang()
      else if (served === 'reset') ctx.reset()
      else ctx.reply({ status: served.status, headers: served.headers, body: asked.method === 'HEAD' ? '' : served.body }, serviceMs)
      if (server.oneByOne && m.delayMs > 0) {
        m.busyUntilMs = ctx.nowMs + waited + m.delayMs
        m.changed = true
      }
      return m.changed || m.heap.changed ? drive(m, state.script.toil) : state
    })
  }

  const file = <S extends State>(state: S, directory: string, asked: HttpRequest, sourceIp: string, ctx: ProcessContext): S => {
    const { served, line } = runtime.file(ctx, directory, asked, sourceIp)
    ctx.log(line, 'stderr')
    ctx.burn(REQUEST_MS)
    ctx.reply({ ...served, body: asked.method === 'HEAD' ? '' : served.body }, REQUEST_MS)
    return state
  }

  return {
    name: runtime.name,
    executables: runtime.executables,
    commands: runtime.commands,
    start(ctx) {
      const launch = runtime.launch(ctx)
      if (launch.kind === 'script') return begin(launch.path, launch.text, ctx)
      ctx.memory(runtime.baseBytes)
      if (launch.kind === 'said') {
        if (launch.text !== '') ctx.log(launch.text, launch.stream)
        ctx.exit(launch.exitCode)
        return ENDED
      }
      if (!ctx.listen(launch.port)) {
        ctx.log(
          ctx.mayBind(launch.port) ? 'OSError: [Errno 98] Address already in use' : 'PermissionError: [Errno 13] Permission denied',
          'stderr',
        )
        ctx.exit(1)
        return ENDED
      }
      if (launch.greeting !== '') ctx.log(launch.greeting)
      return { kind: 'files', port: launch.port, directory: launch.directory }
    },
    on(state, event, ctx) {
      if (state.kind === 'ended') return state
      if (state.kind === 'files') {
        if (event.type === 'request' && event.protocol === 'http')
          return file(state, state.directory, event.payload as HttpRequest, event.sourceIp, ctx)
        if (event.type === 'request') ctx.reply(null)
        if (event.type === 'signal' && event.signal === 'INT') ctx.exit(0)
        return state
      }
      switch (event.type) {
        case 'request':
          return request(state, event, ctx)
        case 'timer': {
          if (state.script.stuck === true) return state
          const m = machineOf(state.script, ctx)
          return guarded(m, () => {
            m.wake(ctx.nowMs)
            return drive(m, state.script.toil)
          })
        }
        case 'signal': {
          if (state.script.stuck === true) return state
          const m = machineOf(state.script, ctx)
          return guarded(m, () => {
            runtime.signal(m, event.signal)
            return m.changed || m.heap.changed ? drive(m, 0) : state
          })
        }
        case 'load':
          ctx.cpu(Math.min(ctx.limits.cpuMilli ?? 1000, 1 + event.perSecond * REQUEST_MS))
          return state
        default:
          return state
      }
    },
  }
}

/** Runs a script beside the main process, from start to end at this instant: `kubectl exec … -- python3 -c …`. What it waits takes no time. */
export function runBeside(runtime: Runtime, launch: Launch, ctx: ProcessContext): { exitCode: number; stdout: string; stderr: string } {
  if (launch.kind === 'said')
    return {
      exitCode: launch.exitCode,
      stdout: launch.stream === 'stdout' ? `${launch.text}\n` : '',
      stderr: launch.stream === 'stderr' ? `${launch.text}\n` : '',
    }
  if (launch.kind === 'files')
    return { exitCode: 1, stdout: '', stderr: 'clusterlab: a server runs as the container’s own process, not beside it\n' }
  const said = { stdout: '', stderr: '' }
  const m = new Machine(freshState, runtime.language, ctx, (text, stream) => {
    said[stream] += text
  })
  let exitCode = 0
  try {
    m.addModule(launch.path, launch.text)
    runtime.language.compile(launch.text, launch.path)
    runtime.prepare?.(m, 0)
    m.runModule(0)
    for (let i = 0; i < 100 && m.tasks.length > 0; i++) {
      m.delayMs = Math.max(m.delayMs, Math.min(...m.tasks.map((t) => t.dueMs)) - ctx.nowMs)
      m.wake(m.nowMs)
      m.run(SLICE)
    }
    m.run(SLICE)
    runtime.settled(m)
    if (m.threads.some((t) => t.wait?.k === 'forever') || m.servers.length > 0)
      throw new NotSimulated('a server or an endless wait beside the main process', 1)
    runtime.ending(m, 0)
  } catch (error) {
    exitCode = 1
    if (error instanceof Exit) exitCode = error.code
    else if (error instanceof Thrown) {
      const { code, text } = runtime.uncaught(m, error.value)
      exitCode = code
      m.stderr += text
    } else if (error instanceof NotSimulated) m.stderr += `${notSimulatedText(runtime, launch.path, error)}\n`
    else if (error instanceof ScriptSyntaxError) m.stderr += runtime.syntaxError(launch.path, launch.text, error)
    else if (error instanceof RangeError) m.stderr += 'clusterlab: a script nested so deeply is not simulated\n'
    else if (error instanceof Endless) m.stderr += 'clusterlab: the command does not come to its end\n'
    else throw error
  }
  flush(m, 'stdout', true)
  flush(m, 'stderr', true)
  ctx.spend?.(Math.ceil(m.steps / A_STEP))
  return { exitCode, ...said }
}
