/** What a kubelet tells on its port of the use of its node and containers (`/metrics/resource`), for the instants it is asked about. */

export const KUBELET_PORT = 10_250
/** The protocol in which it is asked; anything else that knocks at the port is not authorized. */
export const RESOURCE_METRICS = 'kubelet-resource-metrics'

export interface ResourceMetricsRequest {
  /** Instants of the last minute. */
  readonly atMs: readonly number[]
}

export interface Use {
  /** CPU time used so far, µs. */
  readonly cpuUs: number
  /** Working set. */
  readonly memoryBytes: number
}

export interface ContainerMetrics {
  readonly namespace: string
  readonly pod: string
  readonly container: string
  readonly startedMs: number
  /** For each instant; null before the container started. */
  readonly uses: readonly (Use | null)[]
}

export interface ResourceMetrics {
  /** For each instant; null before the machine was on. */
  readonly node: readonly (Use | null)[]
  readonly containers: readonly ContainerMetrics[]
}
