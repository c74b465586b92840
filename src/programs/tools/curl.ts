/** curl(1) 8: one HTTP exchange after another, with its messages and exit statuses. */
import type { DialResult, HttpReply, HttpRequest } from '../../network/contract.ts'
import type { Json, ToolContext } from '../../script/contract.ts'
import { type CurlOptions, parseCurl } from './curl-options.ts'
import { type Act, type NetworkAccess, type NetworkToolRecord, parseUrl, turnOf, type Url } from './machine.ts'

/** How long Linux tries to connect: six SYNs. */
const CONNECT_MS = 134_000
const ANSWER_MS = 300_000
const MAX_REDIRECTS = 50

interface Memory {
  readonly url: number
  readonly attempt: number
  readonly failed: number
}

interface Exchange {
  readonly exitCode: number
  readonly error?: string
  readonly reply?: HttpReply
  readonly ms: number
  readonly url: Url
  readonly log: string
  readonly refused: boolean
  readonly transient: boolean
}

const reason: Record<number, string> = {
  200: 'OK',
  201: 'Created',
  204: 'No Content',
  301: 'Moved Permanently',
  302: 'Found',
  304: 'Not Modified',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
}
export const statusLine = (reply: HttpReply): string => `HTTP/1.1 ${reply.status} ${reason[reply.status] ?? ''}`.trimEnd()
const headerName = (name: string): string => name.replace(/(^|-)([a-z])/g, (_, dash: string, c: string) => dash + c.toUpperCase())
export const headerLines = (reply: HttpReply): string[] => Object.entries(reply.headers).map(([n, v]) => `${headerName(n)}: ${v}`)

/** Connects once, following no redirect. */
function exchange(o: CurlOptions, url: Url, method: string, ctx: ToolContext, access: NetworkAccess): Exchange {
  const authority = url.portGiven ? `${url.host}:${url.port}` : url.host
  const user = o.user ?? url.user
  const headers: Record<string, string> = {
    host: authority,
    'user-agent': 'curl/8.14.1',
    accept: '*/*',
    ...(user !== undefined && { authorization: `Basic ${Buffer.from(user).toString('base64')}` }),
  }
  if (o.data !== undefined && method !== 'GET')
    Object.assign(headers, {
      'content-length': String(Buffer.byteLength(o.data)),
      ...(method !== 'PUT' && { 'content-type': 'application/x-www-form-urlencoded' }),
    })
  Object.assign(headers, o.headers)
  const host = headers['host']!
  const message: HttpRequest = {
    method,
    path: url.path,
    host,
    headers,
    ...(o.data !== undefined && method !== 'GET' && { body: o.data }),
    ...(url.scheme === 'https' && {
      tls: {
        serverName: url.host,
        ...(o.insecure && { insecure: true }),
        ...(o.ca !== undefined && { ca: o.ca }),
        ...(o.certificate !== undefined && { certificate: o.certificate }),
      },
    }),
  }
  const target = o.resolve[`${url.host}:${url.port}`] ?? url.host
  const connectTimeoutMs = o.connectTimeoutMs ?? CONNECT_MS
  const result = access.dial({
    host: target,
    port: url.port,
    protocol: 'http',
    payload: message,
    timeoutMs: o.maxTimeMs ?? ANSWER_MS,
    connectTimeoutMs: Math.min(connectTimeoutMs, o.maxTimeMs ?? connectTimeoutMs),
    turn: turnOf(ctx),
  })
  const sent = [`${method} ${url.path} HTTP/1.1`, ...Object.entries(headers).map(([n, v]) => `${headerName(n)}: ${v}`), '']
    .map((l) => `> ${l}\n`)
    .join('')
  const ms = result.latencyMs
  if (!result.ok) return { ...failure(o, url, result), ms, url, log: `*   Trying ${result.address ?? target}:${url.port}...\n` }
  const reply = result.reply as HttpReply
  const log = `*   Trying ${result.address ?? target}:${url.port}...\n* Connected to ${url.host} (${result.address ?? target}) port ${url.port}\n${sent}* Request completely sent off\n`
  if (typeof reply?.status !== 'number')
    return { exitCode: 1, error: 'Received HTTP/0.9 when not allowed', ms, url, log, refused: false, transient: false }
  if (message.tls && reply.certificate === undefined)
    return {
      exitCode: 35,
      error: 'TLS connect error: error:0A00010B:SSL routines::wrong version number',
      ms,
      url,
      log,
      refused: false,
      transient: false,
    }
  const received = [statusLine(reply), ...headerLines(reply), ''].map((l) => `< ${l}\n`).join('')
  return {
    exitCode: 0,
    reply,
    ms,
    url,
    log: log + received,
    refused: false,
    transient: [408, 429, 500, 502, 503, 504].includes(reply.status),
  }
}

