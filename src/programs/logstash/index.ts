/**
 * Logstash 7 to 9: inputs fill a queue, filters and outputs empty it. The queue is in memory (small; what is in it dies with the process, though its
 * senders have their acknowledgement) or persisted (`queue.type: persisted`: acknowledged when it is on the disk). A full queue takes nothing more.
 */

import type { HttpReply, HttpRequest } from '../../network/contract.ts'
import { FileError } from '../../script/files.ts'
import type { ProcessContext, ProcessEvent, Program } from '../contract.ts'
import { flatten } from '../elasticsearch/settings.ts'
import { type ImageRecord, MB } from '../images/define.ts'
import { elasticVersion } from '../images/elastic-versions.ts'
import { heapSpaceError, javaOptions, maxHeapBytes, residentBytes } from '../jvm/heap.ts'
import { KafkaClient, NoBootstrapError } from '../kafka/client.ts'
import { type BeatsAnswer, type BeatsBatch, deliver, type LogEvent } from '../log-shipping/sinks.ts'
import { MiB, sizeInBytes, slowdown } from '../text/context.ts'
import { namesIn, readText, writeText } from '../text/files.ts'
import { isoTime } from '../text/times.ts'
import { filtered, type Pipeline, PipelineError, type Plugin, readPipeline, sinkOf, texts } from './pipeline.ts'

const HOME = '/usr/share/logstash'
const START_MS = 18_000
const LIVE_BYTES = 300 * MiB
/** pipeline.batch.size × two workers. */
const MEMORY_EVENTS = 250
const BATCH = 125
const DRAIN_MS = 50
const RETRY_MS = 2_000
const MAX_RETRY_MS = 64_000
const POLL_MS = 1_000
const API_PORT = 9600

interface State {
  readonly phase: 'starting' | 'up' | 'stopped'
  readonly pipeline?: Pipeline
  readonly persisted: boolean
  readonly maxBytes: number
  readonly dataPath: string
  /** Events, filtered, with the outputs (by number) that have not taken them yet. */
  readonly queue: readonly { readonly event: LogEvent; readonly to: readonly number[] }[]
  readonly failures: number
  readonly taken: number
  readonly sent: number
}

const pageOf = (s: State): string => `${s.dataPath}/queue/main/page.0`
const log = (ctx: ProcessContext, level: string, logger: string, text: string): void =>
  ctx.log(`[${isoTime(ctx.nowMs, ',').replace('Z', '')}][${level.padEnd(5)}][${logger}] ${text}`)

function failed(s: State, text: string, ctx: ProcessContext): State {
  log(
    ctx,
    'ERROR',
    'logstash.agent',
    `Failed to execute action {:action=>LogStash::PipelineAction::Create/pipeline_id:main, :exception=>"LogStash::ConfigurationError", :message=>"${text}"}`,
  )
  log(ctx, 'INFO', 'logstash.runner', 'Logstash shut down.')
  ctx.exit(1)
  return { ...s, phase: 'stopped' }
}

/** `pipeline/*.conf`, `-f file`, `-e text`. */
function pipelineText(ctx: ProcessContext): string {
  const after = (option: string): string | undefined => {
    const at = ctx.argv.indexOf(option)
    return at < 0 ? undefined : ctx.argv[at + 1]
  }
  const inline = after('-e')
  if (inline !== undefined) return inline
  const file = after('-f')
  if (file !== undefined && !file.endsWith('/')) return readText(ctx.files, file) ?? ''
  const directory = file?.replace(/\/$/, '') ?? `${HOME}/pipeline`
  return namesIn(ctx.files, directory)
    .filter((n) => n.endsWith('.conf'))
    .map((n) => readText(ctx.files, `${directory}/${n}`) ?? '')
    .join('\n')
}

