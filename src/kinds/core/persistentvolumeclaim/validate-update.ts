/**
 * What may change in a claim (upstream's ValidatePersistentVolumeClaimUpdate): its size once it is bound, its volume while it is not.
 */
import { type FieldError, forbidden } from '../../../api/errors.ts'
import type { PersistentVolumeClaim, PersistentVolumeClaimSpec } from '../../../api/generated/types/core-v1.ts'
import { compareQuantities } from '../../../api/quantity.ts'
import { goForm, goJson } from '../go-form/print.ts'
import { unifiedDiff } from '../go-form/unified-diff.ts'

const IMMUTABLE = 'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims'

const form = (spec: PersistentVolumeClaimSpec): string => goJson(goForm({ ...spec }, 'PersistentVolumeClaimSpec'))

function resizeErrors(next: PersistentVolumeClaim, previous: PersistentVolumeClaim): FieldError[] {
  const path = 'spec.resources.requests.storage'
  const now = next.spec?.resources?.requests?.['storage']
  const then = previous.spec?.resources?.requests?.['storage']
  if (now === undefined || then === undefined || compareQuantities(now, then) >= 0) return []
  const capacity = previous.status?.capacity?.['storage']
  return compareQuantities(now, capacity ?? '0') < 0 ? [forbidden(path, 'field can not be less than status.capacity')] : []
}

export function claimUpdateErrors(next: PersistentVolumeClaim, previous: PersistentVolumeClaim): FieldError[] {
  const now = next.spec ?? {}
  const then = previous.spec ?? {}
  const bound = previous.status?.phase === 'Bound'
  const allowed: PersistentVolumeClaimSpec = { ...now }
  // The binder names the volume once, after creation.
  if (!then.volumeName) allowed.volumeName = then.volumeName
  if (then.storageClassName === undefined && now.storageClassName !== undefined && !then.volumeName) allowed.storageClassName = undefined
  if (bound) {
    allowed.resources = then.resources
    allowed.volumeAttributesClassName = then.volumeAttributesClassName
  }
  const before = form(then)
  const after = form(allowed)
  if (before !== after) return [forbidden('spec', `${IMMUTABLE}\n${unifiedDiff(before, after)}`)]
  return bound ? resizeErrors(next, previous) : []
}
