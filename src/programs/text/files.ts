/** Small readings and writings of a container's files that several programs need. */
import type { FileView } from '../../script/files.ts'
import { FileError, normalisePath } from '../../script/files.ts'

/** A file's text; undefined when it cannot be read. */
export function readText(files: FileView, path: string): string | undefined {
  try {
    return files.read(path)
  } catch (error) {
    if (error instanceof FileError) return undefined
    throw error
  }
}

/** A directory's names; none when it is not there. */
export function namesIn(files: FileView, path: string): readonly string[] {
  try {
    return files.list(path)
  } catch (error) {
    if (error instanceof FileError) return []
    throw error
  }
}

export const exists = (files: FileView, path: string): boolean => files.stat(path) !== undefined

/** Makes a directory and those above it. */
export function makeDirectory(files: FileView, path: string): void {
  let at = ''
  for (const part of normalisePath(path).split('/').slice(1)) {
    at += `/${part}`
    if (files.stat(at) === undefined) files.mkdir(at)
  }
}

/** Writes a file, making the directories above it. */
export function writeText(files: FileView, path: string, text: string): void {
  makeDirectory(files, path.slice(0, path.lastIndexOf('/')) || '/')
  files.write(path, text)
}

/** What a link at the end of a path finally names: `directory`, `file` or nothing. */
export function kindAt(files: FileView, path: string): 'file' | 'directory' | undefined {
  const stat = files.stat(path)
  if (stat?.kind !== 'symlink') return stat?.kind
  if (readText(files, path) !== undefined) return 'file'
  try {
    files.list(path)
    return 'directory'
  } catch {
    return undefined
  }
}

/** Removes a file or a whole directory; nothing when it is not there. */
export function removeAll(files: FileView, path: string): void {
  const stat = files.stat(path)
  if (stat === undefined) return
  if (stat.kind === 'directory') for (const name of files.list(path)) removeAll(files, `${path}/${name}`)
  files.remove(path)
}
