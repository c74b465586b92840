/**
 * Clients that send requests at a rate, outside or in a pod: they wait, try again, and count what they got for each second of virtual time.
 * What they have counted is in cells; programs are told how much arrives at them.
 */

import { matchesLabels, selectorFromSet } from '../../api/selectors.ts'
import type { Cluster } from '../../client/contract.ts'
import type { Actor } from '../../sim/loop.ts'
import type { DialResult, Hosts, HttpReply, HttpRequest, Origin } from '../contract.ts'
import type { ClusterNetwork } from '../create-network.ts'
import { OFFICE_PC_IP } from '../outside.ts'
import { type Arrivals, type Arrived, noArrivals, passWindow } from './arrivals.ts'
import { addTo, bucketOf, type Histogram, percentile } from './histogram.ts'
import { Epochs, type Outcome, Outcomes, visitOf } from './outcomes.ts'
import { rateAt, type Shape } from './shape.ts'

export interface LoadSpec {
  readonly host: string
  readonly port: number
  readonly request: HttpRequest
  readonly perSecond: number
  readonly shape?: Shape
  /** Until `stop` when absent. */
  readonly durationMs?: number
  readonly timeoutMs: number
  /** How often a client tries again, and how long it waits before. */
  readonly retries: number
  readonly retryDelayMs?: number
  /** Absent: the office PC. */
  readonly from?: { readonly namespace: string; readonly labels: Readonly<Record<string, string>> }
  /** Sends every request for itself, whether or not it is like others. */
  readonly oneByOne?: boolean
}

interface Waiting {
  readonly turn: number
  readonly attempt: number
  readonly dueMs: number
  readonly spentMs: number
}

interface Running {
  readonly spec: LoadSpec
  readonly startMs: number
  readonly lastMs: number
  /** Requests sent so far; the next one's number. */
  readonly sent: number
  /** The part of a request that is due but not whole. */
  readonly carry: number
  readonly waiting: readonly Waiting[]
  readonly over: boolean
  /** The second that is being counted; earlier ones are in cells of their own. */
  readonly second: Second
  readonly arrivals: Arrivals
}

/** What one second brought; `atMs` is its beginning. */
export interface Second {
  readonly atMs: number
  readonly ok: number
  readonly failed: Readonly<Record<string, number>>
  readonly latencies: Histogram
  /** Numbers of the writes that were acknowledged. */
  readonly acknowledged?: readonly number[]
}

export interface LoadReport {
  /** Requests with a final answer, good or bad. */
  readonly sent: number
  readonly ok: number
  readonly failed: Readonly<Record<string, number>>
  /** Share of final answers that were good; 1 when there were none. */
  readonly availability: number
  readonly p50Ms: number
  readonly p90Ms: number
  readonly p99Ms: number
  /** How long it ran. */
  readonly seconds: number
  readonly bySecond: readonly Second[]
}

/** What is counted of an answer. */
interface Reply {
  /** `ok`, or the kind of failure: `timeout`, `refused`, `http-503` … */
  readonly kind: string
  readonly latencyMs: number
}

const LOAD = 'load'
const SECOND = 'load-second'
const TICK_MS = 100
const JITTER = 0.3
const RETRY_TURN = 1_000_003

interface Tally {
  ok: number
  bad: number
  readonly failed: Record<string, number>
  readonly latencies: Record<number, number>
  readonly acknowledged: number[]
  readonly arrivals: Map<string, Arrived>
}

const emptySecond = (atMs: number): Second => ({ atMs, ok: 0, failed: {}, latencies: {} })

function sum(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): Record<string, number> {
  const both = { ...a }
  for (const [kind, n] of Object.entries(b)) both[kind] = (both[kind] ?? 0) + n
  return both
}

export class Loads implements Actor {
  readonly name = 'load'
  readonly #cluster: Cluster
  readonly #network: ClusterNetwork
  readonly #hosts: () => Hosts
  /** What has changed since, for whoever remembers answers. */
  readonly epochs: Epochs
  readonly #outcomes = new Map<string, Outcomes<Reply>>()

  constructor(cluster: Cluster, network: ClusterNetwork, hosts: () => Hosts) {
    this.#cluster = cluster
    this.#network = network
    this.#hosts = hosts
    this.epochs = new Epochs(cluster, network)
    cluster.register(this)
  }

  forget(): void {
    this.#outcomes.clear()
  }

  /** Starts sending. A load of the same name is started anew, its counts are gone. */
  start(name: string, spec: LoadSpec): void {
    const { cells, clock } = this.#cluster
    for (const key of cells.keys(SECOND, `${name}/`)) cells.delete(SECOND, key)
    this.#outcomes.delete(name)
    const fresh = { sent: 0, carry: 0, waiting: [], over: false, second: emptySecond(0), arrivals: noArrivals(clock.nowMs) }
    const running: Running = { spec, startMs: clock.nowMs, lastMs: clock.nowMs, ...fresh }
    cells.put(LOAD, name, running)
    this.#cluster.setTimer(this.name, name, clock.nowMs + TICK_MS)
  }

