/** Files over one cell: each change puts a new tree into it. */
import { type FileStat, type FileView, normalisePath } from '../script/files.ts'
import { type DirectoryNode, MemoryFiles } from '../script/memory-files.ts'
import type { Cells } from '../sim/state.ts'

/** Cell families: trees of files, and the most bytes each takes. */
export const FILES = 'files'
export const CAPACITY = 'files-capacity'

/** Entries of directories that are copied in a microsecond. */
const COPIES_PER_EFFORT = 3

export class CellFiles implements FileView {
  readonly #cells: Cells
  readonly #key: string
  readonly #now: () => number
  readonly #base: DirectoryNode

  constructor(cells: Cells, key: string, now: () => number, base: DirectoryNode) {
    this.#cells = cells
    this.#key = key
    this.#now = now
    this.#base = base
  }

  #files(): MemoryFiles {
    const bytes = this.#cells.get<number>(CAPACITY, this.#key)
    const tree = this.#cells.get<DirectoryNode>(FILES, this.#key) ?? this.#base
    return new MemoryFiles(tree, bytes === undefined ? { now: this.#now } : { now: this.#now, limits: { totalBytes: bytes } })
  }

  /** For reading; kept while the cell holds this tree. */
  #seen(): MemoryFiles {
    const tree = this.#cells.get<DirectoryNode>(FILES, this.#key) ?? this.#base
    if (this.#shown?.tree !== tree) this.#shown = new MemoryFiles(tree)
    return this.#shown
  }
  #shown: MemoryFiles | undefined

  #change(act: (files: MemoryFiles) => void): void {
    const files = this.#files()
    const before = files.tree
    act(files)
    this.#cells.charge(Math.floor(files.copied / COPIES_PER_EFFORT))
    if (files.tree !== before) this.#cells.put(FILES, this.#key, files.tree)
  }

  effort(): number {
    return this.#cells.charged
  }
  read(path: string): string {
    return this.#seen().read(path)
  }
  list(path: string): readonly string[] {
    return this.#seen().list(path)
  }
  stat(path: string): FileStat | undefined {
    return this.#seen().stat(path)
  }
  write(path: string, text: string): void {
    this.#change((f) => f.write(path, text))
  }
  append(path: string, text: string): void {
    this.#change((f) => f.append(path, text))
  }
  mkdir(path: string): void {
    this.#change((f) => f.mkdir(path))
  }
  remove(path: string): void {
    this.#change((f) => f.remove(path))
  }
  rename(from: string, to: string): void {
    this.#change((f) => f.rename(from, to))
  }
  chmod(path: string, mode: number): void {
    this.#change((f) => f.chmod(path, mode))
  }
  chown(path: string, uid: number, gid: number): void {
    this.#change((f) => f.chown(path, uid, gid))
  }
  touch(path: string, mtimeMs: number): void {
    this.#change((f) => f.touch(path, mtimeMs))
  }
  symlink(target: string, path: string): void {
    this.#change((f) => f.symlink(target, path))
  }
  allocate(path: string, bytes: number): void {
    this.#change((f) => f.allocate(path, bytes))
  }
}

/** A directory of other files, as if it were a file system of its own. */
export class SubtreeFiles implements FileView {
  readonly #files: FileView
  readonly #root: string

  constructor(files: FileView, root: string) {
    this.#files = files
    this.#root = root
  }

  #at(path: string): string {
    const clean = normalisePath(path)
    return clean === '/' ? this.#root : `${this.#root}${clean}`
  }

  read(path: string): string {
    return this.#files.read(this.#at(path))
  }
  list(path: string): readonly string[] {
    return this.#files.list(this.#at(path))
  }
  stat(path: string): FileStat | undefined {
    return this.#files.stat(this.#at(path))
  }
  write(path: string, text: string): void {
    this.#files.write(this.#at(path), text)
  }
  append(path: string, text: string): void {
    this.#files.append(this.#at(path), text)
  }
  mkdir(path: string): void {
    this.#files.mkdir(this.#at(path))
  }
  remove(path: string): void {
    this.#files.remove(this.#at(path))
  }
  rename(from: string, to: string): void {
    this.#files.rename(this.#at(from), this.#at(to))
  }
  chmod(path: string, mode: number): void {
    this.#files.chmod(this.#at(path), mode)
  }
  chown(path: string, uid: number, gid: number): void {
    this.#files.chown?.(this.#at(path), uid, gid)
  }
  touch(path: string, mtimeMs: number): void {
    this.#files.touch(this.#at(path), mtimeMs)
  }
  symlink(target: string, path: string): void {
    this.#files.symlink?.(target, this.#at(path))
  }
  allocate(path: string, bytes: number): void {
    this.#files.allocate?.(this.#at(path), bytes)
  }
}
