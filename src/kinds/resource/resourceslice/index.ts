/**
 * ResourceSlice, resource.k8s.io/v1. Devices are not simulated: the object is kept, nothing is allocated.
 */
import { defineKind } from '../../../api/define-kind.ts'
import { openSchema } from '../../fields/open-schema.ts'

export const resourceSlice = defineKind({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceSlice',
  schema: openSchema(),
  generation: true,
  fieldSelectors: { 'spec.nodeName': (o) => o['spec']?.nodeName ?? '', 'spec.driver': (o) => o['spec']?.driver ?? '' },
  cells: {
    Node: (o) => o['spec']?.nodeName ?? '',
    Driver: (o) => o['spec']?.driver ?? '',
    Pool: (o) => o['spec']?.pool?.name ?? '',
  },
})
