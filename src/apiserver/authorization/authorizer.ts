/**
 * Who may do what: the RBAC authorizer over the Role, ClusterRole and binding objects in the store, with an index by subject.
 * The cluster's own parts (`internal` requests) are trusted with every verb.
 */
import { ApiError, errors } from '../../api/errors.ts'
import { parseFieldSelector } from '../../api/field-selectors.ts'
import type { UserInfo } from '../../api/kind.ts'
import type { ApiObject } from '../../api/meta.ts'
import type { IndexedReader } from '../../api/reader.ts'
import type { Store } from '../../store/store.ts'
import type { Exchange } from '../exchange.ts'
import { type Attributes, type PolicyRule, ruleAllows } from './rules.ts'
import { serviceAccountOf } from './users.ts'

const CLUSTER_BINDINGS = 'clusterrolebindings.rbac.authorization.k8s.io'
const BINDINGS = 'rolebindings.rbac.authorization.k8s.io'
const CLUSTER_ROLES = 'clusterroles.rbac.authorization.k8s.io'
const ROLES = 'roles.rbac.authorization.k8s.io'
const SUPERUSERS = 'system:masters'

interface Subject {
  readonly kind: string
  readonly name: string
  readonly namespace?: string
}

const subjects = (binding: ApiObject): readonly string[] =>
  ((binding['subjects'] as readonly Subject[] | undefined) ?? []).map((s) =>
    s.kind === 'ServiceAccount' ? `ServiceAccount:${s.namespace ?? binding.metadata.namespace ?? ''}:${s.name}` : `${s.kind}:${s.name}`,
  )

function subjectKeys(user: UserInfo): string[] {
  const account = serviceAccountOf(user.name)
  const keys = [`User:${user.name}`, ...user.groups.map((g) => `Group:${g}`)]
  if (account !== undefined) keys.push(`ServiceAccount:${account.namespace}:${account.name}`)
  return keys
}

export class Authorizer {
  readonly #reader: IndexedReader

  constructor(store: Store, reader: IndexedReader) {
    this.#reader = reader
    store.defineIndex(CLUSTER_BINDINGS, 'subject', subjects)
    store.defineIndex(BINDINGS, 'subject', (b) => subjects(b).map((s) => `${b.metadata.namespace}/${s}`))
  }

  isSuperuser(user: UserInfo): boolean {
    return user.groups.includes(SUPERUSERS)
  }

  /** The rules a role reference stands for; undefined when the role does not exist. */
  rulesOfRef(ref: { kind: string; name: string }, namespace: string | undefined): readonly PolicyRule[] | undefined {
    const role =
      ref.kind === 'ClusterRole' ? this.#reader.get(CLUSTER_ROLES, undefined, ref.name) : this.#reader.get(ROLES, namespace, ref.name)
    return role === undefined ? undefined : (((role as ApiObject)['rules'] as readonly PolicyRule[] | undefined) ?? [])
  }

  /** Every rule the user has in the namespace (cluster-wide ones first). */
  *rulesFor(user: UserInfo, namespace: string | undefined): Generator<PolicyRule> {
    const keys = subjectKeys(user)
    for (const key of keys) {
      for (const binding of this.#reader.byIndex(CLUSTER_BINDINGS, 'subject', key)) yield* this.rulesOfRef(binding.roleRef, undefined) ?? []
    }
    if (namespace === undefined || namespace === '') return
    for (const key of keys) {
      for (const binding of this.#reader.byIndex(BINDINGS, 'subject', `${namespace}/${key}`)) {
        yield* this.rulesOfRef(binding.roleRef, namespace) ?? []
      }
    }
  }

  allows(user: UserInfo, attributes: Attributes): boolean {
    if (this.isSuperuser(user)) return true
    for (const rule of this.rulesFor(user, attributes.namespace)) if (ruleAllows(rule, attributes)) return true
    return false
  }

  /** Throws Forbidden unless the request's user may do this verb on what the request names. */
  check(x: Exchange, verb: string = x.request.verb): void {
    if (x.internal) return
    this.checkRequest(x.request, verb, x.kind.namespaced)
  }

  checkRequest(request: Exchange['request'], verb: string, namespaced: boolean): void {
    const { group, resource, subresource, user } = request
    const name = request.name ?? selectedName(request)
    const namespace = namespaced ? request.namespace : request.resource === 'namespaces' ? request.name : undefined
    const attributes: Attributes = {
      verb,
      group,
      resource,
      subresource,
      namespace,
      name: verb === 'create' && !subresource ? undefined : name,
    }
    if (!this.allows(user, attributes)) throw errors.forbidden(group, resource, attributes.name ?? '', refusal(user, attributes, namespace))
  }

  /** Throws Forbidden unless the user may do this verb on a path that is no resource. */
  checkPath(user: UserInfo, verb: string, path: string): void {
    if (this.allows(user, { verb, group: '', resource: '', path })) return
    const message = `forbidden: User ${JSON.stringify(user.name)} cannot ${verb} path ${JSON.stringify(path)}`
    throw new ApiError({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      reason: 'Forbidden',
      details: {},
      code: 403,
    })
  }
}

/** A list or watch of one object by its name is a request for that name. */
function selectedName({ verb, query }: Exchange['request']): string | undefined {
  if (verb !== 'list' && verb !== 'watch') return undefined
  return parseFieldSelector(query?.fieldSelector ?? '').find((f) => f.field === 'metadata.name' && f.operator === '=')?.value
}

function refusal(user: UserInfo, a: Attributes, namespace: string | undefined): string {
  const resource = a.subresource ? `${a.resource}/${a.subresource}` : a.resource
  const where = namespace === undefined ? 'at the cluster scope' : `in the namespace ${JSON.stringify(namespace)}`
  return `User ${JSON.stringify(user.name)} cannot ${a.verb} resource ${JSON.stringify(resource)} in API group ${JSON.stringify(a.group)} ${where}`
}
