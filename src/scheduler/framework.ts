/** One scheduling cycle without its effects: filters, post-filters and scores, over the registered plugins in their order. */
import type { Random } from '../sim/random.ts'
import {
  type CycleState,
  cloneState,
  type Diagnosis,
  type Handle,
  type Hands,
  type NodeVerdict,
  type PluginRecord,
  type Rejection,
  unresolvable,
} from './contract.ts'
import { fitError } from './message.ts'
import type { NodeInfo } from './node-info.ts'
import type { PodInfo } from './pod-info.ts'

const MIN_FEASIBLE = 100

/** How many feasible nodes are enough: all of a small cluster, a shrinking share (at least 5 %) of a large one. */
export function enoughNodes(all: number): number {
  if (all < MIN_FEASIBLE) return all
  const percent = Math.max(5, 50 - Math.floor(all / 125))
  return Math.max(MIN_FEASIBLE, Math.floor((all * percent) / 100))
}

export interface Filtered {
  readonly state: CycleState
  readonly feasible: readonly NodeInfo[]
  readonly rejections: Map<string, Rejection>
  /** Plugins that said no, for queueing hints and `why`. */
  readonly rejectedBy: Map<string, string>
  /** Set when a PreFilter ended the cycle. */
  readonly preFilter?: { readonly plugin: string; readonly rejection: Rejection }
  /** Nodes looked at; the next cycle starts after them. */
  readonly looked: number
}

interface Refused {
  readonly plugin: string
  readonly rejection: Rejection
}

interface Admitted {
  /** Plugins whose filters are to run. */
  readonly active: readonly PluginRecord[]
  readonly allowed: { readonly nodes: ReadonlySet<string>; readonly by: readonly string[] } | undefined
}

export class Framework {
  readonly #plugins: readonly PluginRecord[]
  readonly #handle: Handle

  constructor(plugins: readonly PluginRecord[], handle: Handle) {
    this.#plugins = plugins
    this.#handle = handle
  }

  preEnqueue(pod: PodInfo): { plugin: string; rejection: Rejection } | undefined {
    for (const p of this.#plugins) {
      const rejection = p.preEnqueue?.(pod.pod)
      if (rejection !== undefined) return { plugin: p.name, rejection }
    }
    return undefined
  }

  /** Feasible nodes for a pod, looking from `start` on until enough are found (`limit`). */
  findNodes(pod: PodInfo, start: number, limit: number): Filtered {
    const state: CycleState = new Map()
    const rejections = new Map<string, Rejection>()
    const rejectedBy = new Map<string, string>()
    const nodes = this.#handle.snapshot.nodes
    const pre = this.#preFilter(state, pod)
    if ('rejection' in pre) {
      for (const node of nodes) rejections.set(node.name, pre.rejection)
      return { state, feasible: [], rejections, rejectedBy, preFilter: pre, looked: 0 }
    }
    const feasible: NodeInfo[] = []
    let looked = 0
    for (; looked < nodes.length && feasible.length < limit; looked++) {
      const node = nodes[(start + looked) % nodes.length]!
      const no =
        pre.allowed !== undefined && !pre.allowed.nodes.has(node.name)
          ? notAllowed(pre.allowed.by)
          : this.filterNominated(state, pod, node, pre.active)
      if (no === undefined) feasible.push(node)
      else {
        rejections.set(node.name, no.rejection)
        rejectedBy.set(node.name, no.plugin)
      }
    }
    return { state, feasible, rejections, rejectedBy, looked }
  }

  #preFilter(state: CycleState, pod: PodInfo): Refused | Admitted {
    const active: PluginRecord[] = []
    let allowed: { nodes: ReadonlySet<string>; by: string[] } | undefined
    for (const p of this.#plugins) {
      const answer = p.preFilter?.(state, pod, this.#handle)
      if (answer !== undefined && typeof answer === 'object' && 'code' in answer) return { plugin: p.name, rejection: answer }
      if (answer !== undefined && typeof answer === 'object') {
        const { nodes } = answer
        allowed =
          allowed === undefined
            ? { nodes, by: [p.name] }
            : { nodes: new Set([...allowed.nodes].filter((n) => nodes.has(n))), by: [...allowed.by, p.name] }
      }
      if (answer !== 'skip' && p.filter !== undefined) active.push(p)
    }
    return { active, allowed }
  }

