/**
 * Validation of PersistentVolumes (upstream's ValidatePersistentVolume and its update).
 */
import { type FieldError, forbidden, invalid, required } from '../../../api/errors.ts'
import type { PersistentVolume, PersistentVolumeSpec } from '../../../api/generated/types/core-v1.ts'
import { dns1123SubdomainErrors } from '../../../api/names.ts'
import { same } from '../../fields/same.ts'
import { checked, noBacksteps, oneOf, optionalOneOf, positiveQuantity, sortedKeys, unsupported } from '../field-checks.ts'
import { goForm, goJson } from '../go-form/print.ts'
import { unifiedDiff } from '../go-form/unified-diff.ts'
import { accessModeErrors } from '../persistentvolumeclaim/validate-spec.ts'
import { nodeSelectorErrors } from '../pod/validate/affinity.ts'
import { hostPathErrors, nfsErrors } from '../pod/validate/volume-sources.ts'

type SourceCheck = (spec: PersistentVolumeSpec, path: string) => FieldError[]

function localErrors(spec: PersistentVolumeSpec, path: string): FieldError[] {
  const found = spec.local!.path ? noBacksteps(spec.local!.path, `${path}.path`) : [required(`${path}.path`)]
  if (!spec.nodeAffinity) found.push(required('spec.nodeAffinity', 'Local volume requires node affinity'))
  return found
}

/** The sources, in upstream's order; a second one is forbidden. */
const sources: readonly (readonly [field: keyof PersistentVolumeSpec & string, check?: SourceCheck])[] = [
  ['hostPath', (s, path) => hostPathErrors(s.hostPath!, path)],
  ['gcePersistentDisk'],
  ['awsElasticBlockStore'],
  ['glusterfs'],
  ['flocker'],
  ['nfs', (s, path) => nfsErrors(s.nfs!, path)],
  ['rbd'],
  ['quobyte'],
  ['cephfs'],
  ['iscsi'],
  ['cinder'],
  ['fc'],
  ['flexVolume'],
  ['azureFile'],
  ['vsphereVolume'],
  ['photonPersistentDisk'],
  ['portworxVolume'],
  ['azureDisk'],
  ['scaleIO'],
  ['local', localErrors],
  ['storageos'],
  [
    'csi',
    (s, path) => [
      ...(s.csi!.driver
        ? checked(`${path}.driver`, s.csi!.driver, dns1123SubdomainErrors(s.csi!.driver.toLowerCase()))
        : [required(`${path}.driver`)]),
      ...(s.csi!.volumeHandle ? [] : [required(`${path}.volumeHandle`)]),
    ],
  ],
]

function capacityErrors(spec: PersistentVolumeSpec): FieldError[] {
  const capacity = spec.capacity ?? {}
  const found: FieldError[] = []
  if (Object.keys(capacity).length === 0) found.push(required('spec.capacity'))
  if (capacity['storage'] === undefined || Object.keys(capacity).length > 1)
    found.push(unsupported('spec.capacity', spec.capacity ?? null, ['storage']))
  for (const name of sortedKeys(capacity)) found.push(...positiveQuantity(capacity[name]!, `spec.capacity[${name}]`))
  return found
}

function sourceErrors(spec: PersistentVolumeSpec): FieldError[] {
  const given = sources.filter(([field]) => spec[field] !== undefined && spec[field] !== null)
  if (given.length === 0) return [required('spec', 'must specify a volume type')]
  return given.flatMap(([field, check], i) =>
    i === 0 ? (check?.(spec, `spec.${field}`) ?? []) : [forbidden(`spec.${field}`, 'may not specify more than 1 volume type')],
  )
}

export function volumeErrors(volume: PersistentVolume): FieldError[] {
  const spec = volume.spec ?? {}
  const modes = spec.accessModes ?? []
  const found: FieldError[] = modes.length === 0 ? [required('spec.accessModes')] : []
  found.push(...accessModeErrors(modes, 'spec.accessModes'), ...capacityErrors(spec))
  found.push(...oneOf(spec.persistentVolumeReclaimPolicy, 'spec.persistentVolumeReclaimPolicy', ['Delete', 'Recycle', 'Retain']))
  if (spec.nodeAffinity)
    found.push(
      ...(spec.nodeAffinity.required
        ? nodeSelectorErrors(spec.nodeAffinity.required, 'spec.nodeAffinity.required')
        : [required('spec.nodeAffinity.required', 'must specify required node constraints')]),
    )
  found.push(...sourceErrors(spec))
  if (spec.hostPath?.path === '/' && spec.persistentVolumeReclaimPolicy === 'Recycle')
    found.push(forbidden('spec.persistentVolumeReclaimPolicy', "may not be 'recycle' for a hostPath mount of '/'"))
  if (spec.storageClassName)
    found.push(...checked('spec.storageClassName', spec.storageClassName, dns1123SubdomainErrors(spec.storageClassName)))
  return [...found, ...optionalOneOf(spec.volumeMode, 'spec.volumeMode', ['Block', 'Filesystem'])]
}

const sourcesOf = (spec: PersistentVolumeSpec): Record<string, unknown> =>
  Object.fromEntries(sources.flatMap(([f]) => (spec[f] ? [[f, spec[f]]] : [])))

export function volumeUpdateErrors(next: PersistentVolume, previous: PersistentVolume): FieldError[] {
  const now = next.spec ?? {}
  const then = previous.spec ?? {}
  const found: FieldError[] = []
  if (!same(sourcesOf(now), sourcesOf(then))) {
    const text = (spec: PersistentVolumeSpec): string => goJson(goForm({ ...spec }, 'PersistentVolumeSource'))
    found.push(
      forbidden(
        'spec.persistentvolumesource',
        `spec.persistentvolumesource is immutable after creation\n${unifiedDiff(text(then), text(now))}`,
      ),
    )
  }
  if (now.volumeMode !== then.volumeMode) found.push(invalid('volumeMode', now.volumeMode ?? null, 'field is immutable'))
  if (then.nodeAffinity && !same(now.nodeAffinity, then.nodeAffinity))
    found.push(
      invalid(
        'nodeAffinity',
        goForm({ ...now.nodeAffinity }, 'VolumeNodeAffinity'),
        'field is immutable, except for updating from beta label to GA',
      ),
    )
  return found
}