function failure(o: CurlOptions, url: Url, result: DialResult & { ok: false }): Omit<Exchange, 'ms' | 'url' | 'log'> {
  const ms = Math.round(result.latencyMs)
  const of = (
    exitCode: number,
    error: string,
    more: { refused?: boolean; transient?: boolean } = {},
  ): Omit<Exchange, 'ms' | 'url' | 'log'> => ({ exitCode, error, refused: more.refused ?? false, transient: more.transient ?? false })
  switch (result.failure) {
    case 'dns-not-found':
    case 'dns-refused':
      return of(6, `Could not resolve host: ${url.host}`)
    case 'dns-timeout':
      return o.maxTimeMs !== undefined || o.connectTimeoutMs !== undefined
        ? of(28, `Resolving timed out after ${ms} milliseconds`, { transient: true })
        : of(6, `Could not resolve host: ${url.host}`)
    case 'refused':
      return of(7, `Failed to connect to ${url.host} port ${url.port} after ${ms} ms: Could not connect to server`, { refused: true })
    case 'no-route':
      return of(7, `Failed to connect to ${url.host} port ${url.port} after ${ms} ms: No route to host`)
    case 'reset':
      return of(
        result.message.includes('empty') ? 52 : 56,
        result.message.includes('empty') ? 'Empty reply from server' : 'Recv failure: Connection reset by peer',
      )
    case 'tls':
      return of(
        60,
        `SSL certificate problem: ${result.message || 'unable to get local issuer certificate'}\nMore details here: https://curl.se/docs/sslcerts.html\n\ncurl failed to verify the legitimacy of the server and therefore could not\nestablish a secure connection to it. To learn more about this situation and\nhow to fix it, please visit the webpage mentioned above.`,
      )
    default:
      // Nobody took the connection, or somebody did and says nothing.
      if (
        result.message.includes('connect') ||
        (o.connectTimeoutMs !== undefined && ms <= o.connectTimeoutMs && ms < (o.maxTimeMs ?? Number.POSITIVE_INFINITY))
      )
        return of(
          28,
          o.maxTimeMs !== undefined || o.connectTimeoutMs !== undefined
            ? `Connection timed out after ${ms} milliseconds`
            : `Failed to connect to ${url.host} port ${url.port} after ${ms} ms: Could not connect to server`,
          { transient: true },
        )
      return of(28, `Operation timed out after ${ms} milliseconds with 0 bytes received`, { transient: true })
  }
}

function follow(o: CurlOptions, first: Exchange, ctx: ToolContext, access: NetworkAccess): Exchange {
  let at = first
  let log = first.log
  let ms = first.ms
  for (let n = 0; o.follow && at.reply !== undefined && [301, 302, 303, 307, 308].includes(at.reply.status); n++) {
    const location = at.reply.headers['location']
    const next =
      location === undefined
        ? undefined
        : parseUrl(location.startsWith('/') ? `${at.url.scheme}://${at.url.host}:${at.url.port}${location}` : location)
    if (next === undefined) break
    if (n >= MAX_REDIRECTS) return { ...at, exitCode: 47, error: `Maximum (${MAX_REDIRECTS}) redirects followed`, ms, log }
    const given = o.method ?? 'GET'
    const method = at.reply.status === 307 || at.reply.status === 308 || given === 'HEAD' ? given : 'GET'
    at = exchange(o, next, method, ctx, access)
    ms += at.ms
    log += at.log
  }
  return { ...at, ms, log }
}

function written(format: string, x: Exchange): string {
  const seconds = (x.ms / 1000).toFixed(6)
  const values: Record<string, string> = {
    http_code: String(x.reply?.status ?? 0).padStart(3, '0'),
    response_code: String(x.reply?.status ?? 0).padStart(3, '0'),
    time_total: seconds,
    time_connect: (Math.min(x.ms, 1) / 1000).toFixed(6),
    time_starttransfer: seconds,
    size_download: String(x.reply ? Buffer.byteLength(x.reply.body) : 0),
    url_effective: `${x.url.scheme}://${x.url.host}${x.url.portGiven ? `:${x.url.port}` : ''}${x.url.path}`,
    content_type: x.reply?.headers['content-type'] ?? '',
    redirect_url: x.reply?.headers['location'] ?? '',
    exitcode: String(x.exitCode),
    errormsg: x.error ?? '',
    remote_port: String(x.url.port),
    num_redirects: '0',
  }
  return format.replace(/%\{(\w+)\}|\\([ntr\\])|%%/g, (whole, name?: string, mark?: string) =>
    name !== undefined
      ? (values[name] ?? '')
      : mark !== undefined
        ? { n: '\n', t: '\t', r: '\r', '\\': '\\' }[mark]!
        : whole === '%%'
          ? '%'
          : '',
  )
}

