/**
 * The cluster's certificate authority: an Ed25519 key drawn from the world's seed, its own certificate, and certificates for requests
 * that were approved (X.509, RFC 5280). Models the CSR signing controller.
 */
import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'

export interface Chance {
  below(below: number, purpose: string, subject: string, turn?: number): number
}

const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex')
const ED25519 = Buffer.from('300506032b6570', 'hex')
const OID = {
  commonName: '550403',
  organization: '55040a',
  keyUsage: '551d0f',
  extendedKeyUsage: '551d25',
  basicConstraints: '551d13',
  clientAuth: '2b06010505070302',
  serverAuth: '2b06010505070301',
}

function tlv(tag: number, ...parts: Uint8Array[]): Buffer {
  const body = Buffer.concat(parts)
  const n = body.length
  const length = n < 0x80 ? [n] : n < 0x100 ? [0x81, n] : [0x82, n >> 8, n & 0xff]
  return Buffer.concat([Buffer.from([tag, ...length]), body])
}

const sequence = (...parts: Uint8Array[]): Buffer => tlv(0x30, ...parts)
const oid = (hex: string): Buffer => tlv(0x06, Buffer.from(hex, 'hex'))
const attribute = (type: string, value: string): Buffer => tlv(0x31, sequence(oid(type), tlv(0x0c, Buffer.from(value))))
const extension = (id: string, critical: boolean, value: Uint8Array): Buffer =>
  sequence(oid(id), ...(critical ? [tlv(0x01, Buffer.from([0xff]))] : []), tlv(0x04, value))

/** UTCTime: `YYMMDDHHMMSSZ`, of an RFC 3339 time. */
const utcTime = (time: string): Buffer =>
  tlv(
    0x17,
    Buffer.from(
      `${time
        .replace(/\.\d+/, '')
        .replace(/[-:TZ]/g, '')
        .slice(2)}Z`,
    ),
  )

function drawn(random: Chance, count: number, purpose: string, subject: string): Buffer {
  return Buffer.from(Array.from({ length: count }, (_, i) => random.below(256, purpose, subject, i)))
}

function authorityKey(random: Chance): KeyObject {
  return createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, drawn(random, 32, 'cluster-ca', 'key')]), format: 'der', type: 'pkcs8' })
}

const pem = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${(der.toString('base64').match(/.{1,64}/g) ?? []).join('\n')}\n-----END CERTIFICATE-----\n`

interface Body {
  readonly serial: Buffer
  readonly subject: Uint8Array
  readonly publicKey: Uint8Array
  /** RFC 3339. */
  readonly from: string
  readonly until: string
  readonly extensions: readonly Buffer[]
}

const ISSUER = sequence(attribute(OID.commonName, 'kubernetes'))

function signed(key: KeyObject, body: Body): string {
  const version = tlv(0xa0, tlv(0x02, Buffer.from([2])))
  const tbs = sequence(
    version,
    tlv(0x02, body.serial),
    ED25519,
    ISSUER,
    sequence(utcTime(body.from), utcTime(body.until)),
    body.subject,
    body.publicKey,
    tlv(0xa3, sequence(...body.extensions)),
  )
  return pem(sequence(tbs, ED25519, tlv(0x03, Buffer.from([0]), sign(null, tbs, key))))
}

/** A positive serial number. */
function serial(random: Chance, purpose: string): Buffer {
  const bytes = drawn(random, 16, 'certificate serial', purpose)
  bytes[0] = (bytes[0]! & 0x3f) | 0x40
  return bytes
}

/** The authority's own certificate, PEM: what pods find as `ca.crt`. */
export function authorityCertificate(random: Chance): string {
  const key = authorityKey(random)
  return signed(key, {
    serial: serial(random, 'ca'),
    subject: ISSUER,
    publicKey: createPublicKey(key).export({ format: 'der', type: 'spki' }) as Buffer,
    from: '2026-01-01T00:00:00Z',
    until: '2036-01-01T00:00:00Z',
    extensions: [
      extension(OID.keyUsage, true, tlv(0x03, Buffer.from([2, 0xa4]))),
      extension(OID.basicConstraints, true, sequence(tlv(0x01, Buffer.from([0xff])))),
    ],
  })
}

/** A certificate for a request's subject and public key (both DER), PEM; `usages` as the request names them. */
export function issueCertificate(
  random: Chance,
  request: { readonly subject: Uint8Array; readonly publicKey: Uint8Array },
  uid: string,
  usages: readonly string[],
  from: string,
  until: string,
): string {
  const purposes = [
    ...(usages.includes('client auth') ? [oid(OID.clientAuth)] : []),
    ...(usages.includes('server auth') ? [oid(OID.serverAuth)] : []),
  ]
  const bits = (usages.includes('digital signature') ? 0x80 : 0) | (usages.includes('key encipherment') ? 0x20 : 0)
  return signed(authorityKey(random), {
    serial: serial(random, uid),
    subject: request.subject,
    publicKey: request.publicKey,
    from,
    until,
    extensions: [
      ...(bits ? [extension(OID.keyUsage, true, tlv(0x03, Buffer.from([5, bits])))] : []),
      ...(purposes.length > 0 ? [extension(OID.extendedKeyUsage, false, sequence(...purposes))] : []),
      extension(OID.basicConstraints, true, sequence()),
    ],
  })
}
