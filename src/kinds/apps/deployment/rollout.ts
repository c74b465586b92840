/**
 * What `kubectl rollout` asks of a Deployment: the sentences of its progress and its past, which its ReplicaSets hold.
 */
import type { Deployment, ReplicaSet } from '../../../api/generated/types/apps-v1.ts'
import type { RolloutCapability, RolloutRevision } from '../../../api/kind.ts'
import { controllerOf } from '../../../api/meta.ts'
import type { Reader } from '../../../api/reader.ts'
import { labelSelectorMatches } from '../../../api/selectors.ts'
import { CHANGE_CAUSE, LAST_APPLIED } from '../annotations.ts'

export const REVISION = 'deployment.kubernetes.io/revision'
const HASH_LABEL = 'pod-template-hash'

/** Annotations a rollback leaves as the Deployment has them. */
const kept = [
  LAST_APPLIED,
  REVISION,
  'deployment.kubernetes.io/revision-history',
  'deployment.kubernetes.io/desired-replicas',
  'deployment.kubernetes.io/max-replicas',
  'deprecated.deployment.rollback.to',
]

export const revisionOf = (object: { metadata: { annotations?: Record<string, string> } }): number =>
  Number(object.metadata.annotations?.[REVISION] ?? 0)

/** Its ReplicaSets: owned and selected. */
export const replicaSetsOf = (object: Deployment, reader: Reader): readonly ReplicaSet[] =>
  reader
    .list('replicasets.apps', object.metadata.namespace)
    .filter((rs) => controllerOf(rs)?.uid === object.metadata.uid && labelSelectorMatches(object.spec?.selector, rs.metadata.labels))

function progress(o: Deployment): { message: string; done: boolean } {
  const waiting = (what: string): { message: string; done: boolean } => ({
    message: `Waiting for deployment "${o.metadata.name}" rollout to finish: ${what}...`,
    done: false,
  })
  const { updatedReplicas = 0, replicas = 0, availableReplicas = 0 } = o.status ?? {}
  const wanted = o.spec?.replicas ?? 0
  if (updatedReplicas < wanted) return waiting(`${updatedReplicas} out of ${wanted} new replicas have been updated`)
  if (replicas > updatedReplicas) return waiting(`${replicas - updatedReplicas} old replicas are pending termination`)
  if (availableReplicas < updatedReplicas) return waiting(`${availableReplicas} of ${updatedReplicas} updated replicas are available`)
  return { message: `deployment "${o.metadata.name}" successfully rolled out`, done: true }
}

function status(o: Deployment, revision: number): { message: string; done: boolean } {
  if (revision > 0 && revision !== revisionOf(o))
    throw new Error(`desired revision (${revision}) is different from the running revision (${revisionOf(o)})`)
  if ((o.metadata.generation ?? 0) > (o.status?.observedGeneration ?? 0))
    return { message: 'Waiting for deployment spec update to be observed...', done: false }
  if (o.status?.conditions?.some((c) => c.type === 'Progressing' && c.reason === 'ProgressDeadlineExceeded') === true)
    throw new Error(`deployment "${o.metadata.name}" exceeded its progress deadline`)
  return progress(o)
}

function rollbackPatch(object: Deployment, rs: ReplicaSet): unknown {
  const { [HASH_LABEL]: _hash, ...labels } = rs.spec?.template?.metadata?.labels ?? {}
  const template = { ...rs.spec?.template, metadata: { ...rs.spec?.template?.metadata, labels }, $patch: 'replace' }
  const annotations: Record<string, string> = { $patch: 'replace' }
  for (const [key, value] of Object.entries(object.metadata.annotations ?? {})) if (kept.includes(key)) annotations[key] = value
  for (const [key, value] of Object.entries(rs.metadata.annotations ?? {})) if (!kept.includes(key)) annotations[key] = value
  return { metadata: { annotations }, spec: { template } }
}

function revision(object: Deployment, rs: ReplicaSet): RolloutRevision {
  const changeCause = rs.metadata.annotations?.[CHANGE_CAUSE] ?? ''
  const template = rs.spec?.template
  const annotated =
    changeCause === ''
      ? template
      : {
          ...template,
          metadata: { ...template?.metadata, annotations: { ...template?.metadata?.annotations, [CHANGE_CAUSE]: changeCause } },
        }
  return { revision: revisionOf(rs), changeCause, template: annotated, object: rs, rollbackPatch: () => rollbackPatch(object, rs) }
}

export const rollout: RolloutCapability<Deployment> = {
  status,
  history: (object, reader) =>
    replicaSetsOf(object, reader)
      .filter((rs) => revisionOf(rs) > 0)
      .map((rs) => revision(object, rs))
      .sort((a, b) => a.revision - b.revision),
  pausable: true,
  restartable: true,
}
