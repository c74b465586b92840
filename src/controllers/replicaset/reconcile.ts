/** One reconcile of a set of identical pods: ReplicaSets and ReplicationControllers differ only in their resource and selector. */
import type { ApiError } from '../../api/errors.ts'
import { isApiError } from '../../api/errors.ts'
import type { Pod, PodTemplateSpec } from '../../api/generated/types/core-v1.ts'
import { type ApiObject, controllerOf, splitKey } from '../../api/meta.ts'
import { matchesLabels, type Selector } from '../../api/selectors.ts'
import type { ReconcileContext } from '../../client/contract.ts'
import { claim, hasOrphans } from '../claim.ts'
import { createPod, deletePod, namespaceEnding, slowStart } from '../pod-batches.ts'
import { same } from '../same.ts'
import { podFromTemplate, podPrefix } from '../template.ts'
import { countReplicas, crowdOf, planReplicas, type ReplicaPlan, steadyPlan, withFailure } from './plan.ts'
import { podSorts } from './sorts.ts'

export interface ReplicaKind {
  readonly resource: 'replicasets.apps' | 'replicationcontrollers'
  readonly selector: (set: ApiObject) => Selector
  /** ReplicationControllers do not count terminating pods. */
  readonly countsTerminating: boolean
}

export function reconcileReplicas(kind: ReplicaKind, key: string, context: ReconcileContext): void {
  const { namespace, name } = splitKey(key)
  const set = context.read.get(kind.resource, namespace, name) as ApiObject | undefined
  if (set === undefined) return
  const template = set['spec'].template as PodTemplateSpec
  const plan = steady(kind, set, template, context) ?? planOf(kind, set, template, context)
  const outcome = set.metadata.deletionTimestamp === undefined ? carryOut(plan, set, template, context) : undefined
  writeStatus(kind, set, plan, outcome, context)
  if (plan.againMs !== undefined) context.again(plan.againMs)
  if (outcome !== undefined && !namespaceEnding(outcome.error)) throw outcome.error
}

/**
 * The plan of a set that has the pods it wants, all of its own and selected by it, with no orphan to adopt: numbers are enough for that, so
 * that the status of ten thousand pods does not cost a look at each whenever one changes. Undefined when each must be looked at.
 */
function steady(kind: ReplicaKind, set: ApiObject, template: PodTemplateSpec, context: ReconcileContext): ReplicaPlan | undefined {
  if ((set['spec'].minReadySeconds ?? 0) !== 0 || hasOrphans(context, 'pods', set)) return undefined
  const sorts = podSorts(context.read, set.metadata.uid ?? '')
  const selector = kind.selector(set)
  if (!sorts.every((s) => matchesLabels(selector, s.labels))) return undefined
  const counts = countReplicas(sorts, template.metadata?.labels ?? {})
  return counts.replicas === (set['spec'].replicas ?? 1) ? steadyPlan(counts) : undefined
}

function planOf(kind: ReplicaKind, set: ApiObject, template: PodTemplateSpec, context: ReconcileContext): ReplicaPlan {
  const pods = claim(context, 'pods', set, kind.selector(set))
  let crowd: ((nodeName: string) => number) | undefined
  return planReplicas({
    desired: set['spec'].replicas ?? 1,
    minReadySeconds: set['spec'].minReadySeconds ?? 0,
    generation: set.metadata.generation,
    templateLabels: template.metadata?.labels ?? {},
    pods,
    siblingsOnNode: (nodeName) => {
      crowd ??= crowdOf(siblings(kind, set, pods, context))
      return crowd(nodeName)
    },
    nowMs: context.nowMs,
  })
}

function siblings(kind: ReplicaKind, set: ApiObject, own: readonly Pod[], context: ReconcileContext): readonly (readonly Pod[])[] {
  const owner = controllerOf(set)
  if (owner === undefined) return [own]
  return context.read.ownedBy(kind.resource, owner.uid).map((s) => context.read.ownedBy('pods', (s as ApiObject).metadata.uid ?? ''))
}

interface Outcome {
  readonly reason: 'FailedCreate' | 'FailedDelete'
  readonly error: ApiError
}

function carryOut(plan: ReplicaPlan, set: ApiObject, template: PodTemplateSpec, context: ReconcileContext): Outcome | undefined {
  const { error } = slowStart(plan.create, () =>
    createPod(context, set, podFromTemplate(template, set, { generateName: podPrefix(set.metadata.name) })),
  )
  if (error !== undefined) return { reason: 'FailedCreate', error }
  for (const pod of plan.remove) {
    try {
      deletePod(context, set, pod)
    } catch (thrown) {
      if (!isApiError(thrown)) throw thrown
      return { reason: 'FailedDelete', error: thrown }
    }
  }
  return undefined
}

function writeStatus(kind: ReplicaKind, set: ApiObject, plan: ReplicaPlan, outcome: Outcome | undefined, context: ReconcileContext): void {
  const before = (set['status'] ?? {}) as Record<string, unknown> & { conditions?: never[] }
  const { terminatingReplicas, ...counts } = plan.counts
  const conditions = withFailure(before.conditions, outcome && { reason: outcome.reason, message: outcome.error.message }, context.nowMs)
  const status: Record<string, unknown> = {
    replicas: counts.replicas,
    ...(counts.fullyLabeledReplicas > 0 && { fullyLabeledReplicas: counts.fullyLabeledReplicas }),
    ...(counts.readyReplicas > 0 && { readyReplicas: counts.readyReplicas }),
    ...(counts.availableReplicas > 0 && { availableReplicas: counts.availableReplicas }),
    ...(kind.countsTerminating && { terminatingReplicas }),
    observedGeneration: set.metadata.generation,
    ...(conditions && { conditions }),
  }
  if (same(before, status)) return
  context.write.modify(
    kind.resource,
    set.metadata.namespace,
    set.metadata.name,
    (draft: ApiObject) => {
      draft['status'] = status
    },
    'status',
  )
}
