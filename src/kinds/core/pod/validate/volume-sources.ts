/**
 * Validation of each volume source, in the order in which upstream looks at them: with two sources the later one is the error.
 */
import { type FieldError, forbidden, invalid, required } from '../../../../api/errors.ts'
import type { DownwardAPIVolumeFile, KeyToPath, Volume, VolumeProjection } from '../../../../api/generated/types/core-v1.ts'
import { quantitySign } from '../../../../api/quantity.ts'
import { fileMode, noBacksteps, unreservedPath, unsupported } from '../../field-checks.ts'
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
      ...(item.key ? [] : [required(`${at}.key`)]),
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
  (source.items ?? []).flatMap((file) => downwardFileErrors(file, path))

/** The sources of a projected volume: upstream checks each, then that there is no more than one, and that no two fill one path. */
function projectedErrors(sources: readonly VolumeProjection[], path: string): FieldError[] {
  const found: FieldError[] = []
  const taken = new Set<string>()
  const take = (target: string | undefined, value: string): void => {
    if (!target) return
    if (taken.has(target)) found.push(invalid(path, value, 'conflicting duplicate paths'))
    taken.add(target)
  }
  for (const [i, source] of sources.entries()) {
    const at = `${path}.sources[${i}]`
    for (const field of ['secret', 'configMap'] as const) {
      const own = source?.[field]
      if (!own) continue
      if (!own.name) found.push(required(`${at}.${field}.name`))
      found.push(...keyToPathErrors(own.items, `${at}.${field}`))
      for (const item of own.items ?? []) take(item.path, own.name ?? '')
    }
    if (source?.downwardAPI) found.push(...downwardErrors(source.downwardAPI, `${at}.downwardAPI`))
    for (const file of source?.downwardAPI?.items ?? []) take(file.path, file.path)
    if (source?.serviceAccountToken) found.push(...tokenErrors(source.serviceAccountToken, `${at}.serviceAccountToken`, path))
    if (projectionFields.filter((f) => source?.[f]).length > 1)
      found.push(forbidden(at, 'may not specify more than 1 volume type per source'))
  }
  return found
}

const projectionFields = ['secret', 'configMap', 'downwardAPI', 'serviceAccountToken', 'clusterTrustBundle'] as const

const tokenErrors = (token: { expirationSeconds?: number; path: string }, path: string, volumePath: string): FieldError[] => [
  ...((token.expirationSeconds ?? 3600) < 600
    ? [invalid(`${path}.expirationSeconds`, token.expirationSeconds, 'may not specify a duration less than 10 minutes')]
    : []),
  ...((token.expirationSeconds ?? 3600) > 2 ** 32
    ? [invalid(`${path}.expirationSeconds`, token.expirationSeconds, 'may not specify a duration larger than 2^32 seconds')]
    : []),
  ...(token.path ? unreservedPath(token.path, `${volumePath}.path`) : [required(`${volumePath}.path`)]),
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
      ...projectedErrors(v.projected!.sources ?? [], path),
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
