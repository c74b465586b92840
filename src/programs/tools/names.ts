/** Tools that ask DNS: nslookup, dig, host, getent. */
import type { DnsAnswer, DnsRecord, DnsType } from '../../network/contract.ts'
import type { ToolContext } from '../../script/contract.ts'
import type { Act, NetworkAccess, NetworkToolRecord } from './machine.ts'

const TYPES = new Set(['A', 'AAAA', 'SRV', 'PTR', 'CNAME'])
const isAddress = (text: string): boolean => /^\d+\.\d+\.\d+\.\d+$/.test(text)
const reverse = (ip: string): string => `${ip.split('.').reverse().join('.')}.in-addr.arpa`
const UNREACHABLE_MS = 15_000

const unsimulatedServer = (tool: string, server: string): Act => ({
  afterMs: 0,
  exitCode: 1,
  stderr: `${tool}: asking another server (${server}) is not simulated by clusterlab; leave it out to ask the one of /etc/resolv.conf\n`,
})

function nslookup(ctx: ToolContext, access: NetworkAccess): Act {
  let type: DnsType = 'A'
  const words: string[] = []
  for (const word of ctx.argv.slice(1)) {
    const match = /^-(?:type|query|q)=(\w+)$/i.exec(word)
    if (match) type = match[1]!.toUpperCase() as DnsType
    else if (!word.startsWith('-')) words.push(word)
  }
  const name = words[0]
  if (name === undefined) return { afterMs: 0, exitCode: 1, stderr: 'Usage: nslookup [-type=QUERY_TYPE] HOST [DNS_SERVER]\n' }
  if (!TYPES.has(type)) return { afterMs: 0, exitCode: 1, stderr: `nslookup: queries of type ${type} are not simulated by clusterlab\n` }
  if (isAddress(name)) type = 'PTR'
  const answer = access.resolve(type === 'PTR' && isAddress(name) ? reverse(name) : name, type)
  if (words[1] !== undefined && words[1] !== answer.server) return unsimulatedServer('nslookup', words[1])
  const head = `Server:\t\t${answer.server}\nAddress:\t${answer.server}${ctx.shellName === 'bash' ? '#53' : ':53'}\n\n`
  if (!answer.ok) {
    if (answer.code === 'TIMEOUT')
      return {
        afterMs: Math.max(answer.latencyMs, UNREACHABLE_MS),
        exitCode: 1,
        stdout: ';; connection timed out; no servers could be reached\n\n',
      }
    return { afterMs: answer.latencyMs, exitCode: 1, stdout: `${head}** server can't find ${name}: ${answer.code}\n\n` }
  }
  if (answer.records.length === 0) return { afterMs: answer.latencyMs, exitCode: 0, stdout: `${head}*** Can't find ${name}: No answer\n\n` }
  const lines = answer.records.map((r) => {
    if (r.type === 'SRV') return `${r.name}\tservice = ${r.data}\n`
    if (r.type === 'PTR') return `${r.name}\tname = ${r.data}\n`
    if (r.type === 'CNAME') return `${r.name}\tcanonical name = ${r.data}\n`
    return `Name:\t${r.name}\nAddress: ${r.data}\n`
  })
  return { afterMs: answer.latencyMs, exitCode: 0, stdout: `${head}${lines.join('')}\n` }
}

function dig(ctx: ToolContext, access: NetworkAccess): Act {
  let [type, short, search, noAll, answerOnly] = ['A' as DnsType, false, false, false, false]
  let name: string | undefined
  let server: string | undefined
  const words = ctx.argv.slice(1)
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!
    if (word === '+short') short = true
    else if (word === '+search') search = true
    else if (word === '+noall') noAll = true
    else if (word === '+answer') answerOnly = true
    else if (word.startsWith('@')) server = word.slice(1)
    else if (word === '-x') [type, name] = ['PTR', reverse(words[++i] ?? '')]
    else if (word === '-t') type = (words[++i] ?? 'A').toUpperCase() as DnsType
    else if (word.startsWith('+') || word.startsWith('-')) continue
    else if (TYPES.has(word.toUpperCase()) && name !== undefined) type = word.toUpperCase() as DnsType
    else if (TYPES.has(word.toUpperCase()) && words[i + 1] !== undefined && !words[i + 1]!.startsWith('+'))
      type = word.toUpperCase() as DnsType
    else if (/^(MX|TXT|NS|SOA|ANY)$/i.test(word))
      return { afterMs: 0, exitCode: 1, stderr: `dig: queries of type ${word.toUpperCase()} are not simulated by clusterlab\n` }
    else name = word
  }
  if (name === undefined) return { afterMs: 0, exitCode: 1, stderr: 'dig: a name to ask for is needed\n' }
  // dig does not use the search list unless told to.
  const asked = search || name.endsWith('.') ? name : `${name}.`
  const answer = access.resolve(asked, type)
  if (server !== undefined && server !== answer.server) return unsimulatedServer('dig', server)
  if (!answer.ok && answer.code === 'TIMEOUT')
    return {
      afterMs: Math.max(answer.latencyMs, UNREACHABLE_MS),
      exitCode: 9,
      stdout: `;; communications error to ${answer.server}#53: timed out\n;; no servers could be reached\n`,
    }
  const records = answer.ok ? answer.records : []
  if (short) return { afterMs: answer.latencyMs, exitCode: 0, stdout: records.map((r) => `${r.data}\n`).join('') }
  const section = records.map((r) => `${dotted(r.name)}\t${r.ttl}\tIN\t${r.type}\t${r.data}\n`).join('')
  if (noAll && answerOnly) return { afterMs: answer.latencyMs, exitCode: 0, stdout: section }
  return {
    afterMs: answer.latencyMs,
    exitCode: 0,
    stdout: full(answer, records, dotted(asked), type, section, Math.floor(ctx.random() * 65_536)),
  }
}

