/**
 * CertificateSigningRequest, certificates.k8s.io/v1.
 */
import { humanDuration } from '../../../api/ages.ts'
import { defineKind } from '../../../api/define-kind.ts'
import { duplicate, type FieldError, invalid, required } from '../../../api/errors.ts'
import type { CertificateSigningRequest } from '../../../api/generated/types/certificates-v1.ts'
import { dns1123SubdomainErrors } from '../../../api/names.ts'
import { immutable } from '../../fields/same.ts'
import { conditionText } from './condition.ts'
import { describe } from './describe.ts'
import { parseRequest } from './pkcs10.ts'

const MIN_SECONDS = 600

function signerErrors(signer: string): FieldError[] {
  const path = 'spec.signerName'
  if (signer === '') return [required(path)]
  const [domain = '', ...rest] = signer.split('/')
  if (rest.length !== 1 || rest[0] === '')
    return [invalid(path, signer, "must be a fully qualified domain and path of the form 'example.com/signer-name'")]
  return domain.includes('.')
    ? dns1123SubdomainErrors(domain).map((m) => invalid(path, signer, m))
    : [invalid(path, signer, 'should be a domain with at least one dot')]
}

function validate(o: CertificateSigningRequest): FieldError[] {
  const { request, usages = [], expirationSeconds, signerName } = o.spec
  const found: FieldError[] = []
  const parsed = parseRequest(request ?? '')
  if (typeof parsed === 'string') found.push(invalid('spec.request', request ?? '', parsed))
  if (usages.length === 0) found.push(required('spec.usages'))
  for (const [i, usage] of usages.entries()) if (usages.indexOf(usage) < i) found.push(duplicate(`spec.usages[${i}]`, usage))
  found.push(...signerErrors(signerName ?? ''))
  if (expirationSeconds !== undefined && expirationSeconds < MIN_SECONDS)
    found.push(
      invalid('spec.expirationSeconds', expirationSeconds, `may not specify a duration less than ${MIN_SECONDS} seconds (10 minutes)`),
    )
  return found
}

export const certificateSigningRequest = defineKind<CertificateSigningRequest>({
  group: 'certificates.k8s.io',
  version: 'v1',
  kind: 'CertificateSigningRequest',
  setDefaults: (o) => {
    o.spec ??= {} as CertificateSigningRequest['spec']
    o.status ??= {}
  },
  prepareForCreate: (o, { user }) => {
    o.spec.username = user.name
    if (user.uid !== undefined) o.spec.uid = user.uid
    else delete o.spec.uid
    o.spec.groups = [...user.groups]
    delete o.spec.extra
    if (user.extra !== undefined) o.spec.extra = Object.fromEntries(Object.entries(user.extra).map(([k, v]) => [k, [...v]]))
    o.status = {}
  },
  validate,
  validateUpdate: (next, previous) => immutable(next.spec, previous.spec, 'spec'),
  fieldSelectors: { 'spec.signerName': (o) => o.spec.signerName },
  subresources: { status: true },
  cells: {
    SignerName: (o) => o.spec.signerName ?? '<none>',
    Requestor: (o) => o.spec.username ?? '',
    RequestedDuration: (o) => (o.spec.expirationSeconds === undefined ? '<none>' : humanDuration(o.spec.expirationSeconds * 1000)),
    Condition: conditionText,
  },
  describe,
})
