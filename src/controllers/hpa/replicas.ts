/**
 * How many replicas a resource metric asks for: pods that are not ready count as idle when scaling up, pods without numbers as busy when scaling
 * down. Models upstream's ReplicaCalculator.
 */
import type { Pod } from '../../api/generated/types/core-v1.ts'
import { milliValue } from '../../api/quantity.ts'
import { parseTime } from '../../api/rfc3339.ts'
import type { PodMetric, ResourceName } from './metrics.ts'

export interface Wanted {
  readonly replicas: number
  /** Percent of requests, for utilization targets. */
  readonly utilization?: number
  /** Average per pod, milli. */
  readonly average: number
}

/** The part by which usage may differ from the target and nothing happens. */
const TOLERANCE = 0.1
/** For so long after a pod's start its CPU tells little (--horizontal-pod-autoscaler-cpu-initialization-period). */
const CPU_INITIALIZATION_MS = 300_000
/** --horizontal-pod-autoscaler-initial-readiness-delay */
const INITIAL_READINESS_MS = 30_000

export interface Question {
  readonly resource: ResourceName
  /** Percent of the requests, or an average per pod in milli. */
  readonly target: { readonly utilization: number } | { readonly average: number }
  readonly container?: string
  readonly current: number
  readonly tolerance?: { readonly up?: number; readonly down?: number }
  readonly nowMs: number
}

type Metrics = Map<string, PodMetric>

/** Milli that each pod requests, or who requests nothing. */
function requestsOf(pods: readonly Pod[], { resource, container }: Question): Map<string, number> | string {
  const requests = new Map<string, number>()
  for (const pod of pods) {
    let sum = 0
    for (const c of pod.spec?.containers ?? []) {
      if (container !== undefined && c.name !== container) continue
      const value = c.resources?.requests?.[resource]
      if (value === undefined) return `missing request for ${resource} in container ${c.name} of Pod ${pod.metadata.name}`
      sum += milliValue(value)
    }
    requests.set(pod.metadata.name, sum)
  }
  return requests
}

function isUnready(pod: Pod, metric: PodMetric, nowMs: number): boolean {
  const ready = pod.status?.conditions?.find((c) => c.type === 'Ready')
  const startMs = parseTime(pod.status?.startTime ?? '')
  if (ready === undefined || startMs === undefined) return true
  const sinceMs = parseTime(ready.lastTransitionTime ?? '') ?? 0
  if (startMs + CPU_INITIALIZATION_MS > nowMs) return ready.status === 'False' || metric.timestampMs < sinceMs + metric.windowMs
  return ready.status === 'False' && startMs + INITIAL_READINESS_MS > sinceMs
}

interface Groups {
  readonly ready: number
  readonly unready: readonly string[]
  readonly missing: readonly string[]
}

/** Takes the metrics of pods that do not count out of `metrics`. */
function group(pods: readonly Pod[], metrics: Metrics, { resource, nowMs }: Question): Groups {
  const unready: string[] = []
  const missing: string[] = []
  let ready = 0
  for (const pod of pods) {
    const { name } = pod.metadata
    const metric = metrics.get(name)
    if (pod.metadata.deletionTimestamp !== undefined || pod.status?.phase === 'Failed') metrics.delete(name)
    else if (pod.status?.phase === 'Pending') {
      unready.push(name)
      metrics.delete(name)
    } else if (metric === undefined) missing.push(name)
    else if (resource === 'cpu' && isUnready(pod, metric, nowMs)) {
      unready.push(name)
      metrics.delete(name)
    } else ready++
  }
  return { ready, unready, missing }
}

interface Ratio {
  readonly ratio: number
  readonly utilization?: number
  readonly average: number
}

/** Whole percents and whole millis, as upstream divides integers. */
function ratioOf(metrics: Metrics, requests: Map<string, number> | undefined, target: Question['target']): Ratio | string {
  const known = [...metrics].filter(([name]) => requests === undefined || requests.has(name))
  const total = known.reduce((sum, [, m]) => sum + m.value, 0)
  const average = Math.trunc(total / known.length)
  if ('average' in target) return { ratio: average / target.average, average }
  const requested = known.reduce((sum, [name]) => sum + requests!.get(name)!, 0)
  if (requested === 0) return 'no metrics returned matched known pods'
  const utilization = Math.trunc((total * 100) / requested)
  return { ratio: utilization / target.utilization, utilization, average }
}

/** The number of replicas, or why it cannot be told (upstream's words). `metrics` is used up. */
export function wantedReplicas(q: Question, pods: readonly Pod[], metrics: Metrics): Wanted | string {
  if (pods.length === 0) return 'no pods returned by selector while calculating replica count'
  const groups = group(pods, metrics, q)
  const requests = 'utilization' in q.target ? requestsOf(pods, q) : undefined
  if (typeof requests === 'string') return requests
  if (metrics.size === 0) return 'did not receive metrics for targeted pods (pods might be unready)'
  const found = ratioOf(metrics, requests, q.target)
  if (typeof found === 'string') return found
  const { ratio, ...told } = found
  return { replicas: replicasFor(ratio, q, groups, metrics, requests), ...told }
}

function replicasFor(ratio: number, q: Question, groups: Groups, metrics: Metrics, requests: Map<string, number> | undefined): number {
  const within = (r: number): boolean => r <= 1 + (q.tolerance?.up ?? TOLERANCE) && r >= 1 - (q.tolerance?.down ?? TOLERANCE)
  const { ready, unready, missing } = groups
  const rebalance = unready.length > 0 && ratio > 1
  if (!rebalance && missing.length === 0) return within(ratio) ? q.current : Math.ceil(ratio * ready)
  const idle = (name: string, value: number): void => void metrics.set(name, { timestampMs: 0, windowMs: 0, value })
  if (ratio < 1)
    for (const name of missing)
      idle(name, 'average' in q.target ? q.target.average : (requests!.get(name)! * Math.max(100, q.target.utilization)) / 100)
  else for (const name of missing) idle(name, 0)
  if (rebalance) for (const name of unready) idle(name, 0)
  const again = ratioOf(metrics, requests, q.target)
  const next = typeof again === 'string' ? ratio : again.ratio
  if (within(next) || (ratio < 1 && next > 1) || (ratio > 1 && next < 1)) return q.current
  const replicas = Math.ceil(next * metrics.size)
  return (next < 1 && replicas > q.current) || (next > 1 && replicas < q.current) ? q.current : replicas
}
