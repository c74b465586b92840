/**
 * What the scheduler knows of the cluster, kept current change by change: nodes with their pods, where each pod is, who is nominated where,
 * and how many pods match a selector on each node.
 */
import type { Node, Pod } from '../api/generated/types/core-v1.ts'
import { type LabelSelector, labelSelectorOf, matchesLabels, type Selector } from '../api/selectors.ts'
import { same } from '../controllers/same.ts'
import { NodeInfo } from './node-info.ts'
import { type PodInfo, podInfo, uidOf } from './pod-info.ts'

/** Selectors whose counts are kept; the oldest is forgotten first. */
const MAX_COUNTERS = 256

interface Counter {
  readonly matches: (pod: Pod) => boolean
  readonly perNode: Map<string, number>
}

export class Snapshot {
  readonly #nodes = new Map<string, NodeInfo>()
  #list: readonly NodeInfo[] | undefined
  readonly #placeOf = new Map<string, string>()
  readonly #nominated = new Map<string, Map<string, PodInfo>>()
  readonly #nominationOf = new Map<string, string>()
  readonly #counters = new Map<string, Counter>()
  /** Nodes that hold pods with required anti-affinity, or with any affinity. */
  readonly antiAffinityNodes = new Set<NodeInfo>()
  readonly affinityNodes = new Set<NodeInfo>()
  readonly #imageNodes = new Map<string, number>()

  clear(): void {
    this.#nodes.clear()
    this.#list = undefined
    this.#placeOf.clear()
    this.#nominated.clear()
    this.#nominationOf.clear()
    this.#counters.clear()
    this.antiAffinityNodes.clear()
    this.affinityNodes.clear()
    this.#imageNodes.clear()
  }

  /** Existing nodes in byte order, zones taking turns. */
  get nodes(): readonly NodeInfo[] {
    this.#list ??= interleaveZones([...this.#nodes.values()].filter((n) => n.node !== undefined).sort((a, b) => (a.name < b.name ? -1 : 1)))
    return this.#list
  }

  node(name: string): NodeInfo | undefined {
    const info = this.#nodes.get(name)
    return info?.node === undefined ? undefined : info
  }

  /** How many nodes hold an image. */
  nodesWithImage(name: string): number {
    return this.#imageNodes.get(name) ?? 0
  }

  setNode(name: string, node: Node | undefined): void {
    const info = this.#nodeFor(name)
    const zone = info.node?.metadata.labels?.['topology.kubernetes.io/zone']
    if ((info.node === undefined) !== (node === undefined) || zone !== node?.metadata.labels?.['topology.kubernetes.io/zone'])
      this.#list = undefined
    const before = info.images
    if (node === undefined) {
      info.setNode(undefined)
      for (const image of before.keys()) this.#countImage(image, -1)
      info.images = new Map()
      if (info.pods.size === 0) this.#nodes.delete(name)
      return
    }
    info.setNode(node)
    if (before === info.images) return
    for (const image of before.keys()) this.#countImage(image, -1)
    for (const image of info.images.keys()) this.#countImage(image, 1)
  }

