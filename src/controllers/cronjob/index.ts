/** The CronJob controller: makes Jobs on time, keeps track of those that run, and tidies away the old ones. */
import { isApiError } from '../../api/errors.ts'
import type { CronJob, Job } from '../../api/generated/types/batch-v1.ts'
import type { ObjectReference } from '../../api/generated/types/core-v1.ts'
import { controllerOf, splitKey } from '../../api/meta.ts'
import { formatTime } from '../../api/rfc3339.ts'
import type { ControllerDefinition, ReconcileContext } from '../../client/contract.ts'
import { controllerRef } from '../../client/ownership.ts'
import { isFinishedJob } from '../job/plan.ts'
import { timeOf } from '../pod-state.ts'
import { same } from '../same.ts'
import { jobName, missedText, planSchedule } from './plan.ts'

const SCHEDULED_AT = 'batch.kubernetes.io/cronjob-scheduled-timestamp'

const refTo = (job: Job): ObjectReference => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  name: job.metadata.name,
  namespace: job.metadata.namespace!,
  resourceVersion: job.metadata.resourceVersion!,
  uid: job.metadata.uid!,
})

function reconcile(key: string, context: ReconcileContext): void {
  const { namespace, name } = splitKey(key)
  const cron = context.read.get('cronjobs.batch', namespace, name)
  if (cron === undefined) return
  const jobs = context.read.ownedBy('jobs.batch', cron.metadata.uid ?? '').filter((j) => controllerOf(j)?.uid === cron.metadata.uid)
  const run = new Run(cron, jobs, context)
  run.takeStock()
  tidy(cron, jobs, context)
  if (cron.metadata.deletionTimestamp === undefined && cron.spec.suspend !== true) run.start()
  run.save()
}

/** One look at a CronJob: what is active, and the status to write. */
class Run {
  readonly #cron: CronJob
  readonly #jobs: readonly Job[]
  readonly #context: ReconcileContext
  #active: ObjectReference[]
  #lastSchedule: string | undefined
  #lastSuccess: string | undefined

  constructor(cron: CronJob, jobs: readonly Job[], context: ReconcileContext) {
    this.#cron = cron
    this.#jobs = jobs
    this.#context = context
    this.#active = [...(cron.status?.active ?? [])]
    this.#lastSchedule = cron.status?.lastScheduleTime
    this.#lastSuccess = cron.status?.lastSuccessfulTime
  }

