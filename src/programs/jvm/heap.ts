/**
 * How much heap a Java virtual machine gives itself (HotSpot 11 and later, which read the container's limit): -Xmx, else MaxRAMPercentage of the
 * memory there is, a quarter unless told; less than some 250 MB of memory: a half. https://docs.oracle.com/en/java/javase/21/docs/specs/man/java.html
 */
import { sizeInBytes } from '../text/context.ts'

const MB = 1024 * 1024
/** What HotSpot's default for MaxHeapSize comes to with 64-bit words. */
const DEFAULT_MAX_HEAP = 124.8 * MB
/** What a machine has whose containers are not limited. */
const MACHINE_BYTES = 8 * 1024 * MB
/** Metaspace, code cache, threads' stacks, the collector's own tables. */
const OUTSIDE_HEAP = 90 * MB

/** The last of the options that begins so, without its beginning. */
const last = (options: readonly string[], start: string): string | undefined =>
  options.findLast((o) => o.startsWith(start))?.slice(start.length)

/** Words of the variables that hold options, in the order in which later ones win. */
export const javaOptions = (env: Readonly<Record<string, string>>, names: readonly string[]): string[] =>
  ['JAVA_TOOL_OPTIONS', ...names].flatMap((name) => (env[name] ?? '').split(/\s+/).filter((word) => word !== ''))

/** Bytes of heap at most. `limitBytes`: the container's memory limit, absent when there is none. */
export function maxHeapBytes(options: readonly string[], limitBytes: number | undefined): number {
  const xmx = sizeInBytes(last(options, '-Xmx') ?? last(options, '-XX:MaxHeapSize=') ?? '')
  if (xmx !== undefined) return xmx
  const memory = limitBytes ?? MACHINE_BYTES
  const share = Number(last(options, '-XX:MaxRAMPercentage=') ?? Number.NaN)
  if (share > 0 && share <= 100) return Math.floor((memory * share) / 100)
  const half = memory / 2
  return Math.floor(half < DEFAULT_MAX_HEAP ? half : Math.max(memory / 4, DEFAULT_MAX_HEAP))
}

/** Bytes that a JVM keeps resident whose objects take `liveBytes`: the heap grows by halves above what lives, up to its maximum. */
export const residentBytes = (liveBytes: number, heapBytes: number): number => Math.min(heapBytes, liveBytes * 1.5) + OUTSIDE_HEAP

export const heapSpaceError = 'java.lang.OutOfMemoryError: Java heap space'
