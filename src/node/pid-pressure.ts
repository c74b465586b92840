/**
 * A node's process ids: while fewer are left than the kubelet's threshold (pid.available; none unless it is configured) it evicts the pod of
 * the lowest priority with the most processes, and tells the control plane (PIDPressure).
 * https://kubernetes.io/docs/concepts/policy/pid-limiting/, pkg/kubelet/eviction (rankPIDPressure)
 */
import type { Pod } from '../api/generated/types/core-v1.ts'
import { quantityValue } from '../api/quantity.ts'
import { evict, reclaiming } from './evict.ts'
import { podRunsOn } from './kubelet/disk.ts'
import type { KubeletHands } from './kubelet/hands.ts'
import { thresholdValue } from './kubelet-configuration.ts'
import { configurationOf } from './power.ts'
import type { PressureNodes } from './pressure.ts'
import type { PodRun } from './records.ts'
import type { Tasks } from './runtime/tasks.ts'
import { kernelSetting } from './sysctl.ts'

const ACTOR = 'pid-pressure'
const FAMILY = 'pid-pressure'
const LOOK_MS = 10_000
const TRANSITION_MS = 300_000
const CRITICAL_PRIORITY = 2_000_000_000

/** The most processes a machine has: kernel.pid_max, or what its memory takes (kernel.threads-max: an eighth of it in stacks of 16Ki). */
export function mostProcesses(hands: KubeletHands): number {
  const threads = Math.floor(quantityValue(hands.node.capacity['memory'] ?? '0') / (8 * 16 * 1024))
  return Math.min(kernelSetting(hands.cluster.cells, hands.node.name, 'kernel.pid_max'), threads)
}

interface Candidate {
  readonly run: PodRun
  readonly tasks: number
}

/** The pod that goes first: the lowest priority, then the most processes; never one of the system's. */
export function pidVictim(candidates: readonly Candidate[]): Candidate | undefined {
  const priority = ({ run }: { readonly run: { readonly pod: Pod } }): number => run.pod.spec?.priority ?? 0
  return candidates
    .filter((c) => priority(c) < CRITICAL_PRIORITY && c.run.fromFile !== true)
    .sort((a, b) => priority(a) - priority(b) || b.tasks - a.tasks || (a.run.pod.metadata.name < b.run.pod.metadata.name ? -1 : 1))[0]
}

export class PidPressure {
  readonly #nodes: PressureNodes
  readonly #cluster: KubeletHands['cluster']
  readonly #tasks: Tasks

  constructor(cluster: KubeletHands['cluster'], nodes: PressureNodes, tasks: Tasks) {
    this.#nodes = nodes
    this.#cluster = cluster
    this.#tasks = tasks
    cluster.register({ name: ACTOR, onTimer: (node) => this.#look(node) })
  }

  has(node: string): boolean {
    return this.#cluster.cells.get(FAMILY, node) !== undefined
  }

  #threshold(node: string): { readonly least: number; readonly available: number } | undefined {
    const threshold = configurationOf(this.#cluster.cells, node).evictionHard['pid.available']
    if (threshold === undefined) return undefined
    const most = mostProcesses(this.#nodes.hands(node))
    return { least: thresholdValue(threshold, most), available: most - this.#tasks.ofNode(node) }
  }

  /** A node has more processes than before, or its kubelet or kernel was set anew. */
  grown(node: string): void {
    const now = this.#threshold(node)
    if ((now !== undefined && now.available < now.least) || this.has(node)) this.#watch(node)
  }

  #watch(node: string): void {
    if (this.#cluster.timerDue(ACTOR, node) === undefined) this.#cluster.setTimer(ACTOR, node, this.#cluster.clock.nowMs + LOOK_MS)
  }

  #look(node: string): void {
    const { cells, clock } = this.#cluster
    const known = cells.get<{ readonly lastMs: number }>(FAMILY, node)
    const now = this.#threshold(node)
    if (now === undefined || now.available >= now.least) {
      if (known === undefined) return
      if (clock.nowMs - known.lastMs < TRANSITION_MS) return this.#watch(node)
      cells.delete(FAMILY, node)
      return this.#nodes.report(node)
    }
    cells.put(FAMILY, node, { lastMs: clock.nowMs })
    if (known === undefined) this.#nodes.report(node)
    this.#watch(node)
    const hands = this.#nodes.hands(node)
    reclaiming(hands, 'pids')
    const runs = podRunsOn(hands).filter((r) => r.failure === undefined && r.terminating === undefined)
    const victim = pidVictim(runs.map((run) => ({ run, tasks: this.#tasks.ofPod(run.uid) })))
    if (victim !== undefined)
      evict(hands, victim.run.uid, `The node was low on resource: pids. Threshold quantity: ${now.least}, available: ${now.available}. `)
  }
}
