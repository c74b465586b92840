/** Python's clients and servers: urllib.request, socket, and http.server with its handlers. */
import type { DialResult, HttpReply, HttpRequest } from '../../network/contract.ts'
import { NotSimulated } from '../scripting/ast.ts'
import { requestTo, type Url, urlParts } from '../scripting/http.ts'
import { type Machine, Thrown } from '../scripting/machine.ts'
import { write } from '../scripting/output.ts'
import { isBuiltin, isText, textLength, type Value } from '../scripting/values.ts'
import { commonLogTime } from '../text/times.ts'
import { makeError } from './errors.ts'
import { type Call, dict, field, given, type Natives, number, object, seconds, setField, text, tuple } from './natives.ts'
import { ownMethod, plain, str } from './text.ts'

/** What a socket without a time-out waits for a silent host. */
const NEVER_MS = 130_000

// ── clients ──

/** One request; its latency is the script's. */
function send(
  m: Machine,
  url: Url,
  method: string,
  headers: Readonly<Record<string, string>>,
  body: string | undefined,
  timeoutMs: number,
): DialResult {
  const done = m.ctx.dial(requestTo(url, method, headers, body, timeoutMs))
  // An answer takes its time: the thread goes on when it is there.
  m.wait({ k: 'sleep', untilMs: m.nowMs + done.latencyMs })
  return done
}

const SOCKET_ERRORS: Readonly<Record<string, readonly [kind: string, text: string]>> = {
  refused: ['ConnectionRefusedError', '[Errno 111] Connection refused'],
  timeout: ['TimeoutError', 'timed out'],
  reset: ['ConnectionResetError', '[Errno 104] Connection reset by peer'],
  'no-route': ['OSError', '[Errno 113] No route to host'],
  'dns-not-found': ['socket.gaierror', '[Errno -2] Name or service not known'],
  'dns-timeout': ['socket.gaierror', '[Errno -3] Temporary failure in name resolution'],
  'dns-refused': ['socket.gaierror', '[Errno -3] Temporary failure in name resolution'],
  tls: ['OSError', '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to get local issuer certificate (_ssl.c:1032)'],
}
const socketError = (m: Machine, failure: string): Value => {
  const [kind, message] = SOCKET_ERRORS[failure] ?? ['OSError', failure]
  return makeError(m, kind, [message])
}

function urlopen(m: Machine, call: Call): Value {
  const target = call.args[0]!
  const request = m.is(target, 'obj')
  const source = request === undefined ? text(m, target) : String(request.attrs['.url'] ?? '')
  const url = urlParts(source)
  if (url === undefined) return m.fail('ValueError', `unknown url type: '${source}'`)
  const data = given(call, 1, 'data') ?? request?.attrs['.data'] ?? null
  const headers = Object.fromEntries(
    request === undefined ? [] : m.language.entries(m, request.attrs['.headers']!).map(([k, v]) => [plain(m, k).toLowerCase(), str(m, v)]),
  )
  const own = request?.attrs['.method'] ?? null
  const method = own === null ? (data === null ? 'GET' : 'POST') : plain(m, own)
  const agent = { 'user-agent': 'Python-urllib/3.13', ...headers }
  const done = send(m, url, method, agent, data === null ? undefined : plain(m, data), seconds(m, given(call, 2, 'timeout'), NEVER_MS))
  if (!done.ok) {
    const inner = socketError(m, done.failure)
    if (done.failure === 'timeout' && given(call, 2, 'timeout') !== undefined) throw new Thrown(inner)
    throw new Thrown(makeError(m, 'urllib.error.URLError', [`<urlopen error ${str(m, inner)}>`], { reason: inner }))
  }
  const reply = done.reply as HttpReply | null
  if (reply === null || typeof reply !== 'object' || !('status' in reply))
    return m.fail('OSError', 'Remote end closed connection without response')
  const response = object(m, 'HTTPResponse', {
    status: reply.status,
    code: reply.status,
    url: source,
    '.body': reply.body,
    headers: object(m, 'headers', { '.all': dict(m, Object.entries(reply.headers)) }),
  })
  if (reply.status < 400) return response
  throw new Thrown(
    makeError(m, 'urllib.error.HTTPError', [`HTTP Error ${reply.status}: ${REASONS[reply.status] ?? ''}`], {
      code: reply.status,
      '.body': reply.body,
    }),
  )
}

const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  204: 'No Content',
  301: 'Moved Permanently',
  302: 'Found',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
}

