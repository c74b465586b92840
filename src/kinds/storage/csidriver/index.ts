/**
 * CSIDriver, storage.k8s.io/v1.
 */
import { defineKind } from '../../../api/define-kind.ts'
import type { CSIDriver } from '../../../api/generated/types/storage-v1.ts'
import { optionalOneOf } from '../../core/field-checks.ts'
import { immutable } from '../../fields/same.ts'

export const csiDriver = defineKind<CSIDriver>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSIDriver',
  setDefaults: (o) => {
    o.spec ??= {}
    const spec = o.spec
    spec.attachRequired ??= true
    spec.podInfoOnMount ??= false
    spec.storageCapacity ??= false
    spec.fsGroupPolicy ??= 'ReadWriteOnceWithFSType'
    if ((spec.volumeLifecycleModes?.length ?? 0) === 0) spec.volumeLifecycleModes = ['Persistent']
    spec.requiresRepublish ??= false
    spec.seLinuxMount ??= false
  },
  validate: ({ spec }) => [
    ...optionalOneOf(spec.fsGroupPolicy, 'spec.fsGroupPolicy', ['File', 'None', 'ReadWriteOnceWithFSType']),
    ...(spec.volumeLifecycleModes ?? []).flatMap((mode) => optionalOneOf(mode, 'spec.volumeLifecycleModes', ['Ephemeral', 'Persistent'])),
  ],
  validateUpdate: (next, previous) => [
    ...immutable(next.spec.attachRequired, previous.spec.attachRequired, 'spec.attachedRequired'),
    ...immutable(next.spec.volumeLifecycleModes, previous.spec.volumeLifecycleModes, 'spec.volumeLifecycleModes'),
  ],
  cells: {
    AttachRequired: (o) => o.spec.attachRequired ?? true,
    PodInfoOnMount: (o) => o.spec.podInfoOnMount ?? false,
    StorageCapacity: (o) => o.spec.storageCapacity ?? false,
    TokenRequests: (o) => (o.spec.tokenRequests ?? []).map((t) => t.audience).join(',') || '<unset>',
    RequiresRepublish: (o) => o.spec.requiresRepublish ?? false,
    Modes: (o) => (o.spec.volumeLifecycleModes ?? []).join(',') || '<none>',
  },
})
