/**
 * The cluster's certificate authority: an Ed25519 key drawn from the world's seed, its own certificate, and certificates that it signs for
 * the cluster's users and for requests that were approved (X.509, RFC 5280). Models what kubeadm lays into /etc/kubernetes/pki.
 */
import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'
import { bits, boolean, integer, oid, pemText, sequence, timeNode, tlv } from '../../lib/der.ts'
import { getOrMake } from '../../lib/get-or-make.ts'
import { remembered } from '../../lib/remembered.ts'
import { EXTENSION_OIDS, extension, nameAttribute, PURPOSE_OIDS } from '../../lib/x509.ts'
import type { Random } from '../../sim/random.ts'

export type Chance = Pick<Random, 'below'>

const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex')
const ED25519 = Buffer.from('300506032b6570', 'hex')
const YEAR_SECONDS = 365 * 86_400
/** When kubeadm made this authority: 2026-01-01, for ten years. */
const MADE_SECONDS = 1_767_225_600

function drawn(random: Chance, count: number, purpose: string, subject: string): Buffer {
  return Buffer.from(Array.from({ length: count }, (_, i) => random.below(256, purpose, subject, i)))
}

interface HeldKey {
  readonly key: KeyObject
  /** DER: SubjectPublicKeyInfo, PKCS #8. */
  readonly publicDer: Uint8Array
  readonly privateDer: Uint8Array
}

/** Keys follow from the seed alone: each is made once for a cluster. */
const heldKeys = new WeakMap<Chance, (name: string) => HeldKey>()
const MOST_KEYS = 200

/** A key of a person or part of this cluster, the same each time it is asked for. */
function keyOf(random: Chance, purpose: string, subject: string): HeldKey {
  return getOrMake(heldKeys, random, () => remembered(MOST_KEYS, (name) => made(random, name)))(`${purpose}/${subject}`)
}

function made(random: Chance, name: string): HeldKey {
  const slash = name.indexOf('/')
  const privateDer = Buffer.concat([PKCS8_ED25519, drawn(random, 32, name.slice(0, slash), name.slice(slash + 1))])
  const key = createPrivateKey({ key: privateDer, format: 'der', type: 'pkcs8' })
  return { key, privateDer, publicDer: createPublicKey(key).export({ format: 'der', type: 'spki' }) }
}

/** The authority's certificate is asked for with every connection. */
const authorityCertificates = new WeakMap<Chance, string>()

const authorityKey = (random: Chance): HeldKey => keyOf(random, 'cluster-ca', 'key')

interface Body {
  readonly serial: Uint8Array
  readonly subject: Uint8Array
  readonly publicKey: Uint8Array
  /** Seconds since 1970. */
  readonly from: number
  readonly until: number
  readonly extensions: readonly Uint8Array[]
}

const ISSUER = sequence(nameAttribute('CN', 'kubernetes'))

function signed(key: KeyObject, body: Body): string {
  const tbs = sequence(
    tlv(0xa0, integer(2)),
    tlv(0x02, body.serial),
    ED25519,
    ISSUER,
    sequence(timeNode(body.from), timeNode(body.until)),
    body.subject,
    body.publicKey,
    tlv(0xa3, sequence(...body.extensions)),
  )
  return pemText('CERTIFICATE', sequence(tbs, ED25519, bits(sign(null, tbs, key))))
}

/** A positive serial number. */
function serial(random: Chance, purpose: string): Buffer {
  const bytes = drawn(random, 16, 'certificate serial', purpose)
  bytes[0] = (bytes[0]! & 0x3f) | 0x40
  return bytes
}

/** The authority's own certificate, PEM: what pods find as `ca.crt`. */
export const authorityCertificate = (random: Chance): string => getOrMake(authorityCertificates, random, () => selfSigned(random))

