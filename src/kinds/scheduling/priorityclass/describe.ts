/**
 * `kubectl describe priorityclass`. Annotations stand in it as they are, the last applied configuration included.
 */
import type { PriorityClass } from '../../../api/generated/types/scheduling-v1.ts'
import type { DescribeContext } from '../../../api/kind.ts'
import { formatLabels } from '../../../api/selectors.ts'
import { describeEvents } from '../../describe/events.ts'
import { describeWith } from '../../describe/writer.ts'

export const describe = (o: PriorityClass, context: DescribeContext): string =>
  describeWith((writer) => {
    writer.line(0, `Name:\t${o.metadata.name}`)
    writer.line(0, `Value:\t${o.value ?? 0}`)
    writer.line(0, `GlobalDefault:\t${o.globalDefault === true}`)
    writer.line(0, `PreemptionPolicy:\t${o.preemptionPolicy ?? '<unset>'}`)
    writer.line(0, `Description:\t${o.description ?? ''}`)
    writer.line(0, `Annotations:\t${formatLabels(o.metadata.annotations)}`)
    describeEvents(writer, o, context)
  })
