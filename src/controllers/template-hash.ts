/**
 * The hash of a pod template that ReplicaSets, their pods and DaemonSets' revisions are named by. Upstream takes 32-bit FNV-1a of
 * what the spew library prints of the Go struct (`%#v`, sorted keys, no methods), every absent field included: so the struct's
 * fields in the order of their declaration, with their types, are data here, and the hash is upstream's for 1.36.
 */
import type { PodTemplateSpec } from '../api/generated/types/core-v1.ts'
import { formatQuantity } from '../api/quantity.ts'
import types from './template-go-types.json' with { type: 'json' }

/** `*T` pointer, `[]T` list, `%T` named string, `+T` embedded (its fields stand in the outer object); no package means `v1`. */
type Field = readonly [goName: string, type: string, apiName?: string]
const table = types as unknown as Readonly<Record<string, readonly Field[]>>
type Fields = Readonly<Record<string, unknown>>

const SCALARS = new Set(['string', 'bool', 'int32', 'int64', 'map[string]string'])
const lowerFirst = (name: string): string => {
  const initials = /^[A-Z]+(?=[A-Z][a-z]|$)/.exec(name)?.[0]
  return initials ? initials.toLowerCase() + name.slice(initials.length) : name[0]!.toLowerCase() + name.slice(1)
}

/** The type as Go's reflection prints it. */
function typeName(type: string): string {
  if (type.startsWith('*')) return `*${typeName(type.slice(1))}`
  if (type.startsWith('[]')) return `[]${typeName(type.slice(2))}`
  if (type.startsWith('+')) return typeName(type.slice(1))
  if (SCALARS.has(type)) return type
  if (type === 'Quantity') return 'resource.Quantity'
  if (type === 'IntOrString') return 'intstr.IntOrString'
  const bare = type.replace('%', '')
  return bare.includes('.') ? bare : `v1.${bare}`
}

const isAbsent = (value: unknown): boolean => value === undefined || value === null
const ZERO_TIME = '{Time:(time.Time){wall:(uint64)0 ext:(int64)0 loc:(*time.Location)<nil>}}'

const suffixes: Readonly<Record<string, readonly [format: string, scale: number, binary: number]>> = {
  n: ['DecimalSI', -9, 0],
  u: ['DecimalSI', -6, 0],
  m: ['DecimalSI', -3, 0],
  '': ['DecimalSI', 0, 0],
  k: ['DecimalSI', 3, 0],
  M: ['DecimalSI', 6, 0],
  G: ['DecimalSI', 9, 0],
  T: ['DecimalSI', 12, 0],
  P: ['DecimalSI', 15, 0],
  E: ['DecimalSI', 18, 0],
  Ki: ['BinarySI', 0, 10],
  Mi: ['BinarySI', 0, 20],
  Gi: ['BinarySI', 0, 30],
  Ti: ['BinarySI', 0, 40],
  Pi: ['BinarySI', 0, 50],
  Ei: ['BinarySI', 0, 60],
}

/** Go keeps the text a quantity was read from where it can tell at a glance that it is canonical; elsewhere it stays empty. */
const keepsText = (digits: string, format: string, scale: number): boolean =>
  format === 'BinarySI' ? (BigInt(digits) & 7n) !== 0n : scale % 3 === 0 && !digits.endsWith('000') && !digits.startsWith('0')

/** A quantity's own fields: number and power of ten, and the text it was read from. */
function quantityText(value: unknown): string {
  const text = isAbsent(value) ? '' : formatQuantity(value as string)
  const fields = (amount: bigint, scale: number, format: string, source: string): string =>
    `{i:(resource.int64Amount){value:(int64)${amount} scale:(resource.Scale)${scale}} d:(resource.infDecAmount){Dec:(*inf.Dec)<nil>} s:(string)${source} Format:(resource.Format)${format}}`
  if (text === '' || text === '0') return fields(0n, 0, '', text)
  const m = /^(-?)(\d+)(?:e(-?\d+)|([a-zA-Z]*))$/.exec(text)
  const [format, scale, binary] =
    m?.[3] === undefined ? (suffixes[m?.[4] ?? ''] ?? ['DecimalSI', 0, 0]) : ['DecimalExponent', Number(m[3]), 0]
  const amount = BigInt(`${m?.[1] ?? ''}${m?.[2] ?? '0'}`) << BigInt(binary)
  return fields(amount, scale, format, keepsText(m?.[2] ?? '0', format, scale) ? text : '')
}

function listText(items: readonly unknown[], type: string): string {
  return `[${items.map((item) => bare(item, type)).join(' ')}]`
}

function mapText(map: Fields, show: (value: unknown) => string): string {
  return `map[${Object.keys(map)
    .sort()
    .map((key) => `${key}:${show(map[key])}`)
    .join(' ')}]`
}

/** The value without its type before it. */
function bare(value: unknown, type: string): string {
  if (type.startsWith('*')) return isAbsent(value) ? '<nil>' : bare(value, type.slice(1))
  if (type.startsWith('[]')) return (value as unknown[] | undefined)?.length ? listText(value as unknown[], type.slice(2)) : '<nil>'
  if (type === 'map[string]string' || type === 'ResourceList') {
    if (isAbsent(value) || Object.keys(value as object).length === 0) return '<nil>'
    return mapText(value as Fields, type === 'ResourceList' ? quantityText : (v) => `${v ?? ''}`)
  }
  if (type === 'Quantity') return quantityText(value)
  if (type === 'Time') return ZERO_TIME
  if (type === 'IntOrString') {
    const text = typeof value === 'string'
    return `{Type:(intstr.Type)${text ? 1 : 0} IntVal:(int32)${text ? 0 : (value ?? 0)} StrVal:(string)${text ? value : ''}}`
  }
  if (type === 'bool') return `${value === true}`
  if (type === 'int32' || type === 'int64') return `${value ?? 0}`
  if (type === 'string' || type.startsWith('%')) return `${value ?? ''}`
  return structText(isAbsent(value) ? {} : (value as Fields), type.replace('+', ''))
}

function structText(object: Fields, type: string): string {
  const parts = (table[type] ?? []).map(([name, fieldType, apiName]) => {
    const value = fieldType.startsWith('+') ? object : object[apiName ?? lowerFirst(name)]
    return `${name}:(${typeName(fieldType)})${bare(value, fieldType)}`
  })
  return `{${parts.join(' ')}}`
}

/** What spew prints of the template. */
export const dumpTemplate = (template: PodTemplateSpec): string => `(v1.PodTemplateSpec)${bare(template, 'PodTemplateSpec')}`

function fnv1a(bytes: Uint8Array): number {
  let hash = 0x811c9dc5
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash >>> 0
}

/** The 32-bit hash of a template; `collisions` as the owner's status counts them, undefined when it never met one. */
export function templateHash(template: PodTemplateSpec, collisions?: number): number {
  const text = new TextEncoder().encode(dumpTemplate(template))
  if (collisions === undefined) return fnv1a(text)
  const count = [collisions & 0xff, (collisions >>> 8) & 0xff, (collisions >>> 16) & 0xff, collisions >>> 24, 0, 0, 0, 0]
  return fnv1a(Uint8Array.from([...text, ...count]))
}
