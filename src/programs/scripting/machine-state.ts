/** What a machine holds while it runs, made from a stored state and written back to one. */
import type { ProcessContext } from '../contract.ts'
import { NotSimulated } from './ast.ts'
import type { Code } from './compile.ts'
import { Heap } from './heap.ts'
import type { Language } from './language.ts'
import type { Frame, ScriptState, Server, Task, Thread, Wait } from './state.ts'
import { isRef, type Thing, type Value } from './values.ts'

/** Values, and eighths of characters, written out as text in one event. */
const MOST_WRITTEN = 1_000_000

const MOST_THREADS = 2_000

export class MachineState {
  #written = 0
  readonly ctx: ProcessContext
  /** Where what it prints goes: whole lines. */
  readonly print: (text: string, stream: 'stdout' | 'stderr') => void
  readonly language: Language
  readonly heap: Heap
  readonly modules: { path: string; text: string }[]
  readonly globals: number[]
  threads: Thread[]
  tasks: Task[]
  servers: Server[]
  signals: Record<string, Value>
  stdout: string
  stderr: string
  busyUntilMs: number
  next: number
  draws: number
  /** Instructions of this event. */
  steps = 0
  /** Milliseconds that a request spent waiting: sleeps and calls of others. */
  delayMs = 0
  /** Set by a builtin that makes its thread wait. */
  pending: Wait | undefined
  /** Something beyond the heap changed. */
  changed = false
  /** Promises that failed and nobody looked at yet. */
  rejected: Value[] = []
  current: Thread | undefined

  constructor(state: ScriptState, language: Language, ctx: ProcessContext, print: MachineState['print']) {
    this.ctx = ctx
    this.print = print
    this.language = language
    this.heap = new Heap(state.heap)
    this.modules = [...state.modules]
    this.globals = [...state.globals]
    this.threads = state.threads.map((t) => ({
      ...t,
      frames: t.frames.map((f) => ({ ...f, stack: [...f.stack], blocks: [...f.blocks], kept: [...f.kept] })),
    }))
    this.tasks = [...state.tasks]
    this.servers = [...state.servers]
    this.signals = { ...state.signals }
    this.stdout = state.stdout
    this.stderr = state.stderr
    this.busyUntilMs = state.busyUntilMs
    this.next = state.next
    this.draws = state.draws
  }

  /** The state after the event: what nobody can reach is left out. */
  store(toil: number): ScriptState {
    const roots: Value[] = [...this.globals.map((r) => ({ r })), ...this.servers.map((s) => s.handler), ...Object.values(this.signals)]
    for (const t of this.tasks) roots.push(t.fn, ...t.args)
    for (const t of this.threads) {
      if (t.promise !== undefined) roots.push(t.promise)
      if (t.wait?.k === 'promise') roots.push(t.wait.promise)
      for (const f of t.frames) {
        roots.push({ r: f.scope }, ...f.stack, ...f.kept, ...f.blocks.map((b) => ({ r: b.scope })))
        if (f.self !== undefined) roots.push(f.self)
        if (f.made !== undefined) roots.push(f.made)
        if (f.waited?.k === 'promise') roots.push(f.waited.promise)
      }
    }
    const { modules, globals, threads, tasks, servers, signals, stdout, stderr, busyUntilMs, next, draws } = this
    return {
      modules,
      globals,
      heap: this.heap.store(roots),
      threads,
      tasks,
      servers,
      signals,
      stdout,
      stderr,
      busyUntilMs,
      next,
      draws,
      toil,
    }
  }

  /** The clock as the script sees it: a request's waits count. */
  get nowMs(): number {
    return this.ctx.nowMs + this.delayMs
  }

  // ── modules, threads ──

  codeOf(module: number): readonly Code[] {
    const m = this.modules[module]!
    return this.language.compile(m.text, m.path)
  }

