/**
 * Redis and Valkey, one server or a primary with replicas: keys in memory, snapshots at save points, the append-only file, eviction at
 * maxmemory. Models the official images 6.2 to 8 and Valkey 7.2 to 8. Memory: the process and its data.
 */
import { FileError } from '../../script/files.ts'
import type { ProcessContext, ProcessEvent, Program } from '../contract.ts'
import { slowdown } from '../text/context.ts'
import { makeDirectory, readText } from '../text/files.ts'
import { redisCli } from './client.ts'
import type { RedisReply, RedisRequest } from './contract.ts'
import { Keyspace, noKeys } from './keyspace.ts'
import { line, starting } from './messages.ts'
import { createAof, hasAof, keysOf, readAof, readRdb } from './persist.ts'
import { answer, check, connect, feed, RETRY_MS } from './replication.ts'
import { save, scheduled } from './saving.ts'
import { expire, serve } from './session.ts'
import { readConfig, savePoints } from './settings.ts'
import { log, measured, newReplId, productOf, type State } from './state.ts'

const START_MS = 60
const LOAD_BYTES_A_MS = 200_000

function end(s: State, ctx: ProcessContext, lines: readonly string[], code: number): State {
  for (const text of lines) ctx.log(text, 'stderr')
  ctx.exit(code)
  return { ...s, phase: 'stopped' }
}

function start(ctx: ProcessContext): State {
  const product = productOf(ctx)
  const { config, file, fatal } = readConfig(ctx, `${product.name} ${product.version}`)
  const [host, port] = (config['replicaof'] ?? '').split(/\s+/)
  const state: State = {
    phase: 'starting',
    config,
    startedMs: ctx.nowMs,
    keys: noKeys,
    peakBytes: 0,
    replId: newReplId(ctx, 'start'),
    offset: 0,
    backlog: [],
    replicas: [],
    savedMs: ctx.nowMs,
    dirty: 0,
    saveFailed: false,
    expired: 0,
    evicted: 0,
    ...(host && port && { primary: { host, port: Number(port), up: false, heardMs: ctx.nowMs, downMs: ctx.nowMs } }),
  }
  if (fatal !== undefined) return end(state, ctx, fatal, 1)
  if (config['cluster-enabled'] === 'yes')
    return end(state, ctx, ['clusterlab: Redis Cluster (cluster-enabled yes) is not simulated; a primary with replicas is'], 1)
  for (const text of starting(ctx.nowMs, product, file !== undefined || ctx.argv.length > 1)) ctx.log(text)
  ctx.memory(7 * 1024 * 1024)
  ctx.cpu(100)
  const bytes = (readText(ctx.files, `${config['dir']}/${config['dbfilename']}`) ?? '').length
  ctx.timer('start', (START_MS + bytes / LOAD_BYTES_A_MS) * slowdown(ctx))
  return state
}

/** What the disk holds: the append-only file when there is to be one (and only that), otherwise the snapshot. */
function loaded(s: State, ctx: ProcessContext): State | string[] {
  const { config } = s
  const note = (text: string): void => log(s, ctx, '*', text)
  if (config['appendonly'] === 'yes') {
    if (!hasAof(ctx.files, config)) {
      createAof(ctx.files, config, [])
      note(`Creating AOF base file ${config['appendfilename']}.1.base.rdb on server start`)
      return s
    }
    const { changes, truncated } = readAof(ctx.files, config)
    if (truncated) log(s, ctx, '#', 'AOF loaded anyway because aof-load-truncated is enabled')
    note('DB loaded from append only file: 0.000 seconds')
    return { ...s, keys: keysOf(changes, ctx.nowMs) }
  }
  const snapshot = readRdb(ctx.files, config)
  if (snapshot === 'none') return s
  if (snapshot === 'damaged') return [line(ctx.nowMs, 'M', '#', 'Fatal error loading the DB, check server logs. Exiting.')]
  const space = new Keyspace(keysOf(snapshot.entries, ctx.nowMs), ctx.nowMs)
  const gone = space.expire()
  note(`Loading RDB produced by version ${snapshot.version}`)
  note(`RDB age ${Math.floor((ctx.nowMs - snapshot.savedMs) / 1000)} seconds`)
  note(`Done loading RDB, keys loaded: ${space.count}, keys expired: ${gone}.`)
  note('DB loaded from disk: 0.000 seconds')
  const history = s.primary === undefined ? {} : { replId: snapshot.replId, offset: snapshot.offset }
  return { ...s, ...history, keys: space.result(), savedMs: ctx.nowMs }
}

