/** One connection: its commands one after another, with login, databases, MULTI, and the commands about the server itself. */
import type { ProcessContext } from '../contract.ts'
import { type Call, type Command, glob, integer, OK, RedisError } from './command.ts'
import { collectionCommands } from './commands-collections.ts'
import { stringCommands } from './commands-strings.ts'
import type { Change, Resp } from './contract.ts'
import { evict, notesUse } from './eviction.ts'
import { info } from './info.ts'
import { Keyspace } from './keyspace.ts'
import * as says from './messages.ts'
import { check, goodReplicas, replicate, setPrimary } from './replication.ts'
import { append, rewrite, save, scheduled } from './saving.ts'
import { setConfig } from './settings.ts'
import { measured, type State } from './state.ts'

const COMMANDS: Readonly<Record<string, Command>> = { ...stringCommands, ...collectionCommands }
/** Known to Redis and not here. */
const NOT_HERE = new Set(
  'SUBSCRIBE PSUBSCRIBE PUBLISH EVAL EVALSHA SCRIPT XADD XREAD XRANGE XLEN XGROUP GEOADD PFADD PFCOUNT SETBIT GETBIT BITCOUNT MONITOR ACL CLUSTER FAILOVER WATCH BLPOP BRPOP OBJECT SLOWLOG LATENCY MODULE FUNCTION DUMP RESTORE MIGRATE SORT SUNION SINTER SDIFF COPY MOVE LREM LSET LINSERT SPOP ZPOPMIN ZRANK WAITAOF SSUBSCRIBE'.split(
    ' ',
  ),
)
const FREE = new Set(['AUTH', 'HELLO', 'QUIT', 'RESET'])
const COMMAND_MS = 0.05

interface Progress {
  state: State
  db: number
  authenticated: boolean
  /** Commands of MULTI that wait for EXEC. */
  queue?: string[][]
  queueFailed: boolean
  ms: number
  ended: boolean
}

export interface Served {
  readonly state: State
  readonly replies: readonly Resp[]
  readonly ms: number
  /** SHUTDOWN was asked for. */
  readonly shutdown?: 'save' | 'nosave'
}

/** Serves a whole connection. */
export function serve(s: State, commands: readonly (readonly string[])[], ctx: ProcessContext): Served {
  const at: Progress = { state: s, db: 0, authenticated: s.config['requirepass'] === '', queueFailed: false, ms: 0.2, ended: false }
  const replies: Resp[] = []
  for (const words of commands) {
    const [name = '', ...args] = words
    const upper = name.toUpperCase()
    if (upper === 'SHUTDOWN' && at.authenticated) {
      const how = args[0]?.toLowerCase() === 'nosave' ? 'nosave' : 'save'
      return { state: at.state, replies, ms: at.ms, shutdown: how }
    }
    at.ms += COMMAND_MS
    replies.push(answered(() => one(at, name, args, ctx)))
    if (at.ended) break
  }
  return { state: at.state, replies, ms: at.ms }
}

function answered(act: () => Resp): Resp {
  try {
    return act()
  } catch (error) {
    if (!(error instanceof RedisError)) throw error
    return { error: error.message }
  }
}

function one(at: Progress, name: string, args: readonly string[], ctx: ProcessContext): Resp {
  const upper = name.toUpperCase()
  if (!at.authenticated && !FREE.has(upper)) throw new RedisError(says.NOAUTH)
  if (upper === 'MULTI') {
    if (at.queue !== undefined) throw new RedisError('ERR MULTI calls can not be nested')
    at.queue = []
    at.queueFailed = false
    return OK
  }
  if (upper === 'EXEC' || upper === 'DISCARD') {
    const { queue } = at
    if (queue === undefined) throw new RedisError(`ERR ${upper} without MULTI`)
    delete at.queue
    if (upper === 'DISCARD') return OK
    if (at.queueFailed) throw new RedisError('EXECABORT Transaction discarded because of previous errors.')
    return queue.map(([n = '', ...a]) => answered(() => execute(at, n, a, ctx)))
  }
  if (at.queue === undefined) return execute(at, name, args, ctx)
  try {
    known(name, args)
  } catch (error) {
    at.queueFailed = true
    throw error
  }
  at.queue.push([name, ...args])
  return { status: 'QUEUED' }
}

/** The command by its name; undefined: one of the server's own. Throws when there is none or its words are too few. */
function known(name: string, args: readonly string[]): Command | undefined {
  const upper = name.toUpperCase()
  if (SERVER[upper] !== undefined) return undefined
  const command = COMMANDS[upper]
  if (command === undefined) throw new RedisError(NOT_HERE.has(upper) ? says.notSimulated(upper) : says.unknownCommand(name, args))
  if (args.length < command.min || args.length > (command.max ?? Number.POSITIVE_INFINITY)) throw new RedisError(says.arity(name))
  return command
}

