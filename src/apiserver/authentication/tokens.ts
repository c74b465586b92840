/**
 * Tokens of service accounts: JWTs (RFC 7519) that the cluster signs with a key drawn from its seed (HS256, where a real one uses RSA), and what
 * one must stand up to when it is shown. They count in this cluster and nowhere else. Models apiserver's pkg/serviceaccount.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { UserInfo } from '../../api/kind.ts'
import type { ApiObject } from '../../api/meta.ts'
import type { Reader, ResourceName } from '../../api/reader.ts'
import { parseTime } from '../../api/rfc3339.ts'
import { isRecord } from '../../api/walk.ts'
import { sha256 } from '../../lib/hash.ts'
import type { Random } from '../../sim/random.ts'
import { CREDENTIAL_ID } from './certificates.ts'

export const ISSUER = 'https://kubernetes.default.svc.cluster.local'
/** Who says so in tokens kept in Secrets, which never end. */
const LEGACY_ISSUER = 'kubernetes/serviceaccount'
const LEGACY = 'kubernetes.io/serviceaccount/'
/** A bound object that is being deleted still lends its token its worth for so long. */
const LEEWAY_MS = 60_000
export const YEAR_SECONDS = 365 * 86_400
/** A token that a pod's volume asks for with this lifetime is for clients that never read it again: it lives a year. */
export const EXTENDED_SECONDS = 3607

interface Ref {
  readonly name: string
  readonly uid: string
}

export interface TokenSubject {
  readonly namespace: string
  readonly name: string
  readonly uid: string
  /** The API server's own where empty. */
  readonly audiences: readonly string[]
  /** When it is made and when it ends, ms. */
  readonly issuedMs: number
  readonly expiresMs: number
  /** After this the token should have been read anew, ms. */
  readonly warnAfterMs?: number
  readonly pod?: Ref | undefined
  readonly node?: Ref | undefined
  readonly secret?: Ref | undefined
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value), 'utf8').toString('base64url')
const keyOf = (random: Random): string => sha256(`service-account-key\u0000${random.seed}`)
const signature = (random: Random, text: string): Buffer => createHmac('sha256', keyOf(random)).update(text).digest()

function signed(random: Random, claims: object): string {
  const kid = Buffer.from(sha256(`kid\u0000${keyOf(random)}`), 'hex').toString('base64url')
  const text = `${encode({ alg: 'HS256', kid })}.${encode(claims)}`
  return `${text}.${signature(random, text).toString('base64url')}`
}

/** A token of limited life, bound to what the subject names. */
export function issueToken(random: Random, subject: TokenSubject): string {
  const { namespace, name, uid, audiences, pod, node, secret } = subject
  const [iat, exp] = [Math.floor(subject.issuedMs / 1000), Math.floor(subject.expiresMs / 1000)]
  const bound = {
    namespace,
    ...(node && { node }),
    ...(pod && { pod }),
    ...(secret && { secret }),
    serviceaccount: { name, uid },
    ...(subject.warnAfterMs !== undefined && { warnafter: Math.floor(subject.warnAfterMs / 1000) }),
  }
  return signed(random, {
    aud: audiences.length > 0 ? audiences : [ISSUER],
    exp,
    iat,
    iss: ISSUER,
    jti: random.uuid('token', `${uid}/${pod?.uid ?? secret?.uid ?? node?.uid ?? ''}/${audiences.join(',')}/${exp}`, iat),
    'kubernetes.io': bound,
    nbf: iat,
    sub: `system:serviceaccount:${namespace}:${name}`,
  })
}

/** The token that a Secret of type kubernetes.io/service-account-token holds: without an end, good as long as the Secret is. */
export function issueSecretToken(random: Random, account: { namespace: string; name: string; uid: string }, secret: string): string {
  const { namespace, name, uid } = account
  return signed(random, {
    iss: LEGACY_ISSUER,
    [`${LEGACY}namespace`]: namespace,
    [`${LEGACY}secret.name`]: secret,
    [`${LEGACY}service-account.name`]: name,
    [`${LEGACY}service-account.uid`]: uid,
    sub: `system:serviceaccount:${namespace}:${name}`,
  })
}

/** What a token says, if this cluster signed it. */
function claimsOf(random: Random, token: string): Record<string, unknown> | undefined {
  const cut = token.lastIndexOf('.')
  const text = token.slice(0, Math.max(cut, 0))
  const shown = Buffer.from(token.slice(cut + 1), 'base64url')
  const right = signature(random, text)
  if (cut < 0 || shown.length !== right.length || !timingSafeEqual(shown, right)) return undefined
  try {
    const claims: unknown = JSON.parse(Buffer.from(text.slice(text.indexOf('.') + 1), 'base64url').toString('utf8'))
    return isRecord(claims) ? claims : undefined
  } catch {
    return undefined
  }
}

