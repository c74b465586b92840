/**
 * Validation of a claim's spec, in a claim or in a template of one (upstream's ValidatePersistentVolumeClaimSpec).
 */
import { type FieldError, forbidden, invalid, required } from '../../../api/errors.ts'
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

/** What a volume is filled from. */
function sourceErrors(source: PersistentVolumeClaimSpec['dataSource'], path: string): FieldError[] {
  if (source === undefined) return []
  const found: FieldError[] = []
  if (!source.name) found.push(required(`${path}.name`))
  if (!source.kind) found.push(required(`${path}.kind`))
  if (!source.apiGroup && source.kind !== 'PersistentVolumeClaim')
    found.push(invalid(path, source.kind ?? '', "must be 'PersistentVolumeClaim' when referencing the default apiGroup"))
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
  const attributes = spec.volumeAttributesClassName
  return [
    ...found,
    ...optionalOneOf(spec.volumeMode, `${path}.volumeMode`, ['Block', 'Filesystem']),
    ...(['dataSource', 'dataSourceRef'] as const).flatMap((field) => sourceErrors(spec[field], `${path}.${field}`)),
    ...(attributes ? checked(`${path}.volumeAttributesClassName`, attributes, dns1123SubdomainErrors(attributes)) : []),
  ]
}
