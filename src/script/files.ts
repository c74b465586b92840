/**
 * The virtual file system that shells and tools see (`FileView`) and an immutable in-memory one (`MemoryFiles`) over a plain JSON tree.
 * Errors carry the names and wording of Linux' errno (ENOENT "No such file or directory").
 */
import { EverydayError } from '../lib/everyday-error.ts'

export type FileErrorCode =
  | 'ENOENT'
  | 'EEXIST'
  | 'ENOTDIR'
  | 'EISDIR'
  | 'ENOTEMPTY'
  | 'EACCES'
  | 'EPERM'
  | 'EROFS'
  | 'ENOSPC'
  | 'EFBIG'
  | 'EINVAL'
  | 'EBUSY'
  | 'ENAMETOOLONG'

const errorTexts: Record<FileErrorCode, string> = {
  ENOENT: 'No such file or directory',
  EEXIST: 'File exists',
  ENOTDIR: 'Not a directory',
  EISDIR: 'Is a directory',
  ENOTEMPTY: 'Directory not empty',
  EACCES: 'Permission denied',
  EPERM: 'Operation not permitted',
  EROFS: 'Read-only file system',
  ENOSPC: 'No space left on device',
  EFBIG: 'File too large',
  EINVAL: 'Invalid argument',
  EBUSY: 'Device or resource busy',
  ENAMETOOLONG: 'File name too long',
}

/** A failed file operation; `message` is errno's own text. */
export class FileError extends EverydayError {
  readonly code: FileErrorCode
  readonly path: string

  constructor(code: FileErrorCode, path: string) {
    super(errorTexts[code])
    this.name = 'FileError'
    this.code = code
    this.path = path
  }
}

export type FileKind = 'file' | 'directory' | 'symlink'

export interface FileStat {
  readonly kind: FileKind
  /** Permission bits, 0o644. */
  readonly mode: number
  /** Bytes. */
  readonly size: number
  readonly mtimeMs: number
  /** Who owns it; root (0) when absent. */
  readonly uid?: number
  readonly gid?: number
  /** Where a symbolic link points (projected ConfigMap volumes have them); read, write and list follow it. */
  readonly target?: string
}

/**
 * A file system as a shell sees it. Paths are absolute and normalised (`normalisePath`). Texts are UTF-8 decoded, bytes that are no
 * UTF-8 as lone surrogates U+DC80…U+DCFF (see bytes.ts). Every operation throws `FileError`.
 */
export interface FileView {
  read(path: string): string
  /** Creates or replaces; the mode of an existing file stays. */
  write(path: string, text: string): void
  append(path: string, text: string): void
  /** Work that changes have taken so far, in units of `Loop.spend`; where it is known. */
  effort?(): number
  /** Names in a directory, in byte order. */
  list(path: string): readonly string[]
  /** One level; EEXIST, ENOENT when the parent is missing. */
  mkdir(path: string): void
  /** A file or an empty directory. */
  remove(path: string): void
  /** `undefined` where there is nothing. Does not follow a link at the end of the path. */
  stat(path: string): FileStat | undefined
  rename(from: string, to: string): void
  chmod(path: string, mode: number): void
  /** Optional: gives it to another user and group. */
  chown?(path: string, uid: number, gid: number): void
  /** Sets the time of the last change. */
  touch(path: string, mtimeMs: number): void
  /** Optional: hard or symbolic links. */
  symlink?(target: string, path: string): void
  /** Optional: makes a file so long, with zero bytes where it had none (fallocate, truncate). */
  allocate?(path: string, bytes: number): void
}

/** Most paths are normal already; saying so is much cheaper than taking them apart. (`/.hidden` is taken apart in vain.) */
const isNormal = (path: string): boolean =>
  path.startsWith('/') && !path.includes('//') && !path.includes('/.') && (path.length === 1 || !path.endsWith('/'))

/** An absolute path without `.`, `..` and doubled slashes; `..` never leaves the root. */
export function normalisePath(path: string, cwd = '/'): string {
  if (isNormal(path)) return path
  const full = path.startsWith('/') ? path : `${cwd}/${path}`
  const parts: string[] = []
  for (const part of full.split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..') parts.pop()
    else parts.push(part)
  }
  return `/${parts.join('/')}`
}

/** Makes a directory and all above it, where they are missing. */
export function makeDirectories(files: FileView, path: string): void {
  let at = ''
  for (const part of normalisePath(path).split('/').slice(1)) {
    if (part === '') continue
    at += `/${part}`
    if (files.stat(at) === undefined) files.mkdir(at)
  }
}

/** Appends; `lost`: what does not go in is lost without a word, as messages of errors are that have nowhere else to go. */
export function appendTo(files: FileView, path: string, text: string, lost: boolean): void {
  try {
    files.append(path, text)
  } catch (error) {
    if (!lost || !(error instanceof FileError)) throw error
  }
}
