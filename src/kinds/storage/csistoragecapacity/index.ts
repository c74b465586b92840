/**
 * CSIStorageCapacity, storage.k8s.io/v1.
 */
import { defineKind } from '../../../api/define-kind.ts'
import { required } from '../../../api/errors.ts'
import type { CSIStorageCapacity } from '../../../api/generated/types/storage-v1.ts'
import { validateLabelSelector } from '../../../api/selectors.ts'
import { immutable } from '../../fields/same.ts'

export const csiStorageCapacity = defineKind<CSIStorageCapacity>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSIStorageCapacity',
  validate: (o) => [
    ...validateLabelSelector(o.nodeTopology, 'nodeTopology'),
    ...(o.storageClassName ? [] : [required('storageClassName')]),
  ],
  validateUpdate: (next, previous) => [
    ...immutable(next.nodeTopology, previous.nodeTopology, 'nodeTopology'),
    ...immutable(next.storageClassName, previous.storageClassName, 'storageClassName'),
  ],
})
