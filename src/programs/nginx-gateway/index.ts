/** NGINX Gateway Fabric: the control plane's process, and the nginx of one Gateway, which sends requests where HTTPRoutes say. */
import type { HttpReply, HttpRequest } from '../../network/contract.ts'
import { backendProblem } from '../../network/gateway/attach.ts'
import { type BackendRef, GATEWAY_LABEL, GATEWAYS, type Gateway } from '../../network/gateway/objects.ts'
import { READY_PORT } from '../../network/gateway/provision.ts'
import { daemon } from '../add-ons/daemon.ts'
import type { ProcessContext, ProcessEvent, Program } from '../contract.ts'
import { type ImageRecord, MB, versions } from '../images/define.ts'
import { certificateOf } from '../ingress-nginx/certificate.ts'
import { page } from '../ingress-nginx/messages.ts'
import { pass, passingOf, upstreamsOf, whyNone } from '../ingress-nginx/upstream.ts'
import { onTheWay, onTheWayBack, redirect } from './filters.ts'
import { type Bound, boundOn, type Chosen, choose, hostMatches } from './routing.ts'

const OWN_MS = 0.3
const STARTUP_MS = 1_000
const MEMORY = 40 * 1024 * 1024
const PASSING = { ...passingOf({}), connectTimeoutMs: 60_000 }

type RequestEvent = ProcessEvent & { type: 'request' }

interface State {
  readonly leaving: boolean
}
interface Answer {
  readonly reply: HttpReply
  readonly ms: number
}

function gatewayOf(ctx: ProcessContext): Gateway | undefined {
  const name = ctx.api.get('pods', ctx.pod.namespace, ctx.pod.name)?.metadata.labels?.[GATEWAY_LABEL]
  return name === undefined ? undefined : (ctx.api.get(GATEWAYS, ctx.pod.namespace, name) as Gateway | undefined)
}

const nameOf = ({ route, index }: Chosen): string => `HTTPRoute ${route.metadata.namespace}/${route.metadata.name}, rule ${index}`

/** One of a rule's backends, as often as its weight says. */
function drawn(refs: readonly BackendRef[], key: string, ctx: ProcessContext): BackendRef | undefined {
  const total = refs.reduce((sum, r) => sum + (r.weight ?? 1), 0)
  if (total === 0) return undefined
  let n = ctx.pick(`weight/${key}`, total)
  return refs.find((r) => {
    n -= r.weight ?? 1
    return n < 0
  })
}

function proxied(chosen: Chosen, event: RequestEvent, request: HttpRequest, ctx: ProcessContext): Answer {
  const { route, rule, match } = chosen
  const namespace = route.metadata.namespace!
  const say = (detail: string, ok: boolean): void => ctx.hop(() => ({ layer: 'ingress', at: nameOf(chosen), detail, ok }))
  const ref = drawn(rule.backendRefs ?? [], nameOf(chosen), ctx)
  if (ref === undefined) {
    say('the rule names no backend', false)
    return { reply: page(500), ms: 0 }
  }
  const problem = backendProblem(ctx.api, route, ref, 'backendRef')
  if (problem !== undefined) {
    say(`${problem.reason}: ${problem.message}`, false)
    return { reply: page(500), ms: 0 }
  }
  const target = ref.namespace ?? namespace
  const backend = { service: { name: ref.name, port: { number: ref.port! } } }
  const upstreams = upstreamsOf(ctx, target, backend, false)
  const service = `the Service ${target}/${ref.name}:${ref.port}`
  if (upstreams.length === 0) {
    say(`leads to ${service}, ${whyNone(ctx, target, backend)}`, false)
    return { reply: page(503), ms: 0 }
  }
  say(`leads to ${service}: ${upstreams.length} ready`, true)
  const { tls, ...plain } = onTheWay(rule.filters ?? [], match, request)
  const headers = {
    ...plain.headers,
    'x-real-ip': event.sourceIp,
    'x-forwarded-for': event.sourceIp,
    'x-forwarded-host': request.host,
    'x-forwarded-port': String(event.port),
    'x-forwarded-proto': tls ? 'https' : 'http',
  }
  const { reply, spentMs } = pass(ctx, upstreams, { ...plain, headers }, PASSING)
  const { certificate: _theirs, ...answered } = reply
  return { reply: onTheWayBack(rule.filters ?? [], answered), ms: spentMs }
}

