/**
 * ServiceCIDR, networking.k8s.io/v1: a range that Services get their addresses from.
 */
import { defineKind } from '../../../api/define-kind.ts'
import { invalid, required } from '../../../api/errors.ts'
import type { ServiceCIDR } from '../../../api/generated/types/networking-v1.ts'
import { cidrErrors } from '../../../api/names.ts'
import { immutable } from '../../fields/same.ts'
import { describe } from './describe.ts'

export const serviceCidr = defineKind<ServiceCIDR>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'ServiceCIDR',
  setDefaults: (o) => {
    o.spec ??= {}
    o.status ??= {}
  },
  validate: (o) => {
    const cidrs = o.spec?.cidrs ?? []
    if (cidrs.length === 0) return [required('spec.cidrs', 'at least one CIDR required')]
    return cidrs.flatMap((cidr, i) => cidrErrors(cidr).map((m) => invalid(`spec.cidrs[${i}]`, cidr, m)))
  },
  validateUpdate: (next, previous) => immutable(next.spec?.cidrs, previous.spec?.cidrs, 'spec.cidrs'),
  subresources: { status: true },
  describe,
  cells: { CIDRs: (o) => (o.spec?.cidrs ?? []).join(',') },
})
