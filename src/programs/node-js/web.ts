/** Node's servers and clients: http.createServer, http.get and request, fetch. An answer arrives when its time has passed. */
import type { DialResult, HttpReply, HttpRequest } from '../../network/contract.ts'
import { requestTo, type Url, urlParts } from '../scripting/http.ts'
import type { Machine } from '../scripting/machine.ts'
import type { Served } from '../scripting/run.ts'
import { isRef, isText, isUndefined, UNDEFINED, type Value } from '../scripting/values.ts'
import { makeError } from './errors.ts'
import { parseJson } from './inspect.ts'
import { schedule } from './library.ts'
import { arg, type Call, type Natives, number, text } from './natives.ts'
import { binary, entriesOf, hidden, hide, instance, isNothing, own, plain, plainObject, toText } from './operate.ts'
import { makePromise, settle } from './promises.ts'

/** What undici waits for headers, and a socket for a silent host. */
const NEVER_MS = 130_000

function failure(m: Machine, done: DialResult & { ok: false }, url: Url): Value {
  const at = `${done.peer?.ip ?? done.address ?? url.host}:${url.port}`
  const texts: Readonly<Record<string, readonly [code: string, text: string]>> = {
    refused: ['ECONNREFUSED', `connect ECONNREFUSED ${at}`],
    timeout: ['ETIMEDOUT', `connect ETIMEDOUT ${at}`],
    reset: ['ECONNRESET', 'socket hang up'],
    'no-route': ['EHOSTUNREACH', `connect EHOSTUNREACH ${at}`],
    'dns-not-found': ['ENOTFOUND', `getaddrinfo ENOTFOUND ${url.host}`],
    tls: ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unable to verify the first certificate'],
  }
  const [code, message] = texts[done.failure] ?? ['EAI_AGAIN', `getaddrinfo EAI_AGAIN ${url.host}`]
  return makeError(m, 'Error', message, { code })
}

const headersOf = (m: Machine, v: Value | undefined): Record<string, string> =>
  Object.fromEntries(entriesOf(m.heap.of(v)).map(([k, x]) => [k.toLowerCase(), toText(m, x)]))
const headersObject = (m: Machine, headers: Readonly<Record<string, string>>): Value => plainObject(m, Object.entries(headers))

// ── fetch ──

function fetchIt(m: Machine, c: Call): Value {
  const promise = makePromise(m)
  const options = arg(c, 1)
  const source = toText(m, arg(c, 0))
  const url = urlParts(source)
  if (url === undefined) {
    settle(m, promise, 'bad', makeError(m, 'TypeError', `Failed to parse URL from ${source}`))
    return promise
  }
  const of = (name: string): Value => own(m, options, name) ?? UNDEFINED
  const signal = of('signal')
  const timeoutMs = isRef(signal) ? Number(hidden(m, signal, '.timeoutMs')) || NEVER_MS : NEVER_MS
  const body = isNothing(of('body')) ? undefined : toText(m, of('body'))
  const done = m.ctx.dial(
    requestTo(
      url,
      isUndefined(of('method')) ? 'GET' : toText(m, of('method')),
      { 'user-agent': 'node', ...headersOf(m, of('headers')) },
      body,
      timeoutMs,
    ),
  )
  if (!done.ok) {
    const timedOut = done.failure === 'timeout' && timeoutMs < NEVER_MS
    const error = timedOut
      ? makeError(m, 'DOMException', 'The operation was aborted due to timeout', { name: 'TimeoutError' })
      : makeError(m, 'TypeError', 'fetch failed', { cause: failure(m, done, url) })
    schedule(m, '.settle-bad', promise, done.latencyMs, [error])
    return promise
  }
  const reply = done.reply as HttpReply
  const response = instance(m, 'Response', {
    status: reply.status,
    ok: reply.status >= 200 && reply.status < 300,
    statusText: '',
    url: source,
    headers: instance(m, 'Headers', { '.all': headersObject(m, reply.headers) }),
    '.body': reply.body,
  })
  schedule(m, '.settle-ok', promise, done.latencyMs, [response])
  return promise
}
const settled = (m: Machine, v: Value): Value => {
  const p = makePromise(m)
  settle(m, p, 'ok', v)
  return p
}

// ── http.get, http.request ──

