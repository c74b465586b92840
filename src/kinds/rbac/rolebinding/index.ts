/**
 * RoleBinding, rbac.authorization.k8s.io/v1.
 */
import { defineKind } from '../../../api/define-kind.ts'
import type { RoleBinding } from '../../../api/generated/types/rbac-v1.ts'
import { nameIsPathSegment } from '../../../api/names.ts'
import { bindingCells, bindingErrors, bindingUpdateErrors, setBindingDefaults } from '../bindings.ts'
import { describeBinding } from '../describe.ts'

export const roleBinding = defineKind<RoleBinding>({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'RoleBinding',
  nameRule: nameIsPathSegment,
  setDefaults: setBindingDefaults,
  validate: (o) => bindingErrors(o, true),
  validateUpdate: bindingUpdateErrors,
  cells: bindingCells,
  describe: describeBinding,
})
