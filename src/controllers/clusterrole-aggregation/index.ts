/** ClusterRole aggregation: roles with an aggregation rule hold the rules of all roles their selectors match. */
import type { ClusterRole } from '../../api/generated/types/rbac-v1.ts'
import { labelSelectorMatches } from '../../api/selectors.ts'
import type { ControllerDefinition } from '../../client/contract.ts'
import { same } from '../same.ts'

/** Rules of the matching roles in the order of their names, each once. */
export function aggregated(role: ClusterRole, all: readonly ClusterRole[]): NonNullable<ClusterRole['rules']> {
  const rules: NonNullable<ClusterRole['rules']> = []
  for (const selector of role.aggregationRule?.clusterRoleSelectors ?? [])
    for (const other of all) {
      if (other.metadata.name === role.metadata.name || !labelSelectorMatches(selector, other.metadata.labels)) continue
      for (const rule of other.rules ?? []) if (!rules.some((r) => same(r, rule))) rules.push(rule)
    }
  return rules
}

const ROLES = 'clusterroles.rbac.authorization.k8s.io'

export const clusterRoleAggregation: ControllerDefinition = {
  name: 'clusterrole-aggregation',
  watches: [
    {
      resource: ROLES,
      map: (_change, read) =>
        read
          .list(ROLES)
          .filter((r) => r.aggregationRule !== undefined)
          .map((r) => r.metadata.name),
    },
  ],
  initial: (read) =>
    read
      .list(ROLES)
      .filter((r) => r.aggregationRule !== undefined)
      .map((r) => r.metadata.name),
  reconcile: (name, { read, write }) => {
    const role = read.get(ROLES, undefined, name)
    if (role?.aggregationRule === undefined) return
    const rules = aggregated(role, read.list(ROLES))
    if (same(rules, role.rules ?? [])) return
    write.modify(ROLES, undefined, name, (draft) => {
      draft.rules = rules
    })
  },
}
