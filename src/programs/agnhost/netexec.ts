/** `agnhost netexec`: an HTTP server for asking a pod who it is, whom it sees, whom it can reach, and for letting it end. */
import { formatDuration, parseDuration } from '../../api/durations.ts'
import { formatMicroTime } from '../../api/rfc3339.ts'
import type { HttpReply, HttpRequest } from '../../network/contract.ts'
import type { ProcessContext } from '../contract.ts'
import { formValues, http, plainText } from '../text/http.ts'
import { type Asked, type Call, int, type Subcommand, say, string } from './contract.ts'

interface State {
  readonly startedMs: number
  readonly exitCode?: number
}

type Query = ReadonlyMap<string, string>

const shown = (query: Query, names: readonly string[]): string => names.map((name) => `${name}=${query.get(name) ?? ''}`).join('&')

/** Go's text of a moment, with the reading of its monotonic clock. */
function goTime(nowMs: number, startedMs: number): string {
  const text = formatMicroTime(nowMs)
  return `${text.slice(0, 10)} ${text.slice(11, 26)}000 +0000 UTC m=+${((nowMs - startedMs) / 1000).toFixed(9)}`
}

function dial(query: Query, ctx: ProcessContext): HttpReply {
  const [host = '', port = '', request = ''] = ['host', 'port', 'request'].map((name) => query.get(name))
  const triesText = query.get('tries') ?? ''
  const tries = triesText === '' ? 1 : Number(triesText)
  if (!Number.isInteger(tries))
    return plainText(400, `tries parameter is invalid. strconv.Atoi: parsing ${JSON.stringify(triesText)}: invalid syntax\n`)
  if (request === '') return plainText(400, 'request parameter not specified. <nil>\n')
  const protocol = (query.get('protocol') ?? '').toLowerCase()
  if (protocol === 'udp' || protocol === 'sctp') return plainText(501, `clusterlab: ${protocol} is not simulated\n`)
  if (protocol !== '' && protocol !== 'http') return plainText(400, `unsupported protocol. ${protocol}\n`)
  const responses: string[] = []
  const errors: string[] = []
  for (let i = 0; i < Math.min(tries, 100); i++) {
    const reply = http(ctx, `${host}:${port}`, 'GET', `/${request}`)
    if (typeof reply !== 'string') responses.push(reply.body)
    else if (reply.includes(' lookup ')) return plainText(400, `host and/or port param are invalid. ${reply.replace('dial tcp: ', '')}\n`)
    else errors.push(`Get "http://${host}:${port}/${request}": ${reply}`)
  }
  return plainText(200, JSON.stringify({ ...(errors.length > 0 && { errors }), ...(responses.length > 0 && { responses }) }))
}

function echo(query: Query): HttpReply {
  const code = query.get('code') ?? ''
  if (code !== '' && !/^\d+$/.test(code))
    return plainText(200, `argument 'code' must be an integer or empty, got ${JSON.stringify(code)}\n`)
  return plainText(code === '' ? 200 : Number(code), query.get('msg') ?? '')
}

/** The process ends, at once or after `wait`. */
function exit(state: State, query: Query, ctx: ProcessContext): State {
  const [code = '', wait = ''] = ['code', 'wait'].map((name) => query.get(name))
  const exitCode = Number(code)
  if (!Number.isInteger(exitCode)) {
    ctx.reply(plainText(200, `argument 'code' must be an integer [0-127] or empty, got ${JSON.stringify(code)}\n`))
    return state
  }
  let waitMs = 0
  try {
    waitMs = wait === '' ? 0 : parseDuration(wait)
  } catch {
    ctx.reply(plainText(200, `argument 'wait' must be a valid golang duration or empty, got ${JSON.stringify(wait)}\n`))
    return state
  }
  say(ctx, `Will begin shutdown in ${formatDuration(waitMs)}, allowing 0s for connections to close, then will exit with ${exitCode}`)
  ctx.reset()
  if (waitMs === 0) ctx.exit(exitCode)
  else ctx.timer('exit', waitMs)
  return { ...state, exitCode }
}

