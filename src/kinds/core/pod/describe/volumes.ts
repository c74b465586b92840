/**
 * Volumes in a description: of pods, of pod templates, and the sources that PersistentVolumes share with them.
 */
import type { Volume, VolumeProjection } from '../../../../api/generated/types/core-v1.ts'
import type { DescribeWriter } from '../../../describe/writer.ts'
import { writeClaim } from '../../persistentvolumeclaim/describe.ts'
import { type Fields, type Source, secretOrConfigFields, volumeSources } from './volume-sources.ts'

function writeFields(w: DescribeWriter, fields: Fields): void {
  for (const [name, value] of fields) w.line(2, `${name}\t${value}`)
}

function projectionFields(source: VolumeProjection): Fields {
  if (source.secret) return secretOrConfigFields('SecretName', 'name')(source.secret)
  if (source.downwardAPI) return [['DownwardAPI:', true]]
  if (source.configMap) return secretOrConfigFields('ConfigMapName', 'name')(source.configMap)
  return source.serviceAccountToken ? [['TokenExpirationSeconds:', source.serviceAccountToken.expirationSeconds ?? 3600]] : []
}

function downwardItems(w: DescribeWriter, items: readonly Source[]): void {
  w.line(2, 'Items:')
  for (const file of items) {
    if (file['fieldRef']) w.line(3, `${file['fieldRef'].fieldPath} -> ${file['path']}`)
    if (file['resourceFieldRef']) w.line(3, `${file['resourceFieldRef'].resource} -> ${file['path']}`)
  }
}

function attributes(w: DescribeWriter, map: Readonly<Record<string, string>> | undefined): void {
  const lines = Object.keys(map ?? {})
    .sort()
    .map((k) => `${k}=${map![k]}`)
  if (lines.length === 0) w.field(2, 'VolumeAttributes', '<none>')
  for (const [i, line] of lines.entries()) w.line(2, i === 0 ? `VolumeAttributes:\t${line}` : `\t${line}`)
}

/** One source, told by the field that holds it; anything without a text of its own is unknown. `persistent`: of a PersistentVolume. */
export function writeVolumeSource(w: DescribeWriter, object: object, persistent = false): void {
  const volume = object as Source
  if (volume['projected']) {
    w.field(2, 'Type', 'Projected (a volume that contains injected data from multiple sources)')
    for (const source of volume['projected'].sources ?? []) writeFields(w, projectionFields(source))
    return
  }
  if (volume['downwardAPI']) {
    w.field(2, 'Type', 'DownwardAPI (a volume populated by information about the pod)')
    downwardItems(w, volume['downwardAPI'].items ?? [])
    return
  }
  const field = Object.keys(volumeSources).find((f) => volume[f] !== undefined && volume[f] !== null)
  if (field === undefined) {
    w.line(1, '<unknown>')
    return
  }
  const { type, fields } = volumeSources[field]!
  w.field(2, 'Type', type)
  writeFields(w, fields(volume[field], persistent))
  if (field === 'csi') attributes(w, volume['csi'].volumeAttributes)
  if (field === 'ephemeral') w.within(2, () => writeClaim(w, { metadata: {}, ...volume['ephemeral'].volumeClaimTemplate }))
}

/** `space` is two blanks within a pod template. */
export function writeVolumes(w: DescribeWriter, volumes: readonly Volume[] | undefined, space: string): void {
  if (!volumes || volumes.length === 0) {
    w.field(0, `${space}Volumes`, '<none>')
    return
  }
  w.line(0, `${space}Volumes:`)
  for (const volume of volumes) {
    w.line(1, `${space === '' ? '' : ' '}${volume.name}:`)
    writeVolumeSource(w, volume)
  }
}
