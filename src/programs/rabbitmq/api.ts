/** RabbitMQ's management API on port 15672, as far as `rabbitmqadmin` and curl need it. Everything goes through the default exchange: the routing key is the queue's name. */
import type { HttpReply, HttpRequest } from '../../network/contract.ts'
import type { ProcessContext } from '../contract.ts'
import { isOwnPod } from '../text/context.ts'
import { hashOf, type Queue, type State, usedBytes } from './contract.ts'

export interface Answer {
  readonly state: State
  /** Absent: the publisher is blocked. */
  readonly reply?: HttpReply
}

const json = (status: number, body: unknown): HttpReply => ({
  status,
  headers: { 'content-type': 'application/json', server: 'Cowboy' },
  body: body === undefined ? '' : JSON.stringify(body),
})

/** The bytes beyond which publishers wait; undefined where memory is not limited. */
export const watermarkBytes = (s: State, ctx: ProcessContext): number | undefined =>
  ctx.limits.memoryBytes === undefined ? undefined : ctx.limits.memoryBytes * s.watermark
export const isBlocked = (s: State, ctx: ProcessContext): boolean => usedBytes(s) > (watermarkBytes(s, ctx) ?? Number.POSITIVE_INFINITY)

/** Why somebody may not come in; undefined: he may. guest is let in from the own machine only. */
function refusal(s: State, request: HttpRequest, isLocal: boolean): string | undefined {
  const basic = /^Basic (.+)$/.exec(request.headers['authorization'] ?? '')?.[1]
  const [user = '', ...rest] = Buffer.from(basic ?? '', 'base64')
    .toString('utf8')
    .split(':')
  if (basic === undefined || s.users[user] !== hashOf(rest.join(':'))) return 'Not_Authorized'
  return user === 'guest' && !isLocal ? 'User can only log in via localhost' : undefined
}

const shown = (name: string, q: Queue): object => ({
  name,
  vhost: '/',
  durable: q.durable,
  auto_delete: false,
  messages: q.messages.length,
  messages_ready: q.messages.length,
  consumers: 0,
  state: 'running',
})

const bodyOf = (request: HttpRequest): Record<string, unknown> | undefined => {
  try {
    return JSON.parse(request.body || '{}') as Record<string, unknown>
  } catch {
    return undefined
  }
}
const withQueue = (s: State, name: string, q: Queue): State => ({ ...s, queues: { ...s.queues, [name]: q } })

function queue(s: State, request: HttpRequest, name: string, verb: string | undefined, body: Record<string, unknown>): Answer {
  const found = s.queues[name]
  if (request.method === 'PUT' && verb === undefined) {
    const durable = body['durable'] !== false
    if (found !== undefined && found.durable !== durable)
      return {
        state: s,
        reply: json(400, {
          error: 'bad_request',
          reason: `inequivalent arg 'durable' for queue '${name}' in vhost '/': received '${durable}' but current is '${found.durable}'`,
        }),
      }
    return { state: withQueue(s, name, found ?? { durable, messages: [] }), reply: json(found === undefined ? 201 : 204, undefined) }
  }
  if (found === undefined) return { state: s, reply: json(404, { error: 'Object Not Found', reason: 'Not Found' }) }
  if (request.method === 'DELETE') {
    const { [name]: _gone, ...queues } = s.queues
    return verb === 'contents'
      ? { state: withQueue(s, name, { ...found, messages: [] }), reply: json(204, undefined) }
      : { state: { ...s, queues }, reply: json(204, undefined) }
  }
  if (verb !== 'get') return { state: s, reply: json(200, shown(name, found)) }
  const count = Math.max(1, Number(body['count'] ?? 1))
  const taken = found.messages.slice(0, count)
  const requeue = String(body['ackmode'] ?? 'ack_requeue_true').endsWith('requeue_true')
  const messages = requeue ? found.messages.map((m, i) => (i < count ? { ...m, redelivered: true } : m)) : found.messages.slice(count)
  return {
    state: withQueue(s, name, { ...found, messages }),
    reply: json(
      200,
      taken.map((m, i) => ({
        payload: m.payload,
        payload_bytes: m.payload.length,
        payload_encoding: 'string',
        redelivered: m.redelivered,
        exchange: '',
        routing_key: name,
        message_count: found.messages.length - i - 1,
        properties: m.persistent ? { delivery_mode: 2 } : {},
      })),
    ),
  }
}

/** Answers a request of the management API. */
export function manage(s: State, request: HttpRequest, sourceIp: string, ctx: ProcessContext): Answer {
  const [api, kind, vhost, name, verb] = request.path.split('?')[0]!.split('/').slice(1).map(decodeURIComponent)
  if (api !== 'api')
    return {
      state: s,
      reply: {
        status: 200,
        headers: { 'content-type': 'text/html' },
        body: 'clusterlab does not simulate the pages of the management plugin\n',
      },
    }
  const why = refusal(s, request, isOwnPod(sourceIp, ctx))
  if (why !== undefined) return { state: s, reply: json(401, { error: 'not_authorized', reason: why }) }
  const body = bodyOf(request)
  if (body === undefined) return { state: s, reply: json(400, { error: 'bad_request', reason: 'not_json' }) }
  if (kind === 'overview')
    return {
      state: s,
      reply: json(200, {
        rabbitmq_version: ctx.env['RABBITMQ_VERSION'] ?? '4.1.4',
        node: s.node,
        queue_totals: { messages: Object.values(s.queues).reduce((n, q) => n + q.messages.length, 0) },
      }),
    }
  if (kind === 'nodes')
    return {
      state: s,
      reply: json(200, [
        {
          name: s.node,
          running: true,
          mem_used: usedBytes(s),
          mem_limit: watermarkBytes(s, ctx) ?? 0,
          mem_alarm: isBlocked(s, ctx),
          disk_free_alarm: false,
        },
      ]),
    }
  if (kind === 'queues' && name === undefined)
    return {
      state: s,
      reply: json(
        200,
        Object.entries(s.queues).map(([n, q]) => shown(n, q)),
      ),
    }
  if (kind === 'queues' && vhost === '/') return queue(s, request, name!, verb, body)
  if (kind !== 'exchanges' || verb !== 'publish')
    return {
      state: s,
      reply: json(404, { error: 'Object Not Found', reason: 'clusterlab simulates overview, nodes, queues and publishing to amq.default' }),
    }
  if (isBlocked(s, ctx)) return { state: s }
  const to = String(body['routing_key'] ?? '')
  const q = name === 'amq.default' ? s.queues[to] : undefined
  const mode = (body['properties'] as Record<string, unknown> | undefined)?.['delivery_mode']
  const message = { payload: String(body['payload'] ?? ''), persistent: Number(mode) === 2, redelivered: false }
  return {
    state: q === undefined ? s : withQueue(s, to, { ...q, messages: [...q.messages, message] }),
    reply: json(200, { routed: q !== undefined }),
  }
}
