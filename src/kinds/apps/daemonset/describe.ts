/**
 * `kubectl describe daemonset`.
 */
import type { DaemonSet } from '../../../api/generated/types/apps-v1.ts'
import type { DescribeContext } from '../../../api/kind.ts'
import { formatLabelSelector, formatLabels } from '../../../api/selectors.ts'
import { writePodTemplate } from '../../core/pod/describe/template.ts'
import { describeEvents } from '../../describe/events.ts'
import { annotations, labels } from '../../describe/fields.ts'
import { describeWith } from '../../describe/writer.ts'
import { podStatusText } from '../pods.ts'

export const describe = (o: DaemonSet, context: DescribeContext): string =>
  describeWith((writer) => {
    const { desiredNumberScheduled, currentNumberScheduled, updatedNumberScheduled, numberAvailable, numberMisscheduled } = o.status ?? {}
    writer.line(0, `Name:\t${o.metadata.name}\nNamespace:\t${o.metadata.namespace}`)
    writer.line(0, `Selector:\t${formatLabelSelector(o.spec?.selector)}`)
    writer.line(0, `Node-Selector:\t${formatLabels(o.spec?.template.spec?.nodeSelector)}`)
    labels(writer, 'Labels', o.metadata.labels)
    annotations(writer, 'Annotations', o.metadata.annotations)
    writer.line(0, `Desired Number of Nodes Scheduled: ${desiredNumberScheduled ?? 0}`)
    writer.line(0, `Current Number of Nodes Scheduled: ${currentNumberScheduled ?? 0}`)
    writer.line(0, `Number of Nodes Scheduled with Up-to-date Pods: ${updatedNumberScheduled ?? 0}`)
    writer.line(0, `Number of Nodes Scheduled with Available Pods: ${numberAvailable ?? 0}`)
    writer.line(0, `Number of Nodes Misscheduled: ${numberMisscheduled ?? 0}`)
    writer.line(0, `Pods Status:\t${podStatusText(o, o.spec?.selector, context.reader)}`)
    writePodTemplate(writer, o.spec?.template)
    describeEvents(writer, o, context)
  })
