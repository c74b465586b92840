/**
 * SPDY/3.1 as far as port-forwarding needs it: frames, streams with headers, data, pings. kubectl carries it inside a WebSocket. Header blocks
 * are compressed with one dictionary and one history a connection.
 */
import { constants, createDeflate, createInflate, type Deflate, type Inflate } from 'node:zlib'

const NAMES =
  'options head post put delete trace accept accept-charset accept-encoding accept-language accept-ranges age allow authorization cache-control connection content-base content-encoding content-language content-length content-location content-md5 content-range content-type date etag expect expires from host if-match if-modified-since if-none-match if-range if-unmodified-since last-modified location max-forwards pragma proxy-authenticate proxy-authorization range referer retry-after server te trailer transfer-encoding upgrade user-agent vary via warning www-authenticate method get status'.split(
    ' ',
  )
const MORE = ['200 OK', 'version', 'HTTP/1.1', 'url', 'public', 'set-cookie', 'keep-alive', 'origin']
const TAIL =
  '100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized403 Forbidden404 Not Found500 Internal Server Error501 Not Implemented503 Service UnavailableJan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMTchunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,text/javascript,publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0.'

function word(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1')
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}

/** The dictionary of SPDY/3, which both ends prime their compression with. */
export const DICTIONARY = Buffer.concat([...[...NAMES, ...MORE].map(word), Buffer.from(TAIL, 'latin1')])

const VERSION = 3
const SYN_STREAM = 1
const SYN_REPLY = 2
const RST_STREAM = 3
const PING = 6
const GOAWAY = 7
const FIN = 1
const MAX_FRAME = 1024 * 1024
/** A DATA frame is not made longer than this. */
const CHUNK = 32 * 1024

export interface SpdyEvents {
  opened(stream: number, headers: ReadonlyMap<string, string>): void
  data(stream: number, bytes: Buffer): void
  /** The other end sends no more on it. */
  ended(stream: number): void
  reset(stream: number): void
}

export class SpdyError extends Error {
  override readonly name = 'SpdyError'
}

/** One connection, seen from the server. */
export class SpdyConnection {
  readonly #send: (bytes: Buffer) => void
  readonly #events: SpdyEvents
  readonly #inflate: Inflate = createInflate({ dictionary: DICTIONARY })
  readonly #deflate: Deflate = createDeflate({ dictionary: DICTIONARY })
  #pending: Buffer = Buffer.alloc(0)
  #queue: Promise<void> = Promise.resolve()

  constructor(send: (bytes: Buffer) => void, events: SpdyEvents) {
    this.#send = send
    this.#events = events
  }

  /** Bytes of the other end. Resolves when they are dealt with; rejects with SpdyError or a zlib error. */
  receive(bytes: Buffer): Promise<void> {
    this.#queue = this.#queue.then(() => this.#frames(bytes))
    return this.#queue
  }

  async #frames(bytes: Buffer): Promise<void> {
    this.#pending = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes])
    while (this.#pending.length >= 8) {
      const length = this.#pending.readUIntBE(5, 3)
      if (length > MAX_FRAME) throw new SpdyError('frame too long')
      if (this.#pending.length < 8 + length) return
      const head = this.#pending.subarray(0, 8)
      const body = this.#pending.subarray(8, 8 + length)
      this.#pending = this.#pending.subarray(8 + length)
      if ((head[0]! & 0x80) === 0) this.#data(head.readUInt32BE(0), head[4]!, body)
      else await this.#control(head.readUInt16BE(2), head[4]!, body)
    }
  }

  #data(stream: number, flags: number, body: Buffer): void {
    if (body.length > 0) this.#events.data(stream, body)
    if (flags & FIN) this.#events.ended(stream)
  }

  async #control(type: number, flags: number, body: Buffer): Promise<void> {
    if (type === PING) this.#controlFrame(PING, 0, body)
    if (type === RST_STREAM && body.length >= 4) this.#events.reset(body.readUInt32BE(0))
    if (type !== SYN_STREAM || body.length < 10) return
    const stream = body.readUInt32BE(0) & 0x7fffffff
    const headers = readHeaders(await through(this.#inflate, body.subarray(10)))
    const id = Buffer.alloc(4)
    id.writeUInt32BE(stream)
    this.#controlFrame(SYN_REPLY, 0, Buffer.concat([id, await through(this.#deflate, Buffer.alloc(4))]))
    this.#events.opened(stream, headers)
    if (flags & FIN) this.#events.ended(stream)
  }

  #controlFrame(type: number, flags: number, body: Buffer): void {
    const head = Buffer.alloc(8)
    head.writeUInt16BE(0x8000 | VERSION, 0)
    head.writeUInt16BE(type, 2)
    head[4] = flags
    head.writeUIntBE(body.length, 5, 3)
    this.#send(Buffer.concat([head, body]))
  }

  write(stream: number, bytes: Buffer): void {
    for (let at = 0; at < bytes.length; at += CHUNK) this.#dataFrame(stream, 0, bytes.subarray(at, at + CHUNK))
  }

  /** No more will be sent on it. */
  finish(stream: number): void {
    this.#dataFrame(stream, FIN, Buffer.alloc(0))
  }

  #dataFrame(stream: number, flags: number, bytes: Buffer): void {
    const head = Buffer.alloc(8)
    head.writeUInt32BE(stream, 0)
    head[4] = flags
    head.writeUIntBE(bytes.length, 5, 3)
    this.#send(Buffer.concat([head, bytes]))
  }

  goAway(): void {
    this.#controlFrame(GOAWAY, 0, Buffer.alloc(8))
  }

  close(): void {
    this.#inflate.destroy()
    this.#deflate.destroy()
  }
}

/** Bytes through a compressor that keeps its history: all that comes out for what went in. */
function through(stream: Inflate | Deflate, bytes: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const take = (chunk: Buffer): void => {
      chunks.push(chunk)
    }
    const done = (error?: Error | null): void => {
      stream.off('data', take)
      stream.off('error', done)
      if (error) reject(error)
      else resolve(Buffer.concat(chunks))
    }
    stream.on('data', take)
    stream.once('error', done)
    stream.write(bytes)
    stream.flush(constants.Z_SYNC_FLUSH, () => done())
  })
}

function readHeaders(block: Buffer): Map<string, string> {
  const headers = new Map<string, string>()
  let at = 4
  const text = (): string => {
    const length = at + 4 <= block.length ? block.readUInt32BE(at) : MAX_FRAME
    if (at + 4 + length > block.length) throw new SpdyError('bad header block')
    at += 4 + length
    return block.subarray(at - length, at).toString('latin1')
  }
  for (let left = block.length >= 4 ? block.readUInt32BE(0) : 0; left > 0; left--) {
    const name = text().toLowerCase()
    headers.set(name, text())
  }
  return headers
}
