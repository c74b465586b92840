/** Expansion inside a frame: tried, given up at a command substitution (a forked process whose output is collected), tried again. */
import type { SyntaxNode } from 'unbash'
import { environment } from './environment.ts'
import { Expansion } from './expand.ts'
import type { Kernel } from './kernel.ts'
import { type Program, program } from './program.ts'
import { afterCommand } from './run.ts'
import { type Frame, type Memo, type Process, type ScriptError, Suspend } from './state.ts'

interface Expanding {
  memo?: Memo
  sub?: { pid: number; pipe: number }
}

export function programOf(kernel: Kernel, frame: { s: number }): Program {
  return program(kernel.machine.sources[frame.s] ?? '')
}

export function nodeOf(kernel: Kernel, frame: { s: number; n: number }): SyntaxNode {
  const made = programOf(kernel, frame)
  return made.nodes[frame.n] ?? made.nodes[0]!
}

/** Runs an expansion in a frame. `undefined`: it waits for a command substitution and the frame will be handled again. */
export function expandHere<T>(kernel: Kernel, process: Process, frame: Frame, work: (x: Expansion) => T): T | undefined {
  const state = frame as Frame & Expanding
  if (state.sub !== undefined && !collect(kernel, process, state)) return undefined
  const memo = state.memo ?? []
  const x = new Expansion(environment(kernel, process), programOf(kernel, frame), memo)
  try {
    const result = work(x)
    delete state.memo
    return result
  } catch (error) {
    if (!(error instanceof Suspend) || error.reason !== 'substitution') throw error
    state.memo = memo
    startSubstitution(kernel, process, state, error)
    return undefined
  }
}

function startSubstitution(kernel: Kernel, process: Process, frame: Expanding, wanted: Suspend): void {
  const made = program(wanted.text)
  const node = made.nodes[wanted.node]
  const script = node !== undefined && 'script' in node ? node.script : undefined
  const memo = frame.memo!
  if (script === undefined) {
    memo[memo.length - 1] = { d: '' }
    return
  }
  const { pipe, writer } = kernel.pipe(true)
  const s = kernel.source(wanted.text)
  const child = kernel.fork(process, [{ k: 'list', s, n: made.ids.get(script)!, i: 0 }], { ...process.fds, 1: writer })
  child.condition = undefined
  if (process.shellName === 'bash') delete child.options.errexit
  frame.sub = { pid: child.pid, pipe }
  process.block = { k: 'child', pids: [child.pid] }
}

function collect(kernel: Kernel, process: Process, frame: Expanding): boolean {
  const { pid, pipe } = frame.sub!
  if (kernel.process(pid) !== undefined) {
    process.block = { k: 'child', pids: [pid] }
    return false
  }
  const memo = frame.memo!
  memo[memo.length - 1] = { d: (kernel.machine.pipes[pipe]?.text ?? '').replaceAll('\0', '') }
  delete kernel.machine.pipes[pipe]
  process.substStatus = process.done[pid] ?? 0
  process.status = process.substStatus
  delete process.done[pid]
  delete frame.sub
  return true
}

/** `bash: ` or `sh: ` before a message of the shell itself. */
export function complain(kernel: Kernel, process: Process, message: string): void {
  kernel.write(process, 2, `${process.shellName}: ${message}\n`)
}

/** An error of the script: told on stderr; it ends a script (not a prompt), or only the command. */
export function failScript(kernel: Kernel, process: Process, error: ScriptError): void {
  complain(kernel, process, error.message)
  process.status = error.status
  if (process.interactive) {
    const first = process.frames.find((frame) => frame.k === 'restore')
    if (first?.k === 'restore') process.fds = first.fds
    process.frames.length = 0
    return
  }
  if (!error.fatal) {
    process.frames.pop()
    afterCommand(kernel, process)
    return
  }
  const first = process.frames.find((frame) => frame.k === 'restore')
  if (first?.k === 'restore') process.fds = first.fds
  kernel.finish(process, error.status)
}