  /** Stops sending; what was counted stays. */
  stop(name: string): void {
    const running = this.#running(name)
    if (running === undefined || running.over) return
    this.#cluster.cells.put(LOAD, name, { ...running, waiting: [], over: true })
    this.#cluster.cancelTimer(this.name, name)
    this.#tellAll(name)
  }

  get names(): readonly string[] {
    return this.#cluster.cells.keys(LOAD)
  }
  isOver(name: string): boolean {
    return this.#running(name)?.over !== false
  }
  /** How many requests of a load were really sent, for benchmarks; the rest were counted. */
  reallySent(name: string): number {
    return this.#outcomes.get(name)?.sent ?? 0
  }
  #running(name: string): Running | undefined {
    return this.#cluster.cells.get<Running>(LOAD, name)
  }

  onTimer(name: string): void {
    const running = this.#running(name)
    if (running !== undefined && !running.over) this.#tick(name, running)
  }

  #tick(name: string, running: Running): void {
    const { clock, cells } = this.#cluster
    const { spec, startMs, lastMs } = running
    const endMs = spec.durationMs === undefined ? Number.POSITIVE_INFINITY : startMs + spec.durationMs
    const untilMs = Math.min(clock.nowMs, endMs)
    const due =
      running.carry +
      (rateAt(spec.perSecond, spec.shape ?? { kind: 'steady' }, (lastMs + untilMs) / 2 - startMs) * (untilMs - lastMs)) / 1000
    // Tenths of a second times a rate leave crumbs behind the point.
    const count = Math.floor(due + 1e-9)
    const tally: Tally = { ok: 0, bad: 0, failed: {}, latencies: {}, acknowledged: [], arrivals: new Map() }
    const waiting: Waiting[] = []
    const send = this.#sender(name, spec)
    for (const one of running.waiting) {
      if (one.dueMs > clock.nowMs) waiting.push(one)
      else this.#one(name, spec, one, send, tally, waiting)
    }
    for (let i = 0; i < count; i++)
      this.#one(name, spec, { turn: running.sent + i, attempt: 0, dueMs: clock.nowMs, spentMs: 0 }, send, tally, waiting)
    const second = this.#count(name, running.second, tally, untilMs)
    const { arrivals, changed } = passWindow(running.arrivals, tally.arrivals, clock.nowMs)
    const over = clock.nowMs >= endMs && waiting.length === 0
    cells.put(LOAD, name, {
      ...running,
      lastMs: untilMs,
      sent: running.sent + count,
      carry: Math.max(0, due - count),
      waiting,
      over,
      second,
      arrivals,
    } satisfies Running)
    for (const [key, inFlight] of changed) this.#tell(key, inFlight)
    if (over) this.#tellAll(name)
    else this.#cluster.setTimer(this.name, name, clock.nowMs + TICK_MS)
  }

  /** What a request of this load gets, by its number. */
  #sender(name: string, spec: LoadSpec): (turn: number) => Outcome<Reply> {
    const origin = this.#origin(spec)
    if (origin === undefined) return () => ({ kind: 'no-client', latencyMs: 0, visits: [] })
    const isWrite = spec.request.method !== 'GET' && spec.request.method !== 'HEAD'
    const payload = (turn: number): HttpRequest => (isWrite ? numbered(spec.request, turn) : spec.request)
    const loud = (turn: number): Reply =>
      outcomeOf(
        this.#network.dial(origin, {
          host: spec.host,
          port: spec.port,
          protocol: 'http',
          payload: payload(turn),
          timeoutMs: spec.timeoutMs,
          turn,
        }),
      )
    const dial = isWrite ? loud : (turn: number) => this.#network.quietly(() => loud(turn))
    if (isWrite || spec.oneByOne) {
      return (turn) => {
        const visits: Outcome<Reply>['visits'][number][] = []
        const result = this.#network.withVisits(
          (podUid, port) => void visits.push(visitOf(podUid, port)),
          () => dial(turn),
        )
        return { ...result, visits }
      }
    }
    let outcomes = this.#outcomes.get(name)
    if (outcomes === undefined) {
      outcomes = new Outcomes(this.#cluster, this.#network, this.epochs)
      this.#outcomes.set(name, outcomes)
    }
    const known = outcomes
    return (turn) => known.of(turn, dial)
  }

  #origin({ from }: LoadSpec): Origin | undefined {
    if (from === undefined) return { kind: 'outside', name: 'clients', ip: OFFICE_PC_IP }
    const selector = selectorFromSet(from.labels)
    const pod = this.#cluster.read
      .list('pods', from.namespace)
      .find((p) => p.status?.phase === 'Running' && p.status.podIP && matchesLabels(selector, p.metadata.labels))
    return (
      pod && {
        kind: 'pod',
        namespace: from.namespace,
        name: pod.metadata.name,
        uid: pod.metadata.uid!,
        ip: pod.status!.podIP!,
        node: pod.spec!.nodeName!,
      }
    )
  }

  #one(name: string, spec: LoadSpec, one: Waiting, send: (turn: number) => Outcome<Reply>, tally: Tally, waiting: Waiting[]): void {
    const turn = one.turn + one.attempt * RETRY_TURN
    const outcome = send(turn)
    const timedOut = outcome.kind === 'timeout'
    const latencyMs = timedOut ? outcome.latencyMs : outcome.latencyMs * (1 + JITTER * this.#cluster.random.unit('load-jitter', name, turn))
    for (const { key } of outcome.visits) {
      const a = tally.arrivals.get(key)
      if (a === undefined) tally.arrivals.set(key, { count: 1, busyMs: latencyMs })
      else {
        a.count++
        a.busyMs += latencyMs
      }
    }
    const spentMs = one.spentMs + latencyMs
    if (outcome.kind === 'ok') {
      tally.ok++
      const bucket = bucketOf(spentMs)
      tally.latencies[bucket] = (tally.latencies[bucket] ?? 0) + 1
      if (spec.request.method !== 'GET') tally.acknowledged.push(one.turn)
    } else if (one.attempt < spec.retries) {
      const delay = spec.retryDelayMs ?? 0
      waiting.push({
        turn: one.turn,
        attempt: one.attempt + 1,
        dueMs: this.#cluster.clock.nowMs + latencyMs + delay,
        spentMs: spentMs + delay,
      })
    } else {
      tally.bad++
      tally.failed[outcome.kind] = (tally.failed[outcome.kind] ?? 0) + 1
    }
  }

  /** The second counted so far with what a tick brought; a second that is over is put away. */
  #count(name: string, before: Second, tally: Tally, untilMs: number): Second {
    const atMs = Math.floor((untilMs - 1) / 1000) * 1000
    if (before.atMs !== atMs) this.#putAway(name, before)
    const from = before.atMs === atMs ? before : emptySecond(atMs)
    if (tally.ok === 0 && tally.bad === 0) return from
    addTo(tally.latencies, from.latencies)
    const failed = tally.bad === 0 ? from.failed : sum(from.failed, tally.failed)
    const acknowledged = tally.acknowledged.length === 0 ? from.acknowledged : [...(from.acknowledged ?? []), ...tally.acknowledged]
    return { atMs, ok: from.ok + tally.ok, failed, latencies: tally.latencies, ...(acknowledged && { acknowledged }) }
  }

  #putAway(name: string, second: Second): void {
    if (second.ok > 0 || Object.keys(second.failed).length > 0) this.#cluster.cells.put(SECOND, `${name}/${second.atMs}`, second)
  }

  // ── what programs are told ──

  /** All loads together make what a program gets. */
  #tell(key: string, inFlight: number): void {
    const { cells } = this.#cluster
    let perSecond = 0
    for (const other of cells.keys(LOAD)) perSecond += this.#running(other)!.arrivals.told[key] ?? 0
    const colon = key.lastIndexOf(':')
    this.#hosts().load(key.slice(0, colon), Number(key.slice(colon + 1)), perSecond, inFlight)
  }

  #tellAll(name: string): void {
    const { cells, clock } = this.#cluster
    const running = this.#running(name)!
    cells.put(LOAD, name, { ...running, arrivals: noArrivals(clock.nowMs) } satisfies Running)
    for (const key of Object.keys(running.arrivals.told).sort()) this.#tell(key, 0)
  }

  /** What was counted so far. Undefined when there is no such load. */
  report(name: string): LoadReport | undefined {
    const running = this.#running(name)
    if (running === undefined) return undefined
    const { cells } = this.#cluster
    const past = cells.keys(SECOND, `${name}/`).filter((k) => k.lastIndexOf('/') === name.length)
    const bySecond = [...past.map((k) => cells.get<Second>(SECOND, k)!), running.second]
      .filter((s) => s.atMs > 0)
      .sort((a, b) => a.atMs - b.atMs)
    const failed: Record<string, number> = {}
    const latencies: Record<number, number> = {}
    let ok = 0
    for (const second of bySecond) {
      ok += second.ok
      addTo(latencies, second.latencies)
      for (const [kind, n] of Object.entries(second.failed)) failed[kind] = (failed[kind] ?? 0) + n
    }
    const bad = Object.values(failed).reduce((a, b) => a + b, 0)
    return {
      sent: ok + bad,
      ok,
      failed,
      availability: ok + bad === 0 ? 1 : ok / (ok + bad),
      p50Ms: percentile(latencies, 0.5),
      p90Ms: percentile(latencies, 0.9),
      p99Ms: percentile(latencies, 0.99),
      seconds: (running.lastMs - running.startMs) / 1000,
      bySecond,
    }
  }
}

function outcomeOf(result: DialResult): Reply {
  if (!result.ok) return { kind: result.failure, latencyMs: result.latencyMs }
  const { status } = result.reply as HttpReply
  return { kind: status < 400 ? 'ok' : `http-${status}`, latencyMs: result.latencyMs }
}

/** Writes differ: `{{n}}` in path and body is the request's number. */
function numbered(request: HttpRequest, n: number): HttpRequest {
  const put = (text: string): string => text.replaceAll('{{n}}', String(n))
  return { ...request, path: put(request.path), ...(request.body !== undefined && { body: put(request.body) }) }
}
