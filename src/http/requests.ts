/** From an HTTP request on a resource to the API's own request. */
import type { IncomingMessage } from 'node:http'
import { ApiError, errors, type FieldError, notSupported } from '../api/errors.ts'
import type { UserInfo } from '../api/kind.ts'
import { isRecord } from '../api/walk.ts'
import type { ApiQuery, ApiRequest, Verb } from '../apiserver/contract.ts'
import { queryOf } from '../apiserver/request-query.ts'
import { type ResourcePath, verbOf } from '../apiserver/resource-path.ts'
import type { ApiServer } from '../apiserver/server.ts'
import { findSubresource } from '../apiserver/subresources/registry.ts'
import { findVirtual } from '../apiserver/virtual/registry.ts'
import { decodeDocument, decodePatch } from './bodies.ts'
import type { Wanted } from './media-types.ts'

const methodNotAllowed = (): ApiError =>
  new ApiError({
    ...errors.methodNotAllowed('', '', '').status,
    message: 'the server does not allow this method on the requested resource',
    details: {},
  })

const isTrue = (text: string | null): boolean => text !== null && !['', '0', 'false'].includes(text.toLowerCase())

/** The verb of a request; throws MethodNotAllowed. */
export function verbFor(method: string, path: ResourcePath, params: URLSearchParams): Verb {
  const verb = verbOf(method, path, isTrue(params.get('watch')))
  if (verb === undefined) throw methodNotAllowed()
  return verb
}

/** Who manages fields when nobody says: what the client calls itself, up to its version. */
function managerOf(incoming: IncomingMessage): string {
  const name = (incoming.headers['user-agent'] ?? '').split('/')[0]!.replace(/[^\x20-\x7e]/g, '')
  return name === '' ? 'unknown' : name.slice(0, 128)
}

function completeQuery(query: ApiQuery, verb: Verb, incoming: IncomingMessage, patchType: string | undefined): ApiQuery {
  if (verb === 'watch') {
    // Time is out by the client's clock, not by the world's: the stream is ended by the host.
    const { timeoutSeconds: _wall, ...rest } = query
    return rest
  }
  const manages = verb === 'create' || verb === 'update' || (verb === 'patch' && patchType !== 'apply')
  return manages && query.fieldManager === undefined ? { ...query, fieldManager: managerOf(incoming) } : query
}

/** `dryRun` of a DeleteOptions body counts like the query's. */
function withBodyDryRun(query: ApiQuery, body: unknown): ApiQuery {
  const dryRun = isRecord(body) ? body['dryRun'] : undefined
  if (!Array.isArray(dryRun) || dryRun.length === 0) return query
  const found: FieldError[] = dryRun.some((v) => v !== 'All') ? [notSupported('dryRun', dryRun, ['All'])] : []
  if (found.length > 0) throw errors.invalid('meta.k8s.io', 'DeleteOptions', '', found)
  return { ...query, dryRun: true }
}

export interface Arrived {
  readonly path: ResourcePath
  readonly verb: Verb
  readonly params: URLSearchParams
  readonly user: UserInfo
  readonly wanted: Wanted
  readonly incoming: IncomingMessage
  readonly body: Buffer
}

/** Throws ApiError for what cannot be read; to those who may not ask at all it says only that. */
export function apiRequest(server: ApiServer, arrived: Arrived): ApiRequest {
  const { path, verb, user, wanted } = arrived
  const { group, version, resource, namespace, name, subresource } = path
  const base: ApiRequest = {
    verb,
    group,
    version,
    resource,
    user,
    ...(namespace !== undefined && { namespace }),
    ...(name !== undefined && { name }),
    ...(subresource !== undefined && { subresource }),
    ...(wanted.view === 'table' && { as: 'table' as const }),
  }
  try {
    return { ...base, ...content(server, base, arrived) }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    const namespaced =
      findVirtual(base)?.namespaced ?? server.registry.byResource(group, version, resource)?.namespaced ?? namespace !== undefined
    server.authorizer.checkRequest(base, verb, namespaced)
    throw error
  }
}

/** The kind a body is to be of. */
function bodyKind(server: ApiServer, request: ApiRequest): string | undefined {
  const virtual = findVirtual(request)
  if (virtual !== undefined) return virtual.kind
  const kind = server.registry.byResource(request.group, request.version, request.resource)
  if (kind === undefined || request.subresource === undefined) return kind?.kind
  return findSubresource(kind, request.subresource)?.responseKind?.kind ?? kind.kind
}

function content(server: ApiServer, base: ApiRequest, { verb, params, incoming, body }: Arrived): Partial<ApiRequest> {
  const type = incoming.headers['content-type']
  const kind = bodyKind(server, base)
  const asked = queryOf(params, verb)
  if (kind === undefined) return { query: asked }
  if (verb === 'patch') {
    const patch = decodePatch(body, type)
    return { query: completeQuery(asked, verb, incoming, patch.type), body: patch.body, patchType: patch.type, ...told(patch.duplicates) }
  }
  const query = completeQuery(asked, verb, incoming, undefined)
  if (verb === 'create' || verb === 'update') {
    if (base.name === undefined && verb === 'update') return { query }
    const document = decodeDocument(body, type, kind)
    return { query, body: document.body, ...told(document.duplicates) }
  }
  if ((verb === 'delete' || verb === 'deletecollection') && body.length > 0) {
    const options = decodeDocument(body, type, 'DeleteOptions').body
    return { query: withBodyDryRun(query, options), body: options }
  }
  return { query }
}

const told = (duplicates: readonly string[]): Partial<ApiRequest> => (duplicates.length === 0 ? {} : { duplicateFields: duplicates })
