/**
 * What the API server answers on paths that name no resource: its version, its health, discovery and OpenAPI documents. Also reads any
 * path at all, as `kubectl get --raw` does, and writes at one.
 */
import { ApiError, errors, type Status } from '../api/errors.ts'
import type { UserInfo } from '../api/kind.ts'
import { unservedVersion } from './aggregation/proxy.ts'
import type { ApiAnswer, ApiRequest } from './contract.ts'
import { aggregatedDiscovery, coreVersions, groupInfo, groupList, resourceList } from './discovery/discovery.ts'
import { openApiDocument, openApiIndex } from './discovery/openapi.ts'
import { versionInfo } from './discovery/versions.ts'
import { jsonDocument } from './json-document.ts'
import { queryOf } from './request-query.ts'
import { parseResourcePath, verbOf } from './resource-path.ts'
import type { ApiServer } from './server.ts'
import { findVirtual } from './virtual/registry.ts'

export interface PathOptions {
  /** Where clients reach this server, `host:port`. */
  readonly address: string
  /** The client prefers apidiscovery.k8s.io/v2 where there is the choice. */
  readonly aggregated?: boolean
  /** HTTP method, GET where absent. */
  readonly method?: string
  /** JSON text sent along. */
  readonly body?: string
  /** Who manages what is written. */
  readonly fieldManager?: string
}

const HEALTH = new Set(['healthz', 'livez', 'readyz'])
const PAGE_NOT_FOUND = '404 page not found\n'

const ok = (body: unknown): ApiAnswer => ({ code: 200, body, warnings: [] })
const pageNotFound = (): ApiAnswer => ({ code: 404, body: PAGE_NOT_FOUND, warnings: [] })
const orNotFound = (body: object | undefined): ApiAnswer => (body === undefined ? pageNotFound() : ok(body))

/** The checks behind the health paths: the server answers at all, and its store does. */
function health(kind: string, check: string | undefined, params: URLSearchParams): ApiAnswer {
  const checks = ['ping', 'etcd']
  if (check !== undefined) return checks.includes(check) ? ok('ok') : pageNotFound()
  if (!params.has('verbose')) return ok('ok')
  return ok(`${checks.map((name) => `[+]${name} ok\n`).join('')}${kind} check passed\n`)
}

function groups(server: ApiServer, [group, version, ...more]: readonly string[], aggregated: boolean): ApiAnswer {
  const { registry } = server
  if (more.length > 0) return pageNotFound()
  if (group === undefined) return ok(aggregated ? aggregatedDiscovery(registry, 'groups') : groupList(registry))
  if (version === undefined) return orNotFound(groupInfo(registry, group))
  return unservedVersion(server, group, version) ?? orNotFound(resourceList(registry, group, version))
}

function core(server: ApiServer, [version, ...more]: readonly string[], options: PathOptions): ApiAnswer {
  if (more.length > 0) return pageNotFound()
  if (version !== undefined) return orNotFound(resourceList(server.registry, '', version))
  return ok(options.aggregated ? aggregatedDiscovery(server.registry, 'core') : coreVersions(options.address))
}

function openApi(server: ApiServer, [version, root, ...rest]: readonly string[]): ApiAnswer {
  if (version !== 'v3') return pageNotFound()
  if (root === undefined) return ok(openApiIndex(server.registry))
  if (root === 'api' && rest.length === 1) return orNotFound(openApiDocument(server.registry, '', rest[0]!))
  if (root === 'apis' && rest.length === 2) return orNotFound(openApiDocument(server.registry, rest[0]!, rest[1]!))
  return pageNotFound()
}

/** `GET /`: where one may go from here. */
function paths(server: ApiServer): ApiAnswer {
  const versions = server.registry
    .groups()
    .flatMap((g) => (g === '' ? [] : [`/apis/${g}`, ...server.registry.versionsOf(g).map((v) => `/apis/${g}/${v}`)]))
  return ok({ paths: ['/api', '/api/v1', '/apis', ...versions, '/healthz', '/livez', '/openapi/v3', '/readyz', '/version'].sort() })
}

function route(server: ApiServer, segments: readonly string[], params: URLSearchParams, options: PathOptions): ApiAnswer {
  const [first, ...rest] = segments
  if (first === undefined) return paths(server)
  if (first === 'version' && rest.length === 0) return ok(versionInfo())
  if (HEALTH.has(first) && rest.length < 2) return health(first, rest[0], params)
  if (first === 'api') return core(server, rest, options)
  if (first === 'apis') return groups(server, rest, options.aggregated === true)
  if (first === 'openapi') return openApi(server, rest)
  return pageNotFound()
}

/** `path` with its query. A page that does not exist is a text, as the real server answers it; what is forbidden a Status. */
export function answerPath(server: ApiServer, user: UserInfo, path: string, options: PathOptions): ApiAnswer {
  const [pathname = '', query = ''] = splitQuery(path)
  const method = (options.method ?? 'GET').toLowerCase()
  try {
    server.authorizer.checkPath(user, method, pathname)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return { code: error.status.code ?? 403, body: error.status, warnings: [] }
  }
  if (method !== 'get' && method !== 'head') return pageNotFound()
  return route(
    server,
    pathname.split('/').filter((s) => s !== ''),
    new URLSearchParams(query),
    options,
  )
}

export function splitQuery(path: string): [string, string] {
  const at = path.indexOf('?')
  return at < 0 ? [path, ''] : [path.slice(0, at), path.slice(at + 1)]
}

/** Whether the group and version are served at all: what they hold not is then a Status, otherwise a page. */
export const servesVersion = (server: ApiServer, group: string, version: string): boolean =>
  server.registry.versionsOf(group).includes(version) || resourceList(server.registry, group, version) !== undefined

/** Asks at any path of the server, resources included; failures carry a Status, as clients make one of a bare page. */
export function askPath(server: ApiServer, user: UserInfo, path: string, options: PathOptions): ApiAnswer {
  const [pathname, query] = splitQuery(path)
  const resource = parseResourcePath(pathname)
  if (resource === undefined) {
    const answer = answerPath(server, user, path, options)
    return answer.code === 404 && typeof answer.body === 'string' ? { ...answer, body: notFoundStatus() } : answer
  }
  const params = new URLSearchParams(query)
  const { group, version, namespace, name, subresource } = resource
  try {
    const verb = verbOf(options.method ?? 'GET', resource, false)!
    const where = {
      ...(namespace !== undefined && { namespace }),
      ...(name !== undefined && { name }),
      ...(subresource !== undefined && { subresource }),
    }
    const asked = { verb, group, version, resource: resource.resource, ...where, user, query: queryOf(params, verb) }
    return server.handle({ ...asked, ...sent(server, asked, options) })
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return { code: error.status.code ?? 400, body: error.status, warnings: [] }
  }
}

/** What goes along with a request that writes. */
function sent(server: ApiServer, asked: ApiRequest, { body, fieldManager }: PathOptions): Partial<ApiRequest> {
  if (body === undefined) return {}
  const { group, version, resource } = asked
  const kind = findVirtual(asked) ?? server.registry.byResource(group, version, resource)
  const document = jsonDocument(Buffer.from(body), asked.verb === 'delete' ? 'DeleteOptions' : (kind?.kind ?? ''))
  return {
    body: document.body,
    ...(document.duplicates.length > 0 && { duplicateFields: document.duplicates }),
    ...(fieldManager !== undefined && { query: { fieldManager, ...asked.query } }),
  }
}

const notFoundStatus = (): Status => errors.pageNotFound().status
