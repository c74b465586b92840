/**
 * The pods of a workload, counted by phase as its description tells them.
 */
import type { LabelSelector } from '../../api/generated/types/meta.ts'
import { type ApiObject, controllerOf } from '../../api/meta.ts'
import type { Reader } from '../../api/reader.ts'
import { labelSelectorMatches } from '../../api/selectors.ts'

/** `2 Running / 0 Waiting / 0 Succeeded / 0 Failed`. */
export function podStatusText(object: ApiObject, selector: LabelSelector | undefined, reader: Reader): string {
  const phases = reader
    .list('pods', object.metadata.namespace)
    .filter((p) => controllerOf(p)?.uid === object.metadata.uid && labelSelectorMatches(selector, p.metadata.labels))
    .map((p) => p.status?.phase)
  const count = (phase: string): number => phases.filter((p) => p === phase).length
  return `${count('Running')} Running / ${count('Pending')} Waiting / ${count('Succeeded')} Succeeded / ${count('Failed')} Failed`
}
