/** A process as word expansion sees it: parameters, arrays, pathnames. */
import { compareBytes } from '../bytes.ts'
import { FileError, normalisePath } from '../files.ts'
import type { ExpansionEnvironment } from './expand.ts'
import type { Kernel } from './kernel.ts'
import type { ParameterValue } from './parameters.ts'
import { compile, isPattern, patternSource, unescapePattern } from './pattern.ts'
import { LimitReached, type Process, ScriptError, type Variable } from './state.ts'

const maxValue = 4_000_000

/** A variable of a process, if it is set or declared. */
export function variable(process: Process, name: string): Variable | undefined {
  return Object.hasOwn(process.vars, name) ? process.vars[name] : undefined
}

/** Sets a variable (an element of it, with a key), keeping whether it is exported. Throws `ScriptError` when it is read-only. */
export function setVariable(process: Process, name: string, value: string, key?: string): void {
  if (name === '__proto__') return
  if (value.length > maxValue) throw new LimitReached('memory')
  const old = variable(process, name)
  if (old?.r === 1) throw new ScriptError(process.shellName === 'bash' ? `${name}: readonly variable` : `${name}: is read only`, true)
  const { u: _declared, ...rest } = old ?? { v: '' }
  const text = rest.i === 1 && !/^-?\d+$/.test(value) ? '0' : value
  if (key === undefined && rest.a === undefined) process.vars[name] = { ...rest, v: text }
  else {
    const at = key ?? '0'
    if (at === '__proto__') return
    process.vars[name] = {
      ...rest,
      v: at === '0' ? text : rest.v,
      a: { ...(rest.a ?? (old !== undefined && old.u !== 1 && rest.v !== '' ? { 0: rest.v } : {})), [at]: text },
    }
  }
  if (name === 'OPTIND') process.optionIndex = undefined
}

/** Steps that a change of an element takes: the array is copied. */
export function arraySteps(process: Process, name: string): number {
  const array = variable(process, name)?.a
  if (array === undefined) return 0
  let size = 0
  for (const _ in array) size++
  return size >> 4
}

/** Exported variables as an environment. */
export function exported(process: Process): Record<string, string> {
  const env: Record<string, string> = {}
  for (const name in process.vars) {
    const value = process.vars[name]!
    if (value.x === 1 && value.u !== 1) env[name] = value.v
  }
  return env
}

export function optionFlags(process: Process): string {
  const letters: Record<string, string> = {
    errexit: 'e',
    nounset: 'u',
    xtrace: 'x',
    noglob: 'f',
    noclobber: 'C',
    allexport: 'a',
    verbose: 'v',
  }
  return `${process.interactive ? 'i' : ''}${Object.keys(process.options)
    .map((name) => letters[name] ?? '')
    .join('')}`
}

const bashMessages = { unset: 'unbound variable', status: 127 }
const shMessages = { unset: 'parameter not set', status: 2 }

export function environment(kernel: Kernel, process: Process): ExpansionEnvironment {
  return {
    parameter: (name) => parameter(kernel, process, name),
    keys: (name) => keys(process, name),
    element(name, key) {
      if (name === 'PIPESTATUS') return process.statuses[Number(key ?? 0)]?.toString()
      const value = variable(process, name)
      if (value === undefined || value.u === 1)
        return key === undefined || key === '0' ? asText(parameter(kernel, process, name)) : undefined
      if (value.a === undefined) return key === undefined || key === '0' ? asText(parameter(kernel, process, name)) : undefined
      const at = key ?? '0'
      return Object.hasOwn(value.a, at) ? value.a[at] : undefined
    },
    isAssociative: (name) => variable(process, name)?.m === 1,
    names: (prefix) =>
      Object.keys(process.vars)
        .filter((name) => name.startsWith(prefix))
        .sort(compareBytes),
    assign(name, value, key) {
      kernel.steps += arraySteps(process, name)
      setVariable(process, name, value, key)
    },
    charge(steps) {
      kernel.steps += steps
    },
    glob: (pattern) => glob(kernel, process, pattern),
    textFile(text) {
      let fd = 63
      while (process.fds[fd] !== undefined) fd--
      process.fds[fd] = kernel.open({ k: 'text', text })
      return `/dev/fd/${fd}`
    },
    option: (name) => process.options[name] === 1,
    messages: process.shellName === 'bash' ? bashMessages : shMessages,
    get ifs() {
      const value = variable(process, 'IFS')
      return value === undefined ? ' \t\n' : value.v
    },
  }
}

