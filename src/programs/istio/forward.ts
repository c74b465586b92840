/** A sidecar's way out and in: each message of its pod, with Envoy's answers and flags where it does not get through. */
import type { DialResult, Failure, HttpReply, HttpRequest } from '../../network/contract.ts'
import type { ProcessContext } from '../contract.ts'
import type { Destination, HttpRoute, Inbound, MeshConfig, Mutual, Outbound, Workload } from './contract.ts'
import { type Cluster, clusterOf, drawn, duration, routeOf, serviceOf } from './routes.ts'

export interface Passed {
  readonly reply: HttpReply
  readonly ms: number
  /** Envoy's response flags; `-` for none. */
  readonly flags: string
  readonly cluster: string
  readonly upstream: string
}

const NEVER_MS = 300_000
const CONNECT_MS = 10_000
/** Istio's default: two more tries where the connection was not made. */
const RETRIES = 2
const RESET = 'upstream connect error or disconnect/reset before headers. reset reason: '

export const text = (status: number, body: string): HttpReply => ({
  status,
  headers: { server: 'envoy', ...(body !== '' && { 'content-type': 'text/plain' }) },
  body,
})

/** What Envoy answers for a connection that came to nothing. */
function broken(failure: Failure): { reply: HttpReply; flags: string } {
  if (failure === 'reset') return { reply: text(503, `${RESET}connection termination`), flags: 'UC' }
  if (failure === 'refused')
    return {
      reply: text(503, `${RESET}remote connection failure, transport failure reason: delayed connect error: Connection refused`),
      flags: 'UF',
    }
  if (failure === 'no-route')
    return {
      reply: text(503, `${RESET}remote connection failure, transport failure reason: delayed connect error: No route to host`),
      flags: 'UF',
    }
  return { reply: text(503, `${RESET}connection timeout`), flags: 'UF' }
}

/** Dials one endpoint: over mutual TLS where a sidecar stands before it. */
function reach(
  to: { ip: string; port: number },
  mutual: boolean,
  protocol: string,
  payload: unknown,
  timeoutMs: number,
  config: MeshConfig,
  ctx: ProcessContext,
): DialResult {
  const tunnel: Mutual = { identity: config.identity, protocol, payload }
  return ctx.dial({
    host: to.ip,
    port: to.port,
    protocol: mutual ? 'istio-mtls' : protocol,
    ...(mutual ? { payload: tunnel } : payload !== undefined && { payload }),
    timeoutMs,
    connectTimeoutMs: CONNECT_MS,
  })
}

/** One draw of a percentage. */
const struck = (value: number | undefined, ctx: ProcessContext, purpose: string): boolean => {
  const percent = value ?? 100
  return percent >= 100 || (percent > 0 && ctx.pick(purpose, 10_000) < percent * 100)
}

/** Sends a request out of the pod. */
export function outbound(o: Outbound, request: HttpRequest, config: MeshConfig, ctx: ProcessContext): Passed {
  const service = serviceOf(config, o.ip, o.port, request.host)
  if (service === undefined) return passThrough(o, request, config, ctx)
  const route = routeOf(config, service, request)
  if (route === 'none') return { reply: text(404, ''), ms: 1, flags: 'NR', cluster: '-', upstream: '-' }
  const to: Destination | undefined = route === undefined ? { host: service.host } : drawn(route, ctx)
  let ms = 1
  const delay = route?.fault?.delay
  if (delay !== undefined && struck(delay.percentage?.value, ctx, 'istio-delay')) ms += duration(delay.fixedDelay) ?? 0
  const abort = route?.fault?.abort
  const delayed = ms > 1 ? 'DI' : ''
  if (abort !== undefined && struck(abort.percentage?.value, ctx, 'istio-abort'))
    return {
      reply: text(abort.httpStatus ?? 500, 'fault filter abort'),
      ms,
      flags: ['FI', delayed].filter(Boolean).join(','),
      cluster: '-',
      upstream: '-',
    }
  if (to === undefined) return { reply: text(503, ''), ms, flags: 'NC', cluster: '-', upstream: '-' }
  const cluster = clusterOf(config, to, service.namespace, o.port)
  if (!cluster.ok) return { reply: text(503, cluster.body), ms, flags: cluster.flag, cluster: cluster.name, upstream: '-' }
  const sent = tried(cluster, route, rewritten(request, route), config, ctx)
  return { ...sent, ms: sent.ms + ms, ...(delayed !== '' && sent.flags === '-' && { flags: delayed }) }
}

function rewritten(request: HttpRequest, route: HttpRoute | undefined): HttpRequest {
  const uri = route?.rewrite?.uri
  if (uri === undefined) return request
  const [path = '/', query] = request.path.split('?')
  const prefix = route?.match?.map((m) => m.uri?.prefix ?? m.uri?.exact).find((p) => p !== undefined && path.startsWith(p)) ?? path
  return { ...request, path: `${uri}${path.slice(prefix.length)}${query === undefined ? '' : `?${query}`}` }
}

