/** How long a packet's round trip takes: small on one machine, more between machines, more again from outside; a little of it drawn by chance per pair. */
import type { Random } from '../sim/random.ts'

/** Round trips in milliseconds. */
const SAME_NODE_MS = 0.2
const OTHER_NODE_MS = 0.6
const OUTSIDE_MS = 1.5
const JITTER = 0.5

export interface Leg {
  /** Node, or undefined for a machine outside the cluster. */
  readonly from: string | undefined
  readonly to: string | undefined
}

/** Keyed by the pair alone, so that equal requests between two changes take equally long. */
export function roundTripMs(random: Random, leg: Leg): number {
  const outside = leg.from === undefined || leg.to === undefined
  const base = outside ? OUTSIDE_MS : leg.from === leg.to ? SAME_NODE_MS : OTHER_NODE_MS
  return base * (1 + JITTER * random.unit('latency', `${leg.from ?? '-'}>${leg.to ?? '-'}`))
}