function selfSigned(random: Chance): string {
  const { key, publicDer } = authorityKey(random)
  return signed(key, {
    serial: serial(random, 'ca'),
    subject: ISSUER,
    publicKey: publicDer,
    from: MADE_SECONDS,
    until: MADE_SECONDS + 10 * YEAR_SECONDS + 2 * 86_400,
    extensions: [
      extension(EXTENSION_OIDS.keyUsage, true, bits(Uint8Array.of(0xa4), 2)),
      extension(EXTENSION_OIDS.basicConstraints, true, sequence(boolean(true))),
    ],
  })
}

/** A certificate for a request's subject and public key (both DER), PEM; `usages` as the request names them, times in seconds since 1970, `more` extensions. */
export function issueCertificate(
  random: Chance,
  request: { readonly subject: Uint8Array; readonly publicKey: Uint8Array },
  uid: string,
  usages: readonly string[],
  from: number,
  until: number,
  more: readonly Uint8Array[] = [],
): string {
  const purposes = [
    ...(usages.includes('client auth') ? [oid(PURPOSE_OIDS.clientAuth)] : []),
    ...(usages.includes('server auth') ? [oid(PURPOSE_OIDS.serverAuth)] : []),
  ]
  const use = (usages.includes('digital signature') ? 0x80 : 0) | (usages.includes('key encipherment') ? 0x20 : 0)
  return signed(authorityKey(random).key, {
    serial: serial(random, uid),
    subject: request.subject,
    publicKey: request.publicKey,
    from,
    until,
    extensions: [
      ...(use ? [extension(EXTENSION_OIDS.keyUsage, true, bits(Uint8Array.of(use), 5))] : []),
      ...(purposes.length > 0 ? [extension(EXTENSION_OIDS.extendedKeyUsage, false, sequence(...purposes))] : []),
      extension(EXTENSION_OIDS.basicConstraints, true, sequence()),
      ...more,
    ],
  })
}

export interface ClientPair {
  /** PEM. */
  readonly certificate: string
  readonly key: string
}

/** A user's client certificate of a year and its key, as `kubeadm kubeconfig user` makes them. */
export function clientPair(random: Chance, user: { readonly name: string; readonly groups: readonly string[] }, nowMs: number): ClientPair {
  const { publicDer, privateDer } = keyOf(random, 'client-key', user.name)
  const subject = sequence(...user.groups.map((group) => nameAttribute('O', group)), nameAttribute('CN', user.name))
  const now = Math.floor(nowMs / 1000)
  const from = now - 300
  const usages = ['digital signature', 'key encipherment', 'client auth']
  const request = { subject, publicKey: publicDer }
  const certificate = issueCertificate(random, request, `client/${user.name}/${user.groups.join(',')}`, usages, from, from + YEAR_SECONDS)
  return { certificate, key: pemText('PRIVATE KEY', privateDer) }
}

/** What the API server shows to those who connect: made with the authority, renewed every year, under all its names and addresses. PEM. */
export function servingCertificate(random: Chance, names: readonly string[], addresses: readonly string[], nowMs: number): string {
  const alternatives = sequence(
    ...names.map((name) => tlv(0x82, Buffer.from(name, 'latin1'))),
    ...addresses.map((address) => tlv(0x87, Uint8Array.from(address.split('.').map(Number)))),
  )
  const year = Math.floor((nowMs / 1000 - MADE_SECONDS) / YEAR_SECONDS)
  const from = MADE_SECONDS + year * YEAR_SECONDS
  const request = {
    subject: sequence(nameAttribute('CN', 'kube-apiserver')),
    publicKey: keyOf(random, 'server-key', 'kube-apiserver').publicDer,
  }
  const usages = ['digital signature', 'key encipherment', 'server auth']
  const until = from + 2 * YEAR_SECONDS
  return issueCertificate(random, request, `server/${year}`, usages, from, until, [
    extension(EXTENSION_OIDS.subjectAltName, false, alternatives),
  ])
}
