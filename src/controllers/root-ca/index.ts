/** The root CA publisher: every namespace has a ConfigMap `kube-root-ca.crt` with the certificate that pods trust the API server by. */
import { isApiError } from '../../api/errors.ts'
import { authorityCertificate } from '../../apiserver/authentication/authority.ts'
import type { ControllerDefinition, ReconcileContext } from '../../client/contract.ts'

export const ROOT_CA_NAME = 'kube-root-ca.crt'
const NOTE =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.'

function reconcile(namespace: string, context: ReconcileContext): void {
  const found = context.read.get('namespaces', undefined, namespace)
  if (found === undefined || found.metadata.deletionTimestamp !== undefined || found.status?.phase === 'Terminating') return
  const current = context.read.get('configmaps', namespace, ROOT_CA_NAME)
  const data = { 'ca.crt': authorityCertificate(context.random) }
  if (current === undefined) {
    create(namespace, data, context)
    return
  }
  if (current.data?.['ca.crt'] === data['ca.crt'] && Object.keys(current.data).length === 1) return
  context.write.modify('configmaps', namespace, ROOT_CA_NAME, (draft) => {
    draft.data = data
  })
}

function create(namespace: string, data: Record<string, string>, context: ReconcileContext): void {
  try {
    const metadata = { name: ROOT_CA_NAME, namespace, annotations: { 'kubernetes.io/description': NOTE } }
    context.write.create('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata, data })
  } catch (error) {
    if (!isApiError(error, 'AlreadyExists')) throw error
  }
}

export const rootCaController: ControllerDefinition = {
  name: 'root-ca-cert-publisher',
  watches: [
    { resource: 'namespaces', own: true },
    {
      resource: 'configmaps',
      map: (change) =>
        (change.after ?? change.before)!.metadata.name === ROOT_CA_NAME ? [(change.after ?? change.before)!.metadata.namespace!] : [],
    },
  ],
  reconcile,
}
