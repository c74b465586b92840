/** Builtins for variables: export, readonly, local, declare, unset, read, getopts, alias, mapfile (POSIX XCU 2.14, bash). */
import { compareBytes } from '../../bytes.ts'
import { complain } from '../attempt.ts'
import { assign } from '../command.ts'
import { setVariable, variable } from '../environment.ts'
import type { Kernel } from '../kernel.ts'
import type { FrameOf, Process, Variable } from '../state.ts'
import { readOptions } from '../waiting.ts'
import type { Builtin } from './index.ts'

const quoted = (text: string) => `"${text.replace(/[\\"$`]/g, '\\$&')}"`

function flagsOf(value: Variable): string {
  return (
    `${value.m === 1 ? 'A' : value.a === undefined ? '' : 'a'}${value.i === 1 ? 'i' : ''}${value.r === 1 ? 'r' : ''}${value.x === 1 ? 'x' : ''}` ||
    '-'
  )
}

function shown(process: Process, name: string, value: Variable): string {
  const text =
    value.a === undefined
      ? quoted(value.v)
      : `(${Object.keys(value.a)
          .map((key) => `[${key}]=${quoted(value.a![key]!)}`)
          .join(' ')})`
  if (process.shellName !== 'bash') return `export ${name}='${value.v}'\n`
  return `declare -${flagsOf(value)} ${name}${value.u === 1 ? '' : `=${text}`}\n`
}

interface Declaration {
  set: Partial<Variable>
  clear: ('x' | 'r' | 'i')[]
  local: boolean
  print: boolean
  array: boolean
}

function parseFlags(
  kernel: Kernel,
  process: Process,
  argv: readonly string[],
  base: Declaration,
): { words: string[]; declaration: Declaration } | undefined {
  const declaration = { ...base, set: { ...base.set }, clear: [...base.clear] }
  let i = 1
  for (; i < argv.length && /^[-+][a-zA-Z]/.test(argv[i]!); i++) {
    const on = argv[i]!.startsWith('-')
    for (const letter of argv[i]!.slice(1)) {
      if (letter === 'p') declaration.print = true
      else if (letter === 'g') declaration.local = false
      else if (letter === 'n' && argv[0] === 'export') declaration.clear.push('x')
      else if ('xri'.includes(letter)) {
        if (on) declaration.set = { ...declaration.set, [letter]: 1 }
        else declaration.clear.push(letter as 'x')
      } else if (letter === 'a') declaration.array = true
      else if (letter === 'A') {
        declaration.array = true
        declaration.set = { ...declaration.set, m: 1 }
      } else if (letter !== 'f' && letter !== 'F' && letter !== 'u' && letter !== 'l') {
        complain(kernel, process, `${argv[0]}: -${letter}: invalid option`)
        return undefined
      }
    }
  }
  if (argv[i] === '--') i++
  return { words: argv.slice(i), declaration }
}

function declare(base: Declaration): Builtin {
  return (kernel, process, argv) => {
    const parsed = parseFlags(kernel, process, argv, base)
    if (parsed === undefined) return 2
    const { words, declaration } = parsed
    if (words.length === 0 || (declaration.print && argv[0] !== 'readonly')) return printAll(kernel, process, words, declaration)
    let status = 0
    for (let i = 0; i < words.length; i++) {
      const word = words[i]!
      if (/^[A-Za-z_]\w*=\($/.test(word)) {
        const end = words.indexOf(')', i)
        const name = word.slice(0, -2)
        localise(process, name, declaration)
        mark(process, name, declaration)
        const items = words.slice(i + 1, end).map((text): readonly [string | undefined, string] => {
          const keyed = /^\[([^\]]*)\]=([\s\S]*)$/.exec(text)
          return keyed === null ? [undefined, text] : [keyed[1]!, keyed[2]!]
        })
        assign(kernel, process, { name, append: false, text: '', items })
        i = end
        continue
      }
      const match = /^([A-Za-z_]\w*)(\+?=([\s\S]*))?$/.exec(word)
      if (match === null) {
        complain(kernel, process, `${argv[0]}: \`${word}': not a valid identifier`)
        status = 1
        continue
      }
      const name = match[1]!
      localise(process, name, declaration)
      const { r: readonly, ...others } = declaration.set
      mark(process, name, { ...declaration, set: others })
      if (match[2] !== undefined) assign(kernel, process, { name, append: match[2].startsWith('+'), text: match[3] ?? '' })
      if (readonly === 1) process.vars[name] = { ...process.vars[name]!, r: 1 }
    }
    return status
  }
}

