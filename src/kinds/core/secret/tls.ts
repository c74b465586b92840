/**
 * The API accepts any bytes in a TLS Secret, and warns when they are no key pair (upstream's warningsForSecret calls
 * tls.X509KeyPair).
 */
import type { Secret } from '../../../api/generated/types/core-v1.ts'
import { decodeText } from '../base64.ts'

const blocks = (text: string): string[] => [...text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g)].map((m) => m[1]!)

function problem(certificate: string, key: string): string | undefined {
  const found = blocks(certificate)
  if (found.length === 0) return 'tls: failed to find any PEM data in certificate input'
  if (!found.includes('CERTIFICATE'))
    return found.some((type) => type.endsWith('PRIVATE KEY'))
      ? 'tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched'
      : `tls: failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of the following types: [${found.join(' ')}]`
  const keys = blocks(key)
  if (keys.length === 0) return 'tls: failed to find any PEM data in key input'
  if (!keys.some((type) => type === 'PRIVATE KEY' || type.endsWith(' PRIVATE KEY')))
    return keys.includes('CERTIFICATE')
      ? 'tls: found a certificate rather than a key in the PEM for the private key'
      : `tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input after skipping PEM blocks of the following types: [${keys.join(' ')}]`
  return undefined
}

export function tlsWarnings(secret: Secret, previous: Secret | undefined): string[] {
  if (secret.type !== 'kubernetes.io/tls' || secret.data?.['tls.crt'] === undefined || secret.data['tls.key'] === undefined) return []
  if (previous?.data?.['tls.crt'] === secret.data['tls.crt'] && previous.data['tls.key'] === secret.data['tls.key']) return []
  const wrong = problem(decodeText(secret.data['tls.crt']), decodeText(secret.data['tls.key']))
  return wrong === undefined ? [] : [wrong]
}
