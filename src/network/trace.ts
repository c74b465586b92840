/** `trace`: one request with every hop written down, and a verdict in words: who answered, or at which hop and why it ended. */
import type { DialResult, Hop, HttpReply, HttpRequest, Network, Origin } from './contract.ts'

export interface Trace {
  readonly hops: readonly Hop[]
  readonly result: DialResult
  /** One sentence. */
  readonly verdict: string
}

export interface TraceRequest {
  readonly url: string
  /** Host header, where it differs from the URL's. */
  readonly host?: string
  readonly method?: string
  readonly body?: string
  readonly timeoutMs?: number
  readonly turn?: number
}

interface Parts {
  readonly tls: boolean
  readonly host: string
  readonly port: number
  readonly path: string
}

/** The parts of `http://host:port/path`; the scheme may be left out. Undefined when it is no URL. */
export function parseUrl(url: string): Parts | undefined {
  const m = /^(?:(https?):\/\/)?([A-Za-z0-9._-]+)(?::(\d{1,5}))?(\/[^\s]*|\?[^\s]*)?$/.exec(url)
  if (m === null) return undefined
  const tls = m[1] === 'https'
  const path = m[4] ?? '/'
  return { tls, host: m[2]!, port: m[3] === undefined ? (tls ? 443 : 80) : Number(m[3]), path: path.startsWith('?') ? `/${path}` : path }
}

const DEFAULT_TIMEOUT_MS = 75_000

/** Undefined when the URL cannot be read. */
export function trace(
  network: Network,
  origin: Origin,
  { url, host, method = 'GET', body, timeoutMs = DEFAULT_TIMEOUT_MS, turn }: TraceRequest,
): Trace | undefined {
  const parts = parseUrl(url)
  if (parts === undefined) return undefined
  const hops: Hop[] = []
  const name = host ?? parts.host
  const payload: HttpRequest = {
    method,
    path: parts.path,
    host: name,
    headers: { 'user-agent': 'trace' },
    ...(body !== undefined && { body }),
    ...(parts.tls && { tls: { serverName: name, insecure: true } }),
  }
  const result = network.dial(origin, {
    host: parts.host,
    port: parts.port,
    protocol: 'http',
    payload,
    timeoutMs,
    trace: hops,
    ...(turn !== undefined && { turn }),
  })
  return { hops, result, verdict: verdictOf(hops, result) }
}

const seconds = (ms: number): string =>
  ms >= 1000 ? `${(ms / 1000).toFixed(1).replace(/\.0$/, '')} s` : `${ms.toFixed(1).replace(/\.0$/, '')} ms`

/** The first hop at which something went wrong is the cause; later ones follow from it. */
function verdictOf(hops: readonly Hop[], result: DialResult): string {
  const broken = hops.find((h) => !h.ok)
  const cause = broken && `${broken.at}: ${broken.detail}`
  if (!result.ok) return `No answer (${WORDS[result.failure]}) after ${seconds(result.latencyMs)}. ${cause ?? result.message}`
  const { status } = result.reply as HttpReply
  const answered = `HTTP ${status} after ${seconds(result.latencyMs)}`
  if (status < 400) return `${answered}${broken ? `, but not without trouble. ${cause}` : ''}${doubted(hops)}`
  if (cause !== undefined) return `${answered}. ${cause}`
  const process = hops.filter((h) => h.layer === 'process').at(0)
  return `${answered}: the way is open; the answer is the application's own${process ? ` (${process.at})` : ''}.`
}

/** What the client, who is `curl -k`, does not see; the last hop is the one it talks to. */
function doubted(hops: readonly Hop[]): string {
  const doubt = hops.at(-1)?.doubt
  return doubt === undefined ? '' : `. Whoever checks the certificate hangs up: ${doubt}`
}

const WORDS: Record<(DialResult & { ok: false })['failure'], string> = {
  'dns-not-found': 'no such name',
  'dns-timeout': 'the name server is silent',
  'dns-refused': 'no name server',
  refused: 'connection refused',
  timeout: 'time-out',
  reset: 'connection reset',
  'no-route': 'no route to host',
  tls: 'the certificate was not accepted',
}
