/**
 * The token a pod's volume shows: bound to the pod, its node and its ServiceAccount, made anew when four fifths of its life or a day are over.
 * Models the kubelet's token manager and what the API server makes of its TokenRequests.
 */
import type { Pod, ServiceAccountTokenProjection } from '../../api/generated/types/core-v1.ts'
import type { Reader } from '../../api/reader.ts'
import { parseTime } from '../../api/rfc3339.ts'
import { EXTENDED_SECONDS, issueToken, YEAR_SECONDS } from '../../apiserver/authentication/tokens.ts'
import type { Random } from '../../sim/random.ts'

/** On what a token was granted; the token itself follows from it. */
export interface TokenGrant {
  readonly accountUid: string
  readonly nodeUid?: string
  readonly issuedMs: number
}

const DEFAULT_SECONDS = 3600
const DAY_MS = 86_400_000

const accountOf = (pod: Pod): string => pod.spec?.serviceAccountName ?? 'default'

/** The token's ground now; undefined when the ServiceAccount is gone. */
export function grantOf(
  { expirationSeconds = DEFAULT_SECONDS }: ServiceAccountTokenProjection,
  pod: Pod,
  world: { readonly read: Reader; readonly node: string; readonly nowMs: number },
): TokenGrant | undefined {
  const account = world.read.get('serviceaccounts', pod.metadata.namespace, accountOf(pod))
  if (account === undefined) return undefined
  const nodeUid = world.read.get('nodes', undefined, world.node)?.metadata.uid
  const madeMs = parseTime(pod.metadata.creationTimestamp ?? '') ?? world.nowMs
  const periodMs = Math.min(expirationSeconds * 800, DAY_MS)
  const issuedMs = madeMs + Math.max(0, Math.floor((world.nowMs - madeMs) / periodMs)) * periodMs
  return { accountUid: account.metadata.uid!, ...(nodeUid !== undefined && { nodeUid }), issuedMs }
}

export function tokenText(
  { audience, expirationSeconds = DEFAULT_SECONDS }: ServiceAccountTokenProjection,
  pod: Pod,
  { accountUid, nodeUid, issuedMs }: TokenGrant,
  random: Random,
): string {
  const { namespace = '', name, uid = '' } = pod.metadata
  const extended = !audience && expirationSeconds === EXTENDED_SECONDS
  return issueToken(random, {
    namespace,
    name: accountOf(pod),
    uid: accountUid,
    audiences: audience ? [audience] : [],
    issuedMs,
    expiresMs: issuedMs + (extended ? YEAR_SECONDS : expirationSeconds) * 1000,
    ...(extended && { warnAfterMs: issuedMs + expirationSeconds * 1000 }),
    pod: { name, uid },
    ...(nodeUid !== undefined && { node: { name: pod.spec?.nodeName ?? '', uid: nodeUid } }),
  })
}
