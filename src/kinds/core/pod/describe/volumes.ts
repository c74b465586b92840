/**
 * Volumes in a description: of pods, of pod templates, and the sources that PersistentVolumes share with them.
 */
import type { Volume, VolumeProjection } from '../../../../api/generated/types/core-v1.ts'
import { quantitySign } from '../../../../api/quantity.ts'
import type { DescribeWriter } from '../../../describe/writer.ts'

type Fields = readonly (readonly [name: string, value: unknown])[]
type Source = Readonly<Record<string, any>>

interface SourceText {
  readonly type: string
  readonly fields: (source: Source) => Fields
}

const flag = (value: unknown): boolean => value === true

const secretOrConfigFields =
  (nameField: string, key: string) =>
  (s: Source): Fields => [
    [nameField, s[key] ?? ''],
    ['Optional', flag(s['optional'])],
  ]

/** By field of the volume: what it is called and what is told of it. */
const sources: Readonly<Record<string, SourceText>> = {
  hostPath: {
    type: 'HostPath (bare host directory volume)',
    fields: (s) => [
      ['Path', s['path']],
      ['HostPathType', s['type'] ?? '<none>'],
    ],
  },
  emptyDir: {
    type: "EmptyDir (a temporary directory that shares a pod's lifetime)",
    fields: (s) => [
      ['Medium', s['medium'] ?? ''],
      ['SizeLimit', s['sizeLimit'] !== undefined && quantitySign(s['sizeLimit']) > 0 ? s['sizeLimit'] : '<unset>'],
    ],
  },
  secret: { type: 'Secret (a volume populated by a Secret)', fields: secretOrConfigFields('SecretName', 'secretName') },
  configMap: { type: 'ConfigMap (a volume populated by a ConfigMap)', fields: secretOrConfigFields('Name', 'name') },
  nfs: {
    type: 'NFS (an NFS mount that lasts the lifetime of a pod)',
    fields: (s) => [
      ['Server', s['server']],
      ['Path', s['path']],
      ['ReadOnly', flag(s['readOnly'])],
    ],
  },
  persistentVolumeClaim: {
    type: 'PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)',
    fields: (s) => [
      ['ClaimName', s['claimName']],
      ['ReadOnly', flag(s['readOnly'])],
    ],
  },
  local: { type: 'LocalVolume (a persistent volume backed by local storage on a node)', fields: (s) => [['Path', s['path']]] },
  csi: {
    type: 'CSI (a Container Storage Interface (CSI) volume source)',
    fields: (s) => [
      ['Driver', s['driver']],
      ['FSType', s['fsType'] ?? ''],
      ...(s['volumeHandle'] === undefined ? [] : ([['VolumeHandle', s['volumeHandle']]] as const)),
      ['ReadOnly', flag(s['readOnly'])],
    ],
  },
  image: {
    type: 'Image (a container image or OCI artifact)',
    fields: (s) => [
      ['Reference', s['reference'] ?? ''],
      ['PullPolicy', s['pullPolicy'] ?? ''],
    ],
  },
  ephemeral: {
    type: 'EphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)',
    fields: () => [],
  },
  iscsi: {
    type: "ISCSI (an ISCSI Disk resource that is attached to a kubelet's host machine and then exposed to the pod)",
    fields: (s) => [
      ['TargetPortal', s['targetPortal']],
      ['IQN', s['iqn']],
      ['Lun', s['lun']],
      ['ISCSIInterface', s['iscsiInterface'] ?? ''],
      ['FSType', s['fsType'] ?? ''],
      ['ReadOnly', flag(s['readOnly'])],
    ],
  },
  gitRepo: {
    type: 'GitRepo (a volume that is pulled from git when the pod is created)',
    fields: (s) => [
      ['Repository', s['repository']],
      ['Revision', s['revision'] ?? ''],
    ],
  },
}

function projectionFields(source: VolumeProjection): Fields {
  if (source.secret) return secretOrConfigFields('SecretName', 'name')(source.secret)
  if (source.downwardAPI) return [['DownwardAPI', true]]
  if (source.configMap) return secretOrConfigFields('ConfigMapName', 'name')(source.configMap)
  return source.serviceAccountToken ? [['TokenExpirationSeconds', source.serviceAccountToken.expirationSeconds ?? 3600]] : []
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

function claimTemplate(w: DescribeWriter, template: Source | undefined): void {
  const spec: Source = template?.['spec'] ?? {}
  w.field(2, 'StorageClass', spec['storageClassName'] ?? '')
  w.field(2, 'Volume', spec['volumeName'] ?? '')
}

/** One source, told by the field that holds it; anything without a text of its own is unknown. */
export function writeVolumeSource(w: DescribeWriter, object: object): void {
  const volume = object as Source
  if (volume['projected']) {
    w.field(2, 'Type', 'Projected (a volume that contains injected data from multiple sources)')
    for (const source of volume['projected'].sources ?? [])
      for (const [name, value] of projectionFields(source)) w.field(2, name, String(value))
    return
  }
  if (volume['downwardAPI']) {
    w.field(2, 'Type', 'DownwardAPI (a volume populated by information about the pod)')
    downwardItems(w, volume['downwardAPI'].items ?? [])
    return
  }
  const field = Object.keys(sources).find((f) => volume[f] !== undefined && volume[f] !== null)
  if (field === undefined) {
    w.line(1, '<unknown>')
    return
  }
  const { type, fields } = sources[field]!
  w.field(2, 'Type', type)
  for (const [name, value] of fields(volume[field])) w.field(2, name, String(value))
  if (field === 'csi') attributes(w, volume['csi'].volumeAttributes)
  if (field === 'ephemeral') claimTemplate(w, volume['ephemeral'].volumeClaimTemplate)
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
