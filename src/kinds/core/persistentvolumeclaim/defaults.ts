/**
 * Defaults of PersistentVolumeClaims and of claim templates (core/v1's SetDefaults_PersistentVolumeClaim).
 */
import type { PersistentVolumeClaim, PersistentVolumeClaimSpec } from '../../../api/generated/types/core-v1.ts'
import { formatQuantity } from '../../../api/quantity.ts'

function canonicalize(list: Record<string, string> | undefined): void {
  for (const [name, value] of Object.entries(list ?? {})) list![name] = formatQuantity(value)
}

/** A claim's spec, in a claim or in the template of one. */
export function setClaimSpecDefaults(spec: PersistentVolumeClaimSpec): void {
  spec.volumeMode ??= 'Filesystem'
  spec.resources ??= {}
  canonicalize(spec.resources.requests)
  canonicalize(spec.resources.limits)
  if (spec.dataSource && !spec.dataSourceRef) spec.dataSourceRef = { ...spec.dataSource }
}

export function setClaimDefaults(claim: PersistentVolumeClaim): void {
  claim.spec ??= {}
  setClaimSpecDefaults(claim.spec)
  claim.status ??= {}
  claim.status.phase ||= 'Pending'
}
