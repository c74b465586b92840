/**
 * `kubectl describe storageclass`. Annotations stand in it as they are, the last applied configuration included.
 */
import type { TopologySelectorTerm } from '../../../api/generated/types/core-v1.ts'
import type { StorageClass } from '../../../api/generated/types/storage-v1.ts'
import type { DescribeContext } from '../../../api/kind.ts'
import { formatLabels } from '../../../api/selectors.ts'
import { describeEvents } from '../../describe/events.ts'
import { type DescribeWriter, describeWith } from '../../describe/writer.ts'
import { boolText } from '../../fields/cells.ts'
import { isDefaultStorageClass } from './default-class.ts'

function topologyLines(writer: DescribeWriter, terms: readonly TopologySelectorTerm[]): void {
  writer.line(0, 'AllowedTopologies:\t')
  for (const [i, term] of terms.entries()) {
    const found = (term.matchLabelExpressions ?? []).map((e) => `${e.key} in [${(e.values ?? []).join(', ')}]`)
    for (const [j, text] of (found.length === 0 ? ['<none>'] : found).entries()) writer.line(1, `${j === 0 ? `Term ${i}:` : ''}\t${text}`)
  }
}

export const describe = (o: StorageClass, context: DescribeContext): string =>
  describeWith((writer) => {
    writer.line(0, `Name:\t${o.metadata.name}`)
    writer.line(0, `IsDefaultClass:\t${isDefaultStorageClass(o) ? 'Yes' : 'No'}`)
    writer.line(0, `Annotations:\t${formatLabels(o.metadata.annotations)}`)
    writer.line(0, `Provisioner:\t${o.provisioner}`)
    writer.line(0, `Parameters:\t${formatLabels(o.parameters)}`)
    writer.line(0, `AllowVolumeExpansion:\t${boolText(o.allowVolumeExpansion, '<unset>')}`)
    const options = o.mountOptions ?? []
    if (options.length === 0) writer.line(0, 'MountOptions:\t<none>')
    else {
      writer.line(0, 'MountOptions:')
      for (const option of options) writer.line(1, option)
    }
    if (o.reclaimPolicy !== undefined) writer.line(0, `ReclaimPolicy:\t${o.reclaimPolicy}`)
    if (o.volumeBindingMode !== undefined) writer.line(0, `VolumeBindingMode:\t${o.volumeBindingMode}`)
    if (o.allowedTopologies !== undefined) topologyLines(writer, o.allowedTopologies)
    describeEvents(writer, o, context)
  })
