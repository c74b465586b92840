/** How nginx answers one request: the server by host, the location by path, then files, a return, or a proxied answer. */
import { RE2JS } from 're2js'
import type { HttpReply, HttpRequest } from '../../network/contract.ts'
import { compile } from '../../script/language/pattern.ts'
import type { ProcessContext } from '../contract.ts'
import { exists, kindAt, namesIn, readText, writeText } from '../text/files.ts'
import { httpDate, slashedTime } from '../text/times.ts'
import type { Backend, Location, NginxConfig, Server } from './config.ts'
import { ACCESS_LOG, logError } from './logs.ts'
import { errorPage } from './messages.ts'

export interface Answer extends HttpReply {
  readonly serviceMs: number
  /** Where the request is logged; '' for not at all. */
  readonly log: string
}

/** What a request is answered with, and from. */
export interface Serving {
  readonly config: NginxConfig
  readonly resolved: Readonly<Record<string, string>>
  readonly version: string
  readonly ctx: ProcessContext
  readonly port: number
  readonly sourceIp: string
}

export function serverFor(config: NginxConfig, port: number, host: string): Server | undefined {
  const listening = config.servers.filter((s) => s.ports.includes(port))
  const name = host.split(':')[0]!.toLowerCase()
  const matches = (pattern: string): boolean => pattern === name || (pattern.startsWith('*.') && name.endsWith(pattern.slice(1)))
  return (
    listening.find((s) => s.names.includes(name)) ??
    listening.find((s) => s.names.some(matches)) ??
    listening.find((s) => s.isDefault) ??
    listening[0]
  )
}

/** The groups of the first match, in linear time; undefined where nothing matches or the expression is none. Back references and look-around are not simulated. */
function search(pattern: string, path: string, insensitive = false): readonly string[] | undefined {
  try {
    const matcher = compile(pattern, insensitive ? RE2JS.CASE_INSENSITIVE : 0).matcher(path)
    return matcher.find() ? Array.from({ length: matcher.groupCount() + 1 }, (_, i) => matcher.group(i) ?? '') : undefined
  } catch {
    return undefined
  }
}

function locationFor(server: Server, path: string): Location {
  const exact = server.locations.find((l) => l.match === 'exact' && l.path === path)
  if (exact) return exact
  let best: Location | undefined
  for (const l of server.locations) {
    if ((l.match === 'prefix' || l.match === 'stop') && path.startsWith(l.path) && l.path.length > (best?.path.length ?? -1)) best = l
  }
  if (best?.match === 'stop') return best
  const regex = server.locations.find((l) => l.match === 'regex' && search(l.path, path, l.insensitive) !== undefined)
  return regex ?? best ?? server.own
}

const TYPES: Record<string, string> = {
  html: 'text/html',
  htm: 'text/html',
  css: 'text/css',
  js: 'application/javascript',
  json: 'application/json',
  txt: 'text/plain',
  xml: 'text/xml',
  png: 'image/png',
  svg: 'image/svg+xml',
}

/** Answers a request; errors go to the error log of `ctx`. */
export function serve(s: Serving, request: HttpRequest): Answer {
  const server = serverFor(s.config, s.port, request.host)
  if (server === undefined) return finish(s, undefined, plain(s, 400), request)
  const path = decode(request.path.split('?')[0]!)
  return finish(s, server, answer(s, server, locationFor(server, path), request, path, 0), request)
}

type Draft = { status: number; headers: Record<string, string>; body: string; serviceMs: number; location?: Location }

const plain = (s: Serving, status: number, location?: Location): Draft => ({
  status,
  headers: { 'content-type': 'text/html' },
  body: errorPage(status, s.version),
  serviceMs: 1,
  ...(location && { location }),
})

