/**
 * Decoding a request's body against a schema, as the API server's strict JSON decoder does: the first type error ends it, unknown fields
 * are dropped and told, quantities and times come out in canonical form.
 */
import { embeddedStruct, emptyCounts, goType, isIntOrString, isQuantity, isTime, structName } from './decode-go-types.ts'
import { errors } from './errors.ts'
import { formatQuantity, quantityError } from './quantity.ts'
import { formatMicroTime, formatTime, parseTime } from './rfc3339.ts'
import type { Schema } from './schema.ts'
import { cloneJson, isRecord, setOwn, sortedKeys } from './walk.ts'

export type FieldValidation = 'Strict' | 'Warn' | 'Ignore'

export interface DecodeOptions {
  /** Warn when left out, as the API server has it; kubectl asks for Strict. */
  readonly fieldValidation?: FieldValidation
  /** For the message `Kind in version "v1" cannot be handled as a Kind: …`; without them the bare text is thrown. */
  readonly kind?: string
  readonly version?: string
  /** False for custom resources: types are left to validation, nulls and empty lists stay. */
  readonly typed?: boolean
  /** Paths of fields the text had twice (see decode-duplicates.ts). */
  readonly duplicates?: readonly string[]
  /** Type errors worded as the decoder of JSON has them, or as the converter behind strategic merge patches. */
  readonly wording?: 'json' | 'unstructured'
}

export interface Decoded<T> {
  /** A fresh, mutable copy without unknown fields. */
  readonly object: T
  /** For `Warning:` headers; empty unless fieldValidation is Warn. */
  readonly warnings: readonly string[]
  /** Empty lists and maps that were given: left out of the object, as Go writes it, but still told as `[]` and `{}` where an error shows them. */
  readonly empties: ReadonlyMap<string, unknown>
}

const MAX_STRICT_ERRORS = 100
const DROP = Symbol('drop')

interface Walk {
  readonly typed: boolean
  readonly wording: 'json' | 'unstructured'
  readonly unknown: string[]
  readonly empties: Map<string, unknown>
  readonly path: (string | number)[]
  readonly goPath: string[]
  /** The first type error; decoding goes on, for a hard error would win over it. */
  error: string | undefined
}

/** What a value's own decoder (quantities, times, ports by number or name) refuses ends everything at once, as in Go. */
class HardStop {
  constructor(readonly text: string) {}
}

/** Where a value stands: the struct and its field (lists and maps pass theirs on). */
interface Place {
  readonly parent: Schema | undefined
  readonly field: string
}

const kindOf = (value: unknown): string =>
  Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value === 'object' ? 'object' : typeof value

const converterKind: Record<string, string> = { array: 'slice', object: 'map', number: 'int64', bool: 'bool', string: 'string' }

function convertText(value: unknown, schema: Schema, type: string): string {
  const kind = converterKind[kindOf(value)]!
  if (schema.type === 'object')
    return schema.properties === undefined ? `cannot restore map from ${kind}` : `cannot restore struct from: ${kind}`
  return schema.type === 'array' ? `cannot restore slice from ${kind}` : `unrecognized type: ${type}`
}

function mismatchText(walk: Walk, value: unknown, schema: Schema, place: Place, literal: string): string {
  const type = goType(schema, place.parent, place.field)
  if (walk.wording === 'unstructured') return convertText(value, schema, type)
  const structField = place.parent === undefined ? undefined : `${structName(place.parent)}.${walk.goPath.join('.')}`
  return `json: cannot unmarshal ${kindOf(value)}${literal} into ${structField === undefined ? 'Go value' : `Go struct field ${structField}`} of type ${type}`
}

function mismatch(walk: Walk, value: unknown, schema: Schema, place: Place, literal = ''): typeof DROP {
  walk.error ??= mismatchText(walk, value, schema, place, literal)
  return DROP
}

const stop = (text: string): never => {
  throw new HardStop(text)
}

/** The byte at which Go's decoder gives up, or undefined for sound base64. */
function base64Error(text: string): number | undefined {
  const clean = text.replace(/[\r\n]/g, '')
  const bad = clean.search(/[^A-Za-z0-9+/]/)
  const end = bad < 0 ? clean.length : bad
  const rest = end % 4
  if (bad < 0) return rest === 0 ? undefined : end - rest
  if (clean[bad] !== '=') return bad
  if (rest < 2) return bad
  const padding = 4 - rest
  const given = /^=+/.exec(clean.slice(bad))![0].length
  if (given < padding) return bad + given === clean.length ? clean.length : bad
  return bad + padding === clean.length ? undefined : bad + padding
}

