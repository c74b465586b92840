/**
 * Apache Kafka without ZooKeeper (3.7 to 4.1): controllers, brokers and nodes that are both; topics whose partitions have leaders and followers;
 * acknowledged records survive what their replication and volumes promise. A node advertises its addresses and clients dial these.
 */
import { FileError } from '../../script/files.ts'
import type { ProcessContext, ProcessEvent, Program } from '../contract.ts'
import { javaOptions, maxHeapBytes, residentBytes } from '../jvm/heap.ts'
import { untilDiskFails } from '../serving/disk.ts'
import { type Serving, served } from '../serving/events.ts'
import { MiB, slowdown } from '../text/context.ts'
import { catchUp, commit, coordinator, fetch, offsets, produce, replicate } from './broker.ts'
import { consumerGroups } from './command-groups.ts'
import { topics } from './command-topics.ts'
import { consoleConsumer, consoleProducer, quorumStatus } from './console.ts'
import {
  type ClientReply,
  type ClientRequest,
  EMPTY,
  isActive,
  isBroker,
  isController,
  type NodeRequest,
  type Settings,
  type State,
} from './contract.ts'
import { log } from './messages.ts'
import { append, beat, decide, register, signUp, stand, through, vote } from './quorum.ts'
import { numberOf, readSettings, SettingsError } from './settings.ts'
import { clusterIn, format, keep, readKept, readLogs } from './storage.ts'

const START_MS = 4_000
const LIVE_BYTES = 160 * MiB
const NO_SETTINGS: Settings = {
  nodeId: -1,
  roles: [],
  voters: [],
  listeners: [],
  controllerPort: undefined,
  interBroker: '',
  logDir: '',
  clusterId: '',
  properties: {},
}

const blank = (settings: Settings, nowMs: number): State => ({
  phase: 'starting',
  settings,
  brokerEpoch: Math.floor(nowMs),
  metadata: EMPTY,
  term: 0,
  votedFor: null,
  leader: -1,
  heard: {},
  quorumMs: nowMs,
  producers: 0,
  logs: {},
  acked: {},
  behind: {},
})

function refused(s: State, error: Error, ctx: ProcessContext): State {
  log(ctx, 'ERROR', 'Exiting Kafka due to fatal exception', 'kafka.Kafka$')
  const kind = error.message.startsWith('requirement failed')
    ? 'java.lang.IllegalArgumentException'
    : error instanceof FileError
      ? 'java.io.IOException'
      : 'org.apache.kafka.common.config.ConfigException'
  ctx.log(`${kind}: ${error.message}`)
  ctx.exit(1)
  return { ...s, phase: 'stopped' }
}

function start(ctx: ProcessContext): State {
  let settings = NO_SETTINGS
  try {
    settings = readSettings(ctx)
    ctx.log(
      format(ctx.files, settings) === 'formatted'
        ? `Formatting metadata directory ${settings.logDir} with metadata.version 4.0-IV3.`
        : `All of the log directories are already formatted.`,
    )
  } catch (error) {
    if (!(error instanceof SettingsError || error instanceof FileError)) throw error
    return refused(blank(settings, ctx.nowMs), error, ctx)
  }
  const heap = maxHeapBytes(javaOptions({ KAFKA_HEAP_OPTS: '-Xmx1G -Xms1G', ...ctx.env }, ['KAFKA_HEAP_OPTS']), ctx.limits.memoryBytes)
  ctx.memory(residentBytes(LIVE_BYTES, heap))
  ctx.cpu(800)
  log(
    ctx,
    'INFO',
    `[KafkaRaftServer nodeId=${settings.nodeId}] Starting (roles ${settings.roles.join(',')})`,
    'kafka.server.KafkaRaftServer',
  )
  ctx.timer('start', START_MS * slowdown(ctx) * (0.9 + ctx.random('start') * 0.2))
  return blank(settings, ctx.nowMs)
}

function up(s: State, ctx: ProcessContext): State {
  const { settings } = s
  const kept = readKept(ctx.files, settings.logDir)
  const state: State = {
    ...s,
    phase: 'up',
    ...kept,
    logs: readLogs(ctx.files, settings.logDir),
    settings: { ...settings, clusterId: clusterIn(ctx.files, settings.logDir) },
  }
  for (const port of new Set([
    ...settings.listeners.map((l) => l.boundPort),
    ...(settings.controllerPort === undefined ? [] : [settings.controllerPort]),
  ])) {
    if (ctx.listen(port)) continue
    return refused(state, new SettingsError(`Socket server failed to bind to 0.0.0.0:${port}: Address already in use.`), ctx)
  }
  keep(ctx.files, state)
  ctx.cpu(15)
  log(ctx, 'INFO', `[KafkaRaftServer nodeId=${settings.nodeId}] Kafka Server started`, 'kafka.server.KafkaRaftServer')
  let next = state
  if (isController(state)) {
    if (settings.voters.length === 1) next = stand(state, ctx)
    else ctx.timer('election', 500 + ctx.random('election') * 2_000)
  }
  return signUp(next, ctx)
}

