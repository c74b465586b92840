/**
 * Runs the instructions of a script's threads. What the languages differ in (operators, attributes, their library) is the `Language`'s; here
 * are calls, scopes, exceptions and waiting. A slice of instructions at a time: a loop without end holds nobody up.
 */
import { NotSimulated } from './ast.ts'
import { instruct } from './instructions.ts'
import { MachineState } from './machine-state.ts'
import type { Frame, Thread, Wait } from './state.ts'
import { isBuiltin, type Value } from './values.ts'

/** A thrown value of the script. */
export class Thrown extends Error {
  readonly value: Value
  constructor(value: Value) {
    super('thrown')
    this.value = value
  }
}
/** The script asked to end. */
export class Exit extends Error {
  readonly code: number
  constructor(code: number) {
    super('exit')
    this.code = code
  }
}

/** A request or callback that does not come to its end. */
export class Endless extends Error {}

const DEEPEST = 1000
/** Instructions of one call that cannot be interrupted: a request, a callback of a sort. */
const MOST_AT_ONCE = 3_000_000

export class Machine extends MachineState {
  #nested = 0
  #left = 0

  /** A thread for a call: timers, handlers of promises. A builtin is over at once. */
  start(fn: Value, args: readonly Value[], more: Partial<Thread> = {}): Thread {
    const thread = this.spawn([], more)
    const outer = this.current
    this.current = thread
    try {
      const done = this.enter(thread, fn, args, new Map(), false)
      if (thread.frames.length === 0) this.#end(thread, done ?? null, undefined)
    } catch (error) {
      if (!(error instanceof Thrown)) throw error
      this.#end(thread, null, error.value)
    } finally {
      this.current = outer
    }
    return thread
  }

  /** Runs every thread that can, for so many instructions; false: some have more to do. */
  run(budget: number): boolean {
    this.#left = budget
    for (let again = true; again; ) {
      again = false
      for (const thread of [...this.threads]) {
        if (thread.wait !== undefined || !this.threads.includes(thread)) continue
        if (this.#left <= 0) return false
        this.changed = true
        this.#turn(thread)
        again ||= thread.wait !== undefined || !this.threads.includes(thread)
        if (this.#left <= 0) return false
      }
    }
    return true
  }

  #turn(thread: Thread): void {
    const outer = this.current
    this.current = thread
    try {
      const value = thread.frames.length === 0 ? null : this.#execute(thread, 0)
      if (thread.frames.length === 0) this.#end(thread, value, undefined)
    } catch (error) {
      if (!(error instanceof Thrown)) throw error
      thread.frames = []
      this.#end(thread, null, error.value)
    } finally {
      this.current = outer
    }
  }

  #end(thread: Thread, value: Value, error: Value | undefined): void {
    this.threads = this.threads.filter((t) => t !== thread)
    for (const t of this.threads) if (t.wait?.k === 'thread' && t.wait.id === thread.id) delete t.wait
    this.language.ended(this, thread, value, error)
  }

  /** Wakes whom the time has come for; `since`: only calls that were planned since that number. */
  wake(nowMs: number, since = 0): void {
    for (const t of this.threads)
      if (t.wait?.k === 'sleep' && t.wait.untilMs <= nowMs) {
        delete t.wait
        this.changed = true
      }
    const due = this.tasks.filter((t) => t.dueMs <= nowMs && t.id >= since).sort((a, b) => a.dueMs - b.dueMs || a.id - b.id)
    if (due.length === 0) return
    this.changed = true
    this.tasks = this.tasks.flatMap((t) =>
      !(t.dueMs <= nowMs && t.id >= since) ? [t] : t.everyMs === undefined ? [] : [{ ...t, dueMs: t.dueMs + Math.max(1, t.everyMs) }],
    )
    for (const task of due) this.start(task.fn, task.args)
  }

  /** A handler of a signal comes between what a thread does or waits for. */
  interrupt(thread: Thread, fn: Value, args: readonly Value[]): void {
    const { wait } = thread
    delete thread.wait
    this.changed = true
    const outer = this.current
    this.current = thread
    const before = thread.frames.length
    try {
      this.enter(thread, fn, args, new Map(), false)
      const frame = thread.frames.at(-1)
      if (thread.frames.length > before && frame !== undefined) Object.assign(frame, { silent: true, ...(wait && { waited: wait }) })
      else if (wait !== undefined) thread.wait = wait
    } catch (error) {
      if (!(error instanceof Thrown)) throw error
      this.raiseIn(thread, error.value)
    } finally {
      this.current = outer
    }
  }

