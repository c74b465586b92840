/**
 * Validation of LimitRanges (upstream's ValidateLimitRange): minimum ≤ default request ≤ default limit ≤ maximum.
 */
import { duplicate, type FieldError, forbidden, invalid } from '../../../api/errors.ts'
import type { LimitRange, LimitRangeItem } from '../../../api/generated/types/core-v1.ts'
import { qualifiedNameErrors } from '../../../api/names.ts'
import { approximateValue, compareQuantities, formatQuantity } from '../../../api/quantity.ts'
import { checked } from '../field-checks.ts'
import { containerResourceName, overcommitAllowed, resourceNameErrors } from '../resource-names.ts'

const types = ['Container', 'Pod', 'PersistentVolumeClaim']
const lists = ['default', 'defaultRequest', 'max', 'maxLimitRequestRatio', 'min'] as const

function typeErrors(type: string, path: string): FieldError[] {
  const found = checked(path, type, qualifiedNameErrors(type))
  if (found.length > 0 || type.includes('/') || types.includes(type)) return found
  return [invalid(path, type, 'must be a standard limit type or fully qualified')]
}

type Value = string | undefined
const above = (a: Value, b: Value): boolean => a !== undefined && b !== undefined && compareQuantities(a, b) > 0
const text = (value: Value): string => formatQuantity(value)

function orderErrors(item: LimitRangeItem, name: string, path: string): FieldError[] {
  const [min, max, request, limit] = [item.min?.[name], item.max?.[name], item.defaultRequest?.[name], item.default?.[name]]
  const found: FieldError[] = []
  const at = (list: string): string => `${path}.${list}[${name}]`
  if (above(min, max)) found.push(invalid(at('min'), text(min), `min value ${text(min)} is greater than max value ${text(max)}`))
  if (above(min, request))
    found.push(
      invalid(at('defaultRequest'), text(request), `min value ${text(min)} is greater than default request value ${text(request)}`),
    )
  if (above(request, max))
    found.push(
      invalid(at('defaultRequest'), text(request), `default request value ${text(request)} is greater than max value ${text(max)}`),
    )
  if (above(request, limit))
    found.push(
      invalid(
        at('defaultRequest'),
        text(request),
        `default request value ${text(request)} is greater than default limit value ${text(limit)}`,
      ),
    )
  if (above(min, limit))
    found.push(invalid(at('default'), text(min), `min value ${text(min)} is greater than default value ${text(limit)}`))
  if (above(limit, max))
    found.push(invalid(at('default'), text(max), `default value ${text(limit)} is greater than max value ${text(max)}`))
  return found
}

function ratioErrors(item: LimitRangeItem, name: string, path: string): FieldError[] {
  const ratio = item.maxLimitRequestRatio?.[name]
  if (ratio === undefined) return []
  const at = `${path}.maxLimitRequestRatio[${name}]`
  if (compareQuantities(ratio, '1') < 0) return [invalid(at, text(ratio), `ratio ${text(ratio)} is less than 1`)]
  const [min, max] = [item.min?.[name], item.max?.[name]]
  if (min === undefined || max === undefined) return []
  const limit = approximateValue(max) / approximateValue(min)
  return approximateValue(ratio) > limit
    ? [invalid(at, text(ratio), `ratio ${text(ratio)} is greater than max/min = ${limit.toFixed(6)}`)]
    : []
}

const nameErrors = (type: string, name: string, path: string): FieldError[] =>
  type === 'Pod' || type === 'Container' ? containerResourceName(name, path) : resourceNameErrors(name, path)

/** Of a pod as a whole there are no defaults: those given are refused, and not judged. */
const judged = (item: LimitRangeItem): LimitRangeItem => {
  if (item.type !== 'Pod') return item
  const { default: _default, defaultRequest: _request, ...rest } = item
  return rest
}

function itemErrors(given: LimitRangeItem, path: string): FieldError[] {
  const item = judged(given)
  const found: FieldError[] = []
  const names = new Set<string>()
  for (const list of ['max', 'min'] as const)
    for (const name of Object.keys(item[list] ?? {}).sort()) {
      found.push(...nameErrors(item.type, name, `${path}.${list}[${name}]`))
      names.add(name)
    }
  if (item.type === 'Pod') {
    if (Object.keys(given.default ?? {}).length > 0) found.push(forbidden(`${path}.default`, "may not be specified when `type` is 'Pod'"))
    if (Object.keys(given.defaultRequest ?? {}).length > 0)
      found.push(forbidden(`${path}.defaultRequest`, "may not be specified when `type` is 'Pod'"))
  }
  for (const list of lists) for (const name of Object.keys(item[list] ?? {})) names.add(name)
  if (item.type === 'PersistentVolumeClaim' && item.min?.['storage'] === undefined && item.max?.['storage'] === undefined)
    found.push({
      type: 'Required',
      field: `${path}.limits`,
      detail: 'either minimum or maximum storage value is required, but neither was provided',
    })
  for (const name of [...names].sort()) {
    found.push(...orderErrors(item, name, path), ...ratioErrors(item, name, path))
    const [request, limit] = [item.defaultRequest?.[name], item.default?.[name]]
    if (!overcommitAllowed(name) && request !== undefined && limit !== undefined && compareQuantities(request, limit) !== 0)
      found.push(
        invalid(
          `${path}.defaultRequest[${name}]`,
          text(request),
          `default value ${text(limit)} must equal to defaultRequest value ${text(request)} in ${name}`,
        ),
      )
  }
  return found
}

export function limitRangeErrors(range: LimitRange): FieldError[] {
  const found: FieldError[] = []
  const seen = new Set<string>()
  for (const [i, item] of (range.spec?.limits ?? []).entries()) {
    const path = `spec.limits[${i}]`
    found.push(...typeErrors(item.type ?? '', `${path}.type`))
    if (seen.has(item.type)) found.push(duplicate(`${path}.type`, item.type))
    seen.add(item.type)
    found.push(...itemErrors(item, path))
  }
  return found
}
