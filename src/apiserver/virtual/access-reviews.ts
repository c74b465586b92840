/** authorization.k8s.io: may somebody do something, and what may I do here. */
import { errors, invalid } from '../../api/errors.ts'
import type { UserInfo } from '../../api/kind.ts'
import { isRecord } from '../../api/walk.ts'
import type { Attributes, PolicyRule } from '../authorization/rules.ts'
import type { ApiAnswer, ApiRequest } from '../contract.ts'
import type { ApiServer } from '../server.ts'
import { answerCreated, type VirtualResource } from './contract.ts'

const GROUP = 'authorization.k8s.io'
type Fields = Readonly<Record<string, unknown>>

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const specOf = (request: ApiRequest): Fields => {
  const spec = isRecord(request.body) ? request.body['spec'] : undefined
  return isRecord(spec) ? spec : {}
}

function attributesOf(kind: string, spec: Fields): Attributes {
  const { resourceAttributes: resource, nonResourceAttributes: other } = spec
  if (isRecord(other)) return { verb: text(other['verb']), group: '', resource: '', path: text(other['path']) }
  if (!isRecord(resource)) {
    const fault = invalid('spec.resourceAttributes', null, 'exactly one of nonResourceAttributes or resourceAttributes must be specified')
    throw errors.invalid(GROUP, kind, '', [fault])
  }
  return {
    verb: text(resource['verb']),
    group: text(resource['group']),
    resource: text(resource['resource']),
    subresource: text(resource['subresource']) || undefined,
    namespace: text(resource['namespace']) || undefined,
    name: text(resource['name']) || undefined,
  }
}

function review(server: ApiServer, request: ApiRequest, kind: string, user: UserInfo): ApiAnswer {
  const spec = specOf(request)
  const allowed = server.authorizer.allows(user, attributesOf(kind, spec))
  const metadata = request.namespace === undefined ? {} : { namespace: request.namespace }
  return answerCreated({ kind, apiVersion: `${GROUP}/v1`, metadata, spec, status: { allowed } })
}

function named(request: ApiRequest): UserInfo {
  const spec = specOf(request)
  const groups = Array.isArray(spec['groups']) ? spec['groups'].filter((g): g is string => typeof g === 'string') : []
  return { name: text(spec['user']), groups }
}

function rulesReview(server: ApiServer, request: ApiRequest): ApiAnswer {
  const spec = specOf(request)
  const namespace = text(spec['namespace'])
  if (namespace === '') throw errors.badRequest('no namespace on request')
  const rules: PolicyRule[] = [...server.authorizer.rulesFor(request.user, namespace)]
  if (server.authorizer.isSuperuser(request.user)) {
    rules.push({ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }, { verbs: ['*'], nonResourceURLs: ['*'] })
  }
  const resourceRules = rules
    .filter((r) => r.resources?.length)
    .map(({ verbs, apiGroups, resources, resourceNames }) => ({
      verbs,
      apiGroups,
      resources,
      ...(resourceNames?.length && { resourceNames }),
    }))
  const nonResourceRules = rules.filter((r) => r.nonResourceURLs?.length).map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs }))
  const status = { resourceRules, nonResourceRules, incomplete: false }
  return answerCreated({ kind: 'SelfSubjectRulesReview', apiVersion: `${GROUP}/v1`, metadata: {}, spec, status })
}

const record = (kind: string, namespaced: boolean, create: VirtualResource['create']): VirtualResource => ({
  group: GROUP,
  version: 'v1',
  resource: `${kind.toLowerCase()}s`,
  singular: kind.toLowerCase(),
  kind,
  namespaced,
  create,
})

export const accessReviews: readonly VirtualResource[] = [
  record('LocalSubjectAccessReview', true, (server, request) => review(server, request, 'LocalSubjectAccessReview', named(request))),
  record('SelfSubjectAccessReview', false, (server, request) => review(server, request, 'SelfSubjectAccessReview', request.user)),
  record('SelfSubjectRulesReview', false, rulesReview),
  record('SubjectAccessReview', false, (server, request) => review(server, request, 'SubjectAccessReview', named(request))),
]
