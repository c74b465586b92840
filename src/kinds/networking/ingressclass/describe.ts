/**
 * `kubectl describe ingressclass`.
 */
import type { IngressClass } from '../../../api/generated/types/networking-v1.ts'
import type { DescribeContext } from '../../../api/kind.ts'
import { describeEvents } from '../../describe/events.ts'
import { annotations, labels } from '../../describe/fields.ts'
import { describeWith } from '../../describe/writer.ts'

export const describe = (o: IngressClass, context: DescribeContext): string =>
  describeWith((writer) => {
    writer.line(0, `Name:\t${o.metadata.name}`)
    labels(writer, 'Labels', o.metadata.labels)
    annotations(writer, 'Annotations', o.metadata.annotations)
    writer.line(0, `Controller:\t${o.spec?.controller ?? ''}`)
    const parameters = o.spec?.parameters
    if (parameters !== undefined) {
      writer.line(0, 'Parameters:')
      if (parameters.apiGroup !== undefined) writer.line(1, `APIGroup:\t${parameters.apiGroup}`)
      writer.line(1, `Kind:\t${parameters.kind}`)
      writer.line(1, `Name:\t${parameters.name}`)
    }
    describeEvents(writer, o, context)
  })
