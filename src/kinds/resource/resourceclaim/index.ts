/**
 * ResourceClaim, resource.k8s.io/v1. Devices are not simulated: the object is kept, nothing is allocated.
 */
import { defineKind } from '../../../api/define-kind.ts'
import type { ApiObject } from '../../../api/meta.ts'
import { openSchema } from '../../fields/open-schema.ts'

function stateText(o: ApiObject): string {
  const status = o['status'] ?? {}
  const states: string[] = []
  if (o.metadata.deletionTimestamp !== undefined) states.push('deleted')
  if (status.allocation) states.push('allocated')
  if ((status.reservedFor?.length ?? 0) > 0) states.push('reserved')
  return states.length === 0 ? 'pending' : states.join(',')
}

export const resourceClaim = defineKind({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceClaim',
  schema: openSchema(),
  subresources: { status: true },
  cells: { State: stateText },
})
