/** InterPodAffinity: near to or apart from other pods, as the pod wants it and as pods that run already demand it. */
import type { PodAffinityTerm } from '../../../api/generated/types/core-v1.ts'
import { labelsChanged, podFreed, podPlacedOrRelabelled } from '../../changes.ts'
import { type CycleState, type Handle, type PluginRecord, type PluginState, unresolvable, unschedulable } from '../../contract.ts'
import type { NodeInfo } from '../../node-info.ts'
import type { PodInfo } from '../../pod-info.ts'
import { MAX_SCORE } from '../../scores.ts'
import { type Term, termOf } from './terms.ts'

const NAME = 'InterPodAffinity'
const domainOf = (key: string, value: string): string => `${key}=${value}`

type Counts = Map<string, number>
const add = (counts: Counts, domain: string, n: number): void => {
  const sum = (counts.get(domain) ?? 0) + n
  if (sum === 0) counts.delete(domain)
  else counts.set(domain, sum)
}

class Rules implements PluginState {
  readonly affinity: readonly Term[]
  readonly antiAffinity: readonly Term[]
  /** Matching pods per domain, by term. */
  readonly near: readonly Counts[]
  readonly apart: readonly Counts[]
  /** Domains where running pods will not have this one. */
  readonly refused: Counts
  readonly read: Handle['read']

  constructor(
    read: Handle['read'],
    affinity: readonly Term[],
    antiAffinity: readonly Term[],
    near: readonly Counts[],
    apart: readonly Counts[],
    refused: Counts,
  ) {
    this.read = read
    this.affinity = affinity
    this.antiAffinity = antiAffinity
    this.near = near
    this.apart = apart
    this.refused = refused
  }

  clone(): Rules {
    return new Rules(
      this.read,
      this.affinity,
      this.antiAffinity,
      this.near.map((m) => new Map(m)),
      this.apart.map((m) => new Map(m)),
      new Map(this.refused),
    )
  }
}

const refusals = (other: PodInfo, pod: PodInfo, handle: Pick<Handle, 'read'>): string[] =>
  other.requiredAntiAffinity
    .map((t) => termOf(t, other.pod, handle.read))
    .filter((t) => t.matches(pod.pod))
    .map((t) => t.topologyKey)

/** Matching pods per domain of the terms; `all`: a pod counts only when it matches every term (required affinity). */
function countTerms(terms: readonly Term[], all: boolean, { snapshot }: Handle): Counts[] {
  const matchesAll = (pod: PodInfo['pod']): boolean => terms.every((t) => t.matches(pod))
  return terms.map((term) => {
    const key = all ? `affinity-all ${terms.map((t) => t.key).join(' ')}` : `affinity ${term.key}`
    const perNode = snapshot.counts(key, all ? matchesAll : term.matches)
    const counts: Counts = new Map()
    for (const [name, n] of perNode) {
      const value = n === 0 ? undefined : snapshot.node(name)?.labels[term.topologyKey]
      if (value !== undefined) add(counts, domainOf(term.topologyKey, value), n)
    }
    return counts
  })
}

function preFilter(state: CycleState, pod: PodInfo, handle: Handle): 'skip' | undefined {
  const refused: Counts = new Map()
  for (const node of handle.snapshot.antiAffinityNodes)
    for (const other of node.withRequiredAntiAffinity)
      for (const key of refusals(other, pod, handle)) {
        const value = node.labels[key]
        if (value !== undefined) add(refused, domainOf(key, value), 1)
      }
  if (
    refused.size === 0 &&
    pod.requiredAffinity.length + pod.requiredAntiAffinity.length === 0 &&
    handle.snapshot.antiAffinityNodes.size === 0
  )
    return 'skip'
  const terms = (list: readonly PodAffinityTerm[]): Term[] => list.map((t) => termOf(t, pod.pod, handle.read))
  const [affinity, anti] = [terms(pod.requiredAffinity), terms(pod.requiredAntiAffinity)]
  state.set(NAME, new Rules(handle.read, affinity, anti, countTerms(affinity, true, handle), countTerms(anti, false, handle), refused))
  return undefined
}

function satisfiesAffinity(rules: Rules, pod: PodInfo, node: NodeInfo): boolean {
  let found = true
  for (const [i, term] of rules.affinity.entries()) {
    const value = node.labels[term.topologyKey]
    if (value === undefined) return false
    if ((rules.near[i]!.get(domainOf(term.topologyKey, value)) ?? 0) <= 0) found = false
  }
  // The first of a group that wants to be together: nobody matches anywhere yet, except the pod itself.
  return found || (rules.near.every((counts) => counts.size === 0) && rules.affinity.every((t) => t.matches(pod.pod)))
}

