/**
 * Validation of a pod's volumes: names, and exactly one source each (upstream's ValidateVolumes and validateVolumeSource).
 */
import { duplicate, type FieldError, forbidden, required } from '../../../../api/errors.ts'
import type { Volume } from '../../../../api/generated/types/core-v1.ts'
import { dns1123LabelErrors } from '../../../../api/names.ts'
import { checked } from '../../field-checks.ts'
import { volumeSourceChecks } from './volume-sources.ts'

export type VolumesByName = ReadonlyMap<string, Volume>

const checksByField = new Map<string, (typeof volumeSourceChecks)[number]>(volumeSourceChecks.map((c) => [c.field, c]))

function sourceErrors(volume: Volume, path: string): FieldError[] {
  const fields = Object.keys(volume).filter((field) => checksByField.has(field) && volume[field as keyof Volume] != null)
  const given =
    fields.length < 2 ? fields.map((field) => checksByField.get(field)!) : volumeSourceChecks.filter((c) => fields.includes(c.field))
  if (given.length === 0) return [required(path, 'must specify a volume type')]
  return given.flatMap(({ field, check }, i) =>
    i === 0 ? (check?.(volume, `${path}.${field}`) ?? []) : [forbidden(`${path}.${field}`, 'may not specify more than 1 volume type')],
  )
}

/** The errors, and the volumes that are fine by name (mounts of the others are not found). */
export function volumesErrors(volumes: readonly Volume[] | undefined, path: string): { found: FieldError[]; byName: VolumesByName } {
  const found: FieldError[] = []
  const byName = new Map<string, Volume>()
  for (const [i, volume] of (volumes ?? []).entries()) {
    const at = `${path}[${i}]`
    const own = sourceErrors(volume, at)
    own.push(...(volume.name ? checked(`${at}.name`, volume.name, dns1123LabelErrors(volume.name)) : [required(`${at}.name`)]))
    if (byName.has(volume.name)) own.push(duplicate(`${at}.name`, volume.name))
    if (own.length === 0) byName.set(volume.name, volume)
    found.push(...own)
  }
  return { found, byName }
}
