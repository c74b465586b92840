/** Levels on disk: where they are, and their folders read as plain data within the limits of LEVELS.md. Nothing outside a folder is read. */
import { closeSync, constants, existsSync, fstatSync, lstatSync, openSync, readdirSync, readSync } from 'node:fs'
import { dirname, join, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { LevelFiles } from '../levels/loader/level.ts'
import { didYouMean } from '../levels/loader/messages.ts'

export const MAX_FILES = 100
export const MAX_FILE_BYTES = 256_000
export const MAX_TOTAL_BYTES = 1_000_000

/** What the host's files do not allow: says which file and why. */
export class FolderError extends Error {
  override readonly name = 'FolderError'
}

/** The text of a regular file, read through one descriptor so that it cannot change into something else on the way. */
export function readRegularFile(path: string, maxBytes = MAX_FILE_BYTES): string {
  let descriptor: number
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new FolderError(
      code === 'ELOOP'
        ? `${path}: symbolic links are not followed`
        : code === 'ENOENT'
          ? `${path}: there is no such file`
          : `${path}: cannot be read (${code})`,
    )
  }
  try {
    const stat = fstatSync(descriptor)
    if (!stat.isFile()) throw new FolderError(`${path}: not a regular file`)
    if (stat.size > maxBytes) throw new FolderError(`${path}: larger than ${maxBytes} bytes`)
    const buffer = Buffer.alloc(maxBytes + 1)
    let length = 0
    for (let n = 1; n > 0 && length <= maxBytes; length += n) n = readSync(descriptor, buffer, length, maxBytes + 1 - length, null)
    if (length > maxBytes) throw new FolderError(`${path}: larger than ${maxBytes} bytes`)
    return buffer.subarray(0, length).toString('utf8')
  } finally {
    closeSync(descriptor)
  }
}

/** All regular files of a folder, relative path → text. Links, pipes and devices are refused, hidden files left out. */
export function readFolder(folder: string): LevelFiles {
  const files: Record<string, string> = {}
  let total = 0
  const walk = (relative: string, depth: number): void => {
    if (depth > 8) throw new FolderError(`${join(folder, relative)}: folders are nested deeper than 8`)
    for (const name of readdirSync(join(folder, relative)).sort()) {
      if (name.startsWith('.')) continue
      const path = relative === '' ? name : `${relative}/${name}`
      if (name === '__proto__') throw new FolderError(`${join(folder, path)}: a file cannot have this name`)
      const stat = lstatSync(join(folder, path))
      if (stat.isDirectory()) {
        walk(path, depth + 1)
        continue
      }
      if (!stat.isFile()) throw new FolderError(`${join(folder, path)}: only regular files are read (no links, pipes or devices)`)
      if (Object.keys(files).length >= MAX_FILES) throw new FolderError(`${folder}: more than ${MAX_FILES} files`)
      files[path] = readRegularFile(join(folder, path))
      total += Buffer.byteLength(files[path])
      if (total > MAX_TOTAL_BYTES) throw new FolderError(`${folder}: more than ${MAX_TOTAL_BYTES} bytes in all`)
    }
  }
  walk('', 0)
  return files
}

/** The levels that come with the program: beside dist/ or src/. */
export function builtInRoot(): string {
  const here = dirname(fileURLToPath(import.meta.url))
  for (let at = here; ; at = dirname(at)) {
    if (existsSync(join(at, 'levels')) && existsSync(join(at, 'package.json'))) return join(at, 'levels')
    if (dirname(at) === at) return join(here, 'levels')
  }
}

/** What is said of a name that is no level. */
export const noSuchLevel = (name: string): string =>
  `there is no level "${name}"${didYouMean(name, builtInLevels())}; clusterlab levels lists them`

export interface FoundLevel {
  readonly name: string
  readonly folder: string
  readonly files: LevelFiles
}

/** A level by its name (`services/wordpress-reachable`) or by a path that holds a level.yaml; undefined when there is none. */
export function findLevel(nameOrPath: string): FoundLevel | undefined {
  const root = builtInRoot()
  const named = /^[a-z0-9-]+\/[a-z0-9-]+$/.test(nameOrPath) && existsSync(join(root, nameOrPath, 'level.yaml'))
  const folder = named ? join(root, nameOrPath) : resolve(nameOrPath.replace(/\/level\.yaml$/, ''))
  if (!named && !existsSync(join(folder, 'level.yaml'))) return undefined
  const parts = folder.split(sep)
  const name = folder.startsWith(root + sep)
    ? parts.slice(-2).join('/')
    : parts.slice(-2).every((p) => /^[a-z0-9-]+$/.test(p))
      ? parts.slice(-2).join('/')
      : parts.at(-1)!
  return { name, folder, files: readFolder(folder) }
}

/** Names of the levels that come with the program, in byte order. */
export function builtInLevels(): string[] {
  const root = builtInRoot()
  if (!existsSync(root)) return []
  const folders = (path: string): string[] =>
    readdirSync(path, { withFileTypes: true })
      .filter((e) => e.isDirectory())
      .map((e) => e.name)
      .sort()
  return folders(root).flatMap((course) =>
    folders(join(root, course))
      .filter((level) => existsSync(join(root, course, level, 'level.yaml')))
      .map((level) => `${course}/${level}`),
  )
}
