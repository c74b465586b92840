/**
 * CPU time and memory of containers as the kernel's cgroups count them: what each used until now, and its last half minute, so that whoever
 * samples (metrics-server, every 15 s) can be answered for the instants it samples at without anybody counting meanwhile.
 * https://docs.kernel.org/admin-guide/cgroup-v2.html (cpu.stat, memory.current)
 */
import type { Cells } from '../../sim/state.ts'

/** `usage` cells: key = container id; `usage-ended`: key = node, CPU time of containers that are no more. */
const USAGE = 'usage'
const ENDED = 'usage-ended'
/** How far back an instant may be asked for. */
const KEPT_MS = 60_000
/** Uses so close together are one. */
const MERGED_MS = 1_000
/** What a process holds whatever it does: its stack, page tables, the pages of its program that it touched. */
export const PROCESS_BYTES = 640 * 1024
/** What a process that a shell forked holds of its own: the rest it shares with the shell. */
const FORK_BYTES = 128 * 1024
/** A shell that is so many processes, and what they hold beyond the first. */
export const forked = (tasks: number): { readonly tasks: number; readonly memoryBytes: number } => ({
  tasks,
  memoryBytes: Math.max(tasks - 1, 0) * FORK_BYTES,
})
/** CPU time of the kernel and the loader until a process runs. */
const EXEC_US = 20_000
const PAGE = 4096

interface Point {
  readonly atMs: number
  /** CPU time used until then, µs. */
  readonly usedUs: number
  /** What is used from then on: millicores, and bytes. */
  readonly cpuMilli: number
  readonly memoryBytes: number
}

export interface ContainerUsage {
  readonly node: string
  readonly podUid: string
  readonly name: string
  readonly startedMs: number
  /** The oldest first, one of them at least older than what may be asked for. */
  readonly points: readonly Point[]
}

export interface Sample {
  readonly cpuUs: number
  readonly memoryBytes: number
}

interface Ended {
  readonly atMs: number
  readonly usedUs: number
}

/** A millicore used for a millisecond is a microsecond of CPU time. */
const usedAt = (point: Point, atMs: number): number => point.usedUs + point.cpuMilli * (atMs - point.atMs)

/** Of points in the order of time those that may still be asked about, with the one that was in force before them. */
function recent<P extends { readonly atMs: number }>(points: readonly P[], nowMs: number): readonly P[] {
  let from = 0
  while (from + 1 < points.length && points[from + 1]!.atMs <= nowMs - KEPT_MS) from++
  return from === 0 ? points : points.slice(from)
}

export class Usage {
  readonly #cells: Cells
  readonly #clock: { readonly nowMs: number }

  constructor(cells: Cells, clock: { readonly nowMs: number }) {
    this.#cells = cells
    this.#clock = clock
  }

  /** A container's first process starts. */
  started(containerId: string, about: { readonly node: string; readonly podUid: string; readonly name: string }): void {
    const startedMs = this.#clock.nowMs
    const { node, podUid, name } = about
    const first: Point = { atMs: startedMs, usedUs: EXEC_US, cpuMilli: 0, memoryBytes: PROCESS_BYTES }
    this.#cells.put(USAGE, containerId, { node, podUid, name, startedMs, points: [first] } satisfies ContainerUsage)
  }

  /** From now on the container's processes use so much. */
  changed(containerId: string, cpuMilli: number, memoryBytes: number): void {
    const last = this.of(containerId)?.points.at(-1)
    const bytes = Math.ceil(memoryBytes / PAGE) * PAGE
    if (last === undefined || (last.cpuMilli === cpuMilli && last.memoryBytes === bytes)) return
    this.#put(containerId, { atMs: this.#clock.nowMs, usedUs: usedAt(last, this.#clock.nowMs), cpuMilli, memoryBytes: bytes })
  }

  /** The container used CPU time for one thing it did. */
  burnt(containerId: string, cpuUs: number): void {
    const usage = this.of(containerId)
    if (usage === undefined || cpuUs <= 0) return
    const { nowMs } = this.#clock
    const last = usage.points.at(-1)!
    const atMs = usage.points.length > 1 && nowMs - last.atMs < MERGED_MS ? last.atMs : nowMs
    this.#put(containerId, { ...last, atMs, usedUs: usedAt(last, atMs) + Math.round(cpuUs) })
  }

  #put(containerId: string, point: Point): void {
    const usage = this.of(containerId)!
    const before = usage.points.at(-1)!.atMs === point.atMs ? usage.points.slice(0, -1) : usage.points
    const points = recent([...before, point], this.#clock.nowMs)
    this.#cells.put(USAGE, containerId, { ...usage, points } satisfies ContainerUsage)
  }

  /** A process of the container besides its first one starts. */
  forked(containerId: string): void {
    this.burnt(containerId, EXEC_US)
  }

  ended(containerId: string): void {
    const usage = this.of(containerId)
    if (usage === undefined) return
    const { nowMs } = this.#clock
    const ended = this.#ended(usage.node)
    const usedUs = (ended.at(-1)?.usedUs ?? 0) + usedAt(usage.points.at(-1)!, nowMs)
    this.#cells.put(ENDED, usage.node, recent([...ended, { atMs: nowMs, usedUs }], nowMs))
    this.#cells.delete(USAGE, containerId)
  }

  /** The power went: counters begin anew with the machine. */
  vanished(node: string): void {
    for (const key of this.#cells.keys(USAGE)) if (this.of(key)?.node === node) this.#cells.delete(USAGE, key)
    this.#cells.delete(ENDED, node)
  }

  of(containerId: string): ContainerUsage | undefined {
    return this.#cells.get<ContainerUsage>(USAGE, containerId)
  }

  #ended(node: string): readonly Ended[] {
    return this.#cells.get<readonly Ended[]>(ENDED, node) ?? []
  }

  /** CPU time that containers of a node which are no more had used until then, µs. */
  endedUs(node: string, atMs: number): number {
    return this.#ended(node).findLast((e) => e.atMs <= atMs)?.usedUs ?? 0
  }
}

/** What a container had used at an instant of the last minute; undefined before it started. */
export function sampleAt(usage: ContainerUsage, atMs: number): Sample | undefined {
  if (atMs < usage.startedMs) return undefined
  const point = usage.points.findLast((p) => p.atMs <= atMs)
  return point && { cpuUs: usedAt(point, atMs), memoryBytes: point.memoryBytes }
}
