/** The pure rules of a LimitRange item: which of its bounds an object breaks, in the API's words. */
import type { LimitRangeItem, PersistentVolumeClaim, Pod } from '../../../api/generated/types/core-v1.ts'
import { approximateValue, compareQuantities, formatQuantity, isZeroQuantity } from '../../../api/quantity.ts'
import { podTotals } from '../../quota/pod-resources.ts'

export type Faults = readonly string[]

type Resources = Readonly<Record<string, string | number>>

interface Used {
  readonly type: string
  readonly requests: Resources
  readonly limits: Resources
}

const names = (bounds: Resources | undefined): string[] => Object.keys(bounds ?? {}).sort()

function minimum(used: Used, name: string, bound: string | number): string | undefined {
  const { requests, limits, type } = used
  const text = `minimum ${name} usage per ${type} is ${formatQuantity(bound)}`
  if (requests[name] === undefined) return `${text}.  No request is specified`
  if (compareQuantities(requests[name], bound) < 0) return `${text}, but request is ${formatQuantity(requests[name])}`
  if (limits[name] !== undefined && compareQuantities(limits[name], bound) < 0)
    return `${text}, but limit is ${formatQuantity(limits[name])}`
  return undefined
}

function maximum(used: Used, name: string, bound: string | number): string | undefined {
  const { requests, limits, type } = used
  const text = `maximum ${name} usage per ${type} is ${formatQuantity(bound)}`
  if (limits[name] === undefined) return `${text}.  No limit is specified`
  if (compareQuantities(limits[name], bound) > 0) return `${text}, but limit is ${formatQuantity(limits[name])}`
  if (requests[name] !== undefined && compareQuantities(requests[name], bound) > 0)
    return `${text}, but request is ${formatQuantity(requests[name])}`
  return undefined
}

/** Claims have requests only. */
function maximumRequest(used: Used, name: string, bound: string | number): string | undefined {
  const text = `maximum ${name} usage per ${used.type} is ${formatQuantity(bound)}`
  const request = used.requests[name]
  if (request === undefined) return `${text}.  No request is specified`
  return compareQuantities(request, bound) > 0 ? `${text}, but request is ${formatQuantity(request)}` : undefined
}

function ratio(used: Used, name: string, bound: string | number): string | undefined {
  const text = `${name} max limit to request ratio per ${used.type} is ${formatQuantity(bound)}`
  const request = used.requests[name]
  const limit = used.limits[name]
  if (request === undefined || isZeroQuantity(request)) return `${text}, but no request is specified or request is 0`
  if (limit === undefined || isZeroQuantity(limit)) return `${text}, but no limit is specified or limit is 0`
  const observed = approximateValue(limit) / approximateValue(request)
  return observed > approximateValue(bound) ? `${text}, but provided ratio is ${observed.toFixed(6)}` : undefined
}

type Rule = (used: Used, name: string, bound: string | number) => string | undefined

const broken = (used: Used, bounds: Resources | undefined, rule: Rule): string[] =>
  names(bounds).flatMap((name) => rule(used, name, bounds![name]!) ?? [])

const all = (item: LimitRangeItem, used: Used): string[] => [
  ...broken(used, item.min, minimum),
  ...broken(used, item.max, maximum),
  ...broken(used, item.maxLimitRequestRatio, ratio),
]

export function podFaults(item: LimitRangeItem, pod: Pod): Faults {
  const { spec } = pod
  if (spec === undefined) return []
  if (item.type === 'Container') {
    return [...spec.containers, ...(spec.initContainers ?? [])].flatMap((c) =>
      all(item, { type: 'Container', requests: c.resources?.requests ?? {}, limits: c.resources?.limits ?? {} }),
    )
  }
  if (item.type !== 'Pod') return []
  return all(item, { type: 'Pod', requests: podTotals(spec, 'requests'), limits: podTotals(spec, 'limits') })
}

export function claimFaults(item: LimitRangeItem, claim: PersistentVolumeClaim): Faults {
  if (item.type !== 'PersistentVolumeClaim') return []
  const used: Used = { type: 'PersistentVolumeClaim', requests: claim.spec?.resources?.requests ?? {}, limits: {} }
  return [...broken(used, item.min, minimum), ...broken(used, item.max, maximumRequest)]
}
