/**
 * What a pod's row says of it: STATUS, READY and RESTARTS (upstream's printPod), counted once per object.
 */
import type { ContainerStatus, Pod } from '../../../api/generated/types/core-v1.ts'
import { parseTime } from '../../../api/rfc3339.ts'

export interface PodSummary {
  readonly ready: number
  readonly total: number
  /** `Running`, `CrashLoopBackOff`, `Init:1/2`, `Terminating` … */
  readonly reason: string
  readonly restarts: number
  /** When the last restart's container had ended, in ms. */
  readonly lastRestartMs: number | undefined
}

interface Restarts {
  count: number
  lastMs: number | undefined
}

const addRestarts = (to: Restarts, status: ContainerStatus): void => {
  to.count += status.restartCount ?? 0
  const ended = status.lastState?.terminated?.finishedAt
  const ms = ended === undefined || ended === null ? undefined : parseTime(ended)
  if (ms !== undefined && (to.lastMs === undefined || to.lastMs < ms)) to.lastMs = ms
}

/** `Error`, or `Signal:9`, `ExitCode:3` where the runtime gave no reason. */
function endText(terminated: { reason?: string; signal?: number; exitCode: number }): string {
  if (terminated.reason) return terminated.reason
  return terminated.signal ? `Signal:${terminated.signal}` : `ExitCode:${terminated.exitCode}`
}

interface InitResult {
  /** Set while a container of the initialization is not done. */
  readonly reason: string | undefined
  readonly readySidecars: number
  readonly all: Restarts
  readonly sidecars: Restarts
}

function initSummary(pod: Pod): InitResult {
  const specs = pod.spec?.initContainers ?? []
  const sidecars = new Set(specs.filter((c) => c.restartPolicy === 'Always').map((c) => c.name))
  const all: Restarts = { count: 0, lastMs: undefined }
  const ofSidecars: Restarts = { count: 0, lastMs: undefined }
  let readySidecars = 0
  for (const [i, status] of (pod.status?.initContainerStatuses ?? []).entries()) {
    addRestarts(all, status)
    const sidecar = sidecars.has(status.name)
    if (sidecar) addRestarts(ofSidecars, status)
    const { terminated, waiting } = status.state ?? {}
    if (terminated?.exitCode === 0) continue
    if (sidecar && status.started) {
      if (status.ready) readySidecars++
      continue
    }
    const reason = terminated
      ? `Init:${endText(terminated)}`
      : waiting?.reason && waiting.reason !== 'PodInitializing'
        ? `Init:${waiting.reason}`
        : `Init:${i}/${specs.length}`
    return { reason, readySidecars, all, sidecars: ofSidecars }
  }
  return { reason: undefined, readySidecars, all, sidecars: ofSidecars }
}

const conditionTrue = (pod: Pod, type: string): boolean =>
  (pod.status?.conditions ?? []).some((c) => c.type === type && c.status === 'True')

function mainSummary(pod: Pod, reason: string, restarts: Restarts): { reason: string; ready: number } {
  let text = reason
  let ready = 0
  let running = false
  const statuses = pod.status?.containerStatuses ?? []
  for (let i = statuses.length - 1; i >= 0; i--) {
    const status = statuses[i]!
    addRestarts(restarts, status)
    const { waiting, terminated } = status.state ?? {}
    if (waiting?.reason) text = waiting.reason
    else if (terminated) text = endText(terminated)
    else if (status.ready && status.state?.running) {
      running = true
      ready++
    }
  }
  if (text === 'Completed' && running) text = conditionTrue(pod, 'Ready') ? 'Running' : 'NotReady'
  return { reason: text, ready }
}

function compute(pod: Pod): PodSummary {
  const phase = pod.status?.phase ?? ''
  let reason = pod.status?.reason || phase
  if ((pod.status?.conditions ?? []).some((c) => c.type === 'PodScheduled' && c.reason === 'SchedulingGated')) reason = 'SchedulingGated'
  const init = initSummary(pod)
  let restarts = init.all
  let ready = init.readySidecars
  if (init.reason !== undefined) reason = init.reason
  if (init.reason === undefined || conditionTrue(pod, 'Initialized')) {
    restarts = init.sidecars
    const main = mainSummary(pod, reason, restarts)
    reason = main.reason
    ready += main.ready
  }
  if (pod.metadata.deletionTimestamp !== undefined) {
    if (pod.status?.reason === 'NodeLost') reason = 'Unknown'
    else if (phase !== 'Succeeded' && phase !== 'Failed') reason = 'Terminating'
  }
  const total = (pod.spec?.containers?.length ?? 0) + (pod.spec?.initContainers ?? []).filter((c) => c.restartPolicy === 'Always').length
  return { ready, total, reason, restarts: restarts.count, lastRestartMs: restarts.lastMs }
}

const cache = new WeakMap<Pod, PodSummary>()

/** The summary of a pod; remembered for objects that cannot change. */
export function podSummary(pod: Pod): PodSummary {
  const known = cache.get(pod)
  if (known !== undefined) return known
  const summary = compute(pod)
  if (Object.isFrozen(pod)) cache.set(pod, summary)
  return summary
}
