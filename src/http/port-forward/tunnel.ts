/**
 * `kubectl port-forward`: SPDY in a WebSocket, two streams a connection (`data` and `error`), each message of the data stream handed to the
 * program that listens in the pod, as the kubelet does it.
 */
import type { RawData, WebSocket } from 'ws'
import type { ApiStream, PortReply } from '../../apiserver/contract.ts'
import type { HttpReply } from '../../network/contract.ts'
import type { Door } from '../door.ts'
import { HttpWire, replyBytes, WireError } from './http-wire.ts'
import { SpdyConnection } from './spdy.ts'

export const TUNNEL_PROTOCOL = 'SPDY/3.1+portforward.k8s.io'

const MAX_STREAMS = 256

interface Connection {
  readonly port: number
  readonly wire: HttpWire
  data?: number
  error?: number
}
interface Asked {
  readonly connection: Connection
  readonly method: string
  readonly close: boolean
}

const bytesOf = (data: RawData): Buffer => (Array.isArray(data) ? Buffer.concat(data) : Buffer.isBuffer(data) ? data : Buffer.from(data))

class Tunnel {
  readonly #door: Door
  readonly #socket: WebSocket
  readonly #stream: ApiStream
  readonly #pod: string
  readonly #spdy: SpdyConnection
  /** By requestID, and by stream. */
  readonly #connections = new Map<string, Connection>()
  readonly #byStream = new Map<number, { connection: Connection; key: string; type: string }>()
  readonly #asked = new Map<number, Asked>()
  #messages = 0
  #over = false

  constructor(door: Door, socket: WebSocket, stream: ApiStream, pod: string) {
    this.#door = door
    this.#socket = socket
    this.#stream = stream
    this.#pod = pod
    this.#spdy = new SpdyConnection((bytes) => socket.readyState === socket.OPEN && socket.send(bytes), {
      opened: (id, headers) => this.#opened(id, headers),
      data: (id, bytes) => this.#data(id, bytes),
      ended: (id) => this.#ended(id),
      reset: (id) => this.#forget(id),
    })
  }

  start(): void {
    this.#socket.on('message', (data) => {
      this.#spdy.receive(bytesOf(data)).catch(() => this.#socket.close())
    })
    this.#socket.on('close', () => {
      this.#over = true
      this.#stream.close()
      this.#spdy.close()
      this.#door.hub.notify()
    })
    this.#door.hub
      .wait(() => this.#pump())
      .catch((error: unknown) => {
        this.#door.report(error)
        this.#socket.close()
      })
  }

  #opened(id: number, headers: ReadonlyMap<string, string>): void {
    const port = Number(headers.get('port'))
    const key = headers.get('requestid') ?? `${port}`
    const type = headers.get('streamtype') ?? ''
    if (
      !Number.isInteger(port) ||
      port < 1 ||
      port > 65_535 ||
      this.#byStream.size >= MAX_STREAMS ||
      (type !== 'data' && type !== 'error')
    ) {
      this.#socket.close()
      return
    }
    const connection = this.#connections.get(key) ?? { port, wire: new HttpWire() }
    connection[type] = id
    this.#connections.set(key, connection)
    this.#byStream.set(id, { connection, key, type })
  }

  #data(id: number, bytes: Buffer): void {
    const found = this.#byStream.get(id)
    if (found?.type !== 'data') return
    const { connection } = found
    try {
      for (const { request, close } of connection.wire.receive(bytes)) this.#ask(connection, request, request.method, close)
    } catch (error) {
      if (!(error instanceof WireError)) throw error
      this.#fail(connection, error.message)
    }
    this.#door.clock.nudge()
    this.#door.hub.notify()
  }

  #ask(connection: Connection, payload: unknown, method: string, close: boolean): void {
    this.#door.clock.catchUp()
    const id = ++this.#messages
    this.#asked.set(id, { connection, method, close })
    this.#stream.send!({ id, port: connection.port, protocol: 'http', payload })
  }

  #pump(): boolean {
    if (this.#over) return true
    for (const reply of this.#stream.take() as PortReply[]) {
      const asked = this.#asked.get(reply.id)
      this.#asked.delete(reply.id)
      if (asked !== undefined) this.#replied(asked, reply)
    }
    return false
  }

  #replied({ connection, method, close }: Asked, reply: PortReply): void {
    if (connection.data === undefined) return
    if (reply.kind === 'reply') {
      this.#spdy.write(connection.data, replyBytes(reply.reply as HttpReply, method, close))
      if (close) this.#end(connection)
    } else if (reply.kind === 'refused') {
      this.#fail(
        connection,
        `failed to connect to localhost:${connection.port} inside namespace, IPv4: dial tcp4 127.0.0.1:${connection.port}: connect: connection refused`,
      )
    } else if (reply.kind === 'reset') this.#end(connection)
  }

  /** The kubelet's word on the error stream, upon which kubectl gives the connection up. */
  #fail(connection: Connection, why: string): void {
    if (connection.error !== undefined) {
      this.#spdy.write(connection.error, Buffer.from(`error forwarding port ${connection.port} to pod ${this.#pod}, uid : ${why}`))
    }
    this.#end(connection)
  }

  #end(connection: Connection): void {
    for (const id of [connection.error, connection.data]) if (id !== undefined) this.#spdy.finish(id)
    delete connection.data
    delete connection.error
  }

  /** The client sends no more: kubectl ends the error stream at once, the data stream when its own side is done. */
  #ended(id: number): void {
    const found = this.#byStream.get(id)
    if (found?.type !== 'data') return
    const waiting = [...this.#asked.values()].some((a) => a.connection === found.connection)
    if (!waiting) this.#end(found.connection)
    this.#forget(id)
  }

  #forget(id: number): void {
    const found = this.#byStream.get(id)
    if (found === undefined) return
    this.#byStream.delete(id)
    if (found.type === 'data') this.#connections.delete(found.key)
    for (const [other, { connection }] of this.#byStream)
      if (connection === found.connection && found.type === 'data') this.#byStream.delete(other)
  }
}

export function joinTunnel(door: Door, socket: WebSocket, stream: ApiStream, pod: string): void {
  new Tunnel(door, socket, stream, pod).start()
}
