/**
 * istio/proxyv2 in a pod: `istio-iptables` (istio-init) redirects the pod's traffic, `proxy sidecar` is the Envoy that takes it, told what to
 * do by istiod. What it was told it keeps when istiod is gone. Models Istio 1.27.
 */
import type { HttpReply, HttpRequest } from '../../network/contract.ts'
import type { ProcessContext, ProcessEvent, Program } from '../contract.ts'
import { MiB } from '../text/context.ts'
import { plainText } from '../text/http.ts'
import { isoTime } from '../text/times.ts'
import {
  AGENT_PORT,
  HEALTH_PORT,
  INBOUND_PORT,
  type Inbound,
  ISTIOD,
  METRICS_PORT,
  type MeshConfig,
  OUTBOUND_PORT,
  type Outbound,
  PROXY_UID,
  XDS_PORT,
  type XdsReply,
  type XdsRequest,
} from './contract.ts'
import { inbound, outbound, outboundBytes, type Passed, text } from './forward.ts'
import type { Prober } from './inject.ts'

interface State {
  readonly kind: 'init' | 'proxy'
  readonly config?: MeshConfig
}

const SYNC_MS = 10_000
const FIRST_MS = 500
const line = (ctx: ProcessContext, level: string, said: string): void =>
  ctx.log(`${isoTime(ctx.nowMs).replace('Z', '000Z')}\t${level}\t${said}`, 'stderr')

/** The options of istio-iptables that matter here. */
function iptables(ctx: ProcessContext): State {
  const option = (name: string, otherwise: string): string => {
    const at = ctx.argv.indexOf(name)
    return at < 0 ? otherwise : (ctx.argv[at + 1] ?? otherwise)
  }
  if (ctx.uid !== 0) {
    ctx.log(
      "iptables v1.8.10 (legacy): can't initialize iptables table `nat': Permission denied (you must be root)\nPerhaps iptables or your kernel needs to be upgraded.",
      'stderr',
    )
    ctx.exit(255)
    return { kind: 'init' }
  }
  const ports = (list: string): number[] =>
    list
      .split(',')
      .filter((p) => /^\d+$/.test(p))
      .map(Number)
  const rules = {
    outboundPort: Number(option('-p', String(OUTBOUND_PORT))),
    inboundPort: Number(option('-z', String(INBOUND_PORT))),
    uid: Number(option('-u', String(PROXY_UID))),
    excludedInbound: ports(option('-d', '')),
    excludedOutbound: ports(option('-o', '')),
  }
  ctx.redirect?.(rules)
  line(
    ctx,
    'info',
    `Istio iptables variables:\nPROXY_PORT=${rules.outboundPort}\nPROXY_INBOUND_CAPTURE_PORT=${rules.inboundPort}\nPROXY_UID=${rules.uid}\nINBOUND_PORTS_EXCLUDE=${rules.excludedInbound.join(',')}`,
  )
  line(ctx, 'info', 'iptables-restore completed')
  ctx.exit(0)
  return { kind: 'init' }
}

/** Asks istiod for news; what was known stays where it does not answer. */
function synced(state: State, ctx: ProcessContext): State {
  const payload: XdsRequest = { namespace: ctx.pod.namespace, pod: ctx.pod.name, version: state.config?.version ?? '' }
  const done = ctx.dial({ host: ISTIOD, port: XDS_PORT, protocol: 'xds', payload, timeoutMs: 5_000 })
  const reply = done.ok ? (done.reply as XdsReply | null) : null
  if (reply?.kind !== 'config') return state
  if (state.config === undefined) line(ctx, 'info', 'Envoy proxy is ready')
  return { ...state, config: reply.config }
}

