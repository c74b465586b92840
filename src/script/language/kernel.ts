/**
 * The small Unix below the language while a state is being stepped: processes, scheduling, signals, open files and pipes. It changes a thawed
 * `Machine` in place; nothing of it survives a step except that machine. Modelled on fork(2), pipe(7), signal(7), wait(2).
 */
import type { Budget, OutputChunk, ShellHost, WaitRequest } from '../contract.ts'
import { appendTo } from '../files.ts'
import { harmless, signalNumbers } from './signals.ts'
import { type Block, type Frame, type FrameOf, LimitReached, type Machine, type OpenFile, type Process } from './state.ts'
import { takeProcess } from './tasks.ts'

const pipeRoom = 65_536
const maxHeldText = 16_000_000

export type FrameHandler = (kernel: Kernel, process: Process, frame: Frame) => void

/** What one attempt to read gave: `undefined` means nothing yet. */
export interface ReadResult {
  readonly text: string
  readonly end: boolean
}

export class Kernel {
  readonly machine: Machine
  readonly host: ShellHost
  readonly output: OutputChunk[] = []
  readonly handle: FrameHandler
  steps = 0
  commands = 0
  private printed = 0
  private readonly budget: Budget
  private filesBefore = 0
  /** How many processes of the machine the shell may be; known once it was asked for. */
  mostTasks: number | undefined

  constructor(machine: Machine, host: ShellHost, budget: Budget, handle: FrameHandler) {
    this.machine = machine
    this.host = host
    this.budget = budget
    this.handle = handle
  }

  // ── scheduling ──

  /** Runs every process until all wait, the main one is over or idle, or the budget is used up. */
  run(): void {
    const { machine } = this
    this.filesBefore = this.host.files.effort?.() ?? 0
    let idleSteps = 0
    for (let progressed = true; progressed && machine.exitCode === undefined; ) {
      progressed = false
      for (const process of machine.processes.slice()) {
        if (machine.exitCode !== undefined) break
        if (!machine.processes.includes(process)) continue
        if (process.interactive && process.pid === machine.main && process.frames.length === 0) continue
        if (process.block !== undefined && !this.isReady(process.block)) continue
        process.block = undefined
        progressed = true
        this.turn(process)
      }
      if (this.isIdle() && ++idleSteps > 50) break
    }
  }

  isIdle(): boolean {
    const main = this.process(this.machine.main)
    return main?.interactive === true && main.frames.length === 0
  }

  private turn(process: Process): void {
    for (let i = 0; i < 100 && process.block === undefined && this.alive(process); i++) {
      this.charge(1)
      const frame = process.frames[process.frames.length - 1]
      if (frame === undefined && process.interactive) return
      if (frame === undefined) this.finish(process)
      else this.handle(this, process, frame)
    }
  }

  private alive(process: Process): boolean {
    return this.machine.exitCode === undefined && this.process(process.pid) === process
  }

  /** Takes steps from the budget. Called between changes only, so that a state at its limit is whole. */
  charge(steps: number): void {
    this.steps += steps
    // What changes of files took is paid for elsewhere; here it only must not become too much at once.
    const files = (this.host.files.effort?.() ?? 0) - this.filesBefore
    if (this.steps + files > this.budget.steps) throw new LimitReached('steps')
    if (this.printed > (this.budget.output ?? 1_000_000)) throw new LimitReached('output')
  }

  /** Text read, written or handed over: little of it is free. Not charged at once, so that what is under way is done whole. */
  moved(length: number): void {
    if (length > 1024) this.steps += length >> 8
  }

  private isReady(block: Block): boolean {
    switch (block.k) {
      case 'child':
        return block.pids.every((pid) => this.process(pid) === undefined)
      case 'childUntil':
        return block.pids.every((pid) => this.process(pid) === undefined) || this.host.now() >= block.untilMs
      case 'read':
        return this.look(block.file) !== undefined
      case 'readUntil':
        return this.look(block.file) !== undefined || this.host.now() >= block.untilMs
      case 'room':
        return this.hasRoom(block.file)
      case 'sleep':
        return this.host.now() >= block.untilMs
      case 'external':
        return (this.machine.answers[block.id]?.length ?? 0) > 0
    }
  }

  /** What the driver has to do or wait for, in the processes' order. */
  requests(): WaitRequest[] {
    const out: WaitRequest[] = []
    for (const process of this.machine.processes) {
      const { block } = process
      if (block === undefined) continue
      if (block.k === 'sleep' || block.k === 'readUntil' || block.k === 'childUntil')
        out.push({ id: process.pid, kind: 'sleep', untilMs: block.untilMs })
      if ((block.k === 'read' || block.k === 'readUntil') && this.machine.files[block.file]?.k === 'in')
        out.push({ id: process.pid, kind: 'input' })
      if (block.k === 'external') {
        const frame = process.frames[process.frames.length - 1] as FrameOf<'tool'>
        out.push({ id: block.id, kind: 'external', name: frame.name, data: frame.data ?? null })
      }
    }
    return out
  }

