/** Simple commands (POSIX XCU 2.9.1): assignments, redirections, and the search for what a name means. */
import type { Assignment, Command } from 'unbash'
import type { Tool } from '../contract.ts'
import { FileError, normalisePath } from '../files.ts'
import { findTool } from '../tools/index.ts'
import { evaluateText } from './arithmetic.ts'
import { complain, expandHere } from './attempt.ts'
import { type Builtin, builtins } from './builtins/index.ts'
import { arraySteps, environment, exported, setVariable, variable } from './environment.ts'
import { Expansion } from './expand.ts'
import type { Kernel } from './kernel.ts'
import { program } from './program.ts'
import { applyRedirects } from './redirects.ts'
import { afterCommand, pop } from './run.ts'
import { type FrameOf, type Process, ScriptError, type Variable } from './state.ts'
import { hasNothingElse } from './tasks.ts'

/** `name=value` after expansion; `key` of an array element, `items` of a whole array. */
export interface Assigned {
  readonly name: string
  readonly append: boolean
  readonly text: string
  readonly key?: string
  readonly items?: readonly (readonly [string | undefined, string])[]
}

const maxNesting = 1000
const binaries = /^\/(?:usr\/)?(?:local\/)?s?bin\/([^/]+)$/

/** The tool of that name on this machine. */
export function toolNamed(kernel: Kernel, name: string): Tool | undefined {
  return kernel.host.tool === undefined ? findTool(name) : kernel.host.tool(name)
}

export function runCommand(kernel: Kernel, process: Process, frame: FrameOf<'node'>, node: Command): void {
  if (frame.memo === undefined) {
    for (const fd in process.fds) if (Number(fd) >= 50) delete process.fds[fd]
    process.substStatus = undefined
    if (process.fds[1] !== undefined && !kernel.hasRoom(process.fds[1])) {
      process.block = { k: 'room', file: process.fds[1] }
      return
    }
  }
  const saved = process.fds
  const expanded = expandHere(kernel, process, frame, (x) => {
    const argv = expandArguments(process, node, x)
    const assigned = node.prefix.flatMap((item) => (item.type === 'Assignment' ? [expandAssignment(item, x)] : []))
    if (node.redirects.length > 0) applyRedirects(kernel, process, node.redirects, x)
    return { argv, assigned }
  })
  if (expanded === undefined) return
  process.frames.pop()
  const { argv, assigned } = expanded
  if (process.options.xtrace === 1) trace(kernel, process, argv, assigned)
  if (argv.length === 0) {
    withoutName(kernel, process, node, assigned, saved)
    return
  }
  if (argv[0] === 'exec' && argv.length === 1) {
    process.status = 0
    return
  }
  if (process.fds !== saved) process.frames.push({ k: 'restore', s: frame.s, n: frame.n, fds: saved })
  invoke(kernel, process, argv, { functions: true, assigned })
}

function expandArguments(process: Process, node: Command, x: Expansion): string[] {
  const argv: string[] = []
  if (node.name !== undefined) {
    const alias =
      node.name.parts === undefined && Object.hasOwn(process.aliases, node.name.text) ? process.aliases[node.name.text] : undefined
    if (alias === undefined) argv.push(...x.fields(node.name))
    else {
      const made = program(alias)
      const command = made.nodes.find((candidate) => candidate.type === 'Command')
      if (command?.type === 'Command')
        for (const word of [command.name, ...command.args]) if (word?.type === 'Word') argv.push(...x.within(made).fields(word))
    }
  }
  for (const item of node.args) {
    if (item.type === 'Word') for (const field of x.fields(item)) argv.push(field)
    else if (item.value.type === 'Word')
      argv.push(
        `${item.name}${item.index === undefined ? '' : `[${item.index.text}]`}${item.append === true ? '+' : ''}=${x.text(item.value, true)}`,
      )
    else argv.push(`${item.name}=(`, ...item.value.elements.flatMap((word) => x.fields(word)), ')')
    if (argv.length > 100_000) throw new ScriptError('Argument list too long', true, 126)
  }
  return argv
}

