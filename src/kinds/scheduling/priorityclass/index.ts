/**
 * PriorityClass, scheduling.k8s.io/v1.
 */
import { defineKind } from '../../../api/define-kind.ts'
import { type FieldError, forbidden } from '../../../api/errors.ts'
import type { PriorityClass } from '../../../api/generated/types/scheduling-v1.ts'
import { preemptionPolicyErrors } from '../../core/field-checks.ts'
import { immutable } from '../../fields/same.ts'
import { describe } from './describe.ts'

/** The highest value a user may give. */
export const HIGHEST_USER_PRIORITY = 1_000_000_000
export const SYSTEM_PRIORITIES: Readonly<Record<string, number>> = {
  'system-node-critical': 2_000_001_000,
  'system-cluster-critical': 2_000_000_000,
}

function systemError(o: PriorityClass): string | undefined {
  const name = o.metadata.name
  const value = SYSTEM_PRIORITIES[name]
  if (value === undefined) return `${name} is not a known system priority class`
  if (o.value !== value) return `value of ${name} PriorityClass must be ${value}`
  return o.globalDefault === true ? `globalDefault of ${name} PriorityClass must be false` : undefined
}

function valueErrors(o: PriorityClass): FieldError[] {
  if (o.metadata.name?.startsWith('system-')) {
    const wrong = systemError(o)
    const why = `priority class names with 'system-' prefix are reserved for system use only. error: ${wrong}`
    return wrong === undefined ? [] : [forbidden('metadata.name', why)]
  }
  return (o.value ?? 0) > HIGHEST_USER_PRIORITY
    ? [forbidden('value', `maximum allowed value of a user defined priority is ${HIGHEST_USER_PRIORITY}`)]
    : []
}

export const priorityClass = defineKind<PriorityClass>({
  group: 'scheduling.k8s.io',
  version: 'v1',
  kind: 'PriorityClass',
  generation: true,
  setDefaults: (o) => {
    o.value ??= 0
    o.preemptionPolicy ??= 'PreemptLowerPriority'
    if (!o.globalDefault) delete o.globalDefault
    if (!o.description) delete o.description
  },
  validate: (o) => [...valueErrors(o), ...preemptionPolicyErrors(o.preemptionPolicy, 'preemptionPolicy')],
  validateUpdate: (next, previous) => [
    ...((next.value ?? 0) === (previous.value ?? 0) ? [] : [forbidden('value', 'may not be changed in an update.')]),
    ...immutable(next.preemptionPolicy, previous.preemptionPolicy, 'preemptionPolicy'),
  ],
  cells: {
    Value: (o) => o.value ?? 0,
    'Global-Default': (o) => o.globalDefault === true,
    PreemptionPolicy: (o) => o.preemptionPolicy ?? '',
  },
  describe,
})
