/**
 * What may change in a claim (upstream's ValidatePersistentVolumeClaimUpdate): its size once it is bound, its volume while it is not.
 */
import { type FieldError, forbidden } from '../../../api/errors.ts'
import type { PersistentVolumeClaim, PersistentVolumeClaimSpec } from '../../../api/generated/types/core-v1.ts'
import { compareQuantities } from '../../../api/quantity.ts'
import { immutable } from '../../fields/same.ts'
import { goForm, goJson } from '../go-form/print.ts'
import { unifiedDiff } from '../go-form/unified-diff.ts'

const IMMUTABLE = 'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims'

const form = (spec: PersistentVolumeClaimSpec): string => goJson(goForm({ ...spec }, 'PersistentVolumeClaimSpec'))

/** A claim may shrink back from an expansion, but not to what it already has. */
function resizeErrors(next: PersistentVolumeClaim, previous: PersistentVolumeClaim): FieldError[] {
  const now = next.spec?.resources?.requests?.['storage']
  const then = previous.spec?.resources?.requests?.['storage']
  if (compareQuantities(now, then) >= 0 || compareQuantities(now, previous.status?.capacity?.['storage']) > 0) return []
  return [forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity')]
}

/** The new spec with everything that may change set back to what it was. */
function munged(now: PersistentVolumeClaimSpec, then: PersistentVolumeClaimSpec, bound: boolean): PersistentVolumeClaimSpec {
  const spec: PersistentVolumeClaimSpec = { ...now }
  // The binder names the volume once, and a claim without a class may be given one.
  if (!then.volumeName) spec.volumeName = then.volumeName
  if (then.storageClassName === undefined) spec.storageClassName = undefined
  const size = then.resources?.requests?.['storage']
  if (bound && now.resources?.requests && size !== undefined)
    spec.resources = { ...now.resources, requests: { ...now.resources.requests, storage: size } }
  if (bound && now.volumeAttributesClassName !== undefined) spec.volumeAttributesClassName = then.volumeAttributesClassName
  return spec
}

export function claimUpdateErrors(next: PersistentVolumeClaim, previous: PersistentVolumeClaim): FieldError[] {
  const now = next.spec ?? {}
  const then = previous.spec ?? {}
  const found: FieldError[] = []
  const before = form(then)
  const after = form(munged(now, then, previous.status?.phase === 'Bound'))
  if (before !== after) found.push(forbidden('spec', `${IMMUTABLE}\n${unifiedDiff(before, after)}`))
  // Upstream leaves `spec` out of this path.
  return [...found, ...resizeErrors(next, previous), ...immutable(now.volumeMode, then.volumeMode, 'volumeMode')]
}
