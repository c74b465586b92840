/** Elasticsearch 7 and 8: a node that finds the others by itself, elects a master with them and keeps shards. Memory is the heap and what the JVM needs besides. */
import type { HttpRequest } from '../../network/contract.ts'
import { FileError } from '../../script/files.ts'
import type { ProcessContext, Program } from '../contract.ts'
import { makeDirectory } from '../text/files.ts'
import type { NodeInfo, State, TransportRequest } from './contract.ts'
import { log, masterOf, newUuid, round } from './coordination.ts'
import { send } from './discovery.ts'
import { BOOTSTRAP, describe, NODE } from './messages.ts'
import { keep, readKept } from './persist.ts'
import { rest } from './rest.ts'
import { bootstrapFailures, readSettings } from './settings.ts'
import { answer } from './transport.ts'

const START_MS = 14_000
const ROUND_MS = 1_000
/** discovery.initial_state_timeout: so long HTTP waits for a master. */
const INITIAL_STATE_MS = 30_000
const JVM_FACTOR = 1.3

const slowdown = (ctx: ProcessContext): number => 1000 / Math.min(1000, Math.max(50, ctx.limits.cpuMilli ?? 1000))

function start(ctx: ProcessContext): State {
  const settings = readSettings(ctx)
  const old = readKept(ctx.files, settings.dataPath)
  const me: NodeInfo = {
    id: old?.nodeId ?? newUuid(ctx, 'node'),
    ephemeralId: newUuid(ctx, 'ephemeral'),
    name: settings.nodeName,
    ip: ctx.pod.ip,
    port: settings.transportPort,
    roles: settings.roles,
  }
  const state: State = {
    phase: 'starting',
    settings,
    me,
    mode: 'candidate',
    term: old?.term ?? 0,
    ...(old?.cluster && { cluster: old.cluster }),
    peers: [],
    joins: [],
    leaves: [],
    dirty: false,
    silent: {},
    searchingSinceMs: ctx.nowMs,
    warnedMs: 0,
    upMs: 0,
    http: false,
    drawn: 0,
  }
  log(
    state,
    ctx,
    'INFO',
    NODE,
    `version[${ctx.env['ELASTIC_VERSION'] ?? '8.15.3'}], pid[7], build[docker], OS[Linux], JVM[Oracle Corporation/OpenJDK 64-Bit Server VM/22.0.1]`,
  )
  ctx.cpu(1000)
  // AlwaysPreTouch: the heap is taken at the start.
  ctx.memory(settings.heapBytes * JVM_FACTOR)
  ctx.timer('start', START_MS * slowdown(ctx) * (0.9 + ctx.random('start') * 0.2))
  return state
}

function up(state: State, ctx: ProcessContext): State {
  try {
    makeDirectory(ctx.files, state.settings.dataPath)
    keep(ctx.files, state.settings.dataPath, { nodeId: state.me.id, term: state.term, ...(state.cluster && { cluster: state.cluster }) })
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    log(
      state,
      ctx,
      'ERROR',
      NODE,
      `fatal exception while booting Elasticsearch: java.lang.IllegalStateException: failed to obtain node locks, tried [${state.settings.dataPath}]; maybe these locations are not writable or multiple nodes were started on the same data path? (${error.message})`,
    )
    ctx.exit(1)
    return { ...state, phase: 'stopped' }
  }
  log(state, ctx, 'INFO', NODE, `initialized`)
  log(
    state,
    ctx,
    'INFO',
    'org.elasticsearch.transport.TransportService',
    `publish_address {${state.me.ip}:${state.me.port}}, bound_addresses {0.0.0.0:${state.me.port}}`,
  )
  const failures = bootstrapFailures(state.settings)
  if (failures.length > 0) {
    log(
      state,
      ctx,
      'ERROR',
      BOOTSTRAP,
      `node validation exception\n[${failures.length}] bootstrap checks failed. You must address the points described in the following [${failures.length}] lines before starting Elasticsearch.\n${failures.map((f, i) => `bootstrap check failure [${i + 1}] of [${failures.length}]: ${f}`).join('\n')}`,
    )
    ctx.exit(78)
    return { ...state, phase: 'stopped' }
  }
  ctx.listen(state.settings.transportPort)
  ctx.cpu(50)
  ctx.timer('round', ROUND_MS)
  return { ...state, phase: 'up', upMs: ctx.nowMs, searchingSinceMs: ctx.nowMs }
}

/** HTTP opens once there is a master, or half a minute has passed without. */
function opened(state: State, ctx: ProcessContext): State {
  if (state.http) return state
  const found = masterOf(state) !== undefined
  if (!found && ctx.nowMs - state.upMs < INITIAL_STATE_MS) return state
  if (!found)
    log(
      state,
      ctx,
      'WARN',
      NODE,
      'timed out after [discovery.initial_state_timeout=30s] while waiting for initial discovery state; for troubleshooting guidance see [https://www.elastic.co/guide/en/elasticsearch/reference/8.15/discovery-troubleshooting.html]',
    )
  ctx.listen(state.settings.httpPort)
  log(
    state,
    ctx,
    'INFO',
    'org.elasticsearch.http.AbstractHttpServerTransport',
    `publish_address {${state.me.ip}:${state.settings.httpPort}}, bound_addresses {0.0.0.0:${state.settings.httpPort}}`,
  )
  log(state, ctx, 'INFO', NODE, `started ${describe(state.me)}`)
  return { ...state, http: true }
}

/** Connections break when a process ends: the others know at once. */
function stop(state: State, ctx: ProcessContext): State {
  log(state, ctx, 'INFO', NODE, 'stopping ...')
  const others = state.mode === 'leader' ? state.cluster!.nodes : [masterOf(state)].filter((m) => m !== undefined)
  for (const node of others) if (node.id !== state.me.id) send(ctx, node.ip, node.port, { action: 'leaving', id: state.me.id }, 1000)
  log(state, ctx, 'INFO', NODE, 'closed')
  ctx.exit(143)
  return { ...state, phase: 'stopped' }
}

export const elasticsearch: Program<State> = {
  name: 'elasticsearch',
  executables: ['elasticsearch', 'eswrapper'],
  start,
  on(state, event, ctx) {
    switch (event.type) {
      case 'timer':
        if (event.id === 'start') return up(state, ctx)
        ctx.timer('round', ROUND_MS)
        return opened(round(state, ctx), ctx)
      case 'signal':
        if (event.signal !== 'TERM' && event.signal !== 'INT') return state
        if (state.phase === 'up') return stop(state, ctx)
        ctx.exit(143)
        return state
      case 'request': {
        if (event.port === state.settings.transportPort && event.protocol === 'es-transport') {
          const done = answer(state, event.payload as TransportRequest, ctx)
          ctx.reply(done.reply, 1)
          return done.state
        }
        if (event.port !== state.settings.httpPort || event.protocol !== 'http') {
          ctx.reset()
          return state
        }
        const done = rest(state, event.payload as HttpRequest, ctx)
        ctx.reply(done.reply, done.ms)
        return done.state
      }
      default:
        return state
    }
  },
}
