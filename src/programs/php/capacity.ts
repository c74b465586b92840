/**
 * How many prefork workers are busy under a load, how slow that makes a page, and what memory it takes. Little's law: busy = rate ×
 * time; beyond the workers or the CPU requests queue, up to Apache's listen backlog.
 */
import { MiB } from '../text/context.ts'
import type { Limits } from './limits.ts'

export interface Load {
  readonly perSecond: number
}

/** CPU time of a page, and what one costs while it is made. */
export const PAGE_CPU_MS = 40
/** Parent process with its modules, and opcode cache. */
const BASE_BYTES = 60 * MiB
/** A worker that waits. */
const IDLE_BYTES = 8 * MiB
/** What PHP allocates for a page; a search or an image takes more. */
export const PAGE_BYTES = 40 * MiB
export const HEAVY_BYTES = 96 * MiB
const BACKLOG = 511

export interface Capacity {
  /** Workers that exist. */
  readonly workers: number
  readonly busy: number
  /** Added to each page's time. */
  readonly queueMs: number
  readonly saturated: boolean
}

/** `databaseMs` is how long a page waits for its database; `cpuMilli` the container's limit. */
export function capacityAt(load: Load, limits: Limits, cpuMilli: number, databaseMs: number): Capacity {
  const cpus = Math.max(0.01, cpuMilli / 1000)
  const demand = (load.perSecond * PAGE_CPU_MS) / 1000
  const share = demand / cpus
  // A processor shared by many: the nearer to full, the longer each page takes.
  const cpuMs = share < 0.95 ? PAGE_CPU_MS / Math.min(1, cpus) / (1 - share * 0.8) : Number.POSITIVE_INFINITY
  // What clients have in flight would count the waiting twice.
  const wanted = Math.ceil((load.perSecond * (cpuMs + databaseMs)) / 1000)
  const busy = Math.min(limits.maxWorkers, wanted)
  const saturated = wanted > limits.maxWorkers
  const workers = Math.min(limits.maxWorkers, Math.max(limits.startWorkers, busy + Math.min(limits.maxSpare, 5)))
  if (!saturated) return { workers, busy, queueMs: cpuMs - PAGE_CPU_MS, saturated }
  // All workers work; what they finish in a second is what can be served, the rest waits in the backlog.
  const throughput = Math.min((cpus * 1000) / PAGE_CPU_MS, (limits.maxWorkers * 1000) / (PAGE_CPU_MS + databaseMs))
  const overload = load.perSecond > throughput
  return { workers, busy, queueMs: overload ? (BACKLOG / throughput) * 1000 : PAGE_CPU_MS, saturated }
}

/** Resident memory with so many workers. */
export const memoryAt = (c: Pick<Capacity, 'workers' | 'busy'>, limits: Limits): number =>
  BASE_BYTES + c.workers * IDLE_BYTES + c.busy * Math.min(PAGE_BYTES, limits.memoryLimitBytes)
