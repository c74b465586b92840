/** PersistentVolumeClaimResize: only claims whose class allows it may grow. */
import { errors } from '../../../api/errors.ts'
import type { PersistentVolumeClaim } from '../../../api/generated/types/core-v1.ts'
import { compareQuantities } from '../../../api/quantity.ts'
import type { AdmissionPlugin, AdmissionRequest } from '../contract.ts'

const storage = (claim: PersistentVolumeClaim): string | number | undefined => claim.spec?.resources?.requests?.['storage']

function validate(request: AdmissionRequest): void {
  const claim = request.object as PersistentVolumeClaim
  const old = request.old as PersistentVolumeClaim
  if (compareQuantities(storage(claim), storage(old)) <= 0) return
  const refuse = (why: string): never => {
    throw errors.forbidden('', 'persistentvolumeclaims', claim.metadata.name, why)
  }
  if (old.status?.phase !== 'Bound') refuse('Only bound persistent volume claims can be expanded')
  const name = claim.spec?.storageClassName
  const found = name ? request.server.reader.get('storageclasses.storage.k8s.io', undefined, name) : undefined
  if (found?.allowVolumeExpansion) return
  refuse('only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize')
}

export const pvcResize: AdmissionPlugin = {
  name: 'PersistentVolumeClaimResize',
  resources: ['persistentvolumeclaims'],
  operations: ['UPDATE'],
  validate,
}
