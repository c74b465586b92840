/** A server's certificate as clients judge it (X.509, RFC 5280), and whether an authority that somebody trusts made it. */
import { X509Certificate } from 'node:crypto'
import { parseTime } from '../api/rfc3339.ts'
import type { ServedCertificate } from './contract.ts'

const commonName = (distinguished: string): string => /(?:^|\n)CN=(.*)/.exec(distinguished)?.[1] ?? distinguished.replaceAll('\n', ', ')

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** OpenSSL's `Nov  2 08:00:00 2036 GMT` as milliseconds. */
function timeOf(text: string): number | undefined {
  const m = /^(\w{3})\s+(\d+) (\d\d:\d\d:\d\d) (\d{4}) GMT$/.exec(text)
  if (m === null) return undefined
  const two = (n: number): string => String(n).padStart(2, '0')
  return parseTime(`${m[4]}-${two(MONTHS.indexOf(m[1]!) + 1)}-${two(Number(m[2]))}T${m[3]}Z`)
}

/** The names of the extension, DNS names and addresses alike. */
const alternativeNames = (text: string | undefined): string[] =>
  (text ?? '').split(', ').flatMap((n) => (n.startsWith('DNS:') ? [n.slice(4)] : n.startsWith('IP Address:') ? [n.slice(11)] : []))

/** The first certificate of a PEM text, with all of the text as its chain. Undefined when there is none that can be read. */
export function servedCertificate(pem: string): ServedCertificate | undefined {
  try {
    const x509 = new X509Certificate(pem)
    const ends = timeOf(x509.validTo)
    return {
      subject: commonName(x509.subject),
      issuer: commonName(x509.issuer),
      dnsNames: alternativeNames(x509.subjectAltName),
      ...(ends !== undefined && { notAfterMs: ends }),
      pem: pem.trim(),
    }
  } catch {
    return undefined
  }
}

const BLOCK = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g

function certificatesIn(pem: string): X509Certificate[] {
  return (pem.match(BLOCK) ?? []).flatMap((block) => {
    try {
      return [new X509Certificate(block)]
    } catch {
      return []
    }
  })
}

const issued = (by: X509Certificate, certificate: X509Certificate): boolean => {
  try {
    return certificate.checkIssued(by) && certificate.verify(by.publicKey)
  } catch {
    return false
  }
}

/** Whether the first certificate of `chain` is among the authorities, or one of them, or one that they vouch for in the chain, signed it. */
export function isTrusted(chain: string, authorities: string): boolean {
  const [leaf, ...between] = certificatesIn(chain)
  if (leaf === undefined) return false
  const roots = certificatesIn(authorities)
  const seen = new Set<X509Certificate>()
  const vouched = (certificate: X509Certificate): boolean => {
    if (seen.has(certificate)) return false
    seen.add(certificate)
    if (roots.some((root) => root.fingerprint256 === certificate.fingerprint256 || issued(root, certificate))) return true
    return between.some((by) => issued(by, certificate) && vouched(by))
  }
  return vouched(leaf)
}
