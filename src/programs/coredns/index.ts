/** CoreDNS, the cluster's name server: configured by its Corefile, watching Services, EndpointSlices and Pods. */
import { sha256 } from '../../lib/hash.ts'
import type { DnsQuery, HttpReply, HttpRequest } from '../../network/contract.ts'
import { parseCorefile, type ServerBlock } from '../../network/dns/corefile.ts'
import type { Image, ProcessContext, Program } from '../contract.ts'
import { type ImageRecord, MB, versions } from '../images/define.ts'
import { answerQuery } from './answer.ts'

const DEFAULT_PATH = '/etc/coredns/Corefile'
const DNS = 53
const HEALTH = 8080
const READY = 8181
const METRICS = 9153
const ANSWER_MS = 0.2
const RELOAD_MS = 30_000
const MEMORY = 18 * 1024 * 1024
const CPU_MILLI = 2

interface State {
  readonly blocks: readonly ServerBlock[]
  readonly hash: string
  readonly leaving: boolean
}

const has = (blocks: readonly ServerBlock[], plugin: string): boolean => blocks.some((b) => b.plugins.some((p) => p.name === plugin))

function corefile(ctx: ProcessContext): string | undefined {
  const at = ctx.argv.indexOf('-conf')
  try {
    return ctx.files.read(at >= 0 ? ctx.argv[at + 1]! : DEFAULT_PATH)
  } catch {
    return undefined
  }
}

function start(ctx: ProcessContext): State {
  const text = corefile(ctx)
  const parsed = text === undefined ? undefined : parseCorefile(text)
  if (parsed === undefined || !parsed.ok) {
    ctx.log(parsed === undefined ? 'open /etc/coredns/Corefile: no such file or directory' : parsed.message)
    ctx.exit(1)
    return { blocks: [], hash: '', leaving: false }
  }
  const { blocks } = parsed
  ctx.listen(DNS)
  if (has(blocks, 'health')) ctx.listen(HEALTH)
  if (has(blocks, 'ready')) ctx.listen(READY)
  if (has(blocks, 'prometheus')) ctx.listen(METRICS)
  ctx.memory(MEMORY)
  ctx.cpu(CPU_MILLI)
  const hash = sha256(text!)
  for (const block of blocks) for (const zone of block.zones) ctx.log(`${zone === '.' ? '.' : `${zone}.`}:53`)
  if (has(blocks, 'reload')) ctx.log(`[INFO] plugin/reload: Running configuration SHA512 = ${hash}${hash}`)
  ctx.log('CoreDNS-1.14.2\nlinux/amd64, go1.25.5, dd1df4f')
  return { blocks, hash, leaving: false }
}

/** `reload` looks at the file now and then; a bad one is reported and left alone. */
function reload(state: State, ctx: ProcessContext): State {
  const text = corefile(ctx)
  if (text === undefined || sha256(text) === state.hash) return state
  const parsed = parseCorefile(text)
  if (!parsed.ok) {
    ctx.log(`[ERROR] Restart failed: ${parsed.message}\n[ERROR] plugin/reload: Corefile changed but reload failed: ${parsed.message}`)
    return { ...state, hash: sha256(text) }
  }
  ctx.log('[INFO] Reloading')
  ctx.log(`[INFO] plugin/reload: Running configuration SHA512 = ${sha256(text)}${sha256(text)}\n[INFO] Reloading complete`)
  return { ...state, blocks: parsed.blocks, hash: sha256(text) }
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

export const coredns: Program<State> = {
  name: 'coredns',
  executables: ['coredns'],
  start,
  on(state, event, ctx) {
    switch (event.type) {
      case 'request': {
        if (event.protocol === 'dns' && event.port === DNS) {
          const query = event.payload as DnsQuery
          const { reply, latencyMs } = answerQuery(state.blocks, query, ctx)
          if (has(state.blocks, 'log'))
            ctx.log(
              `[INFO] ${event.sourceIp}:${40_000 + query.name.length} - ${query.name.length} "${query.type} IN ${query.name}. udp ${query.name.length + 30} false 512" ${reply.code} qr,aa,rd ${query.name.length * 2 + 40} 0.000${query.name.length}s`,
            )
          ctx.reply(reply, ANSWER_MS + latencyMs)
        } else if (event.protocol === 'http') ctx.reply(http(state, event.port, event.payload as HttpRequest))
        else ctx.reset()
        return state
      }
      case 'files-changed':
        if (has(state.blocks, 'reload')) ctx.timer('reload', RELOAD_MS)
        return state
      case 'timer':
        if (event.id === 'bye') ctx.exit(0)
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
