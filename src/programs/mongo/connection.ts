/** mongosh's connection: the URI, the choice of a member, and one command after another. */
import type { DialResult } from '../../network/contract.ts'
import type { ProcessContext } from '../contract.ts'
import { type Credentials, type Doc, MongoError, type MongoReply, type MongoRequest } from './contract.ts'

/** Ends mongosh: no connection. */
export class ConnectionError extends Error {}

export interface Target {
  readonly hosts: readonly string[]
  readonly db: string
  readonly replicaSet?: string
  readonly credentials?: Credentials
  readonly uri: string
  /** serverSelectionTimeoutMS: 2 s for a server named directly, 30 s otherwise. */
  readonly timeoutMs: number
}

/** Reads `mongodb://user:pw@a,b/db?replicaSet=rs0`, `host:port/db`, and --host, --port, -u, -p. */
export function targetOf(words: readonly string[], given: ReadonlyMap<string, string>): Target {
  const [first = ''] = words
  const uri = /^mongodb:\/\/(?:([^:@/]*):([^@/]*)@)?([^/?]+)(?:\/([^?]*))?(?:\?(.*))?$/.exec(first)
  const [, bareHost, bareDb] = /^([\w.-]+:\d+|[\w.-]+(?=\/))?\/?([\w-]*)$/.exec(uri === null ? first : '') ?? []
  const options = new Map((uri?.[5] ?? '').split('&').map((p) => p.split('=') as [string, string]))
  const host = given.get('host')?.replace(/^([^/]+)\//, '')
  const hosts = (uri?.[3] ?? bareHost ?? host ?? '127.0.0.1')
    .split(',')
    .map((h) => (/:\d+$/.test(h) ? h : `${h}:${given.get('port') ?? 27017}`))
  const user = given.get('username') ?? uri?.[1]
  const password = given.get('password') ?? uri?.[2]
  const replicaSet = options.get('replicaSet') ?? (given.get('host')?.includes('/') ? given.get('host')!.split('/')[0] : undefined)
  const selection = Number(options.get('serverSelectionTimeoutMS') ?? (replicaSet === undefined ? 2_000 : 30_000))
  return {
    hosts,
    db: (uri?.[4] || bareDb || given.get('db')) ?? 'test',
    ...(replicaSet !== undefined && { replicaSet }),
    ...(user && password !== undefined && { credentials: { user, password } }),
    uri: `mongodb://${user ? '<credentials>@' : ''}${hosts.join(',')}/${replicaSet === undefined ? '?directConnection=true' : `?replicaSet=${replicaSet}`}`,
    timeoutMs: selection,
  }
}

export class Connection {
  readonly #ctx: ProcessContext
  readonly target: Target
  #host: string | undefined

  constructor(target: Target, ctx: ProcessContext) {
    this.target = target
    this.#ctx = ctx
  }

  #send(host: string, db: string, command: Doc, timeoutMs: number): DialResult {
    const [name = '', port] = host.split(':')
    const { credentials } = this.target
    const payload: MongoRequest = { kind: 'commands', commands: [{ db, command }], ...(credentials !== undefined && { credentials }) }
    return this.#ctx.dial({ host: name, port: Number(port), protocol: 'mongodb', payload, timeoutMs })
  }

  /** The member to talk to: the primary of a set, or the server that was named. */
  #member(): string {
    const { hosts, replicaSet, timeoutMs } = this.target
    if (replicaSet === undefined) return hosts[0]!
    for (const host of hosts) {
      const asked = this.#send(host, 'admin', { hello: 1 }, 2_000)
      const reply = asked.ok ? (asked.reply as MongoReply | null) : null
      const primary = reply?.kind === 'results' && reply.results[0]!['setName'] === replicaSet ? reply.results[0]!['primary'] : undefined
      if (typeof primary === 'string') return primary
    }
    throw new ConnectionError(`MongoServerSelectionError: Server selection timed out after ${timeoutMs} ms`)
  }

  /** Runs a command. Throws MongoError with the server's words, ConnectionError without a server. */
  run(db: string, command: Doc): Doc {
    this.#host ??= this.#member()
    const wait = Number((command['writeConcern'] as Doc | undefined)?.['wtimeout'] ?? 0)
    const result = this.#send(this.#host, db, command, Math.max(60_000, wait * 2))
    if (!result.ok) throw new ConnectionError(unreachable(this.#host, result))
    const reply = result.reply as MongoReply | null
    if (reply?.kind === 'denied') throw new MongoError(18, 'AuthenticationFailed', 'Authentication failed.')
    if (reply?.kind !== 'results') throw new ConnectionError('MongoServerSelectionError: connection closed')
    const [answer] = reply.results
    if (answer!['ok'] === 1) return answer!
    throw new MongoError(Number(answer!['code']), String(answer!['codeName']), String(answer!['errmsg']))
  }
}

function unreachable(host: string, r: DialResult & { ok: false }): string {
  const [name] = host.split(':')
  const at = r.peer === undefined ? host : `${r.peer.ip}:${r.peer.port}`
  switch (r.failure) {
    case 'dns-not-found':
      return `MongoNetworkError: getaddrinfo ENOTFOUND ${name}`
    case 'dns-timeout':
    case 'dns-refused':
      return `MongoNetworkError: getaddrinfo EAI_AGAIN ${name}`
    case 'refused':
      return `MongoNetworkError: connect ECONNREFUSED ${at}`
    case 'reset':
      return 'MongoNetworkError: read ECONNRESET'
    default:
      return 'MongoServerSelectionError: Server selection timed out after 2000 ms'
  }
}
