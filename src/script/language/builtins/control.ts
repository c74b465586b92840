/** Builtins that steer: break, return, exit, eval, exec, `.`, command, type, trap, set, shift (POSIX XCU 2.14). */

import { compareBytes } from '../../bytes.ts'
import { FileError, normalisePath } from '../../files.ts'
import { complain } from '../attempt.ts'
import { invoke, toolNamed } from '../command.ts'
import { exported } from '../environment.ts'
import type { Kernel } from '../kernel.ts'
import { leaveFunction, leaveLoops } from '../run.ts'
import { signalNumbers } from '../signals.ts'
import type { Process } from '../state.ts'
import { type Builtin, builtins } from './index.ts'

const optionNames: Record<string, string> = {
  e: 'errexit',
  u: 'nounset',
  x: 'xtrace',
  f: 'noglob',
  C: 'noclobber',
  a: 'allexport',
  v: 'verbose',
}
const knownOptions = new Set([
  ...Object.values(optionNames),
  'pipefail',
  'posix',
  'emacs',
  'vi',
  'monitor',
  'notify',
  'nolog',
  'noexec',
  'hashall',
  'braceexpand',
  'errtrace',
  'functrace',
])

function number(kernel: Kernel, process: Process, name: string, text: string | undefined, fallback: number): number | undefined {
  if (text === undefined) return fallback
  if (/^[-+]?\d+$/.test(text)) return Number(text)
  complain(
    kernel,
    process,
    process.shellName === 'bash' ? `${name}: ${text}: numeric argument required` : `${name}: Illegal number: ${text}`,
  )
  return undefined
}

function loop(again: boolean): Builtin {
  return (kernel, process, argv) => {
    const count = number(kernel, process, argv[0]!, argv[1], 1)
    if (count === undefined || count < 1) return 1
    process.status = 0
    return leaveLoops(process, count, again) ? 'pushed' : 0
  }
}

const exit: Builtin = (kernel, process, argv) => {
  const status = number(kernel, process, 'exit', argv[1], process.status)
  kernel.finish(process, (status ?? 2) & 255)
  return 'pushed'
}

/** Runs a text in the shell itself. */
function runText(kernel: Kernel, process: Process, text: string, frame: { dot: boolean; args?: string[] }): number | 'pushed' {
  if (process.frames.filter((other) => other.k === 'call').length > 500) {
    complain(kernel, process, 'maximum eval nesting level exceeded (500)')
    return 1
  }
  process.status = 0
  process.frames.push(
    { k: 'call', s: 0, n: 0, dot: frame.dot, ...(frame.args === undefined ? {} : { args: frame.args }) },
    { k: 'list', s: kernel.source(text), n: 0, i: 0 },
  )
  return 'pushed'
}

const evaluateWords: Builtin = (kernel, process, argv) => {
  const text = argv.slice(1).join(' ')
  return text.trim() === '' ? 0 : runText(kernel, process, text, { dot: false })
}

const dot: Builtin = (kernel, process, argv) => {
  const name = argv[1]
  if (name === undefined) {
    complain(kernel, process, `${argv[0]}: filename argument required`)
    return 2
  }
  try {
    const text = kernel.host.files.read(normalisePath(name, process.cwd))
    const args = argv.length > 2 ? process.args : undefined
    if (argv.length > 2) process.args = [process.args[0]!, ...argv.slice(2)]
    return runText(kernel, process, text, { dot: true, args })
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    complain(kernel, process, process.shellName === 'bash' ? `${name}: ${error.message}` : `.: can't open '${name}': ${error.message}`)
    return process.shellName === 'bash' ? 1 : 2
  }
}

const exec: Builtin = (_kernel, process, argv) => {
  if (argv.length < 2) return 0
  // The redirections of `exec cmd` stay: what is below is thrown away without being restored.
  const fds = process.fds
  process.frames.length = 0
  process.fds = fds
  delete process.traps.EXIT
  process.interactive = false
  process.replaced = true
  process.frames.push({ k: 'exec', s: 0, n: 0, argv: argv.slice(1), env: exported(process) })
  return 'pushed'
}

