/** Resource metrics as the autoscaler's client reads them from metrics.k8s.io; milli of cores and of bytes. Models upstream's resource metrics client. */
import { isApiError } from '../../api/errors.ts'
import type { ApiObject } from '../../api/meta.ts'
import { milliValue } from '../../api/quantity.ts'
import { parseTime } from '../../api/rfc3339.ts'

export type ResourceName = 'cpu' | 'memory'

export interface PodUsage {
  readonly pod: string
  readonly timestampMs: number
  readonly windowMs: number
  readonly containers: readonly { readonly name: string; readonly usage: Readonly<Record<string, string>> }[]
}

/** Lists PodMetrics by a selector's text. Throws ApiError. Implemented above this room. */
export interface MetricsReader {
  list(namespace: string, selector: string): readonly ApiObject[]
}

export interface PodMetric {
  readonly timestampMs: number
  readonly windowMs: number
  readonly value: number
}

const NOBODY = 'the server could not find the requested resource (get pods.metrics.k8s.io)'
const UNIT_MS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 }

/** Go's durations: `15s`, `1m0s`, `12.5s`. */
const durationMs = (text: string): number =>
  [...text.matchAll(/([\d.]+)(h|ms|m|s)/g)].reduce((sum, [, n, unit]) => sum + Number(n) * UNIT_MS[unit!]!, 0)

const asUsage = (o: ApiObject): PodUsage => ({
  pod: o.metadata.name,
  timestampMs: parseTime(o['timestamp'] as string) ?? 0,
  windowMs: durationMs(o['window'] as string),
  containers: o['containers'] as PodUsage['containers'],
})

/** What a pod uses, or one container of it. Undefined: it does not say; a text: that container is not there. */
function usedBy(usage: PodUsage, namespace: string, resource: ResourceName, container: string | undefined): number | string | undefined {
  const among = container === undefined ? usage.containers : usage.containers.filter((c) => c.name === container)
  if (container !== undefined && among.length === 0)
    return `container ${container} not present in metrics for pod ${namespace}/${usage.pod}`
  if (among.some((c) => c.usage[resource] === undefined)) return undefined
  return among.reduce((sum, c) => sum + milliValue(c.usage[resource]), 0)
}

/** By pod's name; a text says why there are none. */
export function readMetrics(
  metrics: MetricsReader | undefined,
  namespace: string,
  selector: string,
  resource: ResourceName,
  container: string | undefined,
): Map<string, PodMetric> | string {
  let listed: readonly PodUsage[]
  try {
    if (metrics === undefined) return `unable to fetch metrics from resource metrics API: ${NOBODY}`
    listed = metrics.list(namespace, selector).map(asUsage)
  } catch (error) {
    if (!isApiError(error)) throw error
    return `unable to fetch metrics from resource metrics API: ${error.message}`
  }
  if (listed.length === 0) return 'no metrics returned from resource metrics API'
  const found = new Map<string, PodMetric>()
  for (const usage of listed) {
    const value = usedBy(usage, namespace, resource, container)
    if (typeof value === 'string') return value
    if (value !== undefined) found.set(usage.pod, { timestampMs: usage.timestampMs, windowMs: usage.windowMs, value })
  }
  return found
}
