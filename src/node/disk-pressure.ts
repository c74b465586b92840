/**
 * A node's disk: pods that take more of it than they may are evicted, and while little is left (nodefs.available < 10 %) unused images go
 * first, then pods; the control plane is told (DiskPressure). https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/
 */
import type { Pod, PodSpec } from '../api/generated/types/core-v1.ts'
import { formatQuantity, makeQuantity, quantityValue } from '../api/quantity.ts'
import { evict, reclaiming } from './evict.ts'
import { BALLAST, diskUsedBytes, type PodDiskUse, podDiskUse, podRunsOn } from './kubelet/disk.ts'
import { allContainers, type KubeletHands } from './kubelet/hands.ts'
import { collectImages, imageExcess } from './kubelet/images.ts'
import { thresholdValue } from './kubelet-configuration.ts'
import { configurationOf } from './power.ts'
import type { PressureNodes } from './pressure.ts'
import type { PodRun } from './records.ts'

const ACTOR = 'disk-pressure'
const FAMILY = 'disk-pressure'
const LOOK_MS = 10_000
const TRANSITION_MS = 300_000
const RESOURCE = 'ephemeral-storage'

const limitOf = (resources: { limits?: Record<string, string> } | undefined): number | undefined =>
  resources?.limits?.[RESOURCE] === undefined ? undefined : quantityValue(resources.limits[RESOURCE])

/** Whether a pod may take only so much of the disk. */
export const hasDiskLimits = (spec: PodSpec | undefined): boolean =>
  spec?.containers.some((c) => c.resources?.limits?.[RESOURCE] !== undefined) === true ||
  spec?.volumes?.some((v) => v.emptyDir?.sizeLimit !== undefined && v.emptyDir.medium !== 'Memory') === true

/** Why a pod must go for what it takes itself; undefined when it keeps to its limits. */
export function limitBroken(pod: Pod, use: PodDiskUse): string | undefined {
  for (const volume of pod.spec?.volumes ?? []) {
    const limit = volume.emptyDir?.sizeLimit
    if (limit !== undefined && (use.volumes[volume.name] ?? 0) > quantityValue(String(limit)))
      return `Usage of EmptyDir volume "${volume.name}" exceeds the limit "${formatQuantity(String(limit))}". `
  }
  const limits = pod.spec!.containers.map((c) => limitOf(c.resources))
  if (limits.every((l) => l !== undefined)) {
    const total = limits.reduce((n, l) => n + l!, 0)
    if (use.totalBytes > total)
      return `Pod ephemeral local storage usage exceeds the total limit of containers ${formatQuantity(makeQuantity(total, 'BinarySI'))}. `
  }
  for (const [i, container] of pod.spec!.containers.entries()) {
    const limit = limits[i]
    if (limit !== undefined && (use.containers[container.name] ?? 0) > limit)
      return `Container ${container.name} exceeded its local ephemeral storage limit "${formatQuantity(container.resources!.limits![RESOURCE]!)}". `
  }
  return undefined
}

const requested = (pod: Pod): number =>
  pod.spec!.containers.reduce((n, c) => n + quantityValue(c.resources?.requests?.[RESOURCE] ?? '0'), 0)

const text = (bytes: number): string => formatQuantity(makeQuantity(Math.round(bytes / 1024) * 1024, 'BinarySI'))

interface Candidate {
  readonly run: PodRun
  readonly use: PodDiskUse
}

/** The pod that goes first: one that takes more than it asked for before others, then the lowest priority, then the most beyond its request. */
export function diskVictim(candidates: readonly Candidate[]): Candidate | undefined {
  const beyond = ({ run, use }: Candidate): number => use.totalBytes - requested(run.pod)
  const priority = ({ run }: Candidate): number => run.pod.spec?.priority ?? 0
  return candidates
    .filter((c) => priority(c) < 2_000_000_000)
    .sort(
      (a, b) =>
        Number(beyond(b) > 0) - Number(beyond(a) > 0) ||
        priority(a) - priority(b) ||
        beyond(b) - beyond(a) ||
        (a.run.pod.metadata.name < b.run.pod.metadata.name ? -1 : 1),
    )[0]
}

/** Images that containers on the node were made from. */
const usedImages = (runs: readonly PodRun[]): ReadonlySet<string> =>
  new Set(runs.flatMap((r) => Object.values(r.containers).map((c) => c.image)))

/** When images were last collected: key = node. */
const COLLECTED = 'images-collected'
const COLLECT_MS = 300_000

export class DiskPressure {
  readonly #nodes: PressureNodes
  readonly #cluster: KubeletHands['cluster']