function expandAssignment(item: Assignment, x: Expansion): Assigned {
  const base = { name: item.name, append: item.append === true }
  if (item.value.type === 'ArrayValue') {
    const items = item.value.elements.flatMap((word): (readonly [string | undefined, string])[] => {
      const keyed = /^\[([^\]]*)\]=/.exec(word.text)
      if (keyed === null) return x.fields(word).map((text) => [undefined, text] as const)
      return [[x.subscript(item.name, keyed[1]!), x.text(word).replace(/^\[[^\]]*\]=/, '')] as const]
    })
    return { ...base, text: '', items }
  }
  const text = x.text(item.value, true)
  return item.index === undefined
    ? { ...base, text }
    : { ...base, text, key: x.env.isAssociative(item.name) ? x.text(item.index) : x.subscript(item.name, x.text(item.index)) }
}

/** Carries an assignment out. */
export function assign(kernel: Kernel, process: Process, assigned: Assigned): void {
  const { name, append, text, key, items } = assigned
  const old = variable(process, name)
  if (items === undefined) {
    const before = append ? ((key === undefined ? (old?.a?.['0'] ?? old?.v) : old?.a?.[key]) ?? '') : ''
    const integer = () => {
      const x = new Expansion(environment(kernel, process), program(''))
      return String((append ? evaluateText(before, x) : 0n) + evaluateText(text, x))
    }
    if (key !== undefined) kernel.steps += arraySteps(process, name)
    setVariable(process, name, old?.i === 1 ? integer() : before + text, key)
  } else {
    if (old?.r === 1) throw new ScriptError(`${name}: readonly variable`)
    kernel.steps += (items.length >> 2) + (append ? arraySteps(process, name) : 0)
    const elements: Record<string, string> = append ? { ...(old?.a ?? (old === undefined ? {} : { 0: old.v })) } : {}
    let next = Object.keys(elements).reduce((most, at) => Math.max(most, Number(at) + 1), 0)
    for (const [at, value] of items) {
      elements[at ?? String(next)] = value
      next = (at === undefined ? next : Number(at)) + 1
    }
    const { u: _declared, ...rest } = old ?? { v: '' }
    process.vars[name] = { ...rest, v: elements['0'] ?? '', a: elements }
  }
  if (process.options.allexport === 1) process.vars[name] = { ...process.vars[name]!, x: 1 }
}

function withoutName(kernel: Kernel, process: Process, node: Command, assigned: readonly Assigned[], saved: Record<string, number>): void {
  const only = node.redirects.length === 1 && node.redirects[0]!.operator === '<' && assigned.length === 0
  if (only && process.sub) {
    const file = process.fds[0]!
    kernel.write({ ...process, fds: saved }, 1, kernel.look(file)?.text ?? '')
  }
  process.fds = saved
  for (const item of assigned) assign(kernel, process, item)
  process.status = process.substStatus ?? 0
  afterCommand(kernel, process)
}

