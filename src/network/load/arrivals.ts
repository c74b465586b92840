/** How much of a load arrives at each process, looked at over a window, and when a process is to be told that it has changed. Pure. */

/** Rates are told to programs when they have changed by a quarter over this long. */
const WINDOW_MS = 5_000
const CHANGE = 0.25
/** A window in which something changed is part old and part new: what the next one brings counts by this much already. */
const SETTLING_CHANGE = 0.05
/** By less than this there is nothing more to settle: chance. */
const CHANCE = 0.1
/** A load that has just begun is told sooner; later the window is longer, so that chance does not look like change. */
const FIRST_WINDOW_MS = 1_000

export interface Arrivals {
  readonly sinceMs: number
  /** Requests of the window, and the milliseconds they took together. */
  readonly count: Readonly<Record<string, number>>
  readonly busyMs: Readonly<Record<string, number>>
  readonly told: Readonly<Record<string, number>>
  /** Who was told of a change when the window began. */
  readonly settling: readonly string[]
}

/** What one process got: requests, and the milliseconds they took together. */
export interface Arrived {
  count: number
  busyMs: number
}

export const noArrivals = (sinceMs: number): Arrivals => ({ sinceMs, count: {}, busyMs: {}, told: {}, settling: [] })

export interface Passed {
  readonly arrivals: Arrivals
  /** Processes (`podUid:port`) whose rate has changed, in byte order, with the requests they have in flight. */
  readonly changed: readonly (readonly [key: string, inFlight: number])[]
}

/** The window with what has arrived since; a window that is over begins anew. */
export function passWindow(before: Arrivals, arrived: ReadonlyMap<string, Arrived>, nowMs: number): Passed {
  const { count, busyMs } = arrived.size === 0 ? before : joined(before, arrived)
  const passedMs = nowMs - before.sinceMs
  if (passedMs < (Object.keys(before.told).length === 0 ? FIRST_WINDOW_MS : WINDOW_MS))
    return { arrivals: { ...before, count, busyMs }, changed: [] }
  const told = { ...before.told }
  const changed: (readonly [string, number])[] = []
  const settling: string[] = []
  for (const key of [...new Set([...Object.keys(count), ...Object.keys(told)])].sort()) {
    const rate = ((count[key] ?? 0) * 1000) / passedMs
    const last = told[key] ?? 0
    if (!hasChanged(last, rate, before.settling.includes(key) ? SETTLING_CHANGE : CHANGE)) continue
    if (hasChanged(last, rate, CHANCE)) settling.push(key)
    if (rate === 0) delete told[key]
    else told[key] = rate
    changed.push([key, (busyMs[key] ?? 0) / passedMs])
  }
  return { arrivals: { sinceMs: nowMs, count: {}, busyMs: {}, told, settling }, changed }
}

function joined(before: Arrivals, arrived: ReadonlyMap<string, Arrived>): Pick<Arrivals, 'count' | 'busyMs'> {
  const count = { ...before.count }
  const busyMs = { ...before.busyMs }
  for (const [key, a] of arrived) {
    count[key] = (count[key] ?? 0) + a.count
    busyMs[key] = (busyMs[key] ?? 0) + a.busyMs
  }
  return { count, busyMs }
}

const hasChanged = (last: number, rate: number, by: number): boolean =>
  rate > 0 !== last > 0 || Math.abs(rate - last) > Math.max(by * last, 1)
