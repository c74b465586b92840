/** Redirections (POSIX XCU 2.7; bash's `&>`, `&>>`, `<<<`), and what a path under /dev means to a process. */
import type { Redirection } from 'unbash'
import { FileError, normalisePath } from '../files.ts'
import type { Expansion } from './expand.ts'
import type { Kernel } from './kernel.ts'
import { type OpenFile, type Process, ScriptError } from './state.ts'

/** Opens what the redirections say and gives the process its new descriptors (a new record: the old one is what `restore` keeps). */
export function applyRedirects(kernel: Kernel, process: Process, redirects: readonly Redirection[], x: Expansion): true {
  const planned = redirects.map((redirect) => plan(redirect, x))
  const fds = { ...process.fds }
  for (const { fd, operator, text } of planned) redirect(kernel, process, fds, fd, operator, text)
  process.fds = fds
  return true
}

interface Planned {
  fd: number
  operator: string
  text: string
}

function plan(redirect: Redirection, x: Expansion): Planned {
  const { operator, descriptor } = redirect
  const fd = descriptor?.type === 'FileDescriptor' ? descriptor.value : operator.startsWith('<') ? 0 : 1
  if (descriptor?.type === 'FileDescriptorVariable')
    throw new ScriptError(`{${descriptor.name}}: descriptor variables are not simulated`, false)
  if (redirect.type === 'HereDoc') {
    const raw = x.hereDocument(redirect.body, redirect.delimiter?.quoted ?? false)
    return { fd, operator: 'text', text: operator === '<<-' ? raw.replace(/^\t+/gm, '') : raw }
  }
  const { target } = redirect
  if (target === undefined) throw new ScriptError('redirection without a target', false)
  if (redirect.type === 'HereString') return { fd, operator: 'text', text: `${x.text(target)}\n` }
  const words = x.fields(target)
  if (words.length !== 1) throw new ScriptError(`${target.text}: ambiguous redirect`, false)
  return { fd, operator, text: words[0]! }
}

function redirect(kernel: Kernel, process: Process, fds: Record<string, number>, fd: number, operator: string, text: string): void {
  if (operator === 'text') {
    fds[fd] = kernel.open({ k: 'text', text })
    return
  }
  if (operator === '>&' || operator === '<&') {
    if (text === '-') {
      delete fds[fd]
      return
    }
    if (/^\d+$/.test(text)) {
      const source = fds[text]
      if (source === undefined) throw new ScriptError(`${text}: Bad file descriptor`, false)
      fds[fd] = source
      return
    }
    if (operator === '<&') throw new ScriptError(`${text}: ambiguous redirect`, false)
  }
  const both = operator.startsWith('&') || (operator === '>&' && !/^\d+$/.test(text))
  const file = openPath(kernel, process, fds, text, operator)
  if (typeof file === 'number') fds[fd] = file
  else fds[fd] = kernel.open(file)
  if (both) {
    fds[1] = fds[fd]!
    fds[2] = fds[fd]!
  }
}

function openPath(kernel: Kernel, process: Process, fds: Record<string, number>, text: string, operator: string): OpenFile | number {
  const path = normalisePath(text, process.cwd)
  const device = devicePath(path)
  if (device !== undefined) {
    if (typeof device !== 'number') return device
    const source = fds[device]
    if (source === undefined) throw new ScriptError(`${text}: No such file or directory`, false)
    return source
  }
  const reading = operator === '<'
  const append = operator.endsWith('>>')
  try {
    const stat = kernel.host.files.stat(path)
    if (stat?.kind === 'directory') throw new FileError('EISDIR', path)
    if (reading) kernel.host.files.read(path)
    else if (append || operator === '<>') kernel.host.files.append(path, '')
    else if (operator === '>' && process.options.noclobber === 1 && stat?.kind === 'file')
      throw new ScriptError(`${text}: cannot overwrite existing file`, false)
    else kernel.host.files.write(path, '')
  } catch (error) {
    if (error instanceof FileError) throw new ScriptError(openError(process, text, error, reading), false)
    throw error
  }
  return { k: 'file', path, pos: 0, read: reading, write: !reading, append }
}

function openError(process: Process, text: string, error: FileError, reading: boolean): string {
  if (process.shellName === 'bash') return `${text === '' ? '' : text}: ${error.message}`
  const reason = error.code === 'ENOENT' ? (reading ? 'no such file' : 'nonexistent directory') : error.message
  return `can't ${reading ? 'open' : 'create'} ${text}: ${reason}`
}

/** A device: an open file, or the number of the descriptor that it stands for. */
export function devicePath(path: string): OpenFile | number | undefined {
  switch (path) {
    case '/dev/null':
      return { k: 'null' }
    case '/dev/zero':
      return { k: 'zero' }
    case '/dev/random':
    case '/dev/urandom':
      return { k: 'random' }
    case '/dev/stdin':
      return 0
    case '/dev/stdout':
    case '/dev/tty':
      return 1
    case '/dev/stderr':
      return 2
    default: {
      const fd = /^\/(?:dev|proc\/self)\/fd\/(\d+)$/.exec(path)
      if (fd !== null) return Number(fd[1])
      const process = /^\/proc\/1\/fd\/([12])$/.exec(path)
      return process === null ? undefined : { k: process[1] === '1' ? 'out' : 'err' }
    }
  }
}
