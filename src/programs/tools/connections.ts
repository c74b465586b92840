/** Tools that only want a connection: nc, telnet, ping. */
import type { DialResult } from '../../network/contract.ts'
import type { Json, ToolContext } from '../../script/contract.ts'
import { type Act, type NetworkAccess, type NetworkToolRecord, turnOf } from './machine.ts'

const CONNECT_MS = 134_000

const why = (result: DialResult & { ok: false }): string =>
  ({ refused: 'Connection refused', timeout: 'Operation timed out', 'no-route': 'No route to host', reset: 'Connection reset by peer' })[
    result.failure as string
  ] ?? 'Operation timed out'

function nc(ctx: ToolContext, access: NetworkAccess): Act {
  let [zero, verbose, listen, timeoutMs] = [false, false, false, CONNECT_MS]
  const words: string[] = []
  const { argv } = ctx
  for (let i = 1; i < argv.length; i++) {
    const word = argv[i]!
    if (!word.startsWith('-') || word === '-') {
      words.push(word)
      continue
    }
    for (let k = 1; k < word.length; k++) {
      const c = word[k]!
      if (c === 'z') zero = true
      else if (c === 'v') verbose = true
      else if (c === 'l') listen = true
      else if (c === 'w' || c === 'p' || c === 'e') {
        const value = k + 1 < word.length ? word.slice(k + 1) : (argv[++i] ?? '')
        if (c === 'w') timeoutMs = Number(value) * 1000
        break
      } else if (c === 'u') return { afterMs: 0, exitCode: 1, stderr: 'nc: UDP is not simulated by clusterlab\n' }
    }
  }
  if (listen)
    return {
      afterMs: 0,
      exitCode: 1,
      stderr: 'nc: listening is not simulated by clusterlab; a pod of hashicorp/http-echo or agnhost netexec listens\n',
    }
  const [host, port] = words
  if (host === undefined || !/^\d+$/.test(port ?? ''))
    return { afterMs: 0, exitCode: 1, stderr: 'usage: nc [-zv] [-w timeout] destination port\n' }
  const text = zero ? '' : ctx.stdin()
  const http = /^(\w+) (\/\S*) HTTP\//.exec(text)
  const payload = http && { method: http[1], path: http[2], host: /^host:\s*(\S+)/im.exec(text)?.[1] ?? host, headers: {} }
  const to = { host, port: Number(port), timeoutMs, turn: turnOf(ctx) }
  // What speaks in lines of text answers them; with anybody else there is only a connection.
  const spoken = payload || text === '' ? undefined : access.dial({ ...to, protocol: 'text', payload: text })
  if (spoken?.ok && typeof spoken.reply === 'string') return { afterMs: spoken.latencyMs, exitCode: 0, stdout: spoken.reply }
  const result = access.dial({ ...to, protocol: payload ? 'http' : 'tcp', ...(payload && { payload }) })
  const busybox = ctx.shellName !== 'bash'
  if (!result.ok) {
    const dns = result.failure.startsWith('dns')
    const line = dns
      ? `nc: ${busybox ? `bad address '${host}'` : `getaddrinfo for host "${host}" port ${port}: Name or service not known`}\n`
      : busybox
        ? `nc: ${host} (${result.address ?? host}:${port}): ${why(result)}\n`
        : `nc: connect to ${host} (${result.address ?? host}) port ${port} (tcp) failed: ${why(result)}\n`
    return { afterMs: result.latencyMs, exitCode: 1, ...(verbose || dns || !zero ? { stderr: line } : {}) }
  }
  const opened = verbose
    ? busybox
      ? `${host} (${result.address}:${port}) open\n`
      : `Connection to ${host} (${result.address}) ${port} port [tcp/*] succeeded!\n`
    : ''
  const reply = result.reply as { status?: number; body?: string } | null
  const stdout = payload && reply?.status !== undefined ? `HTTP/1.1 ${reply.status}\r\n\r\n${reply.body ?? ''}` : ''
  return { afterMs: result.latencyMs, exitCode: 0, stdout, stderr: opened }
}

function telnet(ctx: ToolContext, access: NetworkAccess): Act {
  const [host, port = '23'] = ctx.argv.slice(1).filter((w) => !w.startsWith('-'))
  if (host === undefined) return { afterMs: 0, exitCode: 1, stderr: 'Usage: telnet HOST [PORT]\n' }
  const result = access.dial({ host, port: Number(port), protocol: 'tcp', timeoutMs: CONNECT_MS, turn: turnOf(ctx) })
  if (result.ok)
    return { afterMs: result.latencyMs, exitCode: 1, stdout: `Connected to ${host}\n`, stderr: 'Connection closed by foreign host\n' }
  if (result.failure.startsWith('dns')) return { afterMs: result.latencyMs, exitCode: 1, stderr: `telnet: bad address '${host}'\n` }
  return {
    afterMs: result.latencyMs,
    exitCode: 1,
    stderr: `telnet: can't connect to remote host (${result.address ?? host}): ${why(result)}\n`,
  }
}

interface Pings {
  readonly sent: number
  readonly received: number
}

function ping(ctx: ToolContext, access: NetworkAccess, memory: Json | undefined): Act {
  let [count, waitMs] = [Number.POSITIVE_INFINITY, 10_000]
  let host: string | undefined
  const { argv } = ctx
  for (let i = 1; i < argv.length; i++) {
    const word = argv[i]!
    if (/^-[cWwis]/.test(word)) {
      const value = Number(word.length > 2 ? word.slice(2) : argv[++i])
      if (word[1] === 'c') count = value
      if (word[1] === 'W') waitMs = value * 1000
    } else if (!word.startsWith('-')) host = word
  }
  if (host === undefined) return { afterMs: 0, exitCode: 1, stderr: 'Usage: ping [OPTIONS] HOST\n' }
  const at = (memory ?? { sent: 0, received: 0 }) as unknown as Pings
  const summary = (p: Pings): string =>
    `\n--- ${host} ping statistics ---\n${p.sent} packets transmitted, ${p.received} packets received, ${Math.round((1 - p.received / Math.max(1, p.sent)) * 100)}% packet loss\n`
  // An echo request has no port; whether anything listens does not matter, only whether the machine answers at all.
  const result = access.dial({ host, port: 0, protocol: 'icmp', timeoutMs: Math.min(waitMs, 1000), turn: turnOf(ctx) })
  if (!result.ok && result.failure.startsWith('dns'))
    return { afterMs: result.latencyMs, exitCode: 1, stderr: `ping: bad address '${host}'\n` }
  const answered = result.ok || result.failure === 'refused' || result.failure === 'reset'
  const ip = result.address ?? host
  const now: Pings = { sent: at.sent + 1, received: at.received + (answered ? 1 : 0) }
  const head = at.sent === 0 ? `PING ${host} (${ip}): 56 data bytes\n` : ''
  const line = answered ? `64 bytes from ${ip}: seq=${at.sent} ttl=62 time=${result.latencyMs.toFixed(3)} ms\n` : ''
  if (now.sent >= count)
    return { afterMs: answered ? result.latencyMs : 1000, stdout: head + line + summary(now), exitCode: now.received > 0 ? 0 : 1 }
  return { afterMs: 1000, stdout: head + line, next: now as unknown as Json }
}

export const connectionTools: readonly NetworkToolRecord[] = [
  { names: ['nc', 'netcat'], act: nc },
  { names: ['telnet'], act: telnet },
  { names: ['ping'], act: ping },
]
