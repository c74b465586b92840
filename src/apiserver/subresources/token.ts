/** `/token`: issues a token for a service account (authentication.k8s.io/v1 TokenRequest). */
import { errors, invalid } from '../../api/errors.ts'
import { formatTime } from '../../api/rfc3339.ts'
import { isRecord } from '../../api/walk.ts'
import { ISSUER, issueToken } from '../authorization/tokens.ts'
import type { ApiAnswer } from '../contract.ts'
import type { Exchange } from '../exchange.ts'
import { existing } from '../write/update.ts'
import { isResource, type SubresourceDefinition } from './contract.ts'

const DEFAULT_SECONDS = 3600
const MIN_SECONDS = 600

function create(x: Exchange): ApiAnswer {
  const account = existing(x)
  const body = isRecord(x.request.body) ? x.request.body : {}
  const spec = isRecord(body['spec']) ? body['spec'] : {}
  const seconds = typeof spec['expirationSeconds'] === 'number' ? spec['expirationSeconds'] : DEFAULT_SECONDS
  if (seconds < MIN_SECONDS) {
    const fault = invalid('spec.expirationSeconds', seconds, 'may not specify a duration less than 10 minutes')
    throw errors.invalid('authentication.k8s.io', 'TokenRequest', '', [fault])
  }
  const audiences = Array.isArray(spec['audiences']) && spec['audiences'].length > 0 ? (spec['audiences'] as string[]) : [ISSUER]
  const expiresMs = x.nowMs + seconds * 1000
  const { namespace = '', name, uid = '' } = account.metadata
  const token = issueToken(x.server, { namespace, name, uid, audiences, expiresMs })
  return x.answer(201, {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { name, namespace, creationTimestamp: formatTime(x.nowMs) },
    spec: { ...spec, audiences, expirationSeconds: seconds },
    status: { token, expirationTimestamp: formatTime(expiresMs) },
  })
}

export const token: SubresourceDefinition = {
  name: 'token',
  of: isResource('', 'serviceaccounts'),
  responseKind: { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' },
  verbs: { create },
}
