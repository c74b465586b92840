/**
 * The places that hold files, each an immutable tree in a cell: node disks, RAM, NFS exports, container layers. A pod's directories
 * under /var/lib/kubelet/pods have cells of their own, so that a busy pod does not copy the node's whole disk.
 */

import { byteLength } from '../script/bytes.ts'
import { FileError, type FileStat, type FileView } from '../script/files.ts'
import { type DirectoryNode, emptyTree, MemoryFiles, type TreeNode } from '../script/memory-files.ts'
import type { Cells } from '../sim/state.ts'
import type { Backing, Storage, VolumeStatus } from './contract.ts'

const FILES = 'files'
const CAPACITY = 'files-capacity'

/** Which cell a backing's tree is kept in. */
export function cellOf(backing: Backing): string {
  switch (backing.kind) {
    case 'node-disk':
      return `node-disk/${backing.node}${backing.path}`
    case 'memory':
      return `memory/${backing.node}/${backing.id}`
    case 'nfs':
      return `nfs/${backing.server}${backing.path}`
    case 'block':
      return `block/${backing.volume}`
    case 'layer':
      return `layer/${backing.containerId}`
  }
}

/** Bytes of a tree that are not those of `base`, whose unchanged parts are the same objects. */
function treeBytes(node: TreeNode, base?: TreeNode): number {
  if (node === base) return 0
  if ('text' in node) return byteLength(node.text)
  if (!('entries' in node)) return 0
  const known = base !== undefined && 'entries' in base ? base.entries : {}
  return Object.entries(node.entries).reduce((sum, [name, child]) => sum + treeBytes(child, known[name]), 0)
}

/** Files over one cell: each change puts a new tree into it. */
class CellFiles implements FileView {
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

  #change(act: (files: MemoryFiles) => void): void {
    const files = this.#files()
    const before = files.tree
    act(files)
    if (files.tree !== before) this.#cells.put(FILES, this.#key, files.tree)
  }

  read(path: string): string {
    return this.#files().read(path)
  }
  list(path: string): readonly string[] {
    return this.#files().list(path)
  }
  stat(path: string): FileStat | undefined {
    return this.#files().stat(path)
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
  touch(path: string, mtimeMs: number): void {
    this.#change((f) => f.touch(path, mtimeMs))
  }
  symlink(target: string, path: string): void {
    this.#change((f) => f.symlink(target, path))
  }
}

/** Files kept in one cell, for places that belong to no machine of the cluster: the player's working directory. */
export const cellFiles = (cells: Cells, key: string, now: () => number): FileView => new CellFiles(cells, key, now, emptyTree)

/** Whether a place can be reached from a node now; the network and the fault room know. */
export type Reachability = (backing: Backing, fromNode: string) => VolumeStatus

const reachable: Reachability = (backing, fromNode) => {
  if (backing.kind === 'nfs' || backing.kind === 'layer' || backing.kind === 'block' || backing.node === fromNode) return { ok: true }
  return { ok: false, message: `the files are on node ${backing.node}` }
}

export function createStorage(cells: Cells, now: () => number, reach: Reachability = reachable): Storage {
  return {
    open: (backing) => new CellFiles(cells, cellOf(backing), now, emptyTree),
    seed: (backing, tree) => {
      if (cells.get(FILES, cellOf(backing)) === undefined) cells.put(FILES, cellOf(backing), tree)
    },
    reach,
    destroy: (backing) => {
      cells.delete(FILES, cellOf(backing))
      cells.delete(CAPACITY, cellOf(backing))
    },
    move: (from, to) => {
      const tree = cells.get<DirectoryNode>(FILES, cellOf(from))
      cells.delete(FILES, cellOf(from))
      if (tree !== undefined) cells.put(FILES, cellOf(to), tree)
    },
    usedBytes: (backing, beyond) => {
      const tree = cells.get<DirectoryNode>(FILES, cellOf(backing))
      return tree === undefined ? 0 : treeBytes(tree, beyond)
    },
    capacity: (backing) => cells.get<number>(CAPACITY, cellOf(backing)),
    diskPaths: (node) => {
      const prefix = `node-disk/${node}`
      return cells
        .keys(FILES)
        .filter((k) => k.startsWith(`${prefix}/`))
        .map((k) => k.slice(prefix.length))
    },
    setCapacity: (backing, bytes) => {
      if (bytes === undefined) cells.delete(CAPACITY, cellOf(backing))
      else cells.put(CAPACITY, cellOf(backing), bytes)
    },
  }
}

/** A directory and all in it, as `rm -r` would. */
export function removeTree(files: FileView, path: string): void {
  const stat = files.stat(path)
  if (stat === undefined) throw new FileError('ENOENT', path)
  if (stat.kind === 'directory') for (const name of files.list(path)) removeTree(files, `${path === '/' ? '' : path}/${name}`)
  if (path !== '/') files.remove(path)
}
