/** How many replicas a resource metric asks for, pods without numbers counted against the change. Models upstream's ReplicaCalculator. */
import type { Pod } from '../../api/generated/types/core-v1.ts'
import { milliValue, quantityValue } from '../../api/quantity.ts'
import { isReady } from '../pod-state.ts'

/** What the resource metrics API would answer. Implemented above this room; without one, HPAs find no metrics. */
export interface MetricsReader {
  /** Usage per container: CPU in millicores, memory in bytes. Undefined: no numbers for this pod (yet). */
  pod(
    namespace: string,
    name: string,
  ): readonly { readonly container: string; readonly cpuMilli: number; readonly memoryBytes: number }[] | undefined
}

export type ResourceName = 'cpu' | 'memory'

export interface Wanted {
  readonly replicas: number
  /** Percent of requests, for utilization targets. */
  readonly utilization?: number
  /** Average per pod, milli for CPU and bytes for memory. */
  readonly average: number
}

/** The part that is not to be scaled at all around 1. */
const TOLERANCE = 0.1

export interface Question {
  readonly resource: ResourceName
  /** Percent of the requests, or an average per pod (milli or bytes). */
  readonly target: { readonly utilization: number } | { readonly average: number }
  readonly container?: string
  readonly current: number
  readonly tolerance?: { readonly up?: number; readonly down?: number }
}

interface Measured {
  readonly pod: Pod
  readonly usage: number | undefined
  readonly request: number
}

function requestOf(pod: Pod, q: Question): number | string {
  let sum = 0
  for (const c of pod.spec?.containers ?? []) {
    if (q.container !== undefined && c.name !== q.container) continue
    const value = c.resources?.requests?.[q.resource]
    if (value === undefined) {
      if ('utilization' in q.target) return `missing request for ${q.resource} in container ${c.name} of Pod ${pod.metadata.name}`
      continue
    }
    sum += q.resource === 'cpu' ? milliValue(value) : quantityValue(value)
  }
  return sum
}

function usageOf(pod: Pod, q: Question, metrics: MetricsReader): number | undefined {
  const all = metrics.pod(pod.metadata.namespace ?? '', pod.metadata.name)
  if (all === undefined) return undefined
  return all
    .filter((c) => q.container === undefined || c.container === q.container)
    .reduce((n, c) => n + (q.resource === 'cpu' ? c.cpuMilli : c.memoryBytes), 0)
}

/** The number of replicas, or why it cannot be told (upstream's words). */
export function wantedReplicas(q: Question, pods: readonly Pod[], metrics: MetricsReader): Wanted | string {
  const live = pods.filter((p) => p.metadata.deletionTimestamp === undefined && p.status?.phase !== 'Failed')
  if (live.length === 0) return `no pods returned by selector while calculating replica count`
  const measured: Measured[] = []
  for (const pod of live) {
    const request = requestOf(pod, q)
    if (typeof request === 'string') return request
    measured.push({ pod, usage: usageOf(pod, q, metrics), request })
  }
  const ready = measured.filter((m) => m.usage !== undefined && isReady(m.pod))
  if (ready.length === 0) return 'did not receive metrics for targeted pods (pods might be unready)'
  const usage = ready.reduce((n, m) => n + m.usage!, 0)
  const requests = ready.reduce((n, m) => n + m.request, 0)
  const { target } = q
  const goal = (list: readonly Measured[]): number =>
    'utilization' in target ? (list.reduce((n, m) => n + m.request, 0) * target.utilization) / 100 : list.length * target.average
  const ratio = usage / goal(ready)
  const told = {
    average: Math.floor(usage / ready.length),
    ...('utilization' in target && { utilization: Math.floor((usage * 100) / requests) }),
  }
  return { replicas: fromRatio(ratio, q, measured, ready, usage, goal), ...told }
}

function fromRatio(
  ratio: number,
  q: Question,
  all: readonly Measured[],
  ready: readonly Measured[],
  usage: number,
  goal: (list: readonly Measured[]) => number,
): number {
  const within = (r: number): boolean => r <= 1 + (q.tolerance?.up ?? TOLERANCE) && r >= 1 - (q.tolerance?.down ?? TOLERANCE)
  const unknown = all.filter((m) => m.usage === undefined)
  const unready = ratio > 1 ? all.filter((m) => m.usage !== undefined && !isReady(m.pod)) : []
  if (unknown.length + unready.length === 0) return within(ratio) ? q.current : Math.ceil(ratio * ready.length)
  // Pods without numbers are taken to use all they may when scaling down, and nothing when scaling up.
  const assumed = ratio < 1 ? unknown.reduce((n, m) => n + ('utilization' in q.target ? m.request : q.target.average), 0) : 0
  const list = [...ready, ...unknown, ...unready]
  const newRatio = (usage + assumed) / goal(list)
  if (within(newRatio) || (ratio < 1 && newRatio > 1) || (ratio > 1 && newRatio < 1)) return q.current
  const replicas = Math.ceil(newRatio * list.length)
  return (newRatio < 1 && replicas > q.current) || (newRatio > 1 && replicas < q.current) ? q.current : replicas
}
