/** authentication.k8s.io: who am I, and whose token is this. */
import { errors } from '../../api/errors.ts'
import type { UserInfo } from '../../api/kind.ts'
import { formatTime } from '../../api/rfc3339.ts'
import { isRecord } from '../../api/walk.ts'
import { authenticateToken } from '../authentication/tokens.ts'
import type { ApiAnswer, ApiRequest } from '../contract.ts'
import type { ApiServer } from '../server.ts'
import { answerCreated, type VirtualResource } from './contract.ts'

const GROUP = 'authentication.k8s.io'

const userInfo = ({ name, uid, groups, extra }: UserInfo): object => ({
  username: name,
  ...(uid !== undefined && { uid }),
  groups,
  ...(extra !== undefined && Object.keys(extra).length > 0 && { extra }),
})

function self(server: ApiServer, request: ApiRequest): ApiAnswer {
  const metadata = { creationTimestamp: formatTime(server.clock.nowMs) }
  return answerCreated({ kind: 'SelfSubjectReview', apiVersion: `${GROUP}/v1`, metadata, status: { userInfo: userInfo(request.user) } })
}

/** The reviewed token may be for others than this server: those of `spec.audiences`. */
function token(server: ApiServer, request: ApiRequest): ApiAnswer {
  const spec = isRecord(request.body) && isRecord(request.body['spec']) ? request.body['spec'] : {}
  const text = String(spec['token'] ?? '')
  if (text === '') throw errors.badRequest('token is required for TokenReview in authentication')
  const wanted = Array.isArray(spec['audiences']) && spec['audiences'].length > 0 ? spec['audiences'].map(String) : undefined
  const found = authenticateToken(server, text, wanted)
  const status =
    typeof found === 'string' ? { user: {}, error: found } : { authenticated: true, user: userInfo(found.user), audiences: found.audiences }
  return answerCreated({ kind: 'TokenReview', apiVersion: `${GROUP}/v1`, metadata: {}, spec, status })
}

const record = (kind: string, create: VirtualResource['create']): VirtualResource => ({
  group: GROUP,
  version: 'v1',
  resource: `${kind.toLowerCase()}s`,
  singular: kind.toLowerCase(),
  kind,
  namespaced: false,
  create,
})

export const identityReviews: readonly VirtualResource[] = [record('SelfSubjectReview', self), record('TokenReview', token)]