const asText = (value: ParameterValue | undefined) => (typeof value === 'string' ? value : undefined)

function keys(process: Process, name: string): string[] {
  if (name === 'PIPESTATUS') return process.statuses.map((_, i) => String(i))
  const value = variable(process, name)
  if (value === undefined || value.u === 1) return []
  if (value.a === undefined) return ['0']
  const all = Object.keys(value.a)
  return value.m === 1 ? all : all.sort((a, b) => Number(a) - Number(b))
}

function parameter(kernel: Kernel, process: Process, name: string): ParameterValue | undefined {
  if (/^\d/.test(name)) return process.args[Number(name)]
  const value = variable(process, name)
  if (value !== undefined) return value.u === 1 ? undefined : value.a === undefined ? value.v : value.a['0']
  switch (name) {
    case '@':
      return { items: process.args.slice(1), joined: false }
    case '*':
      return { items: process.args.slice(1), joined: true }
    case '#':
      return String(process.args.length - 1)
    case '?':
      return String(process.status)
    case '$':
      return String(process.sub ? kernel.machine.main : process.pid)
    case '!':
      return process.lastJob === undefined ? undefined : String(process.lastJob)
    case '-':
      return optionFlags(process)
    default:
      return process.shellName === 'bash' || name === 'PPID' || name === 'LINENO' || name === 'RANDOM'
        ? special(kernel, process, name)
        : undefined
  }
}

function special(kernel: Kernel, process: Process, name: string): string | undefined {
  switch (name) {
    case 'RANDOM':
      return String(Math.floor(kernel.draw() * 32768))
    case 'SECONDS':
      return String(Math.floor((kernel.host.now() - process.startMs) / 1000))
    case 'EPOCHSECONDS':
      return String(Math.floor(kernel.host.now() / 1000))
    case 'BASHPID':
      return String(process.pid)
    case 'PPID':
      return String(process.parent)
    case 'PIPESTATUS':
      return process.statuses[0] === undefined ? undefined : String(process.statuses[0])
    case 'UID':
    case 'EUID':
      return String(kernel.machine.credentials?.uid ?? (kernel.machine.user === 'root' ? 0 : 1000))
    case 'BASH_VERSION':
      return '5.2.15(1)-release'
    case 'FUNCNAME': {
      const frames = process.frames.filter((frame) => frame.k === 'func')
      const last = frames[frames.length - 1]
      return last?.k === 'func' ? last.name : undefined
    }
    default:
      return undefined
  }
}

/** Pathname expansion: names in byte order, hidden ones only where the pattern says a dot. */
function glob(kernel: Kernel, process: Process, pattern: string): string[] {
  const absolute = pattern.startsWith('/')
  let found: { shown: string; real: string }[] = [{ shown: absolute ? '/' : '', real: absolute ? '/' : process.cwd }]
  const parts = pattern.split('/').filter((part, i, all) => part !== '' || i === all.length - 1)
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i]!
    const last = i === parts.length - 1
    kernel.steps += found.length * 2
    if (part === '') return found.filter(({ real }) => isDirectory(kernel, real)).map(({ shown }) => shown)
    found = found.flatMap((base) =>
      entries(kernel, base.real, part).map((name) => ({
        shown: base.shown + name + (last ? '' : '/'),
        real: normalisePath(name, base.real),
      })),
    )
    if (!last) found = found.filter(({ real }) => isDirectory(kernel, real))
  }
  return found.map(({ shown }) => shown).sort(compareBytes)
}

function entries(kernel: Kernel, directory: string, part: string): string[] {
  const { files } = kernel.host
  if (!isPattern(part)) {
    const name = unescapePattern(part)
    return name === '.' || name === '..' || files.stat(normalisePath(name, directory)) !== undefined ? [name] : []
  }
  try {
    const expression = compile(`^(?:${patternSource(part)})$`)
    const hidden = part.startsWith('.') || part.startsWith('\\.')
    const names = files.list(directory)
    kernel.steps += names.length >> 1
    return names.filter((name) => (hidden || !name.startsWith('.')) && expression.matcher(name).find())
  } catch (error) {
    if (error instanceof LimitReached || error instanceof ScriptError) throw error
    return []
  }
}

function isDirectory(kernel: Kernel, path: string): boolean {
  try {
    kernel.host.files.list(path)
    return true
  } catch (error) {
    if (error instanceof FileError) return false
    throw error
  }
}
