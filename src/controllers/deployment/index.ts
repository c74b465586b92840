/** The Deployment controller: carries out a plan's writes and tells of each scaling in an event. */
import { isApiError } from '../../api/errors.ts'
import type { Deployment, DeploymentStatus, ReplicaSet } from '../../api/generated/types/apps-v1.ts'
import { type ApiObject, controllerOf, splitKey } from '../../api/meta.ts'
import { labelSelectorOf } from '../../api/selectors.ts'
import type { ControllerDefinition, ObjectChange, ReconcileContext } from '../../client/contract.ts'
import { claim, orphanIndex, watchOwned } from '../claim.ts'
import { same } from '../same.ts'
import { sameTemplate } from '../template.ts'
import { type Change, type DeploymentPlan, planDeployment } from './plan.ts'
import { REVISION, ROLLBACK_TO, sizeOf } from './revisions.ts'
import { withCondition } from './status.ts'

function reconcile(key: string, context: ReconcileContext): void {
  const { namespace, name } = splitKey(key)
  const deployment = context.read.get('deployments.apps', namespace, name)
  if (deployment === undefined) return
  const sets = claim(context, 'replicasets.apps', deployment, labelSelectorOf(deployment.spec?.selector))
  const pods = () => sets.flatMap((rs) => context.read.ownedBy('pods', rs.metadata.uid ?? ''))
  const plan = planDeployment({ deployment, sets, pods, nowMs: context.nowMs })
  if (plan.rollback !== undefined) {
    rollBack(deployment, plan.rollback, context)
    return
  }
  if (plan.create !== undefined && !create(deployment, plan.create, context)) return
  for (const change of plan.changes) apply(deployment, change, context)
  for (const rs of plan.remove) context.write.delete('replicasets.apps', namespace, rs.metadata.name)
  writeStatus(deployment, plan.status, context, plan.revision)
  if (plan.againMs !== undefined) context.again(plan.againMs)
}

const scaled = (from: number, to: number): string => (to > from ? 'up' : 'down')

/** False when the name was taken: another round with a higher collision count will draw another. */
function create(d: Deployment, rs: ReplicaSet, context: ReconcileContext): boolean {
  try {
    const made = context.write.create('replicasets.apps', rs)
    if (sizeOf(made) > 0)
      context.events.event(d, 'Normal', 'ScalingReplicaSet', `Scaled up replica set ${made.metadata.name} from 0 to ${sizeOf(made)}`)
    return true
  } catch (error) {
    if (!isApiError(error)) throw error
    if (error.status.reason === 'AlreadyExists') return collided(d, rs, context)
    const text = {
      type: 'Progressing',
      status: 'False' as const,
      reason: 'ReplicaSetCreateError',
      message: `Failed to create new replica set "${rs.metadata.name}": ${error.message}`,
    }
    const conditions = withCondition(d.status?.conditions ?? [], text, context.nowMs)
    writeStatus(d, { ...d.status, conditions: [...conditions] }, context)
    throw error
  }
}

function collided(d: Deployment, rs: ReplicaSet, context: ReconcileContext): boolean {
  const there = context.read.get('replicasets.apps', rs.metadata.namespace, rs.metadata.name)
  const ours = there !== undefined && controllerOf(there)?.uid === d.metadata.uid && sameTemplate(there.spec?.template, rs.spec?.template)
  if (ours) return true
  writeStatus(d, { ...d.status, collisionCount: (d.status?.collisionCount ?? 0) + 1 }, context)
  context.again(0)
  return false
}

function apply(d: Deployment, change: Change, context: ReconcileContext): void {
  const { set } = change
  const from = sizeOf(set)
  const to = change.replicas ?? from
  context.write.modify('replicasets.apps', set.metadata.namespace, set.metadata.name, (draft) => {
    if (draft.spec === undefined) return
    draft.spec.replicas = to
    if (change.annotations !== undefined) draft.metadata.annotations = change.annotations
    if (change.minReadySeconds !== undefined && (draft.spec.minReadySeconds ?? 0) !== change.minReadySeconds)
      draft.spec.minReadySeconds = change.minReadySeconds
  })
  if (to !== from)
    context.events.event(
      d,
      'Normal',
      'ScalingReplicaSet',
      `Scaled ${scaled(from, to)} replica set ${set.metadata.name} from ${from} to ${to}`,
    )
}

function rollBack(d: Deployment, rollback: NonNullable<DeploymentPlan['rollback']>, context: ReconcileContext): void {
  const { to, revision } = rollback
  const template = to?.spec?.template
  const warn = (reason: string, message: string): void => context.events.event(d, 'Warning', reason, message)
  if (template === undefined)
    warn(
      'DeploymentRollbackRevisionNotFound',
      revision === 0 ? 'Unable to find last revision.' : 'Unable to find the revision to rollback to.',
    )
  else if (sameTemplate(template, d.spec?.template))
    warn(
      'DeploymentRollbackTemplateUnchanged',
      `The rollback revision contains the same template as current deployment "${d.metadata.name}"`,
    )
  else context.events.event(d, 'Normal', 'DeploymentRollback', `Rolled back deployment "${d.metadata.name}" to revision ${revision}`)
  context.write.modify('deployments.apps', d.metadata.namespace, d.metadata.name, (draft) => {
    delete draft.metadata.annotations?.[ROLLBACK_TO]
    if (template === undefined || sameTemplate(template, d.spec?.template)) return
    const { 'pod-template-hash': _hash, ...labels } = template.metadata?.labels ?? {}
    draft.spec!.template = { ...template, metadata: { ...template.metadata!, labels } } as never
  })
}

/** The revision annotation goes with the status, as upstream writes it: no new generation. */
function writeStatus(d: Deployment, status: DeploymentStatus, context: ReconcileContext, revision?: number): void {
  const numbered = revision === undefined || d.metadata.annotations?.[REVISION] === String(revision)
  if (numbered && same(d.status ?? {}, status)) return
  const write = (draft: Deployment): void => {
    draft.status = status
    if (!numbered) draft.metadata.annotations = { ...draft.metadata.annotations, [REVISION]: String(revision) }
  }
  context.write.modify('deployments.apps', d.metadata.namespace, d.metadata.name, write, 'status')
}

/** A pod that is gone may be what a Recreate rollout waits for. */
function ofDeletedPod(change: ObjectChange, read: ReconcileContext['read']): readonly string[] {
  if (change.after !== undefined || change.before === undefined) return []
  const owner = controllerOf(change.before)
  if (owner?.kind !== 'ReplicaSet') return []
  const set = read.get('replicasets.apps', change.before.metadata.namespace, owner.name) as ApiObject | undefined
  const top = set && controllerOf(set)
  if (top?.kind !== 'Deployment') return []
  const d = read.get('deployments.apps', change.before.metadata.namespace, top.name)
  return d?.spec?.strategy?.type === 'Recreate' ? [`${change.before.metadata.namespace}/${top.name}`] : []
}

export const deploymentController: ControllerDefinition = {
  name: 'deployment',
  watches: [
    { resource: 'deployments.apps', own: true },
    ...watchOwned('replicasets.apps', 'Deployment', 'deployments.apps'),
    { resource: 'pods', map: ofDeletedPod },
  ],
  indexes: [orphanIndex('replicasets.apps')],
  reconcile,
}
