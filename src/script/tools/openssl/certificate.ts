/** `openssl x509` and `openssl verify`: shows certificates, signs requests, follows who signed whom. */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { DerError, derNodes, hexOf, octets, pemBlocks, pemText, sequence, tlv } from '../../../lib/der.ts'
import { type Certificate, EXTENSION_OIDS, extension, isSignedBy, parseCertificate } from '../../../lib/x509.ts'
import { type Call, type Command, OpensslError } from './call.ts'
import { readKey } from './keys.ts'
import { extensionOf, oneLine } from './names.ts'
import { keyIdOf, newSerial, readRequest, secondsNow, signCertificate, signsItself } from './request.ts'
import { certificateText, dateText, extensionText, extensionTitle, fingerprint } from './text.ts'

const isCertificate = (label: string): boolean => label === 'CERTIFICATE' || label === 'TRUSTED CERTIFICATE'

function readCertificate(call: Call, path: string | undefined): Certificate {
  const der = call.block(path, 'certificate', isCertificate)
  try {
    return parseCertificate(der)
  } catch (error) {
    if (!(error instanceof DerError)) throw error
    throw new OpensslError(`Could not read certificate from ${path ?? '<stdin>'}\nUnable to load certificate\n`)
  }
}

/** The name of a certificate as it stands: the last of the fields before its key. */
function subjectDer(certificate: Certificate): Uint8Array {
  const fields = derNodes(derNodes(derNodes(certificate.der)[0]!.bytes)[0]!.bytes)
  return fields[
    fields.findIndex((node) => node.whole.length === certificate.publicKey.length && hexOf(node.whole) === hexOf(certificate.publicKey)) - 1
  ]!.whole
}

