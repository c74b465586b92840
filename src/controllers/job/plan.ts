/**
 * A Job's decision: what newly finished pods add to its counts, whether it is complete or failed, and which pods to start or end.
 * Models upstream's syncJob with finalizer tracking: a pod counts once, when its tracking finalizer is taken away.
 */
import type { Job, JobCondition, JobStatus } from '../../api/generated/types/batch-v1.ts'
import type { Pod } from '../../api/generated/types/core-v1.ts'
import { formatTime } from '../../api/rfc3339.ts'
import { isActive, isReady, restarts, timeOf } from '../pod-state.ts'
import { askPolicy, type PolicyAnswer } from './failure-policy.ts'
import { formatIndexes, indexOf, parseIndexes } from './indexes.ts'
import { extendStreak, failureBackoff, indexFailures, pendingIndexes, type Streak } from './pace.ts'

export const TRACKING = 'batch.kubernetes.io/job-tracking'

export interface JobInput {
  readonly job: Job
  /** Pods it controls. */
  readonly pods: readonly Pod[]
  /** Failures in a row before these pods. */
  readonly streak: Streak | undefined
  readonly nowMs: number
}

export interface JobEvent {
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
}

export interface PodToMake {
  /** Of an Indexed Job. */
  readonly index?: number
  readonly failures?: number
}

export interface JobPlan {
  readonly status: JobStatus
  readonly events: readonly JobEvent[]
  readonly create: readonly PodToMake[]
  readonly remove: readonly Pod[]
  /** Finished pods whose finalizer goes once the status is written. */
  readonly release: readonly Pod[]
  readonly streak: Streak
  readonly againMs?: number
}

export const hasCondition = (job: Job, type: string): boolean =>
  job.status?.conditions?.some((c) => c.type === type && c.status === 'True') === true
export const isFinishedJob = (job: Job): boolean => hasCondition(job, 'Complete') || hasCondition(job, 'Failed')
export const isIndexed = (job: Job): boolean => job.spec?.completionMode === 'Indexed'

interface Verdict {
  readonly type: 'FailureTarget' | 'SuccessCriteriaMet'
  readonly reason: string
  readonly message: string
}

/** Everything the decision looks at, with newly finished pods already counted. */
interface Facts {
  readonly job: Job
  readonly active: readonly Pod[]
  readonly terminating: number
  readonly release: readonly Pod[]
  readonly failedPods: readonly Pod[]
  readonly streak: Streak
  readonly succeeded: number
  readonly failed: number
  readonly succeededIndexes: Set<number>
  readonly failedIndexes: Set<number>
  readonly failJob: string | undefined
  readonly nowMs: number
}

export function planJob(input: JobInput): JobPlan {
  const { job, nowMs } = input
  const facts = gather(input)
  if (isFinishedJob(job)) return { status: job.status!, events: [], create: [], remove: [], release: facts.release, streak: facts.streak }
  const events: JobEvent[] = []
  let conditions: readonly JobCondition[] = job.status?.conditions ?? []
  const suspended = job.spec?.suspend === true
  const startTime = job.status?.startTime ?? (suspended ? undefined : formatTime(nowMs))
  const standing = standingVerdict(conditions)
  const verdict = standing ?? judge(facts, startTime)
  let create: readonly PodToMake[] = []
  let remove: readonly Pod[] = []
  let againMs: number | undefined
  let started = startTime
  if (verdict !== undefined) {
    remove = facts.active
    if (standing === undefined) conditions = [...conditions, condition(verdict.type, 'True', verdict.reason, verdict.message, nowMs)]
  } else {
    const pause = suspension(job, conditions, nowMs)
    conditions = pause.conditions
    events.push(...pause.events)
    if (suspended) started = undefined
    else if (pause.resumed) started = formatTime(nowMs)
    ;({ create, remove, againMs } = suspended ? { create: [], remove: facts.active, againMs: undefined } : population(facts))
  }
  const active = facts.active.length - remove.length
  const done = verdict !== undefined && active === 0 && facts.terminating + remove.length === 0 ? verdict : undefined
  if (done !== undefined) {
    const end = ending(done)
    conditions = [...conditions, condition(end.type, 'True', done.reason, done.message, nowMs)]
    events.push(end.event)
  }
  const deadline = verdict === undefined && started !== undefined && !suspended ? deadlineMs(job, started, nowMs) : undefined
  const wake = [againMs, deadline].filter((ms) => ms !== undefined)
  return {
    status: statusOf(facts, conditions, started, { remove: remove.length, complete: done?.type === 'SuccessCriteriaMet' }),
    events,
    create,
    remove,
    release: facts.release,
    streak: facts.streak,
    ...(wake.length > 0 && { againMs: Math.min(...wake) }),
  }
}

