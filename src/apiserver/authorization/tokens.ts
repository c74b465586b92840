/**
 * Service account tokens of this simulated cluster: JWTs in form, signed with a hash keyed by the cluster's seed. They authenticate
 * against this cluster and nowhere else.
 */
import type { UserInfo } from '../../api/kind.ts'
import { sha256 } from '../../lib/hash.ts'
import type { ApiServer } from '../server.ts'
import { completeUser } from './users.ts'

export const ISSUER = 'https://kubernetes.default.svc.cluster.local'

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value), 'utf8').toString('base64url')
const sign = (server: ApiServer, text: string): string =>
  Buffer.from(sha256(`${server.random.seed}\u0000${text}`), 'hex').toString('base64url')

export interface TokenSubject {
  readonly namespace: string
  readonly name: string
  readonly uid: string
  readonly audiences: readonly string[]
  readonly expiresMs: number
  readonly pod?: { readonly name: string; readonly uid: string } | undefined
}

export function issueToken(server: ApiServer, subject: TokenSubject): string {
  const { namespace, name, uid, audiences, expiresMs, pod } = subject
  const nowSeconds = Math.floor(server.clock.nowMs / 1000)
  const head = encode({ alg: 'HS256', kid: 'clusterlab' })
  const claims = {
    aud: audiences.length > 0 ? audiences : [ISSUER],
    exp: Math.floor(expiresMs / 1000),
    iat: nowSeconds,
    iss: ISSUER,
    'kubernetes.io': { namespace, ...(pod && { pod }), serviceaccount: { name, uid } },
    nbf: nowSeconds,
    sub: `system:serviceaccount:${namespace}:${name}`,
  }
  const text = `${head}.${encode(claims)}`
  return `${text}.${sign(server, text)}`
}

/** Whose token it is; undefined when it is not ours, is expired, or its account is gone. */
export function authenticateToken(server: ApiServer, token: string): UserInfo | undefined {
  const cut = token.lastIndexOf('.')
  const text = token.slice(0, cut)
  if (cut < 0 || sign(server, text) !== token.slice(cut + 1)) return undefined
  const claims = JSON.parse(Buffer.from(text.slice(text.indexOf('.') + 1), 'base64url').toString('utf8')) as {
    exp: number
    sub: string
    'kubernetes.io': { namespace: string; serviceaccount: { name: string; uid: string } }
  }
  if (claims.exp * 1000 <= server.clock.nowMs) return undefined
  const { namespace, serviceaccount } = claims['kubernetes.io']
  const account = server.reader.get('serviceaccounts', namespace, serviceaccount.name)
  if (account?.metadata.uid !== serviceaccount.uid) return undefined
  return completeUser(claims.sub, [], undefined, serviceaccount.uid)
}