const dotted = (name: string): string => (name.endsWith('.') ? name : `${name}.`)

function full(answer: DnsAnswer, records: readonly DnsRecord[], name: string, type: DnsType, section: string, id: number): string {
  const status = answer.ok ? 'NOERROR' : answer.code
  return `\n; <<>> DiG 9.18.39 <<>> ${name} ${type}\n;; global options: +cmd\n;; Got answer:\n;; ->>HEADER<<- opcode: QUERY, status: ${status}, id: ${id}\n;; flags: qr aa rd; QUERY: 1, ANSWER: ${records.length}, AUTHORITY: 0, ADDITIONAL: 1\n\n;; QUESTION SECTION:\n;${name}\t\t\tIN\t${type}\n\n${section === '' ? '' : `;; ANSWER SECTION:\n${section}\n`};; Query time: ${Math.round(answer.latencyMs)} msec\n;; SERVER: ${answer.server}#53(${answer.server}) (UDP)\n\n`
}

function host(ctx: ToolContext, access: NetworkAccess): Act {
  const words = ctx.argv.slice(1).filter((w) => !w.startsWith('-'))
  const name = words[0]
  if (name === undefined) return { afterMs: 0, exitCode: 1, stderr: 'Usage: host name\n' }
  const answer = access.resolve(isAddress(name) ? reverse(name) : name, isAddress(name) ? 'PTR' : 'A')
  if (!answer.ok) {
    if (answer.code === 'TIMEOUT')
      return {
        afterMs: Math.max(answer.latencyMs, UNREACHABLE_MS),
        exitCode: 1,
        stdout: ';; connection timed out; no servers could be reached\n',
      }
    return { afterMs: answer.latencyMs, exitCode: 1, stdout: `Host ${name} not found: 3(${answer.code})\n` }
  }
  const line = (r: DnsRecord): string =>
    r.type === 'PTR'
      ? `${reverse(name)} domain name pointer ${r.data}\n`
      : r.type === 'CNAME'
        ? `${r.name} is an alias for ${r.data}\n`
        : `${r.name} has address ${r.data}\n`
  return { afterMs: answer.latencyMs, exitCode: 0, stdout: answer.records.map(line).join('') }
}

function getent(ctx: ToolContext, access: NetworkAccess): Act {
  const [, database, name] = ctx.argv
  if (database !== 'hosts' && database !== 'ahosts' && database !== 'ahostsv4')
    return {
      afterMs: 0,
      exitCode: 1,
      stderr: database === undefined ? 'getent: wrong number of arguments\n' : `Unknown database: ${database}\n`,
    }
  if (name === undefined) return { afterMs: 0, exitCode: 0, stdout: `${access.ip}\tlocalhost\n` }
  if (name === 'localhost') return { afterMs: 0, exitCode: 0, stdout: '127.0.0.1       localhost\n' }
  const answer = access.resolve(name, 'A')
  const found = answer.ok ? answer.records.filter((r) => r.type === 'A') : []
  if (found.length === 0) return { afterMs: answer.latencyMs, exitCode: 2 }
  return {
    afterMs: answer.latencyMs,
    exitCode: 0,
    stdout: found.map((r) => `${r.data.padEnd(15)} ${database === 'hosts' ? r.name.replace(/\.$/, '') : 'STREAM'}\n`).join(''),
  }
}

export const nameTools: readonly NetworkToolRecord[] = [
  { names: ['nslookup'], act: nslookup },
  { names: ['dig'], act: dig },
  { names: ['host'], act: host },
  { names: ['getent'], act: getent },
]