function execute(at: Progress, name: string, args: readonly string[], ctx: ProcessContext): Resp {
  const upper = name.toUpperCase()
  const command = known(name, args)
  if (command === undefined) return SERVER[upper]!(at, args, ctx)
  const s = at.state
  if (s.primary !== undefined && !s.primary.up && s.config['replica-serve-stale-data'] === 'no') throw new RedisError(says.MASTERDOWN)
  if (upper === 'DEBUG' && args[0]?.toUpperCase() === 'SLEEP') at.ms += Number(args[1] ?? 0) * 1000
  return command.write ? written(at, command, args, ctx) : read(at, command, args, ctx)
}

const callOf = (at: Progress, keys: Keyspace, ctx: ProcessContext): Call => ({
  keys,
  db: at.db,
  random: (turn) => ctx.random(`redis/${ctx.nowMs}`, turn),
})

function read(at: Progress, command: Command, args: readonly string[], ctx: ProcessContext): Resp {
  const s = at.state
  const keys = new Keyspace(s.keys, ctx.nowMs)
  const reply = command.run(args, callOf(at, keys, ctx))
  if (Number(s.config['maxmemory']) > 0 && notesUse(s.config['maxmemory-policy']!) && args[0] !== undefined) {
    keys.touch(at.db, args[0])
    at.state = { ...s, keys: keys.result() }
  }
  return reply
}

function written(at: Progress, command: Command, args: readonly string[], ctx: ProcessContext): Resp {
  const s = at.state
  const { config } = s
  if (s.primary !== undefined && config['replica-read-only'] === 'yes') throw new RedisError(says.READONLY)
  if (s.saveFailed && config['stop-writes-on-bgsave-error'] === 'yes' && config['save'] !== '') throw new RedisError(says.MISCONF)
  const wanted = Number(config['min-replicas-to-write'])
  if (s.primary === undefined && wanted > 0 && goodReplicas(s, ctx.nowMs) < wanted) throw new RedisError(says.NOREPLICAS)
  const keys = new Keyspace(s.keys, ctx.nowMs)
  const evicted = evict(keys, Number(config['maxmemory']), config['maxmemory-policy']!, new Set())
  if (evicted === undefined && command !== COMMANDS['DEL'] && command !== COMMANDS['UNLINK'] && command !== COMMANDS['FLUSHALL'])
    throw new RedisError(says.OOM)
  const reply = command.run(args, callOf(at, keys, ctx))
  if (keys.changes.length === 0) return reply
  const next: State = { ...s, keys: keys.result(), dirty: s.dirty + keys.changes.length, evicted: s.evicted + (evicted ?? 0) }
  const failed = append(next, keys.changes, ctx)
  if (failed !== undefined) throw new RedisError(says.AOF_MISCONF(failed))
  at.state = committed(s, next, keys.changes, ctx)
  return reply
}

/** What follows every change: memory, timers, replicas. */
function committed(before: State, s: State, changes: readonly Change[], ctx: ProcessContext): State {
  if (s.keys.nextExpireMs < before.keys.nextExpireMs) ctx.timer('expire', Math.max(1, s.keys.nextExpireMs - ctx.nowMs))
  return replicate(scheduled(measured(before, s, ctx), ctx), changes, ctx)
}

/** Takes away what has ended, when the timer says so. */
export function expire(s: State, ctx: ProcessContext): State {
  const keys = new Keyspace(s.keys, ctx.nowMs)
  const gone = keys.expire()
  const next = { ...s, keys: keys.result(), expired: s.expired + gone, dirty: s.dirty + gone }
  if (next.keys.nextExpireMs < Number.MAX_SAFE_INTEGER) ctx.timer('expire', Math.max(1, next.keys.nextExpireMs - ctx.nowMs))
  append(next, keys.changes, ctx)
  // A replica's keys end by the word of its primary.
  return s.primary === undefined ? replicate(measured(s, next, ctx), keys.changes, ctx) : measured(s, next, ctx)
}

function authenticate(at: Progress, args: readonly string[]): Resp {
  const password = at.state.config['requirepass']!
  if (args.length === 1 && password === '') throw new RedisError(says.NO_PASSWORD)
  const [user, given] = args.length === 2 ? [args[0], args[1]] : ['default', args[0]]
  if (user !== 'default' || (password !== '' && given !== password)) throw new RedisError(says.WRONGPASS)
  at.authenticated = true
  return OK
}

