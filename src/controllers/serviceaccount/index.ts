/** The service account controller: every namespace has a ServiceAccount `default`, and gets it back when it is deleted. */
import { isApiError } from '../../api/errors.ts'
import type { ControllerDefinition, ReconcileContext } from '../../client/contract.ts'

const DEFAULT = 'default'

function reconcile(namespace: string, context: ReconcileContext): void {
  const found = context.read.get('namespaces', undefined, namespace)
  if (found === undefined || found.metadata.deletionTimestamp !== undefined || found.status?.phase === 'Terminating') return
  if (context.read.get('serviceaccounts', namespace, DEFAULT) !== undefined) return
  try {
    context.write.create('serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: DEFAULT, namespace } })
  } catch (error) {
    if (!isApiError(error, 'AlreadyExists')) throw error
  }
}

export const serviceAccountController: ControllerDefinition = {
  name: 'service-account',
  watches: [
    { resource: 'namespaces', own: true },
    {
      resource: 'serviceaccounts',
      map: (change) => (change.after === undefined && change.before?.metadata.name === DEFAULT ? [change.before.metadata.namespace!] : []),
    },
  ],
  reconcile,
}
