/** A running tool or host command: its input, output, waits and children, between the tool's pure functions and the kernel. */
import type { Json, ToolContext, ToolEvent, ToolStep, ToolWant } from '../contract.ts'
import { FileError, type FileView, normalisePath } from '../files.ts'
import { toolNamed } from './command.ts'
import type { Kernel } from './kernel.ts'
import { processesOf, signalPid } from './process-view.ts'
import { printedSoFar } from './progress.ts'
import { devicePath } from './redirects.ts'
import { afterCommand } from './run.ts'
import { type FrameOf, LimitReached, type Process, Suspend, type ToolFrame } from './state.ts'
import { needsProcess, takeProcess } from './tasks.ts'

const maxInput = 16_000_000
const chunk = 65_536
/** Of a read of /dev/urandom. */
const RANDOM_STEPS = 512
const MOST_PARSED_STEPS = 100_000
/** Of starting any command that is no builtin. */
const COMMAND_STEPS = 5

export function runTool(kernel: Kernel, process: Process, frame: FrameOf<'tool'>): void {
  if (frame.phase === 'new') {
    if (needsProcess(kernel, process)) {
      takeProcess(kernel, process)
      if (kernel.host.processRoom !== undefined) frame.pid = kernel.id()
    }
    kernel.commands++
    kernel.steps += COMMAND_STEPS
    frame.untilMs = kernel.host.now() + kernel.machine.delayMs
    frame.phase = kernel.machine.delayMs > 0 ? 'delay' : 'call'
  }
  if (frame.phase === 'delay') {
    if (kernel.host.now() < frame.untilMs!) {
      process.block = { k: 'sleep', untilMs: frame.untilMs! }
      return
    }
    frame.phase = 'call'
  }
  if (frame.phase === 'collect' && !collectInput(kernel, process, frame)) return
  try {
    if (frame.phase === 'call') call(kernel, process, frame)
    else if (frame.phase === 'external') takeAnswer(kernel, process, frame)
    else if (frame.phase === 'want') goOn(kernel, process, frame)
  } catch (error) {
    if (error instanceof Suspend) frame.phase = 'collect'
    else if (error instanceof FileError) complete(kernel, process, 1, '', `${frame.argv[0]}: ${error.path}: ${error.message}\n`)
    // A text longer than any may be, or a nesting deeper than the machine's stack.
    else if (error instanceof RangeError) complete(kernel, process, 2, '', `${frame.argv[0]}: memory exhausted\n`)
    else throw error
  }
}

function collectInput(kernel: Kernel, process: Process, frame: ToolFrame): boolean {
  const file = process.fds[0]
  if (file === undefined) {
    frame.phase = 'call'
    frame.captured = ''
    return true
  }
  const found = kernel.look(file)
  if (found === undefined) {
    process.block = { k: 'read', file }
    return false
  }
  kernel.take(file, found.text.length)
  kernel.moved(found.text.length)
  frame.input += found.text
  if (frame.input.length > maxInput) throw new LimitReached('memory')
  if (!found.end) {
    const news = printedSoFar(toolNamed(kernel, frame.name), context(kernel, process, frame), frame)
    if (news) print(kernel, process, news)
    return false
  }
  frame.phase = 'call'
  frame.captured = ''
  return true
}

function context(kernel: Kernel, process: Process, frame: ToolFrame): ToolContext {
  return {
    argv: frame.argv,
    env: frame.env,
    cwd: process.cwd,
    files: processFiles(kernel, process, () => input(kernel, process, frame)),
    shellName: process.shellName,
    user: kernel.machine.user,
    ...(kernel.machine.credentials && { credentials: kernel.machine.credentials }),
    now: () => kernel.host.now(),
    random: () => kernel.draw(),
    stdin: () => input(kernel, process, frame),
    path: (path) => normalisePath(path, process.cwd),
    processes: (title) => processesOf(kernel, title),
    kill: (pid, name) => (signalPid(kernel, pid, name) ? 'sent' : (kernel.host.signal?.(pid, name) ?? 'missing')),
    charge: (steps) => {
      kernel.steps += steps
    },
  }
}

