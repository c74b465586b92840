/**
 * PersistentVolume (core/v1).
 */
import { defineKind } from '../../../api/define-kind.ts'
import type { PersistentVolume } from '../../../api/generated/types/core-v1.ts'
import { formatQuantity } from '../../../api/quantity.ts'
import { formatTime } from '../../../api/rfc3339.ts'
import { accessModesText, storageClassOf } from '../access-modes.ts'
import { setSourceDefaults } from '../pod/volume-defaults.ts'
import { describePersistentVolume } from './describe.ts'
import { volumeErrors, volumeUpdateErrors } from './validate.ts'
import { volumeWarnings } from './warnings.ts'

function setDefaults(volume: PersistentVolume): void {
  volume.spec ??= {}
  volume.spec.persistentVolumeReclaimPolicy ||= 'Retain'
  volume.spec.volumeMode ??= 'Filesystem'
  setSourceDefaults(volume.spec)
  for (const name of Object.keys(volume.spec.capacity ?? {})) volume.spec.capacity![name] = formatQuantity(volume.spec.capacity![name])
  volume.status ??= {}
  volume.status.phase ||= 'Pending'
}

export const volumePhase = (volume: PersistentVolume): string =>
  volume.metadata.deletionTimestamp === undefined ? (volume.status?.phase ?? '') : 'Terminating'

export const claimOf = (volume: PersistentVolume): string => {
  const claim = volume.spec?.claimRef
  return claim ? `${claim.namespace}/${claim.name}` : ''
}

export const persistentVolume = defineKind<PersistentVolume>({
  group: '',
  version: 'v1',
  kind: 'PersistentVolume',
  subresources: { status: true },
  setDefaults,
  prepareForCreate: (volume, { nowMs }) => {
    volume.status = { phase: 'Pending', lastPhaseTransitionTime: formatTime(nowMs) }
  },
  prepareForStatusUpdate: (next, previous, { nowMs }) => {
    if (
      next.status &&
      next.status.phase !== previous.status?.phase &&
      next.status.lastPhaseTransitionTime === previous.status?.lastPhaseTransitionTime
    )
      next.status.lastPhaseTransitionTime = formatTime(nowMs)
  },
  validate: volumeErrors,
  validateUpdate: volumeUpdateErrors,
  warnings: volumeWarnings,
  fieldSelectors: { name: (v) => v.metadata.name },
  describe: describePersistentVolume,
  cells: {
    Capacity: (v) => (v.spec?.capacity?.['storage'] === undefined ? '0' : formatQuantity(v.spec.capacity['storage'])),
    'Access Modes': (v) => accessModesText(v.spec?.accessModes),
    'Reclaim Policy': (v) => v.spec?.persistentVolumeReclaimPolicy ?? '',
    Status: volumePhase,
    Claim: claimOf,
    StorageClass: storageClassOf,
    VolumeAttributesClass: (v) => v.spec?.volumeAttributesClassName ?? '<unset>',
    Reason: (v) => v.status?.reason ?? '',
    VolumeMode: (v) => v.spec?.volumeMode ?? '<unset>',
  },
})
