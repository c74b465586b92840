/**
 * PodTopologySpread: no domain may hold more than `maxSkew` matching pods above the emptiest (DoNotSchedule), and emptier domains are preferred
 * (ScheduleAnyway, and upstream's default constraints for pods of a Service or workload).
 */
import type { Node, Pod, TopologySpreadConstraint } from '../../../api/generated/types/core-v1.ts'
import { podAcceptsNode } from '../../../controllers/node-selector.ts'
import { untolerated } from '../../../controllers/tolerations.ts'
import { allocatableChanged, labelsChanged, podFreed, podPlacedOrRelabelled, taintsChanged } from '../../changes.ts'
import { type CycleState, type Handle, type PluginRecord, type PluginState, unresolvable, unschedulable } from '../../contract.ts'
import type { NodeInfo } from '../../node-info.ts'
import type { PodInfo } from '../../pod-info.ts'
import { MAX_SCORE } from '../../scores.ts'
import { selects } from '../../snapshot.ts'
import { type Constraint, constraintsOf, HOSTNAME } from './constraints.ts'

const NAME = 'PodTopologySpread'

/** Nodes whose pods count for a constraint. */
const counts = (c: TopologySpreadConstraint, pod: PodInfo, node: Node): boolean =>
  (c.nodeAffinityPolicy === 'Ignore' || podAcceptsNode(pod.pod.spec!, node)) &&
  (c.nodeTaintsPolicy !== 'Honor' || untolerated(node.spec?.taints, pod.pod.spec?.tolerations, ['NoSchedule', 'NoExecute']) === undefined)

const matches =
  (c: Constraint, namespace: string) =>
  (other: Pod): boolean =>
    other.metadata.namespace === namespace && other.metadata.deletionTimestamp === undefined && selects(c.selector, other.metadata.labels)

/** Matching pods per domain, over the nodes that count and have every constraint's key. */
class Domains implements PluginState {
  readonly constraints: readonly Constraint[]
  readonly perDomain: readonly Map<string, number>[]

  constructor(constraints: readonly Constraint[], perDomain: readonly Map<string, number>[]) {
    this.constraints = constraints
    this.perDomain = perDomain
  }

  clone(): Domains {
    return new Domains(
      this.constraints,
      this.perDomain.map((m) => new Map(m)),
    )
  }
}

function hard(state: CycleState, pod: PodInfo, { snapshot, read }: Handle): 'skip' | undefined {
  const constraints = constraintsOf(pod, 'DoNotSchedule', read)
  if (constraints.length === 0) return 'skip'
  const perDomain = constraints.map(() => new Map<string, number>())
  const perNode = constraints.map((c) => snapshot.counts(`spread ${pod.namespace} ${c.key}`, matches(c, pod.namespace)))
  for (const info of snapshot.nodes) {
    if (!constraints.every((c) => info.labels[c.topologyKey] !== undefined)) continue
    constraints.forEach((c, i) => {
      if (!counts(c, pod, info.node!)) return
      const domain = info.labels[c.topologyKey]!
      perDomain[i]!.set(domain, (perDomain[i]!.get(domain) ?? 0) + (perNode[i]!.get(info.name) ?? 0))
    })
  }
  state.set(NAME, new Domains(constraints, perDomain))
  return undefined
}

function filter(state: CycleState, pod: PodInfo, node: NodeInfo) {
  const domains = state.get(NAME) as Domains
  for (const [i, c] of domains.constraints.entries()) {
    const domain = node.labels[c.topologyKey]
    if (domain === undefined) return unresolvable("node(s) didn't match pod topology spread constraints (missing required label)")
    const here = domains.perDomain[i]!
    const least = here.size < (c.minDomains ?? 1) ? 0 : Math.min(...here.values())
    const self = selects(c.selector, pod.pod.metadata.labels) ? 1 : 0
    if ((here.get(domain) ?? 0) + self - (here.size === 0 ? 0 : least) > c.maxSkew)
      return unschedulable("node(s) didn't match pod topology spread constraints")
  }
  return undefined
}

function adjust(state: CycleState, pod: PodInfo, other: PodInfo, node: NodeInfo, delta: 1 | -1): void {
  const domains = state.get(NAME) as Domains | undefined
  domains?.constraints.forEach((c, i) => {
    const domain = node.labels[c.topologyKey]
    const here = domains.perDomain[i]!
    if (domain === undefined || !here.has(domain) || !matches(c, pod.namespace)(other.pod) || !counts(c, pod, node.node!)) return
    here.set(domain, here.get(domain)! + delta)
  })
}

