/** A served world for tests, and the plainest of clients: what was sent and what came back, as it came. */

import type { IncomingHttpHeaders } from 'node:http'
import { request } from 'node:https'
import { CONTROL_PLANE, worker } from '../../src/cluster/presets.ts'
import { type Served, type ServeOptions, serveSession } from '../../src/http/serve.ts'
import { Session } from '../../src/session/session.ts'

export interface Reply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

export const TOKENS = new Map([
  ['admin-token', { name: 'admin', groups: ['system:masters'] }],
  ['dev-token', { name: 'dev', groups: ['developers'], uid: 'dev-uid' }],
])

export interface Sent {
  readonly method?: string
  readonly path: string
  readonly token?: string | undefined
  readonly headers?: Record<string, string>
  readonly body?: string | undefined
}

export async function openServed(options: ServeOptions = {}): Promise<{ served: Served; session: Session; errors: unknown[] }> {
  const errors: unknown[] = []
  const session = new Session({ world: { preset: 'bare', nodes: [CONTROL_PLANE, worker(0)] } })
  const served = await serveSession(session, { tokens: TOKENS, report: (error) => errors.push(error), ...options })
  return { served, session, errors }
}

export const caOf = (served: Served): string =>
  Buffer.from(/certificate-authority-data: (\S+)/.exec(served.kubeconfig)![1]!, 'base64').toString()

/** `token: undefined` given: nobody; left out: the administrator. */
export function send(served: Served, sent: Sent): Promise<Reply> {
  const token = 'token' in sent ? sent.token : 'admin-token'
  const headers = {
    accept: 'application/json',
    'user-agent': 'facts/1',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(sent.body !== undefined && { 'content-length': String(Buffer.byteLength(sent.body)) }),
    ...sent.headers,
  }
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { host: '127.0.0.1', port: served.port, ca: caOf(served), path: sent.path, method: sent.method ?? 'GET', headers, agent: false },
      (incoming) => {
        const chunks: Buffer[] = []
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
        incoming.on('end', () =>
          resolve({ status: incoming.statusCode!, headers: incoming.headers, text: Buffer.concat(chunks).toString() }),
        )
        incoming.on('error', reject)
      },
    )
    outgoing.on('error', reject)
    outgoing.end(sent.body)
  })
}

/** A watch that is read line by line; `open` once its headers came. */
export function watch(served: Served, path: string, onLine: (line: string) => void): { open: Promise<void>; closed: Promise<void> } {
  let closed: () => void = () => undefined
  const done = new Promise<void>((resolve) => {
    closed = resolve
  })
  const open = new Promise<void>((resolve, reject) => {
    const headers = { authorization: 'Bearer admin-token' }
    const outgoing = request({ host: '127.0.0.1', port: served.port, ca: caOf(served), path, headers, agent: false }, (incoming) => {
      resolve()
      let rest = ''
      incoming.on('data', (chunk: Buffer) => {
        const lines = `${rest}${chunk.toString()}`.split('\n')
        rest = lines.pop()!
        for (const line of lines) onLine(line)
      })
      incoming.on('end', closed)
    })
    outgoing.on('error', reject)
    outgoing.end()
  })
  return { open, closed: done }
}
