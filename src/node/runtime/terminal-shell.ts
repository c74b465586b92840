/**
 * `kubectl exec -it POD -- sh`: a shell at a container's terminal, which shows a prompt, takes a line at a time and lives until `exit` or the end
 * of its input. Its state, what was typed ahead included, is data.
 */
import type { OutputChunk, ShellState, StepResult } from '../../script/contract.ts'
import { checkSyntax, describeShell, feedInput, interrupt, reopenInput, runMore } from '../../script/language/shell.ts'
import type { ExecStep } from '../exec.ts'

const SHELLS = new Set(['sh', 'bash', 'ash', 'dash'])
const CONTINUED = '> '

export interface TerminalState {
  readonly terminal: true
  readonly shell: ShellState
  /** `debian`: bash prompts with user, host and folder; dash and busybox differ too. */
  readonly look: { readonly bash: boolean; readonly busybox: boolean; readonly host: string }
  /** Waits for a line, rather than for a command to end. */
  readonly idle: boolean
  /** Lines of a command that is not complete yet. */
  readonly begun: string
  readonly typed: string
  /** An end of file was typed (Ctrl-D): the shell's end at the prompt, the end of its input to a command that reads. */
  readonly ended: boolean
}

/** A shell without a script. */
export function isTerminalShell(argv: readonly string[]): boolean {
  const name = (argv[0] ?? '').replace(/^.*\//, '')
  return SHELLS.has(name) && argv.slice(1).every((word) => /^-[il]+$/.test(word))
}

export const isTerminalState = (state: unknown): state is TerminalState => (state as TerminalState | null)?.terminal === true

function promptOf({ shell, look }: TerminalState): string {
  if (!look.bash && !look.busybox) return '# '
  const { cwd, env } = describeShell(shell)
  const folder = cwd === (env['HOME'] ?? '/root') ? '~' : cwd
  return look.bash ? `root@${look.host}:${folder}# ` : `${folder} # `
}

type StepShell = (shell: ShellState) => { readonly result: StepResult; readonly wakeAtMs: number | undefined }

/** Goes on as far as what was typed allows. */
export function stepTerminal(from: TerminalState, stepShell: StepShell, fresh = false): ExecStep {
  const output: OutputChunk[] = []
  let state = from
  let counted: { readonly tasks?: number } = {}
  if (fresh) output.push({ fd: 2, text: promptOf(state) })
  for (;;) {
    if (state.idle) {
      const next = takeLine(state)
      if (next === undefined) {
        if (!state.ended) return { state, output, ...counted }
        return { state, output: [...output, { fd: 2, text: '\n' }], exitCode: describeShell(state.shell).status }
      }
      state = next
      if (state.idle) {
        output.push({ fd: 2, text: state.begun === '' ? promptOf(state) : CONTINUED })
        continue
      }
    }
    const { result, wakeAtMs } = stepShell(state.shell)
    output.push(...result.output)
    counted = { tasks: result.tasks }
    state = { ...state, shell: result.state }
    const { status } = result
    if (status.kind === 'done' && status.exited) return { state, output, exitCode: status.exitCode }
    if (status.kind !== 'done') {
      const reads = status.kind === 'wait' && status.requests.some((r) => r.kind === 'input')
      if (!reads || (state.typed === '' && !state.ended)) return { state, output, ...counted, ...(wakeAtMs !== undefined && { wakeAtMs }) }
      state = { ...state, shell: feedInput(state.shell, state.typed, state.ended), typed: '', ended: false }
      continue
    }
    state = { ...state, shell: reopenInput(state.shell), idle: true }
    output.push({ fd: 2, text: promptOf(state) })
  }
}

/** Ctrl-C: the command in the foreground ends; at the prompt what was begun is forgotten. */
export function interruptTerminal(state: TerminalState): TerminalState {
  return { ...state, shell: reopenInput(interrupt(state.shell)), idle: true, begun: '', typed: '' }
}

/** The next line given to the shell, or kept where the command goes on; undefined when none is there. */
function takeLine(state: TerminalState): TerminalState | undefined {
  const at = state.typed.indexOf('\n')
  if (at < 0) return undefined
  const source = `${state.begun}${state.typed.slice(0, at)}`
  const typed = state.typed.slice(at + 1)
  if (source.trim() === '') return { ...state, typed, begun: '' }
  if (source.endsWith('\\') || checkSyntax(source).some((p) => p.incomplete)) return { ...state, typed, begun: `${source}\n` }
  return { ...state, shell: runMore(state.shell, source), typed, begun: '', idle: false }
}
