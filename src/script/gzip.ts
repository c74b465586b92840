/**
 * gzip (RFC 1952). What is written is stored, not squeezed: the same bytes on every machine, whatever its zlib, at the price of its size. What
 * is read may be squeezed.
 */
import { gunzipSync } from 'node:zlib'

/** Of one block of deflate that is only stored. */
const STORED = 0xffff
const MOST_BYTES = 20_000_000

/** Thrown for what is no gzip, ends early or would be too large. */
export class GzipError extends Error {
  override readonly name = 'GzipError'
}

const crcTable = Uint32Array.from({ length: 256 }, (_x, n) => {
  let c = n
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1
  return c >>> 0
})

function crc32(bytes: Uint8Array): number {
  let c = 0xffffffff
  for (const byte of bytes) c = crcTable[(c ^ byte) & 0xff]! ^ (c >>> 8)
  return (c ^ 0xffffffff) >>> 0
}

const little = (n: number, width: number): number[] => Array.from({ length: width }, (_x, i) => (n >>> (8 * i)) & 0xff)

export function gzip(bytes: Uint8Array): Uint8Array {
  const blocks = Math.max(1, Math.ceil(bytes.length / STORED))
  const out = new Uint8Array(10 + blocks * 5 + bytes.length + 8)
  out.set([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255])
  let at = 10
  for (let i = 0; i < blocks; i++) {
    const part = bytes.subarray(i * STORED, (i + 1) * STORED)
    out.set([i === blocks - 1 ? 1 : 0, ...little(part.length, 2), ...little(part.length ^ 0xffff, 2)], at)
    out.set(part, at + 5)
    at += 5 + part.length
  }
  out.set([...little(crc32(bytes), 4), ...little(bytes.length, 4)], at)
  return out
}

export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8

/** Throws GzipError. */
export function gunzip(bytes: Uint8Array): Uint8Array {
  if (!isGzip(bytes)) throw new GzipError('not in gzip format')
  try {
    return new Uint8Array(gunzipSync(bytes, { maxOutputLength: MOST_BYTES }))
  } catch {
    throw new GzipError('unexpected end of file')
  }
}