function trace(kernel: Kernel, process: Process, argv: readonly string[], assigned: readonly Assigned[]): void {
  const show = (text: string) => (text === '' ? "''" : /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`)
  const parts = [
    ...assigned.map((item) => `${item.name}${item.append ? '+' : ''}=${item.text === '' ? '' : show(item.text)}`),
    ...argv.map(show),
  ]
  if (parts.length > 0) kernel.write(process, 2, `+ ${parts.join(' ')}\n`)
}

export interface Invocation {
  readonly functions: boolean
  readonly assigned?: readonly Assigned[]
  /** The whole environment, instead of the exported variables. */
  readonly env?: Readonly<Record<string, string>>
}

/** What a builtin prints may find the disk full. */
function runBuiltin(kernel: Kernel, process: Process, argv: readonly string[], builtin: Builtin): number | 'pushed' {
  try {
    return builtin(kernel, process, argv as string[])
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    complain(kernel, process, `${process.shellName === 'bash' ? `${argv[0]}: ` : ''}write error: ${error.message}`)
    return 1
  }
}

/** Runs `argv` as a command: function, builtin, tool, shell, host command or file, in the order in which a shell looks. */
export function invoke(kernel: Kernel, process: Process, argv: readonly string[], options: Invocation): void {
  const name = argv[0]!
  const assigned = options.assigned ?? []
  if (options.functions && Object.hasOwn(process.functions, name)) {
    callFunction(kernel, process, argv, assigned)
    return
  }
  const builtin = Object.hasOwn(builtins, name) ? builtins[name] : undefined
  if (builtin !== undefined) {
    const saved = temporary(kernel, process, assigned)
    const depth = process.frames.length
    const result = runBuiltin(kernel, process, argv, builtin)
    if (result === 'pushed') {
      if (process.frames.length > depth) process.frames.splice(depth, 0, { k: 'call', s: 0, n: 0, dot: false, vars: saved })
      else restore(process, saved)
      return
    }
    restore(process, saved)
    process.status = result
    afterCommand(kernel, process)
    return
  }
  const env = { ...(options.env ?? exported(process)) }
  for (const item of assigned) env[item.name] = item.text
  start(kernel, process, name, argv, env)
}

function temporary(kernel: Kernel, process: Process, assigned: readonly Assigned[]): Record<string, Variable | null> {
  const saved: Record<string, Variable | null> = {}
  for (const item of assigned) {
    saved[item.name] = variable(process, item.name) ?? null
    assign(kernel, process, item)
    process.vars[item.name] = { ...process.vars[item.name]!, x: 1 }
  }
  return saved
}

function restore(process: Process, saved: Record<string, Variable | null>): void {
  for (const name in saved) {
    const old = saved[name]
    if (old === null || old === undefined) delete process.vars[name]
    else process.vars[name] = old
  }
}

function callFunction(kernel: Kernel, process: Process, argv: readonly string[], assigned: readonly Assigned[]): void {
  const { s, n } = process.functions[argv[0]!]!
  if (process.frames.filter((frame) => frame.k === 'func').length >= maxNesting) {
    throw new ScriptError(`${argv[0]}: maximum function nesting level exceeded (${maxNesting})`)
  }
  const vars = temporary(kernel, process, assigned)
  process.frames.push({ k: 'func', s, n, args: process.args, locals: {}, name: argv[0]!, vars })
  process.args = [process.args[0]!, ...argv.slice(1)]
  const body = program(kernel.machine.sources[s] ?? '').nodes[n]
  process.frames.push(body?.type === 'CompoundList' ? { k: 'list', s, n, i: 0 } : { k: 'node', s, n })
}

function start(kernel: Kernel, process: Process, name: string, argv: readonly string[], env: Record<string, string>): void {
  const slash = name.includes('/')
  const path = slash ? normalisePath(name, process.cwd) : name
  const stat = slash ? kernel.host.files.stat(path) : undefined
  if (stat !== undefined && stat.kind !== 'symlink' && !(stat.kind === 'file' && stat.size === 0 && binaries.test(path))) {
    runFile(kernel, process, path, argv, env, stat.kind === 'directory', stat.mode)
    return
  }
  const base = slash ? binaries.exec(path)?.[1] : name
  if (base !== undefined && /^(?:ba|da|a)?sh$/.test(base) && startShellCommand(kernel, process, base, argv, env)) return
  if (base !== undefined && base !== '' && slash && Object.hasOwn(builtins, base) && toolNamed(kernel, base) === undefined) {
    invoke(kernel, process, [base, ...argv.slice(1)], { functions: false })
    return
  }
  process.frames.push({ k: 'tool', s: 0, n: 0, name: base ?? name, argv: [...argv], env, phase: 'new', input: '' })
}

/** `sh -c TEXT` and `sh FILE` as a process of their own; `false` for a shell that reads its script from stdin (a tool does). */
function startShellCommand(kernel: Kernel, process: Process, name: string, argv: readonly string[], env: Record<string, string>): boolean {
  const options: Record<string, 1> = {}
  let text: string | undefined
  let i = 1
  for (; i < argv.length && /^[-+]./.test(argv[i]!); i++) {
    const word = argv[i]!
    if (word === '--') {
      i++
      break
    }
    if (word.startsWith('--')) continue
    if (word === '-o') {
      options[argv[++i] ?? ''] = 1
      continue
    }
    for (const letter of word.slice(1)) {
      const option = { e: 'errexit', u: 'nounset', x: 'xtrace', f: 'noglob' }[letter]
      if (option !== undefined) options[option] = 1
      if (letter === 'c') text = ''
    }
  }
  let args: string[]
  if (text !== undefined) {
    text = argv[i]
    if (text === undefined) {
      complain(kernel, process, '-c: option requires an argument')
      process.status = 2
      return true
    }
    args = [argv[i + 1] ?? name, ...argv.slice(i + 2)]
  } else {
    const file = argv[i]
    if (file === undefined) return false
    try {
      text = kernel.host.files.read(normalisePath(file, process.cwd))
    } catch (error) {
      if (!(error instanceof FileError)) throw error
      kernel.write(process, 2, name === 'bash' ? `bash: ${file}: ${error.message}\n` : `${name}: can't open '${file}': ${error.message}\n`)
      process.status = name === 'bash' ? 127 : 2
      return true
    }
    args = [file, ...argv.slice(i + 1)]
  }
  forkShell(kernel, process, { name, text, args, env, options, argv })
  return true
}

