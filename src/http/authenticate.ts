/**
 * Who asks, over HTTP: what a connection shows is handed to the API server's authentication; and whom they impersonate. Models
 * apiserver's impersonation filter.
 */
import type { IncomingMessage } from 'node:http'
import type { PeerCertificate, TLSSocket } from 'node:tls'
import { errors } from '../api/errors.ts'
import type { UserInfo } from '../api/kind.ts'
import { authenticate, bearerOf } from '../apiserver/authentication/authenticate.ts'
import { completeUser } from '../apiserver/authorization/users.ts'
import type { ApiServer } from '../apiserver/server.ts'
import { impersonate } from '../session/users.ts'

export interface StaticUser {
  readonly name: string
  readonly groups: readonly string[]
  readonly uid?: string
}

export interface Credentials {
  /** Tokens this host has given out, beside those of service accounts. */
  readonly tokens: ReadonlyMap<string, StaticUser>
  /** Who a client is that shows nothing. kubectl sends no credentials over plain HTTP, so there it is the player. */
  readonly nobody: StaticUser
}

export const ANONYMOUS: StaticUser = { name: 'system:anonymous', groups: [] }

const complete = (user: StaticUser): UserInfo => completeUser(user.name, user.groups, undefined, user.uid)

/** The certificate whose key the client proved to hold when the connection was made. */
function peerCertificate(socket: TLSSocket): Uint8Array | undefined {
  if (typeof socket.getPeerCertificate !== 'function') return undefined
  return (socket.getPeerCertificate() as Partial<PeerCertificate> | undefined)?.raw
}

function whoAsks(server: ApiServer, incoming: IncomingMessage, credentials: Credentials): UserInfo {
  const certificate = peerCertificate(incoming.socket as TLSSocket)
  const token = bearerOf(incoming.headers.authorization)
  const known = token === undefined ? undefined : credentials.tokens.get(token)
  if (known !== undefined) return complete(known)
  if (certificate === undefined && token === undefined) return complete(credentials.nobody)
  return authenticate(server, { certificate, token })
}

/** Values of a header that may come several times, as they came. */
function headerValues(incoming: IncomingMessage, name: string): string[] {
  const found: string[] = []
  for (let i = 0; i + 1 < incoming.rawHeaders.length; i += 2)
    if (incoming.rawHeaders[i]!.toLowerCase() === name) found.push(incoming.rawHeaders[i + 1]!)
  return found
}

function extraOf(incoming: IncomingMessage): Record<string, string[]> {
  const prefix = 'impersonate-extra-'
  const extra: Record<string, string[]> = {}
  for (const name of Object.keys(incoming.headers)) {
    if (!name.startsWith(prefix)) continue
    try {
      extra[decodeURIComponent(name.slice(prefix.length))] = headerValues(incoming, name)
    } catch {
      throw errors.badRequest(`malformed header: ${name}`)
    }
  }
  return extra
}

/** The user of a request; throws Unauthorized, or Forbidden for an impersonation that is not allowed. */
export function authenticateRequest(server: ApiServer, incoming: IncomingMessage, credentials: Credentials): UserInfo {
  const user = whoAsks(server, incoming, credentials)
  const [as] = headerValues(incoming, 'impersonate-user')
  const groups = headerValues(incoming, 'impersonate-group')
  const extra = extraOf(incoming)
  const [uid] = headerValues(incoming, 'impersonate-uid')
  if (as === undefined) {
    if (groups.length === 0 && Object.keys(extra).length === 0 && uid === undefined) return user
    throw errors.internalError('requested impersonation without impersonating a user')
  }
  const wanted = { user: as, groups, extra, ...(uid !== undefined && { uid }) }
  return impersonate(user, wanted, (who, resource, name, namespace) =>
    server.authorizer.allows(who, { verb: 'impersonate', group: '', resource, name, ...(namespace !== undefined && { namespace }) }),
  )
}
