/**
 * Role, rbac.authorization.k8s.io/v1.
 */
import { defineKind } from '../../../api/define-kind.ts'
import type { Role } from '../../../api/generated/types/rbac-v1.ts'
import { nameIsPathSegment } from '../../../api/names.ts'
import { describeRole } from '../describe.ts'
import { ruleErrors } from '../rules.ts'

export const role = defineKind<Role>({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'Role',
  nameRule: nameIsPathSegment,
  setDefaults: (o) => {
    o.rules ??= null as never
  },
  validate: (o) => (o.rules ?? []).flatMap((rule, i) => ruleErrors(rule, true, `rules[${i}]`)),
  describe: describeRole,
})
