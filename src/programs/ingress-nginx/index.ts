/** ingress-nginx: a reverse proxy in a pod, configured by the Ingress objects of its class. */
import { cidrContains, ipv4ToNumber } from '../../lib/cidr.ts'
import type { HttpReply, HttpRequest, ServedCertificate } from '../../network/contract.ts'
import type { ProcessContext, ProcessEvent, Program } from '../contract.ts'
import { type ImageRecord, MB, versions } from '../images/define.ts'
import { certificateOf, FAKE } from './certificate.ts'
import { configurationOf, type Location, locationFor, rewrittenPath, type Server, serverFor } from './config.ts'
import { page } from './messages.ts'
import { certificateHop, unknownHost, unknownPath } from './reasons.ts'
import { pass, passingOf, upstreamsOf, whyNone } from './upstream.ts'

const HTTP = 80
const HTTPS = 443
const HEALTH = 10254
const OWN_MS = 0.3
const STARTUP_MS = 2_000
const MEMORY = 90 * 1024 * 1024

type RequestEvent = ProcessEvent & { type: 'request' }
interface State {
  readonly leaving: boolean
  /** Requests of each client and location in its current second, where `limit-rps` is set. */
  readonly seen: Readonly<Record<string, { readonly second: number; readonly count: number }>>
}

interface Answer {
  readonly reply: HttpReply
  readonly ms: number
  readonly upstream: string
}
const own = (reply: HttpReply): Answer => ({ reply, ms: 0, upstream: '' })

function answer(event: RequestEvent, ctx: ProcessContext): Answer {
  const request = event.payload as HttpRequest
  const configuration = configurationOf(ctx.api)
  const server = serverFor(configuration, request.host.replace(/:\d+$/, ''))
  const at = request.path.indexOf('?')
  const [path, query] = at < 0 ? [request.path, ''] : [request.path.slice(0, at), request.path.slice(at)]
  const location = (server && locationFor(server, path)) ?? configuration.fallback
  if (location === undefined) {
    ctx.hop(() => ({
      layer: 'ingress',
      at: `${request.host}${path}`,
      detail: server === undefined ? unknownHost(ctx.api, request.host) : unknownPath(server),
      ok: false,
    }))
    return own(page(404))
  }
  const refused = server && secured(server, location, event, request)
  if (refused) return own(refused)
  return proxied(location, event, request, rewrittenPath(location, path, query), ctx)
}

/** Redirects to HTTPS, and what is refused before anybody is asked. */
function secured(server: Server, { annotations }: Location, event: RequestEvent, request: HttpRequest): HttpReply | undefined {
  const ranges = annotations['whitelist-source-range'] ?? annotations['allowlist-source-range']
  if (ranges && !ranges.split(',').some((r) => inRange(r.trim(), event.sourceIp))) return page(403)
  const redirect = annotations['force-ssl-redirect'] === 'true' || (server.secret !== undefined && annotations['ssl-redirect'] !== 'false')
  if (redirect && event.port === HTTP) return page(308, { location: `https://${request.host.replace(/:\d+$/, '')}${request.path}` })
  if (annotations['permanent-redirect']) return page(301, { location: annotations['permanent-redirect'] })
  const limit = bytesOf(annotations['proxy-body-size'] ?? '1m')
  return limit > 0 && (request.body?.length ?? 0) > limit ? page(413) : undefined
}

const inRange = (range: string, ip: string): boolean => (ipv4ToNumber(range) === undefined ? cidrContains(range, ip) : range === ip)

const bytesOf = (text: string): number => {
  const m = /^(\d+)([kmg]?)$/i.exec(text)
  return m === null ? 1_048_576 : Number(m[1]) * 1024 ** ['', 'k', 'm', 'g'].indexOf(m[2]!.toLowerCase())
}

function proxied(location: Location, event: RequestEvent, request: HttpRequest, path: string, ctx: ProcessContext): Answer {
  const { annotations } = location
  const upstreams = upstreamsOf(ctx, location.namespace, location.backend, annotations['service-upstream'] === 'true')
  const backend = location.backend?.service
  const target = `${location.namespace}/${backend?.name ?? '?'}:${backend?.port?.number ?? backend?.port?.name ?? ''}`
  ctx.hop(() => ({
    layer: 'ingress',
    at: `${request.host}${location.path}`,
    detail:
      upstreams.length === 0
        ? `the rule leads to the Service ${target}, ${whyNone(ctx, location.namespace, location.backend)}`
        : `the rule leads to the Service ${target}: ${upstreams.length} ready`,
    ok: upstreams.length > 0,
  }))
  if (upstreams.length === 0) return own(page(503))
  const scheme = event.port === HTTPS ? 'https' : 'http'
  const { tls: _tls, ...plain } = request
  const host = annotations['upstream-vhost'] ?? request.host
  const forwarded: HttpRequest = {
    ...plain,
    path,
    host,
    headers: {
      ...request.headers,
      'x-real-ip': event.sourceIp,
      'x-forwarded-for': event.sourceIp,
      'x-forwarded-host': request.host,
      'x-forwarded-port': String(event.port),
      'x-forwarded-proto': scheme,
      'x-forwarded-scheme': scheme,
      'x-scheme': scheme,
    },
    ...(annotations['backend-protocol'] === 'HTTPS' && { tls: { serverName: host, insecure: true } }),
  }
  const { reply, spentMs, last } = pass(ctx, upstreams, forwarded, passingOf(annotations))
  return { reply, ms: spentMs, upstream: `${last.host}:${last.port}` }
}

