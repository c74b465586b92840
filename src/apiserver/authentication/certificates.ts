/**
 * Client certificates: whose a certificate is, if the cluster's authority signed it for clients and it is valid now. Models apiserver's x509
 * authenticator.
 */
import type { UserInfo } from '../../api/kind.ts'
import { DerError, pemBlocks } from '../../lib/der.ts'
import { getOrMake } from '../../lib/get-or-make.ts'
import { sha256 } from '../../lib/hash.ts'
import { remembered } from '../../lib/remembered.ts'
import { type Certificate, commonNameOf, isSignedBy, organizationsOf, PURPOSE_OIDS, parseCertificate, purposesOf } from '../../lib/x509.ts'
import type { Random } from '../../sim/random.ts'
import type { ApiServer } from '../server.ts'
import { authorityCertificate } from './authority.ts'

export const CREDENTIAL_ID = 'authentication.kubernetes.io/credential-id'

/** What an authority signed does not change: each certificate's signature is looked at once. */
const judged = new WeakMap<Random, Map<string, boolean>>()
const MAX_JUDGED = 1_000

export const authorityDer = (random: Random): Uint8Array => pemBlocks(authorityCertificate(random))[0]!.bytes

function isOurs(random: Random, der: Uint8Array, fingerprint: string): boolean {
  const known = getOrMake(judged, random, () => new Map())
  if (known.size > MAX_JUDGED) known.clear()
  return getOrMake(known, fingerprint, () => isSignedBy(der, authorityDer(random)))
}

interface Shown {
  readonly certificate: Certificate
  readonly fingerprint: string
}

/** Every request shows one of a few certificates: read once, by its bytes. */
const shownAs = remembered(64, (latin1): Shown | undefined => {
  const der = Buffer.from(latin1, 'latin1')
  const certificate = read(der)
  return certificate && { certificate, fingerprint: sha256(der) }
})

function read(der: Uint8Array): Certificate | undefined {
  try {
    return parseCertificate(der)
  } catch (error) {
    if (error instanceof DerError) return undefined
    throw error
  }
}

/** Whose certificate (DER) it is: its common name and organizations; undefined when it counts for nothing here and now. */
export function authenticateCertificate(server: Pick<ApiServer, 'random' | 'clock'>, der: Uint8Array): UserInfo | undefined {
  const shown = shownAs(Buffer.from(der.buffer, der.byteOffset, der.byteLength).toString('latin1'))
  if (shown === undefined) return undefined
  const { certificate, fingerprint } = shown
  if (!isOurs(server.random, der, fingerprint)) return undefined
  const seconds = server.clock.nowMs / 1000
  if (seconds < certificate.notBefore || seconds > certificate.notAfter) return undefined
  if (purposesOf(certificate)?.includes(PURPOSE_OIDS.clientAuth) === false) return undefined
  const name = commonNameOf(certificate.subject)
  if (name === '') return undefined
  const groups = [...new Set([...organizationsOf(certificate.subject), 'system:authenticated'])]
  return { name, groups, extra: { [CREDENTIAL_ID]: [`X509SHA256=${fingerprint}`] } }
}
