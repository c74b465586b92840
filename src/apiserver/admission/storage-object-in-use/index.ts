/** StorageObjectInUseProtection: claims and volumes get finalizers that keep them while they are used. */
import type { AdmissionPlugin, AdmissionRequest } from '../contract.ts'

const protections: Readonly<Record<string, string>> = {
  persistentvolumeclaims: 'kubernetes.io/pvc-protection',
  persistentvolumes: 'kubernetes.io/pv-protection',
  'volumeattributesclasses.storage.k8s.io': 'kubernetes.io/vac-protection',
}

function mutate(request: AdmissionRequest): void {
  const { metadata } = request.object!
  const finalizer = protections[request.resource]!
  if (!metadata.finalizers?.includes(finalizer)) metadata.finalizers = [...(metadata.finalizers ?? []), finalizer]
}

export const storageObjectInUse: AdmissionPlugin = {
  name: 'StorageObjectInUseProtection',
  resources: Object.keys(protections),
  operations: ['CREATE'],
  mutate,
}