const access = (passed: Passed, request: HttpRequest, peer: string, authority: string, ctx: ProcessContext): void => {
  const { reply, flags, ms, cluster, upstream } = passed
  const detail =
    flags === '-'
      ? 'via_upstream'
      : flags.startsWith('NR')
        ? 'route_not_found'
        : flags.startsWith('FI')
          ? 'fault_filter_abort'
          : flags.startsWith('UH')
            ? 'no_healthy_upstream'
            : flags.startsWith('NC')
              ? 'cluster_not_found'
              : 'upstream_reset_before_response_started'
  ctx.log(
    `[${isoTime(ctx.nowMs)}] "${request.method} ${request.path} HTTP/1.1" ${reply.status} ${flags} ${detail} - "-" ${Buffer.byteLength(request.body ?? '')} ${Buffer.byteLength(reply.body)} ${Math.round(ms)} ${flags === '-' ? Math.round(ms) : '-'} "-" "${request.headers['user-agent'] ?? '-'}" "-" "${authority}" "${upstream}" ${cluster} ${peer}`,
  )
}

function out(o: Outbound, state: State, ctx: ProcessContext): void {
  const { config } = state
  if (config === undefined) return ctx.reset()
  const http = o.protocol === 'http' ? (o.payload as HttpRequest) : undefined
  // The application's own TLS is bytes to the sidecar.
  if (http === undefined || http.tls !== undefined) {
    const done = outboundBytes(o, config, ctx)
    ctx.hop(() => ({
      layer: 'process',
      at: 'istio-proxy',
      detail: `outbound to ${o.host}:${o.port}: ${done.ok ? 'passed on' : done.message}`,
      ok: done.ok,
    }))
    if (!done.ok) return done.failure === 'timeout' ? ctx.hang() : ctx.reset()
    return ctx.reply(done.reply, done.latencyMs + 1)
  }
  const passed = outbound(o, http, config, ctx)
  ctx.hop(() => ({
    layer: 'process',
    at: 'istio-proxy',
    detail: `outbound to ${http.host}: ${passed.cluster} ${passed.upstream}${passed.flags === '-' ? '' : ` (${passed.flags})`}`,
    ok: passed.flags === '-',
  }))
  if (config.accessLog) access(passed, http, '-', http.host, ctx)
  ctx.burn(0.3)
  ctx.reply(passed.reply, passed.ms)
}

function into(i: Inbound, sourceIp: string, state: State, ctx: ProcessContext): void {
  const { config } = state
  if (config === undefined) return ctx.reset()
  const entered = inbound(i, config, ctx)
  if (entered.kind === 'refused') {
    ctx.hop(() => ({
      layer: 'process',
      at: 'istio-proxy',
      detail: `inbound to port ${i.port}: closed, since PeerAuthentication asks for mutual TLS (STRICT)`,
      ok: false,
    }))
    if (config.accessLog)
      ctx.log(
        `[${isoTime(ctx.nowMs)}] "- - -" 0 NR filter_chain_not_found - "-" 0 0 0 - "-" "-" "-" "-" "-" - - ${ctx.pod.ip}:${i.port} ${sourceIp}:0 - -`,
      )
    return ctx.reset()
  }
  if (entered.kind === 'bytes') {
    if (!entered.done.ok) return entered.done.failure === 'timeout' ? ctx.hang() : ctx.reset()
    return ctx.reply(entered.done.reply, entered.done.latencyMs + 1)
  }
  const request = (i.protocol === 'istio-mtls' ? (i.payload as { payload: HttpRequest }).payload : i.payload) as HttpRequest
  ctx.hop(() => ({
    layer: 'process',
    at: 'istio-proxy',
    detail: `inbound to port ${i.port}${i.protocol === 'istio-mtls' ? ' over mutual TLS' : ' in plain text'}`,
    ok: entered.passed.flags === '-',
  }))
  if (config.accessLog) access(entered.passed, request, `${sourceIp}:0`, request.host, ctx)
  ctx.burn(0.3)
  ctx.reply(entered.passed.reply, entered.passed.ms)
}

