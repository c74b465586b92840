/**
 * Validation of a claim's spec, in a claim or in a template of one (upstream's ValidatePersistentVolumeClaimSpec).
 */
import { type FieldError, forbidden, required } from '../../../api/errors.ts'
import type { PersistentVolumeClaimSpec } from '../../../api/generated/types/core-v1.ts'
import { dns1123SubdomainErrors } from '../../../api/names.ts'
import { validateLabelSelector } from '../../../api/selectors.ts'
import { ACCESS_MODES } from '../access-modes.ts'
import { checked, optionalOneOf, positiveQuantity, unsupported } from '../field-checks.ts'

/** Modes of a claim or a volume. */
export function accessModeErrors(modes: readonly string[], path: string): FieldError[] {
  const found = modes.flatMap((mode) => (ACCESS_MODES.includes(mode) ? [] : [unsupported(path, mode, ACCESS_MODES)]))
  if (modes.includes('ReadWriteOncePod') && modes.length > 1)
    found.push(forbidden(path, 'may not use ReadWriteOncePod with other access modes'))
  return found
}

export function claimSpecErrors(spec: PersistentVolumeClaimSpec, path: string): FieldError[] {
  const modes = spec.accessModes ?? []
  const found: FieldError[] = modes.length === 0 ? [required(`${path}.accessModes`, 'at least 1 access mode is required')] : []
  found.push(...validateLabelSelector(spec.selector, `${path}.selector`), ...accessModeErrors(modes, `${path}.accessModes`))
  const storage = spec.resources?.requests?.['storage']
  found.push(
    ...(storage === undefined ? [required(`${path}.resources[storage]`)] : positiveQuantity(storage, `${path}.resources[storage]`)),
  )
  if (spec.storageClassName)
    found.push(...checked(`${path}.storageClassName`, spec.storageClassName, dns1123SubdomainErrors(spec.storageClassName)))
  return [...found, ...optionalOneOf(spec.volumeMode, `${path}.volumeMode`, ['Block', 'Filesystem'])]
}
