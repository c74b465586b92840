/** Commands on strings and on keys of any type. */
import { type Call, type Command, contentOf, float, glob, integer, OK, RedisError, store } from './command.ts'
import type { Content, Entry, Resp } from './contract.ts'
import { entryBytes } from './keyspace.ts'
import { SYNTAX } from './messages.ts'

/** The answer to what answers nothing. */
const ok = (_done: unknown): Resp => OK
const MAX_SHOWN = 1_000_000

const textOf = (c: Extract<Content, { type: 'string' }>): string => c.text + '\0'.repeat(Math.min(c.padBytes ?? 0, MAX_SHOWN))
const get = (call: Call, key: string): string | null => {
  const c = contentOf(call, key, 'string')
  return c === undefined ? null : textOf(c)
}
const put = (call: Call, key: string, text: string): void => store(call, key, { type: 'string', text })

function set([key = '', text = '', ...options]: readonly string[], call: Call): Resp {
  let [only, keep, old]: ['' | 'NX' | 'XX', boolean, boolean] = ['', false, false]
  let expireMs: number | undefined
  for (let i = 0; i < options.length; i++) {
    const o = options[i]!.toUpperCase()
    if (o === 'NX' || o === 'XX') only = o
    else if (o === 'KEEPTTL') keep = true
    else if (o === 'GET') old = true
    else if (['EX', 'PX', 'EXAT', 'PXAT'].includes(o)) {
      if (options[i + 1] === undefined) throw new RedisError(SYNTAX)
      const n = integer(options[++i]!)
      if (n <= 0) throw new RedisError("ERR invalid expire time in 'set' command")
      expireMs = o === 'EX' ? call.keys.nowMs + n * 1000 : o === 'PX' ? call.keys.nowMs + n : o === 'EXAT' ? n * 1000 : n
    } else throw new RedisError(SYNTAX)
  }
  const before = call.keys.get(call.db, key)
  const previous = old ? get(call, key) : null
  if ((only === 'NX' && before !== undefined) || (only === 'XX' && before === undefined)) return previous
  call.keys.set(call.db, key, { type: 'string', text }, keep ? before?.expireMs : expireMs)
  return old ? previous : OK
}

function increase(call: Call, key: string, by: number): number {
  const now = integer(get(call, key) ?? '0') + by
  put(call, key, String(now))
  return now
}

function setRange([key = '', offsetText = '', text = '']: readonly string[], call: Call): Resp {
  const offset = integer(offsetText)
  if (offset < 0 || offset + text.length > 536_870_912) throw new RedisError('ERR string exceeds maximum allowed size (proto-max-bulk-len)')
  const now = contentOf(call, key, 'string')
  const [had, pad] = [now?.text ?? '', now?.padBytes ?? 0]
  if (offset > MAX_SHOWN) {
    const padBytes = Math.max(pad, offset + text.length - had.length)
    store(call, key, { type: 'string', text: had, padBytes })
    return had.length + padBytes
  }
  const filled = had.padEnd(offset, '\0')
  const made = filled.slice(0, offset) + text + filled.slice(offset + text.length)
  store(call, key, { type: 'string', text: made, ...(pad > 0 && { padBytes: pad }) })
  return made.length + pad
}

function expire(call: Call, key: string, atMs: number, condition: string | undefined): number {
  const entry = call.keys.get(call.db, key)
  if (entry === undefined) return 0
  const c = condition?.toUpperCase()
  const has = entry.expireMs
  if ((c === 'NX' && has !== undefined) || (c === 'XX' && has === undefined) || (c === 'GT' && (has === undefined || atMs <= has))) return 0
  if (c === 'LT' && has !== undefined && atMs >= has) return 0
  if (atMs <= call.keys.nowMs) call.keys.delete(call.db, key)
  else call.keys.put({ db: call.db, key, entry: { ...entry, expireMs: atMs } })
  return 1
}

/** -2: no key, -1: no end. */
function timeToLive(call: Call, key: string): number {
  const entry = call.keys.get(call.db, key)
  return entry === undefined ? -2 : entry.expireMs === undefined ? -1 : entry.expireMs - call.keys.nowMs
}
const inSeconds = (ms: number): number => (ms < 0 ? ms : Math.round(ms / 1000))

