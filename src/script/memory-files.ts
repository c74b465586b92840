/**
 * An in-memory file system over an immutable plain JSON tree: a change copies the directories on its path and shares the rest, so a
 * tree can be kept in a store, compared and rewound. Behaves as a Linux tmpfs does, errors included.
 */
import { byteLength, compareBytes } from './bytes.ts'
import { FileError, type FileStat, type FileView, normalisePath } from './files.ts'

/** Who owns a node; root when absent. */
export interface Owned {
  readonly uid?: number
  readonly gid?: number
}

export interface FileNode extends Owned {
  readonly text: string
  /** That many zero bytes follow the text (fallocate, dd from /dev/zero): they take up room and are not kept. */
  readonly zeros?: number
  readonly mode: number
  readonly mtimeMs: number
}
export interface DirectoryNode extends Owned {
  readonly entries: { readonly [name: string]: TreeNode }
  readonly mode: number
  readonly mtimeMs: number
}
export interface LinkNode extends Owned {
  readonly target: string
  readonly mtimeMs: number
}
export type TreeNode = FileNode | DirectoryNode | LinkNode

/** What a tree may hold. */
export interface FileLimits {
  readonly files?: number
  readonly fileBytes?: number
  readonly totalBytes?: number
}

export interface MemoryFilesOptions {
  readonly now?: () => number
  readonly limits?: FileLimits
  readonly readOnly?: boolean
}

export const emptyTree: DirectoryNode = { entries: {}, mode: 0o755, mtimeMs: 0 }

/** A tree from path → text; directories are made on the way. */
export function treeFromTexts(texts: Readonly<Record<string, string>>, mtimeMs = 0): DirectoryNode {
  const files = new MemoryFiles(emptyTree, { now: () => mtimeMs })
  for (const [path, text] of Object.entries(texts)) {
    const full = normalisePath(path)
    makeParents(files, full)
    files.write(full, text)
  }
  return files.tree
}

function makeParents(files: FileView, path: string): void {
  const parts = path.split('/').slice(1, -1)
  let at = ''
  for (const part of parts) {
    at += `/${part}`
    if (files.stat(at) === undefined) files.mkdir(at)
  }
}

const isDirectory = (node: TreeNode | undefined): node is DirectoryNode => node !== undefined && 'entries' in node
const isFile = (node: TreeNode | undefined): node is FileNode => node !== undefined && 'text' in node
/** Linux' own: the longest path. */
const PATH_MAX = 4096
/** More than this is not made only to be read. */
const MOST_ZEROS_READ = 16 * 1024 * 1024

/** A node is never changed, so it is measured once. */
const measured = new WeakMap<FileNode, number>()

/** Bytes a file takes up. */
export function fileBytes(node: FileNode): number {
  let bytes = measured.get(node)
  if (bytes === undefined) {
    bytes = byteLength(node.text) + (node.zeros ?? 0)
    measured.set(node, bytes)
  }
  return bytes
}

/** The fields of an owner, none for root. */
const ownerOf = ({ uid, gid }: Owned): Owned => ({ ...(uid && { uid }), ...(gid && { gid }) })

const isLink = (node: TreeNode | undefined): node is LinkNode => node !== undefined && 'target' in node

const counted = new WeakMap<DirectoryNode, number>()
/** How many entries a directory has. */
function countOf(directory: DirectoryNode): number {
  return counted.get(directory) ?? Object.keys(directory.entries).length
}

function child(directory: DirectoryNode, name: string): TreeNode | undefined {
  return Object.hasOwn(directory.entries, name) ? directory.entries[name] : undefined
}

/** See the file's head. `tree` is the current immutable tree. */
export class MemoryFiles implements FileView {
  tree: DirectoryNode
  /** Entries of directories that changes have copied so far. */
  copied = 0
  private readonly now: () => number
  private readonly limits: FileLimits
  private readonly readOnly: boolean
  private used: { files: number; bytes: number } | undefined

