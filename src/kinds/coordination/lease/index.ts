/**
 * Lease, coordination.k8s.io/v1: heartbeats of nodes and locks of leaders.
 */
import { defineKind } from '../../../api/define-kind.ts'
import { invalid } from '../../../api/errors.ts'
import type { Lease } from '../../../api/generated/types/coordination-v1.ts'
import { nonNegative, positive } from '../../fields/numbers.ts'

export const lease = defineKind<Lease>({
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  createOnUpdate: true,
  setDefaults: (o) => {
    o.spec ??= {}
  },
  validate: (o) => [
    ...(o.spec?.leaseDurationSeconds === undefined ? [] : positive(o.spec.leaseDurationSeconds, 'spec.leaseDurationSeconds')),
    ...nonNegative(o.spec?.leaseTransitions, 'spec.leaseTransitions'),
    ...(o.spec?.holderIdentity === '' ? [invalid('spec.holderIdentity', '', 'must not be empty')] : []),
  ],
  cells: { Holder: (o) => o.spec?.holderIdentity ?? '' },
})
