/**
 * ServiceAccount (core/v1).
 */
import { defineKind } from '../../../api/define-kind.ts'
import type { ServiceAccount } from '../../../api/generated/types/core-v1.ts'
import { describeServiceAccount } from './describe.ts'

export const serviceAccount = defineKind<ServiceAccount>({
  group: '',
  version: 'v1',
  kind: 'ServiceAccount',
  describe: describeServiceAccount,
})
