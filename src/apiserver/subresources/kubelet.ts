/** `/log`, `/exec`, `/attach`, `/portforward`: the API server finds the pod's kubelet and passes the request on. */
import { ApiError, errors } from '../../api/errors.ts'
import type { Pod } from '../../api/generated/types/core-v1.ts'
import type { ApiObject } from '../../api/meta.ts'
import type { ApiAnswer, KubeletPort } from '../contract.ts'
import type { Exchange } from '../exchange.ts'
import { admissionRequest } from '../write/admit.ts'
import { existing } from '../write/update.ts'
import { isResource, type SubresourceDefinition } from './contract.ts'

type Options = Readonly<Record<string, unknown>>

const KUBELET_PORT = 10_250
const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container'

function containerNames(pod: Pod): { own: string[]; init: string[]; all: string[] } {
  const own = (pod.spec?.containers ?? []).map((c) => c.name)
  const init = (pod.spec?.initContainers ?? []).map((c) => c.name)
  return { own, init, all: [...own, ...init, ...(pod.spec?.ephemeralContainers ?? []).map((c) => c.name)] }
}

/** The container asked for, or the only one. */
function containerOf(pod: Pod, options: Options): string {
  const { name } = pod.metadata
  const { own, init, all } = containerNames(pod)
  const asked = options['container']
  if (typeof asked === 'string' && asked !== '') {
    if (!all.includes(asked)) throw errors.badRequest(`container ${asked} is not valid for pod ${name}`)
    return asked
  }
  const preferred = pod.metadata.annotations?.[DEFAULT_CONTAINER]
  if (preferred !== undefined && own.includes(preferred)) return preferred
  if (own.length === 1) return own[0]!
  const inits = init.length > 0 ? ` or one of the init containers: [${init.join(' ')}]` : ''
  throw errors.badRequest(`a container name must be specified for pod ${name}, choose one of: [${own.join(' ')}]${inits}`)
}

/** Why the kubelet's port does not answer: nobody listens there, there is no way to the machine, or nothing comes back. */
function faultOf(x: Exchange, address: string): string {
  const dialled = x.server.dialService(address, KUBELET_PORT, 'tcp', undefined)
  if (!dialled.ok && dialled.message.startsWith('dial tcp ')) return dialled.message
  return `dial tcp ${address}:${KUBELET_PORT}: ${dialled.ok ? 'connect: connection refused' : 'i/o timeout'}`
}

function unreachable(x: Exchange, node: string, path: string): ApiError {
  const found = x.server.reader.get('nodes', undefined, node)
  if (found === undefined) return errors.notFound('', 'pods', node)
  const address = found.status?.addresses?.find((a) => a.type === 'InternalIP')?.address ?? node
  const refused = faultOf(x, address)
  const message = path.startsWith('containerLogs/')
    ? `Get "https://${address}:${KUBELET_PORT}/${path}": ${refused}`
    : `error dialing backend: ${refused}`
  return new ApiError({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, code: 500 })
}

function kubeletOf(x: Exchange, pod: Pod, path: string): KubeletPort {
  const node = pod.spec!.nodeName!
  const kubelet = x.server.dialKubelet(node)
  if (kubelet === undefined) throw unreachable(x, node, path)
  return kubelet
}

const optionsOf = (x: Exchange): Options => x.request.query?.options ?? {}

function log(x: Exchange): ApiAnswer {
  const pod = existing(x) as Pod
  const options = optionsOf(x)
  const container = containerOf(pod, options)
  if (!pod.spec?.nodeName) return x.answer(200, '')
  const { namespace, name } = pod.metadata
  const got = kubeletOf(x, pod, `containerLogs/${namespace}/${name}/${container}`).logs(pod, { ...options, container })
  return 'text' in got ? x.answer(200, got.text) : { code: 200, warnings: x.warnings, stream: got.stream }
}

/** Policies and webhooks have their say on who connects; what they see are the options (`PodExecOptions`). */
function admitConnection(x: Exchange, pod: Pod, kind: string, options: Options): void {
  const view = { kind: { group: '', version: 'v1', kind }, show: (o: ApiObject) => o }
  const object = { apiVersion: 'v1', kind, ...options } as unknown as ApiObject
  const request = admissionRequest(x, 'CONNECT', { name: pod.metadata.name, object, view, drawKey: `connect/${pod.metadata.uid ?? ''}` })
  x.server.admission.run('mutate', request)
  x.server.admission.run('validate', request)
}

const streaming =
  (verb: 'exec' | 'attach') =>
  (x: Exchange): ApiAnswer => {
    const pod = existing(x) as Pod
    const options = optionsOf(x)
    const container = containerOf(pod, options)
    if (!pod.spec?.nodeName) throw errors.badRequest(`pod ${pod.metadata.name} does not have a host assigned`)
    admitConnection(x, pod, verb === 'exec' ? 'PodExecOptions' : 'PodAttachOptions', { ...options, container })
    const { namespace, name } = pod.metadata
    const stream = kubeletOf(x, pod, `${verb}/${namespace}/${name}/${container}`)[verb](pod, { ...options, container })
    return { code: 101, warnings: x.warnings, stream }
  }

const isPod = isResource('', 'pods')
const subresource = (name: string, act: (x: Exchange) => ApiAnswer, both: boolean): SubresourceDefinition => ({
  name,
  of: isPod,
  verbs: both ? { get: act, create: act } : { get: act },
})

export const logs = subresource('log', log, false)
/** Whoever may forward a port reaches the pod's own network namespace: no Service, no policy is on the way. */
function forward(x: Exchange): ApiAnswer {
  const pod = existing(x) as Pod
  const { namespace, name } = pod.metadata
  if (!pod.spec?.nodeName) throw errors.badRequest(`pod ${name} does not have a host assigned`)
  admitConnection(x, pod, 'PodPortForwardOptions', optionsOf(x))
  return { code: 101, warnings: x.warnings, stream: kubeletOf(x, pod, `portForward/${namespace}/${name}`).portForward(pod) }
}

export const portForward: SubresourceDefinition = {
  ...subresource('portforward', forward, true),
  responseKind: { group: '', version: 'v1', kind: 'PodPortForwardOptions' },
}
export const exec: SubresourceDefinition = {
  ...subresource('exec', streaming('exec'), true),
  responseKind: { group: '', version: 'v1', kind: 'PodExecOptions' },
}
export const attach: SubresourceDefinition = {
  ...subresource('attach', streaming('attach'), true),
  responseKind: { group: '', version: 'v1', kind: 'PodAttachOptions' },
}