function start(ctx: ProcessContext): State {
  const settings = flatten(readText(ctx.files, `${HOME}/config/logstash.yml`) ?? '')
  const get = (name: string): string | undefined => ctx.env[name.toUpperCase().replaceAll('.', '_')] ?? settings.get(name)
  const state: State = {
    phase: 'starting',
    persisted: get('queue.type') === 'persisted',
    maxBytes: sizeInBytes((get('queue.max_bytes') ?? '1024mb').replace(/b$/i, '')) ?? 1024 * MiB,
    dataPath: get('path.data') ?? `${HOME}/data`,
    queue: [],
    failures: 0,
    taken: 0,
    sent: 0,
  }
  const heap = maxHeapBytes(javaOptions({ BASE: '-Xmx1g', ...ctx.env }, ['BASE', 'LS_JAVA_OPTS']), ctx.limits.memoryBytes)
  log(
    ctx,
    'INFO',
    'logstash.runner',
    `Starting Logstash {"logstash.version"=>"${ctx.env['LOGSTASH_VERSION'] ?? '8.15.5'}", "jruby.version"=>"jruby 9.4.9.0"}`,
  )
  if (heap < LIVE_BYTES / 3) {
    ctx.log(`Exception in thread "main" ${heapSpaceError}`, 'stderr')
    ctx.exit(1)
    return { ...state, phase: 'stopped' }
  }
  ctx.memory(residentBytes(LIVE_BYTES, heap))
  ctx.cpu(1000)
  ctx.timer('start', START_MS * slowdown(ctx))
  return state
}

const listening = (p: Plugin): number | undefined =>
  p.name === 'beats' ? Number(p.settings['port'] ?? 5044) : p.name === 'http' ? Number(p.settings['port'] ?? 8080) : undefined

function up(s: State, ctx: ProcessContext): State {
  let pipeline: Pipeline
  try {
    pipeline = readPipeline(pipelineText(ctx), ctx.env)
    // A pattern that is not simulated shows now, not with the first event.
    filtered(pipeline, { message: '' })
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error
    return failed(s, error.message, ctx)
  }
  const page = s.persisted ? readText(ctx.files, pageOf(s)) : undefined
  const queue = page === undefined ? [] : (JSON.parse(page) as State['queue'])
  ctx.cpu(20)
  ctx.listen(API_PORT)
  log(ctx, 'INFO', 'logstash.agent', `Successfully started Logstash API endpoint {:port=>${API_PORT}, :ssl_enabled=>false}`)
  for (const input of pipeline.inputs) {
    const port = listening(input)
    if (port !== undefined && ctx.listen(port)) log(ctx, 'INFO', 'org.logstash.beats.Server', `Starting server on port: ${port}`)
    if (input.name === 'kafka') ctx.timer('poll', POLL_MS)
  }
  log(ctx, 'INFO', 'logstash.javapipeline', 'Pipeline started {"pipeline.id"=>"main"}')
  if (queue.length > 0) ctx.timer('drain', DRAIN_MS)
  return { ...s, phase: 'up', pipeline, queue }
}

/** The queue as it is from now on; a persisted one is written first. Throws FileError. */
function held(s: State, queue: State['queue'], ctx: ProcessContext): State {
  if (s.persisted) writeText(ctx.files, pageOf(s), JSON.stringify(queue))
  return { ...s, queue }
}

const hasRoom = (s: State): boolean => (s.persisted ? JSON.stringify(s.queue).length < s.maxBytes : s.queue.length < MEMORY_EVENTS)

/** Takes events into the queue, or not. */
function taken(s: State, events: readonly LogEvent[], ctx: ProcessContext): State | undefined {
  if (!hasRoom(s)) return undefined
  const to = s.pipeline!.outputs.map((_, i) => i)
  const stamped = events.map((e): LogEvent => ({ '@timestamp': isoTime(ctx.nowMs), '@version': '1', ...e }))
  const kept = stamped.map((e) => filtered(s.pipeline!, e)).filter((e) => e !== undefined)
  try {
    const next = held(s, [...s.queue, ...kept.map((event) => ({ event, to }))], ctx)
    if (s.queue.length === 0) ctx.timer('drain', DRAIN_MS)
    return { ...next, taken: s.taken + events.length }
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    log(ctx, 'FATAL', 'org.logstash.ackedqueue.Queue', `${error.message}`)
    return undefined
  }
}

