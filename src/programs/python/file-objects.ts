/** Files that a Python script opens: their text, read and written through the container's own files. */
import { FileError } from '../../script/files.ts'
import { ERRNO, pathIn } from '../scripting/files.ts'
import { type Machine, Thrown } from '../scripting/machine.ts'
import type { Value } from '../scripting/values.ts'
import { makeError } from './errors.ts'
import { type Call, field, given, list, type Natives, object, setField, text } from './natives.ts'

const CLASSES: Readonly<Record<string, string>> = {
  ENOENT: 'FileNotFoundError',
  EEXIST: 'FileExistsError',
  EACCES: 'PermissionError',
  EPERM: 'PermissionError',
  EISDIR: 'IsADirectoryError',
  ENOTDIR: 'NotADirectoryError',
}

/** Does something with files; their errors are Python's. */
export function withFiles<T>(m: Machine, path: string, act: () => T): T {
  try {
    return act()
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    const message = `[Errno ${ERRNO[error.code] ?? 5}] ${error.message}: '${path}'`
    throw new Thrown(
      makeError(m, CLASSES[error.code] ?? 'OSError', [message], { errno: ERRNO[error.code] ?? 5, strerror: error.message, filename: path }),
    )
  }
}

export function openFile(m: Machine, call: Call): Value {
  const name = text(m, call.args[0])
  const mode = text(m, given(call, 1, 'mode') ?? 'r')
  const path = pathIn(m.ctx, name)
  const { files } = m.ctx
  if (mode.includes('x') && files.stat(path) !== undefined)
    throw new Thrown(makeError(m, 'FileExistsError', [`[Errno 17] File exists: '${name}'`]))
  const content = withFiles(m, name, () => {
    if (mode.includes('r')) return files.read(path)
    if (mode.includes('a')) files.append(path, '')
    else files.write(path, '')
    return ''
  })
  return object(m, 'file', { name, mode, '.path': path, '.text': content, '.at': 0, closed: false })
}

/** What is written is in the file at once. */
function append(m: Machine, self: Value, text: string): void {
  if (field(m, self, 'closed') === true) m.fail('ValueError', 'I/O operation on closed file.')
  if (!/[wax+]/.test(String(field(m, self, 'mode')))) m.fail('OSError', 'not writable')
  withFiles(m, field(m, self, 'name') as string, () => m.ctx.files.append(field(m, self, '.path') as string, text))
}

function rest(m: Machine, self: Value, take: (text: string) => string): string {
  if (field(m, self, 'closed') === true) m.fail('ValueError', 'I/O operation on closed file.')
  if (!String(field(m, self, 'mode')).includes('r')) m.fail('OSError', 'not readable')
  const at = field(m, self, '.at') as number
  const out = take((field(m, self, '.text') as string).slice(at))
  setField(m, self, '.at', at + out.length)
  return out
}
const line = (s: string): string => s.slice(0, s.includes('\n') ? s.indexOf('\n') + 1 : s.length)
const lines = (m: Machine, self: Value): string[] =>
  rest(m, self, (s) => s)
    .split(/(?<=\n)/)
    .filter((l) => l !== '')

export const fileMethods: Natives = {
  'file.read': (m, { self, args }) => rest(m, self, (s) => (typeof args[0] === 'number' ? s.slice(0, args[0]) : s)),
  'file.readline': (m, { self }) => rest(m, self, line),
  'file.readlines': (m, { self }) => list(m, lines(m, self)),
  'file.write': (m, { self, args }) => {
    const added = text(m, args[0])
    append(m, self, added)
    return added.length
  },
  'file.writelines': (m, { self, args }) => {
    const all = m.language.spread(m, args[0]!)
    append(m, self, all.map((v) => text(m, v)).join(''))
    return null
  },
  'file.flush': () => null,
  'file.close': (m, { self }) => {
    setField(m, self, 'closed', true)
    return null
  },
  'file.__enter__': (_m, { self }) => self,
  'file.__exit__': (m, call) => fileMethods['file.close']!(m, call),
}
export const fileLines = (m: Machine, self: Value): readonly Value[] => lines(m, self)