/** `http.get(url, options, callback)`: the request object. */
function request(m: Machine, c: Call, ends: boolean): Value {
  const [first] = c.args
  const options = c.args.find((a) => m.is(a, 'dict') !== undefined) ?? plainObject(m, [])
  const callback = c.args.find((a) => m.is(a, 'fn') !== undefined) ?? UNDEFINED
  const of = (name: string, otherwise: string): string =>
    isNothing(own(m, options, name) ?? null) ? otherwise : toText(m, own(m, options, name)!)
  const source =
    isText(first ?? null) || m.is(first, 'obj') !== undefined
      ? toText(m, first!)
      : `http://${of('hostname', of('host', 'localhost'))}:${of('port', '80')}${of('path', '/')}`
  const req = instance(m, 'ClientRequest', {
    '.url': source,
    '.method': of('method', 'GET'),
    '.headers': own(m, options, 'headers') ?? plainObject(m, []),
    '.timeout': Number(of('timeout', String(NEVER_MS))),
    '.body': '',
    '.on:response': callback,
  })
  if (ends) schedule(m, '.send', req, 0)
  return req
}

function deliver(m: Machine, req: Value): Value {
  const url = urlParts(toText(m, hidden(m, req, '.url')))
  if (url === undefined) return m.fail('TypeError', 'Invalid URL')
  const body = toText(m, hidden(m, req, '.body'))
  const done = m.ctx.dial(
    requestTo(
      url,
      toText(m, hidden(m, req, '.method')),
      headersOf(m, hidden(m, req, '.headers')),
      body === '' ? undefined : body,
      Number(hidden(m, req, '.timeout')),
    ),
  )
  if (!done.ok) schedule(m, '.emit-error', req, done.latencyMs, [failure(m, done, url)])
  else {
    const reply = done.reply as HttpReply
    schedule(m, '.emit-response', req, done.latencyMs, [
      instance(m, 'IncomingMessage', { statusCode: reply.status, headers: headersObject(m, reply.headers), '.body': reply.body }),
    ])
  }
  return UNDEFINED
}

function emit(m: Machine, o: Value, event: string, args: readonly Value[]): boolean {
  const fn = hidden(m, o, `.on:${event}`)
  if (isNothing(fn)) return false
  m.start(fn, args)
  return true
}
const listen = (m: Machine, c: Call): Value => {
  hide(m, c.self, `.on:${text(m, c, 0)}`, arg(c, 1))
  return c.self
}

// ── servers ──

function createServer(m: Machine, c: Call): Value {
  const fn = c.args.find((a) => m.is(a, 'fn') !== undefined) ?? UNDEFINED
  return instance(m, 'Server', { '.on:request': fn })
}

