/** authentication.k8s.io: who am I, and whose token is this. */
import type { UserInfo } from '../../api/kind.ts'
import { formatTime } from '../../api/rfc3339.ts'
import { isRecord } from '../../api/walk.ts'
import { authenticateToken } from '../authorization/tokens.ts'
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

function token(server: ApiServer, request: ApiRequest): ApiAnswer {
  const spec = isRecord(request.body) && isRecord(request.body['spec']) ? request.body['spec'] : {}
  const user = authenticateToken(server, String(spec['token'] ?? ''))
  const status = user === undefined ? { user: {}, error: 'invalid bearer token' } : { authenticated: true, user: userInfo(user) }
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
