/**
 * The API server as the cluster's own network reaches it, at port 6443 of its machine: requests of pods, nodes and the company network, with a
 * token or without. An exchange happens at one instant, so watches and followed logs are not simulated on this way.
 */
import { ApiError, errors } from '../api/errors.ts'
import { parseJsonText } from '../api/json-text.ts'
import type { UserInfo } from '../api/kind.ts'
import { authenticate, bearerOf } from '../apiserver/authentication/authenticate.ts'
import { servingCertificate } from '../apiserver/authentication/authority.ts'
import type { ApiAnswer, ApiRequest, PatchType } from '../apiserver/contract.ts'
import { answerPath, splitQuery } from '../apiserver/paths.ts'
import { queryOf } from '../apiserver/request-query.ts'
import { parseResourcePath, type ResourcePath, verbOf } from '../apiserver/resource-path.ts'
import type { ApiServer } from '../apiserver/server.ts'
import { servedCertificate } from '../network/certificate.ts'
import type { Delivered, Delivery, HttpReply, HttpRequest } from '../network/contract.ts'

export const API_PORT = 6443
const NAMES = ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'kubernetes.default.svc.cluster.local', 'control-plane']
/** What a small request takes. */
const SERVICE_MS = 4

const PATCHES: Readonly<Record<string, PatchType>> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
}

const mediaType = (header: string | undefined): string => (header ?? '').split(';')[0]!.trim().toLowerCase()

function bodyOf(request: HttpRequest): unknown {
  if (request.body === undefined || request.body === '') return undefined
  try {
    return parseJsonText(request.body)
  } catch (error) {
    throw errors.badRequest(`the body of the request is no JSON: ${error instanceof Error ? error.message : ''}`)
  }
}

function onResource(server: ApiServer, user: UserInfo, path: ResourcePath, request: HttpRequest, query: string): ApiAnswer {
  const params = new URLSearchParams(query)
  const watching = params.get('watch') === 'true' || params.get('watch') === '1'
  const verb = verbOf(request.method, path, watching)
  if (verb === undefined) throw errors.methodNotAllowed(path.group, path.resource, request.method.toLowerCase())
  const { group, version, resource, namespace, name, subresource } = path
  const type = mediaType(request.headers['content-type'])
  const patchType = verb === 'patch' ? PATCHES[type] : undefined
  if (verb === 'patch' && patchType === undefined) throw errors.unsupportedMediaType('the body of the request was in an unknown format')
  const asked: ApiRequest = {
    verb,
    group,
    version,
    resource,
    user,
    ...(namespace !== undefined && { namespace }),
    ...(name !== undefined && { name }),
    ...(subresource !== undefined && { subresource }),
    ...(patchType !== undefined && { patchType }),
    query: { fieldManager: (request.headers['user-agent'] ?? 'unknown').split('/')[0]!, ...queryOf(params, verb) },
    ...(verb !== 'get' && verb !== 'list' && verb !== 'watch' && { body: bodyOf(request) }),
  }
  const answer = server.handle(asked)
  if (answer.stream === undefined) return answer
  answer.stream.close()
  throw errors.badRequest('answers that go on (watch, log -f, exec) are not simulated for clients inside the cluster by clusterlab')
}

function answerOf(server: ApiServer, address: string, request: HttpRequest): ApiAnswer {
  try {
    const user = authenticate(server, { token: bearerOf(request.headers['authorization']), other: isOther(request) })
    const [pathname, query] = splitQuery(request.path)
    const path = parseResourcePath(pathname)
    if (path !== undefined) return onResource(server, user, path, request, query)
    return answerPath(server, user, request.path, { address: `${address}:${API_PORT}`, method: request.method })
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return { code: error.status.code ?? 500, body: error.status, warnings: [] }
  }
}

/** Something was shown that is no bearer's token. */
const isOther = ({ headers }: HttpRequest): boolean =>
  headers['authorization'] !== undefined && bearerOf(headers['authorization']) === undefined

/** People's clients are answered in lines, programs in one. */
const isPerson = ({ headers }: HttpRequest): boolean => /^(curl|wget|mozilla)/i.test(headers['user-agent'] ?? '')

function replyOf(server: ApiServer, { address, serviceIp }: ApiAddresses, request: HttpRequest): HttpReply {
  if (request.tls === undefined)
    return { status: 400, headers: { 'content-type': 'text/plain' }, body: 'Client sent an HTTP request to an HTTPS server.\n' }
  const { code, body } = answerOf(server, address, request)
  const certificate = servedCertificate(servingCertificate(server.random, NAMES, [serviceIp, address], server.clock.nowMs))!
  const plain = typeof body === 'string'
  return {
    status: code,
    headers: { 'cache-control': 'no-cache, private', 'content-type': plain ? 'text/plain; charset=utf-8' : 'application/json' },
    body: plain ? body : `${JSON.stringify(body, null, isPerson(request) ? 2 : undefined)}\n`,
    certificate,
  }
}

/** Its machine's, and the Service's in front of it. */
export interface ApiAddresses {
  readonly address: string
  readonly serviceIp: string
}

export function answerApiPort(server: ApiServer, addresses: ApiAddresses, message: Delivered): Delivery {
  const reply = message.protocol === 'http' ? replyOf(server, addresses, message.payload as HttpRequest) : null
  return { kind: 'reply', reply, serviceMs: SERVICE_MS, containerName: 'kube-apiserver' }
}
