/**
 * Files on an NFS server that does not answer: the mount is a hard one, so whoever touches them waits in the kernel (state D) until the
 * server is back; nothing is lost and nothing fails. https://man7.org/linux/man-pages/man5/nfs.5.html (hard, the default)
 */
import type { FileStat, FileView } from '../../script/files.ts'

/** Thrown through whatever a process was doing: the runtime takes it up again later, from the start of that event. */
export class Stalled extends Error {
  override readonly name = 'Stalled'
}

/** Counts what ran into such files: programs may catch every error, so the runtime looks here. */
export class StallWatch {
  count = 0

  /** What `act` gave; undefined when it ran into files that are out of reach, and is to be done again later. */
  guard<T>(act: () => T): { readonly value: T } | undefined {
    const before = this.count
    try {
      const value = act()
      return this.count === before ? { value } : undefined
    } catch (error) {
      if (!(error instanceof Stalled)) throw error
      return undefined
    } finally {
      // Whoever asked this process for something waits for an answer, not for the files.
      this.count = before
    }
  }
}

/** How often a waiting process is tried again. */
export const STALL_RETRY_MS = 1_000

export class HardMountedFiles implements FileView {
  readonly #files: FileView
  readonly #reached: () => boolean
  readonly #now: () => number
  /** The instant at which the server last answered: once in an instant is enough. */
  #okMs = -1

  readonly #watch: StallWatch

  constructor(files: FileView, reached: () => boolean, now: () => number, watch: StallWatch) {
    this.#watch = watch
    this.#files = files
    this.#reached = reached
    this.#now = now
  }

  #at(): FileView {
    const now = this.#now()
    if (this.#okMs !== now) {
      if (!this.#reached()) {
        this.#watch.count++
        throw new Stalled('the NFS server does not answer')
      }
      this.#okMs = now
    }
    return this.#files
  }

  read(path: string): string {
    return this.#at().read(path)
  }
  list(path: string): readonly string[] {
    return this.#at().list(path)
  }
  stat(path: string): FileStat | undefined {
    return this.#at().stat(path)
  }
  write(path: string, text: string): void {
    this.#at().write(path, text)
  }
  append(path: string, text: string): void {
    this.#at().append(path, text)
  }
  mkdir(path: string): void {
    this.#at().mkdir(path)
  }
  remove(path: string): void {
    this.#at().remove(path)
  }
  rename(from: string, to: string): void {
    this.#at().rename(from, to)
  }
  chmod(path: string, mode: number): void {
    this.#at().chmod(path, mode)
  }
  chown(path: string, uid: number, gid: number): void {
    this.#at().chown?.(path, uid, gid)
  }
  touch(path: string, mtimeMs: number): void {
    this.#at().touch(path, mtimeMs)
  }
  symlink(target: string, path: string): void {
    this.#at().symlink?.(target, path)
  }
  allocate(path: string, bytes: number): void {
    this.#at().allocate?.(path, bytes)
  }
}
