/**
 * The subject of a PKCS #10 certificate request (RFC 2986) out of its PEM text: enough of DER to find the names.
 */

export interface Subject {
  readonly commonName: string
  readonly serialNumber: string
  /** Attributes in the order `describe` lists them. */
  readonly organization: readonly string[]
  readonly organizationalUnit: readonly string[]
  readonly country: readonly string[]
  readonly locality: readonly string[]
  readonly province: readonly string[]
}

interface Node {
  readonly tag: number
  /** What it holds, and with its tag and length. */
  readonly bytes: Uint8Array
  readonly whole: Uint8Array
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----\r?\n([\s\S]*?)-----END \1-----/

function decodeBase64(text: string): Uint8Array {
  const binary = atob(text.replace(/\s+/g, ''))
  return Uint8Array.from(binary, (c) => c.charCodeAt(0))
}

/** Children of a constructed value; throws on bytes that are no DER. */
function nodes(bytes: Uint8Array): Node[] {
  const found: Node[] = []
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
    if (!(start + length <= bytes.length)) throw new Error('asn1: syntax error: data truncated')
    found.push({ tag, bytes: bytes.subarray(start, start + length), whole: bytes.subarray(at, start + length) })
    at = start + length
  }
  return found
}

const hex = (bytes: Uint8Array): string => [...bytes].map((b) => b.toString(16).padStart(2, '0')).join('')
const attributes = {
  '550403': 'commonName',
  '550405': 'serialNumber',
  '55040a': 'organization',
  '55040b': 'organizationalUnit',
  '550406': 'country',
  '550407': 'locality',
  '550408': 'province',
} as const

function subjectOf(der: Uint8Array): Subject {
  const names: Record<string, string[]> = {}
  const request = nodes(nodes(der)[0]!.bytes)
  for (const set of nodes(nodes(request[0]!.bytes)[1]!.bytes))
    for (const pair of nodes(set.bytes)) {
      const [type, value] = nodes(pair.bytes)
      const name = attributes[hex(type!.bytes) as keyof typeof attributes]
      if (name !== undefined) names[name] = [...(names[name] ?? []), new TextDecoder().decode(value!.bytes)]
    }
  const list = (name: string): string[] => names[name] ?? []
  return {
    commonName: list('commonName').at(-1) ?? '',
    serialNumber: list('serialNumber').at(-1) ?? '',
    organization: list('organization'),
    organizationalUnit: list('organizationalUnit'),
    country: list('country'),
    locality: list('locality'),
    province: list('province'),
  }
}

/** The request's subject and public key as DER, for who signs it; undefined when it is none. */
export function requestParts(request: string): { subject: Uint8Array; publicKey: Uint8Array } | undefined {
  if (typeof parseRequest(request) === 'string') return undefined
  const block = BLOCK.exec(new TextDecoder().decode(decodeBase64(request)))!
  const info = nodes(nodes(decodeBase64(block[2]!))[0]!.bytes)[0]!
  const [, subject, publicKey] = nodes(info.bytes)
  return subject && publicKey ? { subject: subject.whole, publicKey: publicKey.whole } : undefined
}

/** `request` is base64 of PEM, as `spec.request` holds it; a string tells what is wrong, in Go's words. */
export function parseRequest(request: string): Subject | string {
  let pem: string
  try {
    pem = new TextDecoder().decode(decodeBase64(request))
  } catch {
    return 'PEM block type must be CERTIFICATE REQUEST'
  }
  const block = BLOCK.exec(pem)
  if (block === null || block[1] !== 'CERTIFICATE REQUEST') return 'PEM block type must be CERTIFICATE REQUEST'
  try {
    return subjectOf(decodeBase64(block[2]!))
  } catch (e) {
    return e instanceof Error && e.message.startsWith('asn1') ? e.message : 'asn1: structure error: malformed certificate request'
  }
}
