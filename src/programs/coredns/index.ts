/** CoreDNS, the cluster's name server: configured by its Corefile, watching Services, EndpointSlices and Pods. */
import { sha256 } from '../../lib/hash.ts'
import type { DnsQuery, DnsReply, HttpReply, HttpRequest } from '../../network/contract.ts'
import { blockFor, parseCorefile, type ServerBlock } from '../../network/dns/corefile.ts'
import type { Image, ProcessContext, Program } from '../contract.ts'
import { type ImageRecord, MB, versions } from '../images/define.ts'
import { answerQuery, type Question, upstreams, zoneTtl } from './answer.ts'
import { cacheFor, type DnsCache, fresh, keep, stale } from './cache.ts'
import { refusal } from './plugins.ts'

const DEFAULT_PATH = '/etc/coredns/Corefile'
const HEALTH = 8080
const READY = 8181
const METRICS = 9153
const ANSWER_MS = 0.2
const RELOAD_MS = 30_000
/** After the start the plug-in asks once whether its own question comes back. */
const LOOP_MS = 500
const MEMORY = 18 * 1024 * 1024
const CPU_MILLI = 2

interface State {
  readonly blocks: readonly ServerBlock[]
  readonly hash: string
  readonly leaving: boolean
  readonly cache: DnsCache
}

const portsOf = (blocks: readonly ServerBlock[]): number[] => [...new Set(blocks.map((b) => b.port))]
const has = (blocks: readonly ServerBlock[], plugin: string): boolean => blocks.some((b) => b.plugins.some((p) => p.name === plugin))

type Read =
  | { readonly ok: true; readonly blocks: readonly ServerBlock[]; readonly hash: string }
  | { readonly ok: false; readonly message: string }

/** The Corefile as it is now, with everything that keeps CoreDNS from starting with it. */
function corefile(ctx: ProcessContext): Read & { readonly hash?: string } {
  const at = ctx.argv.indexOf('-conf')
  const path = at >= 0 ? ctx.argv[at + 1]! : DEFAULT_PATH
  let text: string
  try {
    text = ctx.files.read(path)
  } catch {
    return { ok: false, message: `open ${path}: no such file or directory` }
  }
  const hash = sha256(text)
  const parsed = parseCorefile(text, path)
  if (!parsed.ok) return { ...parsed, hash }
  const message = refusal(parsed.blocks, path)
  return message === undefined ? { ok: true, blocks: parsed.blocks, hash } : { ok: false, message, hash }
}

/** The upstream of a `forward` that leads back here: this machine, this pod, or a Service it stands behind. */
function loopsTo(blocks: readonly ServerBlock[], ctx: ProcessContext): string | undefined {
  const own = new Set([ctx.pod.ip])
  for (const { metadata, spec } of ctx.api.list('services')) {
    const slices = ctx.api.labelled('endpointslices.discovery.k8s.io', metadata.namespace!, 'kubernetes.io/service-name', metadata.name)
    if (spec?.clusterIP && slices.some((s) => s.endpoints?.some((e) => e.targetRef?.uid === ctx.pod.uid))) own.add(spec.clusterIP)
  }
  return blocks
    .filter(({ plugins }) => plugins.some((p) => p.name === 'loop'))
    .flatMap(({ plugins }) => plugins.filter((p) => p.name === 'forward').flatMap(upstreams))
    .find(({ host }) => host.startsWith('127.') || own.has(host))?.host
}

function lookForLoop({ blocks }: State, ctx: ProcessContext): void {
  const host = loopsTo(blocks, ctx)
  if (host === undefined) return
  const number = (name: string): number => Math.floor(ctx.random(`loop/${name}`) * 9e15)
  ctx.log(
    `[FATAL] plugin/loop: Loop (${host}:${40_000 + (number('port') % 20_000)} -> :53) detected for zone ".", see https://coredns.io/plugins/loop#troubleshooting. Query: "HINFO ${number('a')}.${number('b')}."`,
  )
  ctx.exit(1)
}

function start(ctx: ProcessContext): State {
  const read = corefile(ctx)
  if (!read.ok) {
    ctx.log(read.message)
    ctx.exit(1)
    return { blocks: [], hash: '', leaving: false, cache: {} }
  }
  const { blocks, hash } = read
  for (const port of portsOf(blocks)) ctx.listen(port)
  if (has(blocks, 'health')) ctx.listen(HEALTH)
  if (has(blocks, 'ready')) ctx.listen(READY)
  if (has(blocks, 'prometheus')) ctx.listen(METRICS)
  ctx.memory(MEMORY)
  ctx.cpu(CPU_MILLI)
  for (const { zones, port } of blocks) for (const zone of zones) ctx.log(`${zone === '.' ? '.' : `${zone}.`}:${port}`)
  if (has(blocks, 'reload')) ctx.log(`[INFO] plugin/reload: Running configuration SHA512 = ${hash}${hash}`)
  ctx.log('CoreDNS-1.14.2\nlinux/amd64, go1.25.5, dd1df4f')
  if (has(blocks, 'loop')) ctx.timer('loop', LOOP_MS)
  return { blocks, hash, leaving: false, cache: {} }
}

