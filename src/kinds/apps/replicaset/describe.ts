/**
 * `kubectl describe replicaset`.
 */
import type { ReplicaSet } from '../../../api/generated/types/apps-v1.ts'
import type { DescribeContext } from '../../../api/kind.ts'
import { formatLabelSelector } from '../../../api/selectors.ts'
import { writePodTemplate } from '../../core/pod/describe/template.ts'
import { describeEvents } from '../../describe/events.ts'
import { annotations, controlledBy, labels } from '../../describe/fields.ts'
import { describeWith } from '../../describe/writer.ts'
import { conditionLines } from '../conditions.ts'
import { podStatusText } from '../pods.ts'

export const describe = (o: ReplicaSet, context: DescribeContext): string =>
  describeWith((writer) => {
    writer.line(0, `Name:\t${o.metadata.name}\nNamespace:\t${o.metadata.namespace}`)
    writer.line(0, `Selector:\t${formatLabelSelector(o.spec?.selector)}`)
    labels(writer, 'Labels', o.metadata.labels)
    annotations(writer, 'Annotations', o.metadata.annotations)
    const controller = controlledBy(o)
    if (controller !== undefined) writer.line(0, `Controlled By:\t${controller}`)
    writer.line(0, `Replicas:\t${o.status?.replicas ?? 0} current / ${o.spec?.replicas ?? 0} desired`)
    writer.line(0, `Pods Status:\t${podStatusText(o, o.spec?.selector, context.reader)}`)
    writePodTemplate(writer, o.spec?.template)
    conditionLines(writer, o.status?.conditions)
    describeEvents(writer, o, context)
  })
