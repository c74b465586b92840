/**
 * `1 Running / 0 Waiting / 0 Succeeded / 0 Failed`: the pods of a workload in its description.
 */

import { controllerOf } from '../../api/meta.ts'
import type { Reader } from '../../api/reader.ts'
import { matchesLabels, type Selector } from '../../api/selectors.ts'

export function podCounts(reader: Reader, namespace: string | undefined, selector: Selector, ownerUid: string | undefined): string {
  const counts: Record<string, number> = {}
  for (const pod of reader.list('pods', namespace)) {
    if (!matchesLabels(selector, pod.metadata.labels) || controllerOf(pod)?.uid !== ownerUid) continue
    const phase = pod.status?.phase ?? ''
    counts[phase] = (counts[phase] ?? 0) + 1
  }
  const of = (phase: string): number => counts[phase] ?? 0
  return `${of('Running')} Running / ${of('Pending')} Waiting / ${of('Succeeded')} Succeeded / ${of('Failed')} Failed`
}
