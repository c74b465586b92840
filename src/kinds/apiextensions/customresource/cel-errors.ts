/**
 * The rules a CRD's schema holds in x-kubernetes-validations, run on a custom resource. Rules that name `oldSelf` run on updates only.
 */
import { type FieldError, invalid } from '../../../api/errors.ts'
import type { JSONSchemaProps, ValidationRule } from '../../../api/generated/types/apiextensions-v1.ts'
import { type CelRule, celRule, celValue } from '../../cel/rule.ts'
import { itemsOf, valuesOf } from './schema.ts'

const usesOld = (rule: string): boolean => /\boldSelf\b/.test(rule)

function messageOf(rule: ValidationRule, context: Readonly<Record<string, unknown>>): string {
  if (rule.messageExpression) {
    const compiled = celRule(rule.messageExpression)
    try {
      const text = compiled instanceof Error ? undefined : compiled.run(context)
      if (typeof text === 'string' && text !== '') return text
    } catch {
      // Upstream falls back to the fixed message when the expression fails.
    }
  }
  return rule.message || `failed rule: ${rule.rule}`
}

function errorOf(rule: ValidationRule, type: string, path: string, detail: string): FieldError {
  const at = rule.fieldPath ? `${path}${rule.fieldPath}`.replace(/^\./, '') : path
  switch (rule.reason) {
    case 'FieldValueForbidden':
      return { type: 'Forbidden', field: at, detail }
    case 'FieldValueRequired':
      return { type: 'Required', field: at, detail }
    case 'FieldValueDuplicate':
      return { type: 'Duplicate', field: at, value: type, detail: '' }
    default:
      return invalid(at, type, detail)
  }
}

function runRule(
  rule: ValidationRule,
  compiled: CelRule,
  context: Readonly<Record<string, unknown>>,
  type: string,
  path: string,
): FieldError[] {
  try {
    return compiled.run(context) === true ? [] : [errorOf(rule, type, path, messageOf(rule, context))]
  } catch (e) {
    const why = (e instanceof Error ? e.message : String(e)).split('\n')[0]
    return [invalid(path, type, `rule evaluation error: ${why}`)]
  }
}

function ownErrors(value: unknown, old: unknown, props: JSONSchemaProps, path: string): FieldError[] {
  const rules = props['x-kubernetes-validations'] ?? []
  if (rules.length === 0) return []
  const context: Record<string, unknown> = { self: celValue(value) }
  if (old !== undefined) context['oldSelf'] = celValue(old)
  return rules.flatMap((rule) => {
    const compiled = celRule(rule.rule)
    if (compiled instanceof Error || (usesOld(rule.rule) && old === undefined && rule.optionalOldSelf !== true)) return []
    return runRule(rule, compiled, context, props.type ?? 'object', path)
  })
}

const member = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>)[key] : undefined

function itemErrors(list: readonly unknown[], old: unknown, props: JSONSchemaProps, path: string): FieldError[] {
  const items = itemsOf(props)
  if (items === undefined) return []
  const keys = props['x-kubernetes-list-map-keys']
  const before = Array.isArray(old) ? old : []
  return list.flatMap((item, i) => {
    const same = keys && before.find((o) => keys.every((k) => member(o, k) === member(item, k)))
    return celErrors(item, same, items, `${path}[${i}]`)
  })
}

/** Every rule that does not hold, the outermost first. */
export function celErrors(value: unknown, old: unknown, props: JSONSchemaProps, path: string): FieldError[] {
  if (value === null || value === undefined) return []
  const found = ownErrors(value, old, props, path)
  if (Array.isArray(value)) return [...found, ...itemErrors(value, old, props, path)]
  if (typeof value !== 'object') return found
  const at = (key: string): string => (path === '' ? key : `${path}.${key}`)
  for (const [key, child] of Object.entries(props.properties ?? {}))
    found.push(...celErrors(member(value, key), member(old, key), child, at(key)))
  const values = valuesOf(props)
  if (values !== undefined)
    for (const key of Object.keys(value))
      if (!props.properties?.[key]) found.push(...celErrors(member(value, key), member(old, key), values, at(key)))
  return found
}

/** Whether the schema holds any rule at all: most do not, and then nothing is converted. */
export function hasRules(props: JSONSchemaProps): boolean {
  if ((props['x-kubernetes-validations']?.length ?? 0) > 0) return true
  const children = [...Object.values(props.properties ?? {}), itemsOf(props), valuesOf(props)]
  return children.some((child) => child !== undefined && hasRules(child))
}