/** `[section]`s and loose `name = value` lines of an extension file; a section's own entries (`DNS.1 = …`) stand for `@section`. */
function extensionsFile(call: Call): Uint8Array[] {
  const path = call.value('extfile')
  if (path === undefined) return []
  const wanted = call.value('extensions') ?? ''
  const sections = new Map<string, [string, string][]>([['', []]])
  let at = ''
  for (const line of call.read(path, 'extensions').split('\n')) {
    const head = /^\s*\[\s*(.+?)\s*\]/.exec(line)?.[1]
    if (head !== undefined) {
      at = head
      sections.set(at, [])
      continue
    }
    const pair = /^\s*([^#=\s][^=]*?)\s*=\s*(.*?)\s*$/.exec(line)
    if (pair !== null) sections.get(at)!.push([pair[1]!, pair[2]!])
  }
  return (sections.get(wanted) ?? []).map(([name, value]) => {
    const spread = value.replace(/@(\w+)/g, (_, section: string) =>
      (sections.get(section) ?? []).map(([kind, text]) => `${kind.replace(/\.\d+$/, '')}:${text}`).join(','),
    )
    return extensionOf(`${name}=${spread}`)
  })
}

function signRequest(call: Call): number {
  const request = readRequest(call, call.value('in'))
  const [authorityPath, keyPath, selfKey] = [call.value('CA'), call.value('CAkey'), call.value('key') ?? call.value('signkey')]
  if (authorityPath === undefined && selfKey === undefined)
    throw new OpensslError('We need a private key to sign with, use -key or -CAkey or -CA with private key\n')
  call.stderr += `Certificate request self-signature ${signsItself(request) ? 'ok' : 'did not match the contents'}\nsubject=${oneLine(request.subject)}\n`
  if (!signsItself(request)) return 1
  const key = readKey(call, selfKey ?? keyPath ?? authorityPath)
  const authority = authorityPath === undefined ? undefined : readCertificate(call, authorityPath)
  if (
    authority !== undefined &&
    !new X509Certificate(authority.der).checkPrivateKey(createPrivateKey(key.export({ format: 'pem', type: 'pkcs8' })))
  )
    throw new OpensslError('CA certificate and CA private key do not match\n')
  const copied = call.value('copy_extensions')?.startsWith('copy')
    ? request.extensions.map((e) => extension(e.id, e.critical, e.value))
    : []
  const extensions = [...copied, ...extensionsFile(call)]
  const ids = [
    extension(EXTENSION_OIDS.subjectKeyId, false, octets(keyIdOf(request.publicKey))),
    ...(authority ? [extension(EXTENSION_OIDS.authorityKeyId, false, sequence(tlv(0x80, keyIdOf(authority.publicKey))))] : []),
  ]
  const text = signCertificate(call, key, {
    serial: newSerial(call),
    issuer: authority === undefined ? request.subjectDer : subjectDer(authority),
    subject: request.subjectDer,
    publicKey: request.publicKey,
    days: call.number('days', 30),
    extensions: extensions.length > 0 ? [...extensions, ...ids] : [],
  })
  call.write(text)
  return 0
}

const SHORT_NAMES: Readonly<Record<string, string>> = {
  'Subject Alternative Name': 'subjectAltName',
  'Basic Constraints': 'basicConstraints',
  'Key Usage': 'keyUsage',
  'Extended Key Usage': 'extendedKeyUsage',
  'Subject Key Identifier': 'subjectKeyIdentifier',
  'Authority Key Identifier': 'authorityKeyIdentifier',
}

function extensionsAsked(call: Call, certificate: Certificate): string {
  const wanted = new Set((call.value('ext') ?? '').split(','))
  return certificate.extensions
    .filter((e) => wanted.has(SHORT_NAMES[extensionTitle(e.id) ?? ''] ?? ''))
    .map((e) => extensionText(e, ''))
    .join('')
}

/** Each thing that may be shown, in the order in which it was asked for. */
const SHOWN: Readonly<Record<string, (certificate: Certificate, call: Call) => string>> = {
  text: (c) => certificateText(c),
  subject: (c) => `subject=${oneLine(c.subject)}\n`,
  issuer: (c) => `issuer=${oneLine(c.issuer)}\n`,
  dates: (c) => `notBefore=${dateText(c.notBefore)}\nnotAfter=${dateText(c.notAfter)}\n`,
  startdate: (c) => `notBefore=${dateText(c.notBefore)}\n`,
  enddate: (c) => `notAfter=${dateText(c.notAfter)}\n`,
  serial: (c) => `serial=${hexOf(c.serial[0] === 0 && c.serial.length > 1 ? c.serial.subarray(1) : c.serial).toUpperCase()}\n`,
  fingerprint: (c, call) =>
    call.has('sha256') ? `sha256 Fingerprint=${fingerprint('sha256', c.der)}\n` : `SHA1 Fingerprint=${fingerprint('sha1', c.der)}\n`,
  pubkey: (c) => pemText('PUBLIC KEY', c.publicKey),
  ext: (c, call) => extensionsAsked(call, c),
}

const x509: Command = {
  name: 'x509',
  options: {
    ...Object.fromEntries(Object.keys(SHOWN).map((name) => [name, false])),
    ext: true,
    in: true,
    out: true,
    noout: false,
    req: false,
    sha1: false,
    sha256: false,
    checkend: true,
    CA: true,
    CAkey: true,
    CAcreateserial: false,
    CAserial: true,
    key: true,
    signkey: true,
    days: true,
    extfile: true,
    extensions: true,
    copy_extensions: true,
  },
  run: (call) => {
    if (call.has('req')) return signRequest(call)
    const certificate = readCertificate(call, call.value('in'))
    const asked = call.ctx.argv.map((word) => word.replace(/^--?/, '')).filter((name) => Object.hasOwn(SHOWN, name) && call.has(name))
    for (const name of asked) call.write(SHOWN[name]!(certificate, call))
    let exitCode = 0
    if (call.has('checkend')) {
      const ends = certificate.notAfter < secondsNow(call) + call.number('checkend', 0)
      call.write(`Certificate will ${ends ? '' : 'not '}expire\n`)
      exitCode = ends ? 1 : 0
    }
    if (!call.has('noout')) call.write(pemText('CERTIFICATE', certificate.der))
    return exitCode
  },
}

/** What stands against a certificate; the numbers are openssl's. */
function judge(certificate: Certificate, trusted: readonly Certificate[], nowSeconds: number): string | undefined {
  const issuer = trusted.find((t) => isSignedBy(certificate.der, t.der))
  if (issuer === undefined)
    return isSignedBy(certificate.der, certificate.der)
      ? 'error 18 at 0 depth lookup: self-signed certificate'
      : 'error 20 at 0 depth lookup: unable to get local issuer certificate'
  if (nowSeconds < certificate.notBefore) return 'error 9 at 0 depth lookup: certificate is not yet valid'
  if (nowSeconds > certificate.notAfter) return 'error 10 at 0 depth lookup: certificate has expired'
  return nowSeconds > issuer.notAfter ? 'error 10 at 1 depth lookup: certificate has expired' : undefined
}

const verify: Command = {
  name: 'verify',
  options: { CAfile: true, verbose: false },
  run: (call) => {
    const authorities = call.value('CAfile')
    const trusted = authorities === undefined ? [] : pemBlocks(call.read(authorities, 'certificate')).filter((b) => isCertificate(b.label))
    let failed = false
    for (const path of call.words) {
      const certificate = readCertificate(call, path)
      const problem = judge(
        certificate,
        trusted.map((block) => parseCertificate(block.bytes)),
        secondsNow(call),
      )
      if (problem === undefined) call.stdout += `${path}: OK\n`
      else call.stderr += `${oneLine(certificate.subject)}\n${problem}\nerror ${path}: verification failed\n`
      failed ||= problem !== undefined
    }
    return failed ? 2 : 0
  },
}

export const certificateCommands: readonly Command[] = [x509, verify]