const command: Builtin = (kernel, process, argv) => {
  const show = /^-[vV]$/.test(argv[1] ?? '')
  const words = argv.slice(argv[1] === '-p' || argv[1] === '--' ? 2 : 1)
  if (show) return describe(kernel, process, argv.slice(2), argv[1] === '-v' ? 'path' : 'long')
  if (words.length === 0) return 0
  invoke(kernel, process, words, { functions: false })
  return 'pushed'
}

const builtin: Builtin = (kernel, process, argv) => {
  const target = argv[1] === undefined ? undefined : builtins[argv[1]]
  if (argv[1] === undefined) return 0
  if (target === undefined) {
    complain(kernel, process, `builtin: ${argv[1]}: not a shell builtin`)
    return 1
  }
  return target(kernel, process, argv.slice(1))
}

const keywords = new Set([
  'if',
  'then',
  'else',
  'elif',
  'fi',
  'for',
  'while',
  'until',
  'do',
  'done',
  'case',
  'esac',
  'in',
  'function',
  '{',
  '}',
  '!',
  '[[',
  ']]',
  'time',
  'select',
])

function describe(kernel: Kernel, process: Process, names: readonly string[], how: 'path' | 'long' | 'kind'): number {
  let status = 0
  for (const name of names) {
    const meaning = meaningOf(kernel, process, name)
    if (meaning === undefined) {
      status = process.shellName === 'bash' ? 1 : 127
      if (how === 'long')
        kernel.write(
          process,
          process.shellName === 'bash' ? 2 : 1,
          process.shellName === 'bash' ? `bash: type: ${name}: not found\n` : `${name}: not found\n`,
        )
      continue
    }
    const text = how === 'kind' ? meaning.kind : how === 'path' ? meaning.path : meaning.long
    kernel.write(process, 1, `${text}\n`)
  }
  return status
}

function meaningOf(kernel: Kernel, process: Process, name: string): { kind: string; path: string; long: string } | undefined {
  if (Object.hasOwn(process.aliases, name))
    return { kind: 'alias', path: `alias ${name}='${process.aliases[name]}'`, long: `${name} is aliased to \`${process.aliases[name]}'` }
  if (keywords.has(name)) return { kind: 'keyword', path: name, long: `${name} is a shell keyword` }
  if (Object.hasOwn(process.functions, name)) return { kind: 'function', path: name, long: `${name} is a function` }
  if (Object.hasOwn(builtins, name)) return { kind: 'builtin', path: name, long: `${name} is a shell builtin` }
  const path = name.includes('/') ? name : `/usr/bin/${name}`
  const stat = name.includes('/') ? kernel.host.files.stat(normalisePath(name, process.cwd)) : undefined
  const known =
    stat !== undefined || toolNamed(kernel, name) !== undefined || /^(?:ba|da|a)?sh$/.test(name) || hostKnows(kernel, process, name)
  return known ? { kind: 'file', path, long: `${name} is ${path}` } : undefined
}

/** Whether the host has a command: it is listed among its binaries (a host command cannot be asked without running it). */
function hostKnows(kernel: Kernel, process: Process, name: string): boolean {
  if (name.includes('/')) return false
  const path = process.vars.PATH?.v ?? '/usr/local/bin:/usr/bin:/bin'
  return (
    path.split(':').some((directory) => directory !== '' && kernel.host.files.stat(`${directory}/${name}`) !== undefined) ||
    kernel.host.knows?.(name) === true
  )
}

const type: Builtin = (kernel, process, argv) => {
  const kind = argv[1] === '-t'
  return describe(kernel, process, argv.slice(/^-/.test(argv[1] ?? '') ? 2 : 1), kind ? 'kind' : argv[1] === '-p' ? 'path' : 'long')
}

const which: Builtin = (kernel, process, argv) => {
  let status = 0
  for (const name of argv.slice(1)) {
    const known = name.includes('/')
      ? undefined
      : toolNamed(kernel, name) !== undefined || hostKnows(kernel, process, name) || /^(?:ba|da|a)?sh$/.test(name)
    if (known === true || ['echo', 'printf', 'test', '[', 'true', 'false', 'pwd', 'kill'].includes(name))
      kernel.write(process, 1, `/usr/bin/${name}\n`)
    else status = 1
  }
  return status
}

