/** Where events go: Elasticsearch's bulk API, Kafka, Logstash's beats input, the own output. Each says which events were not taken, and why. */
import type { ProcessContext } from '../contract.ts'
import { KafkaClient, NoBootstrapError } from '../kafka/client.ts'
import { http, splitUrl } from '../text/http.ts'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
export type LogEvent = { readonly [key: string]: Json }

export type Sink =
  | { readonly kind: 'elasticsearch'; readonly hosts: readonly string[]; readonly index: string }
  | { readonly kind: 'kafka'; readonly servers: string; readonly topic: string; readonly acks: number; readonly plain: boolean }
  | { readonly kind: 'beats'; readonly hosts: readonly string[] }
  | { readonly kind: 'console' }

/** What a Logstash is sent, protocol `beats`, and what it answers: taken (and kept as its queue promises), or no room now. */
export interface BeatsBatch {
  readonly events: readonly LogEvent[]
}
export interface BeatsAnswer {
  readonly taken: boolean
}

export interface Delivered {
  readonly left: readonly LogEvent[]
  readonly error?: string
}

const field = (event: LogEvent, name: string): string | undefined => {
  let at: Json | undefined = event
  for (const key of name.replace(/^\[|\]$/g, '').split(/\]\[|\./))
    at = typeof at === 'object' && at !== null && !Array.isArray(at) ? (at as LogEvent)[key] : undefined
  return at === undefined || at === null ? undefined : String(at)
}

/** `logs-%{+YYYY.MM.dd}`, `%{[fields][app]}`: what it is for an event. A field that is not there stays as it is written, as Logstash has it. */
export function expanded(pattern: string, event: LogEvent): string {
  return pattern.replace(/%\{([^}]+)\}/g, (whole, name: string) => {
    if (!name.startsWith('+')) return field(event, name) ?? whole
    const time = String(event['@timestamp'] ?? '')
    return name
      .slice(1)
      .replace(/[yY]{4}/, time.slice(0, 4))
      .replace('MM', time.slice(5, 7))
      .replace('dd', time.slice(8, 10))
      .replace('HH', time.slice(11, 13))
  })
}

function toElasticsearch(ctx: ProcessContext, sink: Sink & { kind: 'elasticsearch' }, events: readonly LogEvent[]): Delivered {
  const body = events.map((e) => `${JSON.stringify({ create: { _index: expanded(sink.index, e) } })}\n${JSON.stringify(e)}\n`).join('')
  let error = ''
  for (const host of sink.hosts) {
    const reply = http(ctx, host, 'POST', '/_bulk', body)
    if (typeof reply === 'string') error = `Post "${host}/_bulk": ${reply}`
    else if (reply.status !== 200) error = `${reply.status} ${reply.body.slice(0, 200)}`
    else {
      const items = (
        JSON.parse(reply.body) as { items: readonly Readonly<Record<string, { status: number; error?: { reason: string } }>>[] }
      ).items
      const left = events.filter((_, i) => {
        const status = Object.values(items[i] ?? {})[0]?.status ?? 500
        return status === 429 || status >= 500
      })
      const first = items.map((item) => Object.values(item)[0]).find((item) => item !== undefined && item.status >= 300)
      return { left, ...(first !== undefined && { error: `${first.status} ${first.error?.reason ?? ''}` }) }
    }
  }
  return { left: events, error }
}

function toKafka(ctx: ProcessContext, sink: Sink & { kind: 'kafka' }, events: readonly LogEvent[]): Delivered {
  const none = (error: string): Delivered => ({ left: events, error })
  let client: KafkaClient
  try {
    client = new KafkaClient(ctx, sink.servers, 'Producer clientId=producer-1')
  } catch (error) {
    if (error instanceof NoBootstrapError) return none('kafka: client has run out of available brokers to talk to')
    throw error
  }
  let left: readonly LogEvent[] = []
  let error: string | undefined
  const topics = new Map<string, LogEvent[]>()
  for (const e of events) topics.set(expanded(sink.topic, e), [...(topics.get(expanded(sink.topic, e)) ?? []), e])
  for (const [topic, mine] of topics) {
    const metadata = client.metadata([topic], true)
    if (metadata === undefined) return none(`kafka: client has run out of available brokers to talk to`)
    const records = mine.map((e) => ({ key: null, value: sink.plain ? String(e['message'] ?? '') : JSON.stringify(e) }))
    const sent = client.send(metadata, topic, client.partitionOf(metadata, topic, records[0]!), records, sink.acks)
    if (sent.error !== undefined) [left, error] = [[...left, ...mine], `kafka server: ${sent.text ?? sent.error}`]
  }
  return { left, ...(error !== undefined && { error }) }
}

function toBeats(ctx: ProcessContext, sink: Sink & { kind: 'beats' }, events: readonly LogEvent[]): Delivered {
  let error = ''
  for (const text of sink.hosts) {
    const { host, port } = splitUrl(text, 5044)
    const result = ctx.dial({ host, port, protocol: 'beats', payload: { events } satisfies BeatsBatch, timeoutMs: 30_000 })
    if (result.ok && (result.reply as BeatsAnswer | null)?.taken) return { left: [] }
    const at = `${result.peer?.ip ?? host}:${port}`
    error = result.ok
      ? 'the receiver has no room'
      : result.failure.startsWith('dns')
        ? `lookup ${host}: no such host`
        : result.failure === 'refused'
          ? `dial tcp ${at}: connect: connection refused`
          : `read tcp ${at}: i/o timeout`
  }
  return { left: events, error }
}

/** Sends events once. In: what goes where; out: what was not taken, in its order. */
export function deliver(ctx: ProcessContext, sink: Sink, events: readonly LogEvent[]): Delivered {
  if (events.length === 0) return { left: [] }
  if (sink.kind === 'elasticsearch') return toElasticsearch(ctx, sink, events)
  if (sink.kind === 'kafka') return toKafka(ctx, sink, events)
  if (sink.kind === 'beats') return toBeats(ctx, sink, events)
  for (const event of events) ctx.log(JSON.stringify(event))
  return { left: [] }
}
