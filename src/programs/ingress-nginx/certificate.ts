/** The certificate the controller shows for a host: that of the Ingress' Secret, or its own fake one. */
import { X509Certificate } from 'node:crypto'
import type { Secret } from '../../api/generated/types/core-v1.ts'
import { parseTime } from '../../api/rfc3339.ts'
import type { ServedCertificate } from '../../network/contract.ts'

export const FAKE: ServedCertificate = {
  subject: 'Kubernetes Ingress Controller Fake Certificate',
  issuer: 'Kubernetes Ingress Controller Fake Certificate',
  dnsNames: ['ingress.local'],
}

const read = new WeakMap<Secret, ServedCertificate | null>()

const commonName = (distinguished: string): string => /(?:^|\n)CN=(.*)/.exec(distinguished)?.[1] ?? distinguished.replaceAll('\n', ', ')

/** Undefined when the Secret holds no certificate that can be read. */
export function certificateOf(secret: Secret): ServedCertificate | undefined {
  const known = read.get(secret)
  if (known !== undefined) return known ?? undefined
  const made = parse(secret)
  read.set(secret, made ?? null)
  return made
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** OpenSSL's `Nov  2 08:00:00 2036 GMT` as milliseconds. */
function endOf(text: string): number | undefined {
  const m = /^(\w{3})\s+(\d+) (\d\d:\d\d:\d\d) (\d{4}) GMT$/.exec(text)
  if (m === null) return undefined
  const two = (n: number): string => String(n).padStart(2, '0')
  return parseTime(`${m[4]}-${two(MONTHS.indexOf(m[1]!) + 1)}-${two(Number(m[2]))}T${m[3]}Z`)
}

function parse(secret: Secret): ServedCertificate | undefined {
  const data = secret.data?.['tls.crt']
  if (data === undefined) return undefined
  const pem = Buffer.from(data, 'base64').toString('utf8')
  try {
    const x509 = new X509Certificate(pem)
    const ends = endOf(x509.validTo)
    const names = (x509.subjectAltName ?? '').split(', ').filter((n) => n.startsWith('DNS:'))
    return {
      subject: commonName(x509.subject),
      issuer: commonName(x509.issuer),
      dnsNames: names.map((n) => n.slice(4)),
      ...(ends !== undefined && { notAfterMs: ends }),
      pem: pem.trim(),
    }
  } catch {
    return undefined
  }
}
