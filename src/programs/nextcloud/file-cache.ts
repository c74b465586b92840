/** Files of an account: their bytes in the data directory, what Nextcloud knows of them in oc_filecache. The two part where somebody changes one of them alone. */
import { sha256 } from '../../lib/hash.ts'
import type { FileView } from '../../script/files.ts'
import { makeDirectory, namesIn, writeText } from '../text/files.ts'
import { quoted, type Row } from './database.ts'
import { homeOf } from './install.ts'
import type { PhpArray } from './php-array.ts'

/** `files`, `files/Documents/a.txt`: paths within an account's home. */
export interface Cached {
  readonly path: string
  readonly name: string
  readonly mimetype: string
  readonly size: number
  readonly mtime: number
  readonly etag: string
}

export const DIRECTORY = 'httpd/unix-directory'
const TYPES: Readonly<Record<string, string>> = {
  txt: 'text/plain',
  md: 'text/markdown',
  html: 'text/html',
  pdf: 'application/pdf',
  jpg: 'image/jpeg',
  png: 'image/png',
  json: 'application/json',
}
/** What a new account finds. */
const SKELETON: Readonly<Record<string, string>> = {
  'Readme.md': '## Welcome to Nextcloud!\n',
  'Documents/Readme.md': '## Documents\n',
}

export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
export const parentOf = (path: string): string => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '')
const typeOf = (name: string): string => {
  const end = name.slice(name.lastIndexOf('.') + 1).toLowerCase()
  return (Object.hasOwn(TYPES, end) ? TYPES[end] : undefined) ?? 'application/octet-stream'
}

/** What is known of a row. */
export const cached = (row: Row): Cached => ({
  path: String(row['path']),
  name: String(row['name']),
  mimetype: String(row['mimetype']),
  size: Number(row['size']),
  mtime: Number(row['mtime']),
  etag: String(row['etag']),
})

/** The statements of one account's cache. */
export class FileCache {
  readonly #config: PhpArray
  readonly #uid: string
  readonly #storage: string

  constructor(config: PhpArray, uid: string) {
    this.#config = config
    this.#uid = uid
    this.#storage = this.#q(`home::${uid}`)
  }

  #q(value: string): string {
    return quoted(this.#config, value)
  }

  disk(path: string): string {
    return `${homeOf(this.#config, this.#uid)}/${path}`
  }
  find(path: string): string {
    return `SELECT * FROM oc_filecache WHERE storage = ${this.#storage} AND path = ${this.#q(path)}`
  }
  children(path: string): string {
    return `SELECT * FROM oc_filecache WHERE storage = ${this.#storage} AND parent = ${this.#q(path)} ORDER BY name`
  }
  all(): string {
    return `SELECT * FROM oc_filecache WHERE storage = ${this.#storage} ORDER BY path`
  }
  forget(path: string): string[] {
    const below = `${path}/`
    return [
      `DELETE FROM oc_filecache WHERE storage = ${this.#storage} AND (path = ${this.#q(path)} OR path LIKE ${this.#q(`${below.replace(/[%_\\]/g, (c) => `\\${c}`)}%`)})`,
    ]
  }

  /** Notes what lies on the disk at a path; `size` in bytes. */
  note(path: string, kind: 'file' | 'directory', size: number, mtimeMs: number): string[] {
    const [name, mtime] = [nameOf(path), Math.floor(mtimeMs / 1000)]
    const type = kind === 'directory' ? DIRECTORY : typeOf(name)
    const etag = sha256(`${this.#storage}/${path}/${mtimeMs}/${size}`).slice(0, 32)
    return [
      `DELETE FROM oc_filecache WHERE storage = ${this.#storage} AND path = ${this.#q(path)}`,
      `INSERT INTO oc_filecache (storage, path, parent, name, mimetype, size, mtime, etag) VALUES (${this.#storage}, ${this.#q(path)}, ${this.#q(parentOf(path))}, ${this.#q(name)}, ${this.#q(type)}, ${size}, ${mtime}, ${this.#q(etag)})`,
    ]
  }

  /** A new account's home: its directory and what lies in it at first. Throws FileError. */
  begin(files: FileView, nowMs: number): string[] {
    makeDirectory(files, this.disk('files'))
    const sql = this.note('files', 'directory', 0, nowMs)
    for (const [path, text] of Object.entries(SKELETON)) {
      const full = `files/${path}`
      writeText(files, this.disk(full), text)
      if (parentOf(full) !== 'files') sql.push(...this.note(parentOf(full), 'directory', 0, nowMs))
      sql.push(...this.note(full, 'file', Buffer.byteLength(text), nowMs))
    }
    return sql
  }

  /** What lies on the disk below a path: path → kind, size, time of change. */
  onDisk(files: FileView, path = 'files'): Map<string, { kind: 'file' | 'directory'; size: number; mtimeMs: number }> {
    const out = new Map<string, { kind: 'file' | 'directory'; size: number; mtimeMs: number }>()
    const walk = (at: string): void => {
      const stat = files.stat(this.disk(at))
      if (stat === undefined || stat.kind === 'symlink') return
      out.set(at, { kind: stat.kind, size: stat.kind === 'directory' ? 0 : stat.size, mtimeMs: stat.mtimeMs })
      if (stat.kind === 'directory') for (const name of namesIn(files, this.disk(at))) walk(`${at}/${name}`)
    }
    walk(path)
    return out
  }
}
