/** Files on a node's disk once it is full: what would take more room than is left is refused, as the kernel refuses it (ENOSPC). */
import { quantityValue } from '../../api/quantity.ts'
import { byteLength } from '../../script/bytes.ts'
import { FileError, type FileStat, type FileView } from '../../script/files.ts'
import { BALLAST, diskUsedBytes } from '../kubelet/disk.ts'
import type { KubeletHands } from '../kubelet/hands.ts'

/** A write smaller than this cannot fill a disk that nothing else has filled: the disk is not measured for it. */
const WORTH_MEASURING_BYTES = 1024 * 1024

/** Bytes that are left on a node's disk. */
export function diskFreeBytes(hands: KubeletHands): number {
  return Math.max(quantityValue(hands.node.capacity['ephemeral-storage'] ?? '0') - diskUsedBytes(hands), 0)
}

class FullDiskFiles implements FileView {
  readonly #hands: KubeletHands
  readonly #files: FileView

  constructor(hands: KubeletHands, files: FileView) {
    this.#hands = hands
    this.#files = files
  }

  #admit(path: string, growth: number): void {
    const burdened = this.#hands.cluster.cells.get(BALLAST, this.#hands.node.name) !== undefined
    if (growth <= 0 || (!burdened && growth < WORTH_MEASURING_BYTES)) return
    if (growth > diskFreeBytes(this.#hands)) throw new FileError('ENOSPC', path)
    if (growth >= WORTH_MEASURING_BYTES) this.#hands.diskGrew()
  }

  read(path: string): string {
    return this.#files.read(path)
  }
  list(path: string): readonly string[] {
    return this.#files.list(path)
  }
  stat(path: string): FileStat | undefined {
    return this.#files.stat(path)
  }
  write(path: string, text: string): void {
    this.#admit(path, byteLength(text) - (this.#files.stat(path)?.size ?? 0))
    this.#files.write(path, text)
  }
  append(path: string, text: string): void {
    this.#admit(path, byteLength(text))
    this.#files.append(path, text)
  }
  mkdir(path: string): void {
    this.#admit(path, 4096)
    this.#files.mkdir(path)
  }
  remove(path: string): void {
    this.#files.remove(path)
  }
  rename(from: string, to: string): void {
    this.#files.rename(from, to)
  }
  chmod(path: string, mode: number): void {
    this.#files.chmod(path, mode)
  }
  chown(path: string, uid: number, gid: number): void {
    this.#files.chown?.(path, uid, gid)
  }
  touch(path: string, mtimeMs: number): void {
    this.#files.touch(path, mtimeMs)
  }
  symlink(target: string, path: string): void {
    this.#files.symlink?.(target, path)
  }
  allocate(path: string, bytes: number): void {
    this.#admit(path, bytes - (this.#files.stat(path)?.size ?? 0))
    this.#files.allocate?.(path, bytes)
  }
}

export const guarded = (hands: KubeletHands, files: FileView): FileView => new FullDiskFiles(hands, files)
