/**
 * Envoy as a proxy with a written configuration, such as beside an application: routes by host and path, weighted clusters, TLS to and from others, and
 * mutual TLS, where it closes on whoever shows no certificate of its authority. It takes over no traffic by itself, as istio-init's rules would have it.
 */
import { isTrusted } from '../../network/certificate.ts'
import type { HttpReply, HttpRequest } from '../../network/contract.ts'
import type { ProcessContext, ProcessEvent, Program } from '../contract.ts'
import { type ImageRecord, MB, versions } from '../images/define.ts'
import { isOwnPod, MiB } from '../text/context.ts'
import { isoTime } from '../text/times.ts'
import { type Cluster, type Config, ConfigError, type Listener, type Route, readConfig, type Tls } from './config.ts'

interface State {
  readonly config?: Config
}

const log = (ctx: ProcessContext, level: string, text: string): void =>
  ctx.log(`[${isoTime(ctx.nowMs).replace('T', ' ').replace('Z', '')}][1][${level}][main] ${text}`, 'stderr')

function start(ctx: ProcessContext): State {
  const given = ctx.argv.findIndex((a) => a === '-c' || a === '--config-path')
  const path = given < 0 ? '/etc/envoy/envoy.yaml' : (ctx.argv[given + 1] ?? '')
  ctx.memory(35 * MiB)
  ctx.cpu(4)
  log(ctx, 'info', `initializing epoch 0 (base id=0, hot restart version=11.104)`)
  try {
    const config = readConfig(ctx.files, path)
    for (const port of new Set([...config.listeners.map((l) => l.port), ...(config.adminPort === undefined ? [] : [config.adminPort])]))
      if (!ctx.listen(port)) throw new ConfigError(`error adding listener: cannot bind '0.0.0.0:${port}': Address already in use`)
    log(ctx, 'info', `all clusters initialized. initializing init manager`)
    log(ctx, 'info', 'starting main dispatch loop')
    return { config }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    log(ctx, 'critical', `error initializing config '  ${path}': ${error.message}`)
    ctx.exit(1)
    return {}
  }
}

/** Whether a client may come in at all; Envoy closes the connection on the others. */
function admitted(tls: Tls | undefined, request: HttpRequest): boolean {
  if (tls === undefined) return request.tls === undefined
  if (request.tls === undefined) return false
  if (!tls.requireClient && request.tls.certificate === undefined) return true
  return request.tls.certificate !== undefined && (tls.ca === undefined || isTrusted(request.tls.certificate, tls.ca))
}

function fits(route: Route, path: string, headers: HttpRequest['headers']): boolean {
  if (route.path !== undefined ? path !== route.path : !path.startsWith(route.prefix ?? '/')) return false
  return route.headers.every((h) => headers[h.name] === h.exact)
}

function routeFor(listener: Listener, request: HttpRequest): Route | undefined {
  const path = request.path.split('?')[0]!
  const named = listener.hosts.find((h) => h.domains.some((d) => d === request.host || d.split(':')[0] === request.host))
  const host =
    named ??
    listener.hosts.find((h) => h.domains.some((d) => d.startsWith('*.') && request.host.endsWith(d.slice(1)))) ??
    listener.hosts.find((h) => h.domains.includes('*'))
  return host?.routes.find((r) => fits(r, path, request.headers))
}

function clusterOf(config: Config, route: Route, ctx: ProcessContext): Cluster | undefined {
  const total = route.clusters.reduce((n, c) => n + c.weight, 0)
  if (total <= 0) return undefined
  let drawn = ctx.pick('weighted-cluster', total)
  for (const { name, weight } of route.clusters) {
    if (drawn < weight) return config.clusters.find((c) => c.name === name)
    drawn -= weight
  }
  return undefined
}

const plain = (status: number, body: string): HttpReply => ({ status, headers: { 'content-type': 'text/plain', server: 'envoy' }, body })
const RESET = 'upstream connect error or disconnect/reset before headers. reset reason: '

