/**
 * The client's side of DNS, as the C library has it: hosts file first, then the nameservers of resolv.conf with search list, ndots, time-outs
 * and attempts (resolv.conf(5)).
 */
import { ipv4ToNumber } from '../../lib/cidr.ts'
import type { DialResult, DnsAnswer, DnsQuery, DnsRecord, DnsReply, DnsType, Hop, Origin } from '../contract.ts'
import { optionOf, type ResolvConf } from './resolv-conf.ts'

const DNS_PORT = 53
const TIMEOUT_SECONDS = 5
const ATTEMPTS = 2

/** What the resolver needs of its machine. */
export interface ResolverHost {
  readonly conf: ResolvConf
  /** /etc/hosts: the address of a name. */
  readonly hosts: (name: string) => string | undefined
  readonly ask: (server: string, query: DnsQuery, timeoutMs: number, attempt: number) => DialResult
}

/** The names that are tried, in order; absolute, without the last dot. */
export function candidates(name: string, conf: ResolvConf): string[] {
  const plain = name.toLowerCase()
  if (plain.endsWith('.')) return [plain.slice(0, -1)]
  const dots = plain.split('.').length - 1
  const searched = conf.search.map((s) => `${plain}.${s}`)
  return dots >= optionOf(conf, 'ndots', 1) ? [plain, ...searched] : [...searched, plain]
}

type Asked = { readonly reply: DnsReply; readonly server: string } | { readonly failed: 'timeout' | 'refused'; readonly server: string }

export class Resolution {
  latencyMs = 0
  /** What a name that was not found turned out to be another name for. */
  #alias: string | undefined
  readonly #host: ResolverHost
  readonly #trace: Hop[] | undefined

  constructor(host: ResolverHost, trace: Hop[] | undefined) {
    this.#host = host
    this.#trace = trace
  }

  run(name: string, type: DnsType): DnsAnswer {
    const fixed = type === 'A' ? this.#literal(name) : undefined
    if (fixed !== undefined) return { ok: true, records: [fixed], server: '', latencyMs: 0 }
    const answer = this.#search(name, type)
    this.#say(name, answer)
    return answer
  }

  #literal(name: string): DnsRecord | undefined {
    const data = ipv4ToNumber(name) !== undefined ? name : this.#host.hosts(name.toLowerCase())
    if (data !== undefined && data !== name) this.#trace?.push({ layer: 'name', at: name, detail: `is ${data} by /etc/hosts`, ok: true })
    return data === undefined ? undefined : { name, type: 'A', ttl: 0, data }
  }

  #search(name: string, type: DnsType): DnsAnswer {
    const { nameservers } = this.#host.conf
    let servfail = false
    for (const candidate of candidates(name, this.#host.conf)) {
      const asked = this.#ask({ name: candidate, type })
      if ('failed' in asked)
        return { ok: false, code: asked.failed === 'timeout' ? 'TIMEOUT' : 'REFUSED', server: asked.server, latencyMs: this.latencyMs }
      const { reply, server } = asked
      if (reply.code === 'NOERROR' && reply.records.some((r) => r.type === type))
        return { ok: true, records: reply.records, server, latencyMs: this.latencyMs }
      servfail ||= reply.code === 'SERVFAIL'
      this.#alias ??= reply.records.findLast((r) => r.type === 'CNAME')?.data
    }
    return { ok: false, code: servfail ? 'SERVFAIL' : 'NXDOMAIN', server: nameservers[0] ?? '', latencyMs: this.latencyMs }
  }

  /** One name, from one nameserver after the other, as often as `attempts` says. */
  #ask(query: DnsQuery): Asked {
    const { conf } = this.#host
    const timeoutMs = optionOf(conf, 'timeout', TIMEOUT_SECONDS) * 1000
    let failed: 'timeout' | 'refused' = 'timeout'
    for (let attempt = 0; attempt < optionOf(conf, 'attempts', ATTEMPTS); attempt++) {
      for (const server of conf.nameservers) {
        const result = this.#host.ask(server, query, timeoutMs, attempt)
        this.latencyMs += result.latencyMs
        if (result.ok) return { reply: result.reply as DnsReply, server }
        failed = result.failure === 'timeout' || result.failure === 'no-route' ? 'timeout' : 'refused'
      }
    }
    return { failed, server: conf.nameservers[0] ?? '' }
  }

  #say(name: string, answer: DnsAnswer): void {
    if (this.#trace === undefined) return
    const detail = answer.ok
      ? `is ${answer.records.map((r) => r.data).join(', ')}, says ${answer.server}`
      : `${REASONS[answer.code](answer.server)}${answer.code === 'NXDOMAIN' || answer.code === 'SERVFAIL' ? this.#tried(name) : ''}`
    this.#trace.push({ layer: 'name', at: name, detail, ok: answer.ok })
  }

  #tried(name: string): string {
    const alias = this.#alias === undefined ? '' : `; it is another name for ${this.#alias}, which has no address`
    return `${alias} (asked for ${candidates(name, this.#host.conf).join(', ')})`
  }
}

const REASONS: Record<(DnsAnswer & { ok: false })['code'], (server: string) => string> = {
  NXDOMAIN: (server) => `no such name, says ${server}`,
  SERVFAIL: (server) => `${server} could not find out`,
  REFUSED: (server) => `nobody answers at the name server ${server}`,
  TIMEOUT: (server) => (server === '' ? 'no name server is configured' : `the name server ${server} did not answer`),
}

export const dnsPort = DNS_PORT

/** How the C library words a failed lookup. */
export function lookupMessage(name: string, code: (DnsAnswer & { ok: false })['code']): string {
  return code === 'NXDOMAIN' ? `${name}: Name or service not known` : `${name}: Temporary failure in name resolution`
}

/** The origin's own name and address, for hosts files. */
export const loopbackNames = (origin: Origin, name: string): string | undefined =>
  name === 'localhost' || name.endsWith('.localhost') ? '127.0.0.1' : origin.kind === 'pod' && name === origin.name ? origin.ip : undefined
