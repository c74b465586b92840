/**
 * ResourceClaimTemplate, resource.k8s.io/v1. Devices are not simulated: the object is kept, nothing is allocated.
 */
import { defineKind } from '../../../api/define-kind.ts'
import { openSchema } from '../../fields/open-schema.ts'

export const resourceClaimTemplate = defineKind({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceClaimTemplate',
  schema: openSchema(),
})
