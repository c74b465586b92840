/** ServiceAccount: pods run as an account of their namespace and get its token, unless they decline (plugin/pkg/admission/serviceaccount). */
import { errors } from '../../../api/errors.ts'
import type { Pod, PodSpec, ServiceAccount } from '../../../api/generated/types/core-v1.ts'
import { nameIsPathSegment } from '../../../api/names.ts'
import { type AdmissionPlugin, type AdmissionRequest, refusalName } from '../contract.ts'

const MOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount'
const TOKEN_SECONDS = 3607
const MIRROR = 'kubernetes.io/config.mirror'

const tokenVolume = (name: string): NonNullable<PodSpec['volumes']>[number] => ({
  name,
  projected: {
    defaultMode: 420,
    sources: [
      { serviceAccountToken: { expirationSeconds: TOKEN_SECONDS, path: 'token' } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
    ],
  },
})

const wantsToken = (spec: PodSpec, account: ServiceAccount): boolean =>
  spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true

/** Mounts the token where a container has nothing at its path; says whether any did. */
function mountToken(spec: PodSpec, volume: string): boolean {
  let used = false
  for (const container of [...(spec.initContainers ?? []), ...(spec.containers ?? [])]) {
    if (container.volumeMounts?.some((m) => m.mountPath === MOUNT_PATH)) continue
    container.volumeMounts = [...(container.volumeMounts ?? []), { name: volume, readOnly: true, mountPath: MOUNT_PATH }]
    used = true
  }
  return used
}

/** The account is asked for by its path: what cannot stand in one is not even looked for. */
function missingText(name: string): string {
  const wrong = nameIsPathSegment(name)
  const quoted = JSON.stringify(name)
  return wrong.length === 0 ? `serviceaccount ${quoted} not found` : `invalid resource name ${quoted}: [${wrong.join(' ')}]`
}

function mutate(request: AdmissionRequest): void {
  const pod = request.object as Pod
  if (pod.metadata.annotations?.[MIRROR] !== undefined) return
  pod.spec ??= { containers: [] }
  const { spec } = pod
  spec.serviceAccountName ||= 'default'
  spec.serviceAccount = spec.serviceAccountName
  const { namespace } = request
  const account = request.server.reader.get('serviceaccounts', namespace, spec.serviceAccountName)
  if (account === undefined) {
    const missing = missingText(spec.serviceAccountName)
    throw errors.forbidden(
      '',
      'pods',
      refusalName(request),
      `error looking up service account ${namespace}/${spec.serviceAccountName}: ${missing}`,
    )
  }
  if (wantsToken(spec, account)) {
    // A webhook may have added containers since the volume was made.
    const there = spec.volumes?.find((v) => v?.name?.startsWith('kube-api-access-'))?.name
    const name = there ?? `kube-api-access-${request.server.random.suffix(5, 'token volume', request.drawKey)}`
    if (mountToken(spec, name) && there === undefined) spec.volumes = [...(spec.volumes ?? []), tokenVolume(name)]
  }
  if (!spec.imagePullSecrets?.length && account.imagePullSecrets?.length)
    spec.imagePullSecrets = account.imagePullSecrets.map((r) => ({ ...r }))
}

export const serviceAccount: AdmissionPlugin = { name: 'ServiceAccount', resources: ['pods'], operations: ['CREATE'], mutate }
