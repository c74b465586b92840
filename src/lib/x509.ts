/** X.509 certificates and PKCS #10 requests (RFC 5280, RFC 2986): names, validity and extensions read from DER; signatures are node's to check. */
import { X509Certificate } from 'node:crypto'
import { boolean, DerError, type DerNode, derNodes, hexOf, octets, oid, sequence, timeOf, tlv } from './der.ts'

/** Attributes of names, by their encoded identifiers. */
export const NAME_OIDS: Readonly<Record<string, string>> = {
  CN: '550403',
  serialNumber: '550405',
  C: '550406',
  L: '550407',
  ST: '550408',
  street: '550409',
  O: '55040a',
  OU: '55040b',
  postalCode: '550411',
  DC: '0992268993f22c640119',
  UID: '0992268993f22c640101',
  emailAddress: '2a864886f70d010901',
}
const nameByOid = new Map(Object.entries(NAME_OIDS).map(([name, id]) => [id, name]))

export const EXTENSION_OIDS = {
  subjectKeyId: '551d0e',
  keyUsage: '551d0f',
  subjectAltName: '551d11',
  basicConstraints: '551d13',
  authorityKeyId: '551d23',
  extendedKeyUsage: '551d25',
} as const

export const PURPOSE_OIDS = { serverAuth: '2b06010505070301', clientAuth: '2b06010505070302' } as const

export interface NameAttribute {
  /** Short name, or the encoded identifier in hexadecimal where it is none of ours. */
  readonly type: string
  readonly value: string
}

export interface Extension {
  readonly id: string
  readonly critical: boolean
  readonly value: Uint8Array
}

export interface Certificate {
  readonly der: Uint8Array
  readonly version: number
  readonly serial: Uint8Array
  readonly issuer: readonly NameAttribute[]
  readonly subject: readonly NameAttribute[]
  /** Seconds since 1970. */
  readonly notBefore: number
  readonly notAfter: number
  /** SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array
  readonly extensions: readonly Extension[]
  /** Encoded identifier of the signature's algorithm, and the signature. */
  readonly algorithm: string
  readonly signature: Uint8Array
}

export interface CertificateRequest {
  /** What is signed. */
  readonly info: Uint8Array
  readonly subject: readonly NameAttribute[]
  /** The name as it stands. */
  readonly subjectDer: Uint8Array
  readonly publicKey: Uint8Array
  readonly extensions: readonly Extension[]
  readonly algorithm: string
  readonly signature: Uint8Array
}

export const nameAttribute = (type: string, value: string): Uint8Array =>
  tlv(
    0x31,
    sequence(
      oid(NAME_OIDS[type] ?? type),
      tlv(type === 'C' ? 0x13 : type === 'emailAddress' || type === 'DC' ? 0x16 : 0x0c, Buffer.from(value, 'utf8')),
    ),
  )

export const extension = (id: string, critical: boolean, value: Uint8Array): Uint8Array =>
  sequence(oid(id), ...(critical ? [boolean(true)] : []), octets(value))

function namesOf(node: DerNode): NameAttribute[] {
  return derNodes(node.bytes).flatMap((set) =>
    derNodes(set.bytes).map((pair) => {
      const [type, value] = derNodes(pair.bytes)
      const id = hexOf(type!.bytes)
      return { type: nameByOid.get(id) ?? id, value: new TextDecoder().decode(value!.bytes) }
    }),
  )
}

function extensionsOf(list: DerNode | undefined): Extension[] {
  if (list === undefined) return []
  return derNodes(derNodes(list.bytes)[0]!.bytes).map((one) => {
    const parts = derNodes(one.bytes)
    return { id: hexOf(parts[0]!.bytes), critical: parts.length > 2 && parts[1]!.bytes[0] === 0xff, value: parts.at(-1)!.bytes }
  })
}

/** What `read` makes of the bytes; what is missing in them is this error. */
function reading<T>(read: () => T, message: string): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof TypeError) throw new DerError(message)
    throw error
  }
}

const MALFORMED = 'x509: malformed certificate'

/** Throws DerError `x509: malformed certificate`, as Go words it. */
export function parseCertificate(der: Uint8Array): Certificate {
  try {
    return readCertificate(der)
  } catch (error) {
    if (error instanceof DerError) throw new DerError(MALFORMED)
    throw error
  }
}

function readCertificate(der: Uint8Array): Certificate {
  return reading(() => {
    const [tbs, algorithm, signature] = derNodes(derNodes(der)[0]!.bytes)
    const fields = derNodes(tbs!.bytes)
    const version = fields[0]!.tag === 0xa0 ? derNodes(fields.shift()!.bytes)[0]!.bytes[0]! + 1 : 1
    const [serial, , issuer, validity, subject, publicKey, ...more] = fields
    const [from, until] = derNodes(validity!.bytes)
    return {
      der,
      version,
      serial: serial!.bytes,
      issuer: namesOf(issuer!),
      subject: namesOf(subject!),
      notBefore: timeOf(from!),
      notAfter: timeOf(until!),
      publicKey: publicKey!.whole,
      extensions: extensionsOf(more.find((n) => n.tag === 0xa3)),
      algorithm: hexOf(derNodes(algorithm!.bytes)[0]!.bytes),
      signature: signature!.bytes.subarray(1),
    }
  }, MALFORMED)
}

const EXTENSION_REQUEST = '2a864886f70d01090e'

/** Throws DerError. */
export function parseRequestDer(der: Uint8Array): CertificateRequest {
  return reading(() => {
    const [info, algorithm, signature] = derNodes(derNodes(der)[0]!.bytes)
    const [, subject, publicKey, ...attributes] = derNodes(info!.bytes)
    const asked = attributes
      .flatMap((a) => (a.tag === 0xa0 ? derNodes(a.bytes) : []))
      .map((a) => derNodes(a.bytes))
      .find(([type]) => hexOf(type!.bytes) === EXTENSION_REQUEST)
    return {
      info: info!.whole,
      subject: namesOf(subject!),
      subjectDer: subject!.whole,
      publicKey: publicKey!.whole,
      extensions: extensionsOf(asked?.[1]),
      algorithm: hexOf(derNodes(algorithm!.bytes)[0]!.bytes),
      signature: signature!.bytes.subarray(1),
    }
  }, 'asn1: structure error: malformed certificate request')
}

export const extensionRequest = (extensions: readonly Uint8Array[]): Uint8Array =>
  sequence(oid(EXTENSION_REQUEST), tlv(0x31, sequence(...extensions)))

/** Encoded identifiers of what a certificate may be used for; undefined: for anything. */
export function purposesOf(certificate: Pick<Certificate, 'extensions'>): readonly string[] | undefined {
  const found = certificate.extensions.find((e) => e.id === EXTENSION_OIDS.extendedKeyUsage)
  return found && derNodes(derNodes(found.value)[0]!.bytes).map((node) => hexOf(node.bytes))
}

/** The last common name, as Go takes it, and all organizations in order. */
export const commonNameOf = (name: readonly NameAttribute[]): string => name.filter((a) => a.type === 'CN').at(-1)?.value ?? ''
export const organizationsOf = (name: readonly NameAttribute[]): string[] => name.filter((a) => a.type === 'O').map((a) => a.value)

/** Whether `issuer`'s key made the certificate's signature. */
export function isSignedBy(certificate: Uint8Array, issuer: Uint8Array): boolean {
  try {
    return new X509Certificate(certificate).verify(new X509Certificate(issuer).publicKey)
  } catch {
    return false
  }
}
