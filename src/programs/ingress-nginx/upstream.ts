/** The endpoints behind an Ingress backend (the controller dials pods directly, not the Service), and how a request is passed from one to the next. */
import type { Service } from '../../api/generated/types/core-v1.ts'
import type { IngressBackend } from '../../api/generated/types/networking-v1.ts'
import type { DialResult, HttpReply, HttpRequest } from '../../network/contract.ts'
import { rulesOf } from '../../network/proxy/rules.ts'
import type { ProcessContext } from '../contract.ts'
import { page } from './messages.ts'

export interface Upstream {
  readonly host: string
  readonly port: number
}

/** Ready endpoints in a stable order; none: 503. */
export function upstreamsOf(
  ctx: ProcessContext,
  namespace: string,
  backend: IngressBackend | undefined,
  viaService: boolean,
): readonly Upstream[] {
  const wanted = backend?.service
  const service = wanted && (ctx.api.get('services', namespace, wanted.name) as Service | undefined)
  if (wanted === undefined || service?.spec === undefined) return []
  const port = service.spec.ports?.find((p) => (wanted.port?.name ? p.name === wanted.port.name : p.port === wanted.port?.number))
  if (service.spec.type === 'ExternalName') return [{ host: service.spec.externalName!, port: wanted.port?.number ?? 80 }]
  if (port === undefined) return []
  if (viaService && service.spec.clusterIP !== 'None') return [{ host: service.spec.clusterIP!, port: port.port }]
  const slices = ctx.api.labelled('endpointslices.discovery.k8s.io', namespace, 'kubernetes.io/service-name', wanted.name)
  // A headless Service has no rules of its own, but endpoints all the same.
  const shown = service.spec.clusterIP === 'None' ? { ...service, spec: { ...service.spec, clusterIP: '0.0.0.0' } } : service
  const rule = rulesOf(shown, slices).find((r) => r.port === port.port && r.protocol === (port.protocol ?? 'TCP'))
  return (rule?.endpoints ?? []).filter((e) => e.ready).map((e) => ({ host: e.ip, port: e.port }))
}

/** In words for `trace`: what a backend without upstreams lacks. */
export function whyNone(ctx: ProcessContext, namespace: string, backend: IngressBackend | undefined): string {
  const wanted = backend?.service
  const service = wanted && (ctx.api.get('services', namespace, wanted.name) as Service | undefined)
  if (service === undefined) return 'which is not there'
  const port = service.spec?.ports?.some((p) => (wanted!.port?.name ? p.name === wanted!.port.name : p.port === wanted!.port?.number))
  if (!port) return 'which has no such port'
  const slices = ctx.api.labelled('endpointslices.discovery.k8s.io', namespace, 'kubernetes.io/service-name', wanted!.name)
  return slices.some((s) => (s.endpoints ?? []).length > 0) ? 'which has no ready endpoint' : 'which has no endpoints'
}

export interface Passing {
  readonly connectTimeoutMs: number
  readonly readTimeoutMs: number
  /** Conditions of proxy_next_upstream. */
  readonly next: ReadonlySet<string>
  /** 0: as many as there are. */
  readonly tries: number
  readonly nextTimeoutMs: number
}

const seconds = (text: string | undefined, otherwise: number): number => {
  const n = Number(/^(\d+)s?$/.exec(text ?? '')?.[1])
  return Number.isFinite(n) ? n * 1000 : otherwise
}

export const passingOf = (annotations: Readonly<Record<string, string>>): Passing => ({
  connectTimeoutMs: seconds(annotations['proxy-connect-timeout'], 5_000),
  readTimeoutMs: seconds(annotations['proxy-read-timeout'], 60_000),
  next: new Set((annotations['proxy-next-upstream'] ?? 'error timeout').split(/\s+/)),
  tries: Number(annotations['proxy-next-upstream-tries'] ?? 3),
  nextTimeoutMs: seconds(annotations['proxy-next-upstream-timeout'], 0),
})

/** POST, LOCK and PATCH are not sent twice unless the configuration says so. */
const repeatable = (method: string, passing: Passing): boolean =>
  !['POST', 'LOCK', 'PATCH'].includes(method) || passing.next.has('non_idempotent')

interface Outcome {
  readonly reply: HttpReply
  readonly spentMs: number
  readonly last: Upstream
}

/** Asks one endpoint after the other, as proxy_next_upstream allows. */
export function pass(ctx: ProcessContext, upstreams: readonly Upstream[], request: HttpRequest, passing: Passing): Outcome {
  const first = ctx.pick(`upstream/${upstreams.map((u) => `${u.host}:${u.port}`).join(',')}`, upstreams.length)
  const tries = Math.min(upstreams.length, passing.tries === 0 ? upstreams.length : passing.tries)
  let spentMs = 0
  for (let i = 0; ; i++) {
    const upstream = upstreams[(first + i) % upstreams.length]!
    const result = ctx.dial({
      host: upstream.host,
      port: upstream.port,
      protocol: 'http',
      payload: request,
      timeoutMs: passing.connectTimeoutMs + passing.readTimeoutMs,
      connectTimeoutMs: passing.connectTimeoutMs,
    })
    // A server that accepts and then says nothing costs the time to read, not that and the time to connect.
    const read = !result.ok && result.failure === 'timeout' && result.peer !== undefined
    spentMs += read ? passing.readTimeoutMs : result.latencyMs
    const lastTry = i + 1 >= tries || (passing.nextTimeoutMs > 0 && spentMs >= passing.nextTimeoutMs)
    if (lastTry || !goesOn(result, request, passing, read)) return { reply: replyOf(result), spentMs, last: upstream }
  }
}

function goesOn(result: DialResult, request: HttpRequest, passing: Passing, read: boolean): boolean {
  if (result.ok) {
    const { status } = result.reply as HttpReply
    return passing.next.has(`http_${status}`) && repeatable(request.method, passing)
  }
  const sent = read || result.failure === 'reset'
  if (sent && !repeatable(request.method, passing)) return false
  return passing.next.has(result.failure === 'timeout' ? 'timeout' : 'error')
}

function replyOf(result: DialResult): HttpReply {
  if (result.ok) return result.reply as HttpReply
  return page(result.failure === 'timeout' ? 504 : 502)
}
