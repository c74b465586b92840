/** Certificates and requests for people to read, as `openssl x509 -text` and `openssl req -text` print them. */
import { createHash, createPublicKey } from 'node:crypto'
import { bigIntOf, dateOfDays, derNodes, hexOf } from '../../../lib/der.ts'
import { type Certificate, type CertificateRequest, EXTENSION_OIDS, type Extension, PURPOSE_OIDS } from '../../../lib/x509.ts'
import { ED25519, RSA_SHA256 } from './keys.ts'
import { oneLine, USAGE_NAMES } from './names.ts'

const ALGORITHMS: Readonly<Record<string, string>> = {
  [RSA_SHA256]: 'sha256WithRSAEncryption',
  [ED25519]: 'ED25519',
  '2a8648ce3d040302': 'ecdsa-with-SHA256',
  '2a8648ce3d040303': 'ecdsa-with-SHA384',
}
export const algorithmName = (id: string): string => ALGORITHMS[id] ?? id

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `Nov 20 10:01:47 2026 GMT`. */
export function dateText(seconds: number): string {
  const days = Math.floor(seconds / 86_400)
  const [year, month, day] = dateOfDays(days)
  const rest = seconds - days * 86_400
  const clock = [Math.floor(rest / 3600), Math.floor(rest / 60) % 60, rest % 60].map((n) => String(n).padStart(2, '0')).join(':')
  return `${MONTHS[month - 1]} ${String(day).padStart(2, ' ')} ${clock} ${year} GMT`
}

/** Bytes as pairs with colons, so many a line. */
function hexLines(bytes: Uint8Array, perLine: number, indent: string): string {
  const pairs = hexOf(bytes).match(/../g) ?? []
  const lines: string[] = []
  for (let i = 0; i < pairs.length; i += perLine) lines.push(indent + pairs.slice(i, i + perLine).join(':'))
  return `${lines.join(':\n')}\n`
}

export const fingerprint = (algorithm: string, der: Uint8Array): string =>
  (createHash(algorithm).update(der).digest('hex').toUpperCase().match(/../g) ?? []).join(':')

const upperHex = (bytes: Uint8Array): string => (hexOf(bytes).toUpperCase().match(/../g) ?? []).join(':')

function publicKeyText(spki: Uint8Array, indent: string): string {
  const head = `${indent}Subject Public Key Info:\n`
  const parts = derNodes(derNodes(spki)[0]!.bytes)
  const key = parts[1]!.bytes.subarray(1)
  const type = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' }).asymmetricKeyType
  if (type === 'rsa') {
    const [modulus, exponent] = derNodes(derNodes(key)[0]!.bytes)
    const size = bigIntOf(modulus!.bytes).toString(2).length
    const e = Number(bigIntOf(exponent!.bytes))
    return `${head}${indent}    Public Key Algorithm: rsaEncryption\n${indent}        Public-Key: (${size} bit)\n${indent}        Modulus:\n${hexLines(modulus!.bytes, 15, `${indent}            `)}${indent}        Exponent: ${e} (0x${e.toString(16)})\n`
  }
  if (type === 'ed25519')
    return `${head}${indent}    Public Key Algorithm: ED25519\n${indent}        ED25519 Public-Key:\n${indent}        pub:\n${hexLines(key, 15, `${indent}            `)}`
  return `${head}${indent}    Public Key Algorithm: id-ecPublicKey\n${indent}        Public-Key: (${(key.length - 1) * 4} bit)\n${indent}        pub:\n${hexLines(key, 15, `${indent}            `)}`
}

const PURPOSES: Readonly<Record<string, string>> = {
  [PURPOSE_OIDS.serverAuth]: 'TLS Web Server Authentication',
  [PURPOSE_OIDS.clientAuth]: 'TLS Web Client Authentication',
}

function alternativeText(tag: number, bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('latin1')
  if (tag === 0x82) return `DNS:${text}`
  if (tag === 0x81) return `email:${text}`
  if (tag === 0x86) return `URI:${text}`
  return tag === 0x87 && bytes.length === 4 ? `IP Address:${[...bytes].join('.')}` : `<${hexOf(bytes)}>`
}

