/**
 * What controllers ask of a pod: is it active, ready, available, bound, finished. The same questions as k8s.io/kubernetes' api/pod
 * and controller packages answer, over plain objects.
 */
import type { Pod, PodCondition } from '../api/generated/types/core-v1.ts'
import { parseTime } from '../api/rfc3339.ts'

export const podCondition = (pod: Pod, type: string): PodCondition | undefined => pod.status?.conditions?.find((c) => c.type === type)

export const isReady = (pod: Pod): boolean => podCondition(pod, 'Ready')?.status === 'True'

export const isFinished = (pod: Pod): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'

/** Neither finished nor being deleted. */
export const isActive = (pod: Pod): boolean => !isFinished(pod) && pod.metadata.deletionTimestamp === undefined

export function timeOf(text: string | undefined): number {
  if (text === undefined) return 0
  let ms = timesRead.get(text)
  if (ms === undefined) {
    ms = parseTime(text) ?? 0
    if (timesRead.size >= MOST_TIMES) timesRead.clear()
    timesRead.set(text, ms)
  }
  return ms
}
/** Who sorts by age reads the same few times again and again. */
const timesRead = new Map<string, number>()
const MOST_TIMES = 4_096

/** When the pod became ready, in ms; undefined while it is not. */
export const readySince = (pod: Pod): number | undefined => {
  const ready = podCondition(pod, 'Ready')
  return ready?.status === 'True' ? timeOf(ready.lastTransitionTime) : undefined
}

/** Milliseconds until a ready pod counts as available: 0 when it does, undefined while it is not ready. */
export function msUntilAvailable(pod: Pod, minReadySeconds: number, nowMs: number): number | undefined {
  const since = readySince(pod)
  if (since === undefined) return undefined
  return minReadySeconds === 0 ? 0 : Math.max(0, since + minReadySeconds * 1000 - nowMs)
}

export const isAvailable = (pod: Pod, minReadySeconds: number, nowMs: number): boolean =>
  msUntilAvailable(pod, minReadySeconds, nowMs) === 0

/** The earliest moment at which one more pod will count as available, in ms from now; undefined when waiting changes nothing. */
export function nextAvailability(pods: readonly Pod[], minReadySeconds: number, nowMs: number): number | undefined {
  let next: number | undefined
  for (const pod of pods) {
    const ms = msUntilAvailable(pod, minReadySeconds, nowMs)
    if (ms !== undefined && ms > 0 && (next === undefined || ms < next)) next = ms
  }
  return next
}

export const restarts = (pod: Pod): number => (pod.status?.containerStatuses ?? []).reduce((max, c) => Math.max(max, c.restartCount), 0)
