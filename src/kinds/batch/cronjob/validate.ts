/**
 * What the API refuses in a CronJob, in the order and words of upstream's ValidateCronJobSpec.
 */
import { type FieldError, invalid, required } from '../../../api/errors.ts'
import type { CronJob, JobSpec } from '../../../api/generated/types/batch-v1.ts'
import { unsupported } from '../../core/field-checks.ts'
import { nonNegative } from '../../fields/numbers.ts'
import { selectorValue } from '../../fields/selector.ts'
import { jobSpecErrors } from '../job/validate.ts'
import { scheduleError } from './schedule.ts'

/** Room for the suffix that the names of its Jobs get. */
const MAX_NAME = 52

function scheduleErrors(schedule: string): FieldError[] {
  if (schedule === '') return [required('spec.schedule')]
  const wrong = scheduleError(schedule.replace(/^(?:CRON_)?TZ=\S+\s+/, ''))
  const found = wrong === undefined ? [] : [invalid('spec.schedule', schedule, wrong)]
  if (schedule.includes('TZ'))
    found.push(invalid('spec.schedule', schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead'))
  return found
}

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return zone.toLowerCase() === zone ? zone === 'utc' : true
  } catch {
    return false
  }
}

function timeZoneErrors(zone: string | undefined): FieldError[] {
  const path = 'spec.timeZone'
  if (zone === undefined) return []
  if (zone === '') return [invalid(path, zone, 'timeZone must be nil or non-empty string')]
  if (zone.toLowerCase() === 'local')
    return [invalid(path, zone, 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones')]
  return isTimeZone(zone) ? [] : [invalid(path, zone, `unknown time zone ${zone}`)]
}

function concurrencyErrors(policy: string | undefined): FieldError[] {
  if (!policy) return [required('spec.concurrencyPolicy')]
  const known = ['Allow', 'Forbid', 'Replace']
  return known.includes(policy) ? [] : [unsupported('spec.concurrencyPolicy', policy, known)]
}

function templateErrors(spec: JobSpec, path: string): FieldError[] {
  const found: FieldError[] = []
  if (spec.selector !== undefined)
    found.push(invalid(`${path}.selector`, selectorValue(spec.selector), '`selector` will be auto-generated'))
  if (spec.manualSelector === true) found.push(unsupported(`${path}.manualSelector`, true, ['nil', 'false']))
  return [...jobSpecErrors(spec, path), ...found]
}

export function validate(object: CronJob): FieldError[] {
  const spec = object.spec!
  const name = object.metadata.name
  return [
    ...scheduleErrors(spec.schedule ?? ''),
    ...nonNegative(spec.startingDeadlineSeconds, 'spec.startingDeadlineSeconds'),
    ...timeZoneErrors(spec.timeZone),
    ...concurrencyErrors(spec.concurrencyPolicy),
    ...templateErrors(spec.jobTemplate.spec!, 'spec.jobTemplate.spec'),
    ...nonNegative(spec.successfulJobsHistoryLimit, 'spec.successfulJobsHistoryLimit'),
    ...nonNegative(spec.failedJobsHistoryLimit, 'spec.failedJobsHistoryLimit'),
    ...((name?.length ?? 0) > MAX_NAME ? [invalid('metadata.name', name, `must be no more than ${MAX_NAME} characters`)] : []),
  ]
}
