/** `openssl req`: certificate requests (PKCS #10), and with -x509 certificates that sign themselves. */
import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto'
import { bits, derNodes, integer, pemText, sequence, timeNode, tlv } from '../../../lib/der.ts'
import { type CertificateRequest, extensionRequest, parseRequestDer } from '../../../lib/x509.ts'
import { type Call, type Command, OpensslError } from './call.ts'
import { chance, keyText, newKey, publicDer, readKey, signatureAlgorithm, signWith } from './keys.ts'
import { extensionOf, idOf, oneLine, selfSignedExtensions, subjectOf } from './names.ts'
import { requestText } from './text.ts'

const DAY_SECONDS = 86_400
const DEFAULT_DAYS = 30

export const secondsNow = (call: Call): number => Math.floor(call.ctx.now() / 1000)

/** A positive serial number of twenty bytes. */
export function newSerial(call: Call): Uint8Array {
  const bytes = chance(call.ctx)(20)
  bytes[0] = (bytes[0]! & 0x3f) | 0x40
  return bytes
}

/** Whose key it is, in short: the hash of its bits (RFC 5280, 4.2.1.2). */
export const keyIdOf = (spki: Uint8Array): Uint8Array =>
  createHash('sha1')
    .update(derNodes(derNodes(spki)[0]!.bytes)[1]!.bytes.subarray(1))
    .digest()

export interface CertificateParts {
  readonly serial: Uint8Array
  readonly issuer: Uint8Array
  readonly subject: Uint8Array
  readonly publicKey: Uint8Array
  readonly days: number
  readonly extensions: readonly Uint8Array[]
}

/** PEM. Without extensions it is of version 1, as openssl makes it. */
export function signCertificate(call: Call, key: KeyObject, parts: CertificateParts): string {
  const from = secondsNow(call)
  const algorithm = signatureAlgorithm(key)
  const tbs = sequence(
    ...(parts.extensions.length > 0 ? [tlv(0xa0, integer(2))] : []),
    tlv(0x02, parts.serial),
    algorithm,
    parts.issuer,
    sequence(timeNode(from), timeNode(from + parts.days * DAY_SECONDS)),
    parts.subject,
    parts.publicKey,
    ...(parts.extensions.length > 0 ? [tlv(0xa3, sequence(...parts.extensions))] : []),
  )
  return pemText('CERTIFICATE', sequence(tbs, algorithm, bits(signWith(key, tbs).signature)))
}

function subjectGiven(call: Call): Uint8Array {
  const text = call.value('subj')
  if (text === undefined)
    throw new OpensslError('req: asking for the name is not simulated by clusterlab; give it with -subj /CN=name/O=group\n')
  return subjectOf(text, 'req')
}

/** The key of `-key`, or with `-newkey` (or neither) a new one, which is written down. */
function keyGiven(call: Call): KeyObject {
  const path = call.value('key')
  if (path !== undefined) return readKey(call, path)
  if (!call.has('nodes') && !call.has('noenc'))
    throw new OpensslError('req: asking for a pass phrase is not simulated by clusterlab; give -nodes, or a key with -key\n')
  const key = newKey(call.value('newkey') ?? 'rsa:2048', call.ctx)
  call.write(keyText(key), call.value('keyout') ?? 'privkey.pem', 0o600)
  call.stderr += '-----\n'
  return key
}

function create(call: Call): number {
  const key = keyGiven(call)
  const subject = subjectGiven(call)
  const publicKey = publicDer(key)
  const added = call.all('addext').map(extensionOf)
  if (call.has('x509')) {
    const own = selfSignedExtensions(keyIdOf(publicKey)).filter((e) => !added.some((a) => idOf(a) === idOf(e)))
    const days = call.number('days', DEFAULT_DAYS)
    const parts = { serial: newSerial(call), issuer: subject, subject, publicKey, days, extensions: [...own, ...added] }
    call.write(signCertificate(call, key, parts))
    return 0
  }
  const attributes = tlv(0xa0, ...(added.length > 0 ? [extensionRequest(added)] : []))
  const info = sequence(integer(0), subject, publicKey, attributes)
  const { algorithm, signature } = signWith(key, info)
  call.write(pemText('CERTIFICATE REQUEST', sequence(info, algorithm, bits(signature))))
  return 0
}

export function readRequest(call: Call, path: string | undefined): CertificateRequest {
  const der = call.block(path, 'certificate request', (label) => label.endsWith('CERTIFICATE REQUEST'))
  try {
    return parseRequestDer(der)
  } catch {
    throw new OpensslError(`Could not read certificate request from ${path ?? '<stdin>'}\nUnable to load certificate request\n`)
  }
}

/** Whether its own key signed it. */
export function signsItself(request: CertificateRequest): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(request.publicKey), format: 'der', type: 'spki' })
    return verify(key.asymmetricKeyType === 'ed25519' ? null : 'sha256', request.info, key, request.signature)
  } catch {
    return false
  }
}

function show(call: Call): number {
  const path = call.value('in')
  const request = readRequest(call, path)
  if (call.has('verify')) call.stderr += `Certificate request self-signature verify ${signsItself(request) ? 'OK' : 'failure'}\n`
  if (call.has('text')) call.write(requestText(request))
  if (call.has('subject')) call.write(`subject=${oneLine(request.subject)}\n`)
  if (call.has('pubkey')) call.write(pemText('PUBLIC KEY', request.publicKey))
  if (!call.has('noout'))
    call.write(
      pemText(
        'CERTIFICATE REQUEST',
        call.block(path, 'certificate request', (l) => l.endsWith('CERTIFICATE REQUEST')),
      ),
    )
  return 0
}

export const req: Command = {
  name: 'req',
  options: {
    new: false,
    x509: false,
    nodes: false,
    noenc: false,
    noout: false,
    text: false,
    subject: false,
    verify: false,
    pubkey: false,
    batch: false,
    sha256: false,
    utf8: false,
    key: true,
    keyout: true,
    newkey: true,
    in: true,
    out: true,
    subj: true,
    addext: true,
    days: true,
  },
  run: (call) => (call.has('new') || call.has('newkey') || (call.has('x509') && !call.has('in')) ? create(call) : show(call)),
}