  #countImage(name: string, by: number): void {
    this.#imageNodes.set(name, (this.#imageNodes.get(name) ?? 0) + by)
  }

  #nodeFor(name: string): NodeInfo {
    let info = this.#nodes.get(name)
    if (info === undefined) {
      info = new NodeInfo(name)
      this.#nodes.set(name, info)
    }
    return info
  }

  /** Puts a pod on a node (or keeps its newer version there). */
  place(pod: Pod, nodeName: string): void {
    const uid = uidOf(pod)
    const node = this.#nodeFor(nodeName)
    const old = this.#placeOf.get(uid) === nodeName ? node.pods.get(uid) : undefined
    if (old !== undefined && countsAlike(old.pod, pod)) return
    const info = podInfo(pod)
    this.unplace(info.uid)
    this.#placeOf.set(info.uid, nodeName)
    node.add(info)
    this.#noteAffinity(node)
    for (const c of this.#counters.values()) if (c.matches(pod)) c.perNode.set(nodeName, (c.perNode.get(nodeName) ?? 0) + 1)
  }

  unplace(uid: string): void {
    const nodeName = this.#placeOf.get(uid)
    if (nodeName === undefined) return
    this.#placeOf.delete(uid)
    const node = this.#nodeFor(nodeName)
    const info = node.remove(uid)
    this.#noteAffinity(node)
    if (node.node === undefined && node.pods.size === 0) this.#nodes.delete(nodeName)
    if (info !== undefined)
      for (const c of this.#counters.values()) if (c.matches(info.pod)) c.perNode.set(nodeName, (c.perNode.get(nodeName) ?? 0) - 1)
  }

  #noteAffinity(node: NodeInfo): void {
    if (node.withAffinity.size > 0) this.affinityNodes.add(node)
    else this.affinityNodes.delete(node)
    if (node.withRequiredAntiAffinity.size > 0) this.antiAffinityNodes.add(node)
    else this.antiAffinityNodes.delete(node)
  }

  isPlaced(uid: string): boolean {
    return this.#placeOf.has(uid)
  }

  nominate(info: PodInfo, nodeName: string | undefined): void {
    const old = this.#nominationOf.get(info.uid)
    if (old !== undefined) this.#nominated.get(old)?.delete(info.uid)
    this.#nominationOf.delete(info.uid)
    if (nodeName === undefined || nodeName === '') return
    this.#nominationOf.set(info.uid, nodeName)
    let there = this.#nominated.get(nodeName)
    if (there === undefined) {
      there = new Map()
      this.#nominated.set(nodeName, there)
    }
    there.set(info.uid, info)
  }

  nominatedOn(nodeName: string): Iterable<PodInfo> {
    return this.#nominated.get(nodeName)?.values() ?? []
  }

  get anyNominated(): boolean {
    return this.#nominationOf.size > 0
  }

  /**
   * Pods per node that `key` stands for; `matches` must always mean the same for the same key. Counted once, then kept current.
   */
  counts(key: string, matches: (pod: Pod) => boolean): ReadonlyMap<string, number> {
    let counter = this.#counters.get(key)
    if (counter === undefined) {
      counter = { matches, perNode: new Map() }
      for (const node of this.#nodes.values())
        for (const info of node.pods.values())
          if (matches(info.pod)) counter.perNode.set(node.name, (counter.perNode.get(node.name) ?? 0) + 1)
      if (this.#counters.size >= MAX_COUNTERS) this.#counters.delete(this.#counters.keys().next().value!)
      this.#counters.set(key, counter)
    }
    return counter.perNode
  }
}

/** A kubelet's status report changes nothing that is counted here. */
const countsAlike = (a: Pod, b: Pod): boolean =>
  a.spec === b.spec &&
  a.metadata.deletionTimestamp === b.metadata.deletionTimestamp &&
  (a.metadata.labels === b.metadata.labels || same(a.metadata.labels, b.metadata.labels))

function interleaveZones(nodes: readonly NodeInfo[]): readonly NodeInfo[] {
  const zones = new Map<string, NodeInfo[]>()
  for (const node of nodes) {
    const zone = node.labels['topology.kubernetes.io/zone'] ?? ''
    zones.set(zone, [...(zones.get(zone) ?? []), node])
  }
  if (zones.size < 2) return nodes
  const turns: NodeInfo[] = []
  for (let i = 0; turns.length < nodes.length; i++) for (const zone of zones.values()) if (zone[i] !== undefined) turns.push(zone[i]!)
  return turns
}

const compiled = new WeakMap<LabelSelector, Selector>()
/** A selector object compiled once; absent selects nothing. */
export function selectorOf(object: LabelSelector | undefined): Selector {
  if (object === undefined) return labelSelectorOf(undefined)
  let selector = compiled.get(object)
  if (selector === undefined) {
    selector = labelSelectorOf(object)
    compiled.set(object, selector)
  }
  return selector
}
export const selects = (object: LabelSelector | undefined, labels: Readonly<Record<string, string>> | undefined): boolean =>
  matchesLabels(selectorOf(object), labels)