  /** Throws a value where a thread is. */
  raiseIn(thread: Thread, value: Value): void {
    delete thread.wait
    this.changed = true
    try {
      this.#unwind(thread, 0, value)
    } catch (error) {
      if (!(error instanceof Thrown)) throw error
      thread.frames = []
      this.#end(thread, null, value)
    }
  }

  /** Runs a module from its start to its end at this instant, waits added up: a command beside a process. Throws Thrown. */
  runModule(module: number): void {
    const thread = this.spawn([this.frameOf(module)])
    const outer = this.current
    this.current = thread
    this.#nested++
    this.#left = MOST_AT_ONCE
    try {
      this.#execute(thread, 0)
    } finally {
      this.#nested--
      this.current = outer
    }
  }

  /** Runs a frame to its end within the current thread: a module that is required. Throws Thrown. */
  runFrame(frame: Frame): void {
    const thread = this.current!
    const base = thread.frames.length
    this.#nested++
    thread.frames.push(frame)
    try {
      this.#execute(thread, base)
    } finally {
      this.#nested--
    }
  }

  /** Calls a function from outside all threads, at this instant: a request. What it waits is added up. Throws Thrown. */
  atOnce(fn: Value, args: readonly Value[]): Value {
    const thread: Thread = { id: 0, frames: [], daemon: true }
    const outer = this.current
    this.current = thread
    this.#nested++
    const left = this.#left
    this.#left = MOST_AT_ONCE
    try {
      const base = this.enter(thread, fn, args, new Map(), false)
      return base === undefined ? this.#execute(thread, 0) : base
    } finally {
      this.#nested--
      this.#left = left
      this.current = outer
    }
  }

  /** Calls a function of the script from within a builtin. Throws Thrown. */
  call(fn: Value, args: readonly Value[], names: ReadonlyMap<string, Value> = new Map(), isNew = false): Value {
    const thread = this.current!
    const base = thread.frames.length
    this.#nested++
    const left = this.#left
    this.#left = Math.max(left, MOST_AT_ONCE)
    try {
      const done = this.enter(thread, fn, args, names, isNew)
      return done === undefined ? this.#execute(thread, base) : done
    } finally {
      this.#nested--
      this.#left = Math.min(left, this.#left)
    }
  }

  /** Lets the thread wait; where it cannot (a request, a callback), its time is added up instead. */
  wait(wait: Wait): void {
    if (this.#nested === 0) {
      this.pending = wait
      return
    }
    if (wait.k === 'sleep') this.delayMs += Math.max(0, wait.untilMs - this.nowMs)
    else throw new NotSimulated('waiting inside a callback or a request', this.line)
  }

  fail(kind: string, message: string): never {
    throw new Thrown(this.language.error(this, kind, message))
  }

  // ── calls ──

  /** Begins a call: pushes a frame, or gives the value of a builtin at once (undefined: a frame was pushed). */
  enter(thread: Thread, fn: Value, args: readonly Value[], names: ReadonlyMap<string, Value>, isNew: boolean): Value | undefined {
    if (thread.frames.length > DEEPEST) this.language.tooDeep(this)
    if (isBuiltin(fn)) return this.language.callBuiltin(this, fn, args, names, isNew)
    const thing = this.heap.of(fn)
    if (thing?.t === 'fn') {
      const code = this.codeOf(thing.c[0])[thing.c[1]]!
      const self = thing.self
      const scope = this.heap.make({ t: 'scope', v: this.language.bind(this, code, thing, args, names), up: thing.sc })
      if (isNew) return this.language.construct(this, fn, args, names)
      const frame: Frame = {
        module: thing.c[0],
        code: thing.c[1],
        pc: 0,
        stack: [],
        scope: scope.r,
        blocks: [],
        kept: [],
        ...(self !== undefined && { self }),
      }
      if (!code.async) {
        thread.frames.push(frame)
        return undefined
      }
      // Its first part runs before its caller goes on.
      const promise = this.language.promise(this)
      this.#turn(this.spawn([frame], { promise }))
      return promise
    }
    if (thing?.t === 'class') return this.language.construct(this, fn, args, names)
    return this.language.callObject(this, fn, args, names)
  }

