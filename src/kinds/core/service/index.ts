/**
 * Service (core/v1).
 */
import { defineKind } from '../../../api/define-kind.ts'
import type { Service } from '../../../api/generated/types/core-v1.ts'
import { nameIsDns1123Label } from '../../../api/names.ts'
import { allocate, normalizeClusterIps } from './allocate.ts'
import { dropTypeDependent, keepAllocated, keptStatus } from './change.ts'
import { serviceCells } from './columns.ts'
import { setServiceDefaults } from './defaults.ts'
import { describeService } from './describe.ts'
import { serviceErrors, serviceUpdateErrors } from './validate.ts'
import { serviceWarnings } from './warnings.ts'

export const service = defineKind<Service>({
  group: '',
  version: 'v1',
  kind: 'Service',
  createOnUpdate: true,
  subresources: { status: true },
  nameRule: (name) => nameIsDns1123Label(name),
  setDefaults: setServiceDefaults,
  prepareForCreate: (s, { reader }) => {
    s.status = { loadBalancer: {} }
    normalizeClusterIps(s.spec!, undefined)
    allocate(s, undefined, reader)
  },
  prepareForUpdate: (next, previous, { reader }) => {
    next.spec ??= {}
    normalizeClusterIps(next.spec, previous.spec)
    keepAllocated(next.spec, previous.spec ?? {})
    dropTypeDependent(next.spec, previous.spec ?? {})
    next.status = keptStatus(next, previous)
    allocate(next, previous, reader)
  },
  validate: serviceErrors,
  validateUpdate: serviceUpdateErrors,
  warnings: serviceWarnings,
  fieldSelectors: { 'spec.clusterIP': (s) => s.spec?.clusterIP ?? '', 'spec.type': (s) => s.spec?.type ?? '' },
  describe: describeService,
  cells: serviceCells,
  capabilities: {
    exposable: true,
    podSelector: (s) => (Object.keys(s.spec?.selector ?? {}).length > 0 ? { matchLabels: s.spec!.selector! } : undefined),
  },
})
