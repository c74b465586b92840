/**
 * Nobody hands out more than they have: writes of roles and bindings are refused when they would grant rights that the writer lacks,
 * unless the writer holds `escalate` on the role or `bind` on what is bound (kubernetes/pkg/registry/rbac/*\/policybased).
 */
import { errors } from '../../api/errors.ts'
import type { ApiObject } from '../../api/meta.ts'
import { deepEqual } from '../../api/walk.ts'
import type { Exchange } from '../exchange.ts'
import { breakdown, compact, covers, type PolicyRule, ruleText } from './rules.ts'

const GROUP = 'rbac.authorization.k8s.io'

function missingRules(x: Exchange, wanted: readonly PolicyRule[], namespace: string | undefined): PolicyRule[] {
  const held = [...x.server.authorizer.rulesFor(x.user, namespace)]
  return wanted.flatMap(breakdown).filter((part) => !held.some((rule) => covers(rule, part)))
}

function refuse(x: Exchange, object: ApiObject, missing: readonly PolicyRule[]): void {
  if (missing.length === 0) return
  const groups = x.user.groups.map((g) => JSON.stringify(g)).join(' ')
  const rules = compact(missing).map(ruleText).sort().join('\n')
  const why = `user ${JSON.stringify(x.user.name)} (groups=[${groups}]) is attempting to grant RBAC permissions not currently held:\n${rules}`
  throw errors.forbidden(x.kind.group, x.kind.resource, object.metadata.name, why)
}

function checkRole(x: Exchange, object: ApiObject, previous: ApiObject | undefined): void {
  if (
    previous !== undefined &&
    deepEqual(object['rules'], previous['rules']) &&
    deepEqual(object['aggregationRule'], previous['aggregationRule'])
  )
    return
  const { authorizer } = x.server
  const { namespace, name } = object.metadata
  if (authorizer.allows(x.user, { verb: 'escalate', group: GROUP, resource: x.kind.resource, namespace, name })) return
  refuse(x, object, missingRules(x, (object['rules'] as readonly PolicyRule[] | undefined) ?? [], namespace))
}

function checkBinding(x: Exchange, object: ApiObject, previous: ApiObject | undefined): void {
  if (previous !== undefined && deepEqual(object['roleRef'], previous['roleRef']) && deepEqual(object['subjects'], previous['subjects']))
    return
  const { authorizer } = x.server
  const { namespace } = object.metadata
  const ref = object['roleRef'] as { kind: string; name: string }
  const resource = ref.kind === 'ClusterRole' ? 'clusterroles' : 'roles'
  if (authorizer.allows(x.user, { verb: 'bind', group: GROUP, resource, namespace, name: ref.name })) return
  const rules = authorizer.rulesOfRef(ref, namespace)
  if (rules === undefined) throw errors.notFound(GROUP, resource, ref.name)
  refuse(x, object, missingRules(x, rules, namespace))
}

const checks: Readonly<Record<string, typeof checkRole>> = {
  [`roles.${GROUP}`]: checkRole,
  [`clusterroles.${GROUP}`]: checkRole,
  [`rolebindings.${GROUP}`]: checkBinding,
  [`clusterrolebindings.${GROUP}`]: checkBinding,
}

/** Throws Forbidden when the write would widen somebody's rights beyond the writer's own. */
export function checkObjectEscalation(x: Exchange, object: ApiObject, previous: ApiObject | undefined): void {
  const check = checks[x.resource]
  if (check === undefined || x.internal || x.server.authorizer.isSuperuser(x.user)) return
  check(x, object, previous)
}
