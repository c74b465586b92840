/** A shell's processes as `ps` lists them, and signals to one of them from outside. */
import type { RunningProcess, ShellHost, ShellState } from '../contract.ts'
import { Kernel } from './kernel.ts'
import { handleFrame } from './run.ts'
import { harmless, signalNumbers } from './signals.ts'
import { type Machine, type Process, type ToolFrame, thaw } from './state.ts'
import { weightOf } from './tasks.ts'

const nowhere = { files: undefined, now: () => 0, random: () => 0, external: () => undefined } as unknown as ShellHost
const kernelOf = (machine: Machine): Kernel => new Kernel(machine, nowhere, { steps: 1000 }, handleFrame)

const toolOf = (process: Process): ToolFrame | undefined => {
  const top = process.frames[process.frames.length - 1]
  return top?.k === 'tool' && top.phase !== 'new' ? top : undefined
}

/** `title`: the words that the shell itself was started with. */
export function processesOf(kernel: Kernel, title: readonly string[]): RunningProcess[] {
  const list: RunningProcess[] = []
  for (const process of kernel.machine.processes) {
    const weight = weightOf(kernel, process)
    if (weight === 0) continue
    const { pid, parent: ppid, startMs: startedMs } = process
    const tool = toolOf(process)
    const running = tool?.phase === 'call'
    if (tool !== undefined && weight === 1) list.push({ pid, ppid, argv: tool.argv, startedMs, running })
    else list.push({ pid, ppid, argv: process.title ?? title, startedMs, running: false })
    if (tool?.pid !== undefined && weight === 2) list.push({ pid: tool.pid, ppid: pid, argv: tool.argv, startedMs, running })
  }
  return list
}

export const shellProcesses = (state: ShellState, title: readonly string[]): RunningProcess[] =>
  processesOf(kernelOf(state as unknown as Machine), title)

/** A signal to a process, or to the command that one waits for; false where there is no such number. */
export function signalPid(kernel: Kernel, pid: number, name: string): boolean {
  const process = kernel.process(pid)
  const owner = process ?? kernel.machine.processes.find((p) => p.frames.some((f) => f.k === 'tool' && f.pid === pid))
  if (owner === undefined) return false
  if (name === '0' || name === 'EXIT') return true
  if (process !== undefined) kernel.kill(process, name)
  else if (!harmless.has(name)) {
    // The shell goes on with its status.
    owner.frames.pop()
    owner.block = undefined
    owner.status = 128 + (signalNumbers[name] ?? 15)
  }
  return true
}

/** Sends a signal to one of a shell's processes that is not the shell itself; undefined where there is none of that number. */
export function signalProcess(state: ShellState, pid: number, name: string): ShellState | undefined {
  const machine = thaw(state as unknown as Machine)
  return signalPid(kernelOf(machine), pid, name) ? (machine as unknown as ShellState) : undefined
}
