/** Commands on lists, hashes, sets and sorted sets. */
import { type Call, type Command, contentOf, float, integer, OK, RedisError, range, store } from './command.ts'
import type { Resp } from './contract.ts'
import { SYNTAX } from './messages.ts'

const list = (call: Call, key: string): readonly string[] => contentOf(call, key, 'list')?.items ?? []
const hash = (call: Call, key: string): Readonly<Record<string, string>> => contentOf(call, key, 'hash')?.fields ?? {}
const set = (call: Call, key: string): readonly string[] => contentOf(call, key, 'set')?.members ?? []
const zset = (call: Call, key: string): Readonly<Record<string, number>> => contentOf(call, key, 'zset')?.scores ?? {}

function push(left: boolean, mustBe: boolean): Command['run'] {
  return ([key, ...values], call) => {
    const now = list(call, key!)
    if (mustBe && now.length === 0) return 0
    const items = left ? [...values.toReversed(), ...now] : [...now, ...values]
    store(call, key!, { type: 'list', items })
    return items.length
  }
}

function pop(left: boolean): Command['run'] {
  return ([key, count], call) => {
    const now = list(call, key!)
    if (now.length === 0) return null
    const n = count === undefined ? 1 : integer(count)
    const taken = left ? now.slice(0, n) : now.slice(-n).toReversed()
    store(call, key!, { type: 'list', items: left ? now.slice(n) : now.slice(0, -n) })
    return count === undefined ? taken[0]! : taken
  }
}

function hashSet([key, ...pairs]: readonly string[], call: Call): number {
  if (pairs.length % 2 === 1 || pairs.length === 0) throw new RedisError("ERR wrong number of arguments for 'hset' command")
  const fields = { ...hash(call, key!) }
  let added = 0
  for (let i = 0; i < pairs.length; i += 2) {
    if (fields[pairs[i]!] === undefined) added++
    fields[pairs[i]!] = pairs[i + 1]!
  }
  store(call, key!, { type: 'hash', fields })
  return added
}

const ordered = (scores: Readonly<Record<string, number>>): [string, number][] =>
  Object.entries(scores).sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1))

const withScores = (pairs: readonly (readonly [string, number])[], shown: boolean): string[] =>
  pairs.flatMap(([m, s]) => (shown ? [m, String(s)] : [m]))

function zrange(reverse: boolean): Command['run'] {
  return ([key, start, stop, ...options], call) => {
    const words = options.map((o) => o.toUpperCase())
    const unknown = words.find((o) => o !== 'WITHSCORES' && o !== 'REV')
    if (unknown !== undefined) throw new RedisError(SYNTAX)
    const all = ordered(zset(call, key!))
    const turned = reverse || words.includes('REV') ? all.toReversed() : all
    return withScores(range(turned, integer(start!), integer(stop!)), words.includes('WITHSCORES'))
  }
}

const bound = (text: string): { value: number; open: boolean } => {
  const open = text.startsWith('(')
  const bare = open ? text.slice(1) : text
  return { value: bare === '-inf' ? Number.NEGATIVE_INFINITY : /^\+?inf$/.test(bare) ? Number.POSITIVE_INFINITY : float(bare), open }
}

function zrangeByScore([key, low, high, ...options]: readonly string[], call: Call): Resp {
  const [from, to] = [bound(low!), bound(high!)]
  const fits = (s: number): boolean => (from.open ? s > from.value : s >= from.value) && (to.open ? s < to.value : s <= to.value)
  return withScores(
    ordered(zset(call, key!)).filter(([, s]) => fits(s)),
    options.some((o) => o.toUpperCase() === 'WITHSCORES'),
  )
}

function zadd([key, ...pairs]: readonly string[], call: Call): Resp {
  if (pairs.length % 2 === 1) throw new RedisError(SYNTAX)
  const scores = { ...zset(call, key!) }
  let added = 0
  for (let i = 0; i < pairs.length; i += 2) {
    if (scores[pairs[i + 1]!] === undefined) added++
    scores[pairs[i + 1]!] = float(pairs[i]!)
  }
  store(call, key!, { type: 'zset', scores })
  return added
}

/** Takes members away; how many there were. */
function without<V>(fields: Readonly<Record<string, V>>, names: readonly string[]): [Record<string, V>, number] {
  const left = { ...fields }
  let gone = 0
  for (const name of names) {
    if (left[name] === undefined) continue
    delete left[name]
    gone++
  }
  return [left, gone]
}

