/** What a TLS client makes of the certificate it is shown, worded as OpenSSL and as Go word it. */
import { formatTime } from '../api/rfc3339.ts'
import { isTrusted } from './certificate.ts'
import type { HttpReply, HttpRequest, ServedCertificate } from './contract.ts'

/** Whether a certificate's name covers a host; a wildcard stands for one label. */
export function covers(certificate: ServedCertificate, host: string): boolean {
  const wanted = host.toLowerCase()
  const names = certificate.dnsNames.length > 0 ? certificate.dnsNames : [certificate.subject]
  return names.some((name) => {
    const lower = name.toLowerCase()
    return lower === wanted || (lower.startsWith('*.') && wanted.slice(wanted.indexOf('.')) === lower.slice(1) && wanted.includes('.'))
  })
}

/** Why the client hangs up, or undefined when all is well. */
export function tlsProblem(request: HttpRequest, reply: HttpReply, nowMs: number): string | undefined {
  const { tls } = request
  if (tls === undefined) return undefined
  const { certificate } = reply
  if (certificate === undefined) return 'wrong version number'
  if (tls.insecure) return undefined
  if (certificate.notAfterMs !== undefined && certificate.notAfterMs < nowMs) return 'certificate has expired'
  const trusted = tls.ca !== undefined && certificate.pem !== undefined && isTrusted(certificate.pem, tls.ca)
  if (!trusted) return certificate.issuer === certificate.subject ? 'self-signed certificate' : 'unable to get local issuer certificate'
  if (!covers(certificate, tls.serverName)) return `no alternative certificate subject name matches target host name '${tls.serverName}'`
  return undefined
}

/** What a client that does not check certificates does not see. */
export function overlooked(request: HttpRequest, reply: HttpReply, nowMs: number): { readonly doubt?: string } {
  if (!request.tls?.insecure) return {}
  const doubt = tlsProblem({ ...request, tls: { ...request.tls, insecure: false } }, reply, nowMs)
  return doubt === undefined ? {} : { doubt }
}

const UNKNOWN_AUTHORITY = 'certificate signed by unknown authority'

function unfitName(certificate: ServedCertificate, name: string): string | undefined {
  const { dnsNames, subject } = certificate
  // Go takes no name from the subject.
  if (dnsNames.length === 0)
    return subject === ''
      ? `certificate is not valid for any names, but wanted to match ${name}`
      : 'certificate relies on legacy Common Name field, use SANs instead'
  return covers(certificate, name) ? undefined : `certificate is valid for ${dnsNames.join(', ')}, not ${name}`
}

/** Go's crypto/tls and net/http, in the order in which they look: time, name, authority. Undefined when all is well. */
export function goTlsProblem(
  name: string,
  authorities: string,
  certificate: ServedCertificate | undefined,
  nowMs: number,
): string | undefined {
  if (certificate === undefined) return 'http: server gave HTTP response to HTTPS client'
  const { notAfterMs, pem } = certificate
  const expired = notAfterMs !== undefined && notAfterMs < nowMs
  const why = expired
    ? `certificate has expired or is not yet valid: current time ${formatTime(nowMs)} is after ${formatTime(notAfterMs)}`
    : (unfitName(certificate, name) ?? (pem !== undefined && isTrusted(pem, authorities) ? undefined : UNKNOWN_AUTHORITY))
  return why === undefined ? undefined : `tls: failed to verify certificate: x509: ${why}`
}