function forward(cluster: Cluster, route: Route, request: HttpRequest, ctx: ProcessContext): { reply: HttpReply; ms: number } {
  const addresses = cluster.endpoints.flatMap((e) => {
    if (/^[\d.]+$/.test(e.host) || e.host === 'localhost') return [{ ...e, host: e.host === 'localhost' ? '127.0.0.1' : e.host }]
    const answer = ctx.resolve(e.host, 'A')
    return answer.ok ? answer.records.filter((r) => r.type === 'A').map((r) => ({ host: r.data, port: e.port })) : []
  })
  if (addresses.length === 0) return { reply: plain(503, 'no healthy upstream'), ms: 1 }
  const to = addresses[ctx.pick(`cluster/${cluster.name}`, addresses.length)]!
  const { tls: _own, ...rest } = request
  const { tls } = cluster
  const path = route.rewrite === undefined ? request.path : route.rewrite + request.path.slice((route.prefix ?? '').length)
  const payload: HttpRequest = {
    ...rest,
    path,
    headers: { ...request.headers, 'x-envoy-expected-rq-timeout-ms': String(route.timeoutMs) },
    ...(tls && {
      tls: {
        serverName: tls.sni ?? cluster.endpoints[0]!.host,
        ...(tls.ca === undefined ? { insecure: true } : { ca: tls.ca }),
        ...(tls.certificate?.pem && { certificate: tls.certificate.pem }),
      },
    }),
  }
  const result = ctx.dial({ ...to, protocol: 'http', payload, timeoutMs: route.timeoutMs, connectTimeoutMs: cluster.connectMs })
  if (result.ok && result.reply !== null) {
    const { certificate: _theirs, ...reply } = result.reply as HttpReply
    return {
      reply: {
        ...reply,
        headers: { ...reply.headers, server: 'envoy', 'x-envoy-upstream-service-time': String(Math.round(result.latencyMs)) },
      },
      ms: result.latencyMs + 1,
    }
  }
  const failure = result.ok ? 'reset' : result.failure
  const ms = result.latencyMs + 1
  if (failure === 'timeout' && result.latencyMs >= route.timeoutMs) return { reply: plain(504, 'upstream request timeout'), ms }
  if (failure === 'tls')
    return {
      reply: plain(
        503,
        `${RESET}remote connection failure, transport failure reason: TLS_error:|268435581:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED:TLS_error_end`,
      ),
      ms,
    }
  if (failure === 'reset') return { reply: plain(503, `${RESET}connection termination`), ms }
  return {
    reply: plain(
      503,
      failure === 'refused'
        ? `${RESET}remote connection failure, transport failure reason: delayed connect error: Connection refused`
        : `${RESET}connection timeout`,
    ),
    ms,
  }
}

function admin(config: Config, path: string): HttpReply {
  if (path === '/ready') return plain(200, 'LIVE\n')
  if (path === '/clusters')
    return plain(
      200,
      config.clusters.map((c) => c.endpoints.map((e) => `${c.name}::${e.host}:${e.port}::health_flags::healthy\n`).join('')).join(''),
    )
  if (path === '/listeners') return plain(200, config.listeners.map((l) => `${l.name}::${l.address}:${l.port}\n`).join(''))
  return plain(404, 'clusterlab simulates of the admin interface /ready, /clusters, /listeners\n')
}

function request(config: Config, event: ProcessEvent & { type: 'request' }, ctx: ProcessContext): void {
  const http = event.payload as HttpRequest
  if (event.protocol === 'http' && event.port === config.adminPort) return ctx.reply(admin(config, http.path.split('?')[0]!))
  const listener = config.listeners.find((l) => l.port === event.port)
  const local = listener?.address === '127.0.0.1' && !isOwnPod(event.sourceIp, ctx)
  if (event.protocol !== 'http' || listener === undefined || local || !admitted(listener.tls, http)) {
    ctx.hop(() => ({
      layer: 'process',
      at: 'envoy',
      detail: local ? `${listener!.name} takes only what comes from its own pod` : 'closed: no TLS, or no certificate of its authority',
      ok: false,
    }))
    return ctx.reset()
  }
  const route = routeFor(listener, http)
  const cluster = route && clusterOf(config, route, ctx)
  const done = route?.direct
    ? { reply: plain(route.direct.status, route.direct.body), ms: 1 }
    : cluster
      ? forward(cluster, route!, http, ctx)
      : { reply: plain(404, ''), ms: 1 }
  ctx.hop(() => ({
    layer: 'process',
    at: 'envoy',
    detail: cluster ? `${listener.name}: cluster ${cluster.name}` : `${listener.name}: no cluster`,
    ok: done.reply.status < 500,
  }))
  if (listener.log)
    ctx.log(
      `[${isoTime(ctx.nowMs)}] "${http.method} ${http.path} HTTP/1.1" ${done.reply.status} - 0 ${Buffer.byteLength(done.reply.body)} ${Math.round(done.ms)} - "-" "${http.headers['user-agent'] ?? '-'}" "-" "${http.host}" "${cluster?.endpoints[0] ? `${cluster.endpoints[0].host}:${cluster.endpoints[0].port}` : '-'}"`,
    )
  ctx.reply(listener.tls?.certificate ? { ...done.reply, certificate: listener.tls.certificate } : done.reply, done.ms)
}

export const envoy: Program<State> = {
  name: 'envoy',
  executables: ['envoy'],
  start,
  on(s, event, ctx) {
    if (event.type === 'request') {
      if (s.config) request(s.config, event, ctx)
      else ctx.reset()
    }
    if (event.type === 'load') ctx.cpu(4 + event.perSecond * 0.3)
    if (event.type === 'signal' && (event.signal === 'TERM' || event.signal === 'INT')) {
      log(ctx, 'warning', `caught ENVOY_SIGTERM`)
      ctx.exit(0)
    }
    return s
  },
}

export const envoyImage: ImageRecord = {
  repositories: ['envoyproxy/envoy'],
  version: versions({ prefix: 'v', series: { '1.29': 12, '1.30': 11, '1.31': 10, '1.32': 12, '1.33': 9, '1.34': 7, '1.35': 3 } }),
  scriptRuns: 'envoy',
  image: () => ({
    entrypoint: ['/docker-entrypoint.sh'],
    cmd: ['envoy', '-c', '/etc/envoy/envoy.yaml'],
    env: {},
    exposedPorts: [10000],
    sizeBytes: 65 * MB,
    base: 'debian',
    executables: ['envoy'],
    files: { '/etc/envoy/.keep': '' },
  }),
}
