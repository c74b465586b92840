/** How much of a load arrives at each process, looked at over a window, and when a process is to be told that it has changed. Pure. */

/** Rates are told to programs when they have changed by a quarter over this long. */
const WINDOW_MS = 5_000
/** A load that has just begun is told sooner; later the window is longer, so that chance does not look like change. */
const FIRST_WINDOW_MS = 1_000

export interface Arrivals {
  readonly sinceMs: number
  /** Requests of the window, and the milliseconds they took together. */
  readonly count: Readonly<Record<string, number>>
  readonly busyMs: Readonly<Record<string, number>>
  readonly told: Readonly<Record<string, number>>
}

/** What one process got: requests, and the milliseconds they took together. */
export interface Arrived {
  count: number
  busyMs: number
}

export const noArrivals = (sinceMs: number): Arrivals => ({ sinceMs, count: {}, busyMs: {}, told: {} })

export interface Passed {
  readonly arrivals: Arrivals
  /** Processes (`podUid:port`) whose rate has changed, in byte order, with the requests they have in flight. */
  readonly changed: readonly (readonly [key: string, inFlight: number])[]
}

/** The window with what has arrived since; a window that is over begins anew. */
export function passWindow(before: Arrivals, arrived: ReadonlyMap<string, Arrived>, nowMs: number): Passed {
  const count = { ...before.count }
  const busyMs = { ...before.busyMs }
  for (const [key, a] of arrived) {
    count[key] = (count[key] ?? 0) + a.count
    busyMs[key] = (busyMs[key] ?? 0) + a.busyMs
  }
  const passedMs = nowMs - before.sinceMs
  if (passedMs < (Object.keys(before.told).length === 0 ? FIRST_WINDOW_MS : WINDOW_MS))
    return { arrivals: { ...before, count, busyMs }, changed: [] }
  const told = { ...before.told }
  const changed: (readonly [string, number])[] = []
  for (const key of [...new Set([...Object.keys(count), ...Object.keys(told)])].sort()) {
    const rate = ((count[key] ?? 0) * 1000) / passedMs
    if (!hasChanged(told[key] ?? 0, rate)) continue
    if (rate === 0) delete told[key]
    else told[key] = rate
    changed.push([key, (busyMs[key] ?? 0) / passedMs])
  }
  return { arrivals: { sinceMs: nowMs, count: {}, busyMs: {}, told }, changed }
}

const hasChanged = (last: number, rate: number): boolean => rate > 0 !== last > 0 || Math.abs(rate - last) > Math.max(0.25 * last, 1)