  #say(type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#context.events.event(this.#cron, type, reason, message)
  }

  /** Compares what it thinks is running with what is. */
  takeStock(): void {
    const children = new Set(this.#jobs.map((j) => j.metadata.uid))
    for (const job of this.#jobs) {
      const listed = this.#active.some((r) => r.uid === job.metadata.uid)
      const finished = isFinishedJob(job)
      if (!listed && !finished) {
        // A Job made by hand from this CronJob, for instance.
        this.#say('Warning', 'UnexpectedJob', `Saw a job that the controller did not create or forgot: ${job.metadata.name}`)
      } else if (listed && finished) {
        const failed = job.status?.conditions?.some((c) => c.type === 'Failed' && c.status === 'True') === true
        this.#active = this.#active.filter((r) => r.uid !== job.metadata.uid)
        this.#say('Normal', 'SawCompletedJob', `Saw completed job: ${job.metadata.name}, condition: ${failed ? 'Failed' : 'Complete'}`)
      }
      const done = job.status?.completionTime
      const complete = job.status?.conditions?.some((c) => c.type === 'Complete' && c.status === 'True') === true
      if (complete && done !== undefined && timeOf(done) > timeOf(this.#lastSuccess)) this.#lastSuccess = done
    }
    for (const ref of [...this.#active]) {
      if (children.has(ref.uid)) continue
      this.#active = this.#active.filter((r) => r !== ref)
      this.#say('Normal', 'MissingJob', `Active job went missing: ${ref.name}`)
    }
  }

  start(): void {
    const { nowMs, again } = this.#context
    const due = planSchedule(this.#cron, nowMs)
    if (due.warning !== undefined) this.#say('Warning', due.warning.reason, due.warning.message)
    if (due.nextMs !== undefined) again(due.nextMs - nowMs)
    if (due.missedMs !== undefined) this.#say('Warning', 'MissSchedule', missedText(due.missedMs))
    if (due.startMs === undefined) return
    if (this.#cron.spec.concurrencyPolicy === 'Forbid' && this.#active.length > 0) {
      this.#say('Normal', 'JobAlreadyActive', 'Not starting job because prior execution is running and concurrency policy is Forbid')
      return
    }
    if (this.#cron.spec.concurrencyPolicy === 'Replace') this.#replaceActive()
    this.#create(due.startMs)
  }

  #replaceActive(): void {
    for (const ref of this.#active) {
      try {
        this.#context.write.delete('jobs.batch', ref.namespace, ref.name!, { propagationPolicy: 'Background' })
        this.#say('Normal', 'SuccessfulDelete', `Deleted job ${ref.name}`)
      } catch (error) {
        if (!isApiError(error)) throw error
        if (error.status.reason !== 'NotFound') this.#say('Warning', 'FailedDelete', `Deleted job: ${error.message}`)
      }
    }
    this.#active = []
  }

  #create(startMs: number): void {
    try {
      const job = this.#context.write.create('jobs.batch', jobFor(this.#cron, startMs))
      this.#active.push(refTo(job))
      this.#say('Normal', 'SuccessfulCreate', `Created job ${job.metadata.name}`)
    } catch (error) {
      if (!isApiError(error)) throw error
      if (error.status.reason !== 'AlreadyExists') {
        this.#say('Warning', 'FailedCreate', `Error creating job: ${error.message}`)
        throw error
      }
    }
    this.#lastSchedule = formatTime(startMs)
  }

  save(): void {
    const status = {
      ...(this.#active.length > 0 && { active: this.#active }),
      ...(this.#lastSchedule !== undefined && { lastScheduleTime: this.#lastSchedule }),
      ...(this.#lastSuccess !== undefined && { lastSuccessfulTime: this.#lastSuccess }),
    }
    if (same(status, this.#cron.status ?? {})) return
    const write = (draft: CronJob): void => {
      draft.status = status
    }
    this.#context.write.modify('cronjobs.batch', this.#cron.metadata.namespace, this.#cron.metadata.name, write, 'status')
  }
}

function jobFor(cron: CronJob, startMs: number): Job {
  const template = cron.spec.jobTemplate
  const { labels, annotations } = template.metadata ?? {}
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: jobName(cron, startMs),
      namespace: cron.metadata.namespace!,
      ...(labels && { labels: { ...labels } }),
      annotations: { ...annotations, [SCHEDULED_AT]: formatTime(startMs) },
      ownerReferences: [controllerRef(cron)],
    },
    spec: template.spec!,
  }
}

/** Deletes finished Jobs beyond the history limits, the oldest first. */
function tidy(cron: CronJob, jobs: readonly Job[], context: ReconcileContext): void {
  const finished = (type: string): Job[] =>
    jobs
      .filter((j) => j.status?.conditions?.some((c) => c.type === type && c.status === 'True'))
      .sort((a, b) => timeOf(a.status?.startTime) - timeOf(b.status?.startTime) || (a.metadata.name < b.metadata.name ? -1 : 1))
  const cut = (list: Job[], limit: number | undefined): void => {
    if (limit === undefined) return
    for (const job of list.slice(0, Math.max(0, list.length - limit))) {
      context.write.delete('jobs.batch', job.metadata.namespace, job.metadata.name, { propagationPolicy: 'Background' })
      context.events.event(cron, 'Normal', 'SuccessfulDelete', `Deleted job ${job.metadata.name}`)
    }
  }
  cut(finished('Complete'), cron.spec.successfulJobsHistoryLimit)
  cut(finished('Failed'), cron.spec.failedJobsHistoryLimit)
}

export const cronJobController: ControllerDefinition = {
  name: 'cronjob',
  watches: [
    { resource: 'cronjobs.batch', own: true },
    { resource: 'jobs.batch', owner: 'CronJob' },
  ],
  reconcile,
}