/** `reload` looks at the file now and then; a bad one is reported and left alone. */
function reload(state: State, ctx: ProcessContext): State {
  const read = corefile(ctx)
  if (read.hash === undefined || read.hash === state.hash) return state
  const { hash } = read
  if (!read.ok) {
    ctx.log(`[ERROR] Restart failed: ${read.message}\n[ERROR] plugin/reload: Corefile changed but reload failed: ${read.message}`)
    return { ...state, hash }
  }
  ctx.log('[INFO] Reloading')
  ctx.log(`[INFO] plugin/reload: Running configuration SHA512 = ${hash}${hash}\n[INFO] Reloading complete`)
  for (const port of portsOf(state.blocks)) if (!portsOf(read.blocks).includes(port)) ctx.unlisten(port)
  for (const port of portsOf(read.blocks)) if (!portsOf(state.blocks).includes(port)) ctx.listen(port)
  if (has(read.blocks, 'loop')) ctx.timer('loop', LOOP_MS)
  return { ...state, blocks: read.blocks, hash, cache: {} }
}

function leave(state: State, ctx: ProcessContext): State {
  const lameduck = state.blocks
    .flatMap((b) => b.plugins)
    .find((p) => p.name === 'health')
    ?.lines.find(([w]) => w === 'lameduck')?.[1]
  ctx.log('[INFO] SIGTERM: Shutting down servers then terminating')
  const seconds = /^(\d+)s$/.exec(lameduck ?? '')
  if (seconds === null) {
    ctx.exit(0)
    return state
  }
  ctx.log(`[INFO] plugin/health: Going into lameduck mode for ${lameduck}`)
  ctx.timer('bye', Number(seconds[1]) * 1000)
  return { ...state, leaving: true }
}

function http(state: State, port: number, request: HttpRequest): HttpReply {
  const path = request.path.split('?')[0]
  if (port === READY && path === '/ready') return text(state.leaving ? 503 : 200, state.leaving ? '' : 'OK')
  if (port === HEALTH && path === '/health') return text(200, 'OK')
  return text(404, '404 page not found\n')
}

const text = (status: number, body: string): HttpReply => ({ status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body })

/** From what was kept, or from the plug-ins behind the cache. */
function answered(
  { blocks, cache }: State,
  question: Question,
  ctx: ProcessContext,
): { readonly reply: DnsReply; readonly latencyMs: number; readonly cache: DnsCache } {
  const { query } = question
  const plugin = cacheFor(blockFor(blocks, query.name, question.port), query)
  const known = plugin && fresh(cache, query, ctx.nowMs)
  if (known !== undefined) return { reply: known, latencyMs: 0, cache }
  const { reply, latencyMs } = answerQuery(blocks, question, ctx)
  if (plugin === undefined) return { reply, latencyMs, cache }
  const old = stale(plugin, cache, query, ctx.nowMs)
  const kept = keep(cache, plugin, query, reply, zoneTtl(blocks, question), ctx.nowMs)
  return old === undefined ? { reply, latencyMs, cache: kept } : { reply: old, latencyMs: 0, cache: kept }
}

export const coredns: Program<State> = {
  name: 'coredns',
  executables: ['coredns'],
  start,
  on(state, event, ctx) {
    switch (event.type) {
      case 'request': {
        if (event.protocol === 'dns' && portsOf(state.blocks).includes(event.port)) {
          const query = event.payload as DnsQuery
          const { reply, latencyMs, cache } = answered(state, { query, port: event.port }, ctx)
          if (blockFor(state.blocks, query.name, event.port)?.plugins.some((p) => p.name === 'log'))
            ctx.log(
              `[INFO] ${event.sourceIp}:${40_000 + query.name.length} - ${query.name.length} "${query.type} IN ${query.name}. udp ${query.name.length + 30} false 512" ${reply.code} qr,aa,rd ${query.name.length * 2 + 40} 0.000${query.name.length}s`,
            )
          ctx.reply(reply, ANSWER_MS + latencyMs)
          if (cache !== state.cache) return { ...state, cache }
        } else if (event.protocol === 'http') ctx.reply(http(state, event.port, event.payload as HttpRequest))
        else ctx.reset()
        return state
      }
      case 'files-changed':
        if (has(state.blocks, 'reload')) ctx.timer('reload', RELOAD_MS)
        return state
      case 'timer':
        if (event.id === 'bye') ctx.exit(0)
        if (event.id === 'loop') lookForLoop(state, ctx)
        return event.id === 'reload' ? reload(state, ctx) : state
      case 'signal':
        return event.signal === 'TERM' || event.signal === 'INT' ? leave(state, ctx) : state
      default:
        return state
    }
  },
}

export const corednsImage: ImageRecord = {
  repositories: ['registry.k8s.io/coredns/coredns', 'coredns/coredns'],
  version: versions({ latest: '1.14.2', prefix: 'v', series: { '1.11': 4, '1.12': 4, '1.13': 2, '1.14': 2 } }),
  image: (): Omit<Image, 'repositories'> => ({
    entrypoint: ['/coredns'],
    cmd: [],
    env: {},
    sizeBytes: 22 * MB,
    base: 'scratch',
    executables: ['coredns'],
  }),
}
