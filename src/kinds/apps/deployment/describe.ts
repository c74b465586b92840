/**
 * `kubectl describe deployment`.
 */
import type { Deployment, ReplicaSet } from '../../../api/generated/types/apps-v1.ts'
import type { PodTemplateSpec } from '../../../api/generated/types/core-v1.ts'
import type { DescribeContext } from '../../../api/kind.ts'
import { formatLabelSelector } from '../../../api/selectors.ts'
import { writePodTemplate } from '../../core/pod/describe/template.ts'
import { describeEvents } from '../../describe/events.ts'
import { annotations, labels, moment } from '../../describe/fields.ts'
import { type DescribeWriter, describeWith } from '../../describe/writer.ts'
import { same } from '../../fields/same.ts'
import { conditionLines } from '../conditions.ts'
import { replicaSetsOf } from './rollout.ts'

function withoutHash(template: PodTemplateSpec | undefined): unknown {
  const { 'pod-template-hash': _hash, ...labels } = template?.metadata?.labels ?? {}
  return { ...template, metadata: { ...template?.metadata, labels } }
}

const setsText = (sets: readonly ReplicaSet[]): string =>
  sets.map((rs) => `${rs.metadata.name} (${rs.status?.replicas ?? 0}/${rs.spec?.replicas ?? 0} replicas created)`).join(', ') || '<none>'

function replicaSetLines(writer: DescribeWriter, o: Deployment, context: DescribeContext): void {
  const sets = replicaSetsOf(o, context.reader)
  if (sets.length === 0) return
  const current = sets.find((rs) => same(withoutHash(rs.spec?.template), withoutHash(o.spec?.template)))
  writer.line(0, `OldReplicaSets:\t${setsText(sets.filter((rs) => rs !== current))}`)
  writer.line(0, `NewReplicaSet:\t${setsText(current === undefined ? [] : [current])}`)
}

function replicasText(o: Deployment): string {
  const { updatedReplicas = 0, replicas = 0, availableReplicas = 0, unavailableReplicas = 0 } = o.status ?? {}
  return `${o.spec?.replicas ?? 0} desired | ${updatedReplicas} updated | ${replicas} total | ${availableReplicas} available | ${unavailableReplicas} unavailable`
}

export const describe = (o: Deployment, context: DescribeContext): string =>
  describeWith((writer) => {
    const update = o.spec?.strategy?.rollingUpdate
    writer.line(0, `Name:\t${o.metadata.name}\nNamespace:\t${o.metadata.namespace}`)
    writer.line(0, `CreationTimestamp:\t${moment(o.metadata.creationTimestamp)}`)
    labels(writer, 'Labels', o.metadata.labels)
    annotations(writer, 'Annotations', o.metadata.annotations)
    writer.line(0, `Selector:\t${formatLabelSelector(o.spec?.selector)}`)
    writer.line(0, `Replicas:\t${replicasText(o)}`)
    writer.line(0, `StrategyType:\t${o.spec?.strategy?.type ?? ''}`)
    writer.line(0, `MinReadySeconds:\t${o.spec?.minReadySeconds ?? 0}`)
    if (update !== undefined)
      writer.line(0, `RollingUpdateStrategy:\t${update.maxUnavailable} max unavailable, ${update.maxSurge} max surge`)
    writePodTemplate(writer, o.spec?.template)
    conditionLines(writer, o.status?.conditions)
    replicaSetLines(writer, o, context)
    describeEvents(writer, o, context)
  })
