/**
 * PodDisruptionBudget, policy/v1.
 */
import { defineKind } from '../../../api/define-kind.ts'
import { type FieldError, invalid } from '../../../api/errors.ts'
import type { PodDisruptionBudget } from '../../../api/generated/types/policy-v1.ts'
import { validateLabelSelector } from '../../../api/selectors.ts'
import { unsupported } from '../../core/field-checks.ts'
import { intOrPercent, notMoreThan100Percent } from '../../fields/numbers.ts'
import { describe } from './describe.ts'

const policies = ['AlwaysAllow', 'IfHealthyBudget']
const noStatus = () => ({ currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 })

/** The spec as the API server's own type prints it. */
const goSpec = (spec: NonNullable<PodDisruptionBudget['spec']>): unknown => ({
  MinAvailable: spec.minAvailable ?? null,
  Selector: spec.selector ?? null,
  MaxUnavailable: spec.maxUnavailable ?? null,
  UnhealthyPodEvictionPolicy: spec.unhealthyPodEvictionPolicy ?? null,
})

function validate(o: PodDisruptionBudget): FieldError[] {
  const spec = o.spec!
  const found: FieldError[] = []
  if (spec.minAvailable !== undefined && spec.maxUnavailable !== undefined)
    found.push(invalid('spec', goSpec(spec), 'minAvailable and maxUnavailable cannot be both set'))
  for (const field of ['minAvailable', 'maxUnavailable'] as const)
    found.push(...intOrPercent(spec[field], `spec.${field}`), ...notMoreThan100Percent(spec[field], `spec.${field}`))
  found.push(...validateLabelSelector(spec.selector, 'spec.selector'))
  const eviction = spec.unhealthyPodEvictionPolicy
  if (eviction !== undefined && !policies.includes(eviction)) found.push(unsupported('spec.unhealthyPodEvictionPolicy', eviction, policies))
  return found
}

export const podDisruptionBudget = defineKind<PodDisruptionBudget>({
  group: 'policy',
  version: 'v1',
  kind: 'PodDisruptionBudget',
  generation: true,
  setDefaults: (o) => {
    o.spec ??= {}
    o.status ??= noStatus()
  },
  prepareForCreate: (o) => {
    o.status = noStatus()
  },
  validate,
  subresources: { status: true },
  cells: {
    'Min Available': (o) => (o.spec?.minAvailable === undefined ? 'N/A' : `${o.spec.minAvailable}`),
    'Max Unavailable': (o) => (o.spec?.maxUnavailable === undefined ? 'N/A' : `${o.spec.maxUnavailable}`),
    'Allowed Disruptions': (o) => o.status?.disruptionsAllowed ?? 0,
  },
  capabilities: { podSelector: (o) => o.spec?.selector },
  describe,
})
