/** How CoreDNS answers one question: the plug-ins of the name's server block in CoreDNS' fixed order. */
import { RE2JS } from 're2js'
import type { DnsQuery, DnsRecord, DnsReply } from '../../network/contract.ts'
import { blockFor, isWithin, type Plugin, type ServerBlock } from '../../network/dns/corefile.ts'
import { HOST_RESOLV_CONF } from '../../network/dns/resolv-conf.ts'
import { answerFromZone, answerReverse, reverseAddress, type ZoneOptions } from '../../network/dns/zone.ts'
import type { ProcessContext } from '../contract.ts'
import { upstreamOf } from './plugins.ts'

const REFUSED: DnsReply = { code: 'REFUSED', records: [] }
const SERVFAIL: DnsReply = { code: 'SERVFAIL', records: [] }
/** Ports of a client that asks are not simulated; logs need one. */
const SOURCE_PORT = 47_893
const FORWARD_TIMEOUT_MS = 2_000
/** A CNAME chain longer than this is given up. */
const MAX_CHAIN = 7

interface Answer {
  readonly reply: DnsReply
  readonly latencyMs: number
}

const now = (reply: DnsReply): Answer => ({ reply, latencyMs: 0 })

export interface Question {
  readonly query: DnsQuery
  /** The port it came to. */
  readonly port: number
}

/** Plug-ins that answer, in CoreDNS' fixed order; one that falls through leaves the question to the next. */
const ANSWERING = [fromTemplate, fromHosts, fromKubernetes]

export function answerQuery(blocks: readonly ServerBlock[], { query, port }: Question, ctx: ProcessContext, depth = 0): Answer {
  const block = blockFor(blocks, query.name, port)
  if (block === undefined) return now(REFUSED)
  const asked = rewritten(block, query)
  let last: Found | undefined
  for (const plugin of ANSWERING) {
    const found = plugin(block, asked, ctx)
    if (found !== undefined && !found.fall) return finish(blocks, { query: asked, port }, found.reply, ctx, depth)
    last = found ?? last
  }
  const forward = block.plugins.find((p) => p.name === 'forward' && forwards(p, asked.name))
  if (forward !== undefined) return forwarded(block, forward, asked, ctx)
  return now(last?.reply ?? SERVFAIL)
}

const forwards = ({ args, lines }: Plugin, name: string): boolean =>
  isWithin(name, zone(args[0] ?? '.')) && !lines.some(([word, ...zones]) => word === 'except' && zones.some((z) => isWithin(name, zone(z))))

const zone = (text: string): string => (text === '.' ? '.' : text.replace(/\.$/, '').toLowerCase())

const HOW = new Set(['exact', 'prefix', 'suffix', 'substring', 'regex'])

/** Every `rewrite name` and `rewrite type` in the order of the file; `stop`, which is the default, ends at the first that fits. */
function rewritten(block: ServerBlock, query: DnsQuery): DnsQuery {
  let asked = query
  for (const plugin of block.plugins) {
    if (plugin.name !== 'rewrite') continue
    // Written as a block, its first line is the rule; `answer` lines change names back, which nobody here looks at.
    const rule = plugin.args.length > 1 ? plugin.args : [...plugin.args, ...(plugin.lines.find(([w]) => w === 'name') ?? [])]
    const args = rule.filter((a) => a !== 'stop' && a !== 'continue')
    const changed = args[0] === 'type' ? retyped(asked, args) : args[0] === 'name' ? renamed(asked, args) : undefined
    if (changed === undefined) continue
    asked = changed
    if (!rule.includes('continue')) return asked
  }
  return asked
}

const retyped = (query: DnsQuery, [, from, to]: readonly string[]): DnsQuery | undefined =>
  query.type === from && to !== undefined ? { ...query, type: to as DnsQuery['type'] } : undefined