  /** Adds a module's text; gives its number. */
  addModule(path: string, text: string): number {
    const scope = this.heap.make({ t: 'scope', v: {}, up: null })
    this.modules.push({ path, text })
    this.globals.push(scope.r)
    this.changed = true
    return this.modules.length - 1
  }

  frameOf(module: number): Frame {
    return { module, code: 0, pc: 0, stack: [], scope: this.globals[module]!, blocks: [], kept: [] }
  }

  spawn(frames: Frame[], more: Partial<Thread> = {}): Thread {
    if (this.threads.length >= MOST_THREADS) throw new NotSimulated(`more than ${MOST_THREADS} threads at once`, this.line)
    const thread: Thread = { id: this.next++, frames, daemon: false, ...more }
    this.threads.push(thread)
    this.changed = true
    return thread
  }

  get line(): number {
    const frame = this.current?.frames.at(-1)
    if (frame === undefined) return 0
    return this.codeOf(frame.module)[frame.code]!.ops[Math.max(0, frame.pc - 1)]?.l ?? 0
  }

  /** Where the current thread is, outermost first. */
  trace(): { path: string; line: number; name: string }[] {
    return (this.current?.frames ?? []).map((f) => {
      const code = this.codeOf(f.module)[f.code]!
      return { path: this.modules[f.module]!.path, line: code.ops[Math.max(0, f.pc - 1)]?.l ?? 0, name: code.name }
    })
  }

  /** The next value of an iterator; undefined at its end. */
  step(iterator: Value): Value | undefined {
    const it = this.heap.of(iterator)
    if (it?.t !== 'iter') return undefined
    const mine = this.heap.edit(iterator as { r: number }) as Thing & { t: 'iter' }
    if (it.step !== undefined) {
      if (it.step > 0 ? it.i >= it.end! : it.i <= it.end!) return undefined
      const value = it.i
      mine.i += it.step
      return value
    }
    if (it.values !== undefined) return it.i < it.values.length ? it.values[mine.i++] : undefined
    const list = this.heap.of(it.list)
    if (list?.t !== 'list' && list?.t !== 'tuple') return undefined
    const lead = list.lead?.n ?? 0
    const at = mine.i++
    if (at < lead) return list.lead!.v
    return at - lead < list.v.length ? list.v[at - lead] : undefined
  }

  // ── names ──

  /** What a function in a class's body sees: not the names of that body. */
  visible(r: number): number {
    let at = r
    while (this.scopeAt(at).cls === 1) at = this.scopeAt(at).up!
    return at
  }

  scopeAt(r: number): Thing & { t: 'scope' } {
    return this.heap.get({ r }) as Thing & { t: 'scope' }
  }
  editScope(r: number): Thing & { t: 'scope' } {
    return this.heap.edit({ r }, 16) as Thing & { t: 'scope' }
  }

  /** One more value is written out as text: so many in one go, since lists may hold the same list again and again. Throws NotSimulated. */
  walked(characters = 0): void {
    this.heap.work += 8
    this.#written += 1 + (characters >> 3)
    if (this.#written > MOST_WRITTEN) throw new NotSimulated('writing out so many values at once', this.line)
  }

  /** A list's values, laid out; more than a million are refused. */
  listed(v: Value): readonly Value[] {
    const list = this.heap.of(v)
    if (list?.t !== 'list' && list?.t !== 'tuple') return []
    if (list.lead === undefined) return list.v
    if (list.lead.n > 100_000) throw new NotSimulated('laying out a list of more than 100,000 equal items', this.line)
    return [...Array.from({ length: list.lead.n }, () => list.lead!.v), ...list.v]
  }

  /** Whether a value is a reference to that sort of thing. */
  is<K extends Thing['t']>(v: Value | undefined, kind: K): (Thing & { t: K }) | undefined {
    const thing = isRef(v) ? this.heap.get(v) : undefined
    return thing?.t === kind ? (thing as Thing & { t: K }) : undefined
  }
}
