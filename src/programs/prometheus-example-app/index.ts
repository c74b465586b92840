/** quay.io/brancz/prometheus-example-app: a server with one page, one that fails, and the count of its requests at /metrics. https://github.com/brancz/prometheus-example-app */
import type { HttpRequest } from '../../network/contract.ts'
import type { Program } from '../contract.ts'
import { type ImageRecord, MB, versions } from '../images/define.ts'
import { family } from '../prometheus/exposition.ts'
import { MiB } from '../text/context.ts'
import { plainText } from '../text/http.ts'

const PORT = 8080

interface State {
  /** Code → requests answered one by one. */
  readonly counts: Readonly<Record<string, number>>
  /** Of a load: how many a second, since when, and of what code the last of them was. */
  readonly perSecond: number
  readonly sinceMs: number
  readonly code: string
}

/** With what a load has asked until now. */
function settled(s: State, nowMs: number): State {
  const more = Math.floor(((nowMs - s.sinceMs) / 1000) * s.perSecond)
  if (more === 0) return s
  return { ...s, counts: { ...s.counts, [s.code]: (s.counts[s.code] ?? 0) + more }, sinceMs: s.sinceMs + (more / s.perSecond) * 1000 }
}

const metrics = (s: State, version: string): string =>
  family(
    'http_requests_total',
    'counter',
    'Count of all HTTP requests',
    Object.entries(s.counts).map(([code, value]) => ({ labels: { code, method: 'get' }, value })),
  ) + family('version', 'gauge', 'Version information about this binary', [{ labels: { version: `v${version}` }, value: 1 }])

export const prometheusExampleApp: Program<State> = {
  name: 'prometheus-example-app',
  executables: ['prometheus-example-app'],
  start(ctx) {
    ctx.listen(PORT)
    ctx.memory(8 * MiB)
    ctx.cpu(1)
    return { counts: {}, perSecond: 0, sinceMs: ctx.nowMs, code: '200' }
  },
  on(s, event, ctx) {
    if (event.type === 'load') return { ...settled(s, ctx.nowMs), perSecond: event.perSecond, sinceMs: ctx.nowMs }
    if (event.type === 'signal' && (event.signal === 'TERM' || event.signal === 'INT')) ctx.exit(0)
    if (event.type !== 'request') return s
    if (event.protocol !== 'http') {
      ctx.reset()
      return s
    }
    const path = (event.payload as HttpRequest).path.split('?')[0]
    if (path === '/metrics') {
      const now = settled(s, ctx.nowMs)
      ctx.reply(plainText(200, metrics(now, ctx.env['VERSION'] ?? '0.5.0'), { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }))
      return now
    }
    const code = path === '/err' ? '404' : '200'
    ctx.reply(plainText(Number(code), code === '200' ? 'Hello from example application.' : ''))
    // Those of a load are counted by their rate.
    return s.perSecond > 0 ? { ...settled(s, ctx.nowMs), code } : { ...s, code, counts: { ...s.counts, [code]: (s.counts[code] ?? 0) + 1 } }
  },
}

export const prometheusExampleAppImage: ImageRecord = {
  repositories: ['quay.io/brancz/prometheus-example-app'],
  version: versions({ prefix: 'v', series: { '0.1': 0, '0.2': 0, '0.3': 0, '0.4': 0, '0.5': 0 } }),
  image: (version) => ({
    entrypoint: ['/bin/prometheus-example-app'],
    cmd: [],
    env: { VERSION: version },
    exposedPorts: [PORT],
    sizeBytes: 8 * MB,
    base: 'scratch',
    executables: ['prometheus-example-app'],
  }),
}
