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

/** What a claim and the template of one have in common; only a claim has a status. */
export function writeClaim(w: DescribeWriter, claim: PersistentVolumeClaim, full?: { status: string }): void {
  const spec = claim.spec ?? {}
  const bound = !!spec.volumeName
  w.field(0, 'StorageClass', storageClassOf(claim))
  if (full) w.field(0, 'Status', full.status)
  w.field(0, 'Volume', spec.volumeName ?? '')
  labels(w, 'Labels', claim.metadata.labels)
  annotations(w, 'Annotations', claim.metadata.annotations)
  if (full) w.field(0, 'Finalizers', goList(claim.metadata.finalizers))
  w.field(0, 'Capacity', bound ? formatQuantity(claim.status?.capacity?.['storage'] ?? '0') : '')
  w.field(0, 'Access Modes', bound ? accessModesText(claim.status?.accessModes) : '')
  if (spec.volumeMode) w.field(0, 'VolumeMode', spec.volumeMode)
  writeSource(w, claim)
}

export function describePersistentVolumeClaim(claim: PersistentVolumeClaim, context: DescribeContext): string {
  const { deletionTimestamp } = claim.metadata
  const users = context.reader.list('pods', claim.metadata.namespace).filter((pod) => uses(pod, claim))
  return describeWith((w) => {
    w.field(0, 'Name', claim.metadata.name)
    w.field(0, 'Namespace', claim.metadata.namespace ?? '')
    writeClaim(w, claim, {
      status:
        deletionTimestamp === undefined ? (claim.status?.phase ?? '') : `Terminating (lasts ${since(deletionTimestamp, context.nowMs)})`,
    })
    multiline(w, 'Used By', users.map((pod) => pod.metadata.name).sort())
    writeConditions(w, claim)
    describeEvents(w, claim, context)
  })
}
