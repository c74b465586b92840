/** Files that nobody writes to: what is shown of the simulation's state. */
import { compareBytes } from '../../script/bytes.ts'
import { FileError, type FileStat, type FileView, normalisePath } from '../../script/files.ts'

export abstract class ReadOnlyFiles implements FileView {
  abstract read(path: string): string
  abstract list(path: string): readonly string[]
  abstract stat(path: string): FileStat | undefined

  #refuse(path: string): never {
    throw new FileError('EROFS', path)
  }
  write(path: string): void {
    this.#refuse(path)
  }
  append(path: string): void {
    this.#refuse(path)
  }
  mkdir(path: string): void {
    this.#refuse(path)
  }
  remove(path: string): void {
    this.#refuse(path)
  }
  rename(path: string): void {
    this.#refuse(path)
  }
  chmod(path: string): void {
    this.#refuse(path)
  }
  touch(path: string): void {
    this.#refuse(path)
  }
}

/** One file whose text is made when it is read, or a link. */
export interface LiveFile {
  readonly text?: () => string
  readonly target?: string
  readonly mode?: number
  readonly uid?: number
}

/** A tree of such files, as procfs has them: sizes are 0. */
export class LiveFiles extends ReadOnlyFiles {
  readonly #make: () => ReadonlyMap<string, LiveFile>

  /** `make`: paths below the root (`/meminfo`, `/1/cmdline`) and their files as they are now. */
  constructor(make: () => ReadonlyMap<string, LiveFile>) {
    super()
    this.#make = make
  }

  #find(path: string): { readonly clean: string; readonly all: ReadonlyMap<string, LiveFile> } {
    const all = this.#make()
    let clean = normalisePath(path)
    for (const [at, file] of all)
      if (file.target !== undefined && clean.startsWith(`${at}/`)) clean = normalisePath(`${at}/../${file.target}${clean.slice(at.length)}`)
    return { clean, all }
  }

  read(path: string): string {
    const { clean, all } = this.#find(path)
    const file = all.get(clean)
    if (file?.text !== undefined) return file.text()
    if (file?.target !== undefined) return this.read(normalisePath(`${clean}/../${file.target}`))
    throw new FileError(this.stat(path) === undefined ? 'ENOENT' : 'EISDIR', path)
  }

  list(path: string): readonly string[] {
    const { clean, all } = this.#find(path)
    const head = clean === '/' ? '/' : `${clean}/`
    const names = [...all.keys()].filter((k) => k.startsWith(head)).map((k) => k.slice(head.length).split('/')[0]!)
    if (names.length === 0) throw new FileError(all.has(clean) ? 'ENOTDIR' : 'ENOENT', path)
    return [...new Set(names)].sort(compareBytes)
  }

  stat(path: string): FileStat | undefined {
    const { clean, all } = this.#find(path)
    const file = all.get(clean)
    const who = file?.uid === undefined ? {} : { uid: file.uid, gid: file.uid }
    if (file?.target !== undefined) return { kind: 'symlink', mode: 0o777, size: 0, mtimeMs: 0, target: file.target }
    if (file !== undefined) return { kind: 'file', mode: file.mode ?? 0o444, size: 0, mtimeMs: 0, ...who }
    const head = clean === '/' ? '/' : `${clean}/`
    for (const key of all.keys()) if (key.startsWith(head)) return { kind: 'directory', mode: 0o555, size: 0, mtimeMs: 0 }
    return undefined
  }
}