function renamed(query: DnsQuery, args: readonly string[]): DnsQuery | undefined {
  const [how, from = '', to = ''] = HOW.has(args[1] ?? '') ? args.slice(1) : ['exact', ...args.slice(1)]
  const [a, b] = [from, to].map((t) => t.replace(/\.$/, '').toLowerCase()) as [string, string]
  const { name } = query
  if (how === 'regex') {
    const matcher = RE2JS.compile(from).matcher(`${name}.`)
    if (!matcher.find()) return undefined
    const made = to.replace(/\{(\d+)\}/g, (_all, n: string) => (Number(n) <= matcher.groupCount() ? (matcher.group(Number(n)) ?? '') : ''))
    return { ...query, name: made.replace(/\.$/, '').toLowerCase() }
  }
  if (how === 'exact') return name === a ? { ...query, name: b } : undefined
  if (how === 'prefix') return name.startsWith(a) ? { ...query, name: b + name.slice(a.length) } : undefined
  if (how === 'suffix') return name.endsWith(a) ? { ...query, name: name.slice(0, -a.length) + b } : undefined
  return name.includes(a) ? { ...query, name: name.replaceAll(a, b) } : undefined
}

interface Found {
  readonly reply: DnsReply
  /** The plug-in passes what it does not know on. */
  readonly fall: boolean
}

const HOSTS_OPTIONS = new Set(['fallthrough', 'ttl', 'no_reverse', 'reload'])