  constructor(tree: DirectoryNode = emptyTree, options: MemoryFilesOptions = {}) {
    this.tree = tree
    this.now = options.now ?? (() => 0)
    this.limits = options.limits ?? {}
    this.readOnly = options.readOnly ?? false
  }

  read(path: string): string {
    const node = this.find(path)
    if (node === undefined) throw new FileError('ENOENT', path)
    if (!isFile(node)) throw new FileError('EISDIR', path)
    if (node.zeros === undefined) return node.text
    if (node.zeros > MOST_ZEROS_READ) throw new FileError('EFBIG', path)
    return node.text + '\0'.repeat(node.zeros)
  }

  write(path: string, text: string): void {
    this.replaceText(path, text)
  }

  /** `addedTo`: the new text is that node's with this behind it, which is then all that has to be measured. */
  private replaceText(path: string, text: string, addedTo?: { node: FileNode; text: string }): void {
    const real = this.resolve(path, true)
    const old = this.at(real)
    if (isDirectory(old)) throw new FileError('EISDIR', path)
    const bytes = addedTo === undefined ? byteLength(text) : fileBytes(addedTo.node) + byteLength(addedTo.text)
    this.admit(isFile(old) ? old : undefined, bytes, real)
    const node: FileNode = {
      text,
      mode: isFile(old) ? old.mode : 0o644,
      mtimeMs: this.now(),
      ...(isFile(old) ? ownerOf(old) : this.heir(real)),
    }
    measured.set(node, bytes)
    this.put(real, node)
  }

  append(path: string, text: string): void {
    const old = this.find(path)
    if (isFile(old) && old.zeros === undefined) this.replaceText(path, old.text + text, { node: old, text })
    else this.write(path, isFile(old) ? this.read(path) + text : text)
  }

  allocate(path: string, bytes: number): void {
    const real = this.resolve(path, true)
    const old = this.at(real)
    if (isDirectory(old)) throw new FileError('EISDIR', path)
    const kept = isFile(old) ? old.text : ''
    const text = byteLength(kept) <= bytes ? kept : Buffer.from(kept, 'utf8').subarray(0, bytes).toString('utf8')
    const zeros = bytes - byteLength(text)
    this.admit(isFile(old) ? old : undefined, bytes, real)
    this.put(real, {
      text,
      ...(zeros > 0 && { zeros }),
      mode: isFile(old) ? old.mode : 0o644,
      mtimeMs: this.now(),
      ...(isFile(old) ? ownerOf(old) : this.heir(real)),
    })
  }

  list(path: string): readonly string[] {
    const node = this.find(path)
    if (node === undefined) throw new FileError('ENOENT', path)
    if (!isDirectory(node)) throw new FileError('ENOTDIR', path)
    return Object.keys(node.entries).sort(compareBytes)
  }

  mkdir(path: string): void {
    const real = this.resolve(path, false)
    if (this.at(real) !== undefined) throw new FileError('EEXIST', path)
    const heir = this.heir(real)
    this.put(real, { entries: {}, mode: heir.gid === undefined ? 0o755 : 0o2755, mtimeMs: this.now(), ...heir })
  }

  remove(path: string): void {
    const real = this.resolve(path, false)
    const node = this.at(real)
    if (node === undefined) throw new FileError('ENOENT', path)
    if (real === '/') throw new FileError('EBUSY', path)
    if (isDirectory(node) && Object.keys(node.entries).length > 0) throw new FileError('ENOTEMPTY', path)
    this.put(real, undefined)
    if (this.used !== undefined && isFile(node)) {
      this.used.files--
      this.used.bytes -= fileBytes(node)
    }
  }