const clients: Natives = {
  'urllib.request.urlopen': urlopen,
  'urllib.request.Request': (m, call) =>
    object(m, 'Request', {
      '.url': given(call, 0, 'url')!,
      '.data': given(call, 1, 'data') ?? null,
      '.headers': given(call, 2, 'headers') ?? dict(m, []),
      '.method': call.names.get('method') ?? null,
    }),
  'Request.add_header': (m, { self, args }) => {
    m.language.setIndex(m, field(m, self, '.headers'), args[0]!, args[1]!)
    return null
  },
  'HTTPResponse.read': (m, { self }) => {
    const body = field(m, self, '.body')
    setField(m, self, '.body', '')
    return body
  },
  'HTTPResponse.getcode': (m, { self }) => field(m, self, 'status'),
  'HTTPResponse.close': () => null,
  'HTTPResponse.__enter__': (_m, { self }) => self,
  'HTTPResponse.__exit__': () => null,
  'headers.get': (m, { self, args }) => header(m, self, args[0]!) ?? args[1] ?? null,
  'headers.__getitem__': (m, { self, args }) => header(m, self, args[0]!) ?? null,
  'headers.__contains__': (m, { self, args }) => header(m, self, args[0]!) !== undefined,
  'headers.items': (m, { self }) => m.call(m.language.attr(m, field(m, self, '.all'), 'items'), []),
  'urllib.parse.quote': (m, { args }) => encodeURIComponent(text(m, args[0])),
  'urllib.parse.urlparse': (m, { args }) => {
    const source = text(m, args[0])
    const [head = '', query = ''] = source.split('?')
    return object(m, 'ParseResult', { path: head.replace(/^\w+:\/\/[^/]*/, ''), query, netloc: /^\w+:\/\/([^/]*)/.exec(head)?.[1] ?? '' })
  },
  'urllib.parse.parse_qs': (m, { args }) => {
    const out = new Map<string, Value[]>()
    for (const pair of text(m, args[0])
      .split('&')
      .filter((p) => p.includes('='))) {
      const [k = '', v = ''] = pair.split('=')
      out.set(k, [...(out.get(k) ?? []), decodeURIComponent(v.replaceAll('+', ' ').replace(/%(?![\da-fA-F]{2})/g, '%25'))])
    }
    return dict(
      m,
      [...out].map(([k, v]) => [k, m.heap.make({ t: 'list', v })] as const),
    )
  },
  'socket.gethostname': (m) => m.ctx.hostname,
  'socket.gethostbyname': (m, { args }) => {
    const name = text(m, args[0])
    if (/^\d+\.\d+\.\d+\.\d+$/.test(name)) return name
    if (name === m.ctx.hostname) return m.ctx.pod.ip
    const answer = m.ctx.resolve(name, 'A')
    const found = answer.ok ? answer.records.find((r) => r.type === 'A') : undefined
    if (found !== undefined) return found.data
    throw new Thrown(socketError(m, answer.ok || answer.code === 'NXDOMAIN' ? 'dns-not-found' : 'dns-timeout'))
  },
  'socket.create_connection': (m, call) => {
    const [host, port] = m.language.spread(m, call.args[0]!)
    const done = m.ctx.dial({
      host: text(m, host),
      port: number(m, port),
      protocol: 'tcp',
      timeoutMs: seconds(m, given(call, 1, 'timeout'), NEVER_MS),
    })
    m.wait({ k: 'sleep', untilMs: m.nowMs + done.latencyMs })
    if (!done.ok) throw new Thrown(socketError(m, done.failure))
    return object(m, 'socket', {})
  },
  'socket.close': () => null,
  'socket.__enter__': (_m, { self }) => self,
  'socket.__exit__': () => null,
  'socket.socket': (m) => {
    throw new NotSimulated('socket.socket() (http.server, urllib.request and socket.create_connection are)', m.line)
  },
}

function header(m: Machine, self: Value, name: Value): Value | undefined {
  const wanted = text(m, name).toLowerCase()
  return m.language.entries(m, field(m, self, '.all')).find(([k]) => plain(m, k).toLowerCase() === wanted)?.[1]
}

// ── servers ──

const SERVERS = new Set(['HTTPServer', 'ThreadingHTTPServer', 'TCPServer', 'ThreadingTCPServer'])
export const isServer = (name: string): boolean => SERVERS.has(name)

export function makeServer(m: Machine, kind: string, cls: Value, call: Call): Value {
  const [, port] = m.language.spread(m, call.args[0]!)
  const at = number(m, port)
  if (!m.ctx.listen(at)) {
    const bound = m.ctx.mayBind(at)
    throw new Thrown(
      makeError(m, bound ? 'OSError' : 'PermissionError', [bound ? '[Errno 98] Address already in use' : '[Errno 13] Permission denied']),
    )
  }
  const directory = isBuiltin(call.args[1]!) && call.args[1].b === 'SimpleHTTPRequestHandler' ? { directory: m.ctx.cwd ?? '/' } : {}
  m.servers.push({ port: at, handler: call.args[1]!, oneByOne: !kind.startsWith('Threading'), ...directory })
  m.changed = true
  return m.heap.make({ t: 'obj', cls, attrs: { server_port: at, server_address: tuple(m, ['0.0.0.0', at]) } })
}

function stop(m: Machine, self: Value): Value {
  const port = Number(field(m, self, 'server_port'))
  m.servers = m.servers.filter((s) => s.port !== port)
  m.ctx.unlisten(port)
  for (const t of m.threads) if (t.wait?.k === 'forever') delete t.wait
  m.changed = true
  return null
}

