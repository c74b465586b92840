/** HTTP/1.1 as bytes, for ports forwarded to programs that take whole requests: requests taken apart as they come, replies written out. */
import { STATUS_CODES } from 'node:http'
import type { HttpReply, HttpRequest } from '../../network/contract.ts'

const MAX_HEAD = 64 * 1024
const MAX_BODY = 8 * 1024 * 1024

/** What came is no HTTP that can be taken on. */
export class WireError extends Error {
  override readonly name = 'WireError'
}

export interface WireRequest {
  readonly request: HttpRequest
  /** The client wants the connection closed after the answer. */
  readonly close: boolean
}

interface Head {
  readonly method: string
  readonly path: string
  readonly version: string
  readonly headers: Readonly<Record<string, string>>
}

function readHead(text: string): Head {
  const [first = '', ...lines] = text.split('\r\n')
  const [, method, target, version] = /^([A-Z]+) (\S+) (HTTP\/1\.[01])$/.exec(first) ?? []
  if (method === undefined || target === undefined || version === undefined)
    throw new WireError('only plain HTTP/1.1 is simulated on forwarded ports')
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const at = line.indexOf(':')
    if (at <= 0) throw new WireError('malformed header')
    const name = line.slice(0, at).trim().toLowerCase()
    const value = line.slice(at + 1).trim()
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`
  }
  return { method, path: target.replace(/^https?:\/\/[^/]*/, '') || '/', version, headers }
}

/** A chunked body and where it ends; undefined while it is not all there. */
function readChunks(bytes: Buffer, from: number): { body: Buffer; end: number } | undefined {
  const chunks: Buffer[] = []
  for (let at = from, total = 0; ; ) {
    const line = bytes.indexOf('\r\n', at)
    if (line < 0) return undefined
    const size = Number.parseInt(bytes.subarray(at, line).toString('latin1'), 16)
    if (!(size >= 0) || total + size > MAX_BODY) throw new WireError('malformed or oversized body')
    const end = line + 2 + size
    if (bytes.length < end + 2) return undefined
    if (size === 0) return { body: Buffer.concat(chunks), end: end + 2 }
    chunks.push(bytes.subarray(line + 2, end))
    total += size
    at = end + 2
  }
}

export class HttpWire {
  #pending: Buffer = Buffer.alloc(0)

  /** Requests that are complete with these bytes. Throws WireError. */
  receive(bytes: Buffer): WireRequest[] {
    this.#pending = Buffer.concat([this.#pending, bytes])
    if (this.#pending.length > 0 && (this.#pending[0]! < 0x41 || this.#pending[0]! > 0x5a))
      throw new WireError('only plain HTTP/1.1 is simulated on forwarded ports')
    const found: WireRequest[] = []
    for (let next = this.#next(); next !== undefined; next = this.#next()) found.push(next)
    return found
  }

  #next(): WireRequest | undefined {
    const split = this.#pending.indexOf('\r\n\r\n')
    if (split < 0) {
      if (this.#pending.length > MAX_HEAD) throw new WireError('head too long')
      return undefined
    }
    const head = readHead(this.#pending.subarray(0, split).toString('latin1'))
    const body = this.#body(head, split + 4)
    if (body === undefined) return undefined
    this.#pending = this.#pending.subarray(body.end)
    const { method, path, headers, version } = head
    const host = (headers['host'] ?? '').replace(/:\d+$/, '')
    const text = body.body.toString('utf8')
    const wish = (headers['connection'] ?? '').toLowerCase()
    return {
      request: { method, path, host, headers, ...(text !== '' && { body: text }) },
      close: wish === 'close' || (version === 'HTTP/1.0' && wish !== 'keep-alive'),
    }
  }

  #body({ headers }: Head, from: number): { body: Buffer; end: number } | undefined {
    if ((headers['transfer-encoding'] ?? '').toLowerCase().includes('chunked')) return readChunks(this.#pending, from)
    const length = Number(headers['content-length'] ?? 0)
    if (!(length >= 0) || length > MAX_BODY) throw new WireError('malformed or oversized body')
    return this.#pending.length < from + length ? undefined : { body: this.#pending.subarray(from, from + length), end: from + length }
  }
}

/** Headers that describe the bytes on the way, which are made here. */
const OWN = new Set(['content-length', 'transfer-encoding', 'connection'])

export function replyBytes(reply: HttpReply, method: string, close: boolean): Buffer {
  const body = Buffer.from(reply.body ?? '', 'utf8')
  const lines = [`HTTP/1.1 ${reply.status} ${STATUS_CODES[reply.status] ?? ''}`.trimEnd()]
  for (const [name, value] of Object.entries(reply.headers))
    if (!OWN.has(name.toLowerCase())) lines.push(`${name}: ${value.replace(/[\r\n]+/g, ' ')}`)
  lines.push(`Content-Length: ${body.length}`, `Connection: ${close ? 'close' : 'keep-alive'}`, '', '')
  const head = Buffer.from(lines.join('\r\n'), 'utf8')
  return method === 'HEAD' ? head : Buffer.concat([head, body])
}
