/**
 * metrics-server: serves metrics.k8s.io behind an APIService, from what the kubelets tell. It is ready once it has two scrapes.
 * https://github.com/kubernetes-sigs/metrics-server
 */
import { ApiError } from '../../api/errors.ts'
import { EXTENSION_API, type ExtensionRequest } from '../../apiserver/aggregation/contract.ts'
import type { HttpReply, HttpRequest } from '../../network/contract.ts'
import type { ProcessContext, Program } from '../contract.ts'
import { type ImageRecord, MB, versions } from '../images/define.ts'
import { API_VERSION, answerMetrics } from './answer.ts'
import { askKubelet, scrapesAt } from './scrape.ts'

interface State {
  readonly startedMs: number
  readonly port: number
  readonly resolutionMs: number
}

const MEMORY = 22 * 1024 * 1024
const CPU_MILLI = 3
const ANSWER_MS = 4
const DEFAULT_PORT = 10_250
const DEFAULT_RESOLUTION_MS = 60_000
/** Who the API server's aggregator says it is when it looks whether somebody is there. */
const AGGREGATOR = 'system:kube-aggregator'
const CHECKS = ['ping', 'log', 'poststarthook/generic-apiserver-start-informers', 'informer-sync', 'metadata-informer-sync']

const option = (argv: readonly string[], name: string): string | undefined =>
  argv.find((a) => a.startsWith(`--${name}=`))?.slice(name.length + 3)

function resolutionOf(text: string | undefined): number {
  const match = /^(\d+)(s|m)$/.exec(text ?? '')
  return match === null ? DEFAULT_RESOLUTION_MS : Number(match[1]) * (match[2] === 'm' ? 60_000 : 1000)
}

function start(ctx: ProcessContext): State {
  const port = Number(option(ctx.argv, 'secure-port') ?? DEFAULT_PORT) || DEFAULT_PORT
  ctx.listen(port)
  ctx.memory(MEMORY)
  ctx.cpu(CPU_MILLI)
  ctx.log('Generated self-signed cert (/tmp/apiserver.crt, /tmp/apiserver.key)', 'stderr')
  ctx.log(`"Serving securely" address="[::]:${port}"`, 'stderr')
  return { startedMs: ctx.nowMs, port, resolutionMs: resolutionOf(option(ctx.argv, 'metric-resolution')) }
}

/** There are two scrapes of at least one kubelet. */
function hasMetrics(state: State, ctx: ProcessContext): boolean {
  const scrapes = scrapesAt(state.startedMs, state.resolutionMs, ctx.nowMs)
  if (scrapes === undefined) return false
  const addresses = ctx.api.list('nodes').map((n) => n.status?.addresses?.find((a) => a.type === 'InternalIP')?.address)
  return addresses.some((host) => host !== undefined && askKubelet(ctx, host, [scrapes.beforeMs])?.node[0])
}

const reply = (status: number, body: string, type = 'text/plain; charset=utf-8'): HttpReply => ({
  status,
  headers: { 'content-type': type },
  body,
  certificate: { subject: 'localhost', issuer: 'localhost-ca', dnsNames: ['localhost'] },
})

const json = (status: number, body: object): HttpReply => reply(status, `${JSON.stringify(body)}\n`, 'application/json')

function ready(state: State, ctx: ProcessContext): HttpReply {
  if (hasMetrics(state, ctx)) return reply(200, 'ok')
  const lines = [...CHECKS.map((c) => `[+]${c} ok`), '[-]metric-storage-ready failed: reason withheld', 'readyz check failed']
  return reply(500, `${lines.join('\n')}\n`)
}

const forbidden = (user: string, path: string): object => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message: `forbidden: User "${user}" cannot get path "${path}"`,
  reason: 'Forbidden',
  details: {},
  code: 403,
})

function http(state: State, request: HttpRequest, ctx: ProcessContext): HttpReply {
  const path = request.path.split('?')[0]!
  if (request.tls === undefined) return reply(400, 'Client sent an HTTP request to an HTTPS server.\n')
  if (path === '/livez' || path === '/healthz') return reply(200, 'ok')
  if (path === '/readyz') return ready(state, ctx)
  const user = request.headers['x-remote-user'] ?? 'system:anonymous'
  if (user === AGGREGATOR && path === `/apis/${API_VERSION}`)
    return json(200, { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: API_VERSION, resources: [] })
  return json(403, forbidden(user, path))
}

function extension(state: State, request: ExtensionRequest, ctx: ProcessContext): unknown {
  try {
    return answerMetrics(ctx, request, scrapesAt(state.startedMs, state.resolutionMs, ctx.nowMs))
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return { code: error.status.code ?? 500, body: error.status }
  }
}

export const metricsServer: Program<State> = {
  name: 'metrics-server',
  executables: ['metrics-server'],
  start,
  on(state, event, ctx) {
    if (event.type === 'signal' && (event.signal === 'TERM' || event.signal === 'INT')) ctx.exit(0)
    if (event.type !== 'request') return state
    if (event.protocol === EXTENSION_API) ctx.reply(extension(state, event.payload as ExtensionRequest, ctx), ANSWER_MS)
    else if (event.protocol === 'http') ctx.reply(http(state, event.payload as HttpRequest, ctx), ANSWER_MS)
    else ctx.reset()
    return state
  },
}

export const metricsServerImage: ImageRecord = {
  repositories: ['registry.k8s.io/metrics-server/metrics-server'],
  version: versions({ prefix: 'v', series: { '0.6': 4, '0.7': 2, '0.8': 1 } }),
  image: () => ({
    entrypoint: ['/metrics-server'],
    cmd: [],
    env: {},
    user: '65534',
    sizeBytes: 21 * MB,
    base: 'scratch',
    executables: ['metrics-server'],
  }),
}
