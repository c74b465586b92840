/**
 * Address arithmetic: what a CIDR block holds, its nth address, the next free one. IPv4 is plain numbers, IPv6 is BigInt underneath.
 */
import ipaddr from 'ipaddr.js'

interface Cidr4 {
  readonly family: 4
  /** The first address. */
  readonly first: number
  readonly bits: number
}
interface Cidr6 {
  readonly family: 6
  readonly first: bigint
  readonly bits: number
}
export type Cidr = Cidr4 | Cidr6

const CACHE_LIMIT = 5_000
const MAX_V6 = (1n << 128n) - 1n

/** The 32-bit number of a dotted IPv4 address; undefined for anything else (leading zeros included). */
export function ipv4ToNumber(text: string): number | undefined {
  let value = 0
  let octet = -1
  let dots = 0
  for (let i = 0; i <= text.length; i++) {
    const c = i === text.length ? 46 : text.charCodeAt(i)
    if (c === 46) {
      if (octet < 0) return undefined
      value = value * 256 + octet
      octet = -1
      dots++
    } else if (c >= 48 && c <= 57) {
      if (octet === 0) return undefined
      octet = octet < 0 ? c - 48 : octet * 10 + c - 48
      if (octet > 255) return undefined
    } else return undefined
  }
  return dots === 4 ? value : undefined
}

export const numberToIpv4 = (n: number): string => `${(n >>> 24) & 255}.${(n >>> 16) & 255}.${(n >>> 8) & 255}.${n & 255}`

/** The 128-bit number of an IPv6 address; undefined for anything else. */
export function ipv6ToBigInt(text: string): bigint | undefined {
  if (!text.includes(':') || text.includes('%') || !ipaddr.IPv6.isValid(text)) return undefined
  let value = 0n
  for (const part of ipaddr.IPv6.parse(text).parts) value = (value << 16n) | BigInt(part)
  return value
}

/** Shortest form (RFC 5952). */
export function bigIntToIpv6(value: bigint): string {
  const parts: number[] = []
  for (let shift = 112n; shift >= 0n; shift -= 16n) parts.push(Number((value >> shift) & 0xffffn))
  return new ipaddr.IPv6(parts).toRFC5952String()
}

const span4 = (bits: number): number => 2 ** (32 - bits)

function parse(text: string): Cidr | undefined {
  const slash = text.indexOf('/')
  const bitsText = text.slice(slash + 1)
  if (slash < 0 || !/^(0|[1-9]\d{0,2})$/.test(bitsText)) return undefined
  const bits = Number(bitsText)
  const address = text.slice(0, slash)
  const v4 = ipv4ToNumber(address)
  if (v4 !== undefined) return bits > 32 ? undefined : { family: 4, first: Math.floor(v4 / span4(bits)) * span4(bits), bits }
  const v6 = ipv6ToBigInt(address)
  if (v6 === undefined || bits > 128) return undefined
  const host = BigInt(128 - bits)
  return { family: 6, first: (v6 >> host) << host, bits }
}

const parsed = new Map<string, Cidr | null>()

/** The block a text such as `10.244.0.0/16` names (host bits are dropped); undefined if it is none. */
export function parseCidr(text: string): Cidr | undefined {
  const known = parsed.get(text)
  if (known !== undefined) return known ?? undefined
  const fresh = parse(text)
  if (parsed.size >= CACHE_LIMIT) parsed.clear()
  parsed.set(text, fresh ?? null)
  return fresh
}

const blockOf = (cidr: Cidr | string): Cidr | undefined => (typeof cidr === 'string' ? parseCidr(cidr) : cidr)

export function formatCidr(cidr: Cidr): string {
  return `${cidr.family === 4 ? numberToIpv4(cidr.first) : bigIntToIpv6(cidr.first)}/${cidr.bits}`
}

/** False for texts that are no address or no block. */
export function cidrContains(cidr: Cidr | string, address: string): boolean {
  const block = blockOf(cidr)
  if (block === undefined) return false
  if (block.family === 4) {
    const n = ipv4ToNumber(address)
    return n !== undefined && n >= block.first && n < block.first + span4(block.bits)
  }
  const n = ipv6ToBigInt(address)
  return n !== undefined && n >> BigInt(128 - block.bits) === block.first >> BigInt(128 - block.bits)
}

/** Whether the inner block lies wholly within the outer. */
export function cidrContainsCidr(outer: Cidr | string, inner: Cidr | string): boolean {
  const a = blockOf(outer)
  const b = blockOf(inner)
  if (a === undefined || b === undefined || a.family !== b.family || b.bits < a.bits) return false
  return cidrContains(a, addressAt(b, 0)!)
}

export const cidrsOverlap = (a: Cidr | string, b: Cidr | string): boolean => cidrContainsCidr(a, b) || cidrContainsCidr(b, a)

/** How many addresses the block holds; a double for large IPv6 blocks. */
export const addressCount = (cidr: Cidr): number => 2 ** ((cidr.family === 4 ? 32 : 128) - cidr.bits)

/** The nth address, counted from 0 (the network's own); undefined past the end. */
export function addressAt(cidr: Cidr | string, n: number | bigint): string | undefined {
  const block = blockOf(cidr)
  if (block === undefined || n < 0 || (typeof n === 'number' && !Number.isInteger(n))) return undefined
  if (block.family === 4) return n < span4(block.bits) ? numberToIpv4(block.first + Number(n)) : undefined
  return BigInt(n) < 1n << BigInt(128 - block.bits) ? bigIntToIpv6(block.first + BigInt(n)) : undefined
}

/** Where the address stands in the block; undefined if it is not in it. Meant for blocks of up to 2^53 addresses. */
export function offsetOf(cidr: Cidr | string, address: string): number | undefined {
  const block = blockOf(cidr)
  if (block === undefined || !cidrContains(block, address)) return undefined
  return block.family === 4 ? ipv4ToNumber(address)! - block.first : Number(ipv6ToBigInt(address)! - block.first)
}

/** The nth sub-block of `bits` bits: how nodes get their pod ranges out of the cluster's. */
export function subnetAt(cidr: Cidr | string, bits: number, n: number): Cidr | undefined {
  const block = blockOf(cidr)
  if (block === undefined || bits < block.bits || n < 0 || n >= 2 ** (bits - block.bits)) return undefined
  if (block.family === 4) return bits > 32 ? undefined : { family: 4, first: block.first + n * span4(bits), bits }
  const first = block.first + (BigInt(n) << BigInt(128 - bits))
  return bits > 128 || first > MAX_V6 ? undefined : { family: 6, first, bits }
}

/**
 * The first free address at or after offset `from`, going round once; network and (IPv4) broadcast address are left out unless the block
 * is too small to have them. Undefined when all are taken. For blocks that fill up, remember the offset and go on from there.
 */
export function nextFreeAddress(cidr: Cidr | string, isTaken: (address: string) => boolean, from = 1): string | undefined {
  const block = blockOf(cidr)
  if (block === undefined) return undefined
  const total = Math.min(addressCount(block), 2 ** 32)
  const low = total > 2 ? 1 : 0
  const high = total > 2 && block.family === 4 ? total - 2 : total - 1
  const start = from < low || from > high ? low : from
  for (let i = 0; i <= high - low; i++) {
    const address = addressAt(block, low + ((start - low + i) % (high - low + 1)))!
    if (!isTaken(address)) return address
  }
  return undefined
}