function answer(bound: readonly Bound[], event: RequestEvent, ctx: ProcessContext): Answer {
  const request = event.payload as HttpRequest
  const chosen = choose(bound, request)
  if (typeof chosen === 'string') {
    const detail = chosen === 'no host' ? 'no HTTPRoute of this Gateway has this host' : 'no rule of the HTTPRoutes fits this request'
    ctx.hop(() => ({ layer: 'ingress', at: `${request.host}${request.path}`, detail, ok: false }))
    return { reply: page(404), ms: 0 }
  }
  const away = redirect(chosen.rule.filters ?? [], chosen.match, request, event.port)
  if (away === undefined) return proxied(chosen, event, request, ctx)
  ctx.hop(() => ({ layer: 'ingress', at: nameOf(chosen), detail: `redirects to ${away.location}`, ok: true }))
  return { reply: page(away.status, { location: away.location }), ms: 0 }
}

function served(state: State, event: RequestEvent, ctx: ProcessContext): State {
  const gateway = gatewayOf(ctx)
  if (event.protocol !== 'http') ctx.reset()
  else if (event.port === READY_PORT) ctx.reply(page(state.leaving || gateway === undefined ? 503 : 200))
  else if (gateway !== undefined) serve(gateway, event, ctx)
  else ctx.reply(page(404), OWN_MS)
  return state
}

function serve(gateway: Gateway, event: RequestEvent, ctx: ProcessContext): void {
  const request = event.payload as HttpRequest
  const listeners = (gateway.spec?.listeners ?? []).filter((l) => l.port === event.port)
  const secure = listeners.some((l) => l.protocol === 'HTTPS')
  if (secure && request.tls === undefined) return ctx.reply(page(400), OWN_MS)
  const bound = boundOn(ctx.api, gateway, event.port)
  const secret = secure ? bound.find((b) => hostMatches(b.host, request.tls!.serverName))?.state.secret?.split('/') : undefined
  const held = secret && ctx.api.get('secrets', secret[0]!, secret[1]!)
  const certificate = held && certificateOf(held)
  // A name that no listener has a certificate for ends in the handshake.
  if (secure && certificate === undefined) return ctx.reset()
  const { reply, ms } = answer(bound, event, ctx)
  ctx.log(
    `${event.sourceIp} - - "${request.method} ${request.path} HTTP/1.1" ${reply.status} ${reply.body.length} "-" "${request.headers['user-agent'] ?? '-'}"`,
  )
  ctx.reply({ ...reply, ...(certificate && { certificate }) }, OWN_MS + ms)
}

export const gatewayNginx: Program<State> = {
  name: 'nginx-gateway-data-plane',
  executables: ['nginx-gateway-data-plane'],
  start(ctx) {
    ctx.memory(MEMORY)
    ctx.timer('serve', STARTUP_MS)
    return { leaving: false }
  },
  on(state, event, ctx) {
    switch (event.type) {
      case 'timer':
        for (const port of ctx.declaredPorts) ctx.listen(port)
        return state
      case 'request':
        return served(state, event, ctx)
      case 'signal':
        if (event.signal === 'TERM' || event.signal === 'QUIT') ctx.exit(0)
        return state
      default:
        return state
    }
  },
}

export const gatewayControl = daemon({
  name: 'gateway',
  ports: [8081, 9113],
  memoryBytes: 30 * MB,
  hello: ['{"level":"info","msg":"Starting the NGINX Gateway Fabric control plane","version":"2.2.1"}'],
})

export const gatewayImages: readonly ImageRecord[] = [
  {
    repositories: ['ghcr.io/nginx/nginx-gateway-fabric'],
    version: versions({ series: { '2.0': 2, '2.1': 4, '2.2': 1 } }),
    image: () => ({ entrypoint: ['/usr/bin/gateway'], cmd: [], env: {}, sizeBytes: 24 * MB, base: 'scratch', executables: ['gateway'] }),
  },
  {
    repositories: ['ghcr.io/nginx/nginx-gateway-fabric/nginx'],
    version: versions({ series: { '2.0': 2, '2.1': 4, '2.2': 1 } }),
    image: () => ({
      entrypoint: ['/usr/sbin/nginx-gateway-data-plane'],
      cmd: [],
      env: {},
      sizeBytes: 90 * MB,
      base: 'busybox',
      executables: ['nginx-gateway-data-plane'],
    }),
  },
]
