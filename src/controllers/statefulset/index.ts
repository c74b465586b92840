/** The StatefulSet controller: pods with lasting names and claims, made and replaced in order. */
import { isApiError } from '../../api/errors.ts'
import type { ControllerRevision, StatefulSet } from '../../api/generated/types/apps-v1.ts'
import type { Pod, PodTemplateSpec } from '../../api/generated/types/core-v1.ts'
import { type ApiObject, splitKey } from '../../api/meta.ts'
import { labelSelectorOf } from '../../api/selectors.ts'
import type { ControllerDefinition, ReconcileContext } from '../../client/contract.ts'
import { claim, orphanIndex, watchOwned } from '../claim.ts'
import { forgetRevisions, POD_REVISION, type Suffix, settleRevision, templateOf } from '../revisions.ts'
import { same } from '../same.ts'
import { dataSuffix, podFromTemplate } from '../template.ts'
import { claimName, claimOwners, claimsFor } from './claims.ts'
import { ordinalOf, planStatefulSet, type Step } from './plan.ts'

const named: Suffix = (_template, data, collisions) => dataSuffix(data, collisions)

function reconcile(key: string, context: ReconcileContext): void {
  const { namespace, name } = splitKey(key)
  const set = context.read.get('statefulsets.apps', namespace, name)
  if (set?.spec === undefined) return
  const selector = labelSelectorOf(set.spec.selector)
  const owned = claim(context, 'controllerrevisions.apps', set, selector)
  const pods = claim(context, 'pods', set, selector).filter((p) => ordinalOf(set.metadata.name, p.metadata.name) >= 0)
  const settled = settleRevision(set, set.spec.template, owned, set.status?.collisionCount ?? 0, named, context)
  const update = settled.current
  const current = settled.revisions.find((r) => r.metadata.name === set.status?.currentRevision) ?? update
  const plan = planStatefulSet({
    set,
    pods,
    currentRevision: current.metadata.name,
    updateRevision: update.metadata.name,
    nowMs: context.nowMs,
  })
  ownClaims(set, pods, plan.condemned, context)
  let failure: unknown
  try {
    for (const step of plan.steps) take(set, step, settled.revisions, context)
  } catch (error) {
    if (!isApiError(error)) throw error
    failure = error
  }
  const { currentRevision, ...counts } = plan.status
  writeStatus(set, counts, { currentRevision, updateRevision: update.metadata.name, collisionCount: settled.collisions }, context)
  const live = new Set([
    currentRevision,
    current.metadata.name,
    update.metadata.name,
    ...pods.map((p) => p.metadata.labels?.[POD_REVISION] ?? ''),
  ])
  forgetRevisions(settled.revisions, live, set.spec.revisionHistoryLimit ?? 10, context)
  if (plan.againMs !== undefined) context.again(plan.againMs)
  if (failure !== undefined) throw failure
}

function take(set: StatefulSet, step: Step, revisions: readonly ControllerRevision[], context: ReconcileContext): void {
  if (step.do === 'create') {
    create(set, step.ordinal, revisions.find((r) => r.metadata.name === step.revision)!, context)
    return
  }
  const { pod } = step
  if (step.do === 'renew') {
    const failed = pod.status?.phase === 'Failed'
    const how = failed ? 'failed' : 'terminated'
    context.events.event(
      set,
      failed ? 'Warning' : 'Normal',
      failed ? 'RecreatingFailedPod' : 'RecreatingTerminatedPod',
      `StatefulSet ${set.metadata.namespace}/${set.metadata.name} is recreating ${how} Pod ${pod.metadata.name}`,
    )
  }
  telling(set, `Delete Pod ${pod.metadata.name}`, context, () => context.write.delete('pods', pod.metadata.namespace, pod.metadata.name))
}

/** Runs a step and tells of it: `Create Pod db-0 in StatefulSet db successful`, or how it failed. */
function telling<T>(set: StatefulSet, what: string, context: ReconcileContext, run: () => T, ok = 'successful'): T {
  const verb = what.slice(0, what.indexOf(' '))
  const told = `${what} in StatefulSet ${set.metadata.name}`
  try {
    const result = run()
    context.events.event(set, 'Normal', `Successful${verb}`, `${told} ${ok}`)
    return result
  } catch (error) {
    if (isApiError(error)) context.events.event(set, 'Warning', `Failed${verb}`, `${told} failed error: ${error.message}`)
    throw error
  }
}

