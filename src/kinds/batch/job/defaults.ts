/**
 * What a Job is given where it says nothing, and the selector and labels that are drawn from its uid at creation
 * (upstream's SetDefaults_Job and the job strategy's generateSelector).
 */
import type { Job, JobSpec } from '../../../api/generated/types/batch-v1.ts'
import { specWithTemplate } from '../../apps/workload.ts'

export const CONTROLLER_UID = 'batch.kubernetes.io/controller-uid'
const JOB_NAME = 'batch.kubernetes.io/job-name'
export const LEGACY_CONTROLLER_UID = 'controller-uid'
const LEGACY_JOB_NAME = 'job-name'
const MAX_INT32 = 2_147_483_647

export function setDefaults(object: Job): void {
  const spec = specWithTemplate<JobSpec>(object)
  if (spec.parallelism === undefined) spec.completions ??= 1
  spec.parallelism ??= 1
  spec.backoffLimit ??= spec.backoffLimitPerIndex === undefined ? 6 : MAX_INT32
  spec.completionMode ??= 'NonIndexed'
  spec.suspend ??= false
  spec.manualSelector ??= false
  spec.podReplacementPolicy ??= spec.podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed'
  for (const rule of spec.podFailurePolicy?.rules ?? []) for (const pattern of rule.onPodConditions ?? []) pattern.status ||= 'True'
  object.status ??= {}
}

/** Unless the Job brings its own selector: pods are known by the Job's uid. A Job without labels shows its template's. */
export function generateSelector(object: Job): void {
  const spec = object.spec!
  const template = spec.template
  template.metadata ??= {} as NonNullable<typeof template.metadata>
  const metadata = template.metadata
  const unlabelled = Object.keys(object.metadata.labels ?? {}).length === 0
  if (spec.manualSelector !== true) {
    const uid = object.metadata.uid ?? ''
    metadata.labels = {
      [LEGACY_JOB_NAME]: object.metadata.name,
      [JOB_NAME]: object.metadata.name,
      [LEGACY_CONTROLLER_UID]: uid,
      [CONTROLLER_UID]: uid,
      ...metadata.labels,
    }
    spec.selector ??= {}
    spec.selector.matchLabels = { [CONTROLLER_UID]: uid, ...spec.selector.matchLabels }
  }
  if (unlabelled && metadata.labels !== undefined) object.metadata.labels = { ...metadata.labels }
}