const condition = (type: string, status: string, reason: string, message: string, nowMs: number): JobCondition => ({
  type,
  status,
  lastProbeTime: formatTime(nowMs),
  lastTransitionTime: formatTime(nowMs),
  reason,
  message,
})

function standingVerdict(conditions: readonly JobCondition[]): Verdict | undefined {
  const c = conditions.find((x) => (x.type === 'FailureTarget' || x.type === 'SuccessCriteriaMet') && x.status === 'True')
  return c === undefined ? undefined : { type: c.type as Verdict['type'], reason: c.reason ?? '', message: c.message ?? '' }
}

const ending = (v: Verdict): { type: string; event: JobEvent } =>
  v.type === 'SuccessCriteriaMet'
    ? { type: 'Complete', event: { type: 'Normal', reason: 'Completed', message: 'Job completed' } }
    : { type: 'Failed', event: { type: 'Warning', reason: v.reason, message: v.message } }

function gather({ job, pods, streak, nowMs }: JobInput): Facts {
  const onlyFailed = job.spec?.podReplacementPolicy === 'Failed' || job.spec?.podFailurePolicy !== undefined
  const completions = job.spec?.completions ?? 0
  const succeededIndexes = parseIndexes(job.status?.completedIndexes, completions)
  const failedIndexes = parseIndexes(job.status?.failedIndexes, completions)
  const release: Pod[] = []
  let { succeeded = 0, failed = 0 } = job.status ?? {}
  let failJob: string | undefined
  for (const pod of pods) {
    const succeededPod = pod.status?.phase === 'Succeeded'
    const failedPod = pod.status?.phase === 'Failed' || (!succeededPod && !onlyFailed && pod.metadata.deletionTimestamp !== undefined)
    if (!succeededPod && !failedPod) continue
    const answer: PolicyAnswer | undefined = failedPod ? askPolicy(pod, job.spec?.podFailurePolicy?.rules ?? []) : undefined
    if (answer?.action === 'FailJob') failJob ??= answer.message
    if (!pod.metadata.finalizers?.includes(TRACKING)) continue
    release.push(pod)
    const index = indexOf(pod)
    if (succeededPod) {
      if (isIndexed(job) && (beyond(job, index) || succeededIndexes.has(index!))) continue
      succeeded++
      if (index !== undefined) succeededIndexes.add(index)
    } else if (answer?.action !== 'Ignore' && !beyond(job, index)) {
      failed++
      if (index !== undefined && exhausted(job, pod, answer)) failedIndexes.add(index)
    }
  }
  return {
    job,
    active: pods.filter(isActive),
    terminating: pods.filter(
      (p) => p.metadata.deletionTimestamp !== undefined && p.status?.phase !== 'Succeeded' && p.status?.phase !== 'Failed',
    ).length,
    release,
    failedPods: pods.filter((p) => p.status?.phase === 'Failed'),
    streak: extendStreak(streak, release),
    succeeded: isIndexed(job) ? succeededIndexes.size : succeeded,
    failed,
    succeededIndexes,
    failedIndexes,
    failJob,
    nowMs,
  }
}

