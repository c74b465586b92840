/**
 * Who dies when a node's memory runs out, pure: the kernel's choice by oom_score_adj when there is none left, and the kubelet's
 * eviction order while there is a little (priority, use beyond the request). https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/
 */
import type { Container, Pod } from '../../api/generated/types/core-v1.ts'
import { formatQuantity, makeQuantity, quantityValue } from '../../api/quantity.ts'

const requestOf = (container: Container): number => quantityValue(container.resources?.requests?.['memory'] ?? '0')

/** -997 for Guaranteed, 1000 for BestEffort; between 2 and 999 by the request's share of the node (kubelet/qos). */
export function oomScoreAdjust(pod: Pod, container: Container, capacityBytes: number): number {
  if (pod.spec?.priorityClassName === 'system-node-critical' || pod.status?.qosClass === 'Guaranteed') return -997
  if (pod.status?.qosClass === 'BestEffort') return 1000
  const adjust = 1000 - Math.floor((1000 * requestOf(container)) / capacityBytes)
  return Math.min(Math.max(adjust, 3), 999)
}

/** What a container uses. */
export interface Consumer {
  readonly pod: Pod
  readonly container: Container
  readonly containerId: string
  readonly usedBytes: number
}

/** The kernel's badness: the share of memory in thousandths plus the adjustment; the highest dies. Ties go by name. */
export function oomVictim(consumers: readonly Consumer[], capacityBytes: number): Consumer | undefined {
  const badness = (c: Consumer): number => (1000 * c.usedBytes) / capacityBytes + oomScoreAdjust(c.pod, c.container, capacityBytes)
  return [...consumers]
    .filter((c) => c.usedBytes > 0)
    .sort((a, b) => badness(b) - badness(a) || (a.containerId < b.containerId ? -1 : 1))[0]
}

interface PodUse {
  readonly pod: Pod
  readonly usedBytes: number
  readonly requestBytes: number
  readonly consumers: readonly Consumer[]
}

function byPod(consumers: readonly Consumer[]): PodUse[] {
  const pods = new Map<string, Consumer[]>()
  for (const c of consumers) pods.set(c.pod.metadata.uid!, [...(pods.get(c.pod.metadata.uid!) ?? []), c])
  return [...pods.values()].map((list) => ({
    pod: list[0]!.pod,
    usedBytes: list.reduce((n, c) => n + c.usedBytes, 0),
    requestBytes: list[0]!.pod.spec!.containers.reduce((n, c) => n + requestOf(c), 0),
    consumers: list,
  }))
}

/** The pod the kubelet evicts first: one that uses more than it asked for before others, then the lowest priority, then the most beyond its request. */
export function evictionVictim(consumers: readonly Consumer[]): PodUse | undefined {
  const exceeds = (p: PodUse): number => (p.usedBytes > p.requestBytes ? 1 : 0)
  return byPod(consumers)
    .filter((p) => (p.pod.spec?.priority ?? 0) < 2_000_000_000)
    .sort(
      (a, b) =>
        exceeds(b) - exceeds(a) ||
        (a.pod.spec?.priority ?? 0) - (b.pod.spec?.priority ?? 0) ||
        b.usedBytes - b.requestBytes - (a.usedBytes - a.requestBytes) ||
        (a.pod.metadata.name < b.pod.metadata.name ? -1 : 1),
    )[0]
}

const text = (bytes: number): string => formatQuantity(makeQuantity(Math.round(bytes / 1024) * 1024, 'BinarySI'))

/** `leastBytes`: the threshold that is not met. */
export function evictionMessage(victim: PodUse, leastBytes: number, availableBytes: number): string {
  const containers = victim.consumers
    .filter((c) => c.usedBytes > requestOf(c.container))
    .map(
      (c) =>
        `Container ${c.container.name} was using ${text(c.usedBytes)}, request is ${formatQuantity(c.container.resources?.requests?.['memory'] ?? '0')}, has larger consumption of memory. `,
    )
  return `The node was low on resource: memory. Threshold quantity: ${text(leastBytes)}, available: ${text(Math.max(availableBytes, 0))}. ${containers.join('')}`
}
