/**
 * Kibana 7 to 9: a server in front of Elasticsearch. Until that answers and has a master, everything is "Kibana server is not ready yet"; its pages are not
 * simulated, its status and the console's way to Elasticsearch are.
 */
import type { HttpReply, HttpRequest } from '../../network/contract.ts'
import type { ProcessContext, ProcessEvent, Program } from '../contract.ts'
import { flatten } from '../elasticsearch/settings.ts'
import { type ImageRecord, MB } from '../images/define.ts'
import { elasticVersion } from '../images/elastic-versions.ts'
import { MiB, slowdown } from '../text/context.ts'
import { readText } from '../text/files.ts'
import { http } from '../text/http.ts'
import { isoTime } from '../text/times.ts'

const HOME = '/usr/share/kibana'
const START_MS = 12_000
/** elasticsearch.healthCheck.delay; asked only until Kibana is ready. */
const CHECK_MS = 2_500
const MEMORY = 520 * MiB

interface State {
  readonly phase: 'starting' | 'waiting' | 'ready'
  readonly hosts: readonly string[]
  readonly port: number
  readonly name: string
  readonly warned: boolean
}

const versionOf = (ctx: ProcessContext): string => ctx.env['KIBANA_VERSION'] ?? '8.15.5'
const log = (ctx: ProcessContext, level: string, logger: string, text: string): void =>
  ctx.log(`[${isoTime(ctx.nowMs).replace('Z', '+00:00')}][${level.padEnd(5)}][${logger}] ${text}`)

