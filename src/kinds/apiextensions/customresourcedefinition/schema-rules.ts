/**
 * What the API refuses in a CRD's schema beside its structure: words of OpenAPI it does not know, lists and maps that contradict
 * themselves, defaults that do not fit, rules that cannot be read (apiextensions' validateCustomResourceDefinitionValidation).
 */
import { type FieldError, forbidden, invalid, required } from '../../../api/errors.ts'
import type { JSONSchemaProps } from '../../../api/generated/types/apiextensions-v1.ts'
import { compilationFailure } from '../../cel/compilation.ts'
import { celRule } from '../../cel/rule.ts'
import { unsupported } from '../../core/field-checks.ts'
import { itemsOf, valuesOf } from '../customresource/schema.ts'
import { valueErrors } from '../customresource/value-errors.ts'
import { structuralErrors } from './structural.ts'

const types = ['array', 'boolean', 'integer', 'number', 'object', 'string']
const reasons = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired']
const alien = ['id', 'additionalItems', 'patternProperties', 'definitions', 'dependencies', '$ref'] as const

function wordErrors(s: JSONSchemaProps, path: string): FieldError[] {
  const found: FieldError[] = []
  if (s.type && !types.includes(s.type)) found.push(unsupported(`${path}.type`, s.type, types))
  for (const word of alien) if (s[word] !== undefined) found.push(forbidden(`${path}.${word}`, `${word} is not supported`))
  if (s.type === 'null') found.push(forbidden(`${path}.type`, 'type cannot be set to null, use nullable as an alternative'))
  if (Array.isArray(s.items)) found.push(forbidden(`${path}.items`, 'items must be a schema object and not an array'))
  if (s.uniqueItems === true)
    found.push(forbidden(`${path}.uniqueItems`, 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic'))
  if (Object.keys(s.properties ?? {}).length > 0 && s.additionalProperties !== undefined && s.additionalProperties !== true)
    found.push(forbidden(`${path}.additionalProperties`, 'additionalProperties and properties are mutual exclusive'))
  return found
}

function typedAs(s: JSONSchemaProps, wanted: string, word: string, path: string): FieldError[] {
  if (s.type === wanted) return []
  const detail = `must be ${wanted} if ${word} is specified`
  return [s.type ? invalid(`${path}.type`, s.type, detail) : required(`${path}.type`, detail)]
}

function setItemErrors(items: JSONSchemaProps, path: string): FieldError[] {
  const detail = 'must be atomic as item of a list with x-kubernetes-list-type=set'
  const list = items['x-kubernetes-list-type']
  if (items.type === 'array' && list !== undefined && list !== 'atomic')
    return [invalid(`${path}.items.x-kubernetes-list-type`, list, detail)]
  if (items.type === 'object' && items['x-kubernetes-map-type'] !== 'atomic')
    return [invalid(`${path}.items.x-kubernetes-map-type`, list ?? null, detail)]
  return []
}

function mapKeyErrors(s: JSONSchemaProps, items: JSONSchemaProps, path: string): FieldError[] {
  const keys = s['x-kubernetes-list-map-keys'] ?? []
  const found: FieldError[] = []
  for (const [i, key] of keys.entries()) {
    const property = items.properties?.[key]
    if (property === undefined)
      found.push(invalid(`${path}.x-kubernetes-list-map-keys`, keys, 'entries must all be names of item properties'))
    else if (property.type === 'array' || property.type === 'object') {
      const detail = "must be a scalar type if parent array's x-kubernetes-list-type is map"
      found.push(invalid(`${path}.items.properties[${key}].type`, items.type, detail))
    }
    if (keys.indexOf(key) < i) found.push(invalid(`${path}.x-kubernetes-list-map-keys`, keys, 'must not contain duplicate entries'))
  }
  return found
}

function keyedItemErrors(s: JSONSchemaProps, items: JSONSchemaProps, path: string): FieldError[] {
  const list = s['x-kubernetes-list-type']
  const found: FieldError[] = []
  if (list !== 'set' && list !== 'map') return found
  if (items.nullable === true) found.push(forbidden(`${path}.items.nullable`, `cannot be nullable when x-kubernetes-list-type is ${list}`))
  for (const key of list === 'map' ? (s['x-kubernetes-list-map-keys'] ?? []) : []) {
    const property = items.properties?.[key]
    if (property === undefined) continue
    const at = `${path}.items.properties[${key}]`
    if (!items.required?.includes(key) && property.default === undefined) {
      const detail = 'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property'
      found.push(required(`${at}.default`, detail))
    }
    if (property.nullable === true)
      found.push(forbidden(`${at}.nullable`, 'this property is in x-kubernetes-list-map-keys, so it cannot be nullable'))
  }
  return found
}

function listErrors(s: JSONSchemaProps, path: string): FieldError[] {
  const list = s['x-kubernetes-list-type']
  const keys = s['x-kubernetes-list-map-keys'] ?? []
  const items = itemsOf(s)
  const found: FieldError[] = []
  if (list !== undefined && s.type !== 'array') found.push(...typedAs(s, 'array', 'x-kubernetes-list-type', path))
  else if (list === 'set' && items !== undefined) found.push(...setItemErrors(items, path))
  if (list !== undefined && !['atomic', 'set', 'map'].includes(list))
    found.push(unsupported(`${path}.x-kubernetes-list-type`, list, ['atomic', 'set', 'map']))
  if (keys.length > 0 && list !== 'map') {
    const detail = 'must be map if x-kubernetes-list-map-keys is non-empty'
    const at = `${path}.x-kubernetes-list-type`
    found.push(list === undefined ? required(at, detail) : invalid(at, list, detail))
  }
  if (list === 'map') {
    if (keys.length === 0) found.push(required(`${path}.x-kubernetes-list-map-keys`, 'must not be empty if x-kubernetes-list-type is map'))
    if (items === undefined) found.push(required(`${path}.items`, 'must have a schema if x-kubernetes-list-type is map'))
    else if (items.type === 'object') found.push(...mapKeyErrors(s, items, path))
    else found.push(invalid(`${path}.items.type`, items.type ?? '', "must be object if parent array's x-kubernetes-list-type is map"))
  }
  return items === undefined ? found : [...found, ...keyedItemErrors(s, items, path)]
}

function extensionErrors(s: JSONSchemaProps, path: string): FieldError[] {
  const found: FieldError[] = []
  if (s['x-kubernetes-preserve-unknown-fields'] === false)
    found.push(invalid(`${path}.x-kubernetes-preserve-unknown-fields`, false, 'must be true or undefined'))
  const map = s['x-kubernetes-map-type']
  if (map !== undefined) {
    found.push(...typedAs(s, 'object', 'x-kubernetes-map-type', path))
    if (map !== 'atomic' && map !== 'granular') found.push(unsupported(`${path}.x-kubernetes-map-type`, map, ['atomic', 'granular']))
  }
  return [...found, ...listErrors(s, path)]
}

/** The texts of rules; whether they compile is asked only of a schema that is sound otherwise. */
function ruleErrors(s: JSONSchemaProps, path: string): FieldError[] {
  return (s['x-kubernetes-validations'] ?? []).flatMap((rule, i) => {
    const at = `${path}.x-kubernetes-validations[${i}]`
    const found: FieldError[] = []
    const message = rule.message?.trim() ?? ''
    if (!rule.rule?.trim()) found.push(required(`${at}.rule`, 'rule is not specified'))
    else if (rule.message && message === '') found.push(invalid(`${at}.message`, rule.message, 'message must be non-empty if specified'))
    else if (/[\n\r]/.test(message)) found.push(invalid(`${at}.message`, rule.message, 'message must not contain line breaks'))
    else if (/[\n\r]/.test(rule.rule.trim()) && message === '')
      found.push(required(`${at}.message`, 'message must be specified if rule contains line breaks'))
    if (rule.messageExpression && rule.messageExpression.trim() === '')
      found.push(required(`${at}.messageExpression`, 'messageExpression must be non-empty if specified'))
    if (rule.reason !== undefined && !reasons.includes(rule.reason)) found.push(unsupported(`${at}.reason`, rule.reason, reasons))
    return found
  })
}

function compileErrors(s: JSONSchemaProps, path: string): FieldError[] {
  return (s['x-kubernetes-validations'] ?? []).flatMap((rule, i) => {
    const compiled = celRule(rule.rule)
    const at = `${path}.x-kubernetes-validations[${i}].rule`
    return compiled instanceof Error ? [invalid(at, rule.rule, compilationFailure(rule.rule, compiled))] : []
  })
}

type Check = (s: JSONSchemaProps, path: string) => FieldError[]

/** The node's own errors, then those below: values, properties, junctors, items. */
function walk(s: JSONSchemaProps | undefined, path: string, before: Check, after: Check): FieldError[] {
  if (s === undefined) return []
  const below = (child: JSONSchemaProps | undefined, at: string): FieldError[] => walk(child, at, before, after)
  const names = Object.keys(s.properties ?? {}).sort()
  return [
    ...before(s, path),
    ...below(valuesOf(s), `${path}.additionalProperties`),
    ...names.flatMap((name) => below(s.properties![name], `${path}.properties[${name}]`)),
    ...below(s.not, `${path}.not`),
    ...(['allOf', 'oneOf', 'anyOf'] as const).flatMap((list) => (s[list] ?? []).flatMap((c, i) => below(c, `${path}.${list}[${i}]`))),
    ...below(itemsOf(s), `${path}.items`),
    ...after(s, path),
  ]
}

/** A default is judged like a value given, at its own place. */
function defaultErrors(s: JSONSchemaProps, path: string): FieldError[] {
  if (s.default === undefined || s.default === null) return []
  return valueErrors(s.default, s, '').map((e) => ({ ...e, field: e.field === '' ? `${path}.default` : `${path}.default.${e.field}` }))
}

const nothing: Check = () => []

/** Everything wrong with the schema at `path`; `hasStatus` when the status is a resource of its own. */
export function schemaErrors(schema: JSONSchemaProps, path: string, hasStatus: boolean): FieldError[] {
  const found: FieldError[] = []
  if (hasStatus && schema.type && schema.type !== 'object') {
    const detail = 'only \\"object\\" is allowed as the type at the root of the schema if the status subresource is enabled'
    found.push(invalid(`${path}.type`, schema.type, detail))
  }
  if (schema.nullable === true) found.push(forbidden(`${path}.nullable`, 'nullable cannot be true at the root'))
  const structure = structuralErrors(schema, path)
  if (structure.length === 0) structure.push(...walk(schema, path, defaultErrors, nothing))
  const rules = walk(schema, path, wordErrors, (s, at) => [...extensionErrors(s, at), ...ruleErrors(s, at)])
  if (structure.length + rules.length === 0) rules.push(...walk(schema, path, nothing, compileErrors))
  return [...found, ...structure, ...rules]
}