function outputOf(o: CurlOptions, x: Exchange, ctx: ToolContext): { stdout: string; stderr: string; exitCode: number } {
  let { exitCode, error } = x
  let stdout = ''
  if (x.reply !== undefined) {
    const failed = (o.fail || o.failWithBody) && x.reply.status >= 400
    if (failed) [exitCode, error] = [22, `The requested URL returned error: ${x.reply.status}`]
    const head = o.head || o.include ? [statusLine(x.reply), ...headerLines(x.reply), ''].map((l) => `${l}\r\n`).join('') : ''
    const body = failed && o.fail && !o.failWithBody ? '' : head + (o.head ? '' : x.reply.body)
    const output = o.remoteName ? x.url.path.split('?')[0]!.split('/').at(-1)! : o.output
    if (output === undefined || output === '-') stdout = body
    else if (output !== '/dev/null') {
      try {
        ctx.files.write(ctx.path(output), body)
      } catch (thrown) {
        if (!(thrown instanceof Error) || thrown.name !== 'FileError') throw thrown
        ;[exitCode, error] = [23, `Failed to open the file ${output}: ${thrown.message}`]
      }
    }
  }
  if (o.writeOut !== undefined) stdout += written(o.writeOut, { ...x, exitCode, ...(error !== undefined && { error }) })
  const complaint = error !== undefined && (!o.silent || o.showError) ? `curl: (${exitCode}) ${error}\n` : ''
  return { stdout, stderr: (o.verbose ? x.log : '') + complaint, exitCode }
}

function act(ctx: ToolContext, access: NetworkAccess, memory: Json | undefined): Act {
  if (ctx.argv[1] === '--version' || ctx.argv[1] === '-V')
    return { afterMs: 0, exitCode: 0, stdout: 'curl 8.14.1 (x86_64-pc-linux-gnu) libcurl/8.14.1\n' }
  const o = parseCurl(ctx)
  if ('error' in o) return { afterMs: 0, exitCode: o.exitCode, stderr: o.error }
  const at = (memory ?? { url: 0, attempt: 0, failed: 0 }) as unknown as Memory
  const text = o.urls[at.url]
  if (text === undefined) return { afterMs: 0, exitCode: at.failed }
  const url = parseUrl(text)
  const last = at.url === o.urls.length - 1
  const bad =
    url === undefined
      ? { exitCode: 3, text: 'URL rejected: No host part in the URL' }
      : ['http', 'https'].includes(url.scheme)
        ? undefined
        : { exitCode: 1, text: `Protocol "${url.scheme}" not supported` }
  if (bad !== undefined)
    return {
      afterMs: 0,
      stderr: `curl: (${bad.exitCode}) ${bad.text}\n`,
      ...(last ? { exitCode: bad.exitCode } : { next: { ...at, url: at.url + 1, failed: bad.exitCode } as unknown as Json }),
    }
  const x = follow(o, exchange(o, url!, o.method ?? 'GET', ctx, access), ctx, access)
  const again =
    x.transient || (x.refused && o.retryRefused) || (o.retryAll && (x.exitCode !== 0 || (o.fail && (x.reply?.status ?? 0) >= 400)))
  if (again && at.attempt < o.retry) {
    const delayMs = o.retryDelayMs ?? Math.min(600_000, 1000 * 2 ** at.attempt)
    const problem = x.exitCode === 28 ? 'timeout' : x.refused ? 'connection refused' : x.reply ? 'HTTP error' : '(retrying all errors)'
    const note =
      o.silent && !o.showError
        ? ''
        : `Warning: Problem: ${problem}. Will retry in ${Math.round(delayMs / 1000)} second${delayMs === 1000 ? '' : 's'}. ${o.retry - at.attempt} ${o.retry - at.attempt === 1 ? 'retry' : 'retries'} left.\n`
    return { afterMs: x.ms + delayMs, stderr: note, next: { ...at, attempt: at.attempt + 1 } as unknown as Json }
  }
  const shown = outputOf(o, x, ctx)
  const step = { afterMs: x.ms, stdout: shown.stdout, stderr: shown.stderr }
  return last
    ? { ...step, exitCode: shown.exitCode }
    : { ...step, next: { url: at.url + 1, attempt: 0, failed: shown.exitCode } as unknown as Json }
}

export const curl: NetworkToolRecord = { names: ['curl'], act }