function create(set: StatefulSet, ordinal: number, revision: ControllerRevision, context: ReconcileContext): void {
  const name = `${set.metadata.name}-${ordinal}`
  for (const wanted of claimsFor(set, ordinal)) {
    if (context.read.get('persistentvolumeclaims', wanted.metadata.namespace, wanted.metadata.name) !== undefined) continue
    telling(
      set,
      `Create Claim ${wanted.metadata.name} Pod ${name}`,
      context,
      () => context.write.create('persistentvolumeclaims', wanted),
      'success',
    )
  }
  telling(set, `Create Pod ${name}`, context, () => context.write.create('pods', podFor(set, ordinal, revision, templateOf(revision))))
}

function podFor(set: StatefulSet, ordinal: number, revision: ControllerRevision, template: PodTemplateSpec): Pod {
  const name = `${set.metadata.name}-${ordinal}`
  const pod = podFromTemplate(template, set, { name })
  const volumes = (set.spec?.volumeClaimTemplates ?? []).map((t) => ({
    name: t.metadata.name,
    persistentVolumeClaim: { claimName: claimName(t, set, ordinal) },
  }))
  const taken = new Set(volumes.map((v) => v.name))
  const rest = (pod.spec?.volumes ?? []).filter((v) => !taken.has(v.name))
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      labels: {
        ...pod.metadata.labels,
        'apps.kubernetes.io/pod-index': String(ordinal),
        [POD_REVISION]: revision.metadata.name,
        'statefulset.kubernetes.io/pod-name': name,
      },
    },
    spec: {
      ...pod.spec!,
      hostname: name,
      ...(set.spec?.serviceName && { subdomain: set.spec.serviceName }),
      ...(volumes.length + rest.length > 0 && { volumes: [...volumes, ...rest] }),
    },
  }
}

function ownClaims(set: StatefulSet, pods: readonly Pod[], condemned: readonly Pod[], context: ReconcileContext): void {
  if ((set.spec?.volumeClaimTemplates ?? []).length === 0) return
  for (const pod of pods)
    for (const template of set.spec!.volumeClaimTemplates!) {
      const name = claimName(template, set, ordinalOf(set.metadata.name, pod.metadata.name))
      const found = context.read.get('persistentvolumeclaims', set.metadata.namespace, name)
      const owners = found && claimOwners(found, set, pod, condemned.includes(pod))
      if (owners === undefined) continue
      context.write.modify('persistentvolumeclaims', set.metadata.namespace, name, (draft: ApiObject) => {
        if (owners.length > 0) draft.metadata.ownerReferences = owners
        else delete draft.metadata.ownerReferences
      })
    }
}

type Counts = Readonly<Record<'replicas' | 'readyReplicas' | 'availableReplicas' | 'currentReplicas' | 'updatedReplicas', number>>

function writeStatus(
  set: StatefulSet,
  counts: Counts,
  named: { currentRevision: string; updateRevision: string; collisionCount: number },
  context: ReconcileContext,
): void {
  const status = {
    ...(set.metadata.generation !== undefined && { observedGeneration: set.metadata.generation }),
    replicas: counts.replicas,
    ...(counts.readyReplicas > 0 && { readyReplicas: counts.readyReplicas }),
    ...(counts.currentReplicas > 0 && { currentReplicas: counts.currentReplicas }),
    ...(counts.updatedReplicas > 0 && { updatedReplicas: counts.updatedReplicas }),
    ...named,
    availableReplicas: counts.availableReplicas,
    ...(set.status?.conditions && { conditions: set.status.conditions }),
  }
  if (same(status, set.status)) return
  const write = (draft: StatefulSet): void => {
    draft.status = status
  }
  context.write.modify('statefulsets.apps', set.metadata.namespace, set.metadata.name, write, 'status')
}

export const statefulSetController: ControllerDefinition = {
  name: 'statefulset',
  watches: [{ resource: 'statefulsets.apps', own: true }, ...watchOwned('pods', 'StatefulSet', 'statefulsets.apps')],
  indexes: [orphanIndex('pods'), orphanIndex('controllerrevisions.apps')],
  reconcile,
}