function up(s: State, ctx: ProcessContext): State {
  const { port, dir } = s.config
  log(s, ctx, '*', 'monotonic clock: POSIX clock_gettime')
  log(s, ctx, '*', `Running mode=standalone, port=${port}.`)
  log(s, ctx, '*', 'Server initialized')
  let next: State
  try {
    makeDirectory(ctx.files, dir!)
    const found = loaded(s, ctx)
    if (Array.isArray(found)) return end(s, ctx, found, 1)
    next = measured(s, found as State, ctx)
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    return end(
      s,
      ctx,
      [line(ctx.nowMs, 'M', '#', `Can't open or create append-only dir ${s.config['appenddirname']}: ${error.message}`)],
      1,
    )
  }
  if (next.keys.nextExpireMs < Number.MAX_SAFE_INTEGER) ctx.timer('expire', Math.max(1, next.keys.nextExpireMs - ctx.nowMs))
  ctx.listen(Number(port))
  ctx.cpu(2)
  log(s, ctx, '*', 'Ready to accept connections tcp')
  if (s.primary !== undefined) ctx.timer('link', RETRY_MS / 2)
  return { ...next, phase: 'up' }
}

/** Ends, with a last snapshot where save points are set. */
function shutdown(s: State, ctx: ProcessContext, how: 'default' | 'save' | 'nosave'): State {
  log(s, ctx, '*', 'User requested shutdown...')
  const saves = how === 'save' || (how === 'default' && savePoints(s.config).length > 0)
  let next = s
  if (saves) {
    log(s, ctx, '*', 'Saving the final RDB snapshot before exiting.')
    next = save(s, ctx, 'foreground')
    if (next.saveFailed) {
      log(s, ctx, '#', "Error trying to save the DB, can't exit.")
      log(s, ctx, '#', 'Errors trying to shut down the server. Check the logs for more information.')
      return next
    }
  }
  log(s, ctx, '#', `${productOf(ctx).name} is now ready to exit, bye bye...`)
  ctx.exit(0)
  return { ...next, phase: 'stopped' }
}

function request(s: State, event: ProcessEvent & { type: 'request' }, ctx: ProcessContext): State {
  if (event.protocol !== 'redis') {
    ctx.reset()
    return s
  }
  const message = event.payload as RedisRequest
  if (message.kind !== 'commands') {
    const done = answer(s, message, event.sourceIp, ctx)
    ctx.reply(done.reply, done.ms * slowdown(ctx))
    return done.state
  }
  const done = serve(s, message.commands, ctx)
  const reply: RedisReply = { kind: 'replies', replies: done.replies }
  if (done.shutdown !== undefined) {
    ctx.reset()
    return shutdown(done.state, ctx, done.shutdown)
  }
  ctx.reply(reply, done.ms * slowdown(ctx))
  return done.state
}

function timer(s: State, id: string, ctx: ProcessContext): State {
  switch (id) {
    case 'start':
      return up(s, ctx)
    case 'expire':
      return expire(s, ctx)
    case 'save':
      return scheduled(s, ctx)
    case 'feed':
      return feed(s, ctx)
    case 'link':
      return s.primary?.up === false ? connect(s, ctx) : s
    case 'check':
      return check(s, ctx)
    default:
      return s
  }
}

export const redis: Program<State> = {
  name: 'redis',
  executables: ['redis-server', 'valkey-server'],
  commands: [redisCli],
  start,
  on(state, event, ctx) {
    switch (event.type) {
      case 'timer':
        return timer(state, event.id, ctx)
      case 'signal':
        if (event.signal !== 'TERM' && event.signal !== 'INT') return state
        ctx.log(`1:signal-handler (${Math.floor(ctx.nowMs / 1000)}) Received SIG${event.signal} scheduling shutdown...`)
        if (state.phase === 'up') return shutdown(state, ctx, 'default')
        ctx.exit(0)
        return { ...state, phase: 'stopped' }
      case 'request':
        return request(state, event, ctx)
      case 'load':
        ctx.cpu(2 + event.perSecond * 0.05)
        return state
      default:
        return state
    }
  },
}
