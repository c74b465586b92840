/** `agnhost guestbook`: a frontend, a primary that takes what is written, replicas that register with it and have it pushed to them. */
import type { HttpReply, HttpRequest } from '../../network/contract.ts'
import type { ProcessContext } from '../contract.ts'
import { formValues, http, plainText } from '../text/http.ts'
import { type Call, type Subcommand, say, string } from './contract.ts'

interface State {
  readonly startedMs: number
  readonly store: Readonly<Record<string, string>>
  readonly replicas: readonly string[]
}

const GIVE_UP_MS = 15_000
const RETRY_MS = 1_000

const answer = (body: object): HttpReply => plainText(200, JSON.stringify(body))

/** Tells the primary that this is a replica of it; tries again until it answers. */
function register(state: State, { ctx, flags }: Call): State {
  const at = `${flags.text('replicaof')}:${flags.text('backend-port')}`
  const request = `register?host=${ctx.pod.ip}`
  say(ctx, `Registering to primary: ${at}/${request}`)
  const reply = http(ctx, at, 'GET', `/${request}`)
  if (typeof reply !== 'string') {
    say(ctx, `Registered to node: ${flags.text('replicaof')}`)
    return { ...state, store: (JSON.parse(reply.body) as { data: State['store'] }).data ?? {} }
  }
  if (ctx.nowMs - state.startedMs >= GIVE_UP_MS) {
    say(ctx, 'Timed out while registering to primary.')
    ctx.exit(1)
    return state
  }
  say(ctx, `encountered error while registering to primary: Get "http://${at}/${request}": ${reply}. Retrying in 1s.`)
  ctx.timer('register', RETRY_MS)
  return state
}

function set(state: State, query: ReadonlyMap<string, string>, ctx: ProcessContext, port: string): State {
  const [key = '', value = ''] = ['key', 'value'].map((name) => query.get(name))
  say(ctx, `GET /set?key=${key}&value=${value}`)
  if (key === '') {
    ctx.reply(plainText(400, 'cannot set with empty key.\n'))
    return state
  }
  const next = { ...state, store: { ...state.store, [key]: value } }
  const request = `/set?key=${encodeURIComponent(key)}&value=${encodeURIComponent(value)}`
  for (const replica of state.replicas) {
    const reply = http(ctx, `${replica}:${port}`, 'GET', request)
    if (typeof reply !== 'string') continue
    ctx.reply(
      plainText(417, `encountered error while propagating to replica '${replica}': Get "http://${replica}:${port}${request}": ${reply}\n`),
    )
    return next
  }
  ctx.reply(answer({ message: 'Updated' }))
  return next
}

function pass(query: ReadonlyMap<string, string>, ctx: ProcessContext, port: string): HttpReply {
  const cmd = (query.get('cmd') ?? '').toLowerCase()
  const [key = '', value = ''] = ['key', 'value'].map((name) => query.get(name))
  say(ctx, `GET /guestbook?cmd=${cmd}&key=${key}&value=${value}`)
  if (cmd !== 'get' && cmd !== 'set') return plainText(400, `unsupported cmd: '${cmd}'\n`)
  if (cmd === 'set' && key === '') return plainText(400, 'cannot set with empty key.\n')
  const host = cmd === 'get' ? 'agnhost-replica' : 'agnhost-primary'
  const request = `/${cmd}?key=${encodeURIComponent(key)}&value=${encodeURIComponent(value)}`
  const reply = http(ctx, `${host}:${port}`, 'GET', request)
  if (typeof reply !== 'string') return plainText(200, reply.body)
  return reply.includes('lookup')
    ? plainText(400, `host and/or port param are invalid. ${reply.replace(/^dial tcp: /, '')}\n`)
    : plainText(417, `encountered error: Get "http://${host}:${port}${request}": ${reply}\n`)
}

export const guestbook: Subcommand<State> = {
  name: 'guestbook',
  flags: { 'http-port': string('80'), 'backend-port': string('6379'), replicaof: string() },
  start(call) {
    const { ctx, flags } = call
    if (!ctx.listen(Number(flags.text('http-port')))) ctx.exit(1)
    const state: State = { startedMs: ctx.nowMs, store: {}, replicas: [] }
    return flags.text('replicaof') === '' ? state : register(state, call)
  },
  asked(state, event, { ctx, flags }) {
    const [path, text = ''] = (event.payload as HttpRequest).path.split('?')
    const query = formValues(text)
    const port = flags.text('backend-port')
    if (path === '/set') return set(state, query, ctx, port)
    if (path === '/get') {
      const key = query.get('key') ?? ''
      say(ctx, `GET /get?key=${key}`)
      ctx.reply(answer({ data: key === '' ? state.store : (state.store[key] ?? '') }))
      return state
    }
    if (path === '/register') {
      const host = query.get('host') ?? ''
      say(ctx, `GET /register?host=${host}`)
      ctx.reply(answer({ data: state.store }))
      say(ctx, `Node '${host}' registered.`)
      return { ...state, replicas: [...state.replicas, host] }
    }
    ctx.reply(path === '/guestbook' ? pass(query, ctx, port) : plainText(404, '404 page not found\n'))
    return state
  },
  woken: (state, _timer, call) => register(state, call),
}
