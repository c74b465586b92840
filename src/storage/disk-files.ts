/**
 * One machine's file system (a node's disk, an NFS server's) over several cells: a directory that was seeded has a cell of its own, so that
 * a busy pod does not copy the whole disk; everything else lies in the cell of the nearest directory above. Whoever looks sees one tree.
 */
import { compareBytes } from '../script/bytes.ts'
import { FileError, type FileStat, type FileView, normalisePath } from '../script/files.ts'
import { type DirectoryNode, emptyTree } from '../script/memory-files.ts'
import type { Cells } from '../sim/state.ts'
import { CellFiles, FILES } from './cell-files.ts'

const DIRECTORY: FileStat = { kind: 'directory', mode: 0o755, size: 4096, mtimeMs: 0 }

interface Place {
  readonly files: CellFiles
  /** Within `files`. */
  readonly path: string
  readonly cell: string
}

export class DiskFiles implements FileView {
  readonly #cells: Cells
  readonly #disk: string
  readonly #now: () => number
  readonly #base: () => DirectoryNode

  /** `disk` is the prefix of its cells' keys; `base` what its root holds before anybody writes. */
  constructor(cells: Cells, disk: string, now: () => number, base: () => DirectoryNode) {
    this.#cells = cells
    this.#disk = disk
    this.#now = now
    this.#base = base
  }

  /** The cell that holds a path: `/` or the longest path above it that was seeded. */
  cellPath(path: string): string {
    let at = normalisePath(path)
    while (at !== '/' && at !== '') {
      if (this.#cells.get(FILES, `${this.#disk}${at}`) !== undefined) return at
      at = at.slice(0, at.lastIndexOf('/'))
    }
    return '/'
  }

  #place(path: string): Place {
    const clean = normalisePath(path)
    const cell = this.cellPath(clean)
    const base = cell === '/' ? this.#base() : emptyTree
    const files = new CellFiles(this.#cells, `${this.#disk}${cell}`, this.#now, base)
    return { files, cell, path: cell === '/' ? clean : clean.slice(cell.length) || '/' }
  }

  /** Names directly below a directory that lead to cells of their own. */
  #nested(path: string): string[] {
    const prefix = `${this.#disk}${path === '/' ? '' : path}/`
    const names = this.#cells
      .keys(FILES, prefix)
      .filter((k) => k.length > prefix.length)
      .map((k) => k.slice(prefix.length).split('/')[0]!)
    return [...new Set(names)]
  }

  read(path: string): string {
    const at = this.#place(path)
    return at.files.read(at.path)
  }

  list(path: string): readonly string[] {
    const at = this.#place(path)
    const nested = this.#nested(normalisePath(path))
    if (nested.length === 0) return at.files.list(at.path)
    const own = at.files.stat(at.path) === undefined ? [] : at.files.list(at.path)
    return [...new Set([...own, ...nested])].sort(compareBytes)
  }

  stat(path: string): FileStat | undefined {
    const at = this.#place(path)
    return at.files.stat(at.path) ?? (this.#nested(normalisePath(path)).length > 0 ? DIRECTORY : undefined)
  }

  /** A directory that is there only because a cell lies below it becomes one of the tree. */
  #parents(path: string): Place {
    const clean = normalisePath(path)
    const at = this.#place(clean)
    const above = clean.slice(0, clean.lastIndexOf('/'))
    if (at.path !== '/' && above !== '' && at.files.stat(at.path.slice(0, at.path.lastIndexOf('/')) || '/') === undefined) {
      if (this.stat(above) === undefined) throw new FileError('ENOENT', path)
      this.#parents(above)
      this.#place(above).files.mkdir(this.#place(above).path)
    }
    return at
  }

  write(path: string, text: string): void {
    const at = this.#parents(path)
    if (at.path === '/') throw new FileError('EISDIR', path)
    at.files.write(at.path, text)
  }
  append(path: string, text: string): void {
    const at = this.#parents(path)
    at.files.append(at.path, text)
  }
  mkdir(path: string): void {
    if (this.stat(path) !== undefined) throw new FileError('EEXIST', path)
    const at = this.#parents(path)
    at.files.mkdir(at.path)
  }

  remove(path: string): void {
    const at = this.#place(path)
    if (this.stat(path)?.kind === 'directory' && this.list(path).length > 0) throw new FileError('ENOTEMPTY', path)
    if (at.path === '/' && at.cell !== '/') this.#cells.delete(FILES, `${this.#disk}${at.cell}`)
    else at.files.remove(at.path)
  }

  rename(from: string, to: string): void {
    const a = this.#place(from)
    const b = this.#parents(to)
    if (a.cell === b.cell) return a.files.rename(a.path, b.path)
    if (this.stat(from)?.kind === 'directory') throw new FileError('EBUSY', from)
    b.files.write(b.path, a.files.read(a.path))
    a.files.remove(a.path)
  }

  chmod(path: string, mode: number): void {
    const at = this.#place(path)
    at.files.chmod(at.path, mode)
  }
  chown(path: string, uid: number, gid: number): void {
    const at = this.#place(path)
    at.files.chown(at.path, uid, gid)
  }
  touch(path: string, mtimeMs: number): void {
    const at = this.#place(path)
    at.files.touch(at.path, mtimeMs)
  }
  symlink(target: string, path: string): void {
    const at = this.#parents(path)
    at.files.symlink?.(target, at.path)
  }
  allocate(path: string, bytes: number): void {
    const at = this.#parents(path)
    at.files.allocate?.(at.path, bytes)
  }
}
