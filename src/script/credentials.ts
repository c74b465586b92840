/** Who a process is, and files as that one may use them: the mode's bits decide for owner, group and others, as path_resolution(7) tells. */
import { FileError, type FileStat, type FileView, normalisePath } from './files.ts'

/** What root may do beyond the modes, by capabilities(7), where the runtime left it to the process. */
export type Capability = 'CHOWN' | 'DAC_OVERRIDE' | 'FOWNER' | 'KILL' | 'NET_BIND_SERVICE' | 'SETUID'

export interface Credentials {
  readonly uid: number
  readonly gid: number
  /** Supplementary groups. */
  readonly groups: readonly number[]
  /** Those in effect: of root what the container kept, of anybody else none. */
  readonly capabilities: readonly Capability[]
}

const READ = 4
const WRITE = 2
const SEARCH = 1
const MOST_LINKS = 8

const above = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/'

/** Whether the mode lets somebody do all of `bits` (4 read, 2 write, 1 search or run). */
export function permits(stat: FileStat, who: Credentials, bits: number): boolean {
  if (who.capabilities.includes('DAC_OVERRIDE')) return true
  const { uid = 0, gid = 0, mode } = stat
  const shift = uid === who.uid ? 6 : gid === who.gid || who.groups.includes(gid) ? 3 : 0
  return ((mode >> shift) & bits) === bits
}

/** See the file's head. Throws EACCES and EPERM where the kernel would. What is made belongs to the maker. */
export class CredentialedFiles implements FileView {
  readonly #files: FileView
  readonly #who: Credentials

  constructor(files: FileView, who: Credentials) {
    this.#files = files
    this.#who = who
  }

  /** Every directory above a path must let one through; what is not there stops nobody. */
  #walk(path: string): void {
    const parts = normalisePath(path).split('/').slice(1, -1)
    let at = ''
    for (const part of ['', ...parts]) {
      at = part === '' ? '/' : `${at === '/' ? '' : at}/${part}`
      const stat = this.#files.stat(at)
      if (stat?.kind === 'directory' && !permits(stat, this.#who, SEARCH)) throw new FileError('EACCES', path)
    }
  }

  /** Where a path leads once links at its end are followed. */
  #target(path: string): string {
    let at = normalisePath(path)
    for (let i = 0; i < MOST_LINKS; i++) {
      const stat = this.#files.stat(at)
      if (stat?.kind !== 'symlink' || stat.target === undefined) return at
      at = normalisePath(stat.target, above(at))
    }
    return at
  }

