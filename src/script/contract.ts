/**
 * The script room's public types: the shell language that serves the player's prompt and containers' `sh -c`, and the small tools.
 * Modelled on POSIX sh (XCU 2) with common bash 5 extensions; a shell's whole state is plain JSON, so it can be stored, rewound and replayed.
 */
import type { Credentials } from './credentials.ts'
import type { FileView } from './files.ts'

export type { FileErrorCode, FileKind, FileStat, FileView } from './files.ts'

/** Any plain JSON value. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/**
 * The state of one shell with all its processes, pipes and open files. Opaque plain JSON: store it, copy it, never look inside.
 * Every function of this room takes a state (frozen or not) and gives a new one; it never changes the one it was given.
 */
export interface ShellState {
  readonly format: 'shell/1'
  readonly [key: string]: unknown
}

/** A piece of what the shell printed; pieces come in the order in which they were written. */
export interface OutputChunk {
  readonly fd: 1 | 2
  readonly text: string
}

/** Options of `startShell`. */
export interface StartOptions {
  /** The positional parameters `$0 $1 …`; `$0` is `shellName` when absent. */
  readonly argv?: readonly string[]
  /** Exported variables. */
  readonly env?: Readonly<Record<string, string>>
  /** Absolute working directory; `/` when absent. */
  readonly cwd?: string
  /** Source text that defines functions and aliases, run first and silently. */
  readonly functions?: string
  /** Words errors as this shell does: `bash` (`bash: foo: command not found`) or `sh` (`sh: foo: not found`). */
  readonly shellName?: string
  /** What stdin holds. `closed` (default) is an empty input, `open` waits for `feedInput`. */
  readonly stdin?: 'closed' | 'open' | { readonly text: string }
  /** A prompt's shell: it outlives its script, takes more through `runMore`, and an error never ends it. */
  readonly interactive?: boolean
  /** Virtual milliseconds that pass for each command that is not a builtin. 0 when absent. */
  readonly commandDelayMs?: number
  /** Process id of the shell itself (`$$`). 1 when absent, as in a container. */
  readonly pid?: number
  /** The number of its first draw: apart from those of other shells that draw from the same source. 0 when absent. */
  readonly firstDraw?: number
  /** What `id`, `whoami`, `hostname`, `uname` read besides `env`. */
  readonly user?: string
  /** Who its processes are. Absent at a prompt, where nobody is refused and files show the prompt's user. */
  readonly credentials?: Credentials
}

/** Something the shell cannot answer by itself. `id` names it in `resume`. A request that is gone from the list was cancelled. */
export type WaitRequest =
  /** Step again once `host.now()` has reached this time; no answer is needed. */
  | { readonly id: number; readonly kind: 'sleep'; readonly untilMs: number }
  /** Somebody reads an open stdin: `feedInput`. */
  | { readonly id: number; readonly kind: 'input' }
  /** `host.external` or a tool gave `{wait: data}`: the driver works on `data` and answers with `resume`. */
  | { readonly id: number; readonly kind: 'external'; readonly name: string; readonly data: Json }

/** The driver's answer to an `external` request. Without `exitCode` the command goes on waiting (streams); `data` replaces its request. */
export interface WaitAnswer {
  readonly id: number
  readonly stdout?: string
  readonly stderr?: string
  readonly exitCode?: number
  /** For a host command: the new request's data. For a tool: what its `resume` is given. */
  readonly data?: Json
}

export type ShellStatus =
  /** The script is over. `exited`: the shell itself is gone (always so unless interactive). `requests` are those of background jobs. */
  | { readonly kind: 'done'; readonly exitCode: number; readonly exited: boolean; readonly requests: readonly WaitRequest[] }
  | { readonly kind: 'wait'; readonly requests: readonly WaitRequest[] }
  /** A budget is used up; stepping again with a new budget goes on from there. */
  | { readonly kind: 'limit'; readonly limit: 'steps' | 'output' | 'memory' }

export interface StepResult {
  readonly state: ShellState
  readonly output: readonly OutputChunk[]
  readonly status: ShellStatus
  /** How much of the budget was used. */
  readonly steps: number
  /** How many commands that are no builtins were started. */
  readonly commands: number
  /** How many processes of the machine the shell is now. */
  readonly tasks: number
}

/** What one call of `step` may use. */
export interface Budget {
  /** Shell steps: about one a command, plus one for each kilobyte moved. */
  readonly steps: number
  /** Characters of output in this call; 1,000,000 when absent. */
  readonly output?: number
  /** Says nothing of jobs that end: that waits for the next prompt. */
  readonly silent?: boolean
}

/** A command that the host runs (kubectl, curl, helm …). */
export interface ExternalCall {
  readonly name: string
  /** `argv[0]` is the name as typed. */
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  /**
   * All of stdin. Ask before doing anything else, and only if the command reads it: where input is still to come the call is given
   * up here (it throws a private signal, never catch it) and made again, from its start, at the end of input.
   */
  stdin(): string
  readonly files: FileView
  now(): number
}

