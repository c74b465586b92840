/**
 * The simplest driver of a shell: steps it and lets virtual time jump to the next sleeper until it is over or waits for something else.
 * For scripts that need no world around them (tests, `EDITOR='sed -i …'`, checks that run a command).
 */
import type { OutputChunk, ShellHost, ShellState, ShellStatus } from './contract.ts'
import { step } from './language/shell.ts'

export interface DriveResult {
  readonly state: ShellState
  readonly output: readonly OutputChunk[]
  readonly status: ShellStatus
  readonly steps: number
}

/** Runs to the end. `passTime` moves the clock that `host.now` shows; `between` sees the state at every wait (and may replace it). */
export function drive(
  start: ShellState,
  host: ShellHost,
  passTime: (untilMs: number) => void,
  limits: { steps: number; output?: number; waits?: number; between?: (state: ShellState, status: ShellStatus) => ShellState },
): DriveResult {
  let state = start
  let steps = 0
  const output: OutputChunk[] = []
  for (let waits = 0; ; waits++) {
    const result = step(state, host, { steps: limits.steps - steps, ...(limits.output === undefined ? {} : { output: limits.output }) })
    steps += result.steps
    state = result.state
    output.push(...result.output)
    const { status } = result
    const sleepers = status.kind === 'wait' ? status.requests.flatMap((request) => (request.kind === 'sleep' ? [request.untilMs] : [])) : []
    if (status.kind !== 'wait' || waits >= (limits.waits ?? 10_000)) return { state, output, status, steps }
    if (limits.between !== undefined) state = limits.between(state, status)
    if (sleepers.length > 0) passTime(Math.min(...sleepers))
    else if (limits.between === undefined) return { state, output, status, steps }
    else if (state === result.state) return { state, output, status, steps }
  }
}

/** stdout and stderr of some output, apart and together. */
export function textOf(output: readonly OutputChunk[]): { stdout: string; stderr: string; all: string } {
  const pick = (fd: 1 | 2) => output.map((piece) => (piece.fd === fd ? piece.text : '')).join('')
  return { stdout: pick(1), stderr: pick(2), all: output.map((piece) => piece.text).join('') }
}