  stat(path: string): FileStat | undefined {
    let node: TreeNode | undefined
    try {
      node = this.lookUp(path, false)
    } catch (error) {
      if (error instanceof FileError) return undefined
      throw error
    }
    if (node === undefined) return undefined
    if (isDirectory(node)) return { kind: 'directory', mode: node.mode, size: 4096, mtimeMs: node.mtimeMs, ...ownerOf(node) }
    if (isLink(node))
      return { kind: 'symlink', mode: 0o777, size: byteLength(node.target), mtimeMs: node.mtimeMs, target: node.target, ...ownerOf(node) }
    return { kind: 'file', mode: node.mode, size: fileBytes(node), mtimeMs: node.mtimeMs, ...ownerOf(node) }
  }

  rename(from: string, to: string): void {
    const source = this.resolve(from, false)
    const target = this.resolve(to, false)
    const node = this.at(source)
    if (node === undefined) throw new FileError('ENOENT', from)
    const old = this.at(target)
    if (source === target) return
    if (target.startsWith(`${source}/`)) throw new FileError('EINVAL', to)
    if (isDirectory(old) && !isDirectory(node)) throw new FileError('EISDIR', to)
    if (isDirectory(old) && Object.keys(old.entries).length > 0) throw new FileError('ENOTEMPTY', to)
    if (old !== undefined && isDirectory(node) && !isDirectory(old)) throw new FileError('ENOTDIR', to)
    if (old !== undefined) this.remove(target)
    this.put(source, undefined)
    this.put(target, node)
  }

  chmod(path: string, mode: number): void {
    const real = this.resolve(path, true)
    const node = this.at(real)
    if (node === undefined) throw new FileError('ENOENT', path)
    if (!isLink(node)) this.put(real, { ...node, mode: mode & 0o7777 })
  }

  /** Does not follow a link at the end of the path (lchown). */
  chown(path: string, uid: number, gid: number): void {
    const real = this.resolve(path, false)
    const node = this.at(real)
    if (node === undefined) throw new FileError('ENOENT', path)
    const { uid: _uid, gid: _gid, ...rest } = node
    if ((_uid ?? 0) !== uid || (_gid ?? 0) !== gid) this.put(real, { ...rest, ...ownerOf({ uid, gid }) })
  }

  touch(path: string, mtimeMs: number): void {
    const real = this.resolve(path, true)
    const node = this.at(real)
    if (node === undefined) throw new FileError('ENOENT', path)
    this.put(real, { ...node, mtimeMs })
  }

  symlink(target: string, path: string): void {
    const real = this.resolve(path, false)
    if (this.at(real) !== undefined) throw new FileError('EEXIST', path)
    this.put(real, { target, mtimeMs: this.now() })
  }

  /** What is made in a directory with the setgid bit belongs to the directory's group. */
  private heir(real: string): Owned {
    const above = this.at(real.slice(0, real.lastIndexOf('/')) || '/')
    return isDirectory(above) && (above.mode & 0o2000) !== 0 && above.gid !== undefined ? { gid: above.gid } : {}
  }

  /** The node at a path, links followed. */
  private find(path: string): TreeNode | undefined {
    return this.lookUp(path, true)
  }

  /** As `at(resolve(…))`: one walk down, and only where something is not plain a close look. */
  private lookUp(path: string, followLast: boolean): TreeNode | undefined {
    const clean = normalisePath(path)
    let node: TreeNode | undefined = this.tree
    for (let from = 1; from < clean.length; ) {
      const slash = clean.indexOf('/', from)
      const to = slash < 0 ? clean.length : slash
      if (!isDirectory(node)) return this.at(this.resolve(path, followLast))
      node = child(node, clean.slice(from, to))
      // Whoever only asks what is there (a link is not followed) is told alike of all that is wrong.
      if (node === undefined && !followLast) return undefined
      if (node === undefined || (isLink(node) && (followLast || slash >= 0))) return this.at(this.resolve(path, followLast))
      from = to + 1
    }
    return node
  }

  private at(real: string): TreeNode | undefined {
    let node: TreeNode | undefined = this.tree
    for (const name of real.split('/')) {
      if (name === '') continue
      node = isDirectory(node) ? child(node, name) : undefined
    }
    return node
  }

