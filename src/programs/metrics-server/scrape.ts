/**
 * Metrics as metrics-server keeps them: two scrapes of every kubelet, 15 s apart. The instants of its scrapes are a matter of arithmetic, so the
 * kubelets are asked when somebody asks the server, for what their counters were at those instants.
 */
import type { ProcessContext } from '../contract.ts'
import {
  type ContainerMetrics,
  KUBELET_PORT,
  RESOURCE_METRICS,
  type ResourceMetrics,
  type ResourceMetricsRequest,
  type Use,
} from './kubelet.ts'

/** A container younger than this at a scrape tells too little; an older one is measured from its start. */
const FRESH_MS = 10_000
const TIMEOUT_MS = 10_000

export interface Measured {
  readonly timestampMs: number
  readonly windowMs: number
  readonly cpuNano: number
  readonly memoryBytes: number
}

/** The two latest scrapes at an instant; undefined before there are two. */
export function scrapesAt(startedMs: number, resolutionMs: number, nowMs: number): { beforeMs: number; lastMs: number } | undefined {
  const turns = Math.floor((nowMs - startedMs) / resolutionMs)
  if (turns < 1) return undefined
  const lastMs = startedMs + turns * resolutionMs
  return { beforeMs: lastMs - resolutionMs, lastMs }
}

/** What the kubelet of a node says; undefined where it does not answer. */
export function askKubelet(ctx: ProcessContext, host: string, atMs: readonly number[]): ResourceMetrics | undefined {
  const payload: ResourceMetricsRequest = { atMs }
  const answer = ctx.dial({ host, port: KUBELET_PORT, protocol: RESOURCE_METRICS, payload, timeoutMs: TIMEOUT_MS })
  return answer.ok && answer.reply !== null ? (answer.reply as ResourceMetrics) : undefined
}

/** µs of CPU time in a ms are millicores. */
const between = (from: Use, fromMs: number, to: Use, toMs: number): Measured => ({
  timestampMs: toMs,
  windowMs: toMs - fromMs,
  cpuNano: Math.floor(((to.cpuUs - from.cpuUs) * 1_000_000) / (toMs - fromMs)),
  memoryBytes: to.memoryBytes,
})

export function measuredNode({ node }: ResourceMetrics, beforeMs: number, lastMs: number): Measured | undefined {
  const [before, last] = node
  return before && last ? between(before, beforeMs, last, lastMs) : undefined
}

/** Undefined as long as there is nothing to compare with. */
export function measuredContainer({ startedMs, uses }: ContainerMetrics, beforeMs: number, lastMs: number): Measured | undefined {
  const [before, last] = uses
  if (!last) return undefined
  const ageMs = lastMs - startedMs
  if (ageMs >= FRESH_MS && ageMs < lastMs - beforeMs) return between({ cpuUs: 0, memoryBytes: 0 }, startedMs, last, lastMs)
  return before && startedMs < beforeMs ? between(before, beforeMs, last, lastMs) : undefined
}