  // ── processes ──

  process(pid: number): Process | undefined {
    for (const process of this.machine.processes) if (process.pid === pid) return process
    return undefined
  }

  id(): number {
    return this.machine.nextId++
  }

  source(text: string): number {
    const { sources } = this.machine
    for (const key in sources) if (sources[key] === text) return Number(key)
    const id = this.id()
    sources[id] = text
    return id
  }

  /** A copy of a process that runs these frames, `instead` of it where it has nothing else to do. Throws as `takeProcess`. */
  fork(parent: Process, frames: Frame[], fds: Record<string, number> = parent.fds, instead = false): Process {
    if (!instead) takeProcess(this, parent)
    this.steps += 8 + (this.machine.processes.length >> 3)
    const traps: Record<string, string> = {}
    for (const name in parent.traps) if (parent.traps[name] === '') traps[name] = ''
    const child: Process = {
      ...parent,
      pid: this.id(),
      parent: parent.pid,
      frames,
      vars: { ...parent.vars },
      args: parent.args.slice(),
      options: { ...parent.options },
      fds: { ...fds },
      statuses: [],
      jobs: [],
      traps,
      pending: [],
      done: {},
      condition: parent.condition === true || parent.frames.some((frame) => frame.c === true),
      sub: true,
      interactive: false,
      block: undefined,
      exiting: undefined,
    }
    this.machine.processes.push(child)
    return child
  }

  /** Natural end of a process: its EXIT trap, then its end. */
  finish(process: Process, status = process.status): void {
    process.frames.length = 0
    process.block = undefined
    const trap = process.traps.EXIT
    if (trap === undefined || trap === '' || process.exiting === true) {
      this.end(process, status)
      return
    }
    process.exiting = true
    process.status = status
    process.frames.push({ k: 'halt', s: 0, n: 0, status }, { k: 'list', s: this.source(trap), n: 0, i: 0 })
  }

  /** The end of a process: it is gone, its parent knows its status. */
  end(process: Process, status: number): void {
    const { machine } = this
    const code = status & 255
    machine.processes = machine.processes.filter((other) => other !== process)
    if (process.pid === machine.main) {
      machine.exitCode = code
      return
    }
    const parent = this.process(process.parent)
    if (parent === undefined) return
    parent.done[process.pid] = code
    const known = Object.keys(parent.done)
    if (known.length > 200) delete parent.done[known[0]!]
    parent.jobs = parent.jobs.map((job) => (job.pid === process.pid ? { ...job, status: code } : job))
  }

  // ── signals ──

  /** What a signal does to a process; a process below it in a pipeline or job is reached too when the default action ends it. */
  signal(process: Process, name: string): 'trap' | 'ignored' | 'default' {
    const trap = name === 'KILL' ? undefined : process.traps[name]
    if (trap === '') return 'ignored'
    if (trap !== undefined) {
      process.pending.push(name)
      this.wakeForTrap(process)
      return 'trap'
    }
    return harmless.has(name) ? 'ignored' : 'default'
  }

  /** `wait` and `read` give way to a trap at once; a foreground command is waited for first, as in every shell. */
  private wakeForTrap(process: Process): void {
    const top = process.frames[process.frames.length - 1]
    if (top?.k === 'waitjobs') process.block = undefined
  }

  kill(process: Process, name: string): void {
    if (this.signal(process, name) !== 'default') return
    if (process.interactive && name !== 'KILL' && process.pid === this.machine.main) return
    this.killTree(process, 128 + (signalNumbers[name] ?? 15))
  }

  killTree(process: Process, status: number): void {
    for (const child of this.machine.processes.slice()) if (child.parent === process.pid) this.killTree(child, status)
    this.end(process, status)
  }

  // ── open files ──

  open(file: OpenFile): number {
    const id = this.id()
    this.machine.files[id] = file
    return id
  }

  pipe(wide = false): { pipe: number; reader: number; writer: number } {
    const pipe = this.id()
    this.machine.pipes[pipe] = wide ? { text: '', wide } : { text: '' }
    return { pipe, reader: this.open({ k: 'reader', pipe }), writer: this.open({ k: 'writer', pipe }) }
  }

  /** Whether any process still holds an end of a pipe. */
  isHeld(pipe: number, end: 'reader' | 'writer'): boolean {
    const { files, processes } = this.machine
    const held = (fds: Record<string, number>) => {
      for (const fd in fds) {
        const file = files[fds[fd]!]
        if (file?.k === end && file.pipe === pipe) return true
      }
      return false
    }
    return processes.some((process) => held(process.fds) || process.frames.some((frame) => frame.k === 'restore' && held(frame.fds)))
  }