const decode = (path: string): string => {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

function variables(text: string, request: HttpRequest, s: Serving): string {
  const values: Record<string, string> = {
    host: request.host.split(':')[0]!,
    http_host: request.host,
    uri: request.path.split('?')[0]!,
    request_uri: request.path,
    args: request.path.split('?')[1] ?? '',
    scheme: request.tls ? 'https' : 'http',
    hostname: s.ctx.hostname,
    remote_addr: s.sourceIp,
    server_addr: s.ctx.pod.ip,
    server_port: String(s.port),
    request_method: request.method,
    proxy_add_x_forwarded_for: [request.headers['x-forwarded-for'], s.sourceIp].filter(Boolean).join(', '),
    is_args: request.path.includes('?') ? '?' : '',
  }
  return text.replace(
    /\$\{?(\w+)\}?/g,
    (_, name: string) => values[name] ?? (name.startsWith('http_') ? (request.headers[name.slice(5).replaceAll('_', '-')] ?? '') : ''),
  )
}

function answer(s: Serving, server: Server, location: Location, request: HttpRequest, path: string, depth: number): Draft {
  if (depth > 10) return plain(s, 500, location)
  for (const r of location.rewrites) {
    const match = search(r.pattern, path)
    if (match === undefined) continue
    const to = variables(
      r.to.replace(/\$(\d)/g, (_, n: string) => match[Number(n)] ?? ''),
      request,
      s,
    )
    if (r.flag === 'permanent' || r.flag === 'redirect' || /^https?:/.test(to))
      return { ...plain(s, r.flag === 'permanent' ? 301 : 302, location), headers: { 'content-type': 'text/html', location: to } }
    if (r.flag !== 'break') return answer(s, server, locationFor(server, to), request, to, depth + 1)
    return files(s, server, { ...location, rewrites: [] }, request, to, depth)
  }
  if (location.denied) return plain(s, 403, location)
  if (location.returns) {
    const { status, text } = location.returns
    if (text !== undefined && status >= 300 && status < 400)
      return { ...plain(s, status, location), headers: { 'content-type': 'text/html', location: variables(text, request, s) } }
    if (text === undefined)
      return status === 200 || status === 204 ? { ...plain(s, status, location), body: '' } : plain(s, status, location)
    return { status, headers: { 'content-type': location.type }, body: variables(text, request, s), serviceMs: 1, location }
  }
  if (location.proxy) return withErrorPage(s, server, { ...proxied(s, location.proxy, location, request), location }, request, depth)
  return files(s, server, location, request, path, depth)
}

function withErrorPage(s: Serving, server: Server, draft: Draft, request: HttpRequest, depth: number): Draft {
  const page = draft.location?.errorPages[String(draft.status)]
  if (page === undefined || draft.headers['x-upstream'] !== undefined || depth > 8) return draft
  const shown = answer(s, server, locationFor(server, page.path), request, page.path, depth + 9)
  return shown.status === 200 ? { ...shown, status: page.status ?? draft.status, serviceMs: draft.serviceMs } : draft
}

const onDisk = (location: Location, path: string): string =>
  (location.alias !== undefined ? location.alias + path.slice(location.path.length) : location.root + path).replace(/\/{2,}/g, '/')

function errorLine(s: Serving, text: string, request: HttpRequest): void {
  logError(
    `${slashedTime(s.ctx.nowMs)} [error] 29#29: *1 ${text}, client: ${s.sourceIp}, server: ${serverFor(s.config, s.port, request.host)?.names[0] ?? ''}, request: "${request.method} ${request.path} HTTP/1.1", host: "${request.host}"`,
    s.ctx,
  )
}

function files(s: Serving, server: Server, location: Location, request: HttpRequest, path: string, depth: number): Draft {
  const { files: view } = s.ctx
  if (location.dav.includes(request.method)) return dav(s, location, request, path)
  if (request.method !== 'GET' && request.method !== 'HEAD') return withErrorPage(s, server, plain(s, 405, location), request, depth)
  if (location.tryFiles) {
    for (const name of location.tryFiles.slice(0, -1)) {
      const candidate = name.replace('$uri', path)
      const kind = kindAt(view, onDisk(location, candidate.replace(/\/$/, '')))
      if (candidate.endsWith('/') ? kind === 'directory' : kind === 'file')
        return files(s, server, { ...location, tryFiles: undefined } as unknown as Location, request, candidate, depth)
    }
    const last = location.tryFiles.at(-1)!
    if (last.startsWith('=')) return withErrorPage(s, server, plain(s, Number(last.slice(1)), location), request, depth)
    const to = variables(last, request, s).split('?')[0]!
    return answer(s, server, locationFor(server, to), { ...request, path: variables(last, request, s) }, to, depth + 1)
  }
  const full = onDisk(location, path)
  const kind = kindAt(view, full.replace(/(.)\/$/, '$1'))
  if (kind === 'directory') return directory(s, server, location, request, path, full, depth)
  const text = kind === 'file' && !path.endsWith('/') ? readText(view, full) : undefined
  if (text === undefined) {
    if (location.log) errorLine(s, `open() "${full}" failed (2: No such file or directory)`, request)
    return withErrorPage(s, server, plain(s, 404, location), request, depth)
  }
  const extension = full.slice(full.lastIndexOf('.') + 1)
  return {
    status: 200,
    headers: { 'content-type': TYPES[extension] ?? 'application/octet-stream', 'accept-ranges': 'bytes' },
    body: text,
    serviceMs: 1,
    location,
  }
}

function directory(s: Serving, server: Server, location: Location, request: HttpRequest, path: string, full: string, depth: number): Draft {
  if (!path.endsWith('/'))
    return { ...plain(s, 301, location), headers: { 'content-type': 'text/html', location: `http://${request.host}${path}/` } }
  for (const name of location.index) {
    const to = `${path}${name}`
    if (exists(s.ctx.files, onDisk(location, to))) return answer(s, server, locationFor(server, to), request, to, depth + 1)
  }
  if (location.autoindex) {
    const names = namesIn(s.ctx.files, full.replace(/(.)\/$/, '$1')).filter((n) => !n.startsWith('.'))
    const body = `<html>\r\n<head><title>Index of ${path}</title></head>\r\n<body>\r\n<h1>Index of ${path}</h1><hr><pre><a href="../">../</a>\r\n${names.map((n) => `<a href="${n}">${n}</a>\r\n`).join('')}</pre><hr></body>\r\n</html>\r\n`
    return { status: 200, headers: { 'content-type': 'text/html' }, body, serviceMs: 1, location }
  }
  errorLine(s, `directory index of "${full}" is forbidden`, request)
  return withErrorPage(s, server, plain(s, 403, location), request, depth)
}

/** ngx_http_dav_module: PUT and DELETE of files. */
function dav(s: Serving, location: Location, request: HttpRequest, path: string): Draft {
  const full = onDisk(location, path)
  const view = s.ctx.files
  try {
    if (request.method === 'PUT') {
      const before = exists(view, full)
      writeText(view, full, request.body ?? '')
      return { ...plain(s, before ? 204 : 201, location), body: '' }
    }
    if (request.method !== 'DELETE') return plain(s, 405, location)
    if (!exists(view, full)) return plain(s, 404, location)
    view.remove(full)
    return { ...plain(s, 204, location), body: '' }
  } catch (error) {
    errorLine(s, `open() "${full}" failed (${(error as Error).message})`, request)
    return plain(s, 500, location)
  }
}

function proxied(s: Serving, proxy: NonNullable<Location['proxy']>, location: Location, request: HttpRequest): Draft {
  const named = s.config.upstreams[proxy.target]
  const [host = '', port] = proxy.target.split(':')
  const all: readonly Backend[] = named ?? [{ host, port: Number(port ?? (proxy.scheme === 'https' ? 443 : 80)) }]
  const up = all.filter((b) => !b.down && !b.backup)
  const first = up.length > 1 ? s.ctx.pick('upstream', up.length) : 0
  const order = [...up.slice(first), ...up.slice(0, first), ...all.filter((b) => b.backup && !b.down)]
  const uri = proxy.uri !== undefined && location.match !== 'regex' ? proxy.uri + request.path.slice(location.path.length) : request.path
  // FastCGI carries the request as it came.
  const fastcgi = proxy.scheme === 'fastcgi'
  const headers: Record<string, string> = fastcgi
    ? { host: request.host, ...request.headers }
    : { ...request.headers, host: proxy.target, connection: 'close' }
  for (const [name, value] of Object.entries(proxy.headers)) headers[name] = variables(value, request, s)
  const message: HttpRequest = {
    method: request.method,
    path: uri,
    host: headers['host']!,
    headers,
    ...(request.body !== undefined && { body: request.body }),
    ...(proxy.scheme === 'https' && { tls: { serverName: host, insecure: true } }),
  }
  let spent = 0
  let status = 502
  for (const backend of order) {
    const ip = s.resolved[backend.host] ?? backend.host
    const result = s.ctx.dial({
      host: ip,
      port: backend.port,
      protocol: fastcgi ? 'fastcgi' : 'http',
      payload: message,
      timeoutMs: proxy.readMs,
      connectTimeoutMs: proxy.connectMs,
    })
    spent += result.latencyMs
    const upstream = `upstream: "${proxy.scheme}://${ip}:${backend.port}${uri}"`
    if (result.ok) {
      const reply = result.reply as HttpReply
      return {
        status: reply.status,
        headers: { ...reply.headers, 'x-upstream': `${ip}:${backend.port}` },
        body: reply.body,
        serviceMs: spent + 1,
      }
    }
    status = result.failure === 'timeout' ? 504 : 502
    const what = {
      timeout: 'upstream timed out (110: Connection timed out) while connecting to upstream',
      refused: 'connect() failed (111: Connection refused) while connecting to upstream',
      'no-route': 'connect() failed (113: Host is unreachable) while connecting to upstream',
      reset: 'recv() failed (104: Connection reset by peer) while reading response header from upstream',
    }[result.failure as string]
    errorLine(s, `${what ?? 'upstream prematurely closed connection while reading response header from upstream'}, ${upstream}`, request)
    // A request that may have been carried out is not sent again unless it is idempotent.
    if (!proxy.tries || (result.failure !== 'refused' && request.method === 'POST')) break
  }
  return { ...plain(s, status), serviceMs: spent + 1 }
}

function finish(s: Serving, _server: Server | undefined, draft: Draft, request: HttpRequest): Answer {
  const { 'x-upstream': upstream, ...own } = draft.headers
  const headers: Record<string, string> = own
  headers['server'] = `nginx/${s.version}`
  headers['date'] = httpDate(s.ctx.nowMs)
  if (upstream === undefined || headers['content-length'] !== undefined) headers['content-length'] = String(Buffer.byteLength(draft.body))
  if (draft.status < 400)
    for (const [name, value] of draft.location?.headers ?? []) headers[name.toLowerCase()] = variables(value, request, s)
  return {
    status: draft.status,
    headers,
    body: request.method === 'HEAD' ? '' : draft.body,
    serviceMs: draft.serviceMs,
    log: draft.location?.log ?? ACCESS_LOG,
  }
}
