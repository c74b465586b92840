/**
 * values.schema.json: what of JSON Schema charts use (types, enum, const, bounds, patterns, properties, items, combinations, `if`, local
 * `$ref`), worded as the validator that helm carries words it. Remote references are not followed.
 */
import { RE2JS } from 're2js'
import { data } from '../functions/encoding.ts'
import { deepEqual, type Fields, has, isMap, sortedKeys } from '../template/values.ts'
import { type Chart, HelmError } from './contract.ts'

interface Walk {
  readonly root: unknown
  readonly problems: string[]
  depth: number
}

function typeName(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (Array.isArray(value)) return 'array'
  return typeof value === 'bigint' ? 'number' : typeof value
}

const isType = (value: unknown, type: string): boolean =>
  type === 'integer' ? typeof value === 'number' && Number.isInteger(value) : typeName(value) === type

const quoted = (text: string): string => `'${text}'`
const shown = (value: unknown): string => (typeof value === 'string' ? quoted(value) : JSON.stringify(value))
const many = (keys: readonly string[]): string => keys.map(quoted).join(', ')
const note = (walk: Walk, at: string, message: string): void => {
  walk.problems.push(`- at ${quoted(at)}: ${message}`)
}

/** How many Unicode characters. */
const length = (text: string): number => [...text].length

function matches(pattern: unknown, text: string): boolean {
  try {
    return RE2JS.compile(String(pattern)).matcher(text).find()
  } catch {
    return true
  }
}

function resolve(walk: Walk, reference: string): unknown {
  if (!reference.startsWith('#'))
    throw new HelmError(`values.schema.json: ${reference}: references to other documents are not followed in this lab`)
  let at = walk.root
  for (const part of reference
    .slice(1)
    .split('/')
    .filter((p) => p !== '')) {
    const key = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')
    at = isMap(at) && has(at, key) ? at[key] : Array.isArray(at) ? at[Number(key)] : undefined
  }
  return at
}

/** Whether a value fits, without telling why. */
function fits(walk: Walk, schema: unknown, value: unknown, at: string): boolean {
  const aside: Walk = { root: walk.root, problems: [], depth: walk.depth }
  check(aside, schema, value, at)
  return aside.problems.length === 0
}

function checkText(walk: Walk, schema: Fields, value: string, at: string): void {
  const n = length(value)
  if (typeof schema.minLength === 'number' && n < schema.minLength) note(walk, at, `minLength: got ${n}, want ${schema.minLength}`)
  if (typeof schema.maxLength === 'number' && n > schema.maxLength) note(walk, at, `maxLength: got ${n}, want ${schema.maxLength}`)
  if (typeof schema.pattern === 'string' && !matches(schema.pattern, value))
    note(walk, at, `${quoted(value)} does not match pattern ${quoted(schema.pattern)}`)
}

function checkNumber(walk: Walk, schema: Fields, value: number, at: string): void {
  const bounds = [
    ['minimum', (limit: number) => value >= limit],
    ['maximum', (limit: number) => value <= limit],
    ['exclusiveMinimum', (limit: number) => value > limit],
    ['exclusiveMaximum', (limit: number) => value < limit],
    ['multipleOf', (limit: number) => Number.isInteger(value / limit)],
  ] as const
  for (const [name, holds] of bounds) {
    const limit = schema[name]
    if (typeof limit === 'number' && !holds(limit)) note(walk, at, `${name}: got ${value}, want ${limit}`)
  }
}

function checkList(walk: Walk, schema: Fields, value: readonly unknown[], at: string): void {
  if (typeof schema.minItems === 'number' && value.length < schema.minItems)
    note(walk, at, `minItems: got ${value.length}, want ${schema.minItems}`)
  if (typeof schema.maxItems === 'number' && value.length > schema.maxItems)
    note(walk, at, `maxItems: got ${value.length}, want ${schema.maxItems}`)
  if (schema.uniqueItems === true && value.length <= 1000) {
    const twice = value.findIndex((x, i) => value.slice(0, i).some((y) => deepEqual(x, y)))
    if (twice >= 0) note(walk, at, `items at ${value.findIndex((y) => deepEqual(y, value[twice]))} and ${twice} are equal`)
  }
  if (schema.items !== undefined && !Array.isArray(schema.items))
    for (const [i, item] of value.entries()) check(walk, schema.items, item, `${at}/${i}`)
}