const web: Natives = {
  fetch: fetchIt,
  'AbortSignal.timeout': (m, c) => instance(m, 'AbortSignal', { '.timeoutMs': number(m, c, 0) }),
  'Response#text': (m, c) => settled(m, hidden(m, c.self, '.body')),
  'Response#json': (m, c) => {
    const p = makePromise(m)
    m.start({ b: '.json', s: c.self }, [], { promise: p })
    return p
  },
  '.json': (m, c) => parseJson(m, toText(m, hidden(m, c.self, '.body'))),
  'Headers#get': (m, c) => own(m, hidden(m, c.self, '.all'), text(m, c, 0).toLowerCase()) ?? null,
  'http.get': (m, c) => request(m, c, true),
  'http.request': (m, c) => request(m, c, false),
  'ClientRequest#on': listen,
  'ClientRequest#setTimeout': (m, c) => {
    hide(m, c.self, '.timeout', number(m, c, 0))
    return c.self
  },
  'ClientRequest#write': (m, c) => {
    hide(m, c.self, '.body', binary(m, '+', hidden(m, c.self, '.body'), arg(c, 0)))
    return true
  },
  'ClientRequest#end': (m, c) => {
    if (c.args.length > 0) hide(m, c.self, '.body', binary(m, '+', hidden(m, c.self, '.body'), arg(c, 0)))
    schedule(m, '.send', c.self, 0)
    return c.self
  },
  'ClientRequest#destroy': (_m, c) => c.self,
  '.send': (m, c) => deliver(m, c.self),
  '.emit-response': (m, c) => {
    emit(m, c.self, 'response', c.args)
    return UNDEFINED
  },
  '.emit-error': (m, c) => {
    if (!emit(m, c.self, 'error', c.args)) m.signals['.uncaught'] = arg(c, 0)
    return UNDEFINED
  },
  // What was received is there at once: its pieces come as soon as somebody listens.
  'IncomingMessage#on': (m, c) => {
    const event = text(m, c, 0)
    if (event === 'data' && toText(m, hidden(m, c.self, '.body')) !== '') m.start(arg(c, 1), [hidden(m, c.self, '.body')])
    if (event === 'end') m.start(arg(c, 1), [])
    return c.self
  },
  'IncomingMessage#setEncoding': (_m, c) => c.self,
  'IncomingMessage#resume': (_m, c) => c.self,
  'http.createServer': createServer,
  'Server#on': listen,
  'Server#address': (m, c) =>
    plainObject(m, [
      ['port', hidden(m, c.self, '.port')],
      ['address', '::'],
      ['family', 'IPv6'],
    ]),
  'Server#listen': (m, c) => {
    const options = arg(c, 0)
    const port = isRef(options) ? Number(toText(m, own(m, options, 'port') ?? 0)) : number(m, c, 0, 0)
    if (!m.ctx.listen(port)) {
      const code = m.ctx.mayBind(port) ? 'EADDRINUSE' : 'EACCES'
      const error = makeError(
        m,
        'Error',
        `listen ${code}: ${code === 'EACCES' ? 'permission denied' : 'address already in use'} :::${port}`,
        { code, port },
      )
      if (!emit(m, c.self, 'error', [error])) m.signals['.uncaught'] = error
      return c.self
    }
    hide(m, c.self, '.port', port)
    m.servers.push({ port, handler: c.self, oneByOne: false })
    m.changed = true
    const ready = c.args.find((a) => m.is(a, 'fn') !== undefined)
    if (ready !== undefined) m.tasks.push({ id: m.next++, dueMs: m.nowMs, fn: ready, args: [] })
    return c.self
  },
  'Server#close': (m, c) => {
    const port = hidden(m, c.self, '.port')
    m.servers = m.servers.filter((s) => s.port !== port)
    if (typeof port === 'number') m.ctx.unlisten(port)
    m.changed = true
    const done = c.args.find((a) => m.is(a, 'fn') !== undefined)
    if (done !== undefined) m.tasks.push({ id: m.next++, dueMs: m.nowMs, fn: done, args: [] })
    return c.self
  },
  'ServerResponse#writeHead': (m, c) => {
    hide(m, c.self, 'statusCode', arg(c, 0))
    const headers = c.args.slice(1).find((a) => isRef(a))
    if (headers !== undefined) for (const [k, v] of entriesOf(m.heap.of(headers))) setHeader(m, c.self, k, v)
    return c.self
  },
  'ServerResponse#setHeader': (m, c) => {
    setHeader(m, c.self, text(m, c, 0), arg(c, 1))
    return c.self
  },
  'ServerResponse#getHeader': (m, c) => own(m, hidden(m, c.self, '.headers'), text(m, c, 0).toLowerCase()) ?? UNDEFINED,
  'ServerResponse#write': (m, c) => {
    hide(m, c.self, '.body', binary(m, '+', hidden(m, c.self, '.body'), arg(c, 0)))
    return true
  },
  'ServerResponse#end': (m, c) => {
    if (c.args[0] !== undefined && !isNothing(c.args[0])) hide(m, c.self, '.body', binary(m, '+', hidden(m, c.self, '.body'), c.args[0]))
    hide(m, c.self, '.ended', true)
    return c.self
  },
  'ServerResponse#on': listen,
}
function setHeader(m: Machine, res: Value, name: string, v: Value): void {
  const all = m.heap.edit(hidden(m, res, '.headers') as { r: number }, 60)
  if (all.t === 'dict') all.e[`s${name.toLowerCase()}`] = [name.toLowerCase(), toText(m, v)]
}

/** The rounds of timers that one request may take. */
const ROUNDS = 1_000
const BUDGET = 3_000_000

/** Lets the server's handler answer; the time it takes is added up. 'hang': it never did. */
export function handle(m: Machine, server: Value, asked: HttpRequest, sourceIp: string): Served | 'hang' | 'endless' {
  const mark = m.next
  const before = m.threads.length
  const req = instance(m, 'IncomingMessage', {
    method: asked.method,
    url: asked.path,
    headers: headersObject(m, asked.headers),
    httpVersion: '1.1',
    socket: plainObject(m, [['remoteAddress', sourceIp]]),
    '.body': asked.body ?? '',
  })
  const res = instance(m, 'ServerResponse', { statusCode: 200, '.headers': plainObject(m, []), '.body': '', '.ended': false })
  const { changed } = m
  m.start(hidden(m, server, '.on:request'), [req, res])
  if (!m.run(BUDGET)) return 'endless'
  for (let i = 0; i < ROUNDS && hidden(m, res, '.ended') !== true; i++) {
    const own = m.tasks.filter((t) => t.id >= mark)
    if (own.length === 0) return 'hang'
    m.delayMs = Math.max(m.delayMs, Math.min(...own.map((t) => t.dueMs)) - m.ctx.nowMs)
    m.wake(m.nowMs, mark)
    if (!m.run(BUDGET)) return 'endless'
  }
  // Threads that came and went leave nothing behind.
  if (!m.tasks.some((t) => t.id >= mark) && m.threads.length === before && m.stdout === '' && m.stderr === '') m.changed = changed
  const headers = Object.fromEntries(entriesOf(m.heap.of(hidden(m, res, '.headers'))).map(([k, v]) => [k, toText(m, v)]))
  return { status: Number(hidden(m, res, 'statusCode')), headers, body: plain(m, hidden(m, res, '.body')) }
}
export { web }