function decodeTime(walk: Walk, value: unknown, schema: Schema, place: Place): unknown {
  if (typeof value !== 'string') return stop(mismatchText(walk, value, schema, place, ''))
  const ms = parseTime(value)
  if (ms !== undefined) return schema.format === 'micro-time' ? formatMicroTime(ms) : formatTime(ms)
  const shown = JSON.stringify(value)
  return stop(`parsing time ${shown} as "2006-01-02T15:04:05Z07:00": cannot parse ${shown} as "2006"`)
}

function decodeIntOrString(walk: Walk, value: unknown, schema: Schema, place: Place): unknown {
  if (typeof value === 'string') return value
  if (typeof value !== 'number') return stop(mismatchText(walk, value, schema, place, ''))
  return isInteger(value, 32) ? value : stop(mismatchText(walk, value, schema, place, ` ${value}`))
}

const isInteger = (value: number, bits: number): boolean =>
  Number.isInteger(value) && value < 2 ** (bits - 1) && value >= -(2 ** (bits - 1))

function decodeNumber(walk: Walk, value: unknown, schema: Schema, place: Place): unknown {
  if (typeof value !== 'number') return mismatch(walk, value, schema, place)
  if (schema.type === 'number') return value
  return isInteger(value, schema.format === 'int32' ? 32 : 64) ? value : mismatch(walk, value, schema, place, ` ${value}`)
}

function decodeScalar(walk: Walk, value: unknown, schema: Schema, place: Place): unknown {
  if (schema.type === 'boolean') return typeof value === 'boolean' ? value : mismatch(walk, value, schema, place)
  if (schema.type !== 'string') return decodeNumber(walk, value, schema, place)
  if (isTime(schema)) return decodeTime(walk, value, schema, place)
  if (typeof value !== 'string') return mismatch(walk, value, schema, place)
  if (schema.format !== 'byte') return value
  const bad = base64Error(value)
  if (bad === undefined) return value.replace(/[\r\n]/g, '')
  walk.error ??= `illegal base64 data at input byte ${bad}`
  return DROP
}

function decodeQuantity(value: unknown): unknown {
  const text = typeof value === 'string' || typeof value === 'number' ? value : JSON.stringify(value)
  const wrong = quantityError(text)
  return wrong === undefined ? formatQuantity(text) : stop(wrong)
}

/** What Go puts for null inside a list or a map: the zero value. */
function zeroOf(schema: Schema): unknown {
  if (isQuantity(schema)) return '0'
  const zeros = { string: '', boolean: false, object: {}, array: [], integer: 0, number: 0 }
  return schema.type === undefined ? 0 : zeros[schema.type]
}

function decodeArray(walk: Walk, value: unknown, schema: Schema, place: Place): unknown {
  if (!Array.isArray(value)) return walk.typed ? mismatch(walk, value, schema, place) : cloneJson(value)
  if (schema.items === undefined) return cloneJson(value)
  const items = schema.items
  return value.map((item, i) => {
    if (item === null) return walk.typed ? zeroOf(items) : null
    walk.path.push(i)
    const out = decodeValue(walk, item, items, place)
    walk.path.pop()
    return out
  })
}

function decodeMap(walk: Walk, value: Record<string, unknown>, values: Schema, place: Place): unknown {
  const out = {}
  for (const key of sortedKeys(value)) {
    if (value[key] === undefined) continue
    walk.path.push(key)
    const item = value[key] === null ? (walk.typed ? zeroOf(values) : null) : decodeValue(walk, value[key], values, place)
    walk.path.pop()
    setOwn(out, key, item)
  }
  return out
}

function pathText(path: readonly (string | number)[]): string {
  let text = ''
  for (const step of path) text += typeof step === 'number' ? `[${step}]` : text === '' ? step : `.${step}`
  return text
}

function decodeField(walk: Walk, value: unknown, schema: Schema, parent: Schema, field: string): unknown {
  const embedded = walk.typed ? embeddedStruct(parent, field) : undefined
  walk.path.push(field)
  if (embedded !== undefined) walk.goPath.push(embedded)
  walk.goPath.push(field)
  const out = decodeValue(walk, value, schema, { parent, field })
  walk.goPath.length -= embedded === undefined ? 1 : 2
  walk.path.pop()
  return out
}

const isMapOrList = (schema: Schema): boolean =>
  schema.type === 'array' || (schema.type === 'object' && schema.additionalProperties !== undefined)