function checkMap(walk: Walk, schema: Fields, value: Fields, at: string): void {
  const required = Array.isArray(schema.required) ? schema.required.map(String) : []
  const absent = required.filter((key) => !has(value, key))
  if (absent.length > 0) note(walk, at, `missing ${absent.length === 1 ? 'property' : 'properties'} ${many(absent)}`)
  const properties = isMap(schema.properties) ? schema.properties : {}
  const patterns = isMap(schema.patternProperties) ? schema.patternProperties : {}
  const extra: string[] = []
  for (const key of sortedKeys(value)) {
    const inner = `${at}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
    let known = false
    if (has(properties, key)) {
      known = true
      check(walk, properties[key], value[key], inner)
    }
    for (const pattern of Object.keys(patterns))
      if (matches(pattern, key)) {
        known = true
        check(walk, patterns[pattern], value[key], inner)
      }
    if (known) continue
    if (schema.additionalProperties === false) extra.push(key)
    else if (isMap(schema.additionalProperties)) check(walk, schema.additionalProperties, value[key], inner)
  }
  if (extra.length > 0) note(walk, at, `additional properties ${many(extra)} not allowed`)
}

function checkCombined(walk: Walk, schema: Fields, value: unknown, at: string): void {
  const list = (key: string): readonly unknown[] => (Array.isArray(schema[key]) ? (schema[key] as unknown[]) : [])
  for (const one of list('allOf')) check(walk, one, value, at)
  const any = list('anyOf')
  if (any.length > 0 && !any.some((one) => fits(walk, one, value, at))) note(walk, at, 'anyOf failed')
  const alternatives = list('oneOf')
  if (alternatives.length > 0) {
    const fitting = alternatives.flatMap((one, i) => (fits(walk, one, value, at) ? [i] : []))
    if (fitting.length === 0) note(walk, at, "'oneOf' failed, none matched")
    if (fitting.length > 1) note(walk, at, `'oneOf' failed, subschemas ${fitting.slice(0, 2).join(', ')} matched`)
  }
  if (schema.not !== undefined && fits(walk, schema.not, value, at)) note(walk, at, "'not' failed")
  if (schema.if !== undefined) check(walk, fits(walk, schema.if, value, at) ? schema.then : schema.else, value, at)
}

function check(walk: Walk, schema: unknown, value: unknown, at: string): void {
  if (schema === false) note(walk, at, 'false schema')
  if (!isMap(schema) || walk.problems.length > 100) return
  if (++walk.depth > 100) throw new HelmError('values.schema.json refers to itself without end')
  if (typeof schema.$ref === 'string') check(walk, resolve(walk, schema.$ref), value, at)
  const types = typeof schema.type === 'string' ? [schema.type] : Array.isArray(schema.type) ? schema.type.map(String) : []
  if (types.length > 0 && !types.some((type) => isType(value, type))) note(walk, at, `got ${typeName(value)}, want ${types.join(' or ')}`)
  else {
    if (Array.isArray(schema.enum) && !schema.enum.some((one) => deepEqual(one, value)))
      note(
        walk,
        at,
        schema.enum.length === 1 ? `value must be ${shown(schema.enum[0])}` : `value must be one of ${schema.enum.map(shown).join(', ')}`,
      )
    if (has(schema, 'const') && !deepEqual(schema.const, value)) note(walk, at, `value must be ${shown(schema.const)}`)
    if (typeof value === 'string') checkText(walk, schema, value, at)
    if (typeof value === 'number') checkNumber(walk, schema, value, at)
    if (Array.isArray(value)) checkList(walk, schema, value, at)
    if (isMap(value)) checkMap(walk, schema, value, at)
    checkCombined(walk, schema, value, at)
  }
  walk.depth--
}

/** What is wrong with a chart's values and those of its subcharts, chart by chart; '' when nothing is. */
export function schemaProblems(chart: Chart, values: Fields): string {
  let out = ''
  if (chart.schema !== undefined) {
    let root: unknown
    try {
      root = JSON.parse(chart.schema)
    } catch {
      throw new HelmError('values.schema.json is no JSON')
    }
    const walk: Walk = { root, problems: [], depth: 0 }
    check(walk, root, data(values), '')
    if (walk.problems.length > 0) out += `${chart.name}:\n${walk.problems.join('\n')}\n\n`
  }
  for (const sub of chart.charts) out += schemaProblems(sub, isMap(values[sub.name]) ? (values[sub.name] as Fields) : {})
  return out
}

export const SCHEMA_FAILURE = "values don't meet the specifications of the schema(s)"

/** Throws HelmError where values do not fit the charts' schemas. */
export function validateSchemas(chart: Chart, values: Fields): void {
  const problems = schemaProblems(chart, values)
  if (problems !== '') throw new HelmError(`${SCHEMA_FAILURE} in the following chart(s):\n${problems}`)
}
