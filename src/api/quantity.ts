/**
 * Kubernetes quantities ("100m", "1.5Gi", "1e3"): parsing, arithmetic and canonical text, as apimachinery's resource.Quantity has them.
 * Values are kept exactly, in billionths (nano), the smallest step the API knows.
 */
import { errors } from './errors.ts'

export type QuantityFormat = 'BinarySI' | 'DecimalSI' | 'DecimalExponent'

export interface Quantity {
  readonly nano: bigint
  readonly format: QuantityFormat
}

/** A quantity as it stands in an object: text, or the number YAML made of it. */
export type QuantityLike = string | number | Quantity | null | undefined

export const QUANTITY_FORMAT_ERROR = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
const NUMERIC_ERROR = 'unable to parse numeric part of quantity'
const SUFFIX_ERROR = "unable to parse quantity's suffix"

const NANO = 1_000_000_000n
const MAX_INT64 = 2n ** 63n - 1n
const MAX_NANO = MAX_INT64 * NANO
const CACHE_LIMIT = 20_000
const HUGE_EXPONENT = 200

const decimalSuffix: Record<string, number> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 }
const binarySuffix: Record<string, number> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 }
const decimalText = new Map(Object.entries(decimalSuffix).map(([text, exponent]) => [exponent, text]))
const binaryText = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei']

export const ZERO_QUANTITY: Quantity = { nano: 0n, format: 'DecimalSI' }

const shape = /^([+-]?)(\d*)(?:\.(\d*))?([eEinumkKMGTP]*[-+]?\d*)$/

interface Suffix {
  base: 2 | 10
  exponent: number
  format: QuantityFormat
}

function suffixOf(text: string): Suffix | undefined {
  const decimal = Object.hasOwn(decimalSuffix, text) ? decimalSuffix[text] : undefined
  if (decimal !== undefined) return { base: 10, exponent: decimal, format: 'DecimalSI' }
  const binary = Object.hasOwn(binarySuffix, text) ? binarySuffix[text] : undefined
  if (binary !== undefined) return { base: 2, exponent: binary, format: 'BinarySI' }
  if (!/^[eE][+-]?\d+$/.test(text)) return undefined
  const exponent = Number(text.slice(1))
  return Number.isSafeInteger(exponent) ? { base: 10, exponent, format: 'DecimalExponent' } : undefined
}

/** Rounds away from zero, as the API rounds quantities it cannot hold exactly. */
function divideAway(value: bigint, by: bigint): bigint {
  const whole = value / by
  if (whole * by === value) return whole
  return value < 0n ? whole - 1n : whole + 1n
}

function magnitude(digits: string, decimals: number, suffix: Suffix): bigint {
  const mantissa = BigInt(digits === '' ? '0' : digits)
  if (mantissa === 0n) return 0n
  if (suffix.base === 2) return divideAway((mantissa << BigInt(suffix.exponent)) * NANO, 10n ** BigInt(decimals))
  const scale = suffix.exponent - decimals + 9
  if (scale < -HUGE_EXPONENT - digits.length) return 1n
  if (scale > HUGE_EXPONENT) return MAX_NANO
  return scale >= 0 ? mantissa * 10n ** BigInt(scale) : divideAway(mantissa, 10n ** BigInt(-scale))
}

/** Upstream caps only what its exact 64-bit path cannot hold. */
function needsCap(whole: string, fraction: string, suffix: Suffix): boolean {
  const digits = whole.replace(/^0+/, '').length + fraction.length
  if (suffix.base === 10) return digits > 18
  return fraction !== '' || 15 - Math.max(1, digits) - Math.trunc((suffix.exponent * 3) / 10) - 1 < 0
}

function parseText(text: string): Quantity | string {
  if (text === '') return QUANTITY_FORMAT_ERROR
  const m = shape.exec(text)
  if (m === null) return QUANTITY_FORMAT_ERROR
  const [, sign, whole = '', fraction = '', suffixText = ''] = m
  const suffix = suffixOf(suffixText)
  if (suffix === undefined) return SUFFIX_ERROR
  if (whole === '' && fraction === '' && (text.includes('.') || suffixText === '')) return NUMERIC_ERROR
  let nano = magnitude(whole + fraction, fraction.length, suffix)
  let format = suffix.format
  if (nano > MAX_NANO && needsCap(whole, fraction, suffix)) nano = MAX_NANO
  if (format === 'BinarySI' && nano > 0n && nano < NANO) format = 'DecimalSI'
  return { nano: sign === '-' ? -nano : nano, format }
}

const parsed = new Map<string, Quantity | string>()

function lookup(text: string): Quantity | string {
  const known = parsed.get(text)
  if (known !== undefined) return known
  const fresh = parseText(text)
  if (parsed.size >= CACHE_LIMIT) parsed.clear()
  parsed.set(text, fresh)
  return fresh
}

/** What is wrong with the text, in the API's words; undefined when it is a quantity. */
export function quantityError(text: string | number): string | undefined {
  const got = lookup(String(text).trim())
  return typeof got === 'string' ? got : undefined
}

/** Throws ApiError (BadRequest, upstream's bare message) for what is no quantity; null and undefined are zero. */
export function parseQuantity(value: QuantityLike): Quantity {
  if (value === null || value === undefined) return ZERO_QUANTITY
  if (typeof value === 'object') return value
  const got = lookup(String(value).trim())
  if (typeof got === 'string') throw errors.badRequest(got)
  return got
}

