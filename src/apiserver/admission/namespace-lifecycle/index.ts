/** NamespaceLifecycle: nothing is created in a namespace that is not there or is going; the first namespaces cannot be deleted. */

import type { ApiError } from '../../../api/errors.ts'
import { errors, type Status } from '../../../api/errors.ts'
import { type AdmissionPlugin, type AdmissionRequest, refusalName } from '../contract.ts'

const immortal = ['default', 'kube-system', 'kube-public']

function refuseTerminating(request: AdmissionRequest, namespace: string): never {
  const { kind } = request
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`
  const error: ApiError = errors.forbidden(kind.group, kind.resource, refusalName(request), why)
  const details: NonNullable<Status['details']> = error.status.details ?? {}
  details.causes = [{ reason: 'NamespaceTerminating', message: `namespace ${namespace} is being terminated`, field: 'metadata.namespace' }]
  throw error
}

function mutate(request: AdmissionRequest): void {
  const { operation, kind, namespace, name, server } = request
  if (request.resource === 'namespaces') {
    if (operation === 'DELETE' && immortal.includes(name))
      throw errors.forbidden('', 'namespaces', name, 'this namespace may not be deleted')
    return
  }
  if (operation !== 'CREATE' || !kind.namespaced || namespace === undefined) return
  const found = server.store.get('namespaces', undefined, namespace)
  if (found === undefined) throw errors.notFound('', 'namespaces', namespace)
  if (found.metadata.deletionTimestamp !== undefined) refuseTerminating(request, namespace)
}

export const namespaceLifecycle: AdmissionPlugin = { name: 'NamespaceLifecycle', operations: ['CREATE', 'DELETE'], mutate }
