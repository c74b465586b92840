/**
 * The subject of a PKCS #10 certificate request (RFC 2986) out of its PEM text, as `spec.request` holds it.
 */
import { DerError, pemBlocks } from '../../../lib/der.ts'
import { type CertificateRequest, commonNameOf, organizationsOf, parseRequestDer } from '../../../lib/x509.ts'

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

const NOT_A_REQUEST = 'PEM block type must be CERTIFICATE REQUEST'

/** `request` is base64 of PEM; a string tells what is wrong, in Go's words. */
function readRequest(request: string): CertificateRequest | string {
  const block = pemBlocks(Buffer.from(request, 'base64').toString('utf8'))[0]
  if (block?.label !== 'CERTIFICATE REQUEST') return NOT_A_REQUEST
  try {
    return parseRequestDer(block.bytes)
  } catch (error) {
    if (error instanceof DerError) return error.message
    throw error
  }
}

/** The request's subject and public key as DER, for who signs it; undefined when it is none. */
export function requestParts(request: string): { subject: Uint8Array; publicKey: Uint8Array } | undefined {
  const read = readRequest(request)
  return typeof read === 'string' ? undefined : { subject: read.subjectDer, publicKey: read.publicKey }
}

/** A string tells what is wrong, in Go's words. */
export function parseRequest(request: string): Subject | string {
  const read = readRequest(request)
  if (typeof read === 'string') return read
  const all = (type: string): string[] => read.subject.filter((a) => a.type === type).map((a) => a.value)
  return {
    commonName: commonNameOf(read.subject),
    serialNumber: all('serialNumber').at(-1) ?? '',
    organization: organizationsOf(read.subject),
    organizationalUnit: all('OU'),
    country: all('C'),
    locality: all('L'),
    province: all('ST'),
  }
}
