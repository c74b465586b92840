/**
 * VolumeAttributesClass, storage.k8s.io/v1.
 */
import { defineKind } from '../../../api/define-kind.ts'
import { forbidden, required } from '../../../api/errors.ts'
import type { VolumeAttributesClass } from '../../../api/generated/types/storage-v1.ts'
import { same } from '../../fields/same.ts'
import { describe } from './describe.ts'

export const volumeAttributesClass = defineKind<VolumeAttributesClass>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'VolumeAttributesClass',
  validate: (o) => (o.driverName ? [] : [required('driverName')]),
  validateUpdate: (next, previous) => [
    ...(next.driverName === previous.driverName ? [] : [forbidden('driverName', 'updates to driverName are forbidden.')]),
    ...(same(next.parameters, previous.parameters) ? [] : [forbidden('parameters', 'updates to parameters are forbidden.')]),
  ],
  describe,
  cells: { DriverName: (o) => o.driverName },
})