const SOFT = `${NAME}/score`

/** What scoring counts; nodes without some key are left out and score nothing. */
class Soft implements PluginState {
  readonly constraints: readonly Constraint[]
  readonly perDomain: readonly Map<string, number>[]
  readonly perNode: readonly ReadonlyMap<string, number>[]
  readonly ignored: ReadonlySet<string>
  /** Log of domain numbers: the more domains, the more weight. */
  readonly weights: readonly number[]

  constructor(of: Omit<Soft, 'clone'>) {
    this.constraints = of.constraints
    this.perDomain = of.perDomain
    this.perNode = of.perNode
    this.ignored = of.ignored
    this.weights = of.weights
  }

  clone(): Soft {
    return this
  }
}

function soft(state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[], { snapshot, read }: Handle): 'skip' | undefined {
  const constraints = constraintsOf(pod, 'ScheduleAnyway', read)
  if (constraints.length === 0) return 'skip'
  const strict = (pod.pod.spec?.topologySpreadConstraints ?? []).length > 0
  const ignored = new Set(
    strict ? nodes.filter((n) => constraints.some((c) => n.labels[c.topologyKey] === undefined)).map((n) => n.name) : [],
  )
  const perNode = constraints.map((c) => snapshot.counts(`spread ${pod.namespace} ${c.key}`, matches(c, pod.namespace)))
  const perDomain = constraints.map(() => new Map<string, number>())
  for (const n of nodes) {
    if (ignored.has(n.name)) continue
    constraints.forEach((c, i) => {
      const domain = n.labels[c.topologyKey]
      if (c.topologyKey !== HOSTNAME && domain !== undefined) perDomain[i]!.set(domain, 0)
    })
  }
  constraints.forEach((c, i) => {
    if (c.topologyKey === HOSTNAME) return
    for (const n of snapshot.nodes) {
      const domain = n.labels[c.topologyKey]
      const before = domain === undefined ? undefined : perDomain[i]!.get(domain)
      if (before !== undefined && counts(c, pod, n.node!)) perDomain[i]!.set(domain!, before + (perNode[i]!.get(n.name) ?? 0))
    }
  })
  const weights = constraints.map((c, i) => Math.log((c.topologyKey === HOSTNAME ? nodes.length - ignored.size : perDomain[i]!.size) + 2))
  state.set(SOFT, new Soft({ constraints, perDomain, perNode, ignored, weights }))
  return undefined
}

function score(state: CycleState, _pod: PodInfo, node: NodeInfo): number {
  const s = state.get(SOFT) as Soft
  if (s.ignored.has(node.name)) return 0
  let sum = 0
  s.constraints.forEach((c, i) => {
    const domain = node.labels[c.topologyKey]
    if (domain === undefined) return
    const there = c.topologyKey === HOSTNAME ? (s.perNode[i]!.get(node.name) ?? 0) : (s.perDomain[i]!.get(domain) ?? 0)
    sum += there * s.weights[i]! + (c.maxSkew - 1)
  })
  return Math.round(sum)
}

/** Fewer is better: the emptiest place gets 100. */
function normalize(state: CycleState, _pod: PodInfo, scores: number[], nodes: readonly NodeInfo[]): void {
  const s = state.get(SOFT) as Soft
  const known = scores.filter((_, i) => !s.ignored.has(nodes[i]!.name))
  const [min, max] = [Math.min(...known), Math.max(...known)]
  for (let i = 0; i < scores.length; i++) {
    if (s.ignored.has(nodes[i]!.name)) scores[i] = 0
    else scores[i] = max === 0 ? MAX_SCORE : Math.floor((MAX_SCORE * (max + min - scores[i]!)) / max)
  }
}

export const podTopologySpread: PluginRecord = {
  name: NAME,
  weight: 2,
  preFilter: hard,
  filter,
  adjust,
  preScore: soft,
  score,
  normalize,
  wakes: {
    pods: (c) => podFreed(c) || podPlacedOrRelabelled(c),
    nodes: (c) => labelsChanged(c) || taintsChanged(c) || allocatableChanged(c),
  },
}
