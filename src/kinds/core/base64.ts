/**
 * Base64 as Secrets and ConfigMaps carry bytes, without the host's help.
 */

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const digitOf = new Map([...alphabet].map((c, i) => [c, i]))
const utf8 = new TextEncoder()

/** How many bytes the text stands for. */
export const base64Length = (text: string): number => {
  const bare = text.replace(/=+$/, '')
  return Math.floor((bare.length * 3) / 4)
}

export function encodeBase64(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const [a, b, c] = [bytes[i]!, bytes[i + 1], bytes[i + 2]]
    text += alphabet[a >> 2]! + alphabet[((a & 3) << 4) | ((b ?? 0) >> 4)]!
    text += b === undefined ? '=' : alphabet[((b & 15) << 2) | ((c ?? 0) >> 6)]!
    text += c === undefined ? '=' : alphabet[c & 63]!
  }
  return text
}

/** What a text's UTF-8 bytes are in base64. */
export const encodeText = (text: string): string => encodeBase64(utf8.encode(text))

/** The bytes of valid base64; characters that are none are skipped. */
export function decodeBase64(text: string): Uint8Array {
  const values = [...text].map((c) => digitOf.get(c)).filter((v) => v !== undefined)
  const bytes = new Uint8Array(Math.floor((values.length * 3) / 4))
  for (let i = 0, at = 0; at < bytes.length; i += 4) {
    const [a = 0, b = 0, c = 0, d = 0] = values.slice(i, i + 4)
    bytes[at++] = (a << 2) | (b >> 4)
    if (at < bytes.length) bytes[at++] = ((b & 15) << 4) | (c >> 2)
    if (at < bytes.length) bytes[at++] = ((c & 3) << 6) | d
  }
  return bytes
}

export const decodeText = (text: string): string => new TextDecoder().decode(decodeBase64(text))
