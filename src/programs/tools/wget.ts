/** wget: busybox's in small containers, GNU's elsewhere, told apart by the shell's name. */
import type { HttpReply } from '../../network/contract.ts'
import type { ToolContext } from '../../script/contract.ts'
import { headerLines, statusLine } from './curl.ts'
import { type Act, type NetworkAccess, type NetworkToolRecord, parseUrl, turnOf } from './machine.ts'

const DEFAULT_MS = 900_000

function act(ctx: ToolContext, access: NetworkAccess): Act {
  const busybox = ctx.shellName !== 'bash'
  let [quiet, spider, show, output, timeoutMs, body] = [
    false,
    false,
    false,
    undefined as string | undefined,
    DEFAULT_MS,
    undefined as string | undefined,
  ]
  const headers: Record<string, string> = {}
  const urls: string[] = []
  const { argv } = ctx
  for (let i = 1; i < argv.length; i++) {
    const word = argv[i]!
    const value = (): string =>
      word.startsWith('--') ? (word.includes('=') ? word.slice(word.indexOf('=') + 1) : (argv[++i] ?? '')) : (argv[++i] ?? '')
    if (!word.startsWith('-') || word === '-') urls.push(word)
    else if (word === '--spider') spider = true
    else if (word === '--quiet') quiet = true
    else if (word === '--server-response') show = true
    else if (/^--timeout|^--connect-timeout/.test(word)) timeoutMs = Number(value()) * 1000
    else if (/^--tries/.test(word)) value()
    else if (/^--header/.test(word)) {
      const line = value()
      headers[line.slice(0, line.indexOf(':')).trim().toLowerCase()] = line.slice(line.indexOf(':') + 1).trim()
    } else if (/^--post-data/.test(word)) body = value()
    else if (/^--output-document/.test(word)) output = value()
    else if (word === '--no-check-certificate') continue
    else if (word.startsWith('--')) return { afterMs: 0, exitCode: 2, stderr: `wget: unrecognized option '${word}'\n` }
    else
      for (let k = 1; k < word.length; k++) {
        const rest = word.slice(k + 1)
        const c = word[k]!
        if (c === 'q') quiet = true
        else if (c === 'S') show = true
        else if ('OTtP'.includes(c)) {
          const given = rest !== '' ? rest : (argv[++i] ?? '')
          if (c === 'O') output = given
          if (c === 'T') timeoutMs = Number(given) * 1000
          break
        } else if (!'cnv'.includes(c)) return { afterMs: 0, exitCode: 1, stderr: `wget: unrecognized option: ${c}\n` }
      }
  }
  const url = parseUrl(urls[0] ?? '')
  if (url === undefined)
    return {
      afterMs: 0,
      exitCode: 1,
      stderr: busybox
        ? 'BusyBox v1.37.0 multi-call binary.\n\nUsage: wget [-cqS] [--spider] [-O FILE] [-T SEC] URL...\n'
        : 'wget: missing URL\nUsage: wget [OPTION]... [URL]...\n',
    }
  let spent = 0
  let at = url
  let connecting = ''
  for (let n = 0; n < 20; n++) {
    const authority = at.portGiven ? `${at.host}:${at.port}` : at.host
    const host = headers['host'] ?? authority
    const result = access.dial({
      host: at.host,
      port: at.port,
      protocol: 'http',
      payload: {
        method: body === undefined ? (spider ? 'HEAD' : 'GET') : 'POST',
        path: at.path,
        host,
        headers: { 'user-agent': 'Wget', accept: '*/*', ...headers, host },
        ...(body !== undefined && { body }),
        ...(at.scheme === 'https' && { tls: { serverName: at.host, insecure: busybox || argv.includes('--no-check-certificate') } }),
      },
      timeoutMs,
      turn: turnOf(ctx),
    })
    spent += result.latencyMs
    connecting += `Connecting to ${authority}${busybox ? ` (${result.address ?? at.host}:${at.port})` : `|${result.address ?? at.host}|:${at.port}... connected.`}\n`
    if (!result.ok) {
      const dns = result.failure.startsWith('dns')
      const why =
        {
          refused: 'Connection refused',
          timeout: busybox ? 'download timed out' : 'Connection timed out',
          'no-route': 'No route to host',
          reset: 'Connection reset by peer',
          tls: 'TLS error',
        }[result.failure as string] ?? ''
      const text = dns
        ? `wget: bad address '${authority}'\n`
        : result.failure === 'timeout' && busybox
          ? `wget: ${why}\n`
          : `wget: can't connect to remote host${busybox && result.address ? ` (${result.address})` : ''}: ${why}\n`
      return { afterMs: spent, exitCode: busybox ? 1 : 4, stderr: (quiet || dns ? '' : connecting) + text }
    }
    const reply = result.reply as HttpReply | null
    if (typeof reply?.status !== 'number') return { afterMs: spent, exitCode: 1, stderr: 'wget: error getting response\n' }
    const heads = show ? [statusLine(reply), ...headerLines(reply)].map((l) => `  ${l}\n`).join('') : ''
    const location = reply.headers['location']
    if (reply.status >= 300 && reply.status < 400 && location !== undefined) {
      at = parseUrl(location.startsWith('/') ? `${at.scheme}://${authority}${location}` : location) ?? at
      connecting += heads
      continue
    }
    if (reply.status >= 400)
      return {
        afterMs: spent,
        exitCode: busybox ? 1 : 8,
        stderr: `${quiet ? heads : connecting + heads}wget: server returned error: ${statusLine(reply)}\n`,
      }
    if (spider)
      return { afterMs: spent, exitCode: 0, stderr: (quiet ? '' : connecting) + heads + (busybox && !quiet ? 'remote file exists\n' : '') }
    const name = output ?? (at.path.split('?')[0]!.split('/').at(-1) || 'index.html')
    if (name === '-')
      return {
        afterMs: spent,
        exitCode: 0,
        stdout: reply.body,
        stderr: (quiet ? '' : connecting + (busybox ? 'writing to stdout\n' : '')) + heads,
      }
    if (name !== '/dev/null') {
      if (output === undefined && ctx.files.stat(ctx.path(name)) !== undefined && busybox)
        return { afterMs: spent, exitCode: 1, stderr: `${quiet ? '' : connecting}wget: can't open '${name}': File exists\n` }
      try {
        ctx.files.write(ctx.path(name), reply.body)
      } catch (error) {
        if (!(error instanceof Error) || error.name !== 'FileError') throw error
        return { afterMs: spent, exitCode: 1, stderr: `wget: can't open '${name}': ${error.message}\n` }
      }
    }
    return { afterMs: spent, exitCode: 0, stderr: (quiet ? '' : `${connecting}saving to '${name}'\n'${name}' saved\n`) + heads }
  }
  return { afterMs: spent, exitCode: 1, stderr: 'wget: too many redirections\n' }
}

export const wget: NetworkToolRecord = { names: ['wget'], act }