function configure(at: Progress, [sub = '', ...args]: readonly string[], ctx: ProcessContext): Resp {
  const { state: s } = at
  switch (sub.toUpperCase()) {
    case 'GET':
      return Object.entries(s.config)
        .filter(([name]) => args.some((pattern) => glob(pattern.toLowerCase())(name)))
        .flat()
    case 'SET': {
      let { config } = s
      for (let i = 0; i < args.length; i += 2) {
        const next = setConfig(config, args[i]!, args[i + 1] ?? '')
        if (typeof next === 'string') throw new RedisError(next)
        config = next
      }
      const next = { ...s, config }
      at.state = config['appendonly'] === 'yes' && s.config['appendonly'] !== 'yes' ? rewrite(next, ctx) : next
      const keys = new Keyspace(at.state.keys, ctx.nowMs)
      const gone = evict(keys, Number(config['maxmemory']), config['maxmemory-policy']!, new Set())
      if (gone) at.state = committed(at.state, { ...at.state, keys: keys.result(), evicted: s.evicted + gone }, keys.changes, ctx)
      return OK
    }
    case 'REWRITE':
      throw new RedisError('ERR The server is running without a config file')
    case 'RESETSTAT':
      at.state = { ...s, expired: 0, evicted: 0 }
      return OK
    default:
      throw new RedisError(`ERR unknown subcommand '${sub}'. Try CONFIG HELP.`)
  }
}

function role({ state: s }: Progress): Resp {
  if (s.primary !== undefined)
    return ['slave', s.primary.host, s.primary.port, s.primary.up ? 'connected' : 'connect', s.primary.up ? s.offset : -1]
  return ['master', s.offset, s.replicas.map((r) => [r.ip, String(r.port), String(r.offset)])]
}

/** How many replicas have everything. The simulated answer comes at once: replicas that can be reached have it already. */
function wait(at: Progress, [count = '0', timeoutText = '0']: readonly string[]): Resp {
  const good = at.state.replicas.filter((r) => r.offset === at.state.offset).length
  if (good < integer(count)) at.ms += integer(timeoutText)
  return good
}

const SERVER: Readonly<Record<string, (at: Progress, args: readonly string[], ctx: ProcessContext) => Resp>> = {
  PING: (_at, args) => (args[0] === undefined ? { status: 'PONG' } : args[0]),
  ECHO: (_at, args) => args[0] ?? '',
  QUIT: (at) => {
    at.ended = true
    return OK
  },
  RESET: () => ({ status: 'RESET' }),
  AUTH: (at, args) => authenticate(at, args),
  SELECT: (at, [index = '']) => {
    const db = /^\d+$/.test(index) ? Number(index) : -1
    if (db < 0) throw new RedisError('ERR invalid DB index')
    if (db >= Number(at.state.config['databases'])) throw new RedisError('ERR DB index is out of range')
    at.db = db
    return OK
  },
  INFO: (at, args, ctx) => {
    at.state = check(at.state, ctx)
    return info(at.state, args, ctx)
  },
  CONFIG: configure,
  SAVE: (at, _args, ctx) => {
    at.state = save(at.state, ctx, 'foreground')
    if (at.state.saveFailed) throw new RedisError('ERR')
    return OK
  },
  BGSAVE: (at, _args, ctx) => {
    at.state = save(at.state, ctx, 'background')
    return { status: 'Background saving started' }
  },
  BGREWRITEAOF: (at, _args, ctx) => {
    at.state = rewrite(at.state, ctx)
    return { status: 'Background append only file rewriting started' }
  },
  LASTSAVE: (at) => Math.floor(at.state.savedMs / 1000),
  ROLE: (at, _args, ctx) => {
    at.state = check(at.state, ctx)
    return role(at)
  },
  REPLICAOF: (at, args, ctx) => replicaOf(at, args, ctx),
  SLAVEOF: (at, args, ctx) => replicaOf(at, args, ctx),
  WAIT: (at, args) => wait(at, args),
  TIME: (_at, _args, ctx) => [String(Math.floor(ctx.nowMs / 1000)), String(Math.floor(ctx.nowMs % 1000) * 1000)],
  CLIENT: (_at, [sub = '']) => {
    if (/^(setname|setinfo|no-evict)$/i.test(sub)) return OK
    throw new RedisError(says.notSimulated(`CLIENT ${sub}`))
  },
  COMMAND: () => [],
}

function replicaOf(at: Progress, [host = '', port = '']: readonly string[], ctx: ProcessContext): Resp {
  if (host === '' || port === '') throw new RedisError(says.arity('replicaof'))
  if (`${host} ${port}`.toLowerCase() === 'no one') at.state = setPrimary(at.state, '', undefined, ctx)
  else {
    if (!/^\d+$/.test(port)) throw new RedisError('ERR Invalid master port')
    at.state = setPrimary(at.state, host, Number(port), ctx)
  }
  return OK
}
