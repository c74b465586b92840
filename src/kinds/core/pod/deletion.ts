/**
 * How long a deleted pod lingers (upstream's podStrategy.CheckGracefulDelete): not at all when it was never bound or has ended.
 */
import type { Pod } from '../../../api/generated/types/core-v1.ts'

/** Seconds of grace; `requested` is the client's wish. */
export function podGracePeriod(pod: Pod, requested: number | undefined): number {
  let seconds = requested ?? pod.spec?.terminationGracePeriodSeconds ?? 0
  if (!pod.spec?.nodeName) seconds = 0
  if (pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded') seconds = 0
  return seconds < 0 ? 1 : seconds
}
