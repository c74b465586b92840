/** A node's memory as a whole: the kernel kills when it is used up, the kubelet evicts while it is nearly so and tells the control plane (MemoryPressure). */
import { quantityValue } from '../api/quantity.ts'
import { evict, reclaiming } from './evict.ts'
import { type Consumer, evictionMessage, evictionVictim, oomVictim } from './kubelet/eviction.ts'
import { allContainers, type KubeletHands } from './kubelet/hands.ts'
import { thresholdValue } from './kubelet-configuration.ts'
import { configurationOf } from './power.ts'
import { POD_RUN, type PodRun } from './records.ts'

/** `memory-ballast` cells: key = node; bytes that something outside the cluster's sight takes up. */
export const MEMORY_BALLAST = 'memory-ballast'
const ACTOR = 'node-pressure'
const FAMILY = 'pressure'
/** The eviction manager looks this often. */
const LOOK_MS = 10_000
/** How long the condition stays after the pressure is gone (eviction-pressure-transition-period). */
const TRANSITION_MS = 300_000

interface PressureRecord {
  readonly sinceMs: number
  /** When memory was last below the threshold. */
  readonly lastMs: number
}

export interface PressureNodes {
  hands(node: string): KubeletHands
  /** The condition changed: the node is to be reported. */
  report(node: string): void
}

export class NodePressure {
  readonly #nodes: PressureNodes
  readonly #cluster: KubeletHands['cluster']

  constructor(cluster: KubeletHands['cluster'], nodes: PressureNodes) {
    this.#cluster = cluster
    this.#nodes = nodes
    cluster.register({ name: ACTOR, onTimer: (_id, payload) => this.#look((payload as { node: string }).node) })
  }

  hasMemoryPressure(node: string): boolean {
    return this.#cluster.cells.get(FAMILY, node) !== undefined
  }

  #capacity(node: string): number {
    return quantityValue(this.#nodes.hands(node).node.capacity['memory'] ?? '0')
  }

  #ballast(node: string): number {
    return this.#cluster.cells.get<number>(MEMORY_BALLAST, node) ?? 0
  }

  /** How much the kubelet wants left; 0 where it does not look. */
  #least(node: string): number {
    const threshold = configurationOf(this.#cluster.cells, node).evictionHard['memory.available']
    return threshold === undefined ? 0 : thresholdValue(threshold, this.#capacity(node))
  }

  /** Memory of a node grew. */
  grown(node: string, usedBytes: number): void {
    const capacity = this.#capacity(node) - this.#ballast(node)
    if (usedBytes > capacity) this.#systemOom(node, capacity)
    else if (capacity - usedBytes < this.#least(node)) this.#watch(node)
  }

  #watch(node: string): void {
    if (this.#cluster.timerDue(ACTOR, node) === undefined)
      this.#cluster.setTimer(ACTOR, node, this.#cluster.clock.nowMs + LOOK_MS, { node })
  }

  #consumers(node: string): Consumer[] {
    const hands = this.#nodes.hands(node)
    const found: Consumer[] = []
    for (const key of this.#cluster.cells.keys(POD_RUN, `${node}/`)) {
      const run = this.#cluster.cells.get<PodRun>(POD_RUN, key)!
      for (const container of allContainers(run.pod)) {
        const state = run.containers[container.name]
        if (state?.phase === 'running')
          found.push({ pod: run.pod, container, containerId: state.id, usedBytes: hands.processes.memoryOf(run.uid, state.id) })
      }
    }
    return found
  }

  #systemOom(node: string, capacity: number): void {
    const hands = this.#nodes.hands(node)
    const victim = oomVictim(this.#consumers(node), capacity)
    if (victim === undefined) return
    const name = hands.processes.get(victim.containerId)?.argv[0]?.split('/').at(-1) ?? victim.container.name
    hands.processes.kill(victim.containerId, 137, { oom: true, global: true })
    const object = this.#cluster.read.get('nodes', undefined, node)
    if (object !== undefined && hands.online())
      hands.events.event(
        object,
        'Warning',
        'SystemOOM',
        `System OOM encountered, victim process: ${name}, pid: ${1000 + this.#cluster.random.below(30_000, 'pid', victim.containerId)}`,
      )
    this.#watch(node)
  }

  /** One turn of the eviction manager. */
  #look(node: string): void {
    const hands = this.#nodes.hands(node)
    const now = this.#cluster.clock.nowMs
    const available = this.#capacity(node) - this.#ballast(node) - hands.processes.memoryOfNode(node)
    const known = this.#cluster.cells.get<PressureRecord>(FAMILY, node)
    const least = this.#least(node)
    if (available >= least) {
      if (known === undefined) return
      if (now - known.lastMs < TRANSITION_MS) return this.#watch(node)
      this.#cluster.cells.delete(FAMILY, node)
      return this.#nodes.report(node)
    }
    this.#cluster.cells.put(FAMILY, node, { sinceMs: known?.sinceMs ?? now, lastMs: now } satisfies PressureRecord)
    if (known === undefined) this.#nodes.report(node)
    this.#watch(node)
    const victim = evictionVictim(this.#consumers(node))
    reclaiming(hands, 'memory')
    if (victim !== undefined) evict(hands, victim.pod.metadata.uid!, evictionMessage(victim, least, available))
  }
}