/** An index that an Indexed Job no longer has, or none: its pods are not counted. */
const beyond = (job: Job, index: number | undefined): boolean =>
  isIndexed(job) && (index === undefined || index >= (job.spec?.completions ?? 0))

/** Whether an index has used up its own back-off limit, or a rule gives it up. */
const exhausted = (job: Job, pod: Pod, answer: PolicyAnswer | undefined): boolean =>
  job.spec?.backoffLimitPerIndex !== undefined && (answer?.action === 'FailIndex' || indexFailures(pod) >= job.spec.backoffLimitPerIndex)

const failure = (reason: string, message: string): Verdict => ({ type: 'FailureTarget', reason, message })

function judge(f: Facts, startTime: string | undefined): Verdict | undefined {
  const spec = f.job.spec!
  if (f.failJob !== undefined) return failure('PodFailurePolicy', f.failJob)
  const limit = spec.backoffLimit ?? 6
  const restarted = spec.template.spec?.restartPolicy === 'OnFailure' ? f.active.reduce((n, p) => n + restarts(p), 0) : 0
  if (f.failed > limit || (restarted > 0 && restarted >= limit))
    return failure('BackoffLimitExceeded', 'Job has reached the specified backoff limit')
  const late =
    spec.activeDeadlineSeconds !== undefined &&
    startTime !== undefined &&
    spec.suspend !== true &&
    f.nowMs >= timeOf(startTime) + spec.activeDeadlineSeconds * 1000
  if (late) return failure('DeadlineExceeded', 'Job was active longer than specified deadline')
  return judgeIndexes(f) ?? judgeCompletion(f)
}

function judgeIndexes(f: Facts): Verdict | undefined {
  const spec = f.job.spec!
  if (!isIndexed(f.job)) return undefined
  if (spec.backoffLimitPerIndex !== undefined) {
    if (spec.maxFailedIndexes !== undefined && f.failedIndexes.size > spec.maxFailedIndexes)
      return failure('MaxFailedIndexesExceeded', 'Job has exceeded the specified maximal number of failed indexes')
    if (f.failedIndexes.size > 0 && f.failedIndexes.size + f.succeededIndexes.size >= (spec.completions ?? 0))
      return failure('FailedIndexes', 'Job has failed indexes')
  }
  for (const [i, rule] of (spec.successPolicy?.rules ?? []).entries()) {
    const among = rule.succeededIndexes === undefined ? undefined : parseIndexes(rule.succeededIndexes, spec.completions ?? 0)
    const met = among === undefined ? f.succeededIndexes.size : [...among].filter((x) => f.succeededIndexes.has(x)).length
    if (met >= (rule.succeededCount ?? among?.size ?? Number.POSITIVE_INFINITY))
      return { type: 'SuccessCriteriaMet', reason: 'SuccessPolicy', message: `Matched rules at index ${i}` }
  }
  return undefined
}

function judgeCompletion(f: Facts): Verdict | undefined {
  const { completions } = f.job.spec!
  const done = completions === undefined ? f.succeeded > 0 && f.active.length === 0 : f.succeeded >= completions
  return done
    ? { type: 'SuccessCriteriaMet', reason: 'CompletionsReached', message: 'Reached expected number of succeeded pods' }
    : undefined
}

function suspension(
  job: Job,
  conditions: readonly JobCondition[],
  nowMs: number,
): { conditions: readonly JobCondition[]; events: JobEvent[]; resumed: boolean } {
  const now = conditions.find((c) => c.type === 'Suspended')
  const replace = (status: string, reason: string, message: string): readonly JobCondition[] => {
    const next = condition('Suspended', status, reason, message, nowMs)
    return now === undefined ? [...conditions, next] : conditions.map((c) => (c === now ? next : c))
  }
  if (job.spec?.suspend === true && now?.status !== 'True')
    return {
      conditions: replace('True', 'JobSuspended', 'Job suspended'),
      events: [{ type: 'Normal', reason: 'Suspended', message: 'Job suspended' }],
      resumed: false,
    }
  if (job.spec?.suspend !== true && now?.status === 'True')
    return {
      conditions: replace('False', 'JobResumed', 'Job resumed'),
      events: [{ type: 'Normal', reason: 'Resumed', message: 'Job resumed' }],
      resumed: true,
    }
  return { conditions, events: [], resumed: false }
}

