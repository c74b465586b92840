/**
 * Requests for what an extension API server serves: passed on to the Service that the group version's APIService names, as kube-aggregator does.
 * An APIService that is not available is not even tried.
 */
import type { KindDefinition } from '../../api/kind.ts'
import { type ApiObject, apiVersionOf } from '../../api/meta.ts'
import type { ApiAnswer, ApiList, ApiRequest } from '../contract.ts'
import { makeTable } from '../read/table.ts'
import type { ApiServer } from '../server.ts'
import { EXTENSION_API, type ExtensionReply, type ExtensionRequest, type ServiceReference } from './contract.ts'

interface Condition {
  readonly type: string
  readonly status: string
}

const unavailable = (text: string): ApiAnswer => ({ code: 503, body: `${text}\n`, warnings: [] })

/** The APIService of a group version, where another server is to serve it. */
function extensionOf(server: ApiServer, group: string, version: string): ApiObject | undefined {
  const found = server.reader.get('apiservices.apiregistration.k8s.io', undefined, `${version}.${group}`) as ApiObject | undefined
  return found?.['spec']?.service ? found : undefined
}

/** Undefined where no extension API server is promised for the group version. */
export function passOn(server: ApiServer, request: ApiRequest, kind: KindDefinition | undefined): ApiAnswer | undefined {
  const extension = extensionOf(server, request.group, request.version)
  if (extension === undefined) return undefined
  const conditions = (extension['status']?.conditions ?? []) as readonly Condition[]
  if (conditions.find((c) => c.type === 'Available')?.status !== 'True') return unavailable('service unavailable')
  const { namespace, name, port } = extension['spec'].service as ServiceReference
  const service = server.reader.get('services', namespace, name)
  if (service?.spec?.clusterIP === undefined) return unavailable('service unavailable')
  const { verb, resource, user, query = {} } = request
  const payload: ExtensionRequest = {
    verb,
    resource,
    user: user.name,
    query,
    ...(request.namespace !== undefined && { namespace: request.namespace }),
    ...(request.name !== undefined && { name: request.name }),
  }
  const dialled = server.dialService(service.spec.clusterIP, port, EXTENSION_API, payload)
  if (!dialled.ok) return unavailable(`error trying to reach service: ${dialled.message}`)
  const reply = dialled.reply as ExtensionReply | null
  if (reply?.code === undefined) return unavailable('error trying to reach service: EOF')
  return shown(server, request, kind, reply)
}

function shown(server: ApiServer, request: ApiRequest, kind: KindDefinition | undefined, { code, body }: ExtensionReply): ApiAnswer {
  if (code >= 400 || request.as !== 'table' || kind === undefined) return { code, body, warnings: [] }
  const options = { nowMs: server.clock.nowMs, includeObject: request.query?.options?.['includeObject'] }
  const items = request.verb === 'list' ? (body as ApiList).items : [body as ApiObject]
  return { code, body: makeTable(kind, items, {}, options), warnings: [] }
}

/** `GET /apis/GROUP/VERSION` of an extension API server that cannot be reached; undefined for any other. */
export const unservedVersion = (server: ApiServer, group: string, version: string): ApiAnswer | undefined =>
  server.registry.unserved.some((u) => apiVersionOf(u.group, u.version) === apiVersionOf(group, version))
    ? unavailable('service unavailable')
    : undefined