/** What the agent and Envoy answer themselves: readiness, and the kubelet's probes in the application's place. */
function own(event: ProcessEvent & { type: 'request' }, state: State, ctx: ProcessContext): void {
  const request = event.payload as HttpRequest
  const path = request.path.split('?')[0]!
  if (event.port === HEALTH_PORT)
    return ctx.reply(
      path === '/healthz/ready'
        ? state.config
          ? plainText(200, '')
          : plainText(503, 'config not fully received from XDS server\n')
        : plainText(404, '404 page not found\n'),
      1,
    )
  if (event.port === METRICS_PORT) return ctx.reply(text(200, 'clusterlab: of a sidecar’s statistics nothing is simulated\n'), 1)
  let probers: Readonly<Record<string, Prober>> = {}
  try {
    probers = JSON.parse(ctx.env['ISTIO_KUBE_APP_PROBERS'] ?? '{}') as typeof probers
  } catch {
    // Somebody wrote it by hand.
  }
  const prober = Object.hasOwn(probers, path) ? probers[path] : undefined
  if (prober === undefined) return ctx.reply(plainText(404, '404 page not found\n'), 1)
  const host = prober.host ?? `${ctx.pod.ip}:${prober.port}`
  const done = ctx.dial({
    host: '127.0.0.1',
    port: prober.port,
    protocol: 'http',
    payload: { method: 'GET', path: prober.path, host, headers: { host, 'user-agent': 'kube-probe' } } satisfies HttpRequest,
    timeoutMs: 30_000,
  })
  const reply = done.ok ? (done.reply as HttpReply | null) : null
  ctx.reply(reply ?? plainText(500, ''), done.latencyMs + 1)
}

export const istioProxy: Program<State> = {
  name: 'istio-proxy',
  executables: ['pilot-agent'],
  start(ctx) {
    if (ctx.argv[1] === 'istio-iptables') return iptables(ctx)
    if (ctx.argv[1] !== 'proxy') {
      ctx.log(`clusterlab: pilot-agent ${ctx.argv[1] ?? ''} is not simulated; there are proxy and istio-iptables`, 'stderr')
      ctx.exit(1)
      return { kind: 'proxy' }
    }
    ctx.memory(45 * MiB)
    ctx.cpu(3)
    for (const port of [OUTBOUND_PORT, INBOUND_PORT, HEALTH_PORT, AGENT_PORT, METRICS_PORT]) ctx.listen(port)
    line(
      ctx,
      'info',
      `Proxy role\tips=[${ctx.pod.ip}] type=sidecar id=${ctx.pod.name}.${ctx.pod.namespace} domain=${ctx.pod.namespace}.svc.cluster.local`,
    )
    line(ctx, 'info', 'Starting proxy agent')
    ctx.timer('sync', FIRST_MS)
    return { kind: 'proxy' }
  },
  on(state, event, ctx) {
    if (state.kind === 'init') return state
    switch (event.type) {
      case 'timer': {
        const next = synced(state, ctx)
        ctx.timer('sync', next.config === undefined ? FIRST_MS * 2 : SYNC_MS)
        return next
      }
      case 'request': {
        if (event.protocol === 'istio-outbound' || event.protocol === 'istio-inbound') {
          // Changes are pushed as they come: before each message what there is to know is known.
          const next = synced(state, ctx)
          if (event.protocol === 'istio-outbound') out(event.payload as Outbound, next, ctx)
          else into(event.payload as Inbound, event.sourceIp, next, ctx)
          return next
        }
        if (event.protocol === 'http') own(event, state, ctx)
        else ctx.reset()
        return state
      }
      case 'load':
        ctx.cpu(3 + event.perSecond * 0.3)
        return state
      case 'signal':
        if (event.signal === 'TERM' || event.signal === 'INT') {
          line(ctx, 'info', 'Agent draining Proxy for termination')
          ctx.exit(0)
        }
        return state
      default:
        return state
    }
  },
}