const shift: Builtin = (kernel, process, argv) => {
  const count = number(kernel, process, 'shift', argv[1], 1)
  if (count === undefined) return 1
  if (count > process.args.length - 1 || count < 0) return 1
  process.args = [process.args[0]!, ...process.args.slice(count + 1)]
  return 0
}

const set: Builtin = (kernel, process, argv) => {
  if (argv.length === 1) {
    for (const name of Object.keys(process.vars).sort(compareBytes))
      if (process.vars[name]!.a === undefined)
        kernel.write(
          process,
          1,
          `${name}=${/^[\w@%+:,./-]*$/.test(process.vars[name]!.v) ? process.vars[name]!.v : `'${process.vars[name]!.v.replaceAll("'", "'\\''")}'`}\n`,
        )
    return 0
  }
  for (let i = 1; i < argv.length; i++) {
    const word = argv[i]!
    if (word === '--' || word === '-' || !/^[-+]./.test(word)) {
      process.args = [process.args[0]!, ...argv.slice(word === '--' || word === '-' ? i + 1 : i)]
      return 0
    }
    const names =
      word.endsWith('o') && argv[i + 1] !== undefined
        ? [...[...word.slice(1, -1)].map((letter) => optionNames[letter] ?? `-${letter}`), argv[++i]!]
        : [...word.slice(1)].map(
            (letter) =>
              optionNames[letter] ?? (letter === 'm' || letter === 'b' || letter === 'h' || letter === 'E' ? 'monitor' : `-${letter}`),
          )
    for (const name of names) {
      if (!knownOptions.has(name)) {
        complain(
          kernel,
          process,
          process.shellName === 'bash'
            ? `set: ${name}: ${name.startsWith('-') ? 'invalid option' : 'invalid option name'}`
            : `set: illegal option ${name}`,
        )
        return 2
      }
      if (word.startsWith('-')) process.options[name] = 1
      else delete process.options[name]
    }
  }
  return 0
}

const trap: Builtin = (kernel, process, argv) => {
  const words = argv.slice(argv[1] === '--' ? 2 : 1)
  if (words.length === 0 || words[0] === '-p') {
    for (const name of Object.keys(process.traps))
      kernel.write(process, 1, `trap -- '${process.traps[name]!.replaceAll("'", "'\\''")}' ${name === 'EXIT' ? name : `SIG${name}`}\n`)
    return 0
  }
  const reset = words.length === 1 || words[0] === '-'
  let status = 0
  for (const word of words.length === 1 ? words : words.slice(1)) {
    const name = signalName(word)
    if (name === undefined) {
      complain(kernel, process, `trap: ${word}: invalid signal specification`)
      status = 1
    } else if (reset) delete process.traps[name]
    else process.traps[name] = words[0]!
  }
  return status
}

/** `TERM`, `SIGTERM`, `15`, `EXIT`, `0` as a name. */
export function signalName(word: string): string | undefined {
  if (word === '0' || word.toUpperCase() === 'EXIT') return 'EXIT'
  if (/^\d+$/.test(word)) return Object.keys(signalNumbers).find((name) => signalNumbers[name] === Number(word))
  const name = word.toUpperCase().replace(/^SIG/, '')
  return Object.hasOwn(signalNumbers, name) || name === 'ERR' || name === 'DEBUG' ? name : undefined
}

export const controlBuiltins: Readonly<Record<string, Builtin>> = {
  ':': () => 0,
  true: () => 0,
  false: () => 1,
  break: loop(false),
  continue: loop(true),
  exit,
  return: (kernel, process, argv) => {
    const status = number(kernel, process, 'return', argv[1], process.status) ?? 2
    if (leaveFunction(kernel, process, status & 255)) return 'pushed'
    if (process.shellName === 'bash') {
      complain(kernel, process, "return: can only `return' from a function or sourced script")
      return 1
    }
    kernel.finish(process, status & 255)
    return 'pushed'
  },
  eval: evaluateWords,
  '.': dot,
  source: dot,
  exec,
  command,
  builtin,
  type,
  which,
  shift,
  set,
  trap,
  hash: () => 0,
  ulimit: () => 0,
  umask: (kernel, process, argv) => {
    if (argv.length === 1) kernel.write(process, 1, '0022\n')
    return 0
  },
  shopt: () => 0,
}
