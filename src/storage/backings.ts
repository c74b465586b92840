/**
 * The places that hold files, each an immutable tree in a cell: node disks, RAM, NFS exports, container layers. A node's disk and an NFS
 * server are one file system each, whatever part of it is mounted.
 */

import { FileError, type FileStat, type FileView } from '../script/files.ts'
import { type DirectoryNode, emptyTree, fileBytes, MemoryFiles, type TreeNode } from '../script/memory-files.ts'
import type { Cells } from '../sim/state.ts'
import { CAPACITY, CellFiles, FILES, SubtreeFiles } from './cell-files.ts'
import type { Backing, Storage, VolumeStatus } from './contract.ts'
import { DiskFiles } from './disk-files.ts'

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
  if ('text' in node) return fileBytes(node)
  if (!('entries' in node)) return 0
  const known = base !== undefined && 'entries' in base ? base.entries : {}
  return Object.entries(node.entries).reduce((sum, [name, child]) => sum + treeBytes(child, known[name]), 0)
}

/** Files kept in one cell, for places that belong to no machine of the cluster: the player's working directory. */
export const cellFiles = (cells: Cells, key: string, now: () => number): FileView => new CellFiles(cells, key, now, emptyTree)

/** Whether a place can be reached from a node now; the network and the fault room know. */
export type Reachability = (backing: Backing, fromNode: string) => VolumeStatus

const reachable: Reachability = (backing, fromNode) => {
  if (backing.kind === 'nfs' || backing.kind === 'layer' || backing.kind === 'block' || backing.node === fromNode) return { ok: true }
  return { ok: false, message: `the files are on node ${backing.node}` }
}

export interface StorageOptions {
  readonly reach?: Reachability
  readonly exportsOf?: Storage['exportsOf']
  /** What a node's disk holds before anybody writes to it. */
  readonly installed?: (node: string) => DirectoryNode
}

export function createStorage(cells: Cells, now: () => number, { reach = reachable, exportsOf, installed }: StorageOptions = {}): Storage {
  const empty = (): DirectoryNode => emptyTree
  /** The machine whose file system a directory belongs to; none for places that are file systems of their own. */
  const diskOf = (backing: Backing): DiskFiles | undefined => {
    if (backing.kind === 'nfs') return new DiskFiles(cells, `nfs/${backing.server}`, now, empty)
    const { kind } = backing
    return kind === 'node-disk'
      ? new DiskFiles(cells, `node-disk/${backing.node}`, now, () => installed?.(backing.node) ?? emptyTree)
      : undefined
  }
  /** Whether a directory has a cell of its own. */
  const apart = (backing: Backing): boolean => diskOf(backing) === undefined || cells.get(FILES, cellOf(backing)) !== undefined
  const treeOf = (backing: Backing): DirectoryNode | undefined => {
    if (apart(backing)) return cells.get<DirectoryNode>(FILES, cellOf(backing))
    const disk = diskOf(backing)!
    const { path } = backing as { path: string }
    return disk.stat(path)?.kind === 'directory' ? treeFrom(disk, path) : undefined
  }
  return {
    open: (backing) => {
      const disk = diskOf(backing)
      if (disk === undefined) return new CellFiles(cells, cellOf(backing), now, emptyTree)
      const { path } = backing as { path: string }
      return path === '/' ? disk : new SubtreeFiles(disk, path)
    },
    seed: (backing, tree) => {
      if (cells.get(FILES, cellOf(backing)) === undefined && isVacant(diskOf(backing), backing)) cells.put(FILES, cellOf(backing), tree)
    },
    reach,
    exportsOf: exportsOf ?? (() => ({ problem: 'Unknown host' })),
    destroy: (backing) => {
      cells.delete(CAPACITY, cellOf(backing))
      if (apart(backing)) return cells.delete(FILES, cellOf(backing))
      const disk = diskOf(backing)!
      const { path } = backing as { path: string }
      if (disk.stat(path) !== undefined) removeTree(disk, path)
    },
    move: (from, to) => {
      const tree = treeOf(from)
      if (tree === undefined) return
      if (apart(from)) cells.delete(FILES, cellOf(from))
      else removeTree(diskOf(from)!, (from as { path: string }).path)
      cells.put(FILES, cellOf(to), tree)
    },
    copy: (from, to) => {
      const tree = treeOf(from)
      if (tree !== undefined) cells.put(FILES, cellOf(to), tree)
    },
    usedBytes: (backing, beyond) => {
      if (!apart(backing)) return bytesBelow(diskOf(backing)!, (backing as { path: string }).path)
      const tree = treeOf(backing)
      return tree === undefined ? 0 : treeBytes(tree, beyond)
    },
    diskBytes: (node) => {
      const prefix = `node-disk/${node}/`
      const base = installed?.(node)
      return cells
        .keys(FILES, prefix)
        .reduce((sum, k) => sum + treeBytes(cells.get<DirectoryNode>(FILES, k)!, k === prefix ? base : undefined), 0)
    },
    capacity: (backing) => cells.get<number>(CAPACITY, cellOf(backing)),
    setCapacity: (backing, bytes) => {
      if (bytes === undefined) cells.delete(CAPACITY, cellOf(backing))
      else if (cells.get(CAPACITY, cellOf(backing)) !== bytes) cells.put(CAPACITY, cellOf(backing), bytes)
    },
  }
}

/** Nothing is there, or a directory with nothing in it. */
function isVacant(disk: DiskFiles | undefined, backing: Backing): boolean {
  if (disk === undefined) return true
  const { path } = backing as { path: string }
  const there = disk.stat(path)
  return there === undefined || (there.kind === 'directory' && disk.list(path).length === 0)
}

function bytesBelow(files: FileView, path: string): number {
  const stat = files.stat(path)
  if (stat?.kind !== 'directory') return stat?.size ?? 0
  return files.list(path).reduce((sum, name) => sum + bytesBelow(files, `${path === '/' ? '' : path}/${name}`), 0)
}

/** Long runs of zeros are not read, only made anew. */
function copyFile(from: FileView, source: string, to: MemoryFiles, target: string): void {
  try {
    to.write(target, from.read(source))
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    to.allocate(target, from.stat(source)?.size ?? 0)
  }
}

function keepRights(copy: MemoryFiles, path: string, { mode, uid = 0, gid = 0 }: FileStat): void {
  copy.chmod(path, mode)
  copy.chown(path, uid, gid)
}

/** A directory of a disk as a tree of its own. */
function treeFrom(files: FileView, path: string): DirectoryNode {
  const copy = new MemoryFiles(emptyTree)
  const walk = (from: string, to: string): void => {
    for (const name of files.list(from)) {
      const source = `${from === '/' ? '' : from}/${name}`
      const stat = files.stat(source)
      if (stat?.kind === 'directory') {
        copy.mkdir(`${to}/${name}`)
        keepRights(copy, `${to}/${name}`, stat)
        walk(source, `${to}/${name}`)
      } else if (stat?.kind === 'file') {
        copyFile(files, source, copy, `${to}/${name}`)
        keepRights(copy, `${to}/${name}`, stat)
      }
    }
  }
  const root = files.stat(path)
  if (root !== undefined) keepRights(copy, '/', root)
  walk(path, '')
  return copy.tree
}

/** A directory and all in it, as `rm -r` would. */
export function removeTree(files: FileView, path: string): void {
  const stat = files.stat(path)
  if (stat === undefined) throw new FileError('ENOENT', path)
  if (stat.kind === 'directory') for (const name of files.list(path)) removeTree(files, `${path === '/' ? '' : path}/${name}`)
  if (path !== '/') files.remove(path)
}
