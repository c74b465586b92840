/** Warnings the API answers with when a claim is dubious though valid (upstream's pkg/api/persistentvolumeclaim). */
import type { PersistentVolumeClaim, PersistentVolumeClaimSpec } from '../../../api/generated/types/core-v1.ts'
import { milliValue } from '../../../api/quantity.ts'

const CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class'

export const claimSpecWarnings = (spec: PersistentVolumeClaimSpec | undefined, path: string): string[] =>
  (['requests', 'limits'] as const).flatMap((list) => {
    const value = spec?.resources?.[list]?.['storage']
    return value === undefined || milliValue(value) % 1000 === 0
      ? []
      : [`${path}.resources.${list}[storage]: fractional byte value ${JSON.stringify(value)} is invalid, must be an integer`]
  })

export const claimWarnings = ({ metadata, spec }: PersistentVolumeClaim): string[] => [
  ...(metadata.annotations?.[CLASS_ANNOTATION] === undefined
    ? []
    : [`metadata.annotations[${CLASS_ANNOTATION}]: deprecated since v1.8; use "storageClassName" attribute instead.`]),
  ...claimSpecWarnings(spec, 'spec'),
]
