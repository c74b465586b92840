/**
 * ClusterRole, rbac.authorization.k8s.io/v1.
 */
import { defineKind } from '../../../api/define-kind.ts'
import { required } from '../../../api/errors.ts'
import type { ClusterRole } from '../../../api/generated/types/rbac-v1.ts'
import { nameIsPathSegment } from '../../../api/names.ts'
import { describeRole } from '../describe.ts'
import { ruleErrors } from '../rules.ts'

export const clusterRole = defineKind<ClusterRole>({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'ClusterRole',
  nameRule: nameIsPathSegment,
  setDefaults: (o) => {
    o.rules ??= null as never
  },
  validate: (o) => [
    ...(o.rules ?? []).flatMap((rule, i) => ruleErrors(rule, false, `rules[${i}]`)),
    ...(o.aggregationRule !== undefined && (o.aggregationRule.clusterRoleSelectors ?? []).length === 0
      ? [required('aggregationRule.clusterRoleSelectors', 'at least one clusterRoleSelector required if aggregationRule is non-nil')]
      : []),
  ],
  describe: describeRole,
})
