/**
 * `kubectl describe persistentvolumeclaim`, with the pods that use it.
 */
import type { PersistentVolumeClaim, Pod } from '../../../api/generated/types/core-v1.ts'
import type { DescribeContext } from '../../../api/kind.ts'
import { formatQuantity } from '../../../api/quantity.ts'
import { describeEvents } from '../../describe/events.ts'
import { annotations, goList, labels, moment, multiline, since } from '../../describe/fields.ts'
import { type DescribeWriter, describeWith } from '../../describe/writer.ts'
import { accessModesText, storageClassOf } from '../access-modes.ts'

const uses = (pod: Pod, claim: PersistentVolumeClaim): boolean =>
  (pod.spec?.volumes ?? []).some((v) => v.persistentVolumeClaim?.claimName === claim.metadata.name) ||
  (claim.metadata.ownerReferences ?? []).some((o) => o.kind === 'Pod' && o.uid === pod.metadata.uid)

function writeSource(w: DescribeWriter, claim: PersistentVolumeClaim): void {
  const source = claim.spec?.dataSource
  if (!source) return
  w.line(0, 'DataSource:')
  if (source.apiGroup !== undefined) w.field(1, 'APIGroup', source.apiGroup)
  w.field(1, 'Kind', source.kind)
  w.field(1, 'Name', source.name)
}

function writeConditions(w: DescribeWriter, claim: PersistentVolumeClaim): void {
  const conditions = claim.status?.conditions ?? []
  if (conditions.length === 0) return
  w.line(0, 'Conditions:')
  w.line(1, 'Type\tStatus\tLastProbeTime\tLastTransitionTime\tReason\tMessage')
  w.line(1, '----\t------\t-----------------\t------------------\t------\t-------')
  for (const c of conditions)
    w.line(
      1,
      `${c.type} \t${c.status} \t${moment(c.lastProbeTime)} \t${moment(c.lastTransitionTime)} \t${c.reason ?? ''} \t${c.message ?? ''}`,
    )
}

export function describePersistentVolumeClaim(claim: PersistentVolumeClaim, context: DescribeContext): string {
  const spec = claim.spec ?? {}
  const { deletionTimestamp } = claim.metadata
  const bound = !!spec.volumeName
  const users = context.reader.list('pods', claim.metadata.namespace).filter((pod) => uses(pod, claim))
  return describeWith((w) => {
    w.field(0, 'Name', claim.metadata.name)
    w.field(0, 'Namespace', claim.metadata.namespace ?? '')
    w.field(0, 'StorageClass', storageClassOf(claim))
    w.field(
      0,
      'Status',
      deletionTimestamp === undefined ? (claim.status?.phase ?? '') : `Terminating (lasts ${since(deletionTimestamp, context.nowMs)})`,
    )
    w.field(0, 'Volume', spec.volumeName ?? '')
    labels(w, 'Labels', claim.metadata.labels)
    annotations(w, 'Annotations', claim.metadata.annotations)
    w.field(0, 'Finalizers', goList(claim.metadata.finalizers))
    w.field(0, 'Capacity', bound ? formatQuantity(claim.status?.capacity?.['storage'] ?? '0') : '')
    w.field(0, 'Access Modes', bound ? accessModesText(claim.status?.accessModes) : '')
    if (spec.volumeMode) w.field(0, 'VolumeMode', spec.volumeMode)
    writeSource(w, claim)
    multiline(w, 'Used By', users.map((pod) => pod.metadata.name).sort())
    writeConditions(w, claim)
    describeEvents(w, claim, context)
  })
}