  #need(path: string, bits: number): FileStat | undefined {
    const real = this.#target(path)
    this.#walk(real)
    const stat = this.#files.stat(real)
    if (stat !== undefined && !permits(stat, this.#who, bits)) throw new FileError('EACCES', path)
    return stat
  }

  /** The right to make, rename or remove a name in its directory; a sticky one lets only owners take away. */
  #needDirectory(path: string, taking?: FileStat): void {
    this.#walk(path)
    const directory = this.#files.stat(this.#target(above(normalisePath(path))))
    if (directory === undefined || directory.kind !== 'directory') return
    if (!permits(directory, this.#who, WRITE | SEARCH)) throw new FileError('EACCES', path)
    if (taking === undefined || (directory.mode & 0o1000) === 0 || this.#who.capabilities.includes('FOWNER')) return
    if ((taking.uid ?? 0) !== this.#who.uid && (directory.uid ?? 0) !== this.#who.uid) throw new FileError('EPERM', path)
  }

  #needOwner(path: string): void {
    this.#walk(path)
    const stat = this.#files.stat(this.#target(path))
    if (stat !== undefined && (stat.uid ?? 0) !== this.#who.uid && !this.#who.capabilities.includes('FOWNER'))
      throw new FileError('EPERM', path)
  }

  /** What was just made belongs to who made it; its group is the directory's where that says so (setgid). */
  #own(path: string): void {
    const { uid, gid } = this.#who
    const made = this.#files.stat(path)
    this.#files.chown?.(path, uid, made?.gid ?? gid)
  }

  #put(path: string, act: () => void): void {
    const there = this.#need(path, WRITE)
    if (there === undefined) this.#needDirectory(path)
    act()
    if (there === undefined) this.#own(this.#target(path))
  }

  read(path: string): string {
    this.#need(path, READ)
    return this.#files.read(path)
  }
  list(path: string): readonly string[] {
    this.#need(path, READ)
    return this.#files.list(path)
  }
  stat(path: string): FileStat | undefined {
    try {
      this.#walk(path)
    } catch (error) {
      if (error instanceof FileError) return undefined
      throw error
    }
    return this.#files.stat(path)
  }
  write(path: string, text: string): void {
    this.#put(path, () => this.#files.write(path, text))
  }
  append(path: string, text: string): void {
    this.#put(path, () => this.#files.append(path, text))
  }
  allocate(path: string, bytes: number): void {
    this.#put(path, () => this.#files.allocate?.(path, bytes))
  }
  mkdir(path: string): void {
    this.#walk(path)
    if (this.#files.stat(path) === undefined) this.#needDirectory(path)
    this.#files.mkdir(path)
    this.#own(path)
  }
  symlink(target: string, path: string): void {
    this.#needDirectory(path)
    this.#files.symlink?.(target, path)
    this.#own(path)
  }
  remove(path: string): void {
    const there = this.#files.stat(path)
    if (there !== undefined) this.#needDirectory(path, there)
    this.#files.remove(path)
  }
  rename(from: string, to: string): void {
    const moved = this.#files.stat(from)
    if (moved !== undefined) this.#needDirectory(from, moved)
    this.#needDirectory(to, this.#files.stat(to))
    this.#files.rename(from, to)
  }
  chmod(path: string, mode: number): void {
    this.#needOwner(path)
    this.#files.chmod(path, mode)
  }
  touch(path: string, mtimeMs: number): void {
    if (this.#need(path, 0)?.uid !== this.#who.uid) this.#need(path, WRITE)
    this.#files.touch(path, mtimeMs)
  }
  /** Only root gives files away; an owner may choose among its own groups. */
  chown(path: string, uid: number, gid: number): void {
    this.#walk(path)
    const stat = this.#files.stat(path)
    if (stat !== undefined && !this.#who.capabilities.includes('CHOWN')) {
      const { uid: owner = 0, gid: group = 0 } = stat
      const mine = owner === this.#who.uid && uid === owner
      if (!mine || (gid !== group && gid !== this.#who.gid && !this.#who.groups.includes(gid))) throw new FileError('EPERM', path)
    }
    this.#files.chown?.(path, uid, gid)
  }
}

/** Names of users or groups as a container's /etc/passwd or /etc/group gives them. */
function named(files: FileView, path: string): { readonly name: string; readonly id: number; readonly group: number }[] {
  let text = ''
  try {
    text = files.read(path)
  } catch (error) {
    if (!(error instanceof FileError)) throw error
  }
  return text
    .split('\n')
    .map((line) => line.split(':'))
    .filter((f) => f.length >= 3)
    .map((f) => ({ name: f[0]!, id: Number(f[2]), group: Number(f[3]) }))
}

export const PASSWD = '/etc/passwd'
export const GROUP = '/etc/group'

/** The name of a user's or group's number; undefined where the files do not tell. */
export const nameOf = (files: FileView, list: typeof PASSWD | typeof GROUP, id: number): string | undefined =>
  named(files, list).find((n) => n.id === id)?.name ?? (id === 0 ? 'root' : undefined)

/** The number behind a name or number; undefined: nobody has that name. */
export const idOf = (files: FileView, list: typeof PASSWD | typeof GROUP, text: string): number | undefined =>
  /^\d+$/.test(text) ? Number(text) : (named(files, list).find((n) => n.name === text)?.id ?? (text === 'root' ? 0 : undefined))

/** The group a user's entry names. */
export const primaryGroup = (files: FileView, uid: number): number | undefined => named(files, PASSWD).find((n) => n.id === uid)?.group