export const collectionCommands: Readonly<Record<string, Command>> = {
  LPUSH: { min: 2, write: true, run: push(true, false) },
  RPUSH: { min: 2, write: true, run: push(false, false) },
  LPUSHX: { min: 2, write: true, run: push(true, true) },
  RPUSHX: { min: 2, write: true, run: push(false, true) },
  LPOP: { min: 1, max: 2, write: true, run: pop(true) },
  RPOP: { min: 1, max: 2, write: true, run: pop(false) },
  LLEN: { min: 1, max: 1, run: ([k], call) => list(call, k!).length },
  LRANGE: { min: 3, max: 3, run: ([k, a, b], call) => range(list(call, k!), integer(a!), integer(b!)) },
  LINDEX: { min: 2, max: 2, run: ([k, i], call) => list(call, k!).at(integer(i!)) ?? null },
  LTRIM: {
    min: 3,
    max: 3,
    write: true,
    run: ([k, a, b], call) => {
      store(call, k!, { type: 'list', items: range(list(call, k!), integer(a!), integer(b!)) })
      return OK
    },
  },
  HSET: { min: 3, write: true, run: hashSet },
  HMSET: {
    min: 3,
    write: true,
    run: (args, call) => {
      hashSet(args, call)
      return OK
    },
  },
  HSETNX: { min: 3, max: 3, write: true, run: (args, call) => (hash(call, args[0]!)[args[1]!] === undefined ? hashSet(args, call) : 0) },
  HGET: { min: 2, max: 2, run: ([k, f], call) => hash(call, k!)[f!] ?? null },
  HMGET: { min: 2, run: ([k, ...fields], call) => fields.map((f) => hash(call, k!)[f] ?? null) },
  HGETALL: { min: 1, max: 1, run: ([k], call) => Object.entries(hash(call, k!)).flat() },
  HKEYS: { min: 1, max: 1, run: ([k], call) => Object.keys(hash(call, k!)) },
  HVALS: { min: 1, max: 1, run: ([k], call) => Object.values(hash(call, k!)) },
  HLEN: { min: 1, max: 1, run: ([k], call) => Object.keys(hash(call, k!)).length },
  HEXISTS: { min: 2, max: 2, run: ([k, f], call) => Number(hash(call, k!)[f!] !== undefined) },
  HDEL: {
    min: 2,
    write: true,
    run: ([k, ...names], call) => {
      const [fields, gone] = without(hash(call, k!), names)
      if (gone > 0) store(call, k!, { type: 'hash', fields })
      return gone
    },
  },
  HINCRBY: {
    min: 3,
    max: 3,
    write: true,
    run: ([k, f, n], call) => {
      const now = integer(hash(call, k!)[f!] ?? '0') + integer(n!)
      hashSet([k!, f!, String(now)], call)
      return now
    },
  },
  SADD: {
    min: 2,
    write: true,
    run: ([k, ...values], call) => {
      const now = set(call, k!)
      const members = [...new Set([...now, ...values])]
      if (members.length > now.length) store(call, k!, { type: 'set', members })
      return members.length - now.length
    },
  },
  SREM: {
    min: 2,
    write: true,
    run: ([k, ...values], call) => {
      const now = set(call, k!)
      const members = now.filter((m) => !values.includes(m))
      if (members.length < now.length) store(call, k!, { type: 'set', members })
      return now.length - members.length
    },
  },
  SMEMBERS: { min: 1, max: 1, run: ([k], call) => set(call, k!) },
  SISMEMBER: { min: 2, max: 2, run: ([k, m], call) => Number(set(call, k!).includes(m!)) },
  SCARD: { min: 1, max: 1, run: ([k], call) => set(call, k!).length },
  ZADD: { min: 3, write: true, run: zadd },
  ZREM: {
    min: 2,
    write: true,
    run: ([k, ...names], call) => {
      const [scores, gone] = without(zset(call, k!), names)
      if (gone > 0) store(call, k!, { type: 'zset', scores })
      return gone
    },
  },
  ZINCRBY: {
    min: 3,
    max: 3,
    write: true,
    run: ([k, n, m], call) => {
      const now = (zset(call, k!)[m!] ?? 0) + float(n!)
      zadd([k!, String(now), m!], call)
      return String(now)
    },
  },
  ZSCORE: { min: 2, max: 2, run: ([k, m], call) => zset(call, k!)[m!]?.toString() ?? null },
  ZCARD: { min: 1, max: 1, run: ([k], call) => Object.keys(zset(call, k!)).length },
  ZRANGE: { min: 3, run: zrange(false) },
  ZREVRANGE: { min: 3, run: zrange(true) },
  ZRANGEBYSCORE: { min: 3, run: zrangeByScore },
}
