/**
 * CoreDNS' `cache` plug-in: answers kept for their TTL within the plug-in's bounds, what does not exist for the zone's, failures for five
 * seconds; which zones and sorts of answers it keeps is the Corefile's. Each CoreDNS keeps its own. https://coredns.io/plugins/cache/
 */
import { parseDuration } from '../../api/durations.ts'
import type { DnsQuery, DnsReply } from '../../network/contract.ts'
import { isWithin, type Plugin, type ServerBlock } from '../../network/dns/corefile.ts'

/** Seconds: the plug-in's defaults. */
const MOST_SUCCESS = 3600
const MOST_DENIAL = 1800
const LEAST = 5
const SERVFAIL = 5
/** Of an answer that tells no TTL of its own. */
const UNTOLD = 5
const STALE = 3600
/** Names kept; the oldest make room. */
const CAPACITY = 1000

export interface CachedAnswer {
  readonly reply: DnsReply
  readonly storedMs: number
  readonly untilMs: number
}
export type DnsCache = Readonly<Record<string, CachedAnswer>>

const zone = (text: string): string => (text === '.' ? '.' : text.replace(/\.$/, '').toLowerCase())
const keyOf = ({ name, type }: DnsQuery): string => `${name} ${type}`
const isNumber = (word: string | undefined): word is string => word !== undefined && /^\d+$/.test(word)

/** The plug-in of a block that looks after this name. */
export function cacheFor(block: ServerBlock | undefined, { name }: DnsQuery): Plugin | undefined {
  const plugin = block?.plugins.find((p) => p.name === 'cache')
  if (plugin === undefined) return undefined
  const zones = (isNumber(plugin.args[0]) ? plugin.args.slice(1) : plugin.args).map(zone)
  return zones.length === 0 || zones.some((z) => isWithin(name, z)) ? plugin : undefined
}

const line = (plugin: Plugin, word: string): readonly string[] | undefined => plugin.lines.find(([w]) => w === word)

const seconds = (text: string | undefined, otherwise: number): number => {
  try {
    return text === undefined ? otherwise : parseDuration(text) / 1000
  } catch {
    return otherwise
  }
}

type Sort = 'success' | 'denial'
const sortOf = (reply: DnsReply): Sort => (reply.code === 'NOERROR' && reply.records.length > 0 ? 'success' : 'denial')

const isDisabled = (plugin: Plugin, sort: Sort, name: string): boolean =>
  plugin.lines.some(
    ([word, what, ...zones]) => word === 'disable' && what === sort && (zones.length === 0 || zones.some((z) => isWithin(name, zone(z)))),
  )

/** `success CAPACITY [TTL] [MINTTL]`: how long at least and at most, seconds. */
function bounds(plugin: Plugin, sort: Sort): { readonly most: number; readonly least: number } {
  const [, , ttl, least] = line(plugin, sort) ?? []
  const whole = isNumber(plugin.args[0]) ? Number(plugin.args[0]) : sort === 'success' ? MOST_SUCCESS : MOST_DENIAL
  const most = isNumber(ttl) ? Number(ttl) : whole
  return { most, least: Math.min(isNumber(least) ? Number(least) : LEAST, most) }
}

/** How long an answer is kept, seconds; 0: not at all. `zoneTtl`: of the zone that says that there is none. */
function keptFor(plugin: Plugin, { name }: DnsQuery, reply: DnsReply, zoneTtl: number | undefined): number {
  if (reply.code === 'SERVFAIL') return seconds(line(plugin, 'servfail')?.[1], SERVFAIL)
  if (reply.code === 'REFUSED') return 0
  const sort = sortOf(reply)
  if (isDisabled(plugin, sort, name)) return 0
  const told = sort === 'success' ? Math.min(...reply.records.map((r) => r.ttl)) : (zoneTtl ?? UNTOLD)
  const { most, least } = bounds(plugin, sort)
  return Math.min(Math.max(told, least), most)
}

/** TTLs go down with the time that an answer has been kept. */
function aged({ reply, storedMs }: CachedAnswer, nowMs: number): DnsReply {
  const age = Math.floor((nowMs - storedMs) / 1000)
  return { ...reply, records: reply.records.map((r) => ({ ...r, ttl: Math.max(r.ttl - age, 0) })) }
}

export const fresh = (cache: DnsCache, query: DnsQuery, nowMs: number): DnsReply | undefined => {
  const kept = cache[keyOf(query)]
  return kept !== undefined && nowMs < kept.untilMs ? aged(kept, nowMs) : undefined
}

/** With `serve_stale`, what is too old is given all the same while there is nothing better, with a TTL of 0. */
export function stale(plugin: Plugin, cache: DnsCache, query: DnsQuery, nowMs: number): DnsReply | undefined {
  const kept = cache[keyOf(query)]
  const asked = line(plugin, 'serve_stale')
  if (kept === undefined || asked === undefined || kept.reply.code === 'SERVFAIL') return undefined
  if (nowMs >= kept.untilMs + seconds(asked[1], STALE) * 1000) return undefined
  return { ...kept.reply, records: kept.reply.records.map((r) => ({ ...r, ttl: 0 })) }
}

/** The cache with one answer more, if that is to be kept. */
export function keep(
  cache: DnsCache,
  plugin: Plugin,
  query: DnsQuery,
  reply: DnsReply,
  zoneTtl: number | undefined,
  nowMs: number,
): DnsCache {
  const ttl = keptFor(plugin, query, reply, zoneTtl)
  // A failure does not push out an answer that may still be given when nothing better comes.
  if (ttl <= 0 || (reply.code === 'SERVFAIL' && stale(plugin, cache, query, nowMs) !== undefined)) return cache
  const others = Object.entries(cache).filter(([, kept]) => nowMs < kept.untilMs + (line(plugin, 'serve_stale') ? STALE * 1000 : 0))
  return { ...Object.fromEntries(others.slice(-CAPACITY)), [keyOf(query)]: { reply, storedMs: nowMs, untilMs: nowMs + ttl * 1000 } }
}
