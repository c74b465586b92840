/** The builtins that wait: `read` for a line, `wait` for background jobs (POSIX XCU `read`, `wait`). */
import { setVariable } from './environment.ts'
import type { Kernel } from './kernel.ts'
import { afterCommand } from './run.ts'
import type { FrameOf, Process } from './state.ts'

interface ReadOptions {
  raw: boolean
  delimiter: string
  count?: number
  seconds?: number
  array?: string
  prompt: string
  names: string[]
}

/** The options of `read`; a text is a usage error. */
export function readOptions(argv: readonly string[]): ReadOptions | string {
  const options: ReadOptions = { raw: false, delimiter: '\n', prompt: '', names: [] }
  let i = 1
  for (; i < argv.length && /^-./.test(argv[i]!); i++) {
    if (argv[i] === '--') {
      i++
      break
    }
    for (let k = 1; k < argv[i]!.length; k++) {
      const letter = argv[i]![k]!
      if (letter === 'r') options.raw = true
      else if (letter === 's' || letter === 'e') continue
      else if ('dntpaN'.includes(letter)) {
        const value = argv[i]!.slice(k + 1) || argv[++i]
        if (value === undefined) return `-${letter}: option requires an argument`
        if (letter === 'd') options.delimiter = value === '' ? '\0' : value[0]!
        else if (letter === 'n' || letter === 'N') options.count = Number(value)
        else if (letter === 't') options.seconds = Number(value)
        else if (letter === 'a') options.array = value
        else options.prompt = value
        break
      } else return `-${letter}: invalid option`
    }
  }
  options.names = argv.slice(i)
  const bad = options.names.find((name) => !/^[A-Za-z_]\w*$/.test(name))
  return bad === undefined ? options : `\`${bad}': not a valid identifier`
}

export function runRead(kernel: Kernel, process: Process, frame: FrameOf<'read'>): void {
  const options = readOptions(frame.argv)
  const file = process.fds[0]
  if (typeof options === 'string' || file === undefined) {
    finishRead(kernel, process, frame, options as ReadOptions, 1)
    return
  }
  for (;;) {
    const found = kernel.look(file)
    if (found === undefined) {
      if (frame.untilMs === undefined) process.block = { k: 'read', file }
      else if (kernel.host.now() < frame.untilMs) process.block = { k: 'readUntil', file, untilMs: frame.untilMs }
      else {
        finishRead(kernel, process, frame, options, 142)
        return
      }
      return
    }
    const end = found.text.indexOf(options.delimiter)
    const wanted = options.count === undefined ? Number.POSITIVE_INFINITY : options.count - frame.text.length
    if (end >= 0 && end < wanted) {
      const line = found.text.slice(0, end)
      kernel.take(file, end + 1)
      // A backslash at the end of a line joins it with the next one.
      const joins = !options.raw && /(?:^|[^\\])(?:\\\\)*\\$/.test(frame.text + line)
      frame.text += joins ? line.slice(0, -1) : line
      if (joins) continue
      finishRead(kernel, process, frame, options, 0)
      return
    }
    const part = found.text.slice(0, wanted)
    kernel.take(file, part.length)
    frame.text += part
    if (part.length === wanted) {
      finishRead(kernel, process, frame, options, 0)
      return
    }
    if (found.end) {
      finishRead(kernel, process, frame, options, 1)
      return
    }
    kernel.charge(1)
  }
}

function finishRead(kernel: Kernel, process: Process, frame: FrameOf<'read'>, options: ReadOptions, status: number): void {
  process.frames.pop()
  process.status = status
  if (typeof options !== 'string') storeFields(process, frame.text, options)
  afterCommand(kernel, process)
}

function storeFields(process: Process, text: string, options: ReadOptions): void {
  const ifsVariable = process.vars.IFS
  const ifs = ifsVariable === undefined ? ' \t\n' : ifsVariable.v
  if (options.array !== undefined) {
    const items = splitFields(text, ifs, Number.POSITIVE_INFINITY, options.raw)
    const a: Record<string, string> = {}
    items.forEach((item, i) => {
      a[i] = item
    })
    process.vars[options.array] = { v: items[0] ?? '', a }
    return
  }
  if (options.names.length === 0) {
    setVariable(process, 'REPLY', options.raw ? text : text.replace(/\\([\s\S])/g, '$1'))
    return
  }
  const items = splitFields(text, ifs, options.names.length, options.raw)
  options.names.forEach((name, i) => {
    setVariable(process, name, items[i] ?? '')
  })
}

function splitFields(text: string, ifs: string, count: number, raw: boolean): string[] {
  const blank = (char: string | undefined) => char !== undefined && ' \t\n'.includes(char) && ifs.includes(char)
  let end = text.length
  while (end > 0 && blank(text[end - 1])) end--
  const out: string[] = []
  let i = 0
  while (blank(text[i])) i++
  while (i < end) {
    let field = ''
    const last = out.length === count - 1
    while (i < end && (last || !ifs.includes(text[i]!))) {
      if (!raw && text[i] === '\\') i++
      field += text[i++] ?? ''
    }
    if (
      last &&
      ifs.length > 0 &&
      !blank(field.slice(-1)) &&
      ifs.includes(field.slice(-1)) &&
      field.length > 0 &&
      !ifs.includes(field.slice(0, -1).slice(-1) || 'x') &&
      [...field.slice(0, -1)].every((char) => !ifs.includes(char))
    )
      field = field.slice(0, -1)
    out.push(field)
    while (i < end && blank(text[i])) i++
    if (i < end && ifs.includes(text[i]!)) i++
    while (i < end && blank(text[i])) i++
  }
  return out
}

export function runWait(kernel: Kernel, process: Process, frame: FrameOf<'waitjobs'>): void {
  const running = frame.pids.filter((pid) => kernel.process(pid) !== undefined)
  if (running.length > 0 && !(frame.any && running.length < frame.pids.length)) {
    process.block = frame.any ? { k: 'child', pids: [running[0]!] } : { k: 'child', pids: running }
    return
  }
  process.frames.pop()
  const last = frame.any ? frame.pids.find((pid) => !running.includes(pid)) : frame.pids[frame.pids.length - 1]
  process.status = last === undefined ? 0 : (process.done[last] ?? process.jobs.find((job) => job.pid === last)?.status ?? 0)
  process.jobs = process.jobs.filter((job) => running.includes(job.pid) || !frame.pids.includes(job.pid))
  afterCommand(kernel, process)
}
