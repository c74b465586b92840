/**
 * Connections that leave HTTP: exec and attach over WebSocket, port-forward over a tunnel. What the API refuses is answered before the
 * connection changes, so that clients see a Status.
 */
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { errors, type Status } from '../api/errors.ts'
import type { ApiAnswer, ApiRequest } from '../apiserver/contract.ts'
import { splitQuery } from '../apiserver/paths.ts'
import { parseResourcePath } from '../apiserver/resource-path.ts'
import { failure } from './app.ts'
import { authenticateRequest } from './authenticate.ts'
import { CHANNEL_PROTOCOLS, joinChannels } from './channels.ts'
import type { Door } from './door.ts'
import { joinTunnel, TUNNEL_PROTOCOL } from './port-forward/tunnel.ts'
import { apiRequest } from './requests.ts'

/** A WebSocket message may not be longer. */
const MAX_MESSAGE_BYTES = 1024 * 1024

interface Upgrade {
  readonly request: ApiRequest
  readonly answer: ApiAnswer
}

const KUBELETS_WORD = 'unable to upgrade connection: '

function refuse(socket: Duplex, answer: ApiAnswer): void {
  const { message = '', reason: why } = answer.body as Status
  // What a kubelet says is passed on as it came, and clients put the words in front themselves.
  const plain = why === undefined && message.startsWith(KUBELETS_WORD)
  const text = plain ? message.slice(KUBELETS_WORD.length) : `${JSON.stringify(answer.body)}\n`
  const reason = (answer.body as Status).reason ?? 'Error'
  socket.end(
    `HTTP/1.1 ${answer.code} ${reason}\r\nContent-Type: ${plain ? 'text/plain' : 'application/json'}\r\nContent-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`,
  )
}

/** Asks the API for the connection: an answer of 101 carries its stream. */
function negotiateUpgrade(door: Door, incoming: IncomingMessage): Upgrade {
  door.clock.catchUp()
  const user = authenticateRequest(door.world.server, incoming, door.credentials)
  const [pathname, query] = splitQuery(incoming.url ?? '/')
  const path = parseResourcePath(pathname)
  if (path === undefined || path.subresource === undefined) throw errors.pageNotFound()
  const verb = incoming.method === 'POST' ? 'create' : 'get'
  const wanted = { format: 'json', view: 'object', aggregated: false } as const
  const request = {
    ...apiRequest(door.world.server, {
      path,
      verb: 'get',
      params: new URLSearchParams(query),
      user,
      wanted,
      incoming,
      body: Buffer.alloc(0),
    }),
    verb,
  } as ApiRequest
  return { request, answer: door.world.handle(request) }
}

const protocolsOf = (incoming: IncomingMessage): string[] =>
  (incoming.headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map((p) => p.trim())
    .filter((p) => p !== '')

const isWebSocket = (incoming: IncomingMessage): boolean => (incoming.headers.upgrade ?? '').toLowerCase() === 'websocket'

/** The API's answer, or what stands in the way of a connection. */
function answerUpgrade(door: Door, incoming: IncomingMessage): { upgrade?: Upgrade; refusal?: ApiAnswer; protocol?: string } {
  let upgrade: Upgrade
  try {
    upgrade = negotiateUpgrade(door, incoming)
  } catch (error) {
    return { refusal: failure(door, error) }
  }
  const { answer } = upgrade
  if (answer.code !== 101 || answer.stream === undefined)
    return { refusal: answer.code >= 400 ? answer : failure(door, errors.badRequest('unable to upgrade')) }
  const spoken = upgrade.request.subresource === 'portforward' ? [TUNNEL_PROTOCOL] : CHANNEL_PROTOCOLS
  const protocol = protocolsOf(incoming).find((p) => spoken.includes(p))
  if (isWebSocket(incoming) && protocol !== undefined) return { upgrade, protocol }
  answer.stream.close()
  const why = `this server speaks WebSocket with ${spoken.join(' or ')} here; SPDY by itself is not simulated`
  return { refusal: failure(door, errors.badRequest(`unable to upgrade: ${why}`)) }
}

export function acceptUpgrades(server: Server, door: Door): { close(): void } {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    handleProtocols: () => false,
    perMessageDeflate: false,
  })
  // ws refuses names with a slash; the one that was chosen is put in by hand.
  const chosen = new WeakMap<IncomingMessage, string>()
  sockets.on('headers', (headers, incoming) => {
    const protocol = chosen.get(incoming)
    if (protocol !== undefined) headers.push(`Sec-WebSocket-Protocol: ${protocol}`)
  })
  server.on('upgrade', (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy())
    const { upgrade, refusal, protocol } = answerUpgrade(door, incoming)
    if (upgrade === undefined) return refuse(socket, refusal!)
    chosen.set(incoming, protocol!)
    delete incoming.headers['sec-websocket-protocol']
    sockets.handleUpgrade(incoming, socket, head, (webSocket: WebSocket) => {
      webSocket.on('error', () => webSocket.terminate())
      const stream = upgrade.answer.stream!
      const { name = '', query } = upgrade.request
      if (protocol === TUNNEL_PROTOCOL) joinTunnel(door, webSocket, stream, name)
      else joinChannels(door, webSocket, stream, query?.options?.['tty'] === true)
    })
  })
  return {
    close: () => {
      for (const webSocket of sockets.clients) webSocket.terminate()
      sockets.close()
    },
  }
}
