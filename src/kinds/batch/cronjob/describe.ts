/**
 * `kubectl describe cronjob`.
 */
import type { CronJob, JobSpec } from '../../../api/generated/types/batch-v1.ts'
import type { DescribeContext } from '../../../api/kind.ts'
import { formatLabelSelector } from '../../../api/selectors.ts'
import { writePodTemplate } from '../../core/pod/describe/template.ts'
import { describeEvents } from '../../describe/events.ts'
import { annotations, labels, moment } from '../../describe/fields.ts'
import { type DescribeWriter, describeWith } from '../../describe/writer.ts'
import { boolText } from '../../fields/cells.ts'

function jobLines(writer: DescribeWriter, spec: JobSpec | undefined): void {
  writer.line(0, `Selector:\t${spec?.selector === undefined ? '<unset>' : formatLabelSelector(spec.selector)}`)
  writer.line(0, `Parallelism:\t${spec?.parallelism ?? '<unset>'}`)
  writer.line(0, `Completions:\t${spec?.completions ?? '<unset>'}`)
  if (spec?.activeDeadlineSeconds !== undefined) writer.line(0, `Active Deadline Seconds:\t${spec.activeDeadlineSeconds}s`)
  writePodTemplate(writer, spec?.template)
}

export const describe = (o: CronJob, context: DescribeContext): string =>
  describeWith((writer) => {
    const spec = o.spec!
    const deadline = spec.startingDeadlineSeconds
    writer.line(0, `Name:\t${o.metadata.name}\nNamespace:\t${o.metadata.namespace}`)
    labels(writer, 'Labels', o.metadata.labels)
    annotations(writer, 'Annotations', o.metadata.annotations)
    writer.line(0, `Schedule:\t${spec.schedule}`)
    writer.line(0, `Concurrency Policy:\t${spec.concurrencyPolicy ?? ''}`)
    writer.line(0, `Suspend:\t${boolText(spec.suspend, '<unset>')}`)
    if (spec.timeZone !== undefined) writer.line(0, `Time Zone:\t${spec.timeZone}`)
    writer.line(0, `Successful Job History Limit:\t${spec.successfulJobsHistoryLimit ?? '<unset>'}`)
    writer.line(0, `Failed Job History Limit:\t${spec.failedJobsHistoryLimit ?? '<unset>'}`)
    writer.line(0, `Starting Deadline Seconds:\t${deadline === undefined ? '<unset>' : `${deadline}s`}`)
    jobLines(writer, spec.jobTemplate.spec)
    writer.line(0, `Last Schedule Time:\t${o.status?.lastScheduleTime === undefined ? '<unset>' : moment(o.status.lastScheduleTime)}`)
    const active = (o.status?.active ?? []).map((r) => r.name ?? '').join(', ')
    writer.line(0, `Active Jobs:\t${active === '' ? '<none>' : active}`)
    describeEvents(writer, o, context)
  })
