/**
 * `kubectl describe namespace`, with its quotas and limits.
 */
import type { Namespace } from '../../../api/generated/types/core-v1.ts'
import type { DescribeContext } from '../../../api/kind.ts'
import { annotations, labels, moment } from '../../describe/fields.ts'
import { describeWith } from '../../describe/writer.ts'
import { writeLimitRanges } from '../limitrange/describe.ts'
import { writeQuotas } from '../resourcequota/describe.ts'

export function describeNamespace(namespace: Namespace, { reader }: DescribeContext): string {
  return describeWith((w) => {
    w.field(0, 'Name', namespace.metadata.name)
    labels(w, 'Labels', namespace.metadata.labels)
    annotations(w, 'Annotations', namespace.metadata.annotations)
    w.field(0, 'Status', namespace.status?.phase ?? '')
    const conditions = namespace.status?.conditions ?? []
    if (conditions.length > 0) {
      w.line(0, 'Conditions:')
      w.line(1, 'Type\tStatus\tLastTransitionTime\tReason\tMessage')
      w.line(1, '----\t------\t------------------\t------\t-------')
      for (const c of conditions)
        w.line(1, `${c.type}\t${c.status}\t${moment(c.lastTransitionTime)}\t${c.reason ?? ''}\t${c.message ?? ''}`)
    }
    w.raw('\n')
    writeQuotas(w, reader.list('resourcequotas', namespace.metadata.name))
    w.raw('\n')
    writeLimitRanges(w, reader.list('limitranges', namespace.metadata.name))
  })
}
