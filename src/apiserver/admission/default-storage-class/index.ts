/** DefaultStorageClass: a claim that names no class gets the default one. */
import type { PersistentVolumeClaim } from '../../../api/generated/types/core-v1.ts'
import type { AdmissionPlugin, AdmissionRequest } from '../contract.ts'
import { newestDefault } from '../newest-default.ts'

function mutate(request: AdmissionRequest): void {
  const claim = request.object as PersistentVolumeClaim
  const beta = claim.metadata.annotations?.['volume.beta.kubernetes.io/storage-class']
  if (claim.spec === undefined || claim.spec.storageClassName !== undefined || beta !== undefined) return
  const found = newestDefault(request.server.reader.list('storageclasses.storage.k8s.io'), 'storageclass.kubernetes.io/is-default-class')
  if (found !== undefined) claim.spec.storageClassName = found.metadata.name
}

export const defaultStorageClass: AdmissionPlugin = {
  name: 'DefaultStorageClass',
  resources: ['persistentvolumeclaims'],
  operations: ['CREATE'],
  mutate,
}