function printAll(kernel: Kernel, process: Process, words: readonly string[], declaration: Declaration): number {
  let status = 0
  for (const name of words.length > 0 ? words : Object.keys(process.vars).sort(compareBytes)) {
    const value = variable(process, name)
    if (value === undefined) {
      complain(kernel, process, `declare: ${name}: not found`)
      status = 1
      continue
    }
    const wanted = words.length > 0 || ((declaration.set.x !== 1 || value.x === 1) && (declaration.set.r !== 1 || value.r === 1))
    if (wanted) kernel.write(process, 1, shown(process, name, value))
  }
  return status
}

function localise(process: Process, name: string, declaration: Declaration): void {
  if (!declaration.local) return
  for (let i = process.frames.length - 1; i >= 0; i--) {
    const frame = process.frames[i]!
    if (frame.k !== 'func') continue
    const { locals } = frame as FrameOf<'func'>
    if (Object.hasOwn(locals, name)) return
    locals[name] = variable(process, name) ?? null
    const old = variable(process, name)
    process.vars[name] = old?.x === 1 ? { v: old.v, x: 1, u: 1 } : { v: '', u: 1 }
    return
  }
}

function mark(process: Process, name: string, declaration: Declaration): void {
  const old: Variable = variable(process, name) ?? { v: '', u: 1 }
  const next: { -readonly [K in keyof Variable]: Variable[K] } = { ...old, ...declaration.set }
  for (const flag of declaration.clear) delete next[flag]
  if (declaration.array && next.a === undefined) {
    next.a = old.u === 1 || old.v === '' ? {} : { 0: old.v }
    delete next.u
  }
  process.vars[name] = next
}

const plain: Declaration = { set: {}, clear: [], local: false, print: false, array: false }

const local: Builtin = (kernel, process, argv) => {
  if (process.frames.some((frame) => frame.k === 'func')) return declare({ ...plain, local: true })(kernel, process, argv)
  complain(kernel, process, process.shellName === 'bash' ? 'local: can only be used in a function' : 'local: not in a function')
  return 1
}

