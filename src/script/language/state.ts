/**
 * What a shell's state is made of: processes with frames (what each is in the middle of), open files, pipes and variables, all plain
 * JSON. Modelled on a small Unix: a pipeline's stages, subshells and background jobs are processes that share files as after fork(2).
 */

import type { Json, WaitAnswer } from '../contract.ts'
import type { Credentials } from '../credentials.ts'

/** A variable: `v` its text, `a` an array's elements by key (`m` an associative one); exported, read-only, integer. Replaced, never changed. */
export interface Variable {
  readonly v: string
  readonly a?: Readonly<Record<string, string>>
  readonly m?: 1
  readonly x?: 1
  readonly r?: 1
  readonly i?: 1
  /** Declared (export A, local A) but not set. */
  readonly u?: 1
}

/** A node of a source: `s` is a key of `sources`, `n` the node's number there. */
export interface NodeRef {
  readonly s: number
  readonly n: number
}

/** Results of expansions made so far for one command, so that it can go on after waiting for a command substitution. */
export type Memo = Json[]

export type Frame = { s: number; n: number; c?: boolean } & (
  | { k: 'list'; i: number }
  | { k: 'node'; memo?: Memo }
  | { k: 'andor'; i: number }
  | { k: 'pipe'; pids: number[]; statuses: number[]; neg: boolean; startMs?: number }
  | { k: 'restore'; fds: Record<string, number> }
  | { k: 'if'; i: number }
  | { k: 'for'; words: string[]; i: number }
  | { k: 'cfor'; stage: number }
  | { k: 'while'; stage: number; last: number }
  | { k: 'func'; args: string[]; locals: Record<string, Variable | null>; name: string; vars?: Record<string, Variable | null> }
  | { k: 'call'; dot: boolean; args?: string[]; vars?: Record<string, Variable | null> }
  | { k: 'await'; pid: number; neg?: boolean }
  /** `foreground`: it is `fg` that waits, so that Ctrl-C is theirs. */
  | { k: 'waitjobs'; pids: number[]; any: boolean; foreground?: boolean }
  | { k: 'read'; argv: string[]; text: string; untilMs?: number }
  | { k: 'trap'; status: number }
  | ToolFrame
  | { k: 'exec'; argv: string[]; env: Record<string, string> }
  | { k: 'halt'; status: number }
)

export interface ToolFrame {
  k: 'tool'
  s: number
  n: number
  c?: boolean
  name: string
  argv: string[]
  env: Record<string, string>
  phase: 'new' | 'delay' | 'call' | 'collect' | 'want' | 'external'
  input: string
  /** How much of the input was worked on before its end, and how much output was printed for it; see progress.ts. */
  worked?: number
  shown?: number
  /** A tool's state and what it waits for. */
  state?: Json
  want?: Json
  request?: number
  data?: Json
  child?: number
  /** Its process, where it has one of its own. */
  pid?: number
  pipe?: number
  captured?: string
  timedOut?: boolean
  answers?: WaitAnswer[]
  untilMs?: number
}

export type FrameOf<K extends Frame['k']> = Extract<Frame, { k: K }>

/** What an open file is. Descriptors of several processes may name the same one and share its position. */
export type OpenFile =
  | { k: 'in' }
  | { k: 'out' }
  | { k: 'err' }
  | { k: 'null' }
  | { k: 'zero' }
  | { k: 'random' }
  | { k: 'text'; text: string }
  | { k: 'reader'; pipe: number }
  | { k: 'writer'; pipe: number }
  | { k: 'file'; path: string; pos: number; read: boolean; write: boolean; append: boolean }

export type Block =
  | { k: 'child'; pids: number[] }
  | { k: 'read'; file: number }
  | { k: 'room'; file: number }
  | { k: 'sleep'; untilMs: number }
  | { k: 'external'; id: number }
  | { k: 'readUntil'; file: number; untilMs: number }
  | { k: 'childUntil'; pids: number[]; untilMs: number }

export interface Job {
  readonly pid: number
  readonly text: string
  readonly number: number
  readonly status?: number
}

export interface Process {
  pid: number
  parent: number
  frames: Frame[]
  vars: Record<string, Variable>
  functions: Readonly<Record<string, NodeRef>>
  aliases: Readonly<Record<string, string>>
  args: string[]
  options: Record<string, 1>
  cwd: string
  fds: Record<string, number>
  status: number
  statuses: number[]
  substStatus?: number
  block?: Block
  jobs: Job[]
  lastJob?: number
  traps: Record<string, string>
  pending: string[]
  done: Record<string, number>
  /** An enclosing condition in the parent switches `set -e` off here too. */
  condition?: boolean
  /** Runs as the shell that was started, or as a forked part of it. */
  sub: boolean
  shellName: string
  /** The words it was started with, where they are not the first shell's. */
  title?: readonly string[]
  interactive: boolean
  startMs: number
  optionIndex?: number
  exiting?: boolean
  /** `exec` has put a command in the shell's place: signals are that command's. */
  replaced?: boolean
}

export interface Machine {
  format: 'shell/1'
  sources: Record<string, string>
  nextId: number
  processes: Process[]
  files: Record<string, OpenFile>
  pipes: Record<string, { text: string; wide?: boolean }>
  input: { text: string; open: boolean }
  draws: number
  main: number
  exitCode?: number
  delayMs: number
  user: string
  credentials?: Credentials
  answers: Record<string, WaitAnswer[]>
}

/** A deep copy of plain JSON, sharing strings. */
export function copyJson<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    const out = new Array(value.length)
    for (let i = 0; i < value.length; i++) out[i] = copyJson(value[i])
    return out as T
  }
  const out: Record<string, unknown> = {}
  for (const key in value) out[key] = copyJson(value[key])
  return out as T
}

/** A machine that may be changed in place: copies what changes, shares what is only ever replaced (variables, functions, aliases). */
export function thaw(state: Machine): Machine {
  return {
    ...state,
    sources: { ...state.sources },
    processes: state.processes.map((process) => ({
      ...process,
      frames: process.frames.map(copyJson),
      vars: { ...process.vars },
      args: process.args.slice(),
      options: { ...process.options },
      fds: { ...process.fds },
      statuses: process.statuses.slice(),
      jobs: process.jobs.slice(),
      traps: { ...process.traps },
      pending: process.pending.slice(),
      done: { ...process.done },
    })),
    files: copyJson(state.files),
    pipes: copyJson(state.pipes),
    input: { ...state.input },
    answers: copyJson(state.answers),
  }
}

/** A private signal: the running expansion, tool or command needs something first and is tried again later. */
export class Suspend {
  readonly reason: 'input' | 'substitution'
  readonly text: string
  readonly node: number
  constructor(reason: 'input' | 'substitution', text = '', node = 0) {
    this.reason = reason
    this.text = text
    this.node = node
  }
}

/** An error of the script itself (bad substitution, unset variable, division by zero): it ends the command, or the shell. */
export class ScriptError extends Error {
  readonly fatal: boolean
  readonly status: number
  constructor(message: string, fatal = true, status = 1) {
    super(message)
    this.fatal = fatal
    this.status = status
  }
}

/** A budget is used up: nothing of the state is lost. */
export class LimitReached extends Error {
  readonly limit: 'steps' | 'output' | 'memory'
  constructor(limit: 'steps' | 'output' | 'memory') {
    super(limit)
    this.limit = limit
  }
}
