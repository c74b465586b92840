/**
 * How many processes of the machine a shell is: itself, what it forked, and the commands they run. A command that is the last thing its
 * process does takes that process' place, as every shell's `exec` of a last command (fork(2), execve(2)).
 */
import { nodeOf } from './attempt.ts'
import type { Kernel } from './kernel.ts'
import { type Frame, type Process, ScriptError } from './state.ts'

/** Processes of one shell where the host does not say how many its machine takes, and at most. */
const MOST_UNKNOWN = 200
const MOST = 4000

/** Nothing comes after the frame on top. */
function isLast(kernel: Kernel, process: Process): boolean {
  if (process.replaced === true) return true
  if (process.traps.EXIT !== undefined || (process.interactive && process.pid === kernel.machine.main)) return false
  return process.frames.slice(0, -1).every((frame) => isSpent(kernel, frame))
}

function isSpent(kernel: Kernel, frame: Frame): boolean {
  if (frame.k === 'pipe') return frame.pids.length === 0 && !frame.neg && frame.startMs === undefined
  if (frame.k === 'restore') return true
  if (frame.k !== 'list') return false
  const node = nodeOf(kernel, frame)
  return 'commands' in node && frame.i >= (node.commands as readonly unknown[]).length
}

/** How many processes one of the shell's stands for: 0 where the shell that it started took its place, 2 where a command runs beside it. */
export function weightOf(kernel: Kernel, process: Process): 0 | 1 | 2 {
  const top = process.frames[process.frames.length - 1]
  if (top?.k === 'tool' && top.phase !== 'new') return isLast(kernel, process) ? 1 : 2
  if (top?.k === 'await' && isLast(kernel, process)) return 0
  return 1
}

/** Processes of the machine that the shell is now. */
export function tasksOf(kernel: Kernel): number {
  let count = 0
  for (const process of kernel.machine.processes) count += weightOf(kernel, process)
  return count
}

/** Nothing comes after what a process is about to start. */
export function hasNothingElse(kernel: Kernel, process: Process): boolean {
  if (process.traps.EXIT !== undefined || (process.interactive && process.pid === kernel.machine.main)) return false
  return process.frames.every((frame) => isSpent(kernel, frame))
}

/** Whether a command that is about to start needs a process of its own. */
export const needsProcess = (kernel: Kernel, process: Process): boolean => !isLast(kernel, process)

/** Throws `ScriptError` where the machine takes no process more (fork(2): EAGAIN). */
export function takeProcess(kernel: Kernel, parent: Process): void {
  const { host, machine } = kernel
  if (host.processRoom === undefined) {
    if (machine.processes.length < MOST_UNKNOWN) return
  } else if (machine.processes.length < MOST) {
    const tasks = tasksOf(kernel)
    kernel.mostTasks ??= tasks + host.processRoom()
    if (tasks < kernel.mostTasks) return
  }
  const bash = parent.shellName === 'bash'
  throw new ScriptError(`${bash ? 'fork: retry' : "can't fork"}: Resource temporarily unavailable`, true, bash ? 254 : 2)
}