  constructor(cluster: KubeletHands['cluster'], nodes: PressureNodes) {
    this.#cluster = cluster
    this.#nodes = nodes
    cluster.register({ name: ACTOR, onTimer: (node, payload) => this.#look(node, (payload as { grown?: boolean } | null)?.grown === true) })
  }

  has(node: string): boolean {
    return this.#cluster.cells.get(FAMILY, node) !== undefined
  }

  /** Looks at a node's disk from now on, as long as there is something to look after. */
  watch(node: string): void {
    if (this.#cluster.timerDue(ACTOR, node) === undefined) this.#cluster.setTimer(ACTOR, node, this.#cluster.clock.nowMs + LOOK_MS)
  }

  /** Much was written: the whole disk is measured at the next look. */
  grown(node: string): void {
    const dueMs = this.#cluster.timerDue(ACTOR, node) ?? this.#cluster.clock.nowMs + LOOK_MS
    this.#cluster.setTimer(ACTOR, node, dueMs, { grown: true })
  }

  #look(node: string, grown: boolean): void {
    const hands = this.#nodes.hands(node)
    const runs = podRunsOn(hands).filter((r) => r.failure === undefined && r.terminating === undefined)
    const limited = runs.filter((r) => hasDiskLimits(r.pod.spec))
    for (const run of limited) {
      const message = limitBroken(run.pod, podDiskUse(hands, run))
      if (message !== undefined) evict(hands, run.uid, message, false)
    }
    const known = this.#cluster.cells.get<{ readonly lastMs: number }>(FAMILY, node)
    if (grown || known !== undefined || this.#cluster.cells.get(BALLAST, node) !== undefined) this.#lookAtNode(hands, runs, known)
    if (limited.length > 0 || this.has(node) || this.#cluster.cells.get(BALLAST, node) !== undefined) this.watch(node)
  }

  #lookAtNode(hands: KubeletHands, runs: readonly PodRun[], known: { readonly lastMs: number } | undefined): void {
    const node = hands.node.name
    const now = this.#cluster.clock.nowMs
    const capacity = quantityValue(hands.node.capacity[RESOURCE] ?? '0')
    const least = configurationOf(this.#cluster.cells, node).evictionHard['nodefs.available']
    const threshold = least === undefined ? 0 : thresholdValue(least, capacity)
    const available = (): number => capacity - diskUsedBytes(hands)
    this.#collect(hands, runs, imageExcess(capacity, capacity - available()))
    if (available() >= threshold) {
      if (known === undefined || now - known.lastMs < TRANSITION_MS) return
      this.#cluster.cells.delete(FAMILY, node)
      this.#nodes.report(node)
      return
    }
    this.#cluster.cells.put(FAMILY, node, { lastMs: now })
    if (known === undefined) this.#nodes.report(node)
    reclaiming(hands, 'ephemeral-storage')
    collectImages(hands, usedImages(runs), Number.POSITIVE_INFINITY, 0)
    const left = available()
    if (left >= threshold) return
    const victim = diskVictim(runs.map((run) => ({ run, use: podDiskUse(hands, run) })))
    if (victim === undefined) return
    const containers = Object.entries(victim.use.containers).map(([name, bytes]) => {
      const request = allContainers(victim.run.pod).find((c) => c.name === name)?.resources?.requests?.[RESOURCE] ?? '0'
      return bytes > quantityValue(request)
        ? `Container ${name} was using ${text(bytes)}, request is ${formatQuantity(request)}, has larger consumption of ephemeral-storage. `
        : ''
    })
    evict(
      hands,
      victim.run.uid,
      `The node was low on resource: ephemeral-storage. Threshold quantity: ${text(threshold)}, available: ${text(Math.max(left, 0))}. ${containers.join('')}`,
    )
  }

  /** The kubelet's own housekeeping, every five minutes where the disk is fuller than 85 %. */
  #collect(hands: KubeletHands, runs: readonly PodRun[], excess: number): void {
    const { cells, clock, read } = this.#cluster
    const node = hands.node.name
    const last = cells.get<number>(COLLECTED, node)
    if (excess <= 0 || (last !== undefined && clock.nowMs - last < COLLECT_MS)) return
    cells.put(COLLECTED, node, clock.nowMs)
    const freed = collectImages(hands, usedImages(runs), excess)
    const object = read.get('nodes', undefined, node)
    if (freed >= excess || object === undefined || !hands.online()) return
    hands.events.event(
      object,
      'Warning',
      'FreeDiskSpaceFailed',
      `Failed to garbage collect required amount of images. Attempted to free ${Math.round(excess)} bytes, but only found ${freed} bytes eligible to free.`,
    )
  }
}