function drain(s: State, ctx: ProcessContext): State {
  const batch = s.queue.slice(0, BATCH)
  const left = batch.map((item) => ({ ...item, to: [...item.to] }))
  let trouble = false
  for (const [n, output] of s.pipeline!.outputs.entries()) {
    const mine = left.filter((item) => item.to.includes(n))
    const done = deliver(
      ctx,
      sinkOf(output),
      mine.map((item) => item.event),
    )
    const refused = new Set(done.left)
    for (const item of mine) if (!refused.has(item.event)) item.to = item.to.filter((x) => x !== n)
    if (done.error !== undefined && done.left.length > 0) {
      trouble = true
      log(
        ctx,
        'ERROR',
        `logstash.outputs.${output.name}`,
        `Attempted to send a bulk request but there are no living connections in the connection pool (perhaps ${output.name} is unreachable or down?) {:message=>"${done.error.replaceAll('"', "'")}", :will_retry_in_seconds=>${Math.min(64, 2 ** (s.failures + 1))}}`,
      )
    } else if (done.error !== undefined)
      log(ctx, 'WARN', `logstash.outputs.${output.name}`, `Could not index event to Elasticsearch. {:status=>${done.error}}`)
  }
  const open = left.filter((item) => item.to.length > 0)
  const queue = [...open, ...s.queue.slice(batch.length)]
  const failures = trouble ? s.failures + 1 : 0
  if (queue.length > 0) ctx.timer('drain', trouble ? Math.min(MAX_RETRY_MS, RETRY_MS * 2 ** s.failures) : DRAIN_MS)
  return { ...held(s, queue, ctx), failures, sent: s.sent + batch.length - open.length }
}

/** Inputs that fetch: what they read is counted as read once it is in the queue. */
function poll(s: State, ctx: ProcessContext): State {
  let state = s
  ctx.timer('poll', POLL_MS)
  for (const input of s.pipeline!.inputs) {
    if (input.name !== 'kafka') continue
    const group = String(input.settings['group_id'] ?? 'logstash')
    let client: KafkaClient
    try {
      client = new KafkaClient(
        ctx,
        texts(input.settings['bootstrap_servers']).join(',') || 'localhost:9092',
        `Consumer clientId=logstash-0, groupId=${group}`,
      )
    } catch (error) {
      if (error instanceof NoBootstrapError)
        return failed(s, `Kafka::Common::KafkaException: Failed to construct kafka consumer: ${error.message}`, ctx)
      throw error
    }
    const topics = texts(input.settings['topics'] ?? 'logstash')
    const metadata = client.metadata(topics)
    const offsets = metadata && client.offsets(metadata, group)
    if (metadata === undefined || offsets === undefined) {
      for (const text of client.lines.slice(0, 1))
        log(ctx, 'WARN', 'org.apache.kafka.clients.NetworkClient', text.replace(/^\[[^\]]*\] WARN /, ''))
      ctx.timer('poll', POLL_MS * 5)
      continue
    }
    const next: Record<string, number> = {}
    for (const topic of topics)
      for (const [i] of (metadata.topics[topic]?.partitions ?? []).entries()) {
        const key = `${topic}-${i}`
        const from = offsets[key] ?? (input.settings['auto_offset_reset'] === 'earliest' ? 0 : undefined)
        const read = client.read(metadata, topic, i, from ?? 0, from === undefined ? 0 : BATCH)
        if (read === undefined) continue
        const events = read.records.map((r) => decoded(r.value ?? '', input))
        const after = events.length === 0 ? state : taken(state, events, ctx)
        if (after === undefined) continue
        state = after
        next[key] = from === undefined ? read.end : from + events.length
      }
    if (Object.entries(next).some(([key, offset]) => offsets[key] !== offset))
      client.coordinator(metadata, group, { kind: 'commit', group, offsets: next })
  }
  return state
}