function canonicalDecimal(nano: bigint, format: QuantityFormat): string {
  let mantissa = nano
  let exponent = -9
  while (mantissa % 1000n === 0n && (format === 'DecimalExponent' || exponent < 18)) {
    mantissa /= 1000n
    exponent += 3
  }
  if (format === 'DecimalExponent') return exponent === 0 ? `${mantissa}` : `${mantissa}e${exponent}`
  return `${mantissa}${decimalText.get(exponent) ?? ''}`
}

function canonicalBinary(units: bigint): string {
  let mantissa = units
  let power = 0
  while (power < binaryText.length - 1 && mantissa % 1024n === 0n) {
    mantissa /= 1024n
    power++
  }
  return `${mantissa}${binaryText[power]}`
}

function format(q: Quantity): string {
  if (q.nano === 0n) return '0'
  if (q.format !== 'BinarySI') return canonicalDecimal(q.nano, q.format)
  const small = q.nano > -1024n * NANO && q.nano < 1024n * NANO
  return small || q.nano % NANO !== 0n ? canonicalDecimal(q.nano, 'DecimalSI') : canonicalBinary(q.nano / NANO)
}

const canonical = new Map<string, string>()

/** Canonical text: `1000m` → `1`, `1048576Ki` → `1Gi`, `0.5` → `500m`. */
export function formatQuantity(value: QuantityLike): string {
  if (typeof value !== 'string') return format(parseQuantity(value))
  const known = canonical.get(value)
  if (known !== undefined) return known
  const text = format(parseQuantity(value))
  if (canonical.size >= CACHE_LIMIT) canonical.clear()
  canonical.set(value, text)
  return text
}

export const makeQuantity = (units: number | bigint, format: QuantityFormat = 'DecimalSI'): Quantity =>
  typeof units === 'bigint' || Number.isInteger(units)
    ? { nano: BigInt(units) * NANO, format }
    : { nano: divideAway(BigInt(Math.round(units * 1e9)), 1n), format }
export const makeMilliQuantity = (milli: number, format: QuantityFormat = 'DecimalSI'): Quantity => ({
  nano: BigInt(Math.ceil(milli)) * 1_000_000n,
  format,
})

const milliOf = new Map<string, number>()
const unitsOf = new Map<string, number>()

function cached(cache: Map<string, number>, value: QuantityLike, step: bigint): number {
  if (typeof value !== 'string') return Number(divideAway(parseQuantity(value).nano, step))
  const known = cache.get(value)
  if (known !== undefined) return known
  const result = Number(divideAway(parseQuantity(value).nano, step))
  if (cache.size >= CACHE_LIMIT) cache.clear()
  cache.set(value, result)
  return result
}

/** Thousandths, rounded up (away from zero): CPU in millicores. */
export const milliValue = (value: QuantityLike): number => cached(milliOf, value, 1_000_000n)
/** Whole units, rounded up (away from zero): memory in bytes, pods, objects. */
export const quantityValue = (value: QuantityLike): number => cached(unitsOf, value, NANO)
/** The nearest double, fractions kept. */
export const approximateValue = (value: QuantityLike): number => Number(parseQuantity(value).nano) / 1e9

/** -1, 0 or 1. */
export function compareQuantities(a: QuantityLike, b: QuantityLike): number {
  const left = parseQuantity(a).nano
  const right = parseQuantity(b).nano
  return left < right ? -1 : left > right ? 1 : 0
}

export const quantitySign = (value: QuantityLike): number => compareQuantities(value, ZERO_QUANTITY)
export const isZeroQuantity = (value: QuantityLike): boolean => parseQuantity(value).nano === 0n

/** The sum keeps the left side's format, unless that is zero. */
export function addQuantities(a: QuantityLike, b: QuantityLike): Quantity {
  const left = parseQuantity(a)
  const right = parseQuantity(b)
  return { nano: left.nano + right.nano, format: left.nano === 0n ? right.format : left.format }
}

export function subtractQuantities(a: QuantityLike, b: QuantityLike): Quantity {
  const left = parseQuantity(a)
  const right = parseQuantity(b)
  return { nano: left.nano - right.nano, format: left.nano === 0n ? right.format : left.format }
}

export const maxQuantity = (a: QuantityLike, b: QuantityLike): Quantity => parseQuantity(compareQuantities(a, b) >= 0 ? a : b)

/**
 * How often the divisor fits, rounded up, as `resourceFieldRef` exposes it: CPU counts in milli, everything else in whole units.
 * A zero divisor counts as 1.
 */
export function scaleToDivisor(value: QuantityLike, divisor: QuantityLike, unit: 'milli' | 'whole'): number {
  const by = isZeroQuantity(divisor) ? makeQuantity(1) : divisor
  return unit === 'milli' ? Math.ceil(milliValue(value) / milliValue(by)) : Math.ceil(quantityValue(value) / quantityValue(by))
}

export type ResourceList = Readonly<Record<string, string | number>>

/** Adds resource by resource; canonical text out. */
export function addResourceLists(a: ResourceList | undefined, b: ResourceList | undefined): Record<string, string> {
  const sum: Record<string, string> = {}
  for (const [name, value] of Object.entries(a ?? {})) sum[name] = formatQuantity(value)
  for (const [name, value] of Object.entries(b ?? {})) sum[name] = formatQuantity(addQuantities(sum[name], value))
  return sum
}