function tried(
  cluster: Cluster & { ok: true },
  route: HttpRoute | undefined,
  request: HttpRequest,
  config: MeshConfig,
  ctx: ProcessContext,
): Passed {
  const timeoutMs = duration(route?.timeout) ?? NEVER_MS
  const attempts = 1 + (route?.retries?.attempts ?? RETRIES)
  const perTryMs = Math.min(timeoutMs, duration(route?.retries?.perTryTimeout) ?? timeoutMs)
  const first = ctx.pick(`istio/${cluster.name}`, cluster.workloads.length)
  let ms = 0
  let last: Passed | undefined
  for (let i = 0; i < attempts && ms < timeoutMs; i++) {
    const to = cluster.workloads[(first + i) % cluster.workloads.length]!
    const { sent, retriable } = once(cluster, to, request, Math.min(perTryMs, timeoutMs - ms), config, ctx)
    ms += sent.ms
    last = { ...sent, ms }
    if (!retriable) return last
  }
  if (ms >= timeoutMs) return { ...last!, reply: text(504, 'upstream request timeout'), flags: 'UT', ms: timeoutMs }
  return { ...last!, flags: attempts > 1 ? `${last!.flags},URX` : last!.flags }
}

function once(
  cluster: Cluster & { ok: true },
  to: Workload,
  request: HttpRequest,
  timeoutMs: number,
  config: MeshConfig,
  ctx: ProcessContext,
): { sent: Passed; retriable: boolean } {
  const done = reach(to, cluster.mutual && to.sidecar, 'http', request, timeoutMs, config, ctx)
  const at = { cluster: cluster.name, upstream: `${to.ip}:${to.port}` }
  const ms = done.latencyMs + 1
  if (done.ok && done.reply !== null && typeof done.reply === 'object' && 'status' in done.reply) {
    const { certificate: _theirs, ...reply } = done.reply as HttpReply
    const headers = { ...reply.headers, server: 'envoy', 'x-envoy-upstream-service-time': String(Math.round(done.latencyMs)) }
    return { sent: { reply: { ...reply, headers }, ms, flags: '-', ...at }, retriable: false }
  }
  if (!done.ok && done.failure === 'timeout' && done.latencyMs >= timeoutMs)
    return { sent: { reply: text(504, 'upstream request timeout'), ms, flags: 'UT', ...at }, retriable: true }
  const failure = done.ok ? 'reset' : done.failure
  // What may have been carried out is not sent again; a connection that was never made is.
  return { sent: { ...broken(failure), ms, ...at }, retriable: failure !== 'reset' }
}

/** To where no service of the mesh is: as it came. */
function passThrough(o: Outbound, request: HttpRequest, config: MeshConfig, ctx: ProcessContext): Passed {
  const done = reach({ ip: o.ip, port: o.port }, false, 'http', request, o.timeoutMs, config, ctx)
  const at = { cluster: 'PassthroughCluster', upstream: `${o.ip}:${o.port}`, ms: done.latencyMs + 1 }
  if (done.ok && done.reply !== null) return { reply: done.reply as HttpReply, flags: '-', ...at }
  return { ...broken(done.ok ? 'reset' : done.failure), ...at }
}

/** Other protocols are bytes: to one of the service's endpoints, or where they were meant to go. */
export function outboundBytes(o: Outbound, config: MeshConfig, ctx: ProcessContext): DialResult {
  const service = serviceOf(config, o.ip, o.port, undefined)
  const cluster = service === undefined ? undefined : clusterOf(config, { host: service.host }, service.namespace, o.port)
  if (cluster?.ok !== true) return reach({ ip: o.ip, port: o.port }, false, o.protocol, o.payload, o.timeoutMs, config, ctx)
  const to = cluster.workloads[ctx.pick(`istio/${cluster.name}`, cluster.workloads.length)]!
  return reach(to, cluster.mutual && to.sidecar, o.protocol, o.payload, o.timeoutMs, config, ctx)
}

export type Entered =
  | { readonly kind: 'http'; readonly passed: Passed }
  | { readonly kind: 'bytes'; readonly done: DialResult }
  | { readonly kind: 'refused' }

/** A message to its pod: refused without mutual TLS where that is asked for, otherwise on to the application. */
export function inbound(i: Inbound, config: MeshConfig, ctx: ProcessContext): Entered {
  const mutual = i.protocol === 'istio-mtls' ? (i.payload as Mutual) : undefined
  const mode = config.portModes[String(i.port)] ?? config.mode
  if (mode === 'STRICT' && mutual === undefined) return { kind: 'refused' }
  const [protocol, payload] = mutual === undefined ? [i.protocol, i.payload] : [mutual.protocol, mutual.payload]
  const app = { host: '127.0.0.1', port: i.port, timeoutMs: NEVER_MS }
  if (protocol !== 'http') return { kind: 'bytes', done: ctx.dial({ ...app, protocol, ...(payload !== undefined && { payload }) }) }
  const asked = payload as HttpRequest
  const headers = {
    ...asked.headers,
    'x-forwarded-proto': 'http',
    ...(mutual && { 'x-forwarded-client-cert': `By=spiffe://${config.identity};URI=spiffe://${mutual.identity}` }),
  }
  const done = ctx.dial({ ...app, protocol, payload: { ...asked, headers } satisfies HttpRequest })
  const at = { cluster: `inbound|${i.port}||`, upstream: `${ctx.pod.ip}:${i.port}`, ms: done.latencyMs + 1 }
  if (done.ok && done.reply !== null) return { kind: 'http', passed: { reply: done.reply as HttpReply, flags: '-', ...at } }
  return { kind: 'http', passed: { ...broken(done.ok ? 'reset' : done.failure), ...at } }
}