function input(kernel: Kernel, process: Process, frame: ToolFrame): string {
  if (frame.captured !== undefined) return frame.input
  const file = process.fds[0]
  const kind = file === undefined ? undefined : kernel.machine.files[file]?.k
  if (file === undefined || kind === 'text' || kind === 'file' || kind === 'null') {
    const found = file === undefined ? undefined : kernel.look(file)
    if (file !== undefined && found !== undefined) kernel.take(file, found.text.length)
    frame.input = found?.text ?? ''
    frame.captured = ''
    return frame.input
  }
  throw new Suspend('input')
}

/** The file system with this process's `/dev`. */
export function processFiles(kernel: Kernel, process: Process, stdin: () => string): FileView {
  const { files } = kernel.host
  const device = (path: string) => (path.startsWith('/dev/') || path.startsWith('/proc/') ? devicePath(path) : undefined)
  const put = (path: string, text: string): boolean => {
    const found = device(path)
    if (found === undefined) return false
    if (typeof found === 'number') kernel.write(process, found, text)
    return true
  }
  /** From directory to directory. */
  const walked = (path: string): void => {
    kernel.steps += path.length >> 4
  }
  /** A change copies the directory it is in. */
  const changed = (length: number): void => {
    kernel.steps += 2
    kernel.moved(length)
  }
  return {
    read(path) {
      const found = device(path)
      if (found === undefined) {
        const text = files.read(path)
        kernel.moved(text.length)
        return text
      }
      if (found === 0) return stdin()
      if (typeof found === 'number') {
        const file = process.fds[found]
        const text = file === undefined ? undefined : kernel.look(file)?.text
        if (text === undefined) throw new FileError('ENOENT', path)
        return text
      }
      if (found.k === 'random') kernel.steps += RANDOM_STEPS
      return found.k === 'random' ? kernel.randomText(4096) : found.k === 'zero' ? '\0'.repeat(65_536) : ''
    },
    write: (path, text) => {
      changed(text.length)
      if (!put(path, text)) files.write(path, text)
    },
    append: (path, text) => {
      changed(text.length)
      if (!put(path, text)) files.append(path, text)
    },
    list: (path) => {
      walked(path)
      const names = files.list(path)
      kernel.steps += names.length >> 2
      return names
    },
    mkdir: (path) => {
      walked(path)
      files.mkdir(path)
    },
    remove: (path) => {
      walked(path)
      files.remove(path)
    },
    stat: (path) => {
      walked(path)
      return device(path) === undefined ? files.stat(path) : { kind: 'file', mode: 0o666, size: 0, mtimeMs: 0 }
    },
    rename: (from, to) => files.rename(from, to),
    chmod: (path, mode) => files.chmod(path, mode),
    ...(files.chown && { chown: (path: string, uid: number, gid: number) => files.chown!(path, uid, gid) }),
    touch: (path, mtimeMs) => files.touch(path, mtimeMs),
    ...(files.allocate && { allocate: (path: string, bytes: number) => files.allocate!(path, bytes) }),
    ...(files.symlink === undefined ? {} : { symlink: (target: string, path: string) => files.symlink!(target, path) }),
  }
}

function call(kernel: Kernel, process: Process, frame: ToolFrame): void {
  const tool = toolNamed(kernel, frame.name)
  if (tool?.run !== undefined) {
    const ctx = context(kernel, process, frame)
    let steps = 0
    const read = (path: string): string => {
      const text = ctx.files.read(path)
      steps += handled(text)
      return text
    }
    const result = tool.run({ ...ctx, files: { ...ctx.files, read } })
    kernel.steps += steps + handled(frame.input) + handled(result.stdout ?? '')
    complete(kernel, process, result.exitCode ?? 0, result.stdout?.slice(frame.shown ?? 0), result.stderr)
    return
  }
  if (tool?.start !== undefined) {
    applyStep(kernel, process, frame, tool.start(context(kernel, process, frame)))
    return
  }
  callHost(kernel, process, frame)
}