function filter(state: CycleState, pod: PodInfo, node: NodeInfo) {
  const rules = state.get(NAME) as Rules
  if (!satisfiesAffinity(rules, pod, node)) return unresolvable("node(s) didn't match pod affinity rules")
  for (const [i, term] of rules.antiAffinity.entries()) {
    const value = node.labels[term.topologyKey]
    if (value !== undefined && (rules.apart[i]!.get(domainOf(term.topologyKey, value)) ?? 0) > 0)
      return unschedulable("node(s) didn't match pod anti-affinity rules")
  }
  for (const domain of rules.refused.keys()) {
    const at = domain.indexOf('=')
    if (node.labels[domain.slice(0, at)] === domain.slice(at + 1))
      return unschedulable("node(s) didn't satisfy existing pods anti-affinity rules")
  }
  return undefined
}

function adjust(state: CycleState, pod: PodInfo, other: PodInfo, node: NodeInfo, delta: 1 | -1): void {
  const rules = state.get(NAME) as Rules | undefined
  if (rules === undefined) return
  const shift = (counts: Counts, key: string): void => {
    const value = node.labels[key]
    if (value !== undefined) add(counts, domainOf(key, value), delta)
  }
  for (const term of other.requiredAntiAffinity)
    if (termOf(term, other.pod, rules.read).matches(pod.pod)) shift(rules.refused, term.topologyKey)
  if (rules.affinity.length > 0 && rules.affinity.every((t) => t.matches(other.pod)))
    rules.affinity.forEach((t, i) => {
      shift(rules.near[i]!, t.topologyKey)
    })
  rules.antiAffinity.forEach((t, i) => {
    if (t.matches(other.pod)) shift(rules.apart[i]!, t.topologyKey)
  })
}

const SCORES = `${NAME}/score`

class Preferences implements PluginState {
  readonly perDomain: Counts
  constructor(perDomain: Counts) {
    this.perDomain = perDomain
  }
  clone(): Preferences {
    return this
  }
}

/** Weight of a required affinity of running pods, as upstream's default has it. */
const HARD_WEIGHT = 1

function preScore(state: CycleState, pod: PodInfo, _nodes: readonly NodeInfo[], handle: Handle): 'skip' | undefined {
  const { snapshot, read } = handle
  const perDomain: Counts = new Map()
  const own = [...pod.preferredAffinity.map((t) => [t, 1] as const), ...pod.preferredAntiAffinity.map((t) => [t, -1] as const)]
  if (own.length === 0 && snapshot.affinityNodes.size === 0) return 'skip'
  for (const [{ weight, podAffinityTerm }, sign] of own) {
    const term = termOf(podAffinityTerm, pod.pod, read)
    for (const [name, n] of snapshot.counts(`affinity ${term.key}`, term.matches)) {
      const value = snapshot.node(name)?.labels[term.topologyKey]
      if (value !== undefined && n > 0) add(perDomain, domainOf(term.topologyKey, value), sign * weight * n)
    }
  }
  for (const node of snapshot.affinityNodes)
    for (const other of node.withAffinity) {
      const apply = (term: PodAffinityTerm, weight: number): void => {
        const value = node.labels[term.topologyKey]
        if (value !== undefined && termOf(term, other.pod, read).matches(pod.pod)) add(perDomain, domainOf(term.topologyKey, value), weight)
      }
      for (const t of other.requiredAffinity) apply(t, HARD_WEIGHT)
      for (const t of other.preferredAffinity) apply(t.podAffinityTerm, t.weight)
      for (const t of other.preferredAntiAffinity) apply(t.podAffinityTerm, -t.weight)
    }
  if (perDomain.size === 0) return 'skip'
  state.set(SCORES, new Preferences(perDomain))
  return undefined
}

function score(state: CycleState, _pod: PodInfo, node: NodeInfo): number {
  let sum = 0
  for (const [domain, n] of (state.get(SCORES) as Preferences).perDomain) {
    const at = domain.indexOf('=')
    if (node.labels[domain.slice(0, at)] === domain.slice(at + 1)) sum += n
  }
  return sum
}

function normalize(_state: CycleState, _pod: PodInfo, scores: number[]): void {
  const [min, max] = [Math.min(...scores), Math.max(...scores)]
  for (let i = 0; i < scores.length; i++) scores[i] = max === min ? 0 : Math.floor((MAX_SCORE * (scores[i]! - min)) / (max - min))
}

export const interPodAffinity: PluginRecord = {
  name: NAME,
  weight: 2,
  preFilter,
  filter,
  adjust,
  preScore,
  score,
  normalize,
  wakes: { pods: (c) => podFreed(c) || podPlacedOrRelabelled(c), nodes: labelsChanged },
}
