/**
 * Validation of node and pod affinity (upstream's validateAffinity), and of node selectors, which PersistentVolumes share.
 */
import { type FieldError, forbidden, invalid, required } from '../../../../api/errors.ts'
import type { Affinity, NodeSelector, NodeSelectorTerm, PodAffinityTerm } from '../../../../api/generated/types/core-v1.ts'
import { dns1123LabelErrors, labelValueErrors, qualifiedNameErrors } from '../../../../api/names.ts'
import { validateLabelSelector } from '../../../../api/selectors.ts'
import { checked } from '../../field-checks.ts'

interface Requirement {
  key: string
  operator: string
  values?: string[]
}

function countErrors(r: Requirement, path: string): FieldError[] {
  const count = r.values?.length ?? 0
  switch (r.operator) {
    case 'In':
    case 'NotIn':
      return count === 0 ? [required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'")] : []
    case 'Exists':
    case 'DoesNotExist':
      return count > 0 ? [forbidden(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")] : []
    case 'Gt':
    case 'Lt':
      return count === 1 ? [] : [required(`${path}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'")]
    default:
      return [invalid(`${path}.operator`, r.operator ?? '', 'not a valid selector operator')]
  }
}

const expressionErrors = (r: Requirement, path: string): FieldError[] => [
  ...countErrors(r, path),
  ...checked(`${path}.key`, r.key ?? '', qualifiedNameErrors(r.key ?? '')),
  ...(r.values ?? []).flatMap((value, i) => checked(`${path}.values[${i}]`, value, labelValueErrors(value))),
]

function fieldErrors(r: Requirement, path: string): FieldError[] {
  const found: FieldError[] = []
  if (r.operator !== 'In' && r.operator !== 'NotIn')
    found.push(invalid(`${path}.operator`, r.operator ?? '', 'not a valid selector operator'))
  else if (r.values?.length !== 1)
    found.push(required(`${path}.values`, "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"))
  if (r.key !== 'metadata.name') found.push(invalid(`${path}.key`, r.key ?? '', 'not a valid field selector key'))
  return found
}

const termErrors = (term: NodeSelectorTerm, path: string): FieldError[] => [
  ...(term.matchExpressions ?? []).flatMap((r, i) => expressionErrors(r, `${path}.matchExpressions[${i}]`)),
  ...(term.matchFields ?? []).flatMap((r, i) => fieldErrors(r, `${path}.matchFields[${i}]`)),
]

export function nodeSelectorErrors(selector: NodeSelector, path: string): FieldError[] {
  const at = `${path}.nodeSelectorTerms`
  const terms = selector.nodeSelectorTerms ?? []
  if (terms.length === 0) return [required(at, 'must have at least one node selector term')]
  return terms.flatMap((term, i) => termErrors(term, `${at}[${i}]`))
}

const weightErrors = (weight: number, path: string): FieldError[] =>
  weight <= 0 || weight > 100 ? [invalid(path, weight, 'must be in the range 1-100')] : []

/** Label keys that take the pod's own value into the selector: there must be one, and no key may be wanted alike and unlike. */
function matchKeyErrors(term: PodAffinityTerm, path: string): FieldError[] {
  const both = 'exists in both matchLabelKeys and mismatchLabelKeys'
  const found = (['matchLabelKeys', 'mismatchLabelKeys'] as const).flatMap((list) => {
    const keys = term[list] ?? []
    if (keys.length === 0) return []
    if (!term.labelSelector) return [forbidden(`${path}.${list}`, 'must not be specified when labelSelector is not set')]
    return keys.flatMap((key, i) => checked(`${path}.${list}[${i}]`, key, qualifiedNameErrors(key)))
  })
  for (const [i, key] of (term.matchLabelKeys ?? []).entries())
    if (term.mismatchLabelKeys?.includes(key)) found.push(invalid(`${path}.matchLabelKeys[${i}]`, key, both))
  return found
}

function podTermErrors(term: PodAffinityTerm, path: string): FieldError[] {
  return [
    ...validateLabelSelector(term.labelSelector, `${path}.labelSelector`),
    ...validateLabelSelector(term.namespaceSelector, `${path}.namespaceSelector`),
    ...(term.namespaces ?? []).flatMap((name) => checked(`${path}.namespace`, name, dns1123LabelErrors(name))),
    ...matchKeyErrors(term, path),
    ...(term.topologyKey ? [] : [required(`${path}.topologyKey`, 'can not be empty')]),
    ...checked(`${path}.topologyKey`, term.topologyKey ?? '', qualifiedNameErrors(term.topologyKey ?? '')),
  ]
}

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution'
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution'

function podAffinityErrors(affinity: NonNullable<Affinity['podAffinity']> | undefined, path: string): FieldError[] {
  if (!affinity) return []
  return [
    ...(affinity[REQUIRED] ?? []).flatMap((term, i) => podTermErrors(term, `${path}.${REQUIRED}[${i}]`)),
    ...(affinity[PREFERRED] ?? []).flatMap((term, i) => [
      ...weightErrors(term.weight ?? 0, `${path}.${PREFERRED}[${i}].weight`),
      ...podTermErrors(term.podAffinityTerm ?? {}, `${path}.${PREFERRED}[${i}].podAffinityTerm`),
    ]),
  ]
}

export function affinityErrors(affinity: Affinity | undefined, path: string): FieldError[] {
  if (!affinity) return []
  const node = affinity.nodeAffinity
  return [
    ...(node?.[REQUIRED] ? nodeSelectorErrors(node[REQUIRED], `${path}.nodeAffinity.${REQUIRED}`) : []),
    ...(node?.[PREFERRED] ?? []).flatMap((term, i) => [
      ...weightErrors(term.weight ?? 0, `${path}.nodeAffinity.${PREFERRED}[${i}].weight`),
      ...termErrors(term.preference ?? {}, `${path}.nodeAffinity.${PREFERRED}[${i}].preference`),
    ]),
    ...podAffinityErrors(affinity.podAffinity, `${path}.podAffinity`),
    ...podAffinityErrors(affinity.podAntiAffinity, `${path}.podAntiAffinity`),
  ]
}
