/** What lies on a node's disk (nodefs): images, containers' writable layers and logs, emptyDir volumes, and what a fault put there. */
import type { Backing } from '../../storage/contract.ts'
import { POD_RUN, type PodRun } from '../records.ts'
import type { KubeletHands } from './hands.ts'
import { imageTree } from './image-tree.ts'
import { imageOf, imagesOf } from './images.ts'

/** `disk-ballast` cells: key = node; bytes that something outside the cluster's sight takes up. */
export const BALLAST = 'disk-ballast'
/** The operating system and the container runtime themselves. */
export const SYSTEM_BYTES = 3 * 1024 ** 3

export interface PodDiskUse {
  /** Writable layer and logs, by container. */
  readonly containers: Readonly<Record<string, number>>
  /** emptyDir volumes on disk, by volume. */
  readonly volumes: Readonly<Record<string, number>>
  readonly totalBytes: number
}

const isEmptyDir = (backing: Backing | undefined): boolean =>
  backing?.kind === 'node-disk' && backing.path.includes('/kubernetes.io~empty-dir/')

const sum = (numbers: Iterable<number>): number => {
  let total = 0
  for (const n of numbers) total += n
  return total
}

export function podDiskUse(hands: KubeletHands, run: PodRun): PodDiskUse {
  const containers: Record<string, number> = {}
  for (const state of Object.values(run.containers)) {
    if (state.id === '') continue
    const logs = hands.logs.bytes(state.id) + (state.last ? hands.logs.bytes(state.last.containerId) : 0)
    const image = imageOf(hands, state.image)
    containers[state.name] = logs + hands.storage.usedBytes({ kind: 'layer', containerId: state.id }, image && imageTree(image))
  }
  const volumes: Record<string, number> = {}
  for (const [name, { backing }] of Object.entries(run.volumes)) if (isEmptyDir(backing)) volumes[name] = hands.storage.usedBytes(backing!)
  return { containers, volumes, totalBytes: sum(Object.values(containers)) + sum(Object.values(volumes)) }
}

export function podRunsOn(hands: KubeletHands): PodRun[] {
  const { cells } = hands.cluster
  return cells.keys(POD_RUN, `${hands.node.name}/`).map((k) => cells.get<PodRun>(POD_RUN, k)!)
}

/** Bytes in use on the node's disk. */
export function diskUsedBytes(hands: KubeletHands): number {
  const images = sum(imagesOf(hands).map((i) => i.sizeBytes))
  return (
    SYSTEM_BYTES +
    images +
    hands.storage.diskBytes(hands.node.name) +
    sum(podRunsOn(hands).map((r) => sum(Object.values(podDiskUse(hands, r).containers)))) +
    (hands.cluster.cells.get<number>(BALLAST, hands.node.name) ?? 0)
  )
}
