/**
 * `kubectl describe servicecidr`.
 */
import type { ServiceCIDR } from '../../../api/generated/types/networking-v1.ts'
import type { DescribeContext } from '../../../api/kind.ts'
import { describeEvents } from '../../describe/events.ts'
import { annotations, labels } from '../../describe/fields.ts'
import { describeWith } from '../../describe/writer.ts'

export const describe = (o: ServiceCIDR, context: DescribeContext): string =>
  describeWith((writer) => {
    writer.field(0, 'Name', o.metadata.name)
    labels(writer, 'Labels', o.metadata.labels)
    annotations(writer, 'Annotations', o.metadata.annotations)
    writer.field(0, 'CIDRs', (o.spec?.cidrs ?? []).join(', '))
    describeEvents(writer, o, context)
  })
