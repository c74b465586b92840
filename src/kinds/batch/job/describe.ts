/**
 * `kubectl describe job`.
 */
import { humanDuration } from '../../../api/ages.ts'
import type { Job } from '../../../api/generated/types/batch-v1.ts'
import type { DescribeContext } from '../../../api/kind.ts'
import { parseTime } from '../../../api/rfc3339.ts'
import { formatLabelSelector } from '../../../api/selectors.ts'
import { writePodTemplate } from '../../core/pod/describe/template.ts'
import { describeEvents } from '../../describe/events.ts'
import { annotations, controlledBy, labels, moment } from '../../describe/fields.ts'
import { type DescribeWriter, describeWith } from '../../describe/writer.ts'

const MAX_INDEXES = 50

/** `0-4,7`, cut after the last whole part that fits. */
function cappedIndexes(indexes: string): string {
  if (indexes === '') return '<none>'
  if (indexes.length <= MAX_INDEXES) return indexes
  const end = indexes.slice(0, MAX_INDEXES + 1).lastIndexOf(',')
  return `${indexes.slice(0, end + 1)}...`
}

function specLines(writer: DescribeWriter, o: Job): void {
  const spec = o.spec!
  if (spec.parallelism !== undefined) writer.line(0, `Parallelism:\t${spec.parallelism}`)
  writer.line(0, `Completions:\t${spec.completions ?? '<unset>'}`)
  if (spec.completionMode !== undefined) writer.line(0, `Completion Mode:\t${spec.completionMode}`)
  if (spec.suspend !== undefined) writer.line(0, `Suspend:\t${spec.suspend}`)
  if (spec.backoffLimit !== undefined) writer.line(0, `Backoff Limit:\t${spec.backoffLimit}`)
  if (spec.ttlSecondsAfterFinished !== undefined) writer.line(0, `TTL Seconds After Finished:\t${spec.ttlSecondsAfterFinished}`)
}

function statusLines(writer: DescribeWriter, o: Job): void {
  const { startTime, completionTime, active = 0, ready, succeeded = 0, failed = 0, completedIndexes = '' } = o.status ?? {}
  if (startTime !== undefined) writer.line(0, `Start Time:\t${moment(startTime)}`)
  if (completionTime !== undefined) writer.line(0, `Completed At:\t${moment(completionTime)}`)
  if (startTime !== undefined && completionTime !== undefined)
    writer.line(0, `Duration:\t${humanDuration((parseTime(completionTime) ?? 0) - (parseTime(startTime) ?? 0))}`)
  if (o.spec?.activeDeadlineSeconds !== undefined) writer.line(0, `Active Deadline Seconds:\t${o.spec.activeDeadlineSeconds}s`)
  const readyText = ready === undefined ? '' : ` (${ready} Ready)`
  writer.line(0, `Pods Statuses:\t${active} Active${readyText} / ${succeeded} Succeeded / ${failed} Failed`)
  if (o.spec?.completionMode === 'Indexed') writer.line(0, `Completed Indexes:\t${cappedIndexes(completedIndexes)}`)
}

export const describe = (o: Job, context: DescribeContext): string =>
  describeWith((writer) => {
    writer.line(0, `Name:\t${o.metadata.name}\nNamespace:\t${o.metadata.namespace}`)
    if (o.spec?.selector !== undefined) writer.line(0, `Selector:\t${formatLabelSelector(o.spec.selector)}`)
    labels(writer, 'Labels', o.metadata.labels)
    annotations(writer, 'Annotations', o.metadata.annotations)
    const controller = controlledBy(o)
    if (controller !== undefined) writer.line(0, `Controlled By:\t${controller}`)
    specLines(writer, o)
    statusLines(writer, o)
    writePodTemplate(writer, o.spec?.template)
    describeEvents(writer, o, context)
  })
