/** The certificate the controller shows for a host: that of the Ingress' Secret, or its own fake one. */
import type { Secret } from '../../api/generated/types/core-v1.ts'
import { servedCertificate } from '../../network/certificate.ts'
import type { ServedCertificate } from '../../network/contract.ts'

export const FAKE: ServedCertificate = {
  subject: 'Kubernetes Ingress Controller Fake Certificate',
  issuer: 'Kubernetes Ingress Controller Fake Certificate',
  dnsNames: ['ingress.local'],
}

const read = new WeakMap<Secret, ServedCertificate | null>()

function parse(secret: Secret): ServedCertificate | undefined {
  const data = secret.data?.['tls.crt']
  return data === undefined ? undefined : servedCertificate(Buffer.from(data, 'base64').toString('utf8'))
}

/** Undefined when the Secret holds no certificate that can be read. */
export function certificateOf(secret: Secret): ServedCertificate | undefined {
  const known = read.get(secret)
  if (known !== undefined) return known ?? undefined
  const made = parse(secret)
  read.set(secret, made ?? null)
  return made
}