/** Steps that a tool takes over a text that it reads or makes, by its length and its lines. */
const handled = (text: string): number => (text.length >> 7) + (linesIn(text) >> 3)

function linesIn(text: string): number {
  let lines = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++
  return lines
}

function callHost(kernel: Kernel, process: Process, frame: ToolFrame): void {
  const { env, cwd, files: all, stdin: input, now } = context(kernel, process, frame)
  // What a program of the host reads it parses, too, line by line; a long text is rather passed on.
  const parsed = (text: string): string => {
    kernel.steps += Math.min(MOST_PARSED_STEPS, (text.length >> 3) + 6 * linesIn(text))
    return text
  }
  const stdin = (): string => parsed(input())
  const files = { ...all, read: (path: string) => parsed(all.read(path)) }
  // A path that is no file of the disk may be one of the host's executables (an image's, which are names only).
  const outcome = kernel.host.external({ name: frame.name, argv: frame.argv, env, cwd, files, stdin, now })
  if (outcome === undefined) {
    kernel.commands--
    notFound(kernel, process, frame)
    return
  }
  if ('exitCode' in outcome) {
    complete(kernel, process, outcome.exitCode, outcome.stdout, outcome.stderr)
    return
  }
  frame.phase = 'external'
  frame.request = kernel.id()
  frame.data = outcome.wait
  if (print(kernel, process, outcome.stdout, outcome.stderr)) process.block = { k: 'external', id: frame.request }
}

function notFound(kernel: Kernel, process: Process, frame: ToolFrame): void {
  const name = frame.argv[0]!
  const slash = name.includes('/')
  const text = process.shellName === 'bash' ? (slash ? 'No such file or directory' : 'command not found') : 'not found'
  complete(kernel, process, 127, '', `${process.shellName}: ${name}: ${text}\n`)
}

/** Writes what a command printed. `false`: its reader is gone and the process with it. */
function print(kernel: Kernel, process: Process, stdout = '', stderr = ''): boolean {
  const fine = kernel.write(process, 1, stdout)
  kernel.write(process, 2, stderr)
  if (fine) return true
  if (process.sub) kernel.killTree(process, 141)
  else {
    process.frames.pop()
    process.status = 141
  }
  return false
}

function complete(kernel: Kernel, process: Process, exitCode: number, stdout?: string, stderr?: string): void {
  if (!print(kernel, process, stdout, stderr)) return
  process.frames.pop()
  process.status = exitCode & 255
  afterCommand(kernel, process)
}

function takeAnswer(kernel: Kernel, process: Process, frame: ToolFrame): void {
  const queue = kernel.machine.answers[frame.request!]
  const answer = queue?.shift()
  if (answer === undefined) {
    process.block = { k: 'external', id: frame.request! }
    return
  }
  if (queue!.length === 0) delete kernel.machine.answers[frame.request!]
  if (answer.exitCode !== undefined) {
    complete(kernel, process, answer.exitCode, answer.stdout, answer.stderr)
    return
  }
  if (answer.data !== undefined) frame.data = answer.data
  print(kernel, process, answer.stdout, answer.stderr)
}

function applyStep(kernel: Kernel, process: Process, frame: ToolFrame, step: ToolStep): void {
  if (step.done) {
    complete(kernel, process, step.exitCode ?? 0, step.stdout, step.stderr)
    return
  }
  if (!print(kernel, process, step.stdout, step.stderr)) return
  kernel.steps++
  frame.phase = 'want'
  frame.state = step.state
  frame.want = step.want as unknown as Json
  const { want } = step
  if (want.kind === 'external') {
    frame.request = kernel.id()
    frame.data = want.data
  } else if (want.kind === 'spawn') spawn(kernel, process, frame, want)
}

