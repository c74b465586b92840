/** Python's exceptions: which there are, what is raised, and the traceback that nobody caught. */
import type { Machine } from '../scripting/machine.ts'
import { isBuiltin, isRef, type Value } from '../scripting/values.ts'
import { className, isError, str } from './text.ts'

/** Exception → its base. */
export const EXCEPTIONS: Readonly<Record<string, string>> = {
  BaseException: '',
  SystemExit: 'BaseException',
  KeyboardInterrupt: 'BaseException',
  Exception: 'BaseException',
  ArithmeticError: 'Exception',
  ZeroDivisionError: 'ArithmeticError',
  OverflowError: 'ArithmeticError',
  AssertionError: 'Exception',
  AttributeError: 'Exception',
  EOFError: 'Exception',
  ImportError: 'Exception',
  ModuleNotFoundError: 'ImportError',
  LookupError: 'Exception',
  IndexError: 'LookupError',
  KeyError: 'LookupError',
  MemoryError: 'Exception',
  NameError: 'Exception',
  UnboundLocalError: 'NameError',
  OSError: 'Exception',
  ConnectionError: 'OSError',
  ConnectionRefusedError: 'ConnectionError',
  ConnectionResetError: 'ConnectionError',
  BrokenPipeError: 'ConnectionError',
  FileExistsError: 'OSError',
  FileNotFoundError: 'OSError',
  IsADirectoryError: 'OSError',
  NotADirectoryError: 'OSError',
  PermissionError: 'OSError',
  TimeoutError: 'OSError',
  'socket.gaierror': 'OSError',
  'urllib.error.URLError': 'OSError',
  'urllib.error.HTTPError': 'urllib.error.URLError',
  RuntimeError: 'Exception',
  NotImplementedError: 'RuntimeError',
  RecursionError: 'RuntimeError',
  StopIteration: 'Exception',
  TypeError: 'Exception',
  ValueError: 'Exception',
  UnicodeDecodeError: 'ValueError',
  'json.decoder.JSONDecodeError': 'ValueError',
  Warning: 'Exception',
}
/** Names that are another one's. */
export const ALIASES: Readonly<Record<string, string>> = { IOError: 'OSError', EnvironmentError: 'OSError' }

export function makeError(m: Machine, kind: string, args: readonly Value[], more: Readonly<Record<string, Value>> = {}): Value {
  const error = m.heap.make({ t: 'obj', cls: { b: `exc:${kind}` }, attrs: { args: m.heap.make({ t: 'tuple', v: [...args] }), ...more } })
  return noted(m, error)
}

/** With where it was raised first. */
export function noted(m: Machine, error: Value): Value {
  const thing = m.is(error, 'obj')
  if (thing === undefined || thing.attrs['.trace'] !== undefined) return error
  const lines = m.trace().flatMap(({ path, line, name }) => {
    const source = m.modules
      .find((x) => x.path === path)
      ?.text.split('\n')
      [line - 1]?.trim()
    return [`  File "${path}", line ${line}, in ${name}`, ...(source && path !== '<string>' ? [`    ${source}`] : [])]
  })
  const own = m.heap.edit(error as { r: number }) as typeof thing
  own.attrs['.trace'] = lines.join('\n')
  return error
}

const isBelow = (kind: string, of: string): boolean => {
  for (let at = kind; at !== ''; at = EXCEPTIONS[at] ?? '') if (at === of) return true
  return false
}

export function isSubclass(m: Machine, cls: Value, of: Value): boolean {
  let at: Value | undefined = cls
  while (isRef(at)) {
    if (isRef(of) && at.r === of.r) return true
    at = m.is(at, 'class')?.base
  }
  if (at === undefined || at === null || !isBuiltin(at) || !isBuiltin(of)) return false
  if (at.b === of.b || of.b === 'object') return true
  return at.b.startsWith('exc:') && of.b.startsWith('exc:') && isBelow(at.b.slice(4), of.b.slice(4))
}

export function matchesError(m: Machine, error: Value, type: Value): boolean {
  if (m.is(type, 'tuple') !== undefined) return m.listed(type).some((t) => matchesError(m, error, t))
  const cls = m.is(error, 'obj')?.cls
  return cls !== undefined && isSubclass(m, cls, type)
}

/** What the interpreter prints of an exception that nobody caught. */
export function traceback(m: Machine, error: Value): string {
  const thing = m.is(error, 'obj')
  const trace = thing?.attrs['.trace']
  const name = thing === undefined ? 'TypeError' : className(m, thing.cls)
  const text = isError(m, error) ? str(m, error) : ''
  return `Traceback (most recent call last):\n${typeof trace === 'string' && trace !== '' ? `${trace}\n` : ''}${name}${text === '' ? '' : `: ${text}`}\n`
}