export interface TokenWorld {
  readonly random: Random
  readonly clock: { readonly nowMs: number }
  readonly reader: Reader
}

/** The object is the very one that was meant, and not long gone. */
function stands(world: TokenWorld, resource: ResourceName, namespace: string | undefined, { name, uid }: Ref): boolean {
  const object = world.reader.get(resource, namespace, name) as ApiObject | undefined
  if (object === undefined || object.metadata.uid !== uid) return false
  const ends = object.metadata.deletionTimestamp
  return ends === undefined || (parseTime(ends) ?? 0) + LEEWAY_MS > world.clock.nowMs
}

const isRef = (value: unknown): value is Ref => isRecord(value) && typeof value['name'] === 'string' && typeof value['uid'] === 'string'

function userOf(namespace: string, name: string, uid: string, extra: Record<string, string[]>): UserInfo {
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated']
  return { name: `system:serviceaccount:${namespace}:${name}`, uid, groups, ...(Object.keys(extra).length > 0 && { extra }) }
}

function legacyUser(world: TokenWorld, claims: Record<string, unknown>, token: string): UserInfo | undefined {
  const [namespace, name, uid, secretName] = ['namespace', 'service-account.name', 'service-account.uid', 'secret.name'].map((key) =>
    String(claims[`${LEGACY}${key}`] ?? ''),
  ) as [string, string, string, string]
  const secret = world.reader.get('secrets', namespace, secretName)
  if (secret === undefined || secret.metadata.deletionTimestamp !== undefined) return undefined
  if (secret.data?.['token'] !== Buffer.from(token, 'utf8').toString('base64')) return undefined
  return stands(world, 'serviceaccounts', namespace, { name, uid }) ? userOf(namespace, name, uid, {}) : undefined
}

export interface Authenticated {
  readonly user: UserInfo
  /** Those of the wanted audiences that the token is for. */
  readonly audiences: readonly string[]
}

function boundUser(world: TokenWorld, claims: Record<string, unknown>): UserInfo | undefined {
  const bound = claims['kubernetes.io']
  if (!isRecord(bound) || typeof bound['namespace'] !== 'string' || !isRef(bound['serviceaccount'])) return undefined
  const {
    namespace,
    serviceaccount: account,
    pod,
    node,
    secret,
  } = bound as Record<string, unknown> & { namespace: string; serviceaccount: Ref }
  if (!stands(world, 'serviceaccounts', namespace, account)) return undefined
  if (isRef(secret) && !stands(world, 'secrets', namespace, secret)) return undefined
  if (isRef(pod) && !stands(world, 'pods', namespace, pod)) return undefined
  if (isRef(node) && !isRef(pod) && !stands(world, 'nodes', undefined, node)) return undefined
  return userOf(namespace, account.name, account.uid, {
    ...(typeof claims['jti'] === 'string' && { [CREDENTIAL_ID]: [`JTI=${claims['jti']}`] }),
    ...(isRef(node) && { 'authentication.kubernetes.io/node-name': [node.name], 'authentication.kubernetes.io/node-uid': [node.uid] }),
    ...(isRef(pod) && { 'authentication.kubernetes.io/pod-name': [pod.name], 'authentication.kubernetes.io/pod-uid': [pod.uid] }),
  })
}

/** Whose token it is; a text says why it counts for nothing, as the API server says it in a TokenReview. */
export function authenticateToken(world: TokenWorld, token: string, wanted: readonly string[] = [ISSUER]): Authenticated | string {
  const claims = claimsOf(world.random, token)
  if (claims === undefined) return 'invalid bearer token'
  if (claims['iss'] === LEGACY_ISSUER) {
    const user = legacyUser(world, claims, token)
    if (user === undefined) return '[invalid bearer token, service account token has been invalidated]'
    return wanted.includes(ISSUER) ? { user, audiences: [ISSUER] } : mismatch([ISSUER], wanted)
  }
  const seconds = world.clock.nowMs / 1000
  if (!(seconds < Number(claims['exp']))) return '[invalid bearer token, service account token has expired]'
  if (seconds < Number(claims['nbf'])) return '[invalid bearer token, service account token is not valid yet]'
  const own = Array.isArray(claims['aud']) ? claims['aud'].map(String) : []
  const audiences = wanted.filter((audience) => own.includes(audience))
  if (audiences.length === 0) return mismatch(own, wanted)
  const user = boundUser(world, claims)
  return user === undefined ? '[invalid bearer token, service account token has been invalidated]' : { user, audiences }
}

const list = (texts: readonly string[]): string => `[${texts.map((text) => JSON.stringify(text)).join(' ')}]`
const mismatch = (own: readonly string[], wanted: readonly string[]): string =>
  `[invalid bearer token, token audiences ${list(own)} is invalid for the target audiences ${list(wanted)}]`
