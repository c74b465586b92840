/**
 * ResourceQuota (core/v1).
 */
import { defineKind } from '../../../api/define-kind.ts'
import { type FieldError, invalid, required } from '../../../api/errors.ts'
import type { ResourceQuota, ResourceQuotaSpec, ScopedResourceSelectorRequirement } from '../../../api/generated/types/core-v1.ts'
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

const EXIST_ONLY =
  "must be 'Exist' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity"
const withoutValues = new Set(['BestEffort', 'NotBestEffort', 'Terminating', 'NotTerminating', 'CrossNamespacePodAffinity'])

function requirementErrors(req: ScopedResourceSelectorRequirement, spec: ResourceQuotaSpec, path: string): FieldError[] {
  const found: FieldError[] = []
  const countable = scopes[req.scopeName]
  if (!countable) found.push(invalid(`${path}.scopeName`, req.scopeName, 'unsupported scope'))
  const shown = {
    MatchExpressions: (spec.scopeSelector?.matchExpressions ?? []).map((r) => ({
      ScopeName: r.scopeName,
      Operator: r.operator,
      Values: r.values ?? null,
    })),
  }
  for (const name of sortedKeys(spec.hard))
    if (countable && isStandardResource(name) && !countable.includes(name))
      found.push(invalid(path, shown, 'unsupported scope applied to resource'))
  if (withoutValues.has(req.scopeName) && req.operator !== 'Exists') found.push(invalid(`${path}.operator`, req.operator, EXIST_ONLY))
  const values = req.values ?? []
  if (req.operator === 'In' || req.operator === 'NotIn') {
    if (values.length === 0)
      found.push(required(`${path}.values`, "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"))
  } else if (req.operator === 'Exists' || req.operator === 'DoesNotExist') {
    if (values.length > 0)
      found.push(invalid(`${path}.values`, values, "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector"))
  } else found.push(invalid(`${path}.operator`, req.operator ?? '', 'not a valid selector operator'))
  return found
}

function selectorErrors(spec: ResourceQuotaSpec): FieldError[] {
  const path = 'spec.scopeSelector.matchExpressions'
  const requirements = spec.scopeSelector?.matchExpressions ?? []
  const found = requirements.flatMap((req) => requirementErrors(req, spec, path))
  for (const pair of conflicts)
    if (pair.every((scope) => requirements.some((r) => r.scopeName === scope)))
      found.push(invalid(path, spec.scopes ?? null, 'conflicting scopes'))
  return found
}

const validate = ({ spec = {} }: ResourceQuota): FieldError[] => [...hardErrors(spec.hard), ...scopeErrors(spec), ...selectorErrors(spec)]

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
