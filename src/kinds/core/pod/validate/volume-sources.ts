/**
 * Validation of each volume source, in the order in which upstream looks at them: with two sources the later one is the error.
 */
import { type FieldError, forbidden, invalid, required } from '../../../../api/errors.ts'
import type { DownwardAPIVolumeFile, KeyToPath, Volume, VolumeProjection } from '../../../../api/generated/types/core-v1.ts'
import { configMapKeyErrors } from '../../../../api/names.ts'
import { quantitySign } from '../../../../api/quantity.ts'
import { checked, fileMode, noBacksteps, unreservedPath, unsupported } from '../../field-checks.ts'
import { claimSpecErrors } from '../../persistentvolumeclaim/validate-spec.ts'
import { fieldRefErrors, resourceFieldRefErrors, volumeFieldPaths } from './field-refs.ts'

interface SourceCheck {
  readonly field: keyof Volume & string
  readonly check?: (volume: Volume, path: string) => FieldError[]
}

const hostPathTypes = ['', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket']

export function hostPathErrors(source: { path: string; type?: string }, path: string): FieldError[] {
  if (!source.path) return [required(`${path}.path`)]
  const found = noBacksteps(source.path, `${path}.path`)
  if (source.type !== undefined && source.type !== null && !hostPathTypes.includes(source.type))
    found.push(unsupported(`${path}.type`, source.type, hostPathTypes))
  return found
}

export const nfsErrors = (source: { server: string; path: string }, path: string): FieldError[] => [
  ...(source.server ? [] : [required(`${path}.server`)]),
  ...(source.path ? [] : [required(`${path}.path`)]),
  ...(source.path?.startsWith('/') ? [] : [invalid(`${path}.path`, source.path ?? '', 'must be an absolute path')]),
]

const keyToPathErrors = (items: readonly KeyToPath[] | undefined, path: string): FieldError[] =>
  (items ?? []).flatMap((item, i) => {
    const at = `${path}.items[${i}]`
    return [
      ...(item.key ? checked(`${at}.key`, item.key, configMapKeyErrors(item.key)) : [required(`${at}.key`)]),
      ...(item.path ? unreservedPath(item.path, `${at}.path`) : [required(`${at}.path`)]),
      ...fileMode(item.mode, `${at}.mode`),
    ]
  })

function downwardFileErrors(file: DownwardAPIVolumeFile, path: string): FieldError[] {
  const found = file.path ? unreservedPath(file.path, `${path}.path`) : [required(`${path}.path`)]
  if (file.fieldRef) {
    found.push(...fieldRefErrors(file.fieldRef, volumeFieldPaths, `${path}.fieldRef`))
    if (file.resourceFieldRef) found.push(invalid(path, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously'))
  } else if (file.resourceFieldRef) found.push(...resourceFieldRefErrors(file.resourceFieldRef, true, `${path}.resourceFieldRef`))
  else found.push(required(path, 'one of fieldRef and resourceFieldRef is required'))
  return [...found, ...fileMode(file.mode, `${path}.mode`)]
}

const downwardErrors = (source: { items?: DownwardAPIVolumeFile[] }, path: string): FieldError[] =>
  (source.items ?? []).flatMap((file, i) => downwardFileErrors(file, `${path}.items[${i}]`))

function projectionErrors(source: VolumeProjection, path: string): FieldError[] {
  const found: FieldError[] = []
  const given = (['secret', 'configMap', 'downwardAPI', 'serviceAccountToken', 'clusterTrustBundle'] as const).filter((f) => source[f])
  for (const [i, field] of given.entries()) {
    const at = `${path}.${field}`
    if (i > 0) found.push(forbidden(at, 'may not specify more than 1 volume type'))
    else if (field === 'downwardAPI') found.push(...downwardErrors(source.downwardAPI!, at))
    else if (field === 'serviceAccountToken') found.push(...tokenErrors(source.serviceAccountToken!, at))
    else if (field !== 'clusterTrustBundle') {
      if (!source[field]!.name) found.push(required(`${at}.name`))
      found.push(...keyToPathErrors(source[field]!.items, at))
    }
  }
  if (given.length === 0) found.push(required(path, 'at least one projection source type must be specified'))
  return found
}

const tokenErrors = (token: { expirationSeconds?: number; path: string }, path: string): FieldError[] => [
  ...((token.expirationSeconds ?? 3600) < 600
    ? [invalid(`${path}.expirationSeconds`, token.expirationSeconds, 'may not specify a duration less than 10 minutes')]
    : []),
  ...(token.path ? unreservedPath(token.path, `${path}.path`) : [required(`${path}.path`)]),
]

const requiredName =
  (get: (volume: Volume) => string | undefined, field: string) =>
  (volume: Volume, path: string): FieldError[] =>
    get(volume) ? [] : [required(`${path}.${field}`)]

export const volumeSourceChecks: readonly SourceCheck[] = [
  {
    field: 'emptyDir',
    check: ({ emptyDir }, path) =>
      emptyDir?.sizeLimit !== undefined && quantitySign(emptyDir.sizeLimit) < 0
        ? [forbidden(`${path}.sizeLimit`, 'SizeLimit field must be a valid resource quantity')]
        : [],
  },
  { field: 'hostPath', check: (v, path) => hostPathErrors(v.hostPath!, path) },
  { field: 'gitRepo' },
  { field: 'gcePersistentDisk' },
  { field: 'awsElasticBlockStore' },
  {
    field: 'secret',
    check: (v, path) => [
      ...requiredName((x) => x.secret?.secretName, 'secretName')(v, path),
      ...fileMode(v.secret!.defaultMode, `${path}.defaultMode`),
      ...keyToPathErrors(v.secret!.items, path),
    ],
  },
  { field: 'nfs', check: (v, path) => nfsErrors(v.nfs!, path) },
  { field: 'iscsi' },
  { field: 'glusterfs' },
  { field: 'flocker' },
  { field: 'persistentVolumeClaim', check: requiredName((v) => v.persistentVolumeClaim?.claimName, 'claimName') },
  { field: 'rbd' },
  { field: 'cinder' },
  { field: 'cephfs' },
  { field: 'quobyte' },
  {
    field: 'downwardAPI',
    check: (v, path) => [...fileMode(v.downwardAPI!.defaultMode, `${path}.defaultMode`), ...downwardErrors(v.downwardAPI!, path)],
  },
  { field: 'fc' },
  { field: 'flexVolume' },
  {
    field: 'configMap',
    check: (v, path) => [
      ...requiredName((x) => x.configMap?.name, 'name')(v, path),
      ...fileMode(v.configMap!.defaultMode, `${path}.defaultMode`),
      ...keyToPathErrors(v.configMap!.items, path),
    ],
  },
  { field: 'azureFile' },
  { field: 'vsphereVolume' },
  { field: 'photonPersistentDisk' },
  { field: 'portworxVolume' },
  { field: 'azureDisk' },
  { field: 'storageos' },
  {
    field: 'projected',
    check: (v, path) => [
      ...fileMode(v.projected!.defaultMode, `${path}.defaultMode`),
      ...(v.projected!.sources ?? []).flatMap((s, i) => projectionErrors(s, `${path}.sources[${i}]`)),
    ],
  },
  { field: 'scaleIO' },
  { field: 'csi', check: requiredName((v) => v.csi?.driver, 'driver') },
  {
    field: 'ephemeral',
    check: (v, path) =>
      v.ephemeral!.volumeClaimTemplate
        ? claimSpecErrors(v.ephemeral!.volumeClaimTemplate.spec, `${path}.volumeClaimTemplate.spec`)
        : [required(`${path}.volumeClaimTemplate`)],
  },
  { field: 'image', check: requiredName((v) => v.image?.reference, 'reference') },
]