const serving: Natives = {
  'HTTPServer.serve_forever': (m) => {
    m.wait({ k: 'forever' })
    return null
  },
  'HTTPServer.shutdown': (m, { self }) => stop(m, self),
  'HTTPServer.server_close': (m, { self }) => stop(m, self),
  'HTTPServer.__enter__': (_m, { self }) => self,
  'HTTPServer.__exit__': (m, { self }) => stop(m, self),
  'BaseHTTPRequestHandler.send_response': (m, { self, args }) => {
    const status = number(m, args[0])
    setField(m, self, '.status', status)
    m.call(m.language.attr(m, self, 'log_request'), [status])
    return null
  },
  'BaseHTTPRequestHandler.log_request': (m, { self, args }) =>
    m.call(m.language.attr(m, self, 'log_message'), ['"%s" %s %s', field(m, self, 'requestline'), str(m, args[0] ?? '-'), '-']),
  'BaseHTTPRequestHandler.log_message': (m, { self, args }) => {
    const message = plain(m, m.language.binary(m, '%', args[0]!, tuple(m, args.slice(1))))
    const [client] = m.listed(field(m, self, 'client_address'))
    write(m, 'stderr', `${str(m, client ?? '')} - - [${commonLogTime(m.nowMs).replace(' +0000', '').replace(':', ' ')}] ${message}\n`, 0)
    return null
  },
  'BaseHTTPRequestHandler.send_header': (m, { self, args }) => {
    m.language.setIndex(m, field(m, self, '.out'), str(m, args[0]!).toLowerCase(), str(m, args[1]!))
    return null
  },
  'BaseHTTPRequestHandler.end_headers': (m, { self }) => {
    setField(m, self, '.ended', true)
    return null
  },
  'BaseHTTPRequestHandler.send_error': (m, { self, args }) => {
    m.call(m.language.attr(m, self, 'send_response'), [args[0]!])
    const code = number(m, args[0])
    const message = args[1] === undefined ? (REASONS[code] ?? '') : str(m, args[1])
    setField(m, self, '.body', errorBody(code, message))
    return null
  },
  'BaseHTTPRequestHandler.address_string': (m, { self }) => m.listed(field(m, self, 'client_address'))[0] ?? '',
  'wfile.write': (m, { self, args }) => {
    const handler = field(m, self, '.handler')
    const before = field(m, handler, '.body')
    const added = args[0]!
    if (!isText(added)) throw new NotSimulated('writing other bytes than a text to wfile', m.line)
    setField(m, handler, '.body', before === '' ? added : m.language.binary(m, '+', before, added))
    return textLength(added)
  },
  'wfile.flush': () => null,
  'rfile.read': (m, { self }) => field(m, self, '.text'),
}

const errorBody = (code: number, message: string): string =>
  `<!DOCTYPE HTML>\n<html lang="en">\n    <head>\n        <meta charset="utf-8">\n        <title>Error response</title>\n    </head>\n    <body>\n        <h1>Error response</h1>\n        <p>Error code: ${code}</p>\n        <p>Message: ${message}.</p>\n    </body>\n</html>\n`

export interface Answered {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: string
}

/** Calls the handler's method of a request. Throws Thrown: the connection breaks. */
export function handle(m: Machine, handler: Value, request: HttpRequest, sourceIp: string): Answered {
  const h = m.heap.make({ t: 'obj', cls: handler, attrs: {} })
  const attrs = (m.heap.edit(h) as { attrs: Record<string, Value> }).attrs
  Object.assign(attrs, {
    path: request.path,
    command: request.method,
    requestline: `${request.method} ${request.path} HTTP/1.1`,
    request_version: 'HTTP/1.1',
    client_address: tuple(m, [sourceIp, 40_000]),
    headers: object(m, 'headers', {
      '.all': dict(
        m,
        Object.entries({
          ...request.headers,
          ...(request.body !== undefined && { 'content-length': String(Buffer.byteLength(request.body)) }),
        }),
      ),
    }),
    rfile: object(m, 'rfile', { '.text': request.body ?? '' }),
    wfile: object(m, 'wfile', { '.handler': h }),
    server: object(m, 'HTTPServer', {}),
    '.out': dict(m, []),
    '.status': 0,
    '.body': '',
  })
  const method = ownMethod(m, h, `do_${request.method}`)
  if (method === undefined) m.atOnce(m.language.attr(m, h, 'send_error'), [501, `Unsupported method ('${request.method}')`])
  else m.atOnce(m.method(method, h), [])
  const out = Object.fromEntries(m.language.entries(m, field(m, h, '.out')).map(([k, v]) => [plain(m, k), plain(m, v)]))
  const status = Number(field(m, h, '.status'))
  return { status, headers: out, body: plain(m, field(m, h, '.body')) }
}

/** The handlers and servers that classes may come from. */
export const BASES = new Set(['BaseHTTPRequestHandler', 'SimpleHTTPRequestHandler', 'ThreadingMixIn', ...SERVERS])
/** What a class of the library is looked up as. */
export const family = (name: string): string =>
  SERVERS.has(name) ? 'HTTPServer' : name === 'SimpleHTTPRequestHandler' ? 'BaseHTTPRequestHandler' : name
export const web: Natives = { ...clients, ...serving }
