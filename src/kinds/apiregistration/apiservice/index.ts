/**
 * APIService, apiregistration.k8s.io/v1. Aggregated servers are not simulated: an APIService with a service is stored, never dialled.
 */
import { defineKind } from '../../../api/define-kind.ts'
import { invalid, required } from '../../../api/errors.ts'
import type { ApiObject } from '../../../api/meta.ts'
import { openSchema } from '../../fields/open-schema.ts'

interface Condition {
  readonly type: string
  readonly status: string
  readonly reason?: string
}

function availableText(o: ApiObject): string {
  const available = ((o['status']?.conditions ?? []) as readonly Condition[]).find((c) => c.type === 'Available')
  if (available === undefined) return 'Unknown'
  return available.status === 'True' ? 'True' : `${available.status} (${available.reason ?? ''})`
}

export const apiService = defineKind({
  group: 'apiregistration.k8s.io',
  version: 'v1',
  kind: 'APIService',
  schema: openSchema(),
  setDefaults: (o) => {
    o['spec'] ??= {}
    if (o['spec'].service) o['spec'].service.port ??= 443
    o['status'] ??= {}
  },
  validate: (o) => {
    const { group = '', version = '', groupPriorityMinimum = 0 } = o['spec'] ?? {}
    const name = `${version}.${group}`
    return [
      ...(version === '' ? [required('spec.version')] : []),
      ...(o.metadata.name === name ? [] : [invalid('metadata.name', o.metadata.name, '`spec.version+"."+spec.group`')]),
      ...(groupPriorityMinimum <= 0 || groupPriorityMinimum > 20_000
        ? [invalid('spec.groupPriorityMinimum', groupPriorityMinimum, 'must be positive and less than 20000')]
        : []),
    ]
  },
  subresources: { status: true },
  cells: {
    Service: (o) => (o['spec']?.service ? `${o['spec'].service.namespace}/${o['spec'].service.name}` : 'Local'),
    Available: availableText,
  },
})
