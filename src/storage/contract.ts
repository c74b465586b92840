/**
 * Where bytes lie. A backing is one place that holds files (a directory on a node's disk, an NFS export, RAM) and outlives or dies
 * with something; a mount is a backing seen in a container. Files are cells, so that they rewind with everything else.
 */
import type { FileView } from '../script/contract.ts'
import type { DirectoryNode } from '../script/memory-files.ts'

/** Identifies a place that holds files. */
export type Backing =
  /** A directory on a node's disk: hostPath, local volumes, emptyDir. Gone with the node's disk, out of reach while the node is down. */
  | { readonly kind: 'node-disk'; readonly node: string; readonly path: string }
  /** RAM of a node: emptyDir with medium Memory. Counts towards container memory; gone at reboot. */
  | { readonly kind: 'memory'; readonly node: string; readonly id: string }
  /** A directory of an NFS server: reachable from any node while the server and the network are up. */
  | { readonly kind: 'nfs'; readonly server: string; readonly path: string }
  /** A network block device (a CSI or cloud disk): on the one node that it is attached to. */
  | { readonly kind: 'block'; readonly volume: string }
  /** A writable layer of one container: gone with the container. */
  | { readonly kind: 'layer'; readonly containerId: string }

export interface VolumeStatus {
  readonly ok: boolean
  /** Why it cannot be used now, as the kubelet's event words it. */
  readonly message?: string
}

export interface Storage {
  /** The files of a backing, made when first opened. */
  open(backing: Backing): FileView
  /** What the backing holds from the start, if it is not there yet; a directory gets a cell of its own by it. The tree is shared, not copied. */
  seed(backing: Backing, tree: DirectoryNode): void
  /** Whether the backing can be reached from a node now. */
  reach(backing: Backing, fromNode: string): VolumeStatus
  /** What an NFS server says that it exports; otherwise why it does not answer, as RPC words it. */
  exportsOf(server: string, fromNode: string): { readonly paths: readonly string[] } | { readonly problem: string }
  /** Destroys what the backing holds. */
  destroy(backing: Backing): void
  /** Moves what one place holds to another. */
  move(from: Backing, to: Backing): void
  /** Bytes it holds; `beyond` a tree that it was seeded with, only what differs from that. */
  usedBytes(backing: Backing, beyond?: DirectoryNode): number
  /** Most bytes it takes, if that was set. */
  capacity(backing: Backing): number | undefined
  /** Copies what one place holds to another. */
  copy(from: Backing, to: Backing): void
  /** Bytes of a node's disk that were written beyond what was installed. */
  diskBytes(node: string): number
  /** Most bytes it takes; writes beyond are ENOSPC. Undefined: as much as the disk has. */
  setCapacity(backing: Backing, bytes: number | undefined): void
}