  hasRoom(file: number): boolean {
    const open = this.machine.files[file]
    if (open?.k !== 'writer') return true
    const pipe = this.machine.pipes[open.pipe]
    return pipe === undefined || pipe.wide === true || pipe.text.length < pipeRoom || !this.isHeld(open.pipe, 'reader')
  }

  /** Whether there is something to read (or the end): `undefined` when it is still to come. Takes nothing. */
  look(file: number): ReadResult | undefined {
    const open = this.machine.files[file]
    switch (open?.k) {
      case 'in': {
        const { text, open: more } = this.machine.input
        return text === '' && more ? undefined : { text, end: !more }
      }
      case 'reader': {
        const text = this.machine.pipes[open.pipe]?.text ?? ''
        if (text !== '') return { text, end: false }
        return this.isHeld(open.pipe, 'writer') ? undefined : { text: '', end: true }
      }
      case 'text':
        return { text: open.text, end: true }
      case 'file':
        return { text: this.host.files.stat(open.path) === undefined ? '' : this.host.files.read(open.path).slice(open.pos), end: true }
      case 'zero':
        return { text: '\0'.repeat(4096), end: false }
      case 'random':
        return { text: this.randomText(512), end: false }
      default:
        return { text: '', end: true }
    }
  }

  /** Takes so many characters of what `look` showed. */
  take(file: number, length: number): void {
    const open = this.machine.files[file]
    if (open?.k === 'in') this.machine.input.text = this.machine.input.text.slice(length)
    else if (open?.k === 'reader') this.machine.pipes[open.pipe]!.text = this.machine.pipes[open.pipe]!.text.slice(length)
    else if (open?.k === 'text') open.text = open.text.slice(length)
    else if (open?.k === 'file') open.pos += length
  }

  randomText(length: number): string {
    let text = ''
    for (let i = 0; i < length; i++) {
      const byte = Math.floor(this.draw() * 256)
      text += String.fromCharCode(byte < 128 ? byte : 0xdc00 + byte)
    }
    return text
  }

  draw(): number {
    return this.host.random(this.machine.draws++)
  }

  /** Writes to a descriptor. `false`: the reader of the pipe is gone (SIGPIPE). Throws `FileError`, `bad` for a closed one. */
  write(process: Process, fd: number, text: string): boolean {
    if (text === '') return true
    const open = this.machine.files[process.fds[fd] ?? -1]
    this.moved(text.length)
    switch (open?.k) {
      case 'out':
        this.print(1, text)
        return true
      case 'err':
        this.print(2, text)
        return true
      case 'writer':
        return this.writePipe(open.pipe, text)
    }
    if (open?.k === 'file') appendTo(this.host.files, open.path, text, fd === 2)
    return true
  }

  private writePipe(id: number, text: string): boolean {
    const pipe = this.machine.pipes[id]
    if (pipe === undefined || !this.isHeld(id, 'reader')) return pipe?.wide === true && this.writeHeld(pipe, text)
    return this.writeHeld(pipe, text)
  }

  private writeHeld(pipe: { text: string }, text: string): true {
    if (pipe.text.length + text.length > maxHeldText) throw new LimitReached('memory')
    pipe.text += text
    return true
  }

  private print(fd: 1 | 2, text: string): void {
    const last = this.output[this.output.length - 1]
    if (last?.fd === fd) this.output[this.output.length - 1] = { fd, text: last.text + text }
    else this.output.push({ fd, text })
    this.printed += text.length
  }

  /** Drops what nobody can reach any more: open files, pipes, sources. */
  sweep(): void {
    const { machine } = this
    const files = new Set<string>()
    const pipes = new Set<number>()
    const sources = new Set<string>()
    for (const process of machine.processes) {
      for (const fd in process.fds) files.add(String(process.fds[fd]))
      for (const name in process.functions) sources.add(String(process.functions[name]!.s))
      for (const frame of process.frames) {
        sources.add(String(frame.s))
        if (frame.k === 'restore') for (const fd in frame.fds) files.add(String(frame.fds[fd]))
        if (frame.k === 'tool' && frame.pipe !== undefined) pipes.add(frame.pipe)
        const substitution = (frame as { sub?: { pipe: number } }).sub
        if (substitution !== undefined) pipes.add(substitution.pipe)
      }
    }
    for (const id in machine.files) {
      const file = machine.files[id]!
      if (!files.has(id)) delete machine.files[id]
      else if (file.k === 'reader' || file.k === 'writer') pipes.add(file.pipe)
    }
    for (const id in machine.pipes) if (!pipes.has(Number(id))) delete machine.pipes[id]
    for (const id in machine.sources) if (!sources.has(id)) delete machine.sources[id]
  }
}
