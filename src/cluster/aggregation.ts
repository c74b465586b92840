/** The API server's dealings with extension API servers, put on the cluster's network; and what the autoscaler reads through them. */
import { ApiError, errors, type Status } from '../api/errors.ts'
import type { ServiceDialer } from '../apiserver/aggregation/contract.ts'
import { completeUser } from '../apiserver/authorization/users.ts'
import type { ApiList } from '../apiserver/contract.ts'
import type { ApiServer } from '../apiserver/server.ts'
import type { DiscoveryCheck } from '../controllers/apiservice-availability/plan.ts'
import type { MetricsReader } from '../controllers/hpa/metrics.ts'
import type { DialResult, HttpReply, HttpRequest } from '../network/contract.ts'
import type { ClusterNetwork } from '../network/create-network.ts'

/** How long the aggregator waits for a discovery document. */
const DISCOVERY_MS = 5_000
const AGGREGATOR = 'system:kube-aggregator'
const AUTOSCALER = completeUser('system:serviceaccount:kube-system:horizontal-pod-autoscaler')

interface Machine {
  readonly name: string
  readonly ip: string
}

/** What net/http says of a dial that failed. */
function faultOf(result: DialResult & { ok: false }, address: string, port: number): string {
  const at = `dial tcp ${address}:${port}`
  if (result.failure === 'timeout')
    return 'net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)'
  if (result.failure === 'refused') return `${at}: connect: connection refused`
  if (result.failure === 'no-route') return `${at}: connect: no route to host`
  return result.failure === 'reset' ? `read tcp ${address}:${port}: read: connection reset by peer` : result.message
}

/** Dials a Service's address from the machine that the API server runs on. */
export const serviceDialer =
  (network: ClusterNetwork, machine: () => Machine): ServiceDialer =>
  (address, port, protocol, payload) => {
    const { name, ip } = machine()
    const result = network.dial({ kind: 'node', node: name, ip }, { host: address, port, protocol, payload, timeoutMs: DISCOVERY_MS })
    return result.ok ? { ok: true, reply: result.reply } : { ok: false, message: faultOf(result, address, port) }
  }

/** One look whether an extension API server answers for its group version. */
export const discoveryCheck =
  (dial: ServiceDialer): DiscoveryCheck =>
  (address, port, path) => {
    const request: HttpRequest = {
      method: 'GET',
      path,
      host: address,
      headers: { 'x-remote-user': AGGREGATOR },
      tls: { serverName: address, insecure: true },
    }
    const dialled = dial(address, port, 'http', request)
    if (!dialled.ok) {
      const plain = dialled.message === 'wrong version number' ? 'http: server gave HTTP response to HTTPS client' : dialled.message
      return `Get "{url}": ${plain}`
    }
    const { status } = dialled.reply as HttpReply
    return status >= 200 && status < 300 ? undefined : `bad status from {url}: ${status}`
  }

/** PodMetrics as the autoscaler's own client gets them, through authorization and aggregation like anybody's. */
export const resourceMetricsOf = (server: ApiServer): MetricsReader => ({
  list: (namespace, labelSelector) => {
    const query = labelSelector === '' ? {} : { labelSelector }
    const what = { group: 'metrics.k8s.io', version: 'v1beta1', resource: 'pods', namespace }
    const answer = server.handle({ verb: 'list', ...what, user: AUTOSCALER, query, unrecorded: true })
    if (answer.code < 400) return (answer.body as ApiList).items
    if (answer.code === 403) throw new ApiError(answer.body as Status)
    const asked = '(get pods.metrics.k8s.io)'
    if (answer.code === 503) throw errors.serviceUnavailable(`the server is currently unable to handle the request ${asked}`)
    if (answer.code === 404)
      throw new ApiError({ ...errors.pageNotFound().status, message: `the server could not find the requested resource ${asked}` })
    throw new ApiError(answer.body as Status)
  },
})
