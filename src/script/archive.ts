/** Archives as tar(1) writes them (POSIX ustar, with GNU's long names): headers of 512 bytes, each file's bytes in blocks of as many. */
import { bytesFromText, textFromBytes } from './bytes.ts'

const BLOCK = 512
const MOST_SHORT = 100

export interface ArchiveEntry {
  /** Without a slash at its end. */
  readonly name: string
  readonly kind: 'file' | 'directory' | 'symlink'
  readonly mode: number
  readonly mtimeMs: number
  readonly uid?: number
  readonly gid?: number
  readonly text?: string
  readonly target?: string
}

/** Thrown for what is no archive. */
export class ArchiveError extends Error {
  override readonly name = 'ArchiveError'
}

const TYPES = { file: '0', symlink: '2', directory: '5' } as const
const LONG_NAME = 'L'

const octal = (n: number, width: number): string =>
  `${Math.max(0, Math.floor(n))
    .toString(8)
    .padStart(width - 1, '0')}\0`

function header(entry: ArchiveEntry, name: Uint8Array, size: number, type: string): Uint8Array {
  const block = new Uint8Array(BLOCK)
  const put = (at: number, text: string): void => block.set(bytesFromText(text), at)
  block.set(name.slice(0, MOST_SHORT), 0)
  put(100, octal(entry.mode & 0o7777, 8))
  put(108, octal(entry.uid ?? 0, 8))
  put(116, octal(entry.gid ?? 0, 8))
  put(124, octal(size, 12))
  put(136, octal(entry.mtimeMs / 1000, 12))
  put(148, ' '.repeat(8))
  put(156, type)
  if (entry.target !== undefined) block.set(bytesFromText(entry.target).slice(0, MOST_SHORT), 157)
  put(257, 'ustar\u000000')
  put(
    148,
    `${block
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
  )
  return block
}

const padded = (bytes: Uint8Array): Uint8Array[] => {
  const rest = bytes.length % BLOCK
  return rest === 0 ? [bytes] : [bytes, new Uint8Array(BLOCK - rest)]
}

export function writeArchive(entries: readonly ArchiveEntry[]): Uint8Array {
  const parts: Uint8Array[] = []
  for (const entry of entries) {
    const name = bytesFromText(entry.kind === 'directory' ? `${entry.name}/` : entry.name)
    const content = entry.kind === 'file' ? bytesFromText(entry.text ?? '') : new Uint8Array(0)
    if (name.length > MOST_SHORT) {
      const long = Uint8Array.from([...name, 0])
      parts.push(header({ ...entry, mode: 0o644 }, bytesFromText('././@LongLink'), long.length, LONG_NAME), ...padded(long))
    }
    parts.push(header(entry, name, content.length, TYPES[entry.kind]), ...padded(content))
  }
  parts.push(new Uint8Array(2 * BLOCK))
  const whole = new Uint8Array(parts.reduce((n, p) => n + p.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

const field = (bytes: Uint8Array, at: number, length: number): string => {
  const part = bytes.slice(at, at + length)
  const end = part.indexOf(0)
  return textFromBytes(end < 0 ? part : part.slice(0, end))
}

/** Throws `ArchiveError`. */
export function readArchive(bytes: Uint8Array): ArchiveEntry[] {
  const entries: ArchiveEntry[] = []
  let long: string | undefined
  for (let at = 0; at + BLOCK <= bytes.length; ) {
    if (bytes[at] === 0) break
    const size = Number.parseInt(field(bytes, at + 124, 12).trim() || '0', 8)
    const sum = Number.parseInt(field(bytes, at + 148, 8).trim(), 8)
    const block = bytes.slice(at, at + BLOCK).fill(32, 148, 156)
    if (Number.isNaN(size) || block.reduce((n, byte) => n + byte, 0) !== sum) throw new ArchiveError('invalid tar header checksum')
    const type = field(bytes, at + 156, 1) || '0'
    const content = bytes.slice(at + BLOCK, at + BLOCK + size)
    if (content.length < size) throw new ArchiveError('short read')
    if (type === LONG_NAME) long = field(content, 0, content.length)
    else {
      const prefix = field(bytes, at + 345, 155)
      const name = long ?? `${prefix === '' ? '' : `${prefix}/`}${field(bytes, at, MOST_SHORT)}`
      long = undefined
      const kind = type === '5' ? 'directory' : type === '2' ? 'symlink' : type === '0' ? 'file' : undefined
      if (kind !== undefined)
        entries.push({
          name: name.replace(/(.)\/+$/, '$1'),
          kind,
          mode: Number.parseInt(field(bytes, at + 100, 8).trim() || '644', 8),
          mtimeMs: Number.parseInt(field(bytes, at + 136, 12).trim() || '0', 8) * 1000,
          ...(kind === 'file' && { text: textFromBytes(content) }),
          ...(kind === 'symlink' && { target: field(bytes, at + 157, MOST_SHORT) }),
        })
    }
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK
  }
  return entries
}