function scan([cursor = '', ...options]: readonly string[], call: Call): Resp {
  let [match, count] = ['*', 10]
  for (let i = 0; i < options.length; i += 2) {
    const [name, value] = [options[i]!.toUpperCase(), options[i + 1]]
    if (value === undefined) throw new RedisError(SYNTAX)
    if (name === 'MATCH') match = value
    else if (name === 'COUNT') count = Math.max(1, integer(value))
    else throw new RedisError(SYNTAX)
  }
  const from = integer(cursor)
  const all = call.keys.keys(call.db)
  const next = from + count >= all.length ? 0 : from + count
  return [String(next), all.slice(from, from + count).filter(glob(match))]
}

function populate([count = '', prefix = 'key', size = '']: readonly string[], call: Call): Resp {
  const n = integer(count)
  if (n > 20_000) throw new RedisError('ERR DEBUG POPULATE of more than 20000 keys is not simulated by clusterlab')
  const bytes = size === '' ? 0 : integer(size)
  for (let i = 0; i < n; i++) {
    const key = `${prefix}:${i}`
    const text = `value:${i}`
    if (call.keys.get(call.db, key) === undefined)
      call.keys.set(call.db, key, { type: 'string', text, ...(bytes > text.length && { padBytes: bytes - text.length }) })
  }
  return OK
}

function rename([from = '', to = '']: readonly string[], call: Call): Entry {
  const entry = call.keys.get(call.db, from)
  if (entry === undefined) throw new RedisError('ERR no such key')
  call.keys.delete(call.db, from)
  call.keys.put({ db: call.db, key: to, entry })
  return entry
}

