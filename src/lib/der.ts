/** DER, the distinguished encoding of ASN.1 (X.690), as far as keys, certificates and requests for them need it; and PEM around it (RFC 7468). */

export interface DerNode {
  readonly tag: number
  /** What it holds, and the same with its tag and length. */
  readonly bytes: Uint8Array
  readonly whole: Uint8Array
}

export class DerError extends Error {
  override readonly name = 'DerError'
}

/** Values that stand one after the other; throws DerError on bytes that are no DER. */
export function derNodes(bytes: Uint8Array): DerNode[] {
  const found: DerNode[] = []
  let at = 0
  while (at < bytes.length) {
    const tag = bytes[at]!
    let length = bytes[at + 1]!
    let start = at + 2
    if (length > 0x80) {
      const count = length - 0x80
      length = 0
      for (let i = 0; i < count; i++) length = length * 256 + bytes[start + i]!
      start += count
    }
    if (!(start + length <= bytes.length)) throw new DerError('asn1: syntax error: data truncated')
    found.push({ tag, bytes: bytes.subarray(start, start + length), whole: bytes.subarray(at, start + length) })
    at = start + length
  }
  return found
}

export function tlv(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  const size: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) size.unshift(rest % 256)
  const head = length < 0x80 ? [tag, length] : [tag, 0x80 + size.length, ...size]
  const whole = new Uint8Array(head.length + length)
  whole.set(head)
  let at = head.length
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

export const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const bytesOfHex = (hex: string): Uint8Array => Buffer.from(hex, 'hex')

export const sequence = (...parts: readonly Uint8Array[]): Uint8Array => tlv(0x30, ...parts)
/** `hex` is the identifier's encoded arcs. */
export const oid = (hex: string): Uint8Array => tlv(0x06, bytesOfHex(hex))
export const octets = (bytes: Uint8Array): Uint8Array => tlv(0x04, bytes)
export const bits = (bytes: Uint8Array, unused = 0): Uint8Array => tlv(0x03, Uint8Array.of(unused), bytes)
export const boolean = (value: boolean): Uint8Array => tlv(0x01, Uint8Array.of(value ? 0xff : 0))
export const empty = (): Uint8Array => tlv(0x05)

/** A number that is not negative. */
export function integer(value: bigint | number): Uint8Array {
  const hex = BigInt(value).toString(16)
  const bytes = bytesOfHex(hex.length % 2 === 0 ? hex : `0${hex}`)
  return tlv(0x02, ...(bytes[0]! >= 0x80 ? [Uint8Array.of(0)] : []), bytes)
}

export const bigIntOf = (bytes: Uint8Array): bigint => (bytes.length === 0 ? 0n : BigInt(`0x${hexOf(bytes)}`))

/** A time in seconds since 1970: UTCTime until 2049, GeneralizedTime after, as RFC 5280 has it. */
export function timeNode(seconds: number): Uint8Array {
  const days = Math.floor(seconds / 86_400)
  const [year, month, day] = dateOfDays(days)
  const rest = seconds - days * 86_400
  const two = (n: number): string => String(n).padStart(2, '0')
  const clock = `${two(month)}${two(day)}${two(Math.floor(rest / 3600))}${two(Math.floor(rest / 60) % 60)}${two(rest % 60)}Z`
  return year < 2050
    ? tlv(0x17, Buffer.from(two(year % 100) + clock, 'latin1'))
    : tlv(0x18, Buffer.from(String(year).padStart(4, '0') + clock, 'latin1'))
}

/** Seconds since 1970 of a UTCTime or GeneralizedTime. Throws DerError. */
export function timeOf(node: DerNode): number {
  const text = Buffer.from(node.bytes).toString('latin1')
  const short = node.tag === 0x17
  const parts = /^(\d{2}|\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/.exec(text)
  if (parts === null || parts[1]!.length !== (short ? 2 : 4)) throw new DerError('x509: malformed time')
  const [y, month, day, hours, minutes, seconds] = parts.slice(1).map(Number) as [number, number, number, number, number, number]
  const year = short ? (y < 50 ? 2000 + y : 1900 + y) : y
  return daysOfDate(year, month, day) * 86_400 + hours * 3600 + minutes * 60 + seconds
}

/** Days since 1970 of a date of the Gregorian calendar, which repeats itself every 400 years from the first of March. */
function daysOfDate(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const ofEra = y - era * 400
  const ofYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  return era * 146_097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719_468
}

export function dateOfDays(days: number): [number, number, number] {
  const z = days + 719_468
  const era = Math.floor(z / 146_097)
  const ofEra = z - era * 146_097
  const years = Math.floor((ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365)
  const ofYear = ofEra - (365 * years + Math.floor(years / 4) - Math.floor(years / 100))
  const month = Math.floor((5 * ofYear + 2) / 153)
  const day = ofYear - Math.floor((153 * month + 2) / 5) + 1
  const real = month < 10 ? month + 3 : month - 9
  return [years + era * 400 + (real <= 2 ? 1 : 0), real, day]
}

export interface PemBlock {
  readonly label: string
  readonly bytes: Uint8Array
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----\r?\n([\s\S]*?)-----END \1-----/g

/** The blocks of a text, whatever stands around them; those that hold no base64 are none. */
export function pemBlocks(text: string): PemBlock[] {
  return [...text.matchAll(BLOCK)].flatMap(([, label, body]) => {
    const plain = body!.replace(/^[\s\S]*?:[^\n]*\n(?:[^\n]*:[^\n]*\n)*\r?\n/, '').replace(/\s+/g, '')
    return /^[A-Za-z0-9+/]*={0,2}$/.test(plain) ? [{ label: label!, bytes: new Uint8Array(Buffer.from(plain, 'base64')) }] : []
  })
}

export const pemText = (label: string, bytes: Uint8Array): string =>
  `-----BEGIN ${label}-----\n${(
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  ).join('\n')}\n-----END ${label}-----\n`
