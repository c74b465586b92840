/** What a running script is between two events: plain data. */
import type { StoredHeap } from './heap.ts'
import type { Value } from './values.ts'

export interface Block {
  readonly handler: number
  readonly depth: number
  readonly scope: number
  readonly kept: number
}

export interface Frame {
  readonly module: number
  readonly code: number
  pc: number
  stack: Value[]
  scope: number
  blocks: Block[]
  kept: Value[]
  self?: Value
  /** A constructor's call gives the object, whatever it returns. */
  made?: Value
  /** A handler of a signal gives nothing to what it interrupted. */
  silent?: true
  /** What the thread waited for before this frame came between. */
  waited?: Wait
}

export type Wait =
  | { readonly k: 'sleep'; readonly untilMs: number }
  /** Until it is woken by name: a server's loop, `signal.pause()`. */
  | { readonly k: 'forever' }
  | { readonly k: 'promise'; readonly promise: Value }
  | { readonly k: 'thread'; readonly id: number }

export interface Thread {
  readonly id: number
  frames: Frame[]
  wait?: Wait
  /** The promise of an async function, settled at its end. */
  promise?: Value
  daemon: boolean
}

/** A call that is due: setTimeout, setInterval. */
export interface Task {
  readonly id: number
  readonly dueMs: number
  readonly everyMs?: number
  readonly fn: Value
  readonly args: readonly Value[]
}

export interface Server {
  readonly port: number
  /** What answers: a class of handlers, a function. */
  readonly handler: Value
  /** One request after another (http.server) or many at once. */
  readonly oneByOne: boolean
  /** Files of this directory, where no handler is. */
  readonly directory?: string
}

export interface ScriptState {
  readonly modules: readonly { readonly path: string; readonly text: string }[]
  /** The scope of each module. */
  readonly globals: readonly number[]
  readonly heap: StoredHeap
  readonly threads: readonly Thread[]
  readonly tasks: readonly Task[]
  readonly servers: readonly Server[]
  /** Signal → function. */
  readonly signals: Readonly<Record<string, Value>>
  /** What was printed and not flushed. */
  readonly stdout: string
  readonly stderr: string
  /** Until when a server that takes one request after another is busy. */
  readonly busyUntilMs: number
  readonly next: number
  readonly draws: number
  /** Instructions since it last waited. */
  readonly toil: number
  /** A request never came to its end and holds everything up. */
  readonly stuck?: true
}
