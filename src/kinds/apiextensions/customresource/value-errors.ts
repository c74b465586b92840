/**
 * Validation of a value against a CRD's schema, worded as kube-openapi's validator words it. All errors are told at once.
 */
import { duplicate, type FieldError, invalid, required, tooLong, tooMany, typeInvalid } from '../../../api/errors.ts'
import type { JSONSchemaProps } from '../../../api/generated/types/apiextensions-v1.ts'
import { unsupported } from '../../core/field-checks.ts'
import { same } from '../../fields/same.ts'
import { formatError } from './formats.ts'
import { patternOf } from './pattern.ts'
import { itemsOf, valuesOf } from './schema.ts'

function typeName(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}

function typeErrors(value: unknown, props: JSONSchemaProps, path: string): FieldError[] {
  const got = typeName(value)
  const wanted = props['x-kubernetes-int-or-string'] === true ? 'integer,string' : props.type
  if (wanted === undefined || wanted === '') return []
  if (wanted.split(',').includes(got) || (wanted === 'number' && got === 'integer')) return []
  return [typeInvalid(path, got, `${path} in body must be of type ${wanted}: "${got}"`)]
}

function stringErrors(value: string, props: JSONSchemaProps, path: string): FieldError[] {
  const found: FieldError[] = []
  const length = [...value].length
  if (props.maxLength !== undefined && length > props.maxLength) found.push(tooLong(path, value, props.maxLength))
  if (props.minLength !== undefined && length < props.minLength)
    found.push(invalid(path, value, `${path} in body should be at least ${props.minLength} chars long`))
  if (props.pattern !== undefined && !patternOf(props.pattern)(value))
    found.push(invalid(path, value, `${path} in body should match '${props.pattern}'`))
  const wrong = props.format === undefined ? undefined : formatError(value, props.format)
  if (wrong) found.push(invalid(path, value, `${path} in body must be of type ${props.format}: ${JSON.stringify(value)}`))
  return found
}

function numberErrors(value: number, props: JSONSchemaProps, path: string): FieldError[] {
  const found: FieldError[] = []
  const { minimum, maximum, multipleOf } = props
  const should = (what: string): number => found.push(invalid(path, value, `${path} in body should be ${what}`))
  if (multipleOf !== undefined && !Number.isInteger(value / multipleOf)) should(`a multiple of ${multipleOf}`)
  if (maximum !== undefined) {
    if (props.exclusiveMaximum === true && value >= maximum) should(`less than ${maximum}`)
    else if (value > maximum) should(`less than or equal to ${maximum}`)
  }
  if (minimum !== undefined) {
    if (props.exclusiveMinimum === true && value <= minimum) should(`greater than ${minimum}`)
    else if (value < minimum) should(`greater than or equal to ${minimum}`)
  }
  return found
}

function listTypeErrors(list: readonly unknown[], props: JSONSchemaProps, path: string): FieldError[] {
  const type = props['x-kubernetes-list-type']
  if (type !== 'set' && type !== 'map') return []
  const keys = props['x-kubernetes-list-map-keys'] ?? []
  const keyOf = (item: unknown): unknown =>
    type === 'set'
      ? item
      : Object.fromEntries(keys.map((k) => [k, (item as Record<string, unknown> | null)?.[k]]).filter(([, v]) => v !== undefined))
  const seen = new Set<string>()
  return list.flatMap((item, i) => {
    const key = JSON.stringify(keyOf(item))
    if (seen.has(key)) return [duplicate(`${path}[${i}]`, keyOf(item))]
    seen.add(key)
    return []
  })
}

function arrayErrors(list: readonly unknown[], props: JSONSchemaProps, path: string): FieldError[] {
  const items = itemsOf(props)
  const found = items === undefined ? [] : list.flatMap((item, i) => valueErrors(item, items, `${path}[${i}]`))
  if (props.minItems !== undefined && list.length < props.minItems)
    found.push(invalid(path, list.length, `${path} in body should have at least ${props.minItems} items`))
  if (props.maxItems !== undefined && list.length > props.maxItems) found.push(tooMany(path, list.length, props.maxItems))
  return [...found, ...listTypeErrors(list, props, path)]
}

const child = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`)

function objectErrors(value: Readonly<Record<string, unknown>>, props: JSONSchemaProps, path: string): FieldError[] {
  const found: FieldError[] = []
  const count = Object.keys(value).length
  if (props.minProperties !== undefined && count < props.minProperties)
    found.push(invalid(path, count, `${path} in body should have at least ${props.minProperties} properties`))
  if (props.maxProperties !== undefined && count > props.maxProperties) found.push(tooMany(path, count, props.maxProperties))
  const values = valuesOf(props)
  if (values !== undefined)
    for (const key of Object.keys(value).sort())
      if (!props.properties?.[key]) found.push(...valueErrors(value[key], values, child(path, key)))
  for (const [key, property] of Object.entries(props.properties ?? {}))
    if (value[key] !== undefined) found.push(...valueErrors(value[key], property, child(path, key)))
  for (const key of props.required ?? []) if (value[key] === undefined) found.push(required(child(path, key)))
  return found
}

function combinedErrors(value: unknown, props: JSONSchemaProps, path: string): FieldError[] {
  const fits = (p: JSONSchemaProps): boolean => valueErrors(value, p, path).length === 0
  const found: FieldError[] = []
  const shown = typeof value === 'object' ? typeName(value) : value
  const must = (what: string): number => found.push(invalid(path, shown, `"${path}" must ${what}`))
  if (props.anyOf && !props.anyOf.some(fits)) must('validate at least one schema (anyOf)')
  if (props.oneOf) {
    const fitting = props.oneOf.filter(fits).length
    if (fitting !== 1)
      must(`validate one and only one schema (oneOf). Found ${fitting === 0 ? 'none valid' : `${fitting} valid alternatives`}`)
  }
  if (props.allOf && !props.allOf.every(fits)) {
    for (const p of props.allOf) found.push(...valueErrors(value, p, path))
    must('validate all the schemas (allOf)')
  }
  if (props.not && fits(props.not)) must('not validate the schema (not)')
  return found
}

/** Everything wrong with the value; `path` is '' for a whole object. */
export function valueErrors(value: unknown, props: JSONSchemaProps, path: string): FieldError[] {
  if (value === null && props.nullable === true) return []
  const wrongType = typeErrors(value, props, path)
  if (wrongType.length > 0) return wrongType
  const found = combinedErrors(value, props, path)
  if (typeof value === 'string') found.push(...stringErrors(value, props, path))
  else if (typeof value === 'number') found.push(...numberErrors(value, props, path))
  else if (Array.isArray(value)) found.push(...arrayErrors(value, props, path))
  else if (typeof value === 'object' && value !== null) found.push(...objectErrors(value as Record<string, unknown>, props, path))
  if (props.enum && !props.enum.some((allowed) => same(allowed, value))) found.push(unsupported(path, value, props.enum.map(String)))
  return found
}
