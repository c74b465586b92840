/**
 * Who asks, over HTTP: a client certificate that this server's authority signed, a bearer token, or nobody; and whom they
 * impersonate. Models apiserver's authenticators and its impersonation filter.
 */
import type { IncomingMessage } from 'node:http'
import type { PeerCertificate, TLSSocket } from 'node:tls'
import { ApiError, errors } from '../api/errors.ts'
import type { UserInfo } from '../api/kind.ts'
import { authenticateToken } from '../apiserver/authorization/tokens.ts'
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

function unauthorized(): ApiError {
  const { details: _none, ...status } = errors.unauthorized().status
  return new ApiError(status)
}

/** Subject of a certificate that was checked; throws Unauthorized for one that somebody else signed. */
function certificateUser(socket: TLSSocket): StaticUser | undefined {
  if (typeof socket.getPeerCertificate !== 'function') return undefined
  const certificate = socket.getPeerCertificate() as PeerCertificate | Record<string, never>
  const subject = certificate.subject as { CN?: string | string[]; O?: string | string[] } | undefined
  if (subject === undefined || subject === null) return undefined
  if (!socket.authorized) throw unauthorized()
  const name = [subject.CN ?? ''].flat()[0] ?? ''
  return { name, groups: [subject.O ?? []].flat() }
}

function tokenUser(server: ApiServer, token: string, credentials: Credentials): UserInfo {
  const known = credentials.tokens.get(token)
  if (known !== undefined) return complete(known)
  try {
    const account = authenticateToken(server, token)
    if (account !== undefined) return account
  } catch (error) {
    if (error instanceof ApiError) throw error
  }
  throw unauthorized()
}

function whoAsks(server: ApiServer, incoming: IncomingMessage, credentials: Credentials): UserInfo {
  const certificate = certificateUser(incoming.socket as TLSSocket)
  if (certificate !== undefined) return complete(certificate)
  const bearer = /^bearer\s+(\S+)\s*$/i.exec(incoming.headers.authorization ?? '')?.[1]
  if (bearer !== undefined) return tokenUser(server, bearer, credentials)
  return complete(credentials.nobody)
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