  #filter(
    state: CycleState,
    pod: PodInfo,
    node: NodeInfo,
    active: readonly PluginRecord[],
  ): { plugin: string; rejection: Rejection } | undefined {
    for (const p of active) {
      const rejection = p.filter!(state, pod, node, this.#handle)
      if (rejection !== undefined) return { plugin: p.name, rejection }
    }
    return undefined
  }

  /** Pods nominated to the node that matter at least as much count as if they ran there already; the pod must fit with and without them. */
  filterNominated(
    state: CycleState,
    pod: PodInfo,
    node: NodeInfo,
    active: readonly PluginRecord[],
  ): { plugin: string; rejection: Rejection } | undefined {
    const { snapshot } = this.#handle
    if (!snapshot.anyNominated) return this.#filter(state, pod, node, active)
    const ahead = [...snapshot.nominatedOn(node.name)].filter((other) => other.uid !== pod.uid && other.priority >= pod.priority)
    if (ahead.length > 0) {
      const [fuller, tried] = [node.clone(), cloneState(state)]
      for (const other of ahead) {
        fuller.add(other)
        this.#adjust(tried, pod, other, fuller, 1)
      }
      const no = this.#filter(tried, pod, fuller, active)
      if (no !== undefined) return no
    }
    return this.#filter(state, pod, node, active)
  }

  #adjust(state: CycleState, pod: PodInfo, other: PodInfo, node: NodeInfo, delta: 1 | -1): void {
    for (const p of this.#plugins) p.adjust?.(state, pod, other, node, delta)
  }

  /** What PostFilter plugins make of a failure: their messages joined, and the node one of them made room on. */
  postFilter(pod: PodInfo, filtered: Filtered, hands: Hands): { message: string; nominated?: string } {
    const active = this.#plugins.filter((p) => p.filter !== undefined && p.preFilter?.(new Map(), pod, this.#handle) !== 'skip')
    const diagnosis: Diagnosis = {
      rejections: filtered.rejections,
      ran: (state, who, node) => this.filterNominated(state, who, node, active)?.rejection,
      adjust: (state, who, other, node, delta) => this.#adjust(state, who, other, node, delta),
    }
    const messages: string[] = []
    for (const p of this.#plugins) {
      const answer = p.postFilter?.(filtered.state, pod, diagnosis, this.#handle, hands)
      if (answer === undefined) continue
      if (answer.nominated !== undefined) return { message: '', nominated: answer.nominated }
      messages.push(answer.message)
      // A plugin that failed (rather than declined) ends the phase.
      if (answer.message === 'not found') break
    }
    return { message: messages.join(', ') }
  }

  message(filtered: Filtered, postFilter: string): string {
    const before = filtered.preFilter?.rejection.reasons.join(', ') ?? ''
    return fitError(this.#handle.snapshot.nodes.length, filtered.rejections.values(), before, postFilter)
  }

  /** Weighted totals and each plugin's share. */
  score(state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[]): { totals: number[]; parts: Map<string, number[]> } {
    const totals = new Array<number>(nodes.length).fill(0)
    const parts = new Map<string, number[]>()
    for (const p of this.#plugins) {
      if (p.score === undefined || p.preScore?.(state, pod, nodes, this.#handle) === 'skip') continue
      const scores = new Array<number>(nodes.length)
      for (let i = 0; i < nodes.length; i++) scores[i] = p.score(state, pod, nodes[i]!, this.#handle)
      p.normalize?.(state, pod, scores, nodes)
      for (let i = 0; i < nodes.length; i++) {
        scores[i] = scores[i]! * (p.weight ?? 1)
        totals[i] = totals[i]! + scores[i]!
      }
      parts.set(p.name, scores)
    }
    return { totals, parts }
  }

  /** The best of the feasible nodes; equals are chosen among by chance that depends on the pod alone. */
  choose(state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[], random: Random): NodeInfo {
    if (nodes.length === 1) return nodes[0]!
    const { totals } = this.score(state, pod, nodes)
    let max = Number.NEGATIVE_INFINITY
    for (const t of totals) if (t > max) max = t
    const best = nodes.filter((_, i) => totals[i] === max)
    return best.length === 1 ? best[0]! : best[random.below(best.length, 'scheduler-tie', pod.uid)]!
  }

  /** Every node's verdict as `why` shows it. */
  verdicts(pod: PodInfo, filtered: Filtered): NodeVerdict[] {
    const { totals, parts } =
      filtered.feasible.length === 0
        ? { totals: [], parts: new Map<string, number[]>() }
        : this.score(filtered.state, pod, filtered.feasible)
    const places = new Map(filtered.feasible.map((n, i) => [n.name, i]))
    return this.#handle.snapshot.nodes.flatMap((node): NodeVerdict[] => {
      const rejection = filtered.rejections.get(node.name)
      const plugin = filtered.preFilter?.plugin ?? filtered.rejectedBy.get(node.name)
      if (rejection !== undefined) return [{ node: node.name, ...(plugin && { plugin }), reasons: rejection.reasons }]
      const i = places.get(node.name)
      return i === undefined
        ? []
        : [{ node: node.name, score: totals[i]!, scores: Object.fromEntries([...parts].map(([name, s]) => [name, s[i]!])) }]
    })
  }
}

const notAllowed = (by: readonly string[]): { plugin: string; rejection: Rejection } => ({
  plugin: by[0]!,
  rejection: unresolvable(`node(s) didn't satisfy plugin(s) [${by.join(' ')}]`),
})
