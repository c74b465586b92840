/**
 * The kubelet's answer to who asks for resource metrics: containers as their cgroups count them, the node as all of them and the system's own
 * services (kubelet, containerd, the kernel), whose use is a constant here.
 */

import type { Delivered, Delivery } from '../network/contract.ts'
import {
  KUBELET_PORT,
  RESOURCE_METRICS,
  type ResourceMetrics,
  type ResourceMetricsRequest,
  type Use,
} from '../programs/metrics-server/kubelet.ts'
import type { Cells } from '../sim/state.ts'
import { allContainers, type KubeletHands } from './kubelet/hands.ts'
import { powerOf } from './power.ts'
import { MEMORY_BALLAST } from './pressure.ts'
import { POD_RUN, type PodRun } from './records.ts'
import { type ContainerUsage, sampleAt, type Usage } from './runtime/usage.ts'

const SYSTEM_CPU_MILLI = 60
const SYSTEM_BYTES = 420 * 1024 * 1024

interface Running {
  readonly run: PodRun
  readonly container: string
  readonly usage: ContainerUsage
}

function runningOn(node: string, cells: Cells, usage: Usage): Running[] {
  const found: Running[] = []
  for (const key of cells.keys(POD_RUN, `${node}/`)) {
    const run = cells.get<PodRun>(POD_RUN, key)!
    for (const { name } of allContainers(run.pod)) {
      const state = run.containers[name]
      const used = state?.phase === 'running' ? usage.of(state.id) : undefined
      if (used !== undefined) found.push({ run, container: name, usage: used })
    }
  }
  return found
}

export function resourceMetrics({ node, cluster, processes }: KubeletHands, { atMs }: ResourceMetricsRequest): ResourceMetrics {
  const { cells } = cluster
  const running = runningOn(node.name, cells, processes.usage)
  const ballast = cells.get<number>(MEMORY_BALLAST, node.name) ?? 0
  const onSinceMs = powerOf(cells, node.name)?.sinceMs ?? 0
  const nodeAt = (at: number): Use | null => {
    if (at < onSinceMs) return null
    const samples = running.map((r) => sampleAt(r.usage, at)).filter((s) => s !== undefined)
    const cpuUs = samples.reduce((sum, s) => sum + s.cpuUs, processes.usage.endedUs(node.name, at) + SYSTEM_CPU_MILLI * (at - onSinceMs))
    return { cpuUs, memoryBytes: samples.reduce((sum, s) => sum + s.memoryBytes, SYSTEM_BYTES + ballast) }
  }
  return {
    node: atMs.map(nodeAt),
    containers: running.map(({ run, container, usage }) => ({
      namespace: run.pod.metadata.namespace ?? 'default',
      pod: run.pod.metadata.name,
      container,
      startedMs: usage.startedMs,
      uses: atMs.map((at) => sampleAt(usage, at) ?? null),
    })),
  }
}

/** The kubelet's own port; undefined for any other. */
export function kubeletAnswers(hands: KubeletHands, port: number, message: Delivered): Delivery | undefined {
  if (port !== KUBELET_PORT) return undefined
  const reply = (value: unknown): Delivery => ({ kind: 'reply', reply: value, serviceMs: 1, containerName: 'kubelet' })
  if (message.protocol === RESOURCE_METRICS) return reply(resourceMetrics(hands, message.payload as ResourceMetricsRequest))
  if (message.protocol === 'tcp') return reply(null)
  if (message.protocol !== 'http') return { kind: 'reset', containerName: 'kubelet' }
  const certificate = { subject: hands.node.name, issuer: `${hands.node.name}-ca`, dnsNames: [hands.node.name] }
  return reply({ status: 401, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: 'Unauthorized', certificate })
}
