/** The processes there are, by pod, and the memory and CPU they use, as the kernel's cgroups account it: derived from their cells. */
import { getOrMake } from '../../lib/get-or-make.ts'
import type { Cells } from '../../sim/state.ts'
import { PROCESS, type ProcessRecord } from '../records.ts'

/** A container's id, or `id/n` for a child of its main process. */
export type ProcessKey = string

export class ProcessTable {
  readonly #cells: Cells
  readonly #byPod = new Map<string, Set<ProcessKey>>()
  readonly #memory = new Map<string, number>()

  constructor(cells: Cells) {
    this.#cells = cells
    cells.onChange(PROCESS, (key, before, after) =>
      this.#derive(key, before as ProcessRecord | undefined, after as ProcessRecord | undefined),
    )
  }

  #derive(key: string, before: ProcessRecord | undefined, after: ProcessRecord | undefined): void {
    const record = (after ?? before)!
    const keys = getOrMake(this.#byPod, record.podUid, () => new Set<ProcessKey>())
    if (after === undefined) keys.delete(key)
    else keys.add(key)
    if (keys.size === 0) this.#byPod.delete(record.podUid)
    const delta = (after?.memoryBytes ?? 0) - (before?.memoryBytes ?? 0)
    if (delta !== 0) this.#memory.set(record.node, (this.#memory.get(record.node) ?? 0) + delta)
  }

  get(key: ProcessKey): ProcessRecord | undefined {
    return this.#cells.get<ProcessRecord>(PROCESS, key)
  }

  /** Processes of a pod, in byte order of their keys. */
  ofPod(podUid: string): readonly ProcessKey[] {
    return [...(this.#byPod.get(podUid) ?? [])].sort()
  }

  memoryOfNode(node: string): number {
    return this.#memory.get(node) ?? 0
  }

  memoryOf(podUid: string, containerId: string): number {
    let sum = 0
    for (const key of this.#byPod.get(podUid) ?? [])
      if (key === containerId || key.startsWith(`${containerId}/`)) sum += this.get(key)?.memoryBytes ?? 0
    return sum
  }

  /** A container that no longer answers although it lives, or answers again. */
  hang(containerId: string, hung: boolean): void {
    const record = this.get(containerId)
    if (record === undefined) return
    // What a shell started hangs with it: the fault is the container's, whichever of its processes serves.
    for (const key of this.ofPod(record.podUid))
      if (key === containerId || key.startsWith(`${containerId}/`)) this.#cells.put(PROCESS, key, { ...this.get(key)!, hung })
  }

  /** How many processes a container has. */
  processesOf(podUid: string, containerId: string): number {
    let count = 0
    for (const key of this.#byPod.get(podUid) ?? []) if (key === containerId || key.startsWith(`${containerId}/`)) count++
    return count
  }

  cpuOf(podUid: string, containerId: string): number {
    let sum = 0
    for (const key of this.#byPod.get(podUid) ?? [])
      if (key === containerId || key.startsWith(`${containerId}/`)) sum += this.get(key)?.cpuMilli ?? 0
    return sum
  }

  /** Which process listens on a port in a pod's network namespace. */
  listener(podUid: string, port: number): { readonly key: ProcessKey; readonly record: ProcessRecord } | undefined {
    for (const key of this.#byPod.get(podUid) ?? []) {
      const record = this.get(key)
      if (record?.ports.includes(port)) return { key, record }
    }
    return undefined
  }
}