/** kube-controller-manager's MaxPodCreateDeletePerSync: the new pods' own events bring the next ones. */
const MAX_PODS_PER_SYNC = 500

/** How many pods there should be: what is left to complete, at most `parallelism` at a time, after failures only when the back-off is over. */
function population(f: Facts): { create: readonly PodToMake[]; remove: readonly Pod[]; againMs: number | undefined } {
  const spec = f.job.spec!
  const parallelism = spec.parallelism ?? 1
  const left =
    spec.completions === undefined
      ? f.succeeded > 0
        ? f.active.length
        : parallelism
      : spec.completions - f.succeeded - f.failedIndexes.size
  const wanted = Math.max(0, Math.min(left, parallelism))
  const remove = surplus(f, f.active.length - wanted)
  if (remove.length > 0) return { create: [], remove, againMs: undefined }
  const held = spec.podReplacementPolicy === 'Failed' || spec.podFailurePolicy !== undefined ? f.terminating : 0
  const missing = Math.min(wanted - f.active.length - held, MAX_PODS_PER_SYNC)
  if (missing <= 0) return { create: [], remove: [], againMs: undefined }
  if (isIndexed(f.job)) return pendingIndexes(f, missing)
  const waitMs = failureBackoff(f.streak, f.nowMs)
  return waitMs > 0
    ? { create: [], remove: [], againMs: waitMs }
    : { create: new Array<PodToMake>(missing).fill({}), remove: [], againMs: undefined }
}

/** The pods to end: of an Indexed Job first those whose index it no longer has or has twice; then the unready and the newest. */
function surplus(f: Facts, atLeast: number): readonly Pod[] {
  const seen = new Set<number>()
  const rest: Pod[] = []
  const unwanted: Pod[] = []
  for (const pod of f.active) {
    const index = isIndexed(f.job) ? indexOf(pod) : undefined
    const twice = index !== undefined && seen.has(index)
    if (index !== undefined) seen.add(index)
    ;(twice || beyond(f.job, index) ? unwanted : rest).push(pod)
  }
  const order = [...rest].sort(
    (a, b) => Number(isReady(a)) - Number(isReady(b)) || timeOf(b.metadata.creationTimestamp) - timeOf(a.metadata.creationTimestamp),
  )
  return [...unwanted, ...order.slice(0, Math.max(0, atLeast - unwanted.length))]
}

function deadlineMs(job: Job, startTime: string, nowMs: number): number | undefined {
  const seconds = job.spec?.activeDeadlineSeconds
  return seconds === undefined ? undefined : Math.max(0, timeOf(startTime) + seconds * 1000 - nowMs)
}

function statusOf(
  f: Facts,
  conditions: readonly JobCondition[],
  startTime: string | undefined,
  now: { remove: number; complete: boolean },
): JobStatus {
  const active = f.active.length - now.remove
  const completedIndexes = formatIndexes(f.succeededIndexes)
  return {
    ...(conditions.length > 0 && { conditions: [...conditions] }),
    ...(startTime !== undefined && { startTime }),
    ...(now.complete && { completionTime: formatTime(f.nowMs) }),
    ...(active > 0 && { active }),
    ...(f.succeeded > 0 && { succeeded: f.succeeded }),
    ...(f.failed > 0 && { failed: f.failed }),
    terminating: f.terminating,
    ...(isIndexed(f.job) && completedIndexes !== '' && { completedIndexes }),
    ...(f.job.spec?.backoffLimitPerIndex !== undefined && { failedIndexes: formatIndexes(f.failedIndexes) }),
    uncountedTerminatedPods: {},
    ready: f.active.filter(isReady).length,
  }
}
