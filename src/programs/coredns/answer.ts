/** How CoreDNS answers one question: the plug-ins of the name's server block in CoreDNS' fixed order. */
import type { DnsQuery, DnsRecord, DnsReply } from '../../network/contract.ts'
import { blockFor, isWithin, type Plugin, type ServerBlock } from '../../network/dns/corefile.ts'
import { HOST_RESOLV_CONF } from '../../network/dns/resolv-conf.ts'
import { answerFromZone, answerReverse, reverseAddress, type ZoneOptions } from '../../network/dns/zone.ts'
import type { ProcessContext } from '../contract.ts'

const REFUSED: DnsReply = { code: 'REFUSED', records: [] }
const SERVFAIL: DnsReply = { code: 'SERVFAIL', records: [] }
const FORWARD_TIMEOUT_MS = 2_000
/** A CNAME chain longer than this is given up. */
const MAX_CHAIN = 7

interface Answer {
  readonly reply: DnsReply
  readonly latencyMs: number
}

const now = (reply: DnsReply): Answer => ({ reply, latencyMs: 0 })

export function answerQuery(blocks: readonly ServerBlock[], query: DnsQuery, ctx: ProcessContext, depth = 0): Answer {
  const block = blockFor(blocks, query.name)
  if (block === undefined) return now(REFUSED)
  const asked = rewritten(block, query)
  const found = fromHosts(block, asked) ?? fromKubernetes(block, asked, ctx)
  if (found !== undefined && !found.fall) return finish(blocks, asked, found.reply, ctx, depth)
  const forward = block.plugins.find((p) => p.name === 'forward' && isWithin(asked.name, zone(p.args[0] ?? '.')))
  if (forward !== undefined) return forwarded(forward, asked, ctx)
  return now(found?.reply ?? SERVFAIL)
}

const zone = (text: string): string => (text === '.' ? '.' : text.replace(/\.$/, '').toLowerCase())

/** `rewrite name [exact] FROM TO`, and `rewrite name suffix FROM TO`. */
function rewritten(block: ServerBlock, query: DnsQuery): DnsQuery {
  for (const plugin of block.plugins) {
    if (plugin.name !== 'rewrite') continue
    const args = plugin.args.filter((a) => a !== 'stop' && a !== 'continue')
    if (args[0] !== 'name') continue
    const [how, from, to] = args.length >= 4 ? [args[1]!, args[2]!, args[3]!] : ['exact', args[1] ?? '', args[2] ?? '']
    const [a, b] = [from.replace(/\.$/, '').toLowerCase(), to.replace(/\.$/, '').toLowerCase()]
    if (how === 'exact' && query.name === a) return { ...query, name: b }
    if (how === 'suffix' && query.name.endsWith(a)) return { ...query, name: query.name.slice(0, -a.length) + b }
  }
  return query
}

interface Found {
  readonly reply: DnsReply
  /** The plug-in passes what it does not know on. */
  readonly fall: boolean
}

function fromHosts(block: ServerBlock, query: DnsQuery): Found | undefined {
  const plugin = block.plugins.find((p) => p.name === 'hosts')
  const line = plugin?.lines.find(
    ([ip, ...names]) => ip !== 'fallthrough' && ip !== 'ttl' && names.some((n) => n.toLowerCase() === query.name),
  )
  if (plugin === undefined || (line === undefined && plugin.lines.some(([w]) => w === 'fallthrough'))) return undefined
  if (line === undefined) return { reply: { code: 'NXDOMAIN', records: [] }, fall: false }
  const records: DnsRecord[] = query.type === 'A' ? [{ name: query.name, type: 'A', ttl: 3600, data: line[0]! }] : []
  return { reply: { code: 'NOERROR', records }, fall: false }
}

const optionsOf = (plugin: Plugin, served: string): ZoneOptions => {
  const value = (name: string): string | undefined => plugin.lines.find(([w]) => w === name)?.[1]
  const pods = value('pods')
  return { zone: served, ttl: Number(value('ttl') ?? 5), pods: pods === 'insecure' || pods === 'verified' ? pods : 'disabled' }
}

function fromKubernetes(block: ServerBlock, query: DnsQuery, ctx: ProcessContext): Found | undefined {
  for (const plugin of block.plugins) {
    if (plugin.name !== 'kubernetes') continue
    const served = plugin.args.map(zone).find((z) => isWithin(query.name, z))
    if (served === undefined) continue
    const ip = reverseAddress(query.name)
    const forward = plugin.args.map(zone).find((z) => !z.endsWith('.arpa')) ?? served
    const reply =
      ip === undefined
        ? answerFromZone(ctx.api, query, optionsOf(plugin, served))
        : answerReverse(ctx.api, ip, query, optionsOf(plugin, forward))
    const falls = plugin.lines.find(([w]) => w === 'fallthrough')
    const fall =
      reply.code === 'NXDOMAIN' && falls !== undefined && (falls.length === 1 || falls.slice(1).some((z) => isWithin(query.name, zone(z))))
    return { reply, fall }
  }
  return undefined
}

/** Follows a CNAME to its address. */
function finish(blocks: readonly ServerBlock[], query: DnsQuery, reply: DnsReply, ctx: ProcessContext, depth: number): Answer {
  const alias = reply.records.find((r) => r.type === 'CNAME')
  if (alias === undefined || query.type === 'CNAME' || depth >= MAX_CHAIN) return now(reply)
  const target = answerQuery(blocks, { name: alias.data.replace(/\.$/, '').toLowerCase(), type: query.type }, ctx, depth + 1)
  return { reply: { code: reply.code, records: [...reply.records, ...target.reply.records] }, latencyMs: target.latencyMs }
}

function upstreams(plugin: Plugin): string[] {
  return plugin.args
    .slice(1)
    .flatMap((to) => (to.startsWith('/') ? HOST_RESOLV_CONF.nameservers : [to.replace(/^dns:\/\//, '').replace(/:\d+$/, '')]))
}

function forwarded(plugin: Plugin, query: DnsQuery, ctx: ProcessContext): Answer {
  let latencyMs = 0
  for (const host of upstreams(plugin)) {
    const result = ctx.dial({ host, port: 53, protocol: 'dns', payload: query, timeoutMs: FORWARD_TIMEOUT_MS })
    latencyMs += result.latencyMs
    if (result.ok) return { reply: result.reply as DnsReply, latencyMs }
  }
  return { reply: SERVFAIL, latencyMs }
}
