/** `/token`: issues a token for a service account (authentication.k8s.io/v1 TokenRequest). */
import { type ApiError, errors, type FieldError, invalid } from '../../api/errors.ts'
import type { Pod } from '../../api/generated/types/core-v1.ts'
import type { ApiObject } from '../../api/meta.ts'
import { formatTime } from '../../api/rfc3339.ts'
import { isRecord } from '../../api/walk.ts'
import { EXTENDED_SECONDS, ISSUER, issueToken, type TokenSubject, YEAR_SECONDS } from '../authentication/tokens.ts'
import type { ApiAnswer } from '../contract.ts'
import type { Exchange } from '../exchange.ts'
import { existing } from '../write/update.ts'
import { isResource, type SubresourceDefinition } from './contract.ts'

const DEFAULT_SECONDS = 3600
const MIN_SECONDS = 600
const MAX_SECONDS = 2 ** 32

type Bound = Pick<TokenSubject, 'pod' | 'node' | 'secret'>

const BINDABLE = { Pod: 'pods', Secret: 'secrets', Node: 'nodes' } as const

function secondsOf(spec: Record<string, unknown>): number {
  const seconds = typeof spec['expirationSeconds'] === 'number' ? spec['expirationSeconds'] : DEFAULT_SECONDS
  const faults: FieldError[] = []
  if (seconds < MIN_SECONDS) faults.push(invalid('spec.expirationSeconds', seconds, 'may not specify a duration less than 10 minutes'))
  if (seconds > MAX_SECONDS) faults.push(invalid('spec.expirationSeconds', seconds, 'may not specify a duration larger than 2^32 seconds'))
  if (faults.length > 0) throw errors.invalid('authentication.k8s.io', 'TokenRequest', '', faults)
  return seconds
}

const another = (kind: string, name: string, uid: string): ApiError =>
  errors.conflict(
    '',
    kind,
    name,
    `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`,
  )

/** What the token is to live and die with. Throws for an object that is not there, is another, or runs as somebody else. */
function boundTo(x: Exchange, account: ApiObject, ref: unknown): Bound {
  if (!isRecord(ref)) return {}
  const kind = String(ref['kind'] ?? '')
  const name = String(ref['name'] ?? '')
  if (!Object.hasOwn(BINDABLE, kind) || (ref['apiVersion'] ?? 'v1') !== 'v1')
    throw errors.badRequest(`cannot bind token to object of type ${String(ref['apiVersion'] ?? '')}, Kind=${kind}`)
  const known = kind as keyof typeof BINDABLE
  const resource = BINDABLE[known]
  const found = x.reader.get(resource, known === 'Node' ? undefined : account.metadata.namespace, name)
  if (found === undefined) throw errors.notFound('', resource, name)
  const uid = found.metadata.uid ?? ''
  const asked = String(ref['uid'] ?? '')
  if (asked !== '' && asked !== uid) throw another(known, name, asked)
  if (known !== 'Pod') return { [known.toLowerCase()]: { name, uid } }
  const { spec } = found as Pod
  if (spec?.serviceAccountName !== account.metadata.name)
    throw errors.badRequest(
      `cannot bind token for serviceaccount "${account.metadata.name}" to pod running with different serviceaccount name.`,
    )
  const node = spec.nodeName === undefined ? undefined : x.reader.get('nodes', undefined, spec.nodeName)
  return { pod: { name, uid }, ...(node && { node: { name: node.metadata.name, uid: node.metadata.uid ?? '' } }) }
}

function create(x: Exchange): ApiAnswer {
  const account = existing(x)
  const body = isRecord(x.request.body) ? x.request.body : {}
  const spec = isRecord(body['spec']) ? body['spec'] : {}
  const seconds = secondsOf(spec)
  const audiences = Array.isArray(spec['audiences']) && spec['audiences'].length > 0 ? spec['audiences'].map(String) : [ISSUER]
  const bound = boundTo(x, account, spec['boundObjectRef'])
  const { namespace = '', name, uid = '' } = account.metadata
  const extended = bound.pod !== undefined && seconds === EXTENDED_SECONDS && audiences.length === 1 && audiences[0] === ISSUER
  const expiresMs = x.nowMs + (extended ? YEAR_SECONDS : seconds) * 1000
  const warning = extended ? { warnAfterMs: x.nowMs + seconds * 1000 } : {}
  const token = issueToken(x.server.random, { namespace, name, uid, audiences, issuedMs: x.nowMs, expiresMs, ...warning, ...bound })
  return x.answer(201, {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { name, namespace, creationTimestamp: formatTime(x.nowMs) },
    spec: { ...spec, audiences, expirationSeconds: seconds },
    status: { token, expirationTimestamp: formatTime(x.nowMs + seconds * 1000) },
  })
}

export const token: SubresourceDefinition = {
  name: 'token',
  of: isResource('', 'serviceaccounts'),
  responseKind: { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' },
  verbs: { create },
}