/** Lines of the block, and of the file that is named; without a file and without lines, /etc/hosts. */
function hostsLines({ args: [path], lines }: Plugin, ctx: ProcessContext): readonly (readonly string[])[] {
  const inline = lines.filter(([w]) => !HOSTS_OPTIONS.has(w ?? ''))
  const file = path?.startsWith('/') ? path : inline.length === 0 ? '/etc/hosts' : undefined
  if (file === undefined) return inline
  try {
    return [
      ...inline,
      ...ctx.files
        .read(file)
        .split('\n')
        .map((l) => l.replace(/#.*/, '').trim().split(/\s+/)),
    ]
  } catch {
    return inline
  }
}

function fromHosts(block: ServerBlock, query: DnsQuery, ctx: ProcessContext): Found | undefined {
  const plugin = block.plugins.find((p) => p.name === 'hosts')
  if (plugin === undefined) return undefined
  const zones = plugin.args.filter((a) => !a.startsWith('/')).map(zone)
  if (zones.length > 0 && !zones.some((z) => isWithin(query.name, z))) return undefined
  const found = hostsLines(plugin, ctx).filter(([, ...names]) => names.some((n) => n.toLowerCase() === query.name))
  // Without a zone of its own it cannot say that a name does not exist.
  if (found.length === 0) return { reply: SERVFAIL, fall: falls(plugin, query.name) }
  const ttl = Number(plugin.lines.find(([w]) => w === 'ttl')?.[1] ?? 3600)
  const records = query.type === 'A' ? found.map(([ip]): DnsRecord => ({ name: query.name, type: 'A', ttl, data: ip! })) : []
  return { reply: { code: 'NOERROR', records }, fall: false }
}

/** `fallthrough`, for all names or for those of some zones. */
function falls(plugin: Plugin, name: string): boolean {
  const line = plugin.lines.find(([w]) => w === 'fallthrough')
  return line !== undefined && (line.length === 1 || line.slice(1).some((z) => isWithin(name, zone(z))))
}

/** `template CLASS TYPE [ZONE…] { match REGEX; answer RECORD; rcode CODE }` */
function fromTemplate(block: ServerBlock, query: DnsQuery): Found | undefined {
  for (const plugin of block.plugins) {
    if (plugin.name !== 'template') continue
    const [, type = 'ANY', ...zones] = plugin.args
    if (type !== 'ANY' && type !== query.type) continue
    if (zones.length > 0 && !zones.some((z) => isWithin(query.name, zone(z)))) continue
    const patterns = plugin.lines.filter(([w]) => w === 'match').flatMap(([, ...rest]) => rest)
    const match = (patterns.length > 0 ? patterns : ['.*']).map((p) => RE2JS.compile(p).matcher(`${query.name}.`)).find((m) => m.find())
    if (match === undefined) {
      if (falls(plugin, query.name)) continue
      return { reply: SERVFAIL, fall: false }
    }
    const code = plugin.lines.find(([w]) => w === 'rcode')?.[1] as DnsReply['code'] | undefined
    const records = plugin.lines.filter(([w]) => w === 'answer').map(([, ...words]) => record(words.join(' '), query, match))
    return { reply: { code: code ?? 'NOERROR', records }, fall: false }
  }
  return undefined
}

/** `{{ .Name }} 60 IN A 10.0.0.1`, with what the pattern caught. */
function record(text: string, query: DnsQuery, match: ReturnType<RE2JS['matcher']>): DnsRecord {
  const filled = text
    .replace(/\{\{\s*\.Name\s*\}\}/g, `${query.name}.`)
    .replace(
      /\{\{\s*\.(?:Match|Group)\.(\w+)\s*\}\}|\{\{\s*index\s+\.Match\s+(\d+)\s*\}\}/g,
      (_all, name?: string, n?: string) => (name === undefined ? match.group(Number(n)) : match.group(name)) ?? '',
    )
  const [name = '', ttl = '0', , type = 'A', ...data] = filled.split(/\s+/)
  return { name: name.replace(/\.$/, ''), ttl: Number(ttl), type: type as DnsRecord['type'], data: data.join(' ') }
}

const optionsOf = (plugin: Plugin, served: string): ZoneOptions => {
  const value = (name: string): string | undefined => plugin.lines.find(([w]) => w === name)?.[1]
  const pods = value('pods')
  return { zone: served, ttl: Number(value('ttl') ?? 5), pods: pods === 'insecure' || pods === 'verified' ? pods : 'disabled' }
}

/** How long the cluster's zone says that what it does not have is not there, seconds; undefined for names of other zones. */
export function zoneTtl(blocks: readonly ServerBlock[], { query, port }: Question): number | undefined {
  for (const plugin of blockFor(blocks, query.name, port)?.plugins ?? []) {
    const served = plugin.name === 'kubernetes' ? plugin.args.map(zone).find((z) => isWithin(query.name, z)) : undefined
    if (served !== undefined) return optionsOf(plugin, served).ttl
  }
  return undefined
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
    return { reply, fall: reply.code === 'NXDOMAIN' && falls(plugin, query.name) }
  }
  return undefined
}

/** Follows a CNAME to its address. */
function finish(blocks: readonly ServerBlock[], { query, port }: Question, reply: DnsReply, ctx: ProcessContext, depth: number): Answer {
  const alias = reply.records.find((r) => r.type === 'CNAME')
  if (alias === undefined || query.type === 'CNAME' || depth >= MAX_CHAIN) return now(reply)
  const next = { name: alias.data.replace(/\.$/, '').toLowerCase(), type: query.type }
  const target = answerQuery(blocks, { query: next, port }, ctx, depth + 1)
  return { reply: { code: reply.code, records: [...reply.records, ...target.reply.records] }, latencyMs: target.latencyMs }
}

/** Where a `forward` sends questions: addresses, or the nameservers of the machine's resolv.conf. */
export const upstreams = (plugin: Plugin): { readonly host: string; readonly port: number }[] =>
  plugin.args.slice(1).flatMap((to) => (to.startsWith('/') ? HOST_RESOLV_CONF.nameservers.map(upstreamOf) : [upstreamOf(to)]))

/** One upstream after the other; the first by chance, unless the policy is `sequential`. */
function forwarded(block: ServerBlock, plugin: Plugin, query: DnsQuery, ctx: ProcessContext): Answer {
  const all = upstreams(plugin)
  const sequential = plugin.lines.some(([w, policy]) => w === 'policy' && policy === 'sequential')
  const first = sequential ? 0 : ctx.pick(`forward/${query.name}`, all.length)
  let latencyMs = 0
  let last = ''
  for (let i = 0; i < all.length; i++) {
    const { host, port } = all[(first + i) % all.length]!
    const result = ctx.dial({ host, port, protocol: 'dns', payload: query, timeoutMs: FORWARD_TIMEOUT_MS })
    latencyMs += result.latencyMs
    if (result.ok) return { reply: result.reply as DnsReply, latencyMs }
    last = `read udp ${ctx.pod.ip}:${SOURCE_PORT}->${host}:${port}: ${result.failure === 'refused' ? 'read: connection refused' : 'i/o timeout'}`
  }
  if (block.plugins.some((p) => p.name === 'errors')) ctx.log(`[ERROR] plugin/errors: 2 ${query.name}. ${query.type}: ${last}`)
  return { reply: SERVFAIL, latencyMs }
}
