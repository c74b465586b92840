/**
 * `kubectl describe statefulset`.
 */
import type { StatefulSet } from '../../../api/generated/types/apps-v1.ts'
import type { PersistentVolumeClaim } from '../../../api/generated/types/core-v1.ts'
import type { DescribeContext } from '../../../api/kind.ts'
import { formatLabelSelector } from '../../../api/selectors.ts'
import { writePodTemplate } from '../../core/pod/describe/template.ts'
import { describeEvents } from '../../describe/events.ts'
import { annotations, labels, moment } from '../../describe/fields.ts'
import { type DescribeWriter, describeWith } from '../../describe/writer.ts'
import { podStatusText } from '../pods.ts'

function claimLines(writer: DescribeWriter, claims: readonly PersistentVolumeClaim[]): void {
  writer.line(0, claims.length === 0 ? 'Volume Claims:\t<none>' : 'Volume Claims:')
  for (const claim of claims) {
    writer.line(1, `Name:\t${claim.metadata?.name ?? ''}`)
    writer.line(1, `StorageClass:\t${claim.spec?.storageClassName ?? ''}`)
    labels(writer, 'Labels', claim.metadata?.labels, '  ')
    labels(writer, 'Annotations', claim.metadata?.annotations, '  ')
    writer.line(1, `Capacity:\t${claim.spec?.resources?.requests?.['storage'] ?? '<default>'}`)
    writer.line(1, `Access Modes:\t[${(claim.spec?.accessModes ?? []).join(' ')}]`)
  }
}

export const describe = (o: StatefulSet, context: DescribeContext): string =>
  describeWith((writer) => {
    const strategy = o.spec?.updateStrategy
    writer.line(0, `Name:\t${o.metadata.name}\nNamespace:\t${o.metadata.namespace}`)
    writer.line(0, `CreationTimestamp:\t${moment(o.metadata.creationTimestamp)}`)
    writer.line(0, `Selector:\t${formatLabelSelector(o.spec?.selector)}`)
    labels(writer, 'Labels', o.metadata.labels)
    annotations(writer, 'Annotations', o.metadata.annotations)
    writer.line(0, `Replicas:\t${o.spec?.replicas ?? 0} desired | ${o.status?.replicas ?? 0} total`)
    writer.line(0, `Update Strategy:\t${strategy?.type ?? ''}`)
    if (strategy?.rollingUpdate?.partition !== undefined) writer.line(1, `Partition:\t${strategy.rollingUpdate.partition}`)
    if (strategy?.rollingUpdate?.maxUnavailable !== undefined) writer.line(1, `MaxUnavailable:\t${strategy.rollingUpdate.maxUnavailable}`)
    writer.line(0, `Pods Status:\t${podStatusText(o, o.spec?.selector, context.reader)}`)
    writePodTemplate(writer, o.spec?.template)
    claimLines(writer, o.spec?.volumeClaimTemplates ?? [])
    describeEvents(writer, o, context)
  })
