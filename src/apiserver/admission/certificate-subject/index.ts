/** CertificateSubjectRestriction: nobody asks for a client certificate of the superusers' group. */
import { errors } from '../../../api/errors.ts'
import type { CertificateSigningRequest } from '../../../api/generated/types/certificates-v1.ts'
import { parseRequest } from '../../../kinds/certificates/certificatesigningrequest/pkcs10.ts'
import { type AdmissionPlugin, type AdmissionRequest, refusalName } from '../contract.ts'

const SIGNER = 'kubernetes.io/kube-apiserver-client'
const SUPERUSERS = 'system:masters'

function validate(request: AdmissionRequest): void {
  const csr = request.object as CertificateSigningRequest
  if (csr.spec?.signerName !== SIGNER) return
  const subject = parseRequest(csr.spec.request)
  if (typeof subject === 'string' || !subject.organization.includes(SUPERUSERS)) return
  const why = `use of ${SIGNER} signer with ${SUPERUSERS} group is not allowed`
  throw errors.forbidden(request.kind.group, request.kind.resource, refusalName(request), why)
}

export const certificateSubject: AdmissionPlugin = {
  name: 'CertificateSubjectRestriction',
  resources: ['certificatesigningrequests.certificates.k8s.io'],
  operations: ['CREATE'],
  validate,
}