/** Go leaves empty lists and maps (and, in metadata, empty text) out of what it writes. */
function isLeftOut(out: unknown, schema: Schema, parent: Schema, field: string): boolean {
  if (out === DROP || out === undefined) return true
  if (emptyCounts(parent, field)) return false
  if (out === '') return parent.name?.endsWith('.ObjectMeta') === true
  if (typeof out !== 'object' || out === null || !isMapOrList(schema) || parent.required?.includes(field)) return false
  return Object.keys(out).length === 0
}

function decodeStruct(walk: Walk, value: Record<string, unknown>, schema: Schema): unknown {
  const properties = schema.properties!
  const out = {}
  for (const key of sortedKeys(value)) {
    const item = value[key]
    if (item === undefined) continue
    const field = Object.hasOwn(properties, key) ? properties[key] : undefined
    if (field === undefined) {
      if (schema.preserveUnknown || schema.additionalProperties === true) setOwn(out, key, cloneJson(item))
      else if (walk.unknown.length < MAX_STRICT_ERRORS) walk.unknown.push(pathText([...walk.path, key]))
      continue
    }
    if (item === null) {
      if (!walk.typed) setOwn(out, key, null)
      continue
    }
    const decoded = decodeField(walk, item, field, schema, key)
    if (!walk.typed || !isLeftOut(decoded, field, schema, key)) setOwn(out, key, decoded)
    else if (typeof decoded === 'object') walk.empties.set(pathText([...walk.path, key]), decoded)
  }
  return out
}

function decodeObjectValue(walk: Walk, value: unknown, schema: Schema, place: Place): unknown {
  if (!isRecord(value)) return walk.typed ? mismatch(walk, value, schema, place) : cloneJson(value)
  if (schema.properties !== undefined) return decodeStruct(walk, value, schema)
  if (typeof schema.additionalProperties === 'object') return decodeMap(walk, value, schema.additionalProperties, place)
  const open = walk.typed || schema.preserveUnknown || schema.additionalProperties === true
  return open ? cloneJson(value) : decodeStruct(walk, value, { ...schema, properties: {} })
}

function decodeValue(walk: Walk, value: unknown, schema: Schema, place: Place): unknown {
  if (walk.typed && isQuantity(schema)) return decodeQuantity(value)
  if (walk.typed && isIntOrString(schema)) return decodeIntOrString(walk, value, schema, place)
  switch (schema.type) {
    case 'object':
      return decodeObjectValue(walk, value, schema, place)
    case 'array':
      return decodeArray(walk, value, schema, place)
    case undefined:
      return schema.properties !== undefined && isRecord(value) ? decodeStruct(walk, value, schema) : cloneJson(value)
    default:
      return walk.typed ? decodeScalar(walk, value, schema, place) : cloneJson(value)
  }
}

function decodeRoot(walk: Walk, input: unknown, schema: Schema): unknown {
  try {
    return decodeValue(walk, input, schema, { parent: undefined, field: '' })
  } catch (e) {
    if (!(e instanceof HardStop)) throw e
    walk.error = e.text
    return undefined
  }
}

/**
 * Throws ApiError (BadRequest) for the first type error, and for unknown or duplicate fields under Strict.
 * Fields are visited in byte order, the order in which kubectl sends them.
 */
export function decodeObject<T = Record<string, unknown>>(input: unknown, schema: Schema, options: DecodeOptions = {}): Decoded<T> {
  const { fieldValidation = 'Warn', typed = true, duplicates = [], wording = 'json' } = options
  const walk: Walk = { typed, wording, unknown: [], empties: new Map(), path: [], goPath: [], error: undefined }
  const object = decodeRoot(walk, input, schema)
  const prefix =
    options.kind === undefined
      ? ''
      : `${options.kind} in version ${JSON.stringify(options.version ?? 'v1')} cannot be handled as a ${options.kind}: `
  if (walk.error !== undefined) throw errors.badRequest(`${prefix}${walk.error}`)
  const told = [
    ...duplicates.map((f) => `duplicate field ${JSON.stringify(f)}`),
    ...walk.unknown.map((f) => `unknown field ${JSON.stringify(f)}`),
  ]
  if (told.length > 0 && fieldValidation === 'Strict') throw errors.badRequest(`${prefix}strict decoding error: ${told.join(', ')}`)
  return { object: object as T, warnings: fieldValidation === 'Warn' ? told : [], empties: walk.empties }
}