function spawn(kernel: Kernel, process: Process, frame: ToolFrame, want: Extract<ToolWant, { kind: 'spawn' }>): void {
  const fds = { ...process.fds }
  if (want.stdin !== undefined) fds[0] = kernel.open({ k: 'text', text: want.stdin })
  if (want.capture === true) {
    const { pipe, writer } = kernel.pipe(true)
    fds[1] = writer
    frame.pipe = pipe
  }
  const child = kernel.fork(process, [{ k: 'exec', s: 0, n: 0, argv: [...want.argv], env: { ...(want.env ?? frame.env) } }], fds)
  child.condition = undefined
  child.options = {}
  frame.child = child.pid
  frame.timedOut = undefined
}

function goOn(kernel: Kernel, process: Process, frame: ToolFrame): void {
  const event = nextEvent(kernel, process, frame, frame.want as unknown as ToolWant)
  if (event === undefined) return
  const tool = toolNamed(kernel, frame.name)
  applyStep(kernel, process, frame, tool!.resume!(frame.state ?? null, event, context(kernel, process, frame)))
}

function nextEvent(kernel: Kernel, process: Process, frame: ToolFrame, want: ToolWant): ToolEvent | undefined {
  switch (want.kind) {
    case 'input': {
      const file = process.fds[0]
      if (file === undefined) return { kind: 'input', text: '', end: true }
      const found = kernel.look(file)
      if (found === undefined) {
        process.block = { k: 'read', file }
        return undefined
      }
      const text = found.text.slice(0, chunk)
      kernel.take(file, text.length)
      return { kind: 'input', text, end: found.end && text.length === found.text.length }
    }
    case 'room': {
      const file = process.fds[1]
      if (file === undefined || kernel.hasRoom(file)) return { kind: 'room' }
      process.block = { k: 'room', file }
      return undefined
    }
    case 'sleep':
      if (kernel.host.now() >= want.untilMs) return { kind: 'woken' }
      process.block = { k: 'sleep', untilMs: want.untilMs }
      return undefined
    case 'external': {
      const answer = kernel.machine.answers[frame.request!]?.shift()
      if (answer === undefined) {
        process.block = { k: 'external', id: frame.request! }
        return undefined
      }
      if (kernel.machine.answers[frame.request!]!.length === 0) delete kernel.machine.answers[frame.request!]
      print(kernel, process, answer.stdout, answer.stderr)
      return { kind: 'answer', answer }
    }
    case 'spawn':
      return childEvent(kernel, process, frame, want)
  }
}

function childEvent(kernel: Kernel, process: Process, frame: ToolFrame, want: Extract<ToolWant, { kind: 'spawn' }>): ToolEvent | undefined {
  const pid = frame.child!
  const child = kernel.process(pid)
  if (child !== undefined) {
    const late = want.untilMs !== undefined && kernel.host.now() >= want.untilMs
    if (late && frame.timedOut !== true) {
      frame.timedOut = true
      kernel.kill(child, want.signal ?? 'TERM')
      if (kernel.process(pid) !== undefined) process.block = { k: 'child', pids: [pid] }
      return undefined
    }
    process.block =
      want.untilMs === undefined || frame.timedOut === true
        ? { k: 'child', pids: [pid] }
        : { k: 'childUntil', pids: [pid], untilMs: want.untilMs }
    return undefined
  }
  const exitCode = process.done[pid] ?? 0
  delete process.done[pid]
  const stdout = frame.pipe === undefined ? '' : (kernel.machine.pipes[frame.pipe]?.text ?? '')
  if (frame.pipe !== undefined) delete kernel.machine.pipes[frame.pipe]
  frame.pipe = undefined
  return { kind: 'exited', exitCode, stdout, timedOut: frame.timedOut === true }
}
