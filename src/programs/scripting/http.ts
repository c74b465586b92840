/** Where a script's request goes, and the message it is. */
import type { DialRequest, HttpRequest } from '../../network/contract.ts'

export interface Url {
  readonly tls: boolean
  readonly host: string
  readonly port: number
  /** With its query. */
  readonly path: string
}

/** Undefined: it is no `http://` or `https://`. */
export function urlParts(source: string): Url | undefined {
  const match = /^(https?):\/\/([^/:?#]+)(?::(\d+))?([^#]*)/.exec(source)
  if (match === null) return undefined
  const tls = match[1] === 'https'
  const path = match[4]!
  return { tls, host: match[2]!, port: Number(match[3] ?? (tls ? 443 : 80)), path: path.startsWith('/') ? path : `/${path}` }
}

export function requestTo(
  url: Url,
  method: string,
  headers: Readonly<Record<string, string>>,
  body: string | undefined,
  timeoutMs: number,
): DialRequest {
  const shown = url.port === (url.tls ? 443 : 80) ? url.host : `${url.host}:${url.port}`
  const payload: HttpRequest = {
    method,
    path: url.path,
    host: shown,
    headers: { host: shown, ...headers },
    ...(body !== undefined && { body }),
    ...(url.tls && { tls: { serverName: url.host } }),
  }
  return { host: url.host, port: url.port, protocol: 'http', payload, timeoutMs }
}
