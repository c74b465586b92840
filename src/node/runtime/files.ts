/** A container's view of its files: the image's layer with volumes mounted over it. The longest mount path that holds a path serves it. */
import { FileError, type FileStat, type FileView, normalisePath } from '../../script/files.ts'

export interface Mount {
  /** Where it appears in the container. */
  readonly path: string
  readonly files: FileView
  /** Directory (or file) of `files` that appears there: '' for its root. */
  readonly subPath: string
  readonly readOnly: boolean
}

/** In every base system `/var/run` is a link to `/run`; what is mounted at one is seen at both. */
export const canonicalPath = (path: string): string => (path === '/var/run' || path.startsWith('/var/run/') ? path.slice(4) : path)

/** Where a path leads. */
interface Found {
  readonly files: FileView
  readonly path: string
  readonly readOnly: boolean
  readonly mount?: Mount
}
const MOST_FOUND = 64

interface Placed extends Mount {
  /** How paths below it begin. */
  readonly below: string
}

export class MountedFiles implements FileView {
  readonly #root: FileView
  readonly #mounts: readonly Placed[]
  readonly #rootReadOnly: boolean
  readonly #found = new Map<string, Found>()

  constructor(root: FileView, mounts: readonly Mount[], rootReadOnly = false) {
    this.#root = root
    this.#mounts = mounts
      .map((m) => ({ ...m, path: canonicalPath(m.path) }))
      .map((m) => ({ ...m, below: m.path === '/' ? '/' : `${m.path}/` }))
      .sort((a, b) => b.path.length - a.path.length)
    this.#rootReadOnly = rootReadOnly
  }

  /** What holds a path follows from the mounts alone. */
  #find(path: string): Found {
    let found = this.#found.get(path)
    if (found !== undefined) return found
    found = this.#lookFor(path)
    if (this.#found.size >= MOST_FOUND) this.#found.clear()
    this.#found.set(path, found)
    return found
  }

  #lookFor(path: string): Found {
    const clean = canonicalPath(normalisePath(path))
    for (const mount of this.#mounts) {
      if (clean !== mount.path && !clean.startsWith(mount.below)) continue
      const inside = clean.slice(mount.path.length)
      return { files: mount.files, path: normalisePath(`/${mount.subPath}${inside}`), readOnly: mount.readOnly, mount }
    }
    return { files: this.#root, path: clean, readOnly: this.#rootReadOnly }
  }

  #writable(path: string): { files: FileView; path: string } {
    const found = this.#find(path)
    if (found.readOnly) throw new FileError('EROFS', path)
    return found
  }

  read(path: string): string {
    const at = this.#find(path)
    return at.files.read(at.path)
  }
  stat(path: string): FileStat | undefined {
    const at = this.#find(path)
    const stat = at.files.stat(at.path)
    if (stat !== undefined) return stat
    const clean = canonicalPath(normalisePath(path))
    // A mount point (or a directory above one) is there even where the layer has no such directory.
    const below = `${clean}/`
    return this.#mounts.some((m) => m.path === clean || m.path.startsWith(below))
      ? { kind: 'directory', mode: 0o755, size: 4096, mtimeMs: 0 }
      : undefined
  }
  list(path: string): readonly string[] {
    const clean = canonicalPath(normalisePath(path))
    const at = this.#find(clean)
    const below = this.#mounts
      .filter((m) => m.path.startsWith(clean === '/' ? '/' : `${clean}/`))
      .map((m) => m.path.slice(clean === '/' ? 1 : clean.length + 1).split('/')[0]!)
    const own = at.files.stat(at.path) === undefined && (below.length > 0 || at.mount?.path === clean) ? [] : at.files.list(at.path)
    return [...new Set([...own, ...below])].sort()
  }
  write(path: string, text: string): void {
    const at = this.#writable(path)
    at.files.write(at.path, text)
  }
  append(path: string, text: string): void {
    const at = this.#writable(path)
    at.files.append(at.path, text)
  }
  mkdir(path: string): void {
    const at = this.#writable(path)
    at.files.mkdir(at.path)
  }
  remove(path: string): void {
    const at = this.#find(path)
    if (at.mount?.path === canonicalPath(normalisePath(path))) throw new FileError('EBUSY', path)
    if (at.readOnly) throw new FileError('EROFS', path)
    at.files.remove(at.path)
  }
  rename(from: string, to: string): void {
    const a = this.#writable(from)
    const b = this.#writable(to)
    if (a.files === b.files) return a.files.rename(a.path, b.path)
    b.files.write(b.path, a.files.read(a.path))
    a.files.remove(a.path)
  }
  chmod(path: string, mode: number): void {
    const at = this.#writable(path)
    at.files.chmod(at.path, mode)
  }
  chown(path: string, uid: number, gid: number): void {
    const at = this.#writable(path)
    at.files.chown?.(at.path, uid, gid)
  }
  touch(path: string, mtimeMs: number): void {
    const at = this.#writable(path)
    at.files.touch(at.path, mtimeMs)
  }
  symlink(target: string, path: string): void {
    const at = this.#writable(path)
    if (at.files.symlink === undefined) throw new FileError('EINVAL', path)
    at.files.symlink(target, at.path)
  }
  allocate(path: string, bytes: number): void {
    const at = this.#writable(path)
    if (at.files.allocate === undefined) throw new FileError('EINVAL', path)
    at.files.allocate(at.path, bytes)
  }
}

/** Makes every directory above a path. */
export function makeParents(files: FileView, path: string): void {
  const parts = normalisePath(path).split('/').slice(1, -1)
  let at = ''
  for (const part of parts) {
    at += `/${part}`
    if (files.stat(at) === undefined) files.mkdir(at)
  }
}