  /** The path without links; a missing last part is fine, a missing directory before it is ENOENT. */
  private resolve(path: string, followLast: boolean, depth = 0): string {
    if (depth > 16) throw new FileError('EINVAL', path)
    const clean = normalisePath(path)
    if (clean.length > PATH_MAX) throw new FileError('ENAMETOOLONG', path)
    const parts = clean.split('/').slice(1)
    let real = ''
    let node: TreeNode | undefined = this.tree
    for (let i = 0; i < parts.length; i++) {
      const name = parts[i]!
      if (name === '') continue
      if (name.length > 255 || name === '__proto__') throw new FileError('ENAMETOOLONG', path)
      if (node === undefined) throw new FileError('ENOENT', path)
      if (!isDirectory(node)) throw new FileError('ENOTDIR', path)
      const next: TreeNode | undefined = child(node, name)
      if (isLink(next) && (followLast || i < parts.length - 1)) {
        const rest = parts.slice(i + 1).join('/')
        const base = normalisePath(next.target, real === '' ? '/' : real)
        return this.resolve(rest === '' ? base : `${base}/${rest}`, followLast, depth + 1)
      }
      real += `/${name}`
      node = next
    }
    return real === '' ? '/' : real
  }

  private put(real: string, node: TreeNode | undefined): void {
    if (this.readOnly) throw new FileError('EROFS', real)
    if (real === '/') {
      if (isDirectory(node)) this.tree = node
      return
    }
    this.tree = this.replace(this.tree, real.split('/').slice(1), 0, node, real)
  }

  private replace(directory: DirectoryNode, parts: string[], i: number, node: TreeNode | undefined, real: string): DirectoryNode {
    const name = parts[i]!
    const entries = { ...directory.entries }
    const count = countOf(directory)
    this.copied += count
    const last = i === parts.length - 1
    if (last && node === undefined) delete entries[name]
    else if (last) entries[name] = node!
    else {
      const next = child(directory, name)
      if (!isDirectory(next)) throw new FileError(next === undefined ? 'ENOENT' : 'ENOTDIR', real)
      entries[name] = this.replace(next, parts, i + 1, node, real)
    }
    const made = { ...directory, entries, mtimeMs: last ? this.now() : directory.mtimeMs }
    counted.set(made, count + Number(Object.hasOwn(entries, name)) - Number(Object.hasOwn(directory.entries, name)))
    return made
  }

  private admit(old: FileNode | undefined, bytes: number, path: string): void {
    const { files, fileBytes: largest, totalBytes } = this.limits
    if (files === undefined && largest === undefined && totalBytes === undefined) return
    this.used ??= { ...measure(this.tree) }
    const total = this.used.bytes + bytes - (old === undefined ? 0 : fileBytes(old))
    const count = this.used.files + (old === undefined ? 1 : 0)
    if (largest !== undefined && bytes > largest) throw new FileError('EFBIG', path)
    if ((files !== undefined && count > files) || (totalBytes !== undefined && total > totalBytes)) throw new FileError('ENOSPC', path)
    this.used = { files: count, bytes: total }
  }
}

interface Measured {
  readonly files: number
  readonly bytes: number
}

/** Directories are never changed either: only those that were made anew are looked through. */
const measuredDirectories = new WeakMap<DirectoryNode, Measured>()

function measure(node: TreeNode): Measured {
  if (isFile(node)) return { files: 1, bytes: fileBytes(node) }
  const sum = { files: 0, bytes: 0 }
  if (!isDirectory(node)) return sum
  const known = measuredDirectories.get(node)
  if (known !== undefined) return known
  for (const entry of Object.values(node.entries)) {
    const part = measure(entry)
    sum.files += part.files
    sum.bytes += part.bytes
  }
  measuredDirectories.set(node, sum)
  return sum
}