export const stringCommands: Readonly<Record<string, Command>> = {
  GET: { min: 1, max: 1, run: ([key], call) => get(call, key!) },
  SET: { min: 2, write: true, run: set },
  SETNX: {
    min: 2,
    max: 2,
    write: true,
    run: ([k, v], call) => (call.keys.get(call.db, k!) === undefined ? Number(ok(put(call, k!, v!)) === OK) : 0),
  },
  SETEX: { min: 3, max: 3, write: true, run: ([k, s, v], call) => set([k!, v!, 'EX', s!], call) },
  PSETEX: { min: 3, max: 3, write: true, run: ([k, ms, v], call) => set([k!, v!, 'PX', ms!], call) },
  GETSET: { min: 2, max: 2, write: true, run: ([k, v], call) => set([k!, v!, 'GET'], call) },
  GETDEL: {
    min: 1,
    max: 1,
    write: true,
    run: ([k], call) => {
      const text = get(call, k!)
      call.keys.delete(call.db, k!)
      return text
    },
  },
  MGET: { min: 1, run: (keys, call) => keys.map((k) => (call.keys.get(call.db, k)?.content.type === 'string' ? get(call, k) : null)) },
  MSET: {
    min: 2,
    write: true,
    run: (args, call) => {
      if (args.length % 2 === 1) throw new RedisError("ERR wrong number of arguments for 'mset' command")
      for (let i = 0; i < args.length; i += 2) call.keys.set(call.db, args[i]!, { type: 'string', text: args[i + 1]! })
      return OK
    },
  },
  APPEND: {
    min: 2,
    max: 2,
    write: true,
    run: ([k, v], call) => {
      const text = (get(call, k!) ?? '') + v!
      put(call, k!, text)
      return text.length
    },
  },
  STRLEN: {
    min: 1,
    max: 1,
    run: ([k], call) => {
      const c = contentOf(call, k!, 'string')
      return c === undefined ? 0 : Buffer.byteLength(c.text) + (c.padBytes ?? 0)
    },
  },
  SETRANGE: { min: 3, max: 3, write: true, run: setRange },
  GETRANGE: {
    min: 3,
    max: 3,
    run: ([k, a, b], call) => {
      const text = get(call, k!) ?? ''
      const at = (n: number): number => (n < 0 ? Math.max(0, text.length + n) : n)
      return text.slice(at(integer(a!)), at(integer(b!)) + 1)
    },
  },
  INCR: { min: 1, max: 1, write: true, run: ([k], call) => increase(call, k!, 1) },
  DECR: { min: 1, max: 1, write: true, run: ([k], call) => increase(call, k!, -1) },
  INCRBY: { min: 2, max: 2, write: true, run: ([k, n], call) => increase(call, k!, integer(n!)) },
  DECRBY: { min: 2, max: 2, write: true, run: ([k, n], call) => increase(call, k!, -integer(n!)) },
  INCRBYFLOAT: {
    min: 2,
    max: 2,
    write: true,
    run: ([k, n], call) => {
      const text = String(float(get(call, k!) ?? '0') + float(n!))
      put(call, k!, text)
      return text
    },
  },
  DEL: { min: 1, write: true, run: (keys, call) => keys.filter((k) => call.keys.delete(call.db, k)).length },
  UNLINK: { min: 1, write: true, run: (keys, call) => keys.filter((k) => call.keys.delete(call.db, k)).length },
  EXISTS: { min: 1, run: (keys, call) => keys.filter((k) => call.keys.get(call.db, k) !== undefined).length },
  TYPE: { min: 1, max: 1, run: ([k], call) => ({ status: call.keys.get(call.db, k!)?.content.type ?? 'none' }) },
  KEYS: { min: 1, max: 1, run: ([pattern], call) => call.keys.keys(call.db).filter(glob(pattern!)) },
  SCAN: { min: 1, run: scan },
  DBSIZE: { min: 0, max: 0, run: (_args, call) => call.keys.keys(call.db).length },
  RANDOMKEY: {
    min: 0,
    max: 0,
    run: (_args, call) => {
      const all = call.keys.keys(call.db)
      return all[Math.floor(call.random(0) * all.length)] ?? null
    },
  },
  RENAME: { min: 2, max: 2, write: true, run: (args, call) => ok(rename(args, call)) },
  FLUSHDB: { min: 0, max: 1, write: true, run: (_args, call) => ok(call.keys.put({ db: call.db, key: '*', entry: null })) },
  FLUSHALL: {
    min: 0,
    max: 1,
    write: true,
    run: (_args, call) => {
      for (const db of new Set(call.keys.all().map((c) => c.db))) call.keys.put({ db, key: '*', entry: null })
      return OK
    },
  },
  EXPIRE: { min: 2, max: 3, write: true, run: ([k, s, c], call) => expire(call, k!, call.keys.nowMs + integer(s!) * 1000, c) },
  PEXPIRE: { min: 2, max: 3, write: true, run: ([k, ms, c], call) => expire(call, k!, call.keys.nowMs + integer(ms!), c) },
  EXPIREAT: { min: 2, max: 3, write: true, run: ([k, s, c], call) => expire(call, k!, integer(s!) * 1000, c) },
  TTL: { min: 1, max: 1, run: ([k], call) => inSeconds(timeToLive(call, k!)) },
  PTTL: { min: 1, max: 1, run: ([k], call) => timeToLive(call, k!) },
  PERSIST: {
    min: 1,
    max: 1,
    write: true,
    run: ([k], call) => {
      const entry = call.keys.get(call.db, k!)
      if (entry?.expireMs === undefined) return 0
      const { expireMs: _gone, ...rest } = entry
      call.keys.put({ db: call.db, key: k!, entry: rest })
      return 1
    },
  },
  MEMORY: {
    min: 1,
    run: ([sub, key], call) => {
      if (sub!.toUpperCase() !== 'USAGE') throw new RedisError(`ERR MEMORY ${sub!.toUpperCase()} is not simulated by clusterlab`)
      const entry = call.keys.get(call.db, key ?? '')
      return entry === undefined ? null : entryBytes(key!, entry)
    },
  },
  DEBUG: {
    min: 1,
    write: true,
    run: ([sub, ...rest], call) => {
      if (sub!.toUpperCase() === 'POPULATE') return populate(rest, call)
      if (sub!.toUpperCase() === 'SLEEP') return OK
      throw new RedisError(`ERR DEBUG ${sub!.toUpperCase()} is not simulated by clusterlab`)
    },
  },
}