interface NewShell {
  argv: readonly string[]
  name: string
  text: string
  args: string[]
  env: Record<string, string>
  options: Record<string, 1>
}

function forkShell(kernel: Kernel, process: Process, shell: NewShell): void {
  const child = kernel.fork(process, [], process.fds, hasNothingElse(kernel, process))
  kernel.commands++
  child.frames.push({ k: 'list', s: kernel.source(shell.text), n: 0, i: 0 })
  child.vars = {}
  for (const name in shell.env) child.vars[name] = { v: shell.env[name]!, x: 1 }
  child.vars.PWD = { v: process.cwd, x: 1 }
  Object.assign(child, {
    functions: {},
    aliases: {},
    args: shell.args,
    options: shell.options,
    sub: false,
    condition: undefined,
    status: 0,
    lastJob: undefined,
    title: shell.argv,
  })
  child.shellName = shell.name === 'bash' ? 'bash' : shell.name
  process.frames.push({ k: 'await', s: 0, n: 0, pid: child.pid })
}

function runFile(
  kernel: Kernel,
  process: Process,
  path: string,
  argv: readonly string[],
  env: Record<string, string>,
  directory: boolean,
  mode: number,
): void {
  if (directory || (mode & 0o111) === 0) {
    complain(kernel, process, directory && process.shellName === 'bash' ? `${argv[0]}: Is a directory` : `${argv[0]}: Permission denied`)
    process.status = 126
    afterCommand(kernel, process)
    return
  }
  const text = kernel.host.files.read(path)
  const first = /^#!\s*(\S+)(?:[ \t]+(\S+))?/.exec(text)
  const interpreter = first === null ? 'sh' : first[1]!.endsWith('/env') ? (first[2] ?? 'sh') : first[1]!.replace(/^.*\//, '')
  if (/^(?:ba|da|a)?sh$/.test(interpreter))
    forkShell(kernel, process, { name: interpreter, text, args: [...argv], env, options: {}, argv: [interpreter, ...argv] })
  else
    start(
      kernel,
      process,
      interpreter,
      [interpreter, ...(first?.[2] !== undefined && !first[1]!.endsWith('/env') ? [first[2]] : []), path, ...argv.slice(1)],
      env,
    )
}

/** A command given as words (`xargs`, `timeout`, `exec`): no functions. */
export function runExec(kernel: Kernel, process: Process, frame: FrameOf<'exec'>): void {
  pop(process)
  if (frame.argv.length === 0) return
  invoke(kernel, process, frame.argv, { functions: false, env: frame.env })
}
