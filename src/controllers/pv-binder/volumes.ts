/** The binder's half that looks after one volume: its phase, and what becomes of it when its claim is gone. */

import { isApiError } from '../../api/errors.ts'
import type { PersistentVolume } from '../../api/generated/types/core-v1.ts'
import type { ReconcileContext } from '../../client/contract.ts'
import { PROVISIONED_BY } from './annotations.ts'
import { volumePhase } from './claims.ts'

export function syncVolume(volume: PersistentVolume, context: ReconcileContext): void {
  const ref = volume.spec?.claimRef
  // Without a claim, or reserved for one that has not been bound yet.
  if (ref === undefined || !ref.uid) {
    volumePhase(volume, 'Available', context)
    return
  }
  const claim = context.read.get('persistentvolumeclaims', ref.namespace, ref.name ?? '')
  if (claim !== undefined && claim.metadata.uid === ref.uid) {
    if (claim.spec?.volumeName === volume.metadata.name) volumePhase(volume, 'Bound', context)
    return
  }
  const failed = volume.status?.phase === 'Failed'
  if (!failed) volumePhase(volume, 'Released', context)
  if (volume.metadata.deletionTimestamp === undefined && !failed) reclaim(volume, context)
}

/** What the volume's plugin in the controller manager would do with it; undefined when that is to take it away. */
export function deleteFailure(volume: PersistentVolume): string | undefined {
  const path = volume.spec?.hostPath?.path
  if (path === undefined)
    return `error getting deleter volume plugin for volume "${volume.metadata.name}": no deletable volume plugin matched`
  return /^\/tmp\/.+/.test(path) ? undefined : `host_path deleter only supports /tmp/.+ but received provided ${path}`
}

function reclaim(volume: PersistentVolume, context: ReconcileContext): void {
  const policy = volume.spec?.persistentVolumeReclaimPolicy
  const fail = (reason: string, message: string): void => {
    volumePhase({ ...volume, status: { phase: 'Released' } }, 'Failed', context, message)
    context.events.event(volume, 'Warning', reason, message)
  }
  if (policy === 'Recycle') {
    fail('VolumeFailedRecycle', 'recycling volumes is not simulated (and deprecated upstream): use Retain or Delete')
    return
  }
  // Volumes of an external provisioner are for it to delete.
  if (policy !== 'Delete' || isExternal(volume)) return
  const why = deleteFailure(volume)
  if (why !== undefined) {
    fail('VolumeFailedDelete', why)
    return
  }
  try {
    context.write.delete('persistentvolumes', undefined, volume.metadata.name)
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error
  }
}

const isExternal = (volume: PersistentVolume): boolean => {
  const by = volume.metadata.annotations?.[PROVISIONED_BY]
  return by !== undefined && !by.startsWith('kubernetes.io/')
}