function stop(s: State, ctx: ProcessContext): State {
  log(ctx, 'INFO', 'Terminating process due to signal SIGTERM', 'org.apache.kafka.common.utils.LoggingSignalHandler')
  let state = s
  if (s.phase === 'up' && isBroker(s)) {
    log(ctx, 'INFO', `[BrokerServer id=${s.settings.nodeId}] Transition from STARTED to SHUTTING_DOWN`, 'kafka.server.BrokerServer')
    state = through(s, { kind: 'fence', id: s.settings.nodeId }, ctx).state
  }
  log(ctx, 'INFO', `App info kafka.server for ${s.settings.nodeId} unregistered`, 'org.apache.kafka.common.utils.AppInfoParser')
  ctx.exit(143)
  return { ...state, phase: 'stopped' }
}

/** Brokers as those are told who came in at this port, and topics, made where they may be. */
function metadata(
  s: State,
  r: ClientRequest & { kind: 'metadata' },
  port: number,
  ctx: ProcessContext,
): { state: State; reply: ClientReply } {
  let state = s
  if (r.create && s.settings.properties['auto.create.topics.enable'] !== 'false')
    for (const name of r.topics ?? [])
      if (state.metadata.topics[name] === undefined)
        state = through(
          state,
          {
            kind: 'create',
            name,
            partitions: numberOf(s.settings, 'num.partitions'),
            replicas: numberOf(s.settings, 'default.replication.factor'),
            config: {},
          },
          ctx,
        ).state
  const listener = s.settings.listeners.find((l) => l.boundPort === port)?.name
  const brokers = Object.values(state.metadata.brokers).flatMap((b) => {
    const at = b.fenced ? undefined : b.listeners.find((l) => l.name === listener)
    return at === undefined ? [] : [{ id: b.id, host: at.host, port: at.port }]
  })
  return { state, reply: { ok: true, clusterId: s.settings.clusterId, controller: state.leader, brokers, topics: state.metadata.topics } }
}

function client(s: State, r: ClientRequest, port: number, ctx: ProcessContext): { state: State; reply: ClientReply; ms?: number } {
  switch (r.kind) {
    case 'metadata':
      return metadata(s, r, port, ctx)
    case 'produce':
      return produce(s, r, ctx)
    case 'fetch':
      return fetch(s, r)
    case 'admin': {
      const done = through(s, r.change, ctx)
      return { state: done.state, reply: done.refusal ?? { ok: true } }
    }
    case 'coordinator':
      return coordinator(s, r.group, port, ctx)
    case 'commit':
      return commit(s, r, ctx)
    case 'offsets':
      return offsets(s, r.group)
    case 'producer-id':
      return {
        state: { ...s, producers: s.producers + 1 },
        reply: { ok: true, producer: `${s.settings.nodeId}-${s.brokerEpoch}-${s.producers}` },
      }
    case 'quorum':
      return { state: s, reply: { ok: true, leader: s.leader, term: s.term, version: s.metadata.version, voters: s.settings.voters } }
  }
}

function request(s: State, event: ProcessEvent & { type: 'request' }, ctx: ProcessContext): State {
  if (event.protocol === 'kafka-node') {
    const r = event.payload as NodeRequest
    const done =
      r.kind === 'append'
        ? append(s, r, ctx)
        : r.kind === 'vote'
          ? vote(s, r, ctx)
          : r.kind === 'register'
            ? register(s, r, s.settings.clusterId, ctx)
            : r.kind === 'replicate'
              ? replicate(s, r, ctx)
              : asked(s, r, ctx)
    ctx.reply(done.reply, 1)
    return done.state
  }
  if (event.protocol !== 'kafka' || event.port === s.settings.controllerPort) {
    ctx.reset()
    return s
  }
  const done = client(s, event.payload as ClientRequest, event.port, ctx)
  ctx.reply(done.reply, done.ms ?? 1)
  return done.state
}

function asked(s: State, r: NodeRequest & { kind: 'change' }, ctx: ProcessContext): ReturnType<typeof append> {
  const { state, refusal } = decide(s, r.change, ctx)
  return { state, reply: refusal ?? { ok: true, term: state.term, metadata: state.metadata } }
}

const handled = (s: State, event: ProcessEvent, ctx: ProcessContext): State => served(s, event, ctx, SERVING)

const SERVING: Serving<State> = {
  idleMilli: 15,
  request,
  stop,
  timer(s, id, ctx) {
    if (id === 'start') return up(s, ctx)
    if (id === 'beat') return beat(s, ctx)
    if (id === 'register') return signUp(s, ctx)
    if (id === 'catch-up') return catchUp(s, ctx)
    return isActive(s) ? s : signUp(stand(s, ctx), ctx)
  },
}

export const kafka: Program<State> = {
  name: 'kafka',
  executables: ['run', 'run.sh', 'kafka-server-start.sh'],
  commands: [topics, consoleProducer, consoleConsumer, consumerGroups, quorumStatus],
  start,
  on: untilDiskFails(handled, (state, error, ctx) => {
    // The only directory of logs has failed: a broker does not live without.
    log(
      ctx,
      'ERROR',
      `Error while writing to checkpoint or log in dir ${state.settings.logDir}: ${error.message}`,
      'org.apache.kafka.storage.internals.log.LogDirFailureChannel',
    )
    log(ctx, 'FATAL', `Shutdown broker because all log dirs in ${state.settings.logDir} have failed`, 'kafka.log.LogManager')
    ctx.exit(1)
    return { ...state, phase: 'stopped' }
  }),
}
