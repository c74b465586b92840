/**
 * ResourceQuota (core/v1).
 */
import { defineKind } from '../../../api/define-kind.ts'
import { type FieldError, invalid } from '../../../api/errors.ts'
import type { ResourceQuota, ResourceQuotaSpec } from '../../../api/generated/types/core-v1.ts'
import { qualifiedNameErrors } from '../../../api/names.ts'
import { formatQuantity } from '../../../api/quantity.ts'
import { same } from '../../fields/same.ts'
import { checked, sortedKeys } from '../field-checks.ts'
import { isStandardResource, resourceValueErrors } from '../resource-names.ts'
import { describeResourceQuota } from './describe.ts'

const computeResources = ['cpu', 'limits.cpu', 'limits.memory', 'memory', 'requests.cpu', 'requests.memory']
const ofPods: readonly string[] = ['pods', ...computeResources]
/** Which of the standard resources each scope can count. */
const scopes: Readonly<Record<string, readonly string[]>> = {
  BestEffort: ['pods'],
  CrossNamespacePodAffinity: ofPods,
  NotBestEffort: ofPods,
  NotTerminating: ofPods,
  PriorityClass: ofPods,
  Terminating: ofPods,
  VolumeAttributesClass: ['persistentvolumeclaims', 'requests.storage'],
}
const conflicts = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
]

function hardErrors(hard: Readonly<Record<string, string>> | undefined): FieldError[] {
  return sortedKeys(hard).flatMap((name) => {
    const path = `spec.hard[${name}]`
    const found = checked(path, name, qualifiedNameErrors(name))
    if (found.length === 0 && !name.includes('/') && !isStandardResource(name))
      found.push(
        invalid(path, name, 'must be a standard resource type or fully qualified'),
        invalid(path, name, 'must be a standard resource for quota'),
      )
    return [...found, ...resourceValueErrors(name, hard![name]!, path)]
  })
}

function scopeErrors(spec: ResourceQuotaSpec): FieldError[] {
  const given: readonly string[] = spec.scopes ?? []
  const wrong = (why: string): FieldError => invalid('spec.scopes', given, why)
  const found: FieldError[] = []
  for (const scope of given) {
    const countable = scopes[scope]
    if (!countable) found.push(wrong('unsupported scope'))
    else
      for (const name of sortedKeys(spec.hard))
        if (isStandardResource(name) && !countable.includes(name)) found.push(wrong('unsupported scope applied to resource'))
  }
  for (const pair of conflicts) if (pair.every((scope) => given.includes(scope))) found.push(wrong('conflicting scopes'))
  return found
}

const validate = (quota: ResourceQuota): FieldError[] => [...hardErrors(quota.spec?.hard), ...scopeErrors(quota.spec ?? {})]

function validateUpdate(next: ResourceQuota, previous: ResourceQuota): FieldError[] {
  const sorted = (q: ResourceQuota): string[] => [...(q.spec?.scopes ?? [])].sort()
  return same(sorted(next), sorted(previous)) ? [] : [invalid('spec.scopes', next.spec?.scopes ?? null, 'field is immutable')]
}

/** `requests` before `limits`: limits are told apart in a column of their own. */
function usage(quota: ResourceQuota, limits: boolean): string {
  return sortedKeys(quota.status?.hard)
    .filter((name) => name.startsWith('limits') === limits)
    .map((name) => `${name}: ${formatQuantity(quota.status?.used?.[name] ?? '0')}/${formatQuantity(quota.status!.hard![name]!)}`)
    .join(', ')
}

export const resourceQuota = defineKind<ResourceQuota>({
  group: '',
  version: 'v1',
  kind: 'ResourceQuota',
  subresources: { status: true },
  setDefaults: (q) => {
    q.spec ??= {}
    q.status ??= {}
    for (const list of [q.spec.hard, q.status.hard, q.status.used])
      for (const name of Object.keys(list ?? {})) list![name] = formatQuantity(list![name])
  },
  prepareForCreate: (q) => {
    q.status = {}
  },
  validate,
  validateUpdate,
  describe: describeResourceQuota,
  cells: { Request: (q) => usage(q, false), Limit: (q) => usage(q, true) },
})
