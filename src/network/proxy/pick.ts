/** Which endpoint a packet is sent to: by keyed chance, or the one the client had before where the Service asks for affinity. */
import type { Cluster } from '../../client/contract.ts'
import { choiceOf, type EndpointRule, type PortRule } from './rules.ts'

const FAMILY = 'affinity'

interface Affinity {
  readonly ip: string
  readonly seenMs: number
}

export interface Pick {
  readonly node: string
  readonly zone: string | undefined
  readonly local: boolean
  /** The client's address: whom affinity is kept for. */
  readonly client: string
  readonly turn: number
}

/** Told of every draw: what it was keyed by and among how many. Lets identical requests be counted instead of made. */
export type DrawListener = (key: string, among: number, index: number) => void
let listener: DrawListener | undefined

/** Chance that is no choice among few (a lost packet): what follows from it cannot be counted for others. */
export function drawnOtherwise(): void {
  listener?.('', 0, 0)
}

/** Runs `act` with a listener for draws. */
export function withDraws<T>(told: DrawListener, act: () => T): T {
  const outer = listener
  listener = told
  try {
    return act()
  } finally {
    listener = outer
  }
}

/** One of `among`, keyed: the same key and turn give the same one. */
export function drawIndex(cluster: Cluster, key: string, among: number, turn: number): number {
  if (among <= 1) return 0
  const index = cluster.random.below(among, 'endpoint', key, turn)
  listener?.(key, among, index)
  return index
}

export function pickEndpoint(cluster: Cluster, rule: PortRule, pick: Pick): EndpointRule | 'reject' | 'drop' {
  const choice = choiceOf(rule, pick.node, pick.zone, pick.local)
  if (choice.endpoints.length === 0) return choice.otherwise
  if (rule.affinitySeconds !== undefined) return sticky(cluster, rule, rule.affinitySeconds * 1000, pick, choice.endpoints)
  return choice.endpoints[drawIndex(cluster, `${rule.name}<${pick.client}`, choice.endpoints.length, pick.turn)]!
}

/** netfilter's `recent` list: the endpoint this client had, unless it is gone or that is too long ago. */
function sticky(cluster: Cluster, rule: PortRule, lastsMs: number, pick: Pick, endpoints: readonly EndpointRule[]): EndpointRule {
  const key = `${pick.node}/${rule.name}/${pick.client}`
  const known = cluster.cells.get<Affinity>(FAMILY, key)
  const { nowMs } = cluster.clock
  const had = known && nowMs - known.seenMs < lastsMs ? endpoints.find((e) => e.ip === known.ip) : undefined
  const chosen = had ?? endpoints[drawIndex(cluster, `${rule.name}<${pick.client}`, endpoints.length, pick.turn)]!
  // What is remembered of the client changes with time: such requests are never counted instead of sent.
  drawnOtherwise()
  // The time is renewed coarsely: a write for each packet would cost more than it tells.
  if (had === undefined || nowMs - known!.seenMs > lastsMs / 10)
    cluster.cells.put(FAMILY, key, { ip: chosen.ip, seenMs: nowMs } satisfies Affinity)
  return chosen
}