const PRINTERS: Readonly<Record<string, { title: string; print: (value: Uint8Array) => string }>> = {
  [EXTENSION_OIDS.subjectKeyId]: { title: 'Subject Key Identifier', print: (v) => upperHex(derNodes(v)[0]!.bytes) },
  [EXTENSION_OIDS.authorityKeyId]: {
    title: 'Authority Key Identifier',
    print: (v) => upperHex(derNodes(derNodes(v)[0]!.bytes).find((n) => n.tag === 0x80)?.bytes ?? new Uint8Array()),
  },
  [EXTENSION_OIDS.basicConstraints]: {
    title: 'Basic Constraints',
    print: (v) => {
      const parts = derNodes(derNodes(v)[0]!.bytes)
      const length = parts.find((n) => n.tag === 0x02)
      return `CA:${parts.some((n) => n.tag === 0x01) ? 'TRUE' : 'FALSE'}${length ? `, pathlen:${bigIntOf(length.bytes)}` : ''}`
    },
  },
  [EXTENSION_OIDS.keyUsage]: {
    title: 'Key Usage',
    print: (v) => USAGE_NAMES.filter((_, i) => (derNodes(v)[0]!.bytes[1]! & (0x80 >> i)) !== 0).join(', '),
  },
  [EXTENSION_OIDS.extendedKeyUsage]: {
    title: 'Extended Key Usage',
    print: (v) =>
      derNodes(derNodes(v)[0]!.bytes)
        .map((n) => PURPOSES[hexOf(n.bytes)] ?? hexOf(n.bytes))
        .join(', '),
  },
  [EXTENSION_OIDS.subjectAltName]: {
    title: 'Subject Alternative Name',
    print: (v) =>
      derNodes(derNodes(v)[0]!.bytes)
        .map((n) => alternativeText(n.tag, n.bytes))
        .join(', '),
  },
}

export const extensionTitle = (id: string): string | undefined => PRINTERS[id]?.title

export function extensionText({ id, critical, value }: Extension, indent: string): string {
  const known = PRINTERS[id]
  return `${indent}${known ? `X509v3 ${known.title}` : id}: ${critical ? 'critical' : ''}\n${indent}    ${known ? known.print(value) : hexOf(value)}\n`
}

const signatureText = (algorithm: string, signature: Uint8Array): string =>
  `    Signature Algorithm: ${algorithmName(algorithm)}\n    Signature Value:\n${hexLines(signature, 18, '        ')}`

function serialText(serial: Uint8Array): string {
  const value = bigIntOf(serial)
  return value < 2n ** 63n
    ? ` ${value} (0x${value.toString(16)})\n`
    : `\n${hexLines(serial[0] === 0 ? serial.subarray(1) : serial, 1000, '            ')}`
}

export function certificateText(c: Certificate): string {
  const extensions = c.extensions.map((e) => extensionText(e, '            ')).join('')
  return `Certificate:
    Data:
        Version: ${c.version} (0x${(c.version - 1).toString(16)})
        Serial Number:${serialText(c.serial)}        Signature Algorithm: ${algorithmName(c.algorithm)}
        Issuer: ${oneLine(c.issuer)}
        Validity
            Not Before: ${dateText(c.notBefore)}
            Not After : ${dateText(c.notAfter)}
        Subject: ${oneLine(c.subject)}
${publicKeyText(c.publicKey, '        ')}${extensions === '' ? '' : `        X509v3 extensions:\n${extensions}`}${signatureText(c.algorithm, c.signature)}`
}

export function requestText(r: CertificateRequest): string {
  const asked = r.extensions.map((e) => extensionText(e, '                ')).join('')
  return `Certificate Request:
    Data:
        Version: 1 (0x0)
        Subject: ${oneLine(r.subject)}
${publicKeyText(r.publicKey, '        ')}        Attributes:
${asked === '' ? '            (none)\n' : ''}            Requested Extensions:
${asked}${signatureText(r.algorithm, r.signature)}`
}
