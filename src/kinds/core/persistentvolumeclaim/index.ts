/**
 * PersistentVolumeClaim (core/v1).
 */
import { defineKind } from '../../../api/define-kind.ts'
import type { FieldError } from '../../../api/errors.ts'
import type { PersistentVolumeClaim } from '../../../api/generated/types/core-v1.ts'
import { formatQuantity } from '../../../api/quantity.ts'
import { accessModesText, storageClassOf } from '../access-modes.ts'
import { setClaimDefaults } from './defaults.ts'
import { describePersistentVolumeClaim } from './describe.ts'
import { claimSpecErrors } from './validate-spec.ts'
import { claimUpdateErrors } from './validate-update.ts'
import { claimWarnings } from './warnings.ts'

const validate = (claim: PersistentVolumeClaim): FieldError[] => claimSpecErrors(claim.spec ?? {}, 'spec')

const bound = (claim: PersistentVolumeClaim): boolean => !!claim.spec?.volumeName

export const claimPhase = (claim: PersistentVolumeClaim): string =>
  claim.metadata.deletionTimestamp === undefined ? (claim.status?.phase ?? '') : 'Terminating'

export const persistentVolumeClaim = defineKind<PersistentVolumeClaim>({
  group: '',
  version: 'v1',
  kind: 'PersistentVolumeClaim',
  subresources: { status: true },
  setDefaults: setClaimDefaults,
  prepareForCreate: (claim) => {
    claim.status = { phase: 'Pending' }
  },
  validate,
  validateUpdate: claimUpdateErrors,
  warnings: claimWarnings,
  describe: describePersistentVolumeClaim,
  cells: {
    Status: claimPhase,
    Volume: (c) => c.spec?.volumeName ?? '',
    Capacity: (c) =>
      bound(c) && c.status?.capacity?.['storage'] !== undefined ? formatQuantity(c.status.capacity['storage']) : bound(c) ? '0' : '',
    'Access Modes': (c) => (bound(c) ? accessModesText(c.status?.accessModes) : ''),
    StorageClass: storageClassOf,
    VolumeAttributesClass: (c) => c.spec?.volumeAttributesClassName ?? '<unset>',
    VolumeMode: (c) => c.spec?.volumeMode ?? '<unset>',
  },
})
