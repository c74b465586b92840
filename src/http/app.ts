/**
 * The HTTP API: one handler for every path, which authenticates, translates, asks the API server and writes its answer. Nothing that goes
 * wrong here reaches a client as anything but a Status.
 */
import { randomUUID } from 'node:crypto'
import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import { bodyText } from '../api/body-text.ts'
import { ApiError, errors, type Status } from '../api/errors.ts'
import type { UserInfo } from '../api/kind.ts'
import type { ApiAnswer, ApiRequest, WatchFrame } from '../apiserver/contract.ts'
import { answerPath, servesVersion, splitQuery } from '../apiserver/paths.ts'
import { parseResourcePath, type ResourcePath } from '../apiserver/resource-path.ts'
import { authenticateRequest } from './authenticate.ts'
import { readBody } from './bodies.ts'
import type { Door } from './door.ts'
import { frameText, yamlText } from './encode.ts'
import { negotiate, type Wanted } from './media-types.ts'
import { apiRequest, verbFor } from './requests.ts'
import { bytesOf } from './streams.ts'

type Incoming = HttpBindings['incoming']

const JSON_TYPE = 'application/json'
const TEXT_TYPE = 'text/plain; charset=utf-8'
const AGGREGATED_TYPE = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'
const PLAIN: Wanted = { format: 'json', view: 'object', aggregated: false }
const READS = new Set(['get', 'list', 'watch'])
/** Subresources that want a connection of their own. */
const CONNECTED = new Set(['exec', 'attach', 'portforward'])
/** A watch that names no end is ended after this, as the real server does between one and two of these. */
const LONGEST_WATCH_MS = 1_800_000

/** Go's quoted string, as `Warning` headers carry it. */
const quoted = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&').replace(/[\r\n]+/g, ' ')}"`

function headersFor(answer: ApiAnswer, type: string): Headers {
  const headers = new Headers({ 'Content-Type': type, 'Cache-Control': 'no-cache, private', 'Audit-Id': randomUUID() })
  for (const warning of answer.warnings) headers.append('Warning', `299 - ${quoted(warning).replace(/[^\x20-\x7e]/g, '?')}`)
  const retry = (answer.body as Status | undefined)?.details?.retryAfterSeconds
  if (answer.code >= 400 && retry !== undefined) headers.set('Retry-After', String(retry))
  return headers
}

/** A failure as an answer; what is no ApiError is a bug of ours, told to the one who runs the server. */
export function failure(door: Pick<Door, 'report'>, error: unknown): ApiAnswer {
  if (error instanceof ApiError) return { code: error.status.code ?? 500, body: error.status, warnings: [] }
  door.report(error)
  const { status } = errors.internalError(error instanceof Error ? error.message : 'unexpected failure')
  return { code: 500, body: status, warnings: [] }
}

function write(answer: ApiAnswer, wanted: Wanted, typedItems: boolean, textType = TEXT_TYPE): Response {
  const { body, code } = answer
  if (typeof body === 'string') return new Response(body, { status: code, headers: headersFor(answer, textType) })
  const text = bodyText(body, code >= 400 ? 'object' : wanted.view, typedItems)
  if (wanted.format === 'yaml') return new Response(yamlText(text), { status: code, headers: headersFor(answer, 'application/yaml') })
  return new Response(`${text}\n`, { status: code, headers: headersFor(answer, JSON_TYPE) })
}

function onPath(door: Door, user: UserInfo, incoming: Incoming, wanted: Wanted): Response {
  const url = incoming.url ?? '/'
  const answer = answerPath(door.world.server, user, url, {
    address: door.address,
    aggregated: wanted.aggregated,
    method: incoming.method ?? 'GET',
  })
  const [pathname] = splitQuery(url)
  if (answer.code === 200 && typeof answer.body === 'object') {
    const isIndex = /^\/openapi\/v3\/?$/.test(pathname)
    const aggregated = wanted.aggregated && /^\/apis?\/?$/.test(pathname)
    const type = isIndex ? TEXT_TYPE : aggregated ? AGGREGATED_TYPE : JSON_TYPE
    return new Response(`${JSON.stringify(answer.body)}\n`, { status: 200, headers: headersFor(answer, type) })
  }
  return write(answer, PLAIN, false)
}