function decoded(text: string, input: Plugin): LogEvent {
  if (input.settings['codec'] !== 'json') return { message: text }
  try {
    return JSON.parse(text) as LogEvent
  } catch {
    return { message: text, tags: ['_jsonparsefailure'] }
  }
}

function request(s: State, event: ProcessEvent & { type: 'request' }, ctx: ProcessContext): State {
  const reply = (status: number, body: string): void =>
    ctx.reply({ status, headers: { 'content-type': 'application/json' }, body } satisfies HttpReply, 2)
  const input = s.pipeline?.inputs.find((p) => listening(p) === event.port)
  if (input?.name === 'beats' && event.protocol === 'beats') {
    const next = taken(s, (event.payload as BeatsBatch).events, ctx)
    ctx.reply({ taken: next !== undefined } satisfies BeatsAnswer, 2)
    return next ?? s
  }
  if (input?.name === 'http' && event.protocol === 'http') {
    const next = taken(s, [decoded((event.payload as HttpRequest).body ?? '', { name: 'http', settings: { codec: 'json' } })], ctx)
    reply(next === undefined ? 429 : 200, next === undefined ? 'Too Many Requests' : 'ok')
    return next ?? s
  }
  if (event.port === API_PORT && event.protocol === 'http')
    reply(
      200,
      `${JSON.stringify({ host: ctx.hostname, version: ctx.env['LOGSTASH_VERSION'] ?? '8.15.5', status: 'green', pipelines: { main: { events: { in: s.taken, out: s.sent }, queue: { type: s.persisted ? 'persisted' : 'memory', events_count: s.queue.length } } } })}\n`,
    )
  else ctx.reset()
  return s
}

export const logstash: Program<State> = {
  name: 'logstash',
  executables: ['logstash'],
  start,
  on(s, event, ctx) {
    if (event.type === 'timer') return event.id === 'start' ? up(s, ctx) : event.id === 'poll' ? poll(s, ctx) : drain(s, ctx)
    if (event.type === 'request') return request(s, event, ctx)
    if (event.type !== 'signal' || (event.signal !== 'TERM' && event.signal !== 'INT')) return s
    log(ctx, 'WARN', 'logstash.runner', 'SIGTERM received. Shutting down.')
    // In order, what is in memory is handed over first, once; what is persisted waits for the next start.
    const last = s.phase === 'up' && !s.persisted && s.queue.length > 0 ? drain(s, ctx) : s
    log(ctx, 'INFO', 'logstash.runner', 'Logstash shut down.')
    ctx.exit(0)
    return { ...last, phase: 'stopped' }
  },
}

export const logstashImage: ImageRecord = {
  repositories: ['docker.elastic.co/logstash/logstash', 'logstash', 'elastic/logstash'],
  version: elasticVersion,
  image: (version) => ({
    entrypoint: ['/usr/local/bin/docker-entrypoint'],
    cmd: [],
    env: { LOGSTASH_VERSION: version },
    workingDir: HOME,
    user: '1000',
    users: { logstash: [1000, 1000] },
    owned: { [HOME]: 'logstash' },
    exposedPorts: [5044, 9600],
    sizeBytes: 430 * MB,
    base: 'debian',
    executables: ['logstash', 'curl'],
    files: {
      [`${HOME}/config/logstash.yml`]: 'http.host: "0.0.0.0"\n',
      [`${HOME}/pipeline/logstash.conf`]:
        'input {\n  beats {\n    port => 5044\n  }\n}\n\noutput {\n  stdout {\n    codec => rubydebug\n  }\n}\n',
      [`${HOME}/data/.keep`]: '',
    },
  }),
  scriptRuns: 'logstash',
}