/** What each path answers, and the parameters that its log line names. */
const PATHS: Readonly<
  Record<string, { log?: readonly string[]; act: (call: { query: Query; event: Asked; state: State; ctx: ProcessContext }) => HttpReply }>
> = {
  '/': { act: ({ ctx, state }) => plainText(200, `NOW: ${goTime(ctx.nowMs, state.startedMs)}`) },
  '/clientip': { act: ({ event }) => plainText(200, `${event.sourceIp}:45678`) },
  '/dial': { log: ['host', 'protocol', 'port', 'request', 'tries'], act: ({ query, ctx }) => dial(query, ctx) },
  '/echo': { log: ['msg', 'code'], act: ({ query }) => echo(query) },
  '/healthz': { act: () => plainText(200, '') },
  '/header': {
    log: ['key'],
    act: ({ query, event }) => plainText(200, (event.payload as HttpRequest).headers[(query.get('key') ?? '').toLowerCase()] ?? ''),
  },
  '/hostname': { act: ({ ctx }) => plainText(200, ctx.hostname) },
  '/hostName': { act: ({ ctx }) => plainText(200, ctx.hostname) },
  '/redirect': {
    log: ['location', 'code'],
    act: ({ query }) => plainText(Number(query.get('code') || 302), '', { location: query.get('location') ?? '' }),
  },
  '/shell': { log: ['cmd'], act: () => plainText(501, 'clusterlab: /shell is not simulated; use kubectl exec\n') },
  '/upload': { act: () => plainText(501, 'clusterlab: /upload is not simulated; use kubectl cp\n') },
}

export const netexec: Subcommand<State> = {
  name: 'netexec',
  flags: {
    'http-port': int(8080),
    'udp-port': int(8081),
    'sctp-port': int(-1),
    'http-override': string(),
    'udp-listen-addresses': string(),
    'tls-cert-file': string(),
    'tls-private-key-file': string(),
    'delay-shutdown': int(0),
  },
  start({ ctx, flags }: Call) {
    const port = flags.number('http-port')
    say(ctx, `Started HTTP server on port ${port}`)
    if (flags.text('tls-cert-file') !== '') {
      say(ctx, 'clusterlab: netexec over TLS is not simulated')
      ctx.exit(1)
    } else if (!ctx.listen(port)) {
      say(ctx, `listen tcp :${port}: bind: address already in use`)
      ctx.exit(1)
    }
    return { startedMs: ctx.nowMs }
  },
  asked(state, event, { ctx, flags }) {
    const override = flags.text('http-override')
    const target = override === '' ? (event.payload as HttpRequest).path : override
    const [path = '/', text = ''] = target.split('?')
    const query = formValues(text)
    if (path === '/exit') {
      say(ctx, `GET /exit?${shown(query, ['code', 'timeout', 'wait'])}`)
      return exit(state, query, ctx)
    }
    if (path === '/shutdown') {
      say(ctx, 'GET /shutdown')
      ctx.reset()
      ctx.exit(0)
      return state
    }
    // Whatever has no page of its own is answered as the root is.
    const page = PATHS[path] ?? PATHS['/']!
    const name = PATHS[path] === undefined ? '/' : path
    say(ctx, `GET ${name}${page.log ? `?${shown(query, page.log)}` : ''}`)
    ctx.reply(page.act({ query, event, state, ctx }))
    return state
  },
  woken(state, _timer, { ctx }) {
    ctx.exit(state.exitCode ?? 0)
    return state
  },
  stopped(_state, { ctx, flags }) {
    const delayMs = flags.number('delay-shutdown') * 1000
    if (delayMs === 0) ctx.exit(143)
    else ctx.timer('exit', delayMs)
  },
}
