/** Answers of small HTTP servers, and requests of programs that are clients of others. */
import type { HttpReply, HttpRequest } from '../../network/contract.ts'
import type { ProcessContext } from '../contract.ts'

const TIMEOUT_MS = 60_000

/** A plain-text answer. */
export const plainText = (status: number, body: string, headers: Readonly<Record<string, string>> = {}): HttpReply => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8', 'content-length': String(Buffer.byteLength(body)), ...headers },
  body,
})

/** `https://host:port/…`, `host:port`: what to dial. `port`: where none is written. */
export function splitUrl(text: string, port: number): { tls: boolean; host: string; port: number } {
  const match = /^(?:(https?):\/\/)?(?:[^@/]*@)?([^:/]+)(?::(\d+))?/.exec(text)
  return { tls: match?.[1] === 'https', host: match?.[2] ?? text, port: Number(match?.[3] ?? port) }
}

/** One HTTP request of a program; the error is Go's way to put it. */
export function http(ctx: ProcessContext, url: string, method: string, path: string, body?: string): HttpReply | string {
  const { tls, host, port } = splitUrl(url, 9200)
  const payload: HttpRequest = {
    method,
    path,
    host,
    headers: { 'content-type': 'application/json' },
    ...(body !== undefined && { body }),
    ...(tls && { tls: { serverName: host, insecure: true } }),
  }
  const result = ctx.dial({ host, port, protocol: 'http', payload, timeoutMs: TIMEOUT_MS })
  if (result.ok && result.reply !== null) return result.reply as HttpReply
  if (result.ok) return 'malformed HTTP response'
  const at = `${result.peer?.ip ?? host}:${port}`
  if (result.failure === 'dns-not-found') return `dial tcp: lookup ${host}: no such host`
  if (result.failure.startsWith('dns')) return `dial tcp: lookup ${host}: i/o timeout`
  return result.failure === 'refused'
    ? `dial tcp ${at}: connect: connection refused`
    : result.failure === 'reset'
      ? `read tcp ${at}: read: connection reset by peer`
      : `dial tcp ${at}: i/o timeout`
}

/** `a=1&b=x+y` as a map. */
export function formValues(source: string): Map<string, string> {
  const out = new Map<string, string>()
  const decode = (t: string): string => {
    try {
      return decodeURIComponent(t.replaceAll('+', ' '))
    } catch {
      return t
    }
  }
  for (const pair of source.split('&')) {
    if (pair === '') continue
    const at = pair.indexOf('=')
    out.set(decode(at < 0 ? pair : pair.slice(0, at)), at < 0 ? '' : decode(pair.slice(at + 1)))
  }
  return out
}
