/**
 * What has become of a request, in a word or two.
 */
import type { CertificateSigningRequest } from '../../../api/generated/types/certificates-v1.ts'

const has = (o: CertificateSigningRequest, type: string): boolean => o.status?.conditions?.some((c) => c.type === type) === true

/** `Pending`, `Approved,Issued`, `Denied` …, as the table and `describe` tell it. */
export function conditionText(o: CertificateSigningRequest): string {
  const parts = [has(o, 'Denied') ? 'Denied' : has(o, 'Approved') ? 'Approved' : 'Pending']
  if (has(o, 'Failed')) parts.push('Failed')
  if ((o.status?.certificate?.length ?? 0) > 0) parts.push('Issued')
  return parts.join(',')
}
