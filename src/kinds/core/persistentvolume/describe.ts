/**
 * `kubectl describe persistentvolume`.
 */
import type { PersistentVolume } from '../../../api/generated/types/core-v1.ts'
import type { DescribeContext } from '../../../api/kind.ts'
import { formatQuantity } from '../../../api/quantity.ts'
import { describeEvents } from '../../describe/events.ts'
import { annotations, goList, labels, since } from '../../describe/fields.ts'
import { type DescribeWriter, describeWith } from '../../describe/writer.ts'
import { accessModesText, storageClassOf } from '../access-modes.ts'
import { writeVolumeSource } from '../pod/describe/volumes.ts'

function writeAffinity(w: DescribeWriter, volume: PersistentVolume): void {
  const terms = volume.spec?.nodeAffinity?.required?.nodeSelectorTerms
  if (!terms) {
    w.field(0, 'Node Affinity', '<none>')
    return
  }
  w.field(0, 'Node Affinity', '')
  w.field(1, 'Required Terms', terms.length === 0 ? '<none>' : '')
  for (const [i, term] of terms.entries()) {
    const lines = (term.matchExpressions ?? []).map(
      (r) => `${r.key} ${r.operator.toLowerCase()}${r.values?.length ? ` [${r.values.join(', ')}]` : ''}`,
    )
    if (lines.length === 0) w.field(2, `Term ${i}`, '<none>')
    for (const [j, line] of lines.entries()) w.line(2, j === 0 ? `Term ${i}:\t${line}` : `\t${line}`)
  }
}

export function describePersistentVolume(volume: PersistentVolume, context: DescribeContext): string {
  const spec = volume.spec ?? {}
  const { deletionTimestamp } = volume.metadata
  return describeWith((w) => {
    w.field(0, 'Name', volume.metadata.name)
    labels(w, 'Labels', volume.metadata.labels)
    annotations(w, 'Annotations', volume.metadata.annotations)
    w.field(0, 'Finalizers', goList(volume.metadata.finalizers))
    w.field(0, 'StorageClass', storageClassOf(volume))
    w.field(
      0,
      'Status',
      deletionTimestamp === undefined ? (volume.status?.phase ?? '') : `Terminating (lasts ${since(deletionTimestamp, context.nowMs)})`,
    )
    w.field(0, 'Claim', spec.claimRef ? `${spec.claimRef.namespace}/${spec.claimRef.name}` : '')
    w.field(0, 'Reclaim Policy', spec.persistentVolumeReclaimPolicy ?? '')
    w.field(0, 'Access Modes', accessModesText(spec.accessModes))
    if (spec.volumeMode) w.field(0, 'VolumeMode', spec.volumeMode)
    w.field(0, 'Capacity', formatQuantity(spec.capacity?.['storage'] ?? '0'))
    writeAffinity(w, volume)
    w.field(0, 'Message', volume.status?.message ?? '')
    w.line(0, 'Source:')
    writeVolumeSource(w, spec, true)
    describeEvents(w, volume, context)
  })
}
