/** The DaemonSet controller: one pod on every node that fits. */
import { isApiError } from '../../api/errors.ts'
import type { DaemonSet } from '../../api/generated/types/apps-v1.ts'
import type { Node, Pod, PodSpec } from '../../api/generated/types/core-v1.ts'
import { splitKey } from '../../api/meta.ts'
import type { IndexedReader } from '../../api/reader.ts'
import { labelSelectorOf } from '../../api/selectors.ts'
import type { ControllerDefinition, ObjectChange, ReconcileContext } from '../../client/contract.ts'
import { claim, orphanIndex, watchOwned } from '../claim.ts'
import { createPod, deletePod, slowStart } from '../pod-batches.ts'
import { forgetRevisions, POD_REVISION, REVISION_HASH, type Suffix, settleRevision } from '../revisions.ts'
import { same } from '../same.ts'
import { podFromTemplate, podPrefix, templateSuffix } from '../template.ts'
import { type DaemonPlan, daemonTolerations, planDaemonSet } from './plan.ts'

/** Without a collision upstream passes no count at all. */
const named: Suffix = (template, _data, collisions) => templateSuffix(template, collisions === 0 ? undefined : collisions)

function reconcile(key: string, context: ReconcileContext): void {
  const { namespace, name } = splitKey(key)
  const set = context.read.get('daemonsets.apps', namespace, name)
  if (set?.spec === undefined) return
  const selector = labelSelectorOf(set.spec.selector)
  const owned = claim(context, 'controllerrevisions.apps', set, selector)
  const pods = claim(context, 'pods', set, selector)
  const settled = settleRevision(set, set.spec.template, owned, set.status?.collisionCount ?? 0, named, context)
  const hash = settled.current.metadata.labels?.[REVISION_HASH] ?? ''
  const plan = planDaemonSet({ set, nodes: context.read.list('nodes'), pods, hash, nowMs: context.nowMs })
  for (const { pod, node } of plan.failed) {
    if (!mayReplace(set, pod, node, context)) continue
    context.events.event(
      set,
      'Warning',
      'FailedDaemonPod',
      `Found failed daemon pod ${pod.metadata.namespace}/${pod.metadata.name} on node ${node}, will try to kill it`,
    )
    deletePod(context, set, pod)
  }
  for (const pod of plan.remove) deletePod(context, set, pod)
  const { error } = slowStart(plan.create.length, (i) => void createPod(context, set, podFor(set, plan.create[i]!, hash)))
  writeStatus(set, plan.status, context)
  const live = new Set([
    settled.current.metadata.name,
    ...settled.revisions
      .filter((r) => pods.some((p) => p.metadata.labels?.[POD_REVISION] === r.metadata.labels?.[REVISION_HASH]))
      .map((r) => r.metadata.name),
  ])
  forgetRevisions(settled.revisions, live, set.spec.revisionHistoryLimit ?? 10, context)
  if (plan.againMs !== undefined) context.again(plan.againMs)
  if (error !== undefined && !isApiError(error, 'NotFound')) throw error
}

const BACKOFF = 'failed-daemon-pods'
const BACKOFF_MS = 1_000
const MOST_BACKOFF_MS = 15 * 60_000

interface Backoff {
  readonly delayMs: number
  readonly updatedMs: number
}

/** Failed pods of one node are replaced ever more slowly (1 s to 15 min); asks to be called again where it is too early. */
function mayReplace(set: DaemonSet, pod: Pod, node: string, { cells, nowMs, again }: ReconcileContext): boolean {
  if (pod.status?.phase !== 'Failed') return true
  const key = `${set.metadata.uid}/${set.metadata.generation ?? 0}/${node}`
  const known = cells.get<Backoff>(BACKOFF, key)
  const entry = known !== undefined && nowMs - known.updatedMs <= 2 * MOST_BACKOFF_MS ? known : undefined
  if (entry !== undefined && nowMs - entry.updatedMs < entry.delayMs) {
    again(entry.updatedMs + entry.delayMs - nowMs)
    return false
  }
  const delayMs = entry === undefined ? BACKOFF_MS : Math.min(entry.delayMs * 2, MOST_BACKOFF_MS)
  cells.put(BACKOFF, key, { delayMs, updatedMs: nowMs } satisfies Backoff)
  return true
}

/** A daemon pod is for one node: by required affinity to the node's name, added to every term of its own. */
function podFor(set: DaemonSet, node: string, hash: string): Pod {
  const pod = podFromTemplate(set.spec!.template, set, { generateName: podPrefix(set.metadata.name) })
  const generation = set.metadata.annotations?.['deprecated.daemonset.template.generation']
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      labels: { ...pod.metadata.labels, [POD_REVISION]: hash, ...(generation !== undefined && { 'pod-template-generation': generation }) },
    },
    spec: { ...pod.spec!, tolerations: daemonTolerations(pod.spec!), affinity: affinityFor(pod.spec!, node) },
  }
}

function affinityFor(spec: PodSpec, node: string): NonNullable<PodSpec['affinity']> {
  const only = [{ key: 'metadata.name', operator: 'In' as const, values: [node] }]
  const own = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms
  // Upstream replaces the fields and keeps the expressions.
  const terms = own === undefined || own.length === 0 ? [{ matchFields: only }] : own.map((term) => ({ ...term, matchFields: only }))
  return {
    ...spec.affinity,
    nodeAffinity: { ...spec.affinity?.nodeAffinity, requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } },
  }
}

function writeStatus(set: DaemonSet, counts: DaemonPlan['status'], context: ReconcileContext): void {
  const { updatedNumberScheduled, numberAvailable, numberUnavailable, ...always } = counts
  const status = {
    ...always,
    ...(set.metadata.generation !== undefined && { observedGeneration: set.metadata.generation }),
    ...(updatedNumberScheduled > 0 && { updatedNumberScheduled }),
    ...(numberAvailable > 0 && { numberAvailable }),
    ...(numberUnavailable > 0 && { numberUnavailable }),
    ...(set.status?.collisionCount && { collisionCount: set.status.collisionCount }),
    ...(set.status?.conditions && { conditions: set.status.conditions }),
  }
  if (same(status, set.status)) return
  const write = (draft: DaemonSet): void => {
    draft.status = status
  }
  context.write.modify('daemonsets.apps', set.metadata.namespace, set.metadata.name, write, 'status')
}

/** Nodes that come, go, or change labels, taints or schedulability concern every DaemonSet. */
function everySet(change: ObjectChange, read: IndexedReader): readonly string[] {
  const [before, after] = [change.before as Node | undefined, change.after as Node | undefined]
  const alike =
    before !== undefined && after !== undefined && same(before.metadata.labels, after.metadata.labels) && same(before.spec, after.spec)
  return alike ? [] : read.list('daemonsets.apps').map((d) => `${d.metadata.namespace}/${d.metadata.name}`)
}

export const daemonSetController: ControllerDefinition = {
  name: 'daemon-set',
  component: 'daemonset-controller',
  watches: [
    { resource: 'daemonsets.apps', own: true },
    ...watchOwned('pods', 'DaemonSet', 'daemonsets.apps'),
    { resource: 'nodes', map: everySet },
  ],
  indexes: [orphanIndex('pods'), orphanIndex('controllerrevisions.apps')],
  reconcile,
}