const unset: Builtin = (kernel, process, argv) => {
  const functions = argv[1] === '-f'
  let status = 0
  for (const word of argv.slice(/^-[fv]$/.test(argv[1] ?? '') ? 2 : 1)) {
    const element = /^([A-Za-z_]\w*)\[(.+)\]$/.exec(word)
    const name = element?.[1] ?? word
    const value = variable(process, name)
    if (functions || (value === undefined && Object.hasOwn(process.functions, word))) {
      const { [word]: _gone, ...rest } = process.functions
      process.functions = rest
    } else if (value?.r === 1) {
      complain(
        kernel,
        process,
        process.shellName === 'bash' ? `unset: ${name}: cannot unset: readonly variable` : `unset: ${name}: is read only`,
      )
      status = 1
    } else if (element !== null && value?.a !== undefined) {
      const { [element[2]!.replace(/^(['"])(.*)\1$/, '$2')]: _gone, ...rest } = value.a
      process.vars[name] = { ...value, a: rest }
    } else delete process.vars[name]
  }
  return status
}

const read: Builtin = (kernel, process, argv) => {
  const options = readOptions(argv)
  if (typeof options === 'string') {
    complain(kernel, process, `read: ${options}`)
    return options.includes('identifier') ? 1 : 2
  }
  if (options.prompt !== '' && process.interactive) kernel.write(process, 2, options.prompt)
  const untilMs = options.seconds === undefined ? {} : { untilMs: kernel.host.now() + options.seconds * 1000 }
  process.frames.push({ k: 'read', s: 0, n: 0, argv: [...argv], text: '', ...untilMs })
  return 'pushed'
}

const mapfile: Builtin = (kernel, process, argv) => {
  const trim = argv.includes('-t')
  const name = argv.slice(1).find((word) => !word.startsWith('-')) ?? 'MAPFILE'
  const file = process.fds[0]
  const found = file === undefined ? undefined : kernel.look(file)
  if (file !== undefined && (found === undefined || !found.end)) {
    complain(kernel, process, `${argv[0]}: reading from a pipe that is still open is not simulated; use < <(command) or a file`)
    return 1
  }
  const text = found?.text ?? ''
  if (file !== undefined) kernel.take(file, text.length)
  const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? []
  const a: Record<string, string> = {}
  lines.forEach((line, i) => {
    a[i] = trim ? line.replace(/\n$/, '') : line
  })
  process.vars[name] = { v: a['0'] ?? '', a }
  return 0
}

const getopts: Builtin = (kernel, process, argv) => {
  const [, spec, name] = argv
  if (spec === undefined || name === undefined) {
    complain(kernel, process, 'getopts: usage: getopts optstring name [arg ...]')
    return 2
  }
  const words = argv.length > 3 ? argv.slice(3) : process.args.slice(1)
  const index = Number(process.vars.OPTIND?.v ?? '1') || 1
  let inside = process.optionIndex ?? 1
  const word = words[index - 1]
  const finish = (letter: string, next: number, position: number | undefined, status: number) => {
    setVariable(process, 'OPTIND', String(next))
    process.optionIndex = position
    setVariable(process, name, letter)
    return status
  }
  delete process.vars.OPTARG
  if (word === undefined || !/^-./.test(word) || word === '--') return finish('?', word === '--' ? index + 1 : index, undefined, 1)
  const letter = word[inside]!
  const at = letter === ':' ? -1 : spec.indexOf(letter)
  inside++
  const over = inside >= word.length
  if (at < 0) {
    if (spec.startsWith(':')) setVariable(process, 'OPTARG', letter)
    else kernel.write(process, 2, `${process.args[0]}: illegal option -- ${letter}\n`)
    return finish('?', over ? index + 1 : index, over ? undefined : inside, 0)
  }
  if (spec[at + 1] !== ':') return finish(letter, over ? index + 1 : index, over ? undefined : inside, 0)
  const value = over ? words[index] : word.slice(inside)
  if (value === undefined) {
    if (spec.startsWith(':')) setVariable(process, 'OPTARG', letter)
    else kernel.write(process, 2, `${process.args[0]}: option requires an argument -- ${letter}\n`)
    return finish(spec.startsWith(':') ? ':' : '?', index + 1, undefined, 0)
  }
  const status = finish(letter, over ? index + 2 : index + 1, undefined, 0)
  setVariable(process, 'OPTARG', value)
  return status
}

const alias: Builtin = (kernel, process, argv) => {
  if (argv.length === 1)
    for (const name of Object.keys(process.aliases).sort(compareBytes))
      kernel.write(process, 1, `alias ${name}='${process.aliases[name]}'\n`)
  let status = 0
  for (const word of argv.slice(1)) {
    const match = /^([^=]+)=([\s\S]*)$/.exec(word)
    if (match !== null) process.aliases = { ...process.aliases, [match[1]!]: match[2]! }
    else if (Object.hasOwn(process.aliases, word)) kernel.write(process, 1, `alias ${word}='${process.aliases[word]}'\n`)
    else {
      complain(kernel, process, `alias: ${word}: not found`)
      status = 1
    }
  }
  return status
}

const unalias: Builtin = (_kernel, process, argv) => {
  const rest = { ...process.aliases }
  for (const word of argv.slice(1)) delete rest[word]
  process.aliases = argv[1] === '-a' ? {} : rest
  return 0
}

export const variableBuiltins: Readonly<Record<string, Builtin>> = {
  export: declare({ ...plain, set: { x: 1 } }),
  readonly: declare({ ...plain, set: { r: 1 } }),
  declare: declare({ ...plain, local: true }),
  typeset: declare({ ...plain, local: true }),
  local,
  unset,
  read,
  mapfile,
  readarray: mapfile,
  getopts,
  alias,
  unalias,
}