/** Where nothing of the group is served there is not even a Status. */
function isBarePage(door: Door, path: ResourcePath, answer: ApiAnswer): boolean {
  return (
    answer.code === 404 &&
    (answer.body as Status).details?.name === undefined &&
    !servesVersion(door.world.server, path.group, path.version)
  )
}

function flowing(door: Door, request: ApiRequest, answer: ApiAnswer, wanted: Wanted, timeoutSeconds: number): Response {
  const source = answer.stream!
  if (request.verb !== 'watch') return new Response(bytesOf(door.hub, source, String), { headers: headersFor(answer, 'text/plain') })
  const timeoutMs = timeoutSeconds > 0 ? timeoutSeconds * 1000 : LONGEST_WATCH_MS
  const bytes = bytesOf(door.hub, source, (frame) => frameText(frame as WatchFrame, wanted.view), timeoutMs)
  return new Response(bytes, { headers: headersFor(answer, JSON_TYPE) })
}

/** What a request that writes says to the rest: there is something new. */
export function ask(door: Door, request: ApiRequest): ApiAnswer {
  const answer = door.world.handle(request)
  if (!READS.has(request.verb)) {
    door.hub.notify()
    door.clock.nudge()
  }
  return answer
}

async function onResource(
  door: Door,
  path: ResourcePath,
  user: UserInfo,
  incoming: Incoming,
  wanted: Wanted,
  raw: Request,
): Promise<Response> {
  const params = new URLSearchParams(splitQuery(incoming.url ?? '')[1])
  const verb = verbFor(incoming.method ?? 'GET', path, params)
  const body = READS.has(verb) ? Buffer.alloc(0) : await readBody(raw.body, incoming.headers['content-length'])
  const request = apiRequest(door.world.server, { path, verb, params, user, wanted, incoming, body })
  if (path.subresource !== undefined && CONNECTED.has(path.subresource)) return write(needsUpgrade(door, request), wanted, false)
  const answer = ask(door, request)
  if (answer.stream !== undefined) return flowing(door, request, answer, wanted, Number(params.get('timeoutSeconds') ?? 0))
  if (isBarePage(door, path, answer)) return write({ ...answer, body: '404 page not found\n' }, PLAIN, false)
  const kind = door.world.registry.byResource(path.group, path.version, path.resource)
  return write(
    answer,
    wanted,
    kind !== undefined && door.world.registry.isCustom(kind) && kind.aggregated !== true,
    path.subresource === 'log' ? 'text/plain' : TEXT_TYPE,
  )
}

/** exec and its like over a plain request: refused, after whatever else is wrong with it. */
export function needsUpgrade(door: Door, request: ApiRequest): ApiAnswer {
  const answer = door.world.handle(request)
  answer.stream?.close()
  return answer.code >= 400 ? answer : failure(door, errors.badRequest('Upgrade request required'))
}

async function respond(door: Door, incoming: Incoming, raw: Request): Promise<Response> {
  let wanted = PLAIN
  try {
    door.clock.catchUp()
    const user = authenticateRequest(door.world.server, incoming, door.credentials)
    const path = parseResourcePath(splitQuery(incoming.url ?? '/')[0])
    if (path === undefined) return onPath(door, user, incoming, discoveryForm(incoming))
    wanted = negotiate(incoming.headers.accept)
    return await onResource(door, path, user, incoming, wanted, raw)
  } catch (error) {
    return write(failure(door, error), wanted.format === 'yaml' ? wanted : PLAIN, false)
  }
}

/** Paths that are no resource are JSON or text whatever is asked, but for the form of discovery. */
function discoveryForm(incoming: Incoming): Wanted {
  try {
    return negotiate(incoming.headers.accept)
  } catch {
    return PLAIN
  }
}

export function createApp(door: Door): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>()
  app.all('*', (c) => respond(door, c.env.incoming, c.req.raw))
  return app
}
