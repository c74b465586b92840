/** The Job controller: runs pods until enough succeeded or too many failed. Finished pods are counted a second after they end, in batches, as upstream does. */
import type { Job } from '../../api/generated/types/batch-v1.ts'
import type { Pod, PodSpec } from '../../api/generated/types/core-v1.ts'
import { type ApiObject, splitKey } from '../../api/meta.ts'
import { labelSelectorOf } from '../../api/selectors.ts'
import type { ControllerDefinition, ReconcileContext } from '../../client/contract.ts'
import { claim, orphanIndex, watchOwned } from '../claim.ts'
import { createPod, deletePod, slowStart } from '../pod-batches.ts'
import { same } from '../same.ts'
import { podFromTemplate } from '../template.ts'
import { INDEX_ANNOTATION } from './indexes.ts'
import { INDEX_FAILURES, type Streak } from './pace.ts'
import { isFinishedJob, type PodToMake, planJob, TRACKING } from './plan.ts'

const BATCH_MS = 1000
const BATCH = 'job-batch'
const STREAK = 'job-streak'

function reconcile(key: string, context: ReconcileContext): void {
  const { namespace, name } = splitKey(key)
  const job = context.read.get('jobs.batch', namespace, name)
  if (job?.spec === undefined) return
  // Another controller's Job (spec.managedBy) is none of ours.
  if (job.spec.managedBy !== undefined && job.spec.managedBy !== 'kubernetes.io/job-controller') return
  const pods = claim(context, 'pods', job, labelSelectorOf(job.spec.selector))
  if (waitsForMore(job, pods, context)) return
  const uid = job.metadata.uid ?? ''
  const plan = planJob({ job, pods, streak: context.cells.get<Streak>(STREAK, uid), nowMs: context.nowMs })
  if (job.metadata.deletionTimestamp !== undefined) {
    releaseAll(plan.release, context)
    return
  }
  for (const pod of plan.remove) deletePod(context, job, pod)
  const { error } = slowStart(plan.create.length, (i) => {
    createPod(context, job, podFor(job, plan.create[i]!))
  })
  if (!same(plan.status, job.status)) writeStatus(job, plan.status, context)
  releaseAll(plan.release, context)
  keepStreak(uid, plan.streak, isFinishedJob({ ...job, status: plan.status }), context)
  for (const e of plan.events) context.events.event(job, e.type, e.reason, e.message)
  if (plan.againMs !== undefined) context.again(plan.againMs)
  if (error !== undefined) throw error
}

function writeStatus(job: Job, status: Job['status'], context: ReconcileContext): void {
  const write = (draft: Job): void => {
    if (status !== undefined) draft.status = status
  }
  context.write.modify('jobs.batch', job.metadata.namespace, job.metadata.name, write, 'status')
}

/** Pods that have just ended wait a second for others, so that many endings make one status. */
function waitsForMore(job: Job, pods: readonly Pod[], context: ReconcileContext): boolean {
  const uid = job.metadata.uid ?? ''
  const ended = pods.some(
    (p) => p.metadata.finalizers?.includes(TRACKING) && (p.status?.phase === 'Succeeded' || p.status?.phase === 'Failed'),
  )
  const due = context.cells.get<number>(BATCH, uid)
  if (!ended || isFinishedJob(job)) {
    if (due !== undefined) context.cells.delete(BATCH, uid)
    return false
  }
  if (due !== undefined && context.nowMs >= due) {
    context.cells.delete(BATCH, uid)
    return false
  }
  if (due === undefined) context.cells.put(BATCH, uid, context.nowMs + BATCH_MS)
  context.again(due === undefined ? BATCH_MS : due - context.nowMs)
  return true
}

function keepStreak(uid: string, streak: Streak, finished: boolean, context: ReconcileContext): void {
  if (finished || streak.failures === 0) {
    if (context.cells.get(STREAK, uid) !== undefined) context.cells.delete(STREAK, uid)
  } else if (!same(context.cells.get(STREAK, uid), streak)) context.cells.put(STREAK, uid, streak)
}

function releaseAll(pods: readonly Pod[], context: ReconcileContext): void {
  for (const pod of pods) {
    if (!pod.metadata.finalizers?.includes(TRACKING)) continue
    context.write.modify('pods', pod.metadata.namespace, pod.metadata.name, (draft: ApiObject) => {
      const rest = (draft.metadata.finalizers ?? []).filter((f) => f !== TRACKING)
      if (rest.length > 0) draft.metadata.finalizers = rest
      else delete draft.metadata.finalizers
    })
  }
}

function podFor(job: Job, wanted: PodToMake): Pod {
  const { index } = wanted
  const base = podFromTemplate(job.spec!.template, job, {
    generateName: index === undefined ? `${job.metadata.name}-` : `${job.metadata.name}-${index}-`,
  })
  const metadata = { ...base.metadata, finalizers: [...(base.metadata.finalizers ?? []), TRACKING] }
  if (index === undefined) return { ...base, metadata }
  return {
    ...base,
    metadata: {
      ...metadata,
      labels: { ...metadata.labels, [INDEX_ANNOTATION]: String(index) },
      annotations: {
        ...metadata.annotations,
        [INDEX_ANNOTATION]: String(index),
        ...(wanted.failures !== undefined && { [INDEX_FAILURES]: String(wanted.failures) }),
      },
    },
    spec: withIndex(base.spec!, job, index),
  }
}

/** JOB_COMPLETION_INDEX for every container, and a hostname that tells the index. */
function withIndex(spec: PodSpec, job: Job, index: number): PodSpec {
  const env = {
    name: 'JOB_COMPLETION_INDEX',
    valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: `metadata.labels['${INDEX_ANNOTATION}']` } },
  }
  const add = <C extends { env?: { name: string }[] }>(c: C): C =>
    c.env?.some((e) => e.name === env.name) ? c : { ...c, env: [...(c.env ?? []), env] }
  return {
    ...spec,
    containers: spec.containers.map(add),
    ...(spec.initContainers && { initContainers: spec.initContainers.map(add) }),
    hostname: `${job.metadata.name}-${index}`.slice(0, 63),
  }
}

export const jobController: ControllerDefinition = {
  name: 'job',
  watches: [{ resource: 'jobs.batch', own: true }, ...watchOwned('pods', 'Job', 'jobs.batch')],
  indexes: [orphanIndex('pods')],
  reconcile,
}