/** `limit-rps`: a burst of five times the rate, then 503. */
function limited(state: State, event: RequestEvent, ctx: ProcessContext): { state: State; over: boolean } {
  const request = event.payload as HttpRequest
  const server = serverFor(configurationOf(ctx.api), request.host.replace(/:\d+$/, ''))
  const location = server && locationFor(server, request.path.split('?')[0]!)
  const rps = Number(location?.annotations['limit-rps'] ?? 0)
  if (!(rps > 0)) return { state, over: false }
  const key = `${event.sourceIp} ${request.host} ${location!.path}`
  const second = Math.floor(ctx.nowMs / 1000)
  const count = state.seen[key]?.second === second ? state.seen[key].count : 0
  const over = count >= rps * Number(location!.annotations['limit-burst-multiplier'] ?? 5)
  return over ? { state, over } : { state: { ...state, seen: { ...state.seen, [key]: { second, count: count + 1 } } }, over }
}

/** The one of the host's Secret, or the controller's own. */
function certificateFor(host: string, ctx: ProcessContext): ServedCertificate {
  const secret = serverFor(configurationOf(ctx.api), host)?.secret
  const [namespace, name] = secret?.split('/') ?? []
  const held = secret === undefined ? undefined : ctx.api.get('secrets', namespace!, name!)
  const certificate = held && certificateOf(held)
  ctx.hop(() => certificateHop(host, secret, held !== undefined, certificate))
  return certificate ?? FAKE
}

function served(state: State, event: RequestEvent, ctx: ProcessContext): State {
  const request = event.payload as HttpRequest
  if (event.protocol !== 'http') {
    ctx.reset()
    return state
  }
  if (event.port === HEALTH) {
    ctx.reply({
      status: state.leaving ? 500 : 200,
      headers: { 'content-type': 'text/plain' },
      body: state.leaving ? '' : 'ok',
    } satisfies HttpReply)
    return state
  }
  if (event.port === HTTPS && request.tls === undefined) {
    ctx.reply(page(400), OWN_MS)
    return state
  }
  const certificate = event.port === HTTPS ? certificateFor(request.tls!.serverName, ctx) : undefined
  const limit = limited(state, event, ctx)
  const { reply, ms, upstream } = limit.over ? own(page(503)) : answer(event, ctx)
  const { certificate: _theirs, ...plain } = reply
  ctx.log(
    `${event.sourceIp} - - "${request.method} ${request.path} HTTP/1.1" ${reply.status} ${reply.body.length} "-" "${request.headers['user-agent'] ?? '-'}" ${upstream || '-'} ${(ms / 1000).toFixed(3)}`,
  )
  ctx.reply({ ...plain, ...(certificate && { certificate }) }, OWN_MS + ms)
  return limit.state
}

export const ingressNginx: Program<State> = {
  name: 'nginx-ingress-controller',
  executables: ['nginx-ingress-controller'],
  start(ctx) {
    ctx.log(
      '-------------------------------------------------------------------------------\nNGINX Ingress controller\n  Release:       v1.14.1\n-------------------------------------------------------------------------------',
    )
    ctx.memory(MEMORY)
    ctx.listen(HEALTH)
    ctx.timer('serve', STARTUP_MS)
    return { leaving: false, seen: {} }
  },
  on(state, event, ctx) {
    switch (event.type) {
      case 'timer':
        if (event.id === 'serve') for (const port of [HTTP, HTTPS, 8443]) ctx.listen(port)
        else ctx.exit(0)
        return state
      case 'request':
        return served(state, event, ctx)
      case 'signal':
        if (event.signal !== 'TERM' && event.signal !== 'QUIT') return state
        ctx.log('"Received SIGTERM, shutting down"')
        ctx.timer('bye', 10_000)
        return { ...state, leaving: true }
      default:
        return state
    }
  },
}

export const ingressNginxImage: ImageRecord = {
  repositories: ['registry.k8s.io/ingress-nginx/controller'],
  version: versions({ prefix: 'v', series: { '1.11': 8, '1.12': 7, '1.13': 5, '1.14': 1 } }),
  image: () => ({
    entrypoint: ['/nginx-ingress-controller'],
    cmd: [],
    env: {},
    exposedPorts: [80, 443],
    sizeBytes: 105 * MB,
    base: 'busybox',
    executables: ['nginx-ingress-controller'],
  }),
}