  /** Calls a function whose result is `made`, whatever it returns: constructors. Undefined: a frame was pushed. */
  push(fn: Value, args: readonly Value[], names: ReadonlyMap<string, Value>, made?: Value): Value | undefined {
    const thread = this.current!
    const before = thread.frames.length
    const done = this.enter(thread, fn, args, names, false)
    if (thread.frames.length === before) return made ?? done
    if (made !== undefined) thread.frames.at(-1)!.made = made
    return undefined
  }

  /** Makes `self` what an object's constructor is called on. */
  method(fn: Value, self: Value): Value {
    const thing = this.heap.of(fn)
    if (thing?.t === 'fn') return this.heap.make({ ...thing, self, presets: thing.presets, attrs: {} })
    return isBuiltin(fn) ? { b: fn.b, s: self } : fn
  }

  // ── instructions ──

  /** Runs a thread until its frames are as few as `base`, it waits, or the budget is spent. Gives what the last frame returned. */
  #execute(thread: Thread, base: number): Value {
    let result: Value = null
    while (thread.frames.length > base) {
      const frame = thread.frames.at(-1)!
      const { ops } = this.codeOf(frame.module)[frame.code]!
      try {
        for (;;) {
          if (this.#left-- <= 0) {
            if (this.#nested > 0) throw new Endless()
            return null
          }
          this.steps++
          if (this.heap.work > 64) this.#charge()
          const op = ops[frame.pc++]!
          if (op.o === 'RET') {
            thread.frames.pop()
            const value = frame.made ?? frame.stack.pop() ?? null
            if (frame.waited !== undefined) thread.wait = frame.waited
            if (thread.frames.length <= base) result = value
            else if (frame.silent !== true) thread.frames.at(-1)!.stack.push(value)
            if (thread.wait !== undefined) return result
            break
          }
          if (instruct(this, op, frame, thread)) {
            if (this.pending !== undefined) {
              thread.wait = this.pending
              this.pending = undefined
              return null
            }
            break
          }
        }
      } catch (error) {
        if (!(error instanceof Thrown)) throw this.#placed(error)
        this.pending = undefined
        this.#unwind(thread, base, error.value)
      }
    }
    return result
  }

  /** What the last instruction cost beyond itself: lists copied, texts laid out. */
  #charge(): void {
    const steps = this.heap.work >> 3
    this.heap.work = 0
    this.steps += steps
    this.#left -= steps
  }

  /** An error of ours with the script's line: what a library function here did not expect is not simulated either. */
  #placed(error: unknown): unknown {
    if (error instanceof NotSimulated) return error.line === 0 ? new NotSimulated(error.message, this.line) : error
    return error instanceof TypeError || error instanceof RangeError ? new NotSimulated('this use of a value', this.line) : error
  }

  #unwind(thread: Thread, base: number, value: Value): void {
    while (thread.frames.length > base) {
      const frame = thread.frames.at(-1)!
      const block = frame.blocks.pop()
      if (block === undefined) {
        thread.frames.pop()
        continue
      }
      frame.stack.length = block.depth
      frame.kept.length = block.kept
      frame.scope = block.scope
      frame.stack.push(value)
      frame.pc = block.handler
      return
    }
    throw new Thrown(value)
  }

  lookUp(frame: Frame, name: string): Value {
    for (let at: number | null = frame.scope; at !== null; ) {
      const scope = this.scopeAt(at)
      if (Object.hasOwn(scope.v, name)) return scope.v[name]!
      at = scope.up
    }
    return this.language.global(this, name, frame)
  }

  assign(frame: Frame, name: string, value: Value): void {
    for (let at: number | null = frame.scope; at !== null; ) {
      const scope = this.scopeAt(at)
      if (Object.hasOwn(scope.v, name)) {
        this.editScope(at).v[name] = value
        return
      }
      at = scope.up
    }
    this.language.undeclared(this, name)
    this.editScope(this.globals[frame.module]!).v[name] = value
  }
}
