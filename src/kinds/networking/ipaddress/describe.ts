/**
 * `kubectl describe ipaddress`: whose address it is.
 */
import type { IPAddress } from '../../../api/generated/types/networking-v1.ts'
import type { DescribeContext } from '../../../api/kind.ts'
import { describeEvents } from '../../describe/events.ts'
import { annotations, labels } from '../../describe/fields.ts'
import { describeWith } from '../../describe/writer.ts'

export const describe = (o: IPAddress, context: DescribeContext): string =>
  describeWith((writer) => {
    const { group = '', resource, namespace = '', name } = o.spec.parentRef
    writer.field(0, 'Name', o.metadata.name)
    labels(writer, 'Labels', o.metadata.labels)
    annotations(writer, 'Annotations', o.metadata.annotations)
    writer.line(0, 'Parent Reference:')
    writer.field(1, 'Group', group)
    writer.field(1, 'Resource', resource)
    writer.field(1, 'Namespace', namespace)
    writer.field(1, 'Name', name)
    describeEvents(writer, o, context)
  })
