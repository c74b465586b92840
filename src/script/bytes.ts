/**
 * Text and bytes: texts are UTF-8 decoded, and a byte that is no UTF-8 becomes a lone surrogate U+DC80…U+DCFF (Python's surrogateescape,
 * PEP 383), so that binary data survives JSON and a round trip. Also the C locale's byte order.
 */

/** UTF-8 bytes of a text; escaped bytes come back as themselves. */
export function bytesFromText(text: string): Uint8Array {
  if (!/[\ud800-\udfff]/.test(text)) return new TextEncoder().encode(text)
  const out: number[] = []
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit >= 0xdc80 && unit <= 0xdcff) {
      out.push(unit - 0xdc00)
      continue
    }
    const code = text.codePointAt(i)!
    if (code > 0xffff) i++
    if (code < 0x80) out.push(code)
    else if (code < 0x800) out.push(0xc0 | (code >> 6), 0x80 | (code & 63))
    else if (code < 0x10000) out.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63))
    else out.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63))
  }
  return Uint8Array.from(out)
}

function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at]!
  const length = lead < 0x80 ? 1 : lead >= 0xc2 && lead < 0xe0 ? 2 : lead >= 0xe0 && lead < 0xf0 ? 3 : lead >= 0xf0 && lead < 0xf5 ? 4 : 0
  if (at + length > bytes.length) return 0
  for (let i = 1; i < length; i++) if ((bytes[at + i]! & 0xc0) !== 0x80) return 0
  const second = bytes[at + 1] ?? 0
  if (
    (lead === 0xe0 && second < 0xa0) ||
    (lead === 0xed && second > 0x9f) ||
    (lead === 0xf0 && second < 0x90) ||
    (lead === 0xf4 && second > 0x8f)
  )
    return 0
  return length
}

/** Text of UTF-8 bytes, never failing. */
export function textFromBytes(bytes: Uint8Array): string {
  let out = ''
  for (let i = 0; i < bytes.length; ) {
    const length = sequenceLength(bytes, i)
    const lead = bytes[i]!
    if (length === 0) {
      out += String.fromCharCode(0xdc00 + lead)
      i++
      continue
    }
    if (length === 1) out += String.fromCharCode(lead)
    else {
      let code = lead & (0xff >> (length + 1))
      for (let k = 1; k < length; k++) code = (code << 6) | (bytes[i + k]! & 63)
      out += String.fromCodePoint(code)
    }
    i += length
  }
  return out
}

/** How many bytes a text has in UTF-8. */
export function byteLength(text: string): number {
  // Logs grow long, and are measured at every line.
  if (!/[\ud800-\udfff]/.test(text)) return Buffer.byteLength(text)
  let bytes = 0
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (
      unit < 0x80 ||
      (unit >= 0xdc80 && unit <= 0xdcff && !(i > 0 && text.charCodeAt(i - 1) >= 0xd800 && text.charCodeAt(i - 1) < 0xdc00))
    )
      bytes += 1
    else if (unit < 0x800) bytes += 2
    else if (unit >= 0xd800 && unit < 0xe000) bytes += unit < 0xdc00 && i + 1 < text.length ? 2 : 2
    else bytes += 3
  }
  return bytes
}

/** Order of the C locale: by code point, which is the byte order of UTF-8. */
export function compareBytes(a: string, b: string): number {
  if (a === b) return 0
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x === y) continue
    const xHigh = x >= 0xd800 && x < 0xe000
    const yHigh = y >= 0xd800 && y < 0xe000
    if (xHigh !== yHigh) return xHigh ? 1 : -1
    return x < y ? -1 : 1
  }
  return a.length < b.length ? -1 : 1
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Base64 of bytes, padded, without line breaks. */
export function base64FromBytes(bytes: Uint8Array): string {
  let out = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const n = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0)
    out += alphabet[n >> 18]! + alphabet[(n >> 12) & 63]!
    out += i + 1 < bytes.length ? alphabet[(n >> 6) & 63]! : '='
    out += i + 2 < bytes.length ? alphabet[n & 63]! : '='
  }
  return out
}

/** Bytes of base64; stops at the first character that does not belong (`ok` false then, or when it ends early). */
export function bytesFromBase64(text: string): { bytes: Uint8Array; ok: boolean } {
  const out: number[] = []
  let bits = 0
  let held = 0
  let ok = true
  let digits = 0
  let padding = 0
  for (const char of text) {
    if (char === '\n' || char === '\r') continue
    if (char === '=') {
      padding++
      continue
    }
    const value = alphabet.indexOf(char)
    if (value < 0 || padding > 0) {
      ok = false
      break
    }
    digits++
    held = (held << 6) | value
    bits += 6
    if (bits >= 8) {
      bits -= 8
      out.push((held >> bits) & 255)
      held &= (1 << bits) - 1
    }
  }
  if ((digits + padding) % 4 !== 0) ok = false
  return { bytes: Uint8Array.from(out), ok }
}

const PAIR = /[\ud800-\udbff][\udc00-\udfff]/
/** How many code points a text has. */
export const lengthOf = (text: string): number => (PAIR.test(text) ? [...text].length : text.length)

/** A piece of a text, by code points; the places as `slice` takes them. */
export const cutPoints = (text: string, from: number, to?: number): string =>
  PAIR.test(text) ? [...text].slice(from, to).join('') : text.slice(from, to)
