/** The disruption controller: keeps the status of PodDisruptionBudgets, which the eviction API asks. */
import type { Pod } from '../../api/generated/types/core-v1.ts'
import type { PodDisruptionBudget } from '../../api/generated/types/policy-v1.ts'
import { type ApiObject, controllerOf, keyOf, splitKey } from '../../api/meta.ts'
import type { IndexedReader } from '../../api/reader.ts'
import { exactPairs, labelSelectorMatches, labelSelectorOf, matchesLabels } from '../../api/selectors.ts'
import type { ControllerDefinition, ObjectChange, ReconcileContext } from '../../client/contract.ts'
import { resourceOfKind } from '../known-resources.ts'
import { isFinished, isReady, timeOf } from '../pod-state.ts'
import { same } from '../same.ts'
import { DELETION_TIMEOUT_MS, planBudget } from './plan.ts'

function reconcile(key: string, context: ReconcileContext): void {
  const { namespace, name } = splitKey(key)
  const pdb = context.read.get('poddisruptionbudgets.policy', namespace, name)
  if (pdb === undefined) return
  const pods = podsOf(pdb, context.read)
  if (pods.length === 0) context.events.event(pdb, 'Normal', 'NoPods', 'No matching pods found')
  const scale = scaleOf(pdb, pods, context)
  if (scale === undefined) return
  const status = planBudget(pdb, pods, scale, context.nowMs)
  const waits = Object.values(status.disruptedPods ?? {}).map((at) => timeOf(at) + DELETION_TIMEOUT_MS - context.nowMs)
  if (waits.length > 0) context.again(Math.max(0, Math.min(...waits)))
  if (same(status, pdb.status)) return
  context.write.modify(
    'poddisruptionbudgets.policy',
    namespace,
    name,
    (draft) => {
      draft.status = status
    },
    'status',
  )
}

function podsOf(pdb: PodDisruptionBudget, read: IndexedReader): readonly Pod[] {
  const selector = labelSelectorOf(pdb.spec?.selector)
  const namespace = pdb.metadata.namespace ?? ''
  const [pair] = exactPairs(selector)
  const near = pair === undefined ? read.list('pods', namespace) : read.labelled('pods', namespace, pair[0], pair[1])
  return near.filter((p) => matchesLabels(selector, p.metadata.labels) && !isFinished(p))
}

/** What the controllers of these pods together want. Undefined after telling that some pod has none that can be scaled. */
function scaleOf(pdb: PodDisruptionBudget, pods: readonly Pod[], context: ReconcileContext): number | undefined {
  const owners = new Map<string, number>()
  const absolute = pdb.spec?.maxUnavailable === undefined && typeof pdb.spec?.minAvailable !== 'string'
  if (absolute) return pods.length
  const unmanaged: string[] = []
  for (const pod of pods) {
    const top = scaledOwner(pod, context.read)
    if (top === undefined) unmanaged.push(pod.metadata.name)
    else owners.set(top.metadata.uid ?? keyOf(top), top['spec']?.replicas ?? top['spec']?.parallelism ?? 1)
  }
  if (unmanaged.length > 0) {
    const text = `Pods selected by this PodDisruptionBudget (selector: ${selectorText(pdb)}) were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.`
    context.events.event(pdb, 'Warning', 'UnmanagedPods', text)
  }
  return [...owners.values()].reduce((a, b) => a + b, 0)
}

/** The selector as Go prints it. */
const selectorText = (pdb: PodDisruptionBudget): string => {
  const { matchLabels = {}, matchExpressions = [] } = pdb.spec?.selector ?? {}
  const labels = Object.entries(matchLabels).map(([k, v]) => `${k}: ${v},`)
  const expressions = matchExpressions.map(
    (e) => `LabelSelectorRequirement{Key:${e.key},Operator:${e.operator},Values:[${(e.values ?? []).join(' ')}],},`,
  )
  return `&LabelSelector{MatchLabels:map[string]string{${labels.join('')}},MatchExpressions:[]LabelSelectorRequirement{${expressions.join('')}},}`
}

/** A pod's ReplicaSet's Deployment, or its StatefulSet, ReplicationController … : whatever has replicas. */
function scaledOwner(pod: Pod, read: IndexedReader): ApiObject | undefined {
  let object: ApiObject = pod
  for (let depth = 0; depth < 3; depth++) {
    const ref = controllerOf(object)
    const known = ref && resourceOfKind(ref.apiVersion, ref.kind, read)
    const owner = known && (read.get(known.name, known.namespaced ? pod.metadata.namespace : undefined, ref.name) as ApiObject | undefined)
    if (owner === undefined) break
    object = owner
  }
  return object !== pod && (object['spec']?.replicas !== undefined || object['spec']?.parallelism !== undefined) ? object : undefined
}

function ofPod({ before, after }: ObjectChange, read: IndexedReader): readonly string[] {
  const [old, pod] = [before as Pod | undefined, after as Pod | undefined]
  const alike =
    old !== undefined &&
    pod !== undefined &&
    isReady(old) === isReady(pod) &&
    old.status?.phase === pod.status?.phase &&
    old.metadata.deletionTimestamp === pod.metadata.deletionTimestamp &&
    same(old.metadata.labels, pod.metadata.labels)
  if (alike) return []
  const { namespace } = (pod ?? old)!.metadata
  return read
    .list('poddisruptionbudgets.policy', namespace)
    .filter((pdb) => [old, pod].some((p) => p !== undefined && labelSelectorMatches(pdb.spec?.selector, p.metadata.labels)))
    .map(keyOf)
}

/** A scaled owner changes what its pods' budgets expect. */
function ofOwner({ before, after }: ObjectChange, read: IndexedReader): readonly string[] {
  if (before?.['spec']?.replicas === after?.['spec']?.replicas) return []
  return read.list('poddisruptionbudgets.policy', (after ?? before)!.metadata.namespace).map(keyOf)
}

export const disruptionController: ControllerDefinition = {
  name: 'disruption',
  component: 'controllermanager',
  watches: [
    { resource: 'poddisruptionbudgets.policy', own: true },
    { resource: 'pods', map: ofPod },
    ...(['deployments.apps', 'replicasets.apps', 'statefulsets.apps', 'replicationcontrollers'] as const).map((resource) => ({
      resource,
      map: ofOwner,
    })),
  ],
  reconcile,
}
