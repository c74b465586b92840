/** What a TLS client makes of the certificate it is shown, worded as OpenSSL words it. */
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
  const trusted = tls.ca !== undefined && certificate.pem !== undefined && tls.ca.includes(certificate.pem.trim())
  if (!trusted) return certificate.issuer === certificate.subject ? 'self-signed certificate' : 'unable to get local issuer certificate'
  if (!covers(certificate, tls.serverName)) return `no alternative certificate subject name matches target host name '${tls.serverName}'`
  return undefined
}
