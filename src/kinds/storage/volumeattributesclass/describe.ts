/**
 * `kubectl describe volumeattributesclass`. Annotations stand in it as they are, the last applied configuration included.
 */
import type { VolumeAttributesClass } from '../../../api/generated/types/storage-v1.ts'
import type { DescribeContext } from '../../../api/kind.ts'
import { formatLabels } from '../../../api/selectors.ts'
import { describeEvents } from '../../describe/events.ts'
import { describeWith } from '../../describe/writer.ts'

export const describe = (o: VolumeAttributesClass, context: DescribeContext): string =>
  describeWith((writer) => {
    writer.field(0, 'Name', o.metadata.name)
    writer.field(0, 'Annotations', formatLabels(o.metadata.annotations))
    writer.field(0, 'DriverName', o.driverName)
    writer.field(0, 'Parameters', formatLabels(o.parameters))
    describeEvents(writer, o, context)
  })
