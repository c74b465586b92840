/**
 * Packed charts and packed releases: tar (POSIX ustar) and gzip (RFC 1952). What is written is stored, not squeezed: the same bytes on every
 * machine, whatever its zlib. What is read may be squeezed.
 */
import { gunzipSync } from 'node:zlib'
import { bytesFromText, textFromBytes } from '../../script/bytes.ts'
import { type ChartFile, HelmError } from './contract.ts'

const BLOCK = 512
const STORED = 0xffff
const MAX_BYTES = 20_000_000

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

/** Throws HelmError where it is no gzip. */
export function gunzip(bytes: Uint8Array): Uint8Array {
  if (!isGzip(bytes)) throw new HelmError('gzip: invalid header')
  try {
    return new Uint8Array(gunzipSync(bytes, { maxOutputLength: MAX_BYTES }))
  } catch {
    throw new HelmError('unexpected EOF')
  }
}

function header(name: string, size: number, mtimeMs: number): Uint8Array {
  const block = new Uint8Array(BLOCK)
  const put = (text: string, at: number): void => block.set(bytesFromText(text), at)
  const octal = (n: number, width: number): string =>
    Math.floor(n)
      .toString(8)
      .padStart(width - 1, '0')
  const cut = name.length > 100 ? name.lastIndexOf('/', 100) : -1
  if (name.length > 100 && (cut < 0 || cut > 155 || name.length - cut > 101))
    throw new HelmError(`file name too long for an archive: ${name}`)
  put(cut < 0 ? name : name.slice(cut + 1), 0)
  put(octal(0o644, 8), 100)
  put(octal(0, 8), 108)
  put(octal(0, 8), 116)
  put(octal(size, 12), 124)
  put(octal(mtimeMs / 1000, 12), 136)
  put('        ', 148)
  put('0', 156)
  put('ustar', 257)
  put('00', 263)
  if (cut >= 0) put(name.slice(0, cut), 345)
  put(
    octal(
      block.reduce((a, b) => a + b, 0),
      7,
    ),
    148,
  )
  return block
}

/** A `.tgz` of files, as text of escaped bytes. */
export function packed(files: readonly ChartFile[], mtimeMs: number): string {
  const parts: Uint8Array[] = []
  for (const file of files) {
    const bytes = bytesFromText(file.text)
    parts.push(header(file.name, bytes.length, mtimeMs), bytes, new Uint8Array((BLOCK - (bytes.length % BLOCK)) % BLOCK))
  }
  parts.push(new Uint8Array(2 * BLOCK))
  const whole = new Uint8Array(parts.reduce((n, p) => n + p.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return textFromBytes(gzip(whole))
}

/** The files of a `.tgz`. Throws HelmError. */
export function unpacked(text: string): ChartFile[] {
  const bytes = gunzip(bytesFromText(text))
  const field = (at: number, from: number, length: number): string =>
    textFromBytes(bytes.subarray(at + from, at + from + length)).replace(/\0[\s\S]*$/, '')
  const out: ChartFile[] = []
  for (let at = 0; at + BLOCK <= bytes.length && bytes[at] !== 0; ) {
    const size = Number.parseInt(field(at, 124, 12).trim() || '0', 8)
    const prefix = field(at, 345, 155)
    const name = `${prefix === '' ? '' : `${prefix}/`}${field(at, 0, 100)}`
    const kind = field(at, 156, 1)
    if (kind === '0' || kind === '')
      out.push({ name: name.replace(/^\.\//, ''), text: textFromBytes(bytes.subarray(at + BLOCK, at + BLOCK + size)) })
    at += BLOCK * (1 + Math.ceil(size / BLOCK))
  }
  return out
}