function start(ctx: ProcessContext): State {
  const file = flatten(readText(ctx.files, `${HOME}/config/kibana.yml`) ?? '')
  const get = (name: string): string | undefined => ctx.env[name.toUpperCase().replaceAll('.', '_')] ?? file.get(name)
  const hosts = (get('elasticsearch.hosts') ?? 'http://localhost:9200')
    .replace(/^\[|\]$/g, '')
    .split(',')
    .map((h) => h.trim().replace(/^["']|["']$/g, ''))
  const state: State = {
    phase: 'starting',
    hosts,
    port: Number(get('server.port') ?? 5601),
    name: get('server.name') ?? ctx.hostname,
    warned: false,
  }
  const wrong = hosts.find((h) => !/^https?:\/\//.test(h))
  if (wrong !== undefined) {
    log(
      ctx,
      'FATAL',
      'root',
      `Reason: [config validation of [elasticsearch].hosts]: types that failed validation:\n- [config validation of [elasticsearch].hosts.0]: expected URI with scheme [http|https].`,
    )
    ctx.exit(78)
    return state
  }
  ctx.memory(MEMORY)
  ctx.cpu(900)
  log(ctx, 'INFO', 'root', 'Kibana is starting')
  ctx.timer('start', START_MS * slowdown(ctx))
  return state
}

/** Elasticsearch has a master and answers; otherwise what is wrong. */
function trouble(s: State, ctx: ProcessContext): string | undefined {
  let last = 'no hosts'
  for (const host of s.hosts) {
    const reply = http(ctx, host, 'GET', '/_cluster/health')
    if (typeof reply !== 'string' && reply.status === 200) return undefined
    last =
      typeof reply === 'string'
        ? reply.includes('no such host')
          ? `getaddrinfo ENOTFOUND ${/lookup ([^:]+)/.exec(reply)?.[1]}`
          : reply.includes('refused')
            ? `connect ECONNREFUSED ${/tcp ([^:]+:\d+)/.exec(reply)?.[1]}`
            : 'Request timed out'
        : `Response Error: ${reply.status}`
  }
  return last
}

function check(s: State, ctx: ProcessContext): State {
  const wrong = trouble(s, ctx)
  if (wrong === undefined) {
    log(ctx, 'INFO', 'status', 'Kibana is now available')
    ctx.cpu(20)
    return { ...s, phase: 'ready' }
  }
  ctx.timer('check', CHECK_MS)
  if (!s.warned) log(ctx, 'ERROR', 'elasticsearch-service', `Unable to retrieve version information from Elasticsearch nodes. ${wrong}`)
  return { ...s, warned: true }
}

const json = (status: number, body: object, more: Readonly<Record<string, string>> = {}): HttpReply => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', ...more },
  body: JSON.stringify(body),
})

function status(s: State, ctx: ProcessContext): HttpReply {
  const wrong = trouble(s, ctx)
  const level = wrong === undefined ? 'available' : 'critical'
  const summary = wrong === undefined ? 'All services and plugins are available' : 'elasticsearch: Unable to connect to Elasticsearch'
  return json(wrong === undefined ? 200 : 503, {
    name: s.name,
    version: { number: versionOf(ctx), build_flavor: 'traditional' },
    status: { overall: { level, summary }, core: { elasticsearch: { level, summary: wrong ?? 'Elasticsearch is available' } } },
  })
}

function answer(s: State, request: HttpRequest, ctx: ProcessContext): HttpReply {
  const [path = '/', query = ''] = request.path.split('?')
  const named = { 'kbn-name': s.name }
  if (path === '/api/status') return s.phase === 'ready' ? status(s, ctx) : json(503, { status: { overall: { level: 'unavailable' } } })
  if (s.phase !== 'ready')
    return {
      status: 503,
      headers: { 'content-type': 'text/plain; charset=utf-8', 'retry-after': '30' },
      body: 'Kibana server is not ready yet.',
    }
  if (path === '/api/console/proxy') {
    if (request.headers['kbn-xsrf'] === undefined)
      return json(400, { statusCode: 400, error: 'Bad Request', message: 'Request must contain a kbn-xsrf header.' })
    const given = new URLSearchParams(query)
    const reply = http(ctx, s.hosts[0]!, given.get('method') ?? 'GET', `/${(given.get('path') ?? '').replace(/^\//, '')}`, request.body)
    return typeof reply === 'string' ? json(502, { statusCode: 502, error: 'Bad Gateway', message: reply }) : reply
  }
  if (path === '/') return { status: 302, headers: { location: '/app/home', ...named }, body: '' }
  if (path.startsWith('/app/'))
    return {
      status: 200,
      headers: { 'content-type': 'text/html; charset=utf-8', ...named },
      body: '<!DOCTYPE html><html><head><title>Elastic</title></head><body>clusterlab does not simulate the pages of Kibana</body></html>\n',
    }
  return json(404, { statusCode: 404, error: 'Not Found', message: 'Not Found' }, named)
}

function request(s: State, event: ProcessEvent & { type: 'request' }, ctx: ProcessContext): State {
  if (event.protocol === 'http') ctx.reply(answer(s, event.payload as HttpRequest, ctx), 5)
  else ctx.reset()
  return s
}

export const kibana: Program<State> = {
  name: 'kibana',
  executables: ['kibana', 'kibana-docker'],
  start,
  on(s, event, ctx) {
    if (event.type === 'request') return request(s, event, ctx)
    if (event.type === 'signal' && (event.signal === 'TERM' || event.signal === 'INT')) {
      log(ctx, 'INFO', 'root', 'SIGTERM received - initiating shutdown')
      ctx.exit(0)
    }
    if (event.type !== 'timer') return s
    if (event.id === 'check') return check(s, ctx)
    ctx.listen(s.port)
    log(ctx, 'INFO', 'http.server.Kibana', `http server running at http://0.0.0.0:${s.port}`)
    return check({ ...s, phase: 'waiting' }, ctx)
  },
}

export const kibanaImage: ImageRecord = {
  repositories: ['docker.elastic.co/kibana/kibana', 'kibana', 'elastic/kibana'],
  version: elasticVersion,
  image: (version) => ({
    entrypoint: ['/bin/tini', '--'],
    cmd: ['/usr/local/bin/kibana-docker'],
    env: { KIBANA_VERSION: version, ELASTIC_CONTAINER: 'true' },
    workingDir: HOME,
    user: '1000',
    users: { kibana: [1000, 1000] },
    owned: { [HOME]: 'kibana' },
    exposedPorts: [5601],
    sizeBytes: 450 * MB,
    base: 'debian',
    executables: ['kibana', 'kibana-docker', 'curl'],
    files: {
      [`${HOME}/config/kibana.yml`]:
        'server.host: "0.0.0.0"\nserver.shutdownTimeout: "5s"\nelasticsearch.hosts: [ "http://elasticsearch:9200" ]\n',
    },
  }),
  scriptRuns: 'kibana-docker',
}