/** Done at once, or a plain-data request that the driver answers later, perhaps with something printed already. */
export type CommandOutcome =
  | { readonly exitCode: number; readonly stdout?: string; readonly stderr?: string }
  | { readonly wait: Json; readonly stdout?: string; readonly stderr?: string }

/** One process as `ps` lists it. */
export interface RunningProcess {
  readonly pid: number
  readonly ppid: number
  readonly argv: readonly string[]
  readonly startedMs: number
  /** It has the processor; otherwise it waits. */
  readonly running: boolean
}

/** What a shell needs from the world; passed to each call, never stored. Everything is synchronous. */
export interface ShellHost {
  readonly files: FileView
  /** Virtual time, milliseconds since 1970. */
  now(): number
  /** A number in [0, 1) for the n-th draw of this shell (keyed: same n, same number). */
  random(n: number): number
  /** Runs a command of the host. `undefined`: there is no such command. Asked after builtins, functions and tools. */
  external(call: ExternalCall): CommandOutcome | undefined
  /** Whether `external` has a command of that name (`type`, `which`, `command -v` ask). */
  knows?(name: string): boolean
  /** Sends a signal to a process that is not of this shell; 0: only whether that may be done. No other processes where absent. */
  signal?(pid: number, name: string): 'sent' | 'missing' | 'refused'
  /** How many processes more than now the machine takes; few where absent. */
  processRoom?(): number
  /** The tools on this machine; `findTool` of `tools/index.ts` unless given (an image may lack `curl`, a host may add tools). */
  tool?(name: string): Tool | undefined
}

/** What a tool sees. Relative paths are made absolute with `path`. */
export interface ToolContext {
  /** `argv[0]` is the tool's name. */
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  readonly files: FileView
  /** `bash` at the prompt (GNU tools), `sh` in a container (busybox wording where tools differ). */
  readonly shellName: string
  readonly user: string
  /** Who the process is; absent at a prompt. */
  readonly credentials?: Credentials
  now(): number
  random(): number
  /** All of stdin; see `ExternalCall.stdin`. */
  stdin(): string
  path(path: string): string
  /** The processes of the shell it runs in, itself among them; `title`: the words that the shell was started with. */
  processes?(title: readonly string[]): readonly RunningProcess[]
  /** Sends a signal (`TERM`; `0` to ask) to any process. */
  kill?(pid: number, name: string): 'sent' | 'missing' | 'refused'
  /** Work done beyond moving text, in shell steps: what the budget is told of interpreters and searches. */
  charge?(steps: number): void
}

export interface ToolResult {
  readonly exitCode?: number
  readonly stdout?: string
  readonly stderr?: string
}

/** What a running step-machine tool wants next. */
export type ToolWant =
  /** More of stdin: answered with `input` (text, or `end`). */
  | { readonly kind: 'input' }
  /** To be called again once there is room for more output. */
  | { readonly kind: 'room' }
  | { readonly kind: 'sleep'; readonly untilMs: number }
  /** Something for the driver, as `CommandOutcome.wait`. */
  | { readonly kind: 'external'; readonly data: Json }
  /** To run a command (xargs, find -exec, timeout, watch); it inherits stdin unless `stdin` is given. */
  | {
      readonly kind: 'spawn'
      readonly argv: readonly string[]
      readonly stdin?: string
      readonly env?: Readonly<Record<string, string>>
      /** Keep its stdout for the answer instead of printing it. */
      readonly capture?: boolean
      /** Kill it (`signal`, TERM when absent) at this virtual time. */
      readonly untilMs?: number
      readonly signal?: string
    }

export type ToolEvent =
  | { readonly kind: 'input'; readonly text: string; readonly end: boolean }
  | { readonly kind: 'room' }
  | { readonly kind: 'woken' }
  | { readonly kind: 'answer'; readonly answer: WaitAnswer }
  | { readonly kind: 'exited'; readonly exitCode: number; readonly stdout: string; readonly timedOut: boolean }

export type ToolStep =
  | (ToolResult & { readonly done: true })
  | { readonly done: false; readonly stdout?: string; readonly stderr?: string; readonly state: Json; readonly want: ToolWant }

/** One small tool: `run` for those that need no more than their whole input, `start`/`resume` for those that stream, sleep or run commands. */
export interface Tool {
  readonly names: readonly string[]
  run?(ctx: ToolContext): ToolResult
  /**
   * Beside `run`, for tools that print as their input comes: how much of the input so far can be worked on already. What `run` gives for that much
   * must be the beginning of what it gives for all, and it must do nothing but print. 0: not before the end.
   */
  worksOn?(ctx: ToolContext, text: string): number
  start?(ctx: ToolContext): ToolStep
  resume?(state: Json, event: ToolEvent, ctx: ToolContext): ToolStep
}

/** What a signal did: a trap took it (it runs at the next step), the shell ignores it, or the default action applies (the driver decides: PID 1 is immune). */
export type SignalEffect = 'trap' | 'ignored' | 'default'
