/**
 * Validation of tolerations, topology spread constraints, scheduling and readiness gates (upstream's ValidateTolerations,
 * validateTopologySpreadConstraints, validateSchedulingGates, validateReadinessGates).
 */
import { duplicate, type FieldError, forbidden, invalid, required } from '../../../../api/errors.ts'
import type { PodSpec, Toleration, TopologySpreadConstraint } from '../../../../api/generated/types/core-v1.ts'
import { labelValueErrors, qualifiedNameErrors } from '../../../../api/names.ts'
import { validateLabelSelector } from '../../../../api/selectors.ts'
import { checked, optionalOneOf, unsupported } from '../../field-checks.ts'

export const taintEffects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

/** The toleration as Go's encoding of the internal type prints it. */
const goToleration = (t: Toleration): unknown => ({
  Key: t.key ?? '',
  Operator: t.operator ?? '',
  Value: t.value ?? '',
  Effect: t.effect ?? '',
  TolerationSeconds: t.tolerationSeconds ?? null,
})

function operatorErrors(t: Toleration, path: string): FieldError[] {
  switch (t.operator ?? '') {
    case 'Equal':
    case '': {
      const messages = labelValueErrors(t.value ?? '')
      return messages.length > 0 ? [invalid(path, t.value, messages.join(';'))] : []
    }
    case 'Exists':
      return t.value ? [invalid(path, goToleration(t), "value must be empty when `operator` is 'Exists'")] : []
    default:
      return [unsupported(path, t.operator, ['Equal', 'Exists'])]
  }
}

export function tolerationErrors(tolerations: readonly Toleration[] | undefined, path: string): FieldError[] {
  return (tolerations ?? []).flatMap((t, i) => {
    const at = `${path}[${i}]`
    const found: FieldError[] = []
    if (t.key) found.push(...checked(`${at}.key`, t.key, qualifiedNameErrors(t.key)))
    else if (t.operator !== 'Exists')
      found.push(
        invalid(
          `${at}.operator`,
          t.operator ?? '',
          'operator must be Exists when `key` is empty, which means "match all values and all keys"',
        ),
      )
    if (t.tolerationSeconds !== undefined && t.tolerationSeconds !== null && t.effect !== 'NoExecute')
      found.push(invalid(`${at}.effect`, t.effect ?? '', "effect must be 'NoExecute' when `tolerationSeconds` is set"))
    found.push(...operatorErrors(t, `${at}.operator`))
    if (t.effect && !taintEffects.includes(t.effect)) found.push(unsupported(`${at}.effect`, t.effect, taintEffects))
    return found
  })
}

/** Label keys that take the pod's own value into the selector; what the selector says already, they may not. */
function matchKeyErrors(c: TopologySpreadConstraint, path: string): FieldError[] {
  const keys = c.matchLabelKeys ?? []
  if (keys.length === 0) return []
  if (!c.labelSelector) return [forbidden(path, 'must not be specified when labelSelector is not set')]
  const said = new Set([...Object.keys(c.labelSelector.matchLabels ?? {}), ...(c.labelSelector.matchExpressions ?? []).map((r) => r.key)])
  return keys.flatMap((key, i) => [
    ...checked(`${path}[${i}]`, key, qualifiedNameErrors(key)),
    ...(said.has(key) ? [invalid(`${path}[${i}]`, key, 'exists in both matchLabelKeys and labelSelector')] : []),
  ])
}

function constraintErrors(c: TopologySpreadConstraint, later: readonly TopologySpreadConstraint[], path: string): FieldError[] {
  const found: FieldError[] = []
  if (!(c.maxSkew > 0)) found.push(invalid(`${path}.maxSkew`, c.maxSkew ?? 0, 'must be greater than zero'))
  if (!c.topologyKey) found.push(required(`${path}.topologyKey`, 'can not be empty'))
  if (c.whenUnsatisfiable !== 'DoNotSchedule' && c.whenUnsatisfiable !== 'ScheduleAnyway')
    found.push(unsupported(`${path}.whenUnsatisfiable`, c.whenUnsatisfiable ?? '', ['DoNotSchedule', 'ScheduleAnyway']))
  if (later.some((l) => l.topologyKey === c.topologyKey && l.whenUnsatisfiable === c.whenUnsatisfiable))
    found.push(duplicate(`${path}.{topologyKey, whenUnsatisfiable}`, `{${c.topologyKey}, ${c.whenUnsatisfiable}}`))
  if (c.minDomains !== undefined && c.minDomains !== null) {
    if (c.minDomains <= 0) found.push(invalid(`${path}.minDomains`, c.minDomains, 'must be greater than 0'))
    if (c.whenUnsatisfiable !== 'DoNotSchedule')
      found.push(
        invalid(
          `${path}.minDomains`,
          c.minDomains,
          `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${c.whenUnsatisfiable}`,
        ),
      )
  }
  found.push(...optionalOneOf(c.nodeAffinityPolicy, `${path}.nodeAffinityPolicy`, ['Honor', 'Ignore']))
  found.push(...optionalOneOf(c.nodeTaintsPolicy, `${path}.nodeTaintsPolicy`, ['Honor', 'Ignore']))
  return [...found, ...matchKeyErrors(c, `${path}.matchLabelKeys`), ...validateLabelSelector(c.labelSelector, `${path}.labelSelector`)]
}

export const topologySpreadErrors = (constraints: readonly TopologySpreadConstraint[] | undefined, path: string): FieldError[] =>
  (constraints ?? []).flatMap((c, i) => constraintErrors(c, constraints!.slice(i + 1), `${path}[${i}]`))

export function gateErrors(spec: PodSpec, path: string): FieldError[] {
  const found = (spec.readinessGates ?? []).flatMap((gate, i) =>
    checked(`${path}.readinessGates[${i}].conditionType`, gate.conditionType, qualifiedNameErrors(gate.conditionType ?? '')),
  )
  const seen = new Set<string>()
  for (const [i, gate] of (spec.schedulingGates ?? []).entries()) {
    const at = `${path}.schedulingGates[${i}]`
    found.push(...checked(at, gate.name, qualifiedNameErrors(gate.name ?? '')))
    if (seen.has(gate.name)) found.push(duplicate(at, gate.name))
    seen.add(gate.name)
  }
  return found
}
