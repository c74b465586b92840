/**
 * Who asks: the one place where credentials become a user, whatever door a request comes through. A client certificate, a bearer token, or
 * nobody; credentials that count for nothing are refused, never overlooked. Models apiserver's union of authenticators.
 */
import { ApiError, errors } from '../../api/errors.ts'
import type { UserInfo } from '../../api/kind.ts'
import type { ApiServer } from '../server.ts'
import { authenticateCertificate } from './certificates.ts'
import { authenticateToken } from './tokens.ts'

/** What a client shows. */
export interface Credentials {
  /** DER of its certificate, whose key it was seen to hold. */
  readonly certificate?: Uint8Array | undefined
  readonly token?: string | undefined
  /** Anything else that no authenticator of this server takes: a user name with a password. */
  readonly other?: boolean
}

export const ANONYMOUS: UserInfo = { name: 'system:anonymous', groups: ['system:unauthenticated'] }

/** The Status of 401, which says no more than that. */
export function unauthorized(): ApiError {
  const { details: _none, ...status } = errors.unauthorized().status
  return new ApiError(status)
}

/** Throws Unauthorized where what is shown proves nothing. Without any credentials the user is anonymous. */
export function authenticate(server: ApiServer, credentials: Credentials): UserInfo {
  const { certificate, token, other } = credentials
  if (certificate !== undefined) {
    const user = authenticateCertificate(server, certificate)
    if (user !== undefined) return user
  }
  if (token !== undefined) {
    const found = authenticateToken(server, token)
    if (typeof found !== 'string') return found.user
  }
  if (certificate !== undefined || token !== undefined || other) throw unauthorized()
  return ANONYMOUS
}

/** The token of an Authorization header. */
export const bearerOf = (header: string | undefined): string | undefined => /^bearer\s+(\S+)\s*$/i.exec(header ?? '')?.[1]
