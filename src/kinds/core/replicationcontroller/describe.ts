/**
 * `kubectl describe replicationcontroller`.
 */
import type { ReplicationController } from '../../../api/generated/types/core-v1.ts'
import type { DescribeContext } from '../../../api/kind.ts'
import { formatLabels, selectorFromSet } from '../../../api/selectors.ts'
import { describeEvents } from '../../describe/events.ts'
import { annotations, labels } from '../../describe/fields.ts'
import { podCounts } from '../../describe/pod-counts.ts'
import { describeWith } from '../../describe/writer.ts'
import { writePodTemplate } from '../pod/describe/template.ts'

export function describeReplicationController(rc: ReplicationController, context: DescribeContext): string {
  const { name, namespace, uid } = rc.metadata
  return describeWith((w) => {
    w.field(0, 'Name', name)
    w.field(0, 'Namespace', namespace ?? '')
    w.field(0, 'Selector', formatLabels(rc.spec?.selector))
    labels(w, 'Labels', rc.metadata.labels)
    annotations(w, 'Annotations', rc.metadata.annotations)
    w.field(0, 'Replicas', `${rc.status?.replicas ?? 0} current / ${rc.spec?.replicas ?? 0} desired`)
    w.field(0, 'Pods Status', podCounts(context.reader, namespace, selectorFromSet(rc.spec?.selector), uid))
    writePodTemplate(w, rc.spec?.template)
    const conditions = rc.status?.conditions ?? []
    if (conditions.length > 0) {
      w.line(0, 'Conditions:')
      w.line(1, 'Type\tStatus\tReason')
      w.line(1, '----\t------\t------')
      for (const c of conditions) w.line(1, `${c.type} \t${c.status}\t${c.reason ?? ''}`)
    }
    describeEvents(w, rc, context)
  })
}
